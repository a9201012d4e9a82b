package cli

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// resultFile is a file that a command makes. It takes its place when it is complete: until
// then, and when the command fails, what was there before stays.
type resultFile struct {
	*bufio.Writer
	name      string // as on the command line; empty: there is no file
	path      string
	file      *os.File
	mode      os.FileMode
	temporary bool // file is to be renamed to path
}

// createResult starts the file of that name. Without a name, what is written is lost. A file
// that is there keeps its permissions, and something that is no file, such as a pipe, is
// written to directly.
func createResult(app *App, name string, mode os.FileMode) (*resultFile, error) {
	r := &resultFile{name: name, mode: mode}
	if name == "" {
		r.Writer = bufio.NewWriter(io.Discard)
		return r, nil
	}
	if err := r.open(app.path(name)); err != nil {
		return nil, r.failed(err)
	}
	r.Writer = bufio.NewWriterSize(r.file, 64<<10)
	return r, nil
}

func (r *resultFile) open(path string) (err error) {
	r.path = path
	if target, err := filepath.EvalSymlinks(path); err == nil {
		r.path = target
	}
	info, err := os.Stat(r.path)
	switch {
	case err == nil && info.IsDir():
		return errors.New("it is a folder")
	case err == nil && !info.Mode().IsRegular():
		r.file, err = os.OpenFile(r.path, os.O_WRONLY, 0)
		return err
	case err == nil:
		r.mode = info.Mode().Perm()
	}
	r.temporary = true
	r.file, err = os.CreateTemp(filepath.Dir(r.path), ".evctl-*")
	return err
}

// commit puts the file in its place.
func (r *resultFile) commit() error {
	if r.file == nil {
		return nil
	}
	err := r.Flush()
	if r.temporary {
		err = errors.Join(err, r.file.Chmod(r.mode), r.file.Sync())
	}
	err = errors.Join(err, r.file.Close())
	if err == nil && r.temporary {
		err = os.Rename(r.file.Name(), r.path)
	}
	if err != nil {
		return r.failed(err)
	}
	r.file = nil
	return nil
}

// failed names the file as the command line does, and not the temporary one.
func (r *resultFile) failed(err error) error {
	if at := (*fs.PathError)(nil); errors.As(err, &at) {
		err = at.Err
	}
	return fmt.Errorf("write %s: %w", r.name, err)
}

// discard removes what is not in its place.
func (r *resultFile) discard() {
	if r.file == nil {
		return
	}
	_ = r.file.Close()
	if r.temporary {
		_ = os.Remove(r.file.Name())
	}
}
