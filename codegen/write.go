package codegen

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"syscall"

	"golang.org/x/sync/errgroup"
)

// Apply carries a plan out. New contents are all written beside their places
// first and then renamed, so that a failure leaves whole files, and one that
// happens before the first rename leaves everything as it was. Current files are
// not touched. It refuses plans with edited or foreign files.
func (p *Plan) Apply(ctx context.Context) error {
	if blocked := p.Blocked(); len(blocked) > 0 {
		return fmt.Errorf("%s is %s", blocked[0].Path, blocked[0].Status)
	}
	var staged []*stage
	defer func() {
		for _, s := range staged {
			s.discard()
		}
	}()
	for _, f := range p.folders {
		s, err := f.stage(ctx, p.alone(f))
		if s != nil {
			staged = append(staged, s)
		}
		if err != nil {
			return err
		}
	}
	for _, s := range staged {
		if err := s.commit(); err != nil {
			return err
		}
	}
	return nil
}

// alone reports whether no other folder of the plan lies in f or around it.
func (p *Plan) alone(f *folder) bool {
	return !slices.ContainsFunc(p.folders, func(g *folder) bool {
		inside, errInside := filepath.Rel(f.dir, g.dir)
		around, errAround := filepath.Rel(g.dir, f.dir)
		return f != g && (errInside != nil || errAround != nil || filepath.IsLocal(inside) || filepath.IsLocal(around))
	})
}

// stage is a folder's new contents under temporary names.
type stage struct {
	folder *folder
	root   *os.Root
	// whole is the temporary name of the folder itself when it is new: what is in it has
	// its final name then, and one renaming puts all of it into its place. Empty
	// otherwise, and afterwards.
	whole string
	// lock guards what is below: files are written on all processors.
	lock sync.Mutex
	// temporary holds the temporary name of each path that is not renamed yet.
	temporary map[string]string
	dirs      map[string]bool // those that are there
	made      int
}

// open makes the folder, or a temporary one when there is none and it stands alone.
func (f *folder) open(alone bool) (*stage, error) {
	s := &stage{folder: f, temporary: map[string]string{}, dirs: map[string]bool{".": true}}
	dir := f.dir
	if _, err := os.Lstat(dir); alone && errors.Is(err, fs.ErrNotExist) {
		parent := filepath.Dir(dir)
		if err := os.MkdirAll(parent, 0o755); err != nil {
			return nil, fmt.Errorf("make out folder: %w", err)
		}
		removeAbandonedFolders(parent)
		if dir, err = newFolder(parent); err != nil {
			return nil, fmt.Errorf("make out folder: %w", err)
		}
		s.whole = dir
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("make out folder: %w", err)
	}
	var err error
	if s.root, err = os.OpenRoot(dir); err != nil {
		return nil, fmt.Errorf("open out folder %s: %w", f.out, err)
	}
	return s, nil
}

func (f *folder) stage(ctx context.Context, alone bool) (*stage, error) {
	manifest := f.next.encode()
	if f.unchanged(manifest) {
		return nil, nil
	}
	s, err := f.open(alone)
	if err != nil {
		return nil, err
	}
	if s.whole == "" {
		s.removeAbandoned()
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(writers())
	for _, c := range f.changes {
		if c.Status != Missing && c.Status != Stale {
			continue
		}
		group.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := s.write(c.name, c.content); err != nil {
				return fmt.Errorf("write %s: %w", c.Path, err)
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return s, err
	}
	if err := s.write(ManifestName, manifest); err != nil {
		return s, fmt.Errorf("write %s: %w", path.Join(f.out, ManifestName), err)
	}
	return s, nil
}

// writers is how many files are written at a time: system calls wait for the disk
// and not for a processor.
func writers() int { return 2 * runtime.GOMAXPROCS(0) }

// unchanged reports whether there is nothing to do in the folder.
func (f *folder) unchanged(manifest []byte) bool {
	for _, c := range f.changes {
		if c.Status != Current {
			return false
		}
	}
	return f.listed(manifest)
}

// listed reports whether the manifest on disk is this one.
func (f *folder) listed(manifest []byte) bool {
	old, err := os.ReadFile(filepath.Join(f.dir, ManifestName))
	return err == nil && bytes.Equal(unixLines(old), manifest)
}

// removeAbandoned removes temporary files of processes that were killed. What cannot
// be removed stays: it is in nobody's way.
func (s *stage) removeAbandoned() {
	looked := map[string]bool{}
	for _, c := range s.folder.changes {
		dir := path.Dir(c.name)
		if looked[dir] {
			continue
		}
		looked[dir] = true
		entries, err := fs.ReadDir(s.root.FS(), dir)
		if err != nil {
			continue // such as one that is not there yet
		}
		for _, entry := range entries {
			if pid, ok := temporaryOf(entry.Name()); ok && !running(pid) {
				_ = s.root.Remove(filepath.Join(filepath.FromSlash(dir), entry.Name()))
			}
		}
	}
}

// newFolder makes a temporary folder that nobody has.
func newFolder(parent string) (string, error) {
	for n := 0; ; n++ {
		dir := filepath.Join(parent, temporaryName(n))
		if err := os.Mkdir(dir, 0o755); !errors.Is(err, fs.ErrExist) {
			return dir, err
		}
	}
}

// removeAbandonedFolders removes temporary folders of processes that were killed.
func removeAbandonedFolders(parent string) {
	entries, err := os.ReadDir(parent)
	if err != nil {
		return
	}
	for _, entry := range entries {
		if pid, ok := temporaryOf(entry.Name()); ok && entry.IsDir() && !running(pid) {
			_ = os.RemoveAll(filepath.Join(parent, entry.Name()))
		}
	}
}

// temporaryName names a temporary file of this process, and temporaryOf reads the
// process from it.
func temporaryName(n int) string {
	return ".evctl-" + strconv.Itoa(os.Getpid()) + "-" + strconv.Itoa(n) + ".tmp"
}

func temporaryOf(name string) (pid int, ok bool) {
	var n int
	_, err := fmt.Sscanf(name, ".evctl-%d-%d.tmp", &pid, &n)
	return pid, err == nil && name == fmt.Sprintf(".evctl-%d-%d.tmp", pid, n)
}

// running reports whether a process is there; yes where that cannot be said.
func running(pid int) bool {
	process, err := os.FindProcess(pid)
	if err != nil {
		return false
	}
	return !errors.Is(process.Signal(syscall.Signal(0)), os.ErrProcessDone)
}

// write puts a content beside its place. It may be called in parallel.
func (s *stage) write(name string, content []byte) error {
	dir := path.Dir(name)
	if err := s.makeDir(dir); err != nil {
		return err
	}
	temporary := name
	if s.whole == "" {
		temporary = s.reserve(name)
	}
	file, err := s.root.OpenFile(filepath.FromSlash(temporary), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	return errors.Join(err, file.Close())
}

// makeDir makes a folder unless it was made before.
func (s *stage) makeDir(dir string) error {
	s.lock.Lock()
	made := s.dirs[dir]
	s.lock.Unlock()
	if made {
		return nil
	}
	if err := s.root.MkdirAll(filepath.FromSlash(dir), 0o755); err != nil {
		return err
	}
	s.lock.Lock()
	defer s.lock.Unlock()
	s.dirs[dir] = true
	return nil
}

// reserve chooses a temporary name for a path.
func (s *stage) reserve(name string) string {
	s.lock.Lock()
	defer s.lock.Unlock()
	s.made++
	temporary := path.Join(path.Dir(name), temporaryName(s.made))
	s.temporary[name] = temporary
	return temporary
}

// rename puts a content into its place. It may be called in parallel.
func (s *stage) rename(name string) error {
	s.lock.Lock()
	temporary := s.temporary[name]
	s.lock.Unlock()
	if err := s.root.Rename(filepath.FromSlash(temporary), filepath.FromSlash(name)); err != nil {
		return fmt.Errorf("write %s: %w", path.Join(s.folder.out, name), err)
	}
	s.lock.Lock()
	defer s.lock.Unlock()
	delete(s.temporary, name)
	return nil
}

// commit puts the contents into their places, the manifest last. What goes away
// goes first: its name may differ from a new one in case only.
func (s *stage) commit() error {
	if s.whole != "" {
		return s.commitWhole()
	}
	if err := s.removeExtra(); err != nil {
		return err
	}
	var group errgroup.Group
	group.SetLimit(writers())
	for _, name := range slices.Sorted(maps.Keys(s.temporary)) {
		if name != ManifestName {
			group.Go(func() error { return s.rename(name) })
		}
	}
	if err := group.Wait(); err != nil {
		return err
	}
	return s.rename(ManifestName)
}

// commitWhole puts a new folder into its place. Another process that did so meanwhile, with
// the same files, has done our work.
func (s *stage) commitWhole() error {
	_ = s.root.Close() // some systems do not rename what is open
	err := os.Rename(s.whole, s.folder.dir)
	switch {
	case err == nil:
		s.whole = ""
	case errors.Is(err, fs.ErrExist) && s.folder.listed(s.folder.next.encode()):
	default:
		return fmt.Errorf("write %s: %w", s.folder.out, err)
	}
	return nil
}

// removeExtra removes files that are no longer generated, and folders that are
// empty without them.
func (s *stage) removeExtra() error {
	for _, c := range s.folder.changes {
		if c.Status != Leftover {
			continue
		}
		if err := s.root.Remove(filepath.FromSlash(c.name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("remove %s: %w", c.Path, err)
		}
		for dir := path.Dir(c.name); dir != "."; dir = path.Dir(dir) {
			if s.root.Remove(filepath.FromSlash(dir)) != nil {
				break // not empty
			}
		}
	}
	return nil
}

// discard removes what was not renamed.
func (s *stage) discard() {
	if s.whole != "" {
		_ = os.RemoveAll(s.whole)
	}
	for _, temporary := range s.temporary {
		_ = s.root.Remove(filepath.FromSlash(temporary)) // it only matters that we tried
	}
	_ = s.root.Close()
}
