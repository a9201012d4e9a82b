package codegen

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
)

// Apply carries a plan out. New contents are all written beside their places
// first and then renamed, so that a failure leaves whole files, and one that
// happens before the first rename leaves everything as it was. Current files are
// not touched. It refuses plans with edited or foreign files.
func (p *Plan) Apply(ctx context.Context) error {
	if blocked := p.Blocked(); len(blocked) > 0 {
		return fmt.Errorf("%s is %s", blocked[0].Path, blocked[0].Status)
	}
	staged, err := p.stage(ctx)
	defer func() {
		for _, s := range staged {
			s.discard()
		}
	}()
	if err != nil {
		return err
	}
	for _, s := range staged {
		if err := s.commit(); err != nil {
			return err
		}
	}
	return nil
}

// stage writes the new contents of all folders that have some under temporary names.
// What it returns, with an error too, has to be discarded.
func (p *Plan) stage(ctx context.Context) (staged []*stage, err error) {
	var parts [][]*Change
	stages := map[*Change]*stage{} // by the first change of a batch
	for _, f := range p.folders {
		manifest := f.next.encode()
		if f.unchanged(manifest) {
			continue
		}
		s, err := f.open(p.alone(f))
		if err != nil {
			return staged, err
		}
		s.manifest = manifest
		staged = append(staged, s)
		for _, batch := range batches(f.fresh()) {
			stages[batch[0]] = s
			parts = append(parts, batch)
		}
	}
	err = inBatches(ctx, parts, func(batch []*Change) error { return stages[batch[0]].writeAll(ctx, batch) })
	if err != nil {
		return staged, err
	}
	for _, s := range staged {
		if err := s.writeManifest(); err != nil {
			return staged, err
		}
	}
	return staged, nil
}

// fresh are the files that have to be written.
func (f *folder) fresh() []*Change {
	var list []*Change
	for i := range f.changes {
		if c := &f.changes[i]; c.Status == Missing || c.Status == Stale {
			list = append(list, c)
		}
	}
	return list
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
	made      int
	manifest  []byte
}

// open makes the folder, or a temporary one when there is none and it stands alone.
func (f *folder) open(alone bool) (*stage, error) {
	s := &stage{folder: f, temporary: map[string]string{}}
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
	s.removeAbandoned()
	return s, nil
}

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
	for _, name := range s.folder.abandoned {
		_ = s.root.Remove(filepath.FromSlash(name))
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
	rest, begins := strings.CutPrefix(name, ".evctl-")
	rest, ends := strings.CutSuffix(rest, ".tmp")
	text, number, parted := strings.Cut(rest, "-")
	if !begins || !ends || !parted || strings.HasPrefix(text, "-") || strings.HasPrefix(number, "-") {
		return 0, false
	}
	pid, err := strconv.Atoi(text)
	_, errNumber := strconv.Atoi(number)
	return pid, err == nil && errNumber == nil
}

// running reports whether a process is there; yes where that cannot be said.
func running(pid int) bool {
	process, err := os.FindProcess(pid)
	if err != nil {
		return false
	}
	return !errors.Is(process.Signal(syscall.Signal(0)), os.ErrProcessDone)
}

// writeAll puts the contents of a batch beside their places. It may be called in parallel.
func (s *stage) writeAll(ctx context.Context, batch []*Change) error {
	folders := opened{top: s.root}
	defer folders.leave(0)
	for _, c := range batch {
		if err := ctx.Err(); err != nil {
			return err
		}
		root, err := folders.make(path.Dir(c.name))
		if err == nil {
			err = s.write(root, c.name, c.content)
		}
		if err != nil {
			return fmt.Errorf("write %s: %w", c.Path, err)
		}
	}
	return nil
}

func (s *stage) writeManifest() error {
	if err := s.write(s.root, ManifestName, s.manifest); err != nil {
		return fmt.Errorf("write %s: %w", path.Join(s.folder.out, ManifestName), err)
	}
	return nil
}

// write puts a content beside its place, which is in root.
func (s *stage) write(root *os.Root, name string, content []byte) error {
	temporary := name
	if s.whole == "" {
		temporary = s.reserve(name)
	}
	file, err := root.OpenFile(path.Base(temporary), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	return errors.Join(err, file.Close())
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

// commit puts the contents into their places, the manifest last. What goes away
// goes first: its name may differ from a new one in case only.
func (s *stage) commit() error {
	if s.whole != "" {
		return s.commitWhole()
	}
	if err := s.removeExtra(); err != nil {
		return err
	}
	if err := inBatches(context.Background(), batches(s.folder.fresh()), s.renameAll); err != nil {
		return err
	}
	if err := s.rename(s.root, ManifestName); err != nil {
		return fmt.Errorf("write %s: %w", path.Join(s.folder.out, ManifestName), err)
	}
	return nil
}

// renameAll puts the contents of a batch into their places. It may be called in parallel.
func (s *stage) renameAll(batch []*Change) error {
	folders := opened{top: s.root}
	defer folders.leave(0)
	for _, c := range batch {
		root, err := folders.find(path.Dir(c.name))
		if err == nil {
			err = s.rename(root, c.name)
		}
		if err != nil {
			return fmt.Errorf("write %s: %w", c.Path, err)
		}
	}
	return nil
}

// rename puts a content into its place, which is in root.
func (s *stage) rename(root *os.Root, name string) error {
	s.lock.Lock()
	temporary := s.temporary[name]
	s.lock.Unlock()
	if err := root.Rename(path.Base(temporary), path.Base(name)); err != nil {
		return err
	}
	s.lock.Lock()
	defer s.lock.Unlock()
	delete(s.temporary, name)
	return nil
}

// commitWhole puts a new folder into its place. Another process that did so meanwhile, with
// the same files, has done our work.
func (s *stage) commitWhole() error {
	_ = s.root.Close() // some systems do not rename what is open
	err := os.Rename(s.whole, s.folder.dir)
	switch {
	case err == nil:
		s.whole = ""
	case errors.Is(err, fs.ErrExist) && s.folder.listed(s.manifest):
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
