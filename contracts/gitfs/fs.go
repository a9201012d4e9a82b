package gitfs

import (
	"bytes"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"time"
)

// FS is a folder in a commit. Folders are listed when they are looked into, so
// that a commit costs what is read of it. It may be used from several goroutines.
type FS struct {
	commit   string
	contents *contents

	mu   sync.Mutex // guards the children of nodes
	root *node
}

var (
	_ fs.ReadFileFS = (*FS)(nil)
	_ fs.ReadDirFS  = (*FS)(nil)
	_ fs.StatFS     = (*FS)(nil)
)

// node is a file or folder. It is its own fs.DirEntry.
type node struct {
	fs       *FS
	name     string
	dir      bool
	hash     string
	children []*node // sorted; nil until the folder is looked into
}

func (n *node) Name() string               { return n.name }
func (n *node) IsDir() bool                { return n.dir }
func (n *node) Type() fs.FileMode          { return n.mode().Type() }
func (n *node) Info() (fs.FileInfo, error) { return n.fs.info(n) }

func (n *node) mode() fs.FileMode {
	if n.dir {
		return fs.ModeDir | 0o555
	}
	return 0o444
}

// info is a node with its size, which git only tells together with the contents.
type info struct {
	*node
	size int64
}

func (i info) Size() int64        { return i.size }
func (i info) Mode() fs.FileMode  { return i.mode() }
func (i info) ModTime() time.Time { return time.Time{} }
func (i info) Sys() any           { return nil }

func (f *FS) info(n *node) (fs.FileInfo, error) {
	if n.dir {
		return info{node: n}, nil
	}
	data, err := f.contents.read(n.hash, blob)
	if err != nil {
		return nil, &fs.PathError{Op: "stat", Path: n.name, Err: err}
	}
	return info{n, int64(len(data))}, nil
}

// Hash is the object name of a file's contents, as git hash-object gives it, and
// "" when there is no such file.
func (f *FS) Hash(name string) string {
	if n, err := f.find("hash", name); err == nil && !n.dir {
		return n.hash
	}
	return ""
}

func (f *FS) find(op, name string) (*node, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: op, Path: name, Err: fs.ErrInvalid}
	}
	n := f.root
	if name == "." {
		return n, nil
	}
	for part := range strings.SplitSeq(name, "/") {
		children, err := f.list(n)
		if err != nil {
			return nil, &fs.PathError{Op: op, Path: name, Err: err}
		}
		i, found := slices.BinarySearchFunc(children, part, func(c *node, part string) int { return strings.Compare(c.name, part) })
		if !found {
			return nil, &fs.PathError{Op: op, Path: name, Err: fs.ErrNotExist}
		}
		n = children[i]
	}
	return n, nil
}

// list looks into a folder, once. A file has no children.
func (f *FS) list(n *node) ([]*node, error) {
	if !n.dir {
		return nil, nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if n.children != nil {
		return n.children, nil
	}
	data, err := f.contents.read(n.hash, tree)
	if err != nil {
		return nil, err
	}
	n.children, err = f.parseTree(data)
	return n.children, err
}

// parseTree reads a tree object: for each entry the mode, a space, the name, a zero
// byte and the binary hash. Links and submodules are left out.
func (f *FS) parseTree(data []byte) ([]*node, error) {
	children := []*node{}
	for len(data) > 0 {
		head, rest, ok := bytes.Cut(data, []byte{0})
		mode, name, spaced := strings.Cut(string(head), " ")
		if size := hex.DecodedLen(len(f.commit)); ok && spaced && len(rest) >= size {
			c := &node{fs: f, name: name, dir: mode == "40000", hash: hex.EncodeToString(rest[:size])}
			if (c.dir || strings.HasPrefix(mode, "100")) && fs.ValidPath(name) && name != "." {
				children = append(children, c)
			}
			data = rest[size:]
			continue
		}
		return nil, errors.New("git cat-file sent a broken tree")
	}
	slices.SortFunc(children, func(a, b *node) int { return strings.Compare(a.name, b.name) })
	return children, nil
}

// Stat implements fs.StatFS.
func (f *FS) Stat(name string) (fs.FileInfo, error) {
	n, err := f.find("stat", name)
	if err != nil {
		return nil, err
	}
	return f.info(n)
}

// ReadDir implements fs.ReadDirFS.
func (f *FS) ReadDir(name string) ([]fs.DirEntry, error) {
	n, err := f.find("readdir", name)
	if err != nil {
		return nil, err
	}
	if !n.dir {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: errNotFolder}
	}
	children, err := f.list(n)
	if err != nil {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: err}
	}
	entries := make([]fs.DirEntry, len(children))
	for i, c := range children {
		entries[i] = c
	}
	return entries, nil
}

// ReadFile implements fs.ReadFileFS.
func (f *FS) ReadFile(name string) ([]byte, error) {
	n, err := f.find("read", name)
	if err != nil {
		return nil, err
	}
	if n.dir {
		return nil, &fs.PathError{Op: "read", Path: name, Err: errFolder}
	}
	data, err := f.contents.read(n.hash, blob)
	if err != nil {
		return nil, &fs.PathError{Op: "read", Path: name, Err: err}
	}
	return data, nil
}

// Open implements fs.FS.
func (f *FS) Open(name string) (fs.File, error) {
	n, err := f.find("open", name)
	if err != nil {
		return nil, err
	}
	if n.dir {
		entries, err := f.ReadDir(name)
		if err != nil {
			return nil, err
		}
		return &folder{info: info{node: n}, left: entries}, nil
	}
	data, err := f.ReadFile(name)
	if err != nil {
		return nil, err
	}
	return &file{info{n, int64(len(data))}, bytes.NewReader(data)}, nil
}

// Close ends the git program that reads contents.
func (f *FS) Close() error { return f.contents.close() }

type file struct {
	info info
	*bytes.Reader
}

func (f *file) Stat() (fs.FileInfo, error) { return f.info, nil }
func (f *file) Close() error               { return nil }

type folder struct {
	info info
	left []fs.DirEntry
}

func (d *folder) Stat() (fs.FileInfo, error) { return d.info, nil }
func (d *folder) Close() error               { return nil }

func (d *folder) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: d.info.name, Err: errFolder}
}

// ReadDir implements fs.ReadDirFile.
func (d *folder) ReadDir(n int) ([]fs.DirEntry, error) {
	if n > 0 && len(d.left) == 0 {
		return nil, io.EOF
	}
	if n <= 0 || n > len(d.left) {
		n = len(d.left)
	}
	list := slices.Clone(d.left[:n])
	d.left = d.left[n:]
	return list, nil
}
