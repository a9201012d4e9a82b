package codegen

import (
	"cmp"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"
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

// batchSize is how many files in several folders are worth a goroutine.
const batchSize = 256

// batches parts files so that those of one folder are together, ordered by folder. The
// system lets one at a time add a name to a folder, and whoever waits for that takes a
// processor.
func batches(changes []*Change) [][]*Change {
	slices.SortStableFunc(changes, func(a, b *Change) int {
		return cmp.Or(strings.Compare(path.Dir(a.name), path.Dir(b.name)), strings.Compare(a.name, b.name))
	})
	var parts [][]*Change
	for start := 0; start < len(changes); {
		end := min(start+batchSize, len(changes))
		for end < len(changes) && path.Dir(changes[end].name) == path.Dir(changes[end-1].name) {
			end++
		}
		parts = append(parts, changes[start:end])
		start = end
	}
	return parts
}

// inBatches works on batches on all processors, the largest ones first.
func inBatches(ctx context.Context, parts [][]*Change, work func(batch []*Change) error) error {
	slices.SortStableFunc(parts, func(a, b []*Change) int { return len(b) - len(a) })
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for _, part := range parts {
		group.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			return work(part)
		})
	}
	return group.Wait()
}

// reader reads the files of an out folder, each folder listed once. It is for one
// goroutine.
type reader struct {
	opened
	dir     string // whose entries these are; empty: none
	entries map[string]fs.FileMode
	buffer  []byte
	// abandoned collects temporary files of processes that were killed, from the out
	// folder.
	abandoned []string
}

// read returns a regular file's content, until the next call, or Missing or Foreign.
func (r *reader) read(name string) ([]byte, Status, error) {
	if r.top == nil {
		return nil, Missing, nil
	}
	dir, base := path.Dir(name), path.Base(name)
	root, err := r.list(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, Missing, nil
	case err != nil:
		return readFile(r.top, name) // which knows what is wrong
	}
	switch mode, found := r.entries[base]; {
	case !found:
		return readFile(r.top, name) // some systems find names of another case
	case !mode.IsRegular():
		return nil, Foreign, nil
	}
	return r.content(root, base)
}

// list opens a folder and lists what is in it.
func (r *reader) list(dir string) (*os.Root, error) {
	if dir == r.dir {
		return r.last(), nil
	}
	r.dir = ""
	root, err := r.find(dir)
	if err != nil {
		return nil, err
	}
	folder, err := root.Open(".")
	if err != nil {
		return nil, err
	}
	defer folder.Close()
	entries, err := folder.ReadDir(-1)
	if err != nil {
		return nil, err
	}
	r.dir, r.entries = dir, make(map[string]fs.FileMode, len(entries))
	for _, entry := range entries {
		name := entry.Name()
		r.entries[name] = entry.Type()
		if pid, ok := temporaryOf(name); ok && !running(pid) {
			r.abandoned = append(r.abandoned, path.Join(dir, name))
		}
	}
	return root, nil
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
