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
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"
)

// Status is what was found on disk where a generated file belongs.
type Status string

const (
	Current  Status = "current"  // the file is as it should be
	Missing  Status = "missing"  // there is no file
	Stale    Status = "stale"    // the file is ours and has another content
	Leftover Status = "leftover" // the file is ours and is no longer generated
	Edited   Status = "edited"   // the file was ours and somebody changed it
	Foreign  Status = "foreign"  // something stands there that evctl never wrote
)

// Change is one file of a plan.
type Change struct {
	Target string `json:"target"`
	Out    string `json:"out"`  // folder as in evctl.yaml
	Path   string `json:"path"` // from the workspace, slash-separated
	Status Status `json:"status"`

	name    string // from the out folder
	wanted  bool   // whether it is generated
	content []byte // what to write; dropped when the file is current
}

// Plan is the difference between what was generated and what is on disk.
type Plan struct {
	// Changes are ordered by path.
	Changes []Change
	folders []*folder
	claims  claims
}

// folder is one out folder with all targets that write into it.
type folder struct {
	out      string   // as in evctl.yaml
	dir      string   // on disk
	root     *os.Root // nil when the folder does not exist; closed when the plan is made
	ran      []string // targets
	manifest manifest
	next     manifest
	changes  []Change
	// abandoned are temporary files of processes that were killed, from the folder.
	abandoned []string
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

// NewPlan runs all jobs and compares what they make with the disk. It writes
// nothing. Jobs run one after the other, each on all processors, while the files of the
// one before are compared. Contents that are on disk already are dropped, so that memory
// holds two targets at a time.
func NewPlan(ctx context.Context, m *Model, jobs []Job, opt PlanOptions) (*Plan, error) {
	p := &Plan{claims: newClaims()}
	defer p.close()
	var comparing errgroup.Group
	comparing.SetLimit(1)
	for _, job := range jobs {
		if err := ctx.Err(); err != nil {
			return nil, errors.Join(err, comparing.Wait())
		}
		if err := p.add(ctx, m, job, opt, &comparing); err != nil {
			_ = comparing.Wait() // only its end matters here
			return nil, err
		}
	}
	if err := comparing.Wait(); err != nil {
		return nil, err
	}
	for _, f := range p.folders {
		if err := f.addLeftovers(opt); err != nil {
			return nil, err
		}
		p.Changes = append(p.Changes, f.changes...)
	}
	slices.SortFunc(p.Changes, func(a, b Change) int { return strings.Compare(a.Path, b.Path) })
	return p, nil
}

// add runs a job, and has comparing find out the status of its files.
func (p *Plan) add(ctx context.Context, m *Model, job Job, opt PlanOptions, comparing *errgroup.Group) error {
	f, err := p.folder(opt.Root, job.Out)
	if err != nil {
		return err
	}
	target := job.Target.Name()
	if slices.Contains(f.ran, target) {
		return fmt.Errorf("target %s writes into %s twice", target, job.Out)
	}
	f.ran = append(f.ran, target)
	files, err := job.Run(m)
	if err != nil {
		return err
	}
	for _, file := range files {
		if err := p.claims.add(job, file); err != nil {
			return err
		}
	}
	comparing.Go(func() error { return f.compare(ctx, target, files, opt.Overwrite) })
	return nil
}

// compare finds the status of a target's files and lists them. Contents of current files
// are dropped.
func (f *folder) compare(ctx context.Context, target string, files []File, overwrite bool) error {
	changes, digests := make([]Change, len(files)), make(map[string]string, len(files))
	all := make([]*Change, len(files))
	for i, file := range files {
		changes[i] = Change{Target: target, Out: f.out, Path: path.Join(f.out, file.Path), name: file.Path, wanted: true, content: file.Content}
		all[i] = &changes[i]
	}
	var lock sync.Mutex
	err := inBatches(ctx, batches(all), func(batch []*Change) error {
		r := reader{opened: opened{top: f.root}}
		defer r.leave(0)
		sums := make([]string, len(batch))
		for i, c := range batch {
			sums[i] = digestOf(c.content)
			var err error
			if c.Status, err = f.status(c, overwrite, &r); err != nil {
				return err
			}
			if c.Status == Current {
				c.content = nil
			}
		}
		lock.Lock()
		defer lock.Unlock()
		for i, c := range batch {
			digests[c.name] = sums[i]
		}
		f.abandoned = append(f.abandoned, r.abandoned...)
		return nil
	})
	f.next.Targets[target] = digests
	f.changes = append(f.changes, changes...)
	return err
}

// folder opens the out folder of a job, once.
func (p *Plan) folder(root, out string) (*folder, error) {
	dir := filepath.Join(root, filepath.FromSlash(out))
	for _, f := range p.folders {
		if f.dir == dir {
			return f, nil
		}
	}
	workspace, err := filepath.Rel(dir, root)
	if err != nil {
		return nil, fmt.Errorf("out folder %s: %w", out, err)
	}
	workspace = filepath.ToSlash(workspace)
	f := &folder{out: out, dir: dir, manifest: newManifest(workspace), next: newManifest(workspace)}
	switch f.root, err = os.OpenRoot(dir); {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, fmt.Errorf("open out folder %s: %w", out, err)
	default:
		p.folders = append(p.folders, f)
		if f.manifest, err = readManifest(f.root, workspace); err != nil {
			return nil, fmt.Errorf("out folder %s: %w", out, err)
		}
		return f, nil
	}
	p.folders = append(p.folders, f)
	return f, nil
}

func (p *Plan) close() {
	for _, f := range p.folders {
		if f.root != nil {
			_ = f.root.Close() // only read from
			f.root = nil
		}
	}
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

// addLeftovers adds the files that are in the manifest and were not generated.
// Files of targets that did not run are kept when the run is partial.
func (f *folder) addLeftovers(opt PlanOptions) error {
	generated := make(map[string]bool, len(f.changes))
	for _, c := range f.changes {
		generated[c.name] = true
	}
	r := reader{opened: opened{top: f.root}}
	defer r.leave(0)
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
			if c.Status, err = f.status(&c, opt.Overwrite, &r); err != nil {
				return err
			}
			if c.Status != Missing {
				f.changes = append(f.changes, c)
			}
		}
	}
	return nil
}

// status compares one file with the disk.
func (f *folder) status(c *Change, overwrite bool, r *reader) (Status, error) {
	content, status, err := r.read(c.name)
	switch {
	case err != nil:
		return "", fmt.Errorf("read %s: %w", c.Path, err)
	case status != "":
		return status, nil
	case c.wanted && (bytes.Equal(content, c.content) || bytes.Equal(unixLines(content), unixLines(c.content))):
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
	if !c.wanted {
		return Leftover, nil
	}
	return Stale, nil
}
