package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/gitfs"
	"github.com/evctl/evctl/contracts/workspace"
	"github.com/evctl/evctl/lint/compat"
	"github.com/evctl/evctl/registry"
)

// sides finds what the arguments of evctl diff name.
type sides struct {
	ctx  context.Context
	app  *App
	root string // of the workspace, or "" outside of one

	loaded   *workspace.Workspace // read when it is needed
	released compat.Baseline
}

func newSides(ctx context.Context, app *App) (*sides, error) {
	s := &sides{ctx: ctx, app: app}
	root, err := workspace.FindRoot(app.Dir)
	if err != nil && !errors.Is(err, workspace.ErrNoConfig) {
		return nil, err
	}
	s.root = root
	return s, nil
}

// config is that of the workspace, or the defaults outside of one.
func (s *sides) config() *workspace.Config {
	if s.loaded != nil {
		return s.loaded.Config
	}
	if s.root != "" {
		if data, err := os.ReadFile(filepath.Join(s.root, workspace.ConfigName)); err == nil {
			cfg, _ := workspace.ParseConfig(diag.NewFile(workspace.ConfigName, data))
			return cfg
		}
	}
	cfg, _ := workspace.ParseConfig(diag.NewFile(workspace.ConfigName, []byte("language: "+workspace.LanguageVersion)))
	return cfg
}

func (s *sides) both(args []string) (old, new *side, err error) {
	if len(args) == 0 {
		if old, err = s.allReleased(); err != nil {
			return nil, nil, err
		}
		new, err = s.here()
		return old, new, err
	}
	if old, err = s.find(args[0]); err != nil {
		return nil, nil, err
	}
	if len(args) == 2 {
		new, err = s.find(args[1])
	} else {
		new, err = s.here()
	}
	return old, new, err
}

// find tries what an argument may be, in the order of the help text.
func (s *sides) find(arg string) (*side, error) {
	if isURL(arg) {
		base, err := remoteBaseline(s.ctx, arg)
		if err != nil {
			return nil, err
		}
		return s.latest(base, arg)
	}
	if ref, ok := strings.CutPrefix(arg, "git:"); ok {
		return s.commit(ref)
	}
	if folder, ok := strings.CutPrefix(arg, "dir:"); ok {
		return s.folder(folder)
	}
	switch info, err := os.Stat(s.app.path(arg)); {
	case err == nil && info.IsDir():
		return s.folder(arg)
	case err == nil:
		return s.file(arg)
	}
	if found, err := s.event(arg); found != nil || err != nil {
		return found, err
	}
	if s.root == "" {
		return nil, withHint(fmt.Errorf("%s is no file or folder, and events and commits need a workspace", arg), "run evctl in a workspace, or name one with -C FOLDER")
	}
	found, err := s.commit(arg)
	return found, notCommit(arg, err)
}

// notCommit says why a name that is nothing else is no commit either.
func notCommit(arg string, err error) error {
	switch {
	case errors.Is(err, gitfs.ErrNoGit):
		return withHint(fmt.Errorf("%q is no file, folder or event, and commits cannot be read: the git program is not installed", arg),
			"check the spelling, install git, or compare with a folder")
	case errors.Is(err, gitfs.ErrNoRepository):
		return withHint(fmt.Errorf("%q is no file, folder or event, and the workspace is not inside a git repository", arg),
			"check the spelling; to compare with a commit, run evctl in a clone of the repository")
	}
	var hinted hintedError
	if errors.Is(err, gitfs.ErrUnknownRef) && errors.As(err, &hinted) {
		return withHint(fmt.Errorf("%q is no file, folder, event or commit", arg), hinted.hint)
	}
	return err
}

// workspace is the one that the command runs in.
func (s *sides) workspace() (*workspace.Workspace, error) {
	if s.loaded != nil {
		return s.loaded, nil
	}
	w, err := workspace.Open(s.ctx, s.app.Dir)
	if err != nil {
		return nil, hintOfWorkspace(err)
	}
	s.loaded = w
	return w, nil
}

// here is the workspace with all its events.
func (s *sides) here() (*side, error) {
	w, err := s.workspace()
	if err != nil {
		return nil, err
	}
	return eventsOf(w, "the workspace")
}

func eventsOf(w *workspace.Workspace, label string) (*side, error) {
	if len(w.Diagnostics) > 0 {
		return nil, diagnosticsError(label+" has errors", w.Diagnostics)
	}
	out := &side{label: label, events: map[string]*contracts.Contract{}}
	for _, c := range w.Events() {
		out.events[c.Name] = c
	}
	return out, nil
}

// baseline is what the workspace has released.
func (s *sides) baseline() (compat.Baseline, error) {
	if s.released != nil {
		return s.released, nil
	}
	w, err := s.workspace()
	if err != nil {
		return nil, err
	}
	s.released, err = registryOf(s.ctx, w)
	return s.released, err
}

func (s *sides) allReleased() (*side, error) {
	base, err := s.baseline()
	if err != nil {
		return nil, err
	}
	return s.latest(base, "the latest releases")
}

// latest takes the highest version of each event.
func (s *sides) latest(base compat.Baseline, label string) (*side, error) {
	names, err := base.Events(s.ctx)
	if err != nil {
		return nil, err
	}
	out := &side{label: label, events: map[string]*contracts.Contract{}}
	for _, name := range names {
		if out.events[name], err = s.release(base, name, ""); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// release is a version of an event; none means the highest.
func (s *sides) release(base compat.Baseline, event, version string) (*contracts.Contract, error) {
	versions, err := base.Versions(s.ctx, event)
	if err != nil {
		return nil, err
	}
	if len(versions) == 0 {
		return nil, withHint(fmt.Errorf("event %q is not released", event), "evctl push releases contracts")
	}
	v := versions[len(versions)-1]
	if version != "" {
		if v, err = contracts.ParseVersion(version); err != nil {
			return nil, usagef("%s: %w", event, err)
		}
	}
	c, err := base.Contract(s.ctx, event, v)
	if edited := (*compat.Edited)(nil); errors.As(err, &edited) {
		return nil, withHint(err, edited.Hint)
	}
	if err != nil && registry.CodeOf(err) == registry.CodeVersionUnknown {
		words := make([]string, len(versions))
		for i, v := range versions {
			words[i] = v.String()
		}
		return nil, withHint(err, "released are "+strings.Join(words, ", "))
	}
	return c, err
}

// event is a released version or an event of the workspace, or nil when there is none.
func (s *sides) event(arg string) (*side, error) {
	if s.root == "" {
		return nil, nil
	}
	name, version := splitVersion(arg)
	if cut, latest := strings.CutSuffix(arg, "@latest"); latest {
		name, version = cut, "latest"
	}
	if version != "" {
		base, err := s.baseline()
		if err != nil {
			return nil, err
		}
		c, err := s.release(base, name, strings.TrimPrefix(version, "latest"))
		if err != nil {
			return nil, err
		}
		return &side{label: c.ID(), single: c}, nil
	}
	w, err := s.workspace()
	if err != nil {
		return nil, err
	}
	c := w.Event(name)
	if c == nil {
		return nil, nil
	}
	if c.Broken {
		return nil, diagnosticsError(c.File.Path+" has errors", inFile(w.Diagnostics, c.File))
	}
	return &side{label: c.ID() + " of the workspace", single: c}, nil
}

func inFile(list []diag.Diagnostic, f *diag.File) []diag.Diagnostic {
	var mine []diag.Diagnostic
	for _, d := range list {
		if d.File == f {
			mine = append(mine, d)
		}
	}
	if len(mine) == 0 {
		return list // something that the file refers to
	}
	return mine
}

// file is a contract file or a release file. A contract file is read with the
// definitions of its workspace, if it is in one.
func (s *sides) file(arg string) (*side, error) {
	path := s.app.path(arg)
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	f := diag.NewFile(filepath.ToSlash(arg), data)
	if record, err := registry.Decode(f); err == nil {
		c, err := record.Contract()
		return &side{label: arg, single: c}, err
	}
	found, err := s.contractFile(arg, path, f)
	if err == nil && found.single.Kind != contracts.Event {
		return nil, withHint(fmt.Errorf("%s declares no event", arg), "compare the events that use it")
	}
	return found, err
}

func (s *sides) contractFile(arg, path string, f *diag.File) (*side, error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	w, err := workspace.Open(s.ctx, filepath.Dir(path), absolute)
	if !errors.Is(err, workspace.ErrNoConfig) {
		if err != nil {
			return nil, err
		}
		return singleOf(w, arg)
	}
	c, diags := contracts.Parse(f)
	library, _ := contracts.NewLibrary(nil)
	if c != nil && c.Kind == contracts.Event {
		diags = append(diags, library.Link(c)...)
	}
	if len(diags) > 0 {
		return nil, diagnosticsError(arg+" has errors", diags)
	}
	return &side{label: arg, single: c}, nil
}

// singleOf is the contract that was asked for in a workspace that was loaded for it.
func singleOf(w *workspace.Workspace, arg string) (*side, error) {
	for _, c := range w.Contracts {
		if len(w.Selected) != 1 || c.File.Path != w.Selected[0] {
			continue
		}
		if c.Broken {
			return nil, diagnosticsError(arg+" has errors", inFile(w.Diagnostics, c.File))
		}
		c.File.Path = filepath.ToSlash(arg)
		return &side{label: arg, single: c}, nil
	}
	if len(w.Diagnostics) == 0 {
		return nil, fmt.Errorf("%s is not a contract", arg)
	}
	return nil, diagnosticsError(arg+" has errors", w.Diagnostics)
}

// folder is another workspace or a folder of releases.
func (s *sides) folder(arg string) (*side, error) {
	path := s.app.path(arg)
	if _, err := os.Stat(filepath.Join(path, workspace.ConfigName)); err != nil {
		base, err := folderBaseline(s.ctx, s.app, arg)
		if err != nil {
			return nil, err
		}
		return s.latest(base, arg)
	}
	w, err := workspace.Open(s.ctx, path)
	if err != nil {
		return nil, err
	}
	for _, c := range w.Contracts {
		c.File.Path = filepath.ToSlash(filepath.Join(arg, c.File.Path))
	}
	return eventsOf(w, arg)
}

// commit is the workspace in a commit.
func (s *sides) commit(ref string) (*side, error) {
	if s.root == "" {
		return nil, hintOfWorkspace(workspace.ErrNoConfig)
	}
	commit, err := gitfs.Open(s.ctx, s.root, ref)
	if err != nil {
		return nil, hintOfGit(err)
	}
	defer commit.Close()
	w, err := workspace.Load(s.ctx, commit)
	if err != nil {
		return nil, fmt.Errorf("read commit %s: %w", ref, err)
	}
	for _, c := range w.Contracts {
		c.File.Path = ref + ":" + c.File.Path
	}
	return eventsOf(w, "commit "+ref)
}
