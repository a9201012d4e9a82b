package compat

import (
	"context"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"strconv"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/gitfs"
	"github.com/evctl/evctl/contracts/workspace"
)

// gitBaseline takes the events of a commit for what is released. Only what differs
// from the workspace that is checked is read from the commit.
type gitBaseline struct {
	workspaceBaseline
	// untouched are the events of the workspace whose files, and those they refer to,
	// are the same in the commit.
	untouched map[string]*contracts.Contract
}

// FromGit takes the events of the same workspace in a commit for what is released,
// apart from drafts. It fails when the commit does not have the workspace: that
// nothing was compared must not look like a success.
func FromGit(ctx context.Context, w *workspace.Workspace, ref string) (Baseline, error) {
	commit, err := gitfs.Open(ctx, w.Root, ref)
	if err != nil {
		return nil, err
	}
	defer commit.Close()
	b := &gitBaseline{
		workspaceBaseline: workspaceBaseline{label: ref, events: map[string]*contracts.Contract{}},
		untouched:         map[string]*contracts.Contract{},
	}
	files, err := contractFiles(commit, ref)
	if err != nil {
		return nil, err
	}
	load, err := b.split(w, commit, files)
	if err != nil || len(load) == 0 {
		return b, err
	}
	old, err := workspace.Load(ctx, commit, load...)
	if err != nil {
		return nil, fmt.Errorf("read commit %s: %w", ref, err)
	}
	return b, b.take(old, func(path string) string { return ref + ":" + path })
}

// contractFiles lists the contract files of a commit.
func contractFiles(commit *gitfs.FS, ref string) ([]string, error) {
	data, err := fs.ReadFile(commit, workspace.ConfigName)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &gitfs.HintedError{
			Err:  fmt.Errorf("commit %s has no %s here, so there is nothing to compare with", ref, workspace.ConfigName),
			Hint: "name a commit that has the workspace; a workspace that is new needs no comparison",
		}
	}
	if err != nil {
		return nil, fmt.Errorf("read commit %s: %w", ref, err)
	}
	cfg, diags := workspace.ParseConfig(diag.NewFile(workspace.ConfigName, data))
	if len(diags) > 0 {
		return nil, fmt.Errorf("read commit %s: %s: %s", ref, workspace.ConfigName, diags[0].Message)
	}
	files, err := workspace.Files(commit, cfg)
	if errors.Is(err, workspace.ErrNoContracts) {
		return nil, nil // the workspace had just been laid out
	}
	if err != nil {
		return nil, fmt.Errorf("read commit %s: %w", ref, err)
	}
	return files, nil
}

// split finds out which events are untouched, and returns the files of the commit
// that must be read to compare the others.
func (b *gitBaseline) split(w *workspace.Workspace, commit *gitfs.FS, files []string) ([]string, error) {
	same := map[string]bool{}
	here := map[string]bool{}
	for _, c := range w.Contracts {
		here[c.File.Path] = true
		same[c.File.Path] = commit.Hash(c.File.Path) == blobHash(c.File.Data, len(commit.Commit()))
	}
	touched := map[string]bool{}
	for _, c := range w.Events() {
		switch {
		case !same[c.File.Path]:
		case usesOnly(c, same):
			b.untouched[c.Name] = c
		default:
			touched[c.File.Path] = true
		}
	}
	var load []string
	for _, file := range files {
		gone, err := b.gone(w, file, here)
		if err != nil {
			return nil, err
		}
		if gone || touched[file] || here[file] && !same[file] {
			load = append(load, file)
		}
	}
	return load, nil
}

// gone reports whether the workspace has no such file any more. Files that are
// there and were not loaded are not asked about.
func (b *gitBaseline) gone(w *workspace.Workspace, file string, here map[string]bool) (bool, error) {
	if here[file] {
		return false, nil
	}
	_, err := fs.Stat(w.FS, file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false, fmt.Errorf("read workspace: %w", err)
	}
	return err != nil || !w.Partial, nil
}

// usesOnly reports whether all definitions and fragments of an event are in files
// of the set.
func usesOnly(c *contracts.Contract, files map[string]bool) bool {
	for _, d := range c.Definitions {
		if !files[d.Schema.File.Path] {
			return false
		}
	}
	for _, p := range c.Payload.Properties {
		if p.From != nil && !files[p.From.File.Path] {
			return false
		}
	}
	return true
}

// blobHash is the name that git gives to contents, in a repository whose names have
// the given number of digits.
func blobHash(data []byte, digits int) string {
	head := []byte("blob " + strconv.Itoa(len(data)) + "\x00")
	h := sha1.New()
	if digits == hex.EncodedLen(sha256.Size) {
		h = sha256.New()
	}
	h.Write(head)
	h.Write(data)
	return hex.EncodeToString(h.Sum(nil))
}

func (b *gitBaseline) Events(ctx context.Context) ([]string, error) {
	names, err := b.workspaceBaseline.Events(ctx)
	for name := range b.untouched {
		if b.events[name] == nil {
			names = append(names, name)
		}
	}
	return names, err
}

func (b *gitBaseline) Versions(ctx context.Context, event string) ([]contracts.Version, error) {
	if c := b.untouched[event]; c != nil {
		if c.Status == contracts.Draft {
			return nil, nil
		}
		return []contracts.Version{c.Version}, nil
	}
	return b.workspaceBaseline.Versions(ctx, event)
}

func (b *gitBaseline) Same(ctx context.Context, c *contracts.Contract, v contracts.Version) (bool, error) {
	if b.untouched[c.Name] != nil {
		return b.untouched[c.Name] == c, nil
	}
	return b.workspaceBaseline.Same(ctx, c, v)
}

func (b *gitBaseline) Contract(ctx context.Context, event string, v contracts.Version) (*contracts.Contract, error) {
	if c := b.untouched[event]; c != nil {
		return c, nil
	}
	return b.workspaceBaseline.Contract(ctx, event, v)
}
