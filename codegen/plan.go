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
	"strings"
)

// Status is what was found on disk where a generated file belongs.
type Status string

const (
	Current  Status = "current" // the file is as it should be
	Missing  Status = "missing" // there is no file
	Stale    Status = "stale"   // the file is ours and has another content
	Leftover Status = "extra"   // the file is ours and is no longer generated
	Edited   Status = "edited"  // the file was ours and somebody changed it
	Foreign  Status = "foreign" // something stands there that evctl never wrote
)

// Change is one file of a plan.
type Change struct {
	Target string `json:"target"`
	Out    string `json:"out"`  // folder as in evctl.yaml
	Path   string `json:"path"` // from the workspace, slash-separated
	Status Status `json:"status"`

	name    string // from the out folder
	content []byte
}

// Plan is the difference between what was generated and what is on disk.
type Plan struct {
	// Changes are ordered by path.
	Changes []Change
	folders []*folder
}

// folder is one out folder with all targets that write into it.
type folder struct {
	out      string // as in evctl.yaml
	dir      string // on disk
	manifest manifest
	next     manifest
	changes  []Change
}

// PlanOptions adjust a plan.
type PlanOptions struct {
	// Root is the workspace on disk.
	Root string
	// Partial says that some of the workspace's targets were left out: their files
	// stay as they are.
	Partial bool
	// Overwrite treats edited files as ours.
	Overwrite bool
}

// NewPlan compares results with the disk. It writes nothing.
func NewPlan(results []Result, opt PlanOptions) (*Plan, error) {
	p := &Plan{}
	for _, r := range results {
		f := p.folder(opt.Root, r.Out)
		if _, twice := f.next.Targets[r.Target.Name()]; twice {
			return nil, fmt.Errorf("target %s writes into %s twice", r.Target.Name(), r.Out)
		}
		f.next.Targets[r.Target.Name()] = map[string]string{}
		for _, file := range r.Files {
			f.changes = append(f.changes, Change{
				Target: r.Target.Name(), Out: r.Out, Path: path.Join(r.Out, file.Path), name: file.Path, content: file.Content,
			})
		}
	}
	for _, f := range p.folders {
		if err := f.compare(opt); err != nil {
			return nil, err
		}
		p.Changes = append(p.Changes, f.changes...)
	}
	slices.SortFunc(p.Changes, func(a, b Change) int { return strings.Compare(a.Path, b.Path) })
	return p, nil
}

func (p *Plan) folder(root, out string) *folder {
	dir := filepath.Join(root, filepath.FromSlash(out))
	for _, f := range p.folders {
		if f.dir == dir {
			return f
		}
	}
	f := &folder{out: out, dir: dir, next: newManifest()}
	p.folders = append(p.folders, f)
	return f
}

// Count says how many files have a status.
func (p *Plan) Count(status Status) int {
	n := 0
	for _, c := range p.Changes {
		if c.Status == status {
			n++
		}
	}
	return n
}

// Clean reports whether every file is as it should be.
func (p *Plan) Clean() bool { return p.Count(Current) == len(p.Changes) }

// Blocked lists the files that keep the plan from being carried out.
func (p *Plan) Blocked() []Change {
	var list []Change
	for _, c := range p.Changes {
		if c.Status == Edited || c.Status == Foreign {
			list = append(list, c)
		}
	}
	return list
}

// compare finds the status of every file in the folder.
func (f *folder) compare(opt PlanOptions) error {
	root, err := os.OpenRoot(f.dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		f.manifest = newManifest()
	case err != nil:
		return fmt.Errorf("open out folder %s: %w", f.out, err)
	default:
		defer root.Close()
		if f.manifest, err = readManifest(root); err != nil {
			return fmt.Errorf("out folder %s: %w", f.out, err)
		}
	}
	f.addExtra(opt.Partial)
	for i := range f.changes {
		c := &f.changes[i]
		if c.Status, err = f.status(root, c, opt.Overwrite); err != nil {
			return err
		}
		if c.content != nil {
			f.next.Targets[c.Target][c.name] = digestOf(c.content)
		}
	}
	f.changes = slices.DeleteFunc(f.changes, func(c Change) bool { return c.Status == "" })
	return nil
}

// addExtra adds the files that are in the manifest and were not generated. Files
// of targets that did not run are kept when the run is partial.
func (f *folder) addExtra(partial bool) {
	generated := make(map[string]bool, len(f.changes))
	for _, c := range f.changes {
		generated[c.name] = true
	}
	for _, target := range slices.Sorted(maps.Keys(f.manifest.Targets)) {
		if _, ran := f.next.Targets[target]; !ran && partial {
			f.next.Targets[target] = f.manifest.Targets[target]
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(f.manifest.Targets[target])) {
			if !generated[name] {
				f.changes = append(f.changes, Change{Target: target, Out: f.out, Path: path.Join(f.out, name), name: name})
			}
		}
	}
}

// status compares one file with the disk. It is empty for a file that is neither
// wanted nor there.
func (f *folder) status(root *os.Root, c *Change, overwrite bool) (Status, error) {
	content, status, err := read(root, c.name)
	switch {
	case err != nil:
		return "", fmt.Errorf("read %s: %w", c.Path, err)
	case status == Missing && c.content == nil:
		return "", nil
	case status != "":
		return status, nil
	case c.content != nil && bytes.Equal(unixLines(content), unixLines(c.content)):
		return Current, nil
	}
	digest, listed := f.manifest.find(c.name)
	switch marked := carriesMarker(content); {
	case listed && digest == digestOf(content):
	case listed && !(marked && overwrite):
		return Edited, nil
	case !listed && !marked:
		return Foreign, nil
	}
	if c.content == nil {
		return Leftover, nil
	}
	return Stale, nil
}

// read returns a regular file's content, or Missing or Foreign.
func read(root *os.Root, name string) ([]byte, Status, error) {
	if root == nil {
		return nil, Missing, nil
	}
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
