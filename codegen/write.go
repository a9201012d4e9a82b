package codegen

import (
	"cmp"
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

// Apply carries out a plan that is staged. New contents are all there under temporary names
// and are renamed now, so that a failure leaves whole files, and one that happens before the
// first rename leaves everything as it was. Current files are not touched. It refuses plans
// with edited or foreign files.
func (p *Plan) Apply(ctx context.Context) error {
	if blocked := p.Blocked(); len(blocked) > 0 {
		return fmt.Errorf("%s is %s", blocked[0].Path, blocked[0].Status)
	}
	var staged []*stage
	for _, f := range p.folders {
		if f.stage == nil {
			return errors.New("the plan was made without staging its contents")
		}
		manifest := f.next.encode()
		if f.unchanged(manifest) {
			continue
		}
		if err := f.stage.finish(manifest); err != nil {
			return err
		}
		staged = append(staged, f.stage)
	}
	if err := ctx.Err(); err != nil {
		return err
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

// stage is a folder's new contents under temporary names. Contents are put into it from
// several goroutines.
type stage struct {
	folder *folder
	// alone says that the folder has no other one in it or around it: when it is new, it may
	// be made under a temporary name and renamed as a whole.
	alone    bool
	manifest []byte

	lock sync.Mutex // guards what is below
	root *os.Root   // nil before the first content
	// whole is the temporary name of the folder itself when it is new: what is in it has
	// its final name then, and one renaming puts all of it into its place. Empty
	// otherwise, and afterwards.
	whole string
	// temporary holds the temporary name of each path that is not renamed yet.
	temporary map[string]string
	names     int
	// parents are the folders that were made for the stage on the way to it, outermost first.
	parents []string
}

// open makes the folder, or a temporary one when there is none and it stands alone; once.
func (s *stage) open() (*os.Root, error) {
	s.lock.Lock()
	defer s.lock.Unlock()
	if s.root != nil {
		return s.root, nil
	}
	dir := s.folder.dir
	if _, err := os.Lstat(dir); s.alone && errors.Is(err, fs.ErrNotExist) {
		parent := filepath.Dir(dir)
		if err := s.makeFolders(parent); err != nil {
			return nil, err
		}
		removeAbandonedFolders(parent)
		if dir, err = newFolder(parent); err != nil {
			return nil, fmt.Errorf("make out folder: %w", err)
		}
		s.whole = dir
	} else if err := s.makeFolders(dir); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("open out folder %s: %w", s.folder.out, err)
	}
	s.root = root
	return root, nil
}

// makeFolders makes a folder and those around it, and notes which were not there.
func (s *stage) makeFolders(dir string) error {
	var made []string
	for at := dir; ; at = filepath.Dir(at) {
		if _, err := os.Lstat(at); !errors.Is(err, fs.ErrNotExist) || at == filepath.Dir(at) {
			break
		}
		made = append(made, at)
	}
	slices.Reverse(made)
	s.parents = append(s.parents, made...)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("make out folder: %w", err)
	}
	return nil
}

// put puts a content beside its place.
func (s *stage) put(c *Change, content []byte, r *reader) error {
	root, err := s.open()
	if err != nil {
		return err
	}
	r.staging.top = root
	in, err := r.staging.make(path.Dir(c.name))
	if err == nil {
		err = s.write(in, c.name, content)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", c.Path, err)
	}
	return nil
}

// finish puts the manifest beside its place.
func (s *stage) finish(manifest []byte) error {
	root, err := s.open()
	if err != nil {
		return err
	}
	s.manifest = manifest
	if err := s.write(root, ManifestName, manifest); err != nil {
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
	s.names++
	temporary := path.Join(path.Dir(name), temporaryName(s.names))
	s.temporary[name] = temporary
	return temporary
}

// commit puts the contents into their places, the manifest last. What goes away
// goes first: its name may differ from a new one in case only.
func (s *stage) commit() error {
	s.folder.leave() // some systems neither rename nor remove what is open
	if s.whole != "" {
		return s.commitWhole()
	}
	s.removeAbandoned()
	if err := s.removeExtra(); err != nil {
		return err
	}
	if err := s.renameAll(); err != nil {
		return err
	}
	if err := s.rename(s.root, ManifestName); err != nil {
		return fmt.Errorf("write %s: %w", path.Join(s.folder.out, ManifestName), err)
	}
	s.parents = nil // they are in use
	return nil
}

// renameAll puts the contents into their places, folder by folder.
func (s *stage) renameAll() error {
	folders := opened{top: s.root}
	defer folders.leave(0)
	changes := s.folder.fresh()
	slices.SortFunc(changes, func(a, b *Change) int {
		return cmp.Or(strings.Compare(path.Dir(a.name), path.Dir(b.name)), strings.Compare(a.name, b.name))
	})
	for _, c := range changes {
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
	if err := root.Rename(path.Base(s.temporary[name]), path.Base(name)); err != nil {
		return err
	}
	delete(s.temporary, name)
	return nil
}

// commitWhole puts a new folder into its place. Another process that did so meanwhile, with
// the same files, has done our work.
func (s *stage) commitWhole() error {
	_ = s.root.Close()
	err := os.Rename(s.whole, s.folder.dir)
	switch {
	case err == nil:
		s.whole, s.parents = "", nil
	case errors.Is(err, fs.ErrExist) && s.folder.listed(s.manifest):
	default:
		return fmt.Errorf("write %s: %w", s.folder.out, err)
	}
	return nil
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
		removeEmpty(s.root, path.Dir(c.name))
	}
	return nil
}

// discard removes what was not renamed.
func (s *stage) discard() {
	for _, temporary := range s.temporary {
		_ = s.root.Remove(filepath.FromSlash(temporary)) // it only matters that we tried
		removeEmpty(s.root, path.Dir(temporary))
	}
	if s.root != nil { // or else it could not be opened
		_ = s.root.Close()
	}
	if s.whole != "" {
		_ = os.RemoveAll(s.whole)
	}
}

// removeEmpty removes a folder, and those around it, when nothing is in them.
func removeEmpty(root *os.Root, dir string) {
	for ; dir != "."; dir = path.Dir(dir) {
		if root.Remove(filepath.FromSlash(dir)) != nil {
			return
		}
	}
}
