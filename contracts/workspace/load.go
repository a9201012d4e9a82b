package workspace

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
)

// Workspace is a project's contracts, parsed and linked.
type Workspace struct {
	// Root is the folder of evctl.yaml on disk, empty for other file systems.
	Root   string
	FS     fs.FS // rooted at the workspace
	Config *Config
	// Contracts are all that were loaded, ordered by path. Broken ones are among
	// them; files that could not be read at all are only in Diagnostics.
	Contracts []*contracts.Contract
	Library   *contracts.Library
	// Diagnostics are what the language itself objects to, unordered.
	Diagnostics []diag.Diagnostic
	// Partial is set when only some files were asked for: what concerns the
	// workspace as a whole cannot be said then.
	Partial bool
	// Selected are the paths that were asked for, when Partial.
	Selected []string
}

// Errors that callers tell apart.
var (
	ErrNoConfig    = errors.New("no " + ConfigName)
	ErrNoContracts = errors.New("no contracts")
)

// FindRoot looks for evctl.yaml in dir and the folders above it.
func FindRoot(dir string) (string, error) {
	start, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	for at := start; ; {
		if _, err := os.Stat(filepath.Join(at, ConfigName)); err == nil {
			return at, nil
		}
		parent := filepath.Dir(at)
		if parent == at {
			return "", fmt.Errorf("%w in %s or above it", ErrNoConfig, start)
		}
		at = parent
	}
}

// Open loads the workspace that dir belongs to. With paths, only those files and
// what they refer to are loaded; paths are relative to dir, and folders stand for the contract files in them.
func Open(ctx context.Context, dir string, paths ...string) (*Workspace, error) {
	root, err := FindRoot(dir)
	if err != nil {
		return nil, err
	}
	selected, err := relativeTo(root, dir, paths)
	if err != nil {
		return nil, err
	}
	w, err := Load(ctx, os.DirFS(root), selected...)
	if err != nil {
		return nil, err
	}
	w.Root = root
	return w, nil
}

func relativeTo(root, dir string, paths []string) ([]string, error) {
	var out []string
	for _, p := range paths {
		if !filepath.IsAbs(p) {
			p = filepath.Join(dir, p)
		}
		abs, err := filepath.Abs(p)
		if err != nil {
			return nil, err
		}
		rel, err := filepath.Rel(root, abs)
		if err != nil || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
			return nil, fmt.Errorf("%s is outside of the workspace %s", p, root)
		}
		out = append(out, filepath.ToSlash(rel))
	}
	return out, nil
}

// Load reads the workspace at the root of fsys. With paths (slash-separated,
// relative to the root), only those files and what they refer to.
func Load(ctx context.Context, fsys fs.FS, paths ...string) (*Workspace, error) {
	data, err := fs.ReadFile(fsys, ConfigName)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w at the root of the workspace", ErrNoConfig)
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", ConfigName, err)
	}
	w := &Workspace{FS: fsys, Partial: len(paths) > 0, Selected: paths}
	w.Config, w.Diagnostics = ParseConfig(diag.NewFile(ConfigName, data))
	if w.Partial {
		err = w.loadSome(ctx, paths)
	} else {
		err = w.loadAll(ctx)
	}
	if err != nil {
		return nil, err
	}
	w.link()
	return w, nil
}

// Events are the loaded events, ordered by path.
func (w *Workspace) Events() []*contracts.Contract {
	var events []*contracts.Contract
	for _, c := range w.Contracts {
		if c.Kind == contracts.Event {
			events = append(events, c)
		}
	}
	return events
}

// Event finds an event by its wire name, or nil.
func (w *Workspace) Event(name string) *contracts.Contract {
	for _, c := range w.Contracts {
		if c.Kind == contracts.Event && c.Name == name {
			return c
		}
	}
	return nil
}

func (w *Workspace) loadAll(ctx context.Context) error {
	files, err := w.discover(w.Config.Contracts)
	if err != nil {
		return err
	}
	if len(files) == 0 {
		return fmt.Errorf("%w in %s; write one, or name other folders under contracts: of %s",
			ErrNoContracts, strings.Join(w.Config.Contracts, ", "), ConfigName)
	}
	return w.parse(ctx, files)
}

// loadSome parses the files that were asked for, and the definitions and
// fragments they need. Those are looked for in files of their own name first, so
// that checking one file of a large workspace reads a few files, not all.
func (w *Workspace) loadSome(ctx context.Context, paths []string) error {
	files, err := w.discover(paths)
	if err != nil {
		return err
	}
	if len(files) == 0 {
		return fmt.Errorf("%w in %s", ErrNoContracts, strings.Join(paths, ", "))
	}
	if err := w.parse(ctx, files); err != nil {
		return err
	}
	var all []string
	for {
		missing := w.missing()
		if len(missing) == 0 {
			return nil
		}
		if all == nil {
			if all, err = w.discover(w.Config.Contracts); err != nil {
				return err
			}
		}
		next := w.candidates(all, missing)
		if len(next) == 0 {
			return nil // unresolved: Link says so
		}
		if err := w.parse(ctx, next); err != nil {
			return err
		}
	}
}

// missing lists the names that loaded contracts refer to and that no loaded
// contract declares.
func (w *Workspace) missing() []string {
	declared := map[string]bool{}
	for _, c := range w.Contracts {
		if c.Kind != contracts.Event {
			declared[c.Name] = true
		}
	}
	var names []string
	need := func(name string) {
		if name != "" && !declared[name] {
			declared[name] = true
			names = append(names, name)
		}
	}
	for _, c := range w.Contracts {
		for _, inc := range c.Include {
			need(inc.Name)
		}
		visit := func(_ string, s *contracts.Schema) bool {
			if c.Definition(s.Ref) == nil {
				need(s.Ref)
			}
			return true
		}
		contracts.Walk(c.Payload, "", visit)
		for _, d := range c.Definitions {
			contracts.Walk(d.Schema, "", visit)
		}
	}
	return names
}

// candidates picks files that may declare the missing names: those called after
// them, or else all that were not read yet and declare something shared.
func (w *Workspace) candidates(all, missing []string) []string {
	read := map[string]bool{}
	for _, c := range w.Contracts {
		read[c.File.Path] = true
	}
	var named, rest []string
	for _, file := range all {
		if read[file] {
			continue
		}
		stem := strings.TrimSuffix(path.Base(file), path.Ext(file))
		if slices.Contains(missing, stem) {
			named = append(named, file)
		} else if w.declaresShared(file) {
			rest = append(rest, file)
		}
	}
	if len(named) > 0 {
		return named
	}
	return rest
}

// declaresShared looks at the text only: a top-level define: or fragment: key.
func (w *Workspace) declaresShared(file string) bool {
	data, err := fs.ReadFile(w.FS, file)
	if err != nil {
		return false
	}
	for _, key := range []string{string(contracts.Definition), string(contracts.Fragment)} {
		if strings.HasPrefix(string(data), key) || strings.Contains(string(data), "\n"+key) {
			return true
		}
	}
	return false
}

// Files lists the contract files that Load reads from the folders of a
// configuration, sorted. It fails with ErrNoContracts when a folder does not exist.
func Files(fsys fs.FS, cfg *Config) ([]string, error) {
	w := &Workspace{FS: fsys, Config: cfg}
	return w.discover(cfg.Contracts)
}

// discover lists contract files at or below the given paths, sorted and unique.
func (w *Workspace) discover(paths []string) ([]string, error) {
	var files []string
	for _, p := range paths {
		p = path.Clean(strings.TrimSuffix(p, "/"))
		if !fs.ValidPath(p) {
			return nil, fmt.Errorf("%s is outside of the workspace", p)
		}
		info, err := fs.Stat(w.FS, p)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("%w: %s does not exist", ErrNoContracts, p)
		}
		if err != nil {
			return nil, fmt.Errorf("look for contracts: %w", err)
		}
		if !info.IsDir() {
			files = append(files, p)
			continue
		}
		if err := w.walk(p, &files); err != nil {
			return nil, fmt.Errorf("look for contracts: %w", err)
		}
	}
	slices.Sort(files)
	return slices.Compact(files), nil
}

func (w *Workspace) walk(dir string, files *[]string) error {
	return fs.WalkDir(w.FS, dir, func(p string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := entry.Name()
		if entry.IsDir() {
			if p != dir && (strings.HasPrefix(name, ".") || name == "node_modules") {
				return fs.SkipDir
			}
			return nil
		}
		if ext := path.Ext(name); (ext == ".yaml" || ext == ".yml") && name != ConfigName && !strings.HasPrefix(name, ".") {
			*files = append(*files, p)
		}
		return nil
	})
}

// parse reads files on all cores. A file that cannot be read fails the load: a
// check that skips what it cannot see would pass without having run.
func (w *Workspace) parse(ctx context.Context, files []string) error {
	parsed := make([]*contracts.Contract, len(files))
	diags := make([][]diag.Diagnostic, len(files))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, file := range files {
		group.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			data, err := fs.ReadFile(w.FS, file)
			if err != nil {
				return fmt.Errorf("read contract: %w", err)
			}
			parsed[i], diags[i] = contracts.Parse(diag.NewFile(file, data))
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	for i, c := range parsed {
		if c != nil {
			w.Contracts = append(w.Contracts, c)
		}
		w.Diagnostics = append(w.Diagnostics, diags[i]...)
	}
	slices.SortFunc(w.Contracts, func(a, b *contracts.Contract) int { return strings.Compare(a.File.Path, b.File.Path) })
	return nil
}

func (w *Workspace) link() {
	var shared []*contracts.Contract
	for _, c := range w.Contracts {
		if c.Kind != contracts.Event {
			shared = append(shared, c)
		}
	}
	var diags []diag.Diagnostic
	w.Library, diags = contracts.NewLibrary(shared)
	w.Diagnostics = append(w.Diagnostics, diags...)

	first := map[string]*contracts.Contract{}
	for _, c := range w.Events() {
		w.Diagnostics = append(w.Diagnostics, w.Library.Link(c)...)
		if other := first[c.Name]; other != nil {
			c.Broken = true
			w.Diagnostics = append(w.Diagnostics, contracts.DuplicateName(c, other))
			continue
		}
		first[c.Name] = c
	}
}
