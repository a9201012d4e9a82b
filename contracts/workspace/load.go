package workspace

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/contracts/waivers"
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

	files  map[string]bool // that were read, well or not
	events map[string]*contracts.Contract
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
		if _, err := os.Lstat(filepath.Join(at, ConfigName)); err == nil {
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
// relative to the root), only those files and what they refer to; evctl.yaml or
// waivers.yaml among them stands for everything, because it concerns everything.
func Load(ctx context.Context, fsys fs.FS, paths ...string) (*Workspace, error) {
	if _, err := fs.Lstat(fsys, ConfigName); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w at the root of the workspace", ErrNoConfig)
	}
	data, err := readFile(fsys, ConfigName)
	if err != nil {
		return nil, err
	}
	if slices.Contains(paths, ConfigName) || slices.Contains(paths, waivers.FileName) {
		paths = nil
	}
	w := &Workspace{FS: fsys, Partial: len(paths) > 0, Selected: paths, files: map[string]bool{}}
	w.Config, w.Diagnostics = ParseConfig(diag.NewFile(ConfigName, data))
	if w.Partial {
		err = w.loadSome(ctx, paths)
	} else {
		err = w.loadAll(ctx)
	}
	if err != nil {
		return nil, err
	}
	if err := w.link(ctx); err != nil {
		return nil, err
	}
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

// Event finds an event by its wire name, or nil. Of several with one name it is the
// first.
func (w *Workspace) Event(name string) *contracts.Contract { return w.events[name] }

func (w *Workspace) loadAll(ctx context.Context) error {
	files, err := w.discover(w.Config.Contracts)
	if len(files) == 0 && len(w.Diagnostics) > 0 && (err == nil || errors.Is(err, ErrNoContracts)) {
		return nil // evctl.yaml may be the reason, and what is wrong with it is said
	}
	if errors.Is(err, ErrNoContracts) {
		return fmt.Errorf("%w; make it, or name other folders under contracts: of %s", err, ConfigName)
	}
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
	wanted := make(map[string]bool, len(missing))
	for _, name := range missing {
		wanted[name] = true
	}
	unread := func(pick func(file string) bool) (files []string) {
		for _, file := range all {
			if !w.files[file] && pick(file) {
				files = append(files, file)
			}
		}
		return files
	}
	named := unread(func(file string) bool { return wanted[strings.TrimSuffix(path.Base(file), path.Ext(file))] })
	if len(named) > 0 {
		return named
	}
	return unread(w.declaresShared)
}

// declaresShared looks at the text only, and says no only when it is sure. Files that
// cannot be read are for parse to complain about.
func (w *Workspace) declaresShared(file string) bool {
	data, err := w.read(file)
	return err != nil || bytes.Contains(data, []byte(contracts.Definition)) || bytes.Contains(data, []byte(contracts.Fragment))
}

// read reads a contract file.
func (w *Workspace) read(file string) ([]byte, error) { return readFile(w.FS, file) }

// readFile reads a file. Of one that is too large it reads only so much that the
// parser sees that; what is no file at all, such as a pipe, could block for ever.
func readFile(fsys fs.FS, file string) ([]byte, error) {
	info, err := fs.Stat(fsys, file)
	switch {
	case !fs.ValidPath(file):
		return nil, fmt.Errorf("read %q: its name is not UTF-8; rename it", file)
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("read %s: the link leads nowhere: %w", file, fs.ErrNotExist)
	case err != nil:
		return nil, readError(file, err)
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("read %s: it is not a regular file", file)
	case info.Size() > document.MaxBytes:
		return readStart(fsys, file)
	}
	data, err := fs.ReadFile(fsys, file)
	if err != nil {
		return nil, readError(file, err)
	}
	return data, nil
}

func readStart(fsys fs.FS, file string) ([]byte, error) {
	f, err := fsys.Open(file)
	if err != nil {
		return nil, readError(file, err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, document.MaxBytes+1))
	if err != nil {
		return nil, readError(file, err)
	}
	return data, nil
}

// readError names the file once: errors of file systems name it too.
func readError(file string, err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		err = at.Err
	}
	return fmt.Errorf("read %s: %w", file, err)
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
		ext := strings.ToLower(path.Ext(name))
		if (ext == ".yaml" || ext == ".yml") && name != ConfigName && p != waivers.FileName && !strings.HasPrefix(name, ".") {
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
	var next atomic.Int64
	group, ctx := errgroup.WithContext(ctx)
	// One goroutine for many files: stacks grow once, and parsers use their memory again.
	for range min(runtime.GOMAXPROCS(0), len(files)) {
		group.Go(func() error {
			var parser contracts.Parser
			for i := next.Add(1) - 1; i < int64(len(files)); i = next.Add(1) - 1 {
				if err := ctx.Err(); err != nil {
					return err
				}
				data, err := w.read(files[i])
				if err != nil {
					return err
				}
				parsed[i], diags[i] = parser.Parse(diag.NewFile(files[i], data))
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	for i, c := range parsed {
		w.files[files[i]] = true
		if c != nil {
			w.Contracts = append(w.Contracts, c)
		}
		w.Diagnostics = append(w.Diagnostics, diags[i]...)
	}
	slices.SortFunc(w.Contracts, func(a, b *contracts.Contract) int { return strings.Compare(a.File.Path, b.File.Path) })
	return nil
}

// link connects the contracts: shared ones with each other, then every event with
// those, on all cores.
func (w *Workspace) link(ctx context.Context) error {
	var shared []*contracts.Contract
	for _, c := range w.Contracts {
		if c.Kind != contracts.Event {
			shared = append(shared, c)
		}
	}
	var diags []diag.Diagnostic
	w.Library, diags = contracts.NewLibrary(shared)
	w.Diagnostics = append(w.Diagnostics, diags...)

	events := w.Events()
	linked := make([][]diag.Diagnostic, len(events))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	const batch = 64
	for start := 0; start < len(events); start += batch {
		group.Go(func() error {
			for i := start; i < min(start+batch, len(events)); i++ {
				linked[i] = w.Library.Link(events[i])
			}
			return ctx.Err()
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	w.events = make(map[string]*contracts.Contract, len(events))
	for i, c := range events {
		w.Diagnostics = append(w.Diagnostics, linked[i]...)
		first := w.events[c.Name]
		switch {
		case c.Name == "": // which is reported already
		case first == nil:
			w.events[c.Name] = c
		default:
			c.Broken = true
			w.Diagnostics = append(w.Diagnostics, contracts.DuplicateName(c, first))
		}
	}
	return nil
}
