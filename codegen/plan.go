package codegen

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

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

	name   string // from the out folder
	job    int    // whose file it is
	wanted bool   // whether it is generated
}

// Plan is the difference between what was generated and what is on disk.
type Plan struct {
	// Changes are ordered by path.
	Changes []Change
	folders []*folder
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
	// Stage puts contents that differ from what is on disk beside their places, under
	// temporary names, for Apply.
	Stage bool
}

// NewPlan runs all jobs and compares what they make with the disk, each file as soon as it
// is printed: memory never holds the contents of many. Without PlanOptions.Stage it writes
// nothing. The plan has to be closed.
func NewPlan(ctx context.Context, m *Model, jobs []Job, opt PlanOptions) (*Plan, error) {
	p := &Plan{}
	err := p.make(ctx, m, jobs, opt)
	if err != nil {
		p.Close()
		return nil, err
	}
	return p, nil
}

func (p *Plan) make(ctx context.Context, m *Model, jobs []Job, opt PlanOptions) error {
	folders := make([]*folder, len(jobs))
	for i, job := range jobs {
		var err error
		if folders[i], err = p.folder(job, opt); err != nil {
			return err
		}
	}
	if opt.Stage {
		for _, f := range p.folders {
			f.stage = &stage{folder: f, alone: p.alone(f), temporary: map[string]string{}}
		}
	}
	failed := p.run(ctx, m, jobs, folders, opt)
	for _, f := range p.folders {
		p.Changes = append(p.Changes, f.changes...)
	}
	if err := claimAll(jobs, p.Changes); err != nil {
		return err // which may be why one could not be written
	}
	if failed != nil {
		return failed
	}
	for _, f := range p.folders {
		left, err := f.leftovers(opt)
		if err != nil {
			return err
		}
		p.Changes = append(p.Changes, left...)
	}
	slices.SortFunc(p.Changes, func(a, b Change) int { return strings.Compare(a.Path, b.Path) })
	return nil
}

// run runs the jobs, two at least at a time: while one makes up its names, which takes one
// processor, the other prints. The error is that of the first job that has one.
func (p *Plan) run(ctx context.Context, m *Model, jobs []Job, folders []*folder, opt PlanOptions) error {
	failed := make([]error, len(jobs))
	var group errgroup.Group
	group.SetLimit(max(2, runtime.GOMAXPROCS(0)))
	for i, job := range jobs {
		group.Go(func() error {
			failed[i] = job.Emit(m, func(file File) error {
				if err := ctx.Err(); err != nil {
					return err
				}
				return folders[i].take(i, job.Target.Name(), file, opt.Overwrite)
			})
			return nil
		})
	}
	_ = group.Wait() // the errors are in failed
	for _, err := range failed {
		if err != nil {
			return err
		}
	}
	return ctx.Err()
}

// folder opens the out folder of a job, once.
func (p *Plan) folder(job Job, opt PlanOptions) (*folder, error) {
	target, dir := job.Target.Name(), filepath.Join(opt.Root, filepath.FromSlash(job.Out))
	at := slices.IndexFunc(p.folders, func(f *folder) bool { return f.dir == dir })
	if at < 0 {
		f, err := openFolder(opt.Root, job.Out, dir)
		if err != nil {
			return nil, err
		}
		p.folders = append(p.folders, f)
		at = len(p.folders) - 1
	}
	f := p.folders[at]
	if f.next.Targets[target] != nil {
		return nil, fmt.Errorf("target %s writes into %s twice", target, job.Out)
	}
	f.next.Targets[target] = map[string]string{}
	return f, nil
}

// Close removes what was not put into its place, and ends the plan.
func (p *Plan) Close() {
	var made []string // folders, for what is not there now
	for _, f := range p.folders {
		f.close()
		if f.stage != nil {
			made = append(made, f.stage.parents...)
		}
	}
	slices.Sort(made)
	for _, dir := range slices.Backward(made) { // those inside of others first
		_ = os.Remove(dir) // which fails when somebody uses it
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
