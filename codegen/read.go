package codegen

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// opened are the folders from an out folder down to the one that is worked in, each opened in
// the one before, so that the system looks up a single name for each file. It is
// for one goroutine. Where names come ordered by folder, each folder is opened once.
type opened struct {
	top    *os.Root // stays open
	levels []level
}

type level struct {
	name string
	root *os.Root
}

// find opens a folder that is there; "." is the top.
func (o *opened) find(dir string) (*os.Root, error) { return o.enter(dir, false) }

// make opens a folder, which it makes where there is none.
func (o *opened) make(dir string) (*os.Root, error) { return o.enter(dir, true) }

func (o *opened) enter(dir string, makes bool) (*os.Root, error) {
	var parts []string
	if dir != "." {
		parts = strings.Split(dir, "/")
	}
	shared := 0
	for shared < min(len(parts), len(o.levels)) && o.levels[shared].name == parts[shared] {
		shared++
	}
	o.leave(shared)
	for i := shared; i < len(parts); i++ {
		root, err := o.open(parts[:i+1], makes)
		if err != nil {
			return nil, err
		}
		o.levels = append(o.levels, level{parts[i], root})
	}
	return o.last(), nil
}

// open opens the last of some folders within the one before, or, where it is a link to
// another folder of the top, from there.
func (o *opened) open(parts []string, makes bool) (*os.Root, error) {
	in, name := o.last(), parts[len(parts)-1]
	if makes {
		if err := in.Mkdir(name, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
			return nil, err
		}
	}
	root, err := in.OpenRoot(name)
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		return root, err
	}
	return o.top.OpenRoot(filepath.Join(parts...))
}

func (o *opened) last() *os.Root {
	if len(o.levels) == 0 {
		return o.top
	}
	return o.levels[len(o.levels)-1].root
}

// leave closes all folders but the first ones.
func (o *opened) leave(stay int) {
	for _, l := range o.levels[stay:] {
		_ = l.root.Close()
	}
	o.levels = o.levels[:stay]
}

// reader reads the files of an out folder. It is for one goroutine at a time.
type reader struct {
	opened
	folder  *folder
	buffer  []byte
	staging opened // the same folders where contents are staged
}

// read returns a regular file's content, until the next call, or Missing or Foreign.
func (r *reader) read(name string) ([]byte, Status, error) {
	if r.top == nil {
		return nil, Missing, nil
	}
	dir, base := path.Dir(name), path.Base(name)
	entries, err := r.folder.list(dir, r)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, Missing, nil
	case err != nil:
		return readFile(r.top, name) // which knows what is wrong
	}
	switch mode, found := entries[base]; {
	case !found:
		return readFile(r.top, name) // some systems find names of another case
	case !mode.IsRegular():
		return nil, Foreign, nil
	}
	root, err := r.find(dir)
	if err != nil {
		return nil, "", err
	}
	return r.content(root, base)
}

// list returns what is in a folder, which is looked at once.
func (f *folder) list(dir string, r *reader) (map[string]fs.FileMode, error) {
	listing, _ := f.listings.LoadOrStore(dir, sync.OnceValues(func() (map[string]fs.FileMode, error) {
		return r.list(dir)
	}))
	return listing.(func() (map[string]fs.FileMode, error))()
}

// list looks at a folder.
func (r *reader) list(dir string) (map[string]fs.FileMode, error) {
	root, err := r.find(dir)
	if err != nil {
		return nil, err
	}
	folder, err := root.Open(".")
	if err != nil {
		return nil, err
	}
	defer folder.Close()
	list, err := folder.ReadDir(-1)
	if err != nil {
		return nil, err
	}
	entries := make(map[string]fs.FileMode, len(list))
	for _, entry := range list {
		name := entry.Name()
		entries[name] = entry.Type()
		if pid, ok := temporaryOf(name); ok && !running(pid) {
			r.folder.abandon(path.Join(dir, name))
		}
	}
	return entries, nil
}

// abandon notes a temporary file of a process that was killed.
func (f *folder) abandon(name string) {
	f.lock.Lock()
	defer f.lock.Unlock()
	f.abandoned = append(f.abandoned, name)
}

func (r *reader) content(root *os.Root, name string) ([]byte, Status, error) {
	file, err := root.Open(name)
	if err != nil {
		return nil, "", err
	}
	defer file.Close()
	r.buffer = r.buffer[:0]
	for {
		if len(r.buffer) == cap(r.buffer) {
			r.buffer = slices.Grow(r.buffer, max(512, len(r.buffer)))
		}
		n, err := file.Read(r.buffer[len(r.buffer):cap(r.buffer)])
		r.buffer = r.buffer[:len(r.buffer)+n]
		if errors.Is(err, io.EOF) {
			return r.buffer, "", nil
		}
		if err != nil {
			return nil, "", err
		}
	}
}

// readFile returns a regular file's content, or Missing or Foreign.
func readFile(root *os.Root, name string) ([]byte, Status, error) {
	info, err := root.Lstat(filepath.FromSlash(name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, Missing, nil
	}
	if err != nil {
		return nil, "", err
	}
	if !info.Mode().IsRegular() {
		return nil, Foreign, nil
	}
	content, err := root.ReadFile(filepath.FromSlash(name))
	return content, "", err
}
