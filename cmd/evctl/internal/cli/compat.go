package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/gitfs"
	"github.com/evctl/evctl/contracts/workspace"
	"github.com/evctl/evctl/lint"
	"github.com/evctl/evctl/lint/compat"
	"github.com/evctl/evctl/lint/waive"
	"github.com/evctl/evctl/registry"
	"github.com/evctl/evctl/registry/dir"
	"github.com/evctl/evctl/registry/remote"
)

// againstHelp describes what --against takes.
const againstHelp = "compare with this instead of the registry: a git `ref`, a folder (a workspace or releases), or the URL of a registry; git:REF and dir:FOLDER say which"

// openBaseline opens what contracts are compared with: the registry of evctl.yaml, or
// what --against names. A folder of that name goes before a git ref.
func openBaseline(ctx context.Context, app *App, w *workspace.Workspace, against string) (compat.Baseline, error) {
	kind, name := splitAgainst(app, against)
	switch kind {
	case againstRegistry:
		return registryOf(ctx, w)
	case againstURL:
		return remoteBaseline(ctx, name)
	case againstFolder:
		return folderBaseline(ctx, app, name)
	}
	b, err := compat.FromGit(ctx, w, name)
	return b, hintOfGit(err)
}

// withBaseline makes lint compare the workspace with what is released, and look at the
// waivers of what breaks.
func withBaseline(ctx context.Context, app *App, w *workspace.Workspace, against string, opt lint.Options) (lint.Options, *waive.Waivers, error) {
	base, err := openBaseline(ctx, app, w, against)
	if err != nil {
		return opt, nil, err
	}
	if r, ok := base.(*releases); ok && !w.Partial {
		r.list(ctx)
	}
	approved, err := waive.Open(w.FS, app.Now())
	if err != nil {
		return opt, nil, err
	}
	check := waive.Check{Base: base, Elsewhere: against != "" && hasRegistry(w)}
	opt.Sources = append(slices.Clip(opt.Sources), compat.Comparison{Base: base, Waived: approved.Covers}.Source, approved.Source(check))
	opt.Released = func(event string) bool {
		versions, err := base.Versions(ctx, event)
		return err != nil || len(versions) > 0 // the source reports the error
	}
	return opt, approved, nil
}

// hasRegistry reports whether the workspace has released anything, as far as that can be
// seen without asking a server.
func hasRegistry(w *workspace.Workspace) bool {
	if isURL(w.Config.Registry) {
		return true
	}
	_, err := os.Stat(inWorkspace(w, w.Config.Registry))
	return err == nil
}

// wantReleases fails when the folder of a registry is not there and the history of
// the repository has it: compared with nothing, everything would pass.
func wantReleases(ctx context.Context, w *workspace.Workspace, folder string) error {
	if filepath.IsAbs(folder) || isURL(folder) {
		return nil
	}
	if _, err := os.Lstat(inWorkspace(w, folder)); !errors.Is(err, fs.ErrNotExist) {
		return nil // whoever opens it says what is wrong with it
	}
	commit, err := gitfs.LastWith(ctx, w.Root, path.Clean(filepath.ToSlash(folder)))
	if err != nil || commit == "" {
		return err
	}
	return withHint(fmt.Errorf("%s does not exist, but commit %s has it: without it nothing would be compared with what is released", folder, commit),
		fmt.Sprintf("run git checkout %s -- %s; to start without releases, make an empty folder of that name", commit, folder))
}

// Kinds of what --against names.
type againstKind int

const (
	againstRegistry againstKind = iota
	againstURL
	againstFolder
	againstGit
)

func splitAgainst(app *App, against string) (againstKind, string) {
	if against == "" {
		return againstRegistry, ""
	}
	if isURL(against) {
		return againstURL, against
	}
	if ref, ok := strings.CutPrefix(against, "git:"); ok {
		return againstGit, ref
	}
	if folder, ok := strings.CutPrefix(against, "dir:"); ok {
		return againstFolder, folder
	}
	if info, err := os.Stat(app.path(against)); err == nil && info.IsDir() {
		return againstFolder, against
	}
	return againstGit, against
}

func isURL(text string) bool { return remote.IsURL(text) }

// hintOfGit brings the advice of gitfs to the command line.
func hintOfGit(err error) error {
	var hinted *gitfs.HintedError
	if errors.As(err, &hinted) {
		return withHint(err, hinted.Hint)
	}
	return err
}

// registryOf is the registry that evctl.yaml names.
func registryOf(ctx context.Context, w *workspace.Workspace) (compat.Baseline, error) {
	name := w.Config.Registry
	if isURL(name) {
		return remoteBaseline(ctx, name)
	}
	if err := wantReleases(ctx, w, name); err != nil {
		return nil, err
	}
	store, err := dir.Open(filepath.Join(w.Root, filepath.FromSlash(name)), name)
	if err != nil {
		return nil, err
	}
	return &releases{Reader: store, path: store.Name}, nil
}

// remoteBaseline is a registry behind a URL.
func remoteBaseline(ctx context.Context, url string) (compat.Baseline, error) {
	store, err := remote.Open(ctx, url, remote.Options{})
	if err != nil {
		return nil, hintOfRegistry(err)
	}
	path := func(event string, v contracts.Version) (string, error) {
		return strings.TrimSuffix(url, "/") + "/v1/" + registry.ReleasePath(event, v), nil
	}
	return &releases{Reader: store, path: path}, nil
}

// folderBaseline opens a folder that somebody named: unlike the registry of a
// workspace, it has to exist.
func folderBaseline(ctx context.Context, app *App, folder string) (compat.Baseline, error) {
	if folder == "" {
		return nil, usagef("dir: names no folder")
	}
	path := app.path(folder)
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("compare with %s: %w", folder, err)
	}
	if _, err := os.Stat(filepath.Join(path, workspace.ConfigName)); err != nil {
		return folderOfReleases(ctx, path, folder)
	}
	w, err := workspace.Open(ctx, path)
	if err != nil {
		return nil, fmt.Errorf("compare with %s: %w", folder, err)
	}
	return compat.FromWorkspace(w, folder)
}

// folderOfReleases has to hold some: any folder would do otherwise, and nothing could
// be wrong compared with it.
func folderOfReleases(ctx context.Context, path, folder string) (compat.Baseline, error) {
	store, err := dir.Open(path, folder)
	if err != nil {
		return nil, err
	}
	subjects, err := store.List(ctx)
	if err != nil {
		return nil, hintOfRegistry(fmt.Errorf("compare with %s: %w", folder, err))
	}
	if !slices.ContainsFunc(subjects, func(s registry.Subject) bool { return len(s.Versions) > 0 }) {
		return nil, withHint(fmt.Errorf("compare with %s: it holds neither %s nor releases", folder, workspace.ConfigName),
			"name the folder of a workspace, or one that evctl push releases into")
	}
	return &releases{Reader: store, path: store.Name}, nil
}

// releases makes a registry the baseline of lint/compat.
type releases struct {
	registry.Reader
	// path is where a release is kept, for reports.
	path func(event string, v contracts.Version) (string, error)

	// What list found; nil before. A run that looks at all events asks once for all.
	events   []string
	versions map[string][]contracts.Version
}

// list looks at the whole registry before anything else does. Where that fails,
// whoever asks next is told.
func (r *releases) list(ctx context.Context) {
	subjects, err := r.List(ctx)
	if err != nil {
		return
	}
	r.events, r.versions = make([]string, len(subjects)), make(map[string][]contracts.Version, len(subjects))
	for i, s := range subjects {
		r.events[i], r.versions[s.Event] = s.Event, s.Versions
	}
}

func (r *releases) Events(ctx context.Context) ([]string, error) {
	if r.events != nil {
		return r.events, nil
	}
	subjects, err := r.List(ctx)
	if err != nil {
		return nil, hintOfRegistry(err)
	}
	names := make([]string, len(subjects))
	for i, s := range subjects {
		names[i] = s.Event
	}
	return names, nil
}

func (r *releases) Versions(ctx context.Context, event string) ([]contracts.Version, error) {
	if r.versions != nil {
		return r.versions[event], nil
	}
	versions, err := r.Reader.Versions(ctx, event)
	return versions, hintOfRegistry(err)
}

func (r *releases) Same(ctx context.Context, c *contracts.Contract, v contracts.Version) (bool, error) {
	head, err := r.Head(ctx, c.Name, v)
	if err != nil {
		return false, r.edited(err, c.Name, v)
	}
	return v == c.Version && head.ContractDigest == contracts.DigestOf(c), nil
}

func (r *releases) Contract(ctx context.Context, event string, v contracts.Version) (*contracts.Contract, error) {
	record, err := r.Get(ctx, event, v)
	if err != nil {
		return nil, r.edited(err, event, v)
	}
	c, err := record.Contract()
	if err != nil {
		return nil, r.edited(err, event, v)
	}
	return c, nil
}

// Granted takes the waivers from the release.
func (r *releases) Granted(ctx context.Context, event string, v contracts.Version) ([]string, error) {
	record, err := r.Get(ctx, event, v)
	if err != nil {
		return nil, r.edited(err, event, v)
	}
	return record.Granted(), nil
}

// edited makes a release that is not what was released a finding about its file.
func (r *releases) edited(err error, event string, v contracts.Version) error {
	if registry.CodeOf(err) != registry.CodeReleaseEdited {
		return hintOfRegistry(err)
	}
	path, pathErr := r.path(event, v)
	if pathErr != nil {
		return hintOfRegistry(err)
	}
	return &compat.Edited{
		Location: diag.Location{File: diag.NewFile(path, nil)}, Subject: event + " " + v.String(),
		Message: "release is not what was released: " + reason(err), Hint: registry.HintOf(err),
	}
}

// reason is what is wrong with a release file, without its name.
func reason(err error) string {
	var e *registry.Error
	for errors.As(err, &e) && e.Err != nil {
		err = e.Err
	}
	return err.Error()
}

// hintOfRegistry brings the advice of the registry to the command line.
func hintOfRegistry(err error) error {
	if hint := registry.HintOf(err); hint != "" {
		return withHint(err, hint)
	}
	return err
}

// gate lets the registry ask lint/compat about candidates.
func gate(cfg *workspace.Config) registry.Gate {
	return func(_ context.Context, q registry.Question) (registry.Judgement, error) {
		opt, err := compat.OptionsFor(cfg, q.Candidate.Name)
		if err != nil {
			return registry.Judgement{}, err
		}
		opt.Waived = q.Waived
		j := compat.Judge(q.Released, q.Candidate, opt)
		return registry.Judgement{Needed: j.Needed, Findings: j.Findings}, nil
	}
}
