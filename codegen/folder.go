package codegen

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"sync"
)

// folder is one out folder with all targets that write into it. Its files are taken from
// several goroutines.
type folder struct {
	out      string   // as in evctl.yaml
	dir      string   // on disk
	root     *os.Root // nil when the folder does not exist
	manifest manifest // what is on disk
	listings sync.Map // by folder, from out: a function that lists it once
	stage    *stage   // nil: nothing will be written

	lock    sync.Mutex // guards what is below
	next    manifest
	changes []Change
	idle    []*reader
	// abandoned are temporary files of processes that were killed, from the folder.
	abandoned []string
}

// openFolder opens a folder, which need not exist, and reads its manifest.
func openFolder(root, out, dir string) (*folder, error) {
	workspace, err := filepath.Rel(dir, root)
	if err != nil {
		return nil, fmt.Errorf("out folder %s: %w", out, err)
	}
	workspace = filepath.ToSlash(workspace)
	f := &folder{out: out, dir: dir, manifest: newManifest(workspace), next: newManifest(workspace)}
	if f.root, err = os.OpenRoot(dir); errors.Is(err, fs.ErrNotExist) {
		return f, nil
	}
	if err != nil {
		return nil, fmt.Errorf("open out folder %s: %w", out, err)
	}
	if f.manifest, err = readManifest(f.root, workspace); err != nil {
		_ = f.root.Close() // only read from
		return nil, fmt.Errorf("out folder %s: %w", out, err)
	}
	return f, nil
}

// take finds the status of a file that a job made, and stages it when it is to be written.
func (f *folder) take(job int, target string, file File, overwrite bool) error {
	c := Change{Target: target, Out: f.out, Path: path.Join(f.out, file.Path), name: file.Path, job: job, wanted: true}
	digest := digestOf(file.Content)
	r := f.reader()
	defer f.done(r)
	status, err := f.status(&c, file.Content, overwrite, r)
	c.Status = status
	f.lock.Lock()
	f.next.Targets[target][c.name] = digest
	f.changes = append(f.changes, c)
	f.lock.Unlock()
	if err == nil && f.stage != nil && c.fresh() {
		err = f.stage.put(&c, file.Content, r)
	}
	return err
}

// reader lends a reader that nobody uses.
func (f *folder) reader() *reader {
	f.lock.Lock()
	defer f.lock.Unlock()
	last := len(f.idle) - 1
	if last < 0 {
		return &reader{folder: f, opened: opened{top: f.root}}
	}
	r := f.idle[last]
	f.idle = f.idle[:last]
	return r
}

// done takes a reader back.
func (f *folder) done(r *reader) {
	f.lock.Lock()
	defer f.lock.Unlock()
	f.idle = append(f.idle, r)
}

// leave closes all folders in it that are open.
func (f *folder) leave() {
	for _, r := range f.idle {
		r.leave(0)
		r.staging.leave(0)
	}
	f.idle = nil
}

// close closes everything, and removes what was staged only.
func (f *folder) close() {
	f.leave()
	if f.stage != nil {
		f.stage.discard()
	}
	if f.root != nil {
		_ = f.root.Close() // only read from
		f.root = nil
	}
}

// leftovers are the files that are in the manifest and were not generated. Files of targets
// that did not run are kept when the run is partial.
func (f *folder) leftovers(opt PlanOptions) ([]Change, error) {
	r := f.reader()
	defer f.done(r)
	first := len(f.changes)
	generated := make(map[string]bool, first)
	for _, c := range f.changes {
		generated[c.name] = true
	}
	for _, target := range slices.Sorted(maps.Keys(f.manifest.Targets)) {
		if _, ran := f.next.Targets[target]; !ran && opt.Partial {
			f.next.Targets[target] = f.manifest.Targets[target]
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(f.manifest.Targets[target])) {
			if generated[name] {
				continue
			}
			c := Change{Target: target, Out: f.out, Path: path.Join(f.out, name), name: name}
			var err error
			if c.Status, err = f.status(&c, nil, opt.Overwrite, r); err != nil {
				return nil, err
			}
			if c.Status != Missing {
				f.changes = append(f.changes, c)
			}
		}
	}
	return f.changes[first:], nil
}

// status compares one file with the disk; wanted is its content.
func (f *folder) status(c *Change, wanted []byte, overwrite bool, r *reader) (Status, error) {
	content, status, err := r.read(c.name)
	switch {
	case err != nil:
		return "", fmt.Errorf("read %s: %w", c.Path, err)
	case status != "":
		return status, nil
	case c.wanted && (bytes.Equal(content, wanted) || bytes.Equal(unixLines(content), unixLines(wanted))):
		return Current, nil
	}
	digest, listed := f.manifest.find(c.name)
	switch marked := carriesMarker(content); {
	case listed && hasDigest(content, digest):
	case listed && !(marked && overwrite):
		return Edited, nil
	case !listed && !marked:
		return Foreign, nil
	}
	if !c.wanted {
		return Leftover, nil
	}
	return Stale, nil
}

// fresh reports whether a change is to be written.
func (c *Change) fresh() bool { return c.Status == Missing || c.Status == Stale }

// fresh are the files that have to be written.
func (f *folder) fresh() []*Change {
	var list []*Change
	for i := range f.changes {
		if c := &f.changes[i]; c.fresh() {
			list = append(list, c)
		}
	}
	return list
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
