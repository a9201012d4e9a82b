package codegen

import (
	"bytes"
	"cmp"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
)

// Job is one entry of generate: in evctl.yaml.
type Job struct {
	Target  Target
	Out     string // folder for the files, as written there: slash-separated, relative to the workspace
	Options Options
	// Rename holds other names for single things in this target; see Model.Renamed.
	Rename map[string]string
}

// Emit makes a job's files and checks each before it hands it on.
func (job Job) Emit(m *Model, emit Emit) error {
	var refused atomic.Pointer[error] // what is wrong with a file, or with its place
	err := job.Target.Generate(m.Renamed(job.Rename), job.Options, func(f File) error {
		err := job.check(f)
		if err == nil {
			err = emit(f)
		}
		if err != nil {
			refused.CompareAndSwap(nil, &err)
		}
		return err
	})
	if first := refused.Load(); first != nil {
		return *first
	}
	if err != nil {
		return fmt.Errorf("generate %s: %w", job.Target.Name(), err)
	}
	return nil
}

// Files makes a job's files, ordered by path. Nothing is written: see Plan.
func (job Job) Files(m *Model) ([]File, error) {
	var lock sync.Mutex
	var files []File
	err := job.Emit(m, func(f File) error {
		f.Content = bytes.Clone(f.Content)
		lock.Lock()
		defer lock.Unlock()
		files = append(files, f)
		return nil
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	return files, nil
}

// markerWithin is how far from its start a file must say that it is generated.
const markerWithin = 1024

func carriesMarker(content []byte) bool {
	return bytes.Contains(content[:min(len(content), markerWithin)], []byte(Marker))
}

// check refuses files that would leave their folder or could not be recognised.
func (job Job) check(f File) error {
	name := job.Target.Name()
	switch {
	case !fs.ValidPath(f.Path) || f.Path == "." || strings.ContainsAny(f.Path, `\:`) || !filepath.IsLocal(filepath.FromSlash(f.Path)):
		return fmt.Errorf("target %s makes a file with the path %q, which is not allowed", name, f.Path)
	case path.Base(f.Path) == ManifestName:
		return fmt.Errorf("target %s makes a file called %s, which evctl keeps for itself", name, ManifestName)
	case !carriesMarker(f.Content):
		return fmt.Errorf("target %s makes %s without the marker %q", name, f.Path, Marker)
	}
	return nil
}

// claims are the paths of all jobs, in lower case, so that no two files are one on
// some file system.
type claims struct {
	files   map[string]claim  // by path: who writes it
	folders map[string]string // by path: a file in it
}

type claim struct{ target, path string }

// claimAll refuses changes of which two would have one place.
func claimAll(jobs []Job, changes []Change) error {
	slices.SortFunc(changes, func(a, b Change) int {
		return cmp.Or(cmp.Compare(a.job, b.job), strings.Compare(a.name, b.name))
	})
	taken := claims{map[string]claim{}, map[string]string{}}
	for _, c := range changes {
		if err := taken.add(claim{jobs[c.job].Target.Name(), c.Path}); err != nil {
			return err
		}
	}
	return nil
}

// add refuses a file whose place is taken, by a file or by a folder.
func (c claims) add(new claim) error {
	at := strings.ToLower(new.path)
	if other, taken := c.files[at]; taken {
		return other.conflict(new)
	}
	if inside, taken := c.folders[at]; taken {
		return fmt.Errorf("%s writes %s as a file, and %s needs it as a folder", new.target, new.path, inside)
	}
	c.files[at] = new
	for dir := path.Dir(at); dir != "." && dir != "/" && c.folders[dir] == ""; dir = path.Dir(dir) {
		if other, taken := c.files[dir]; taken {
			return fmt.Errorf("%s writes %s as a file, and %s needs it as a folder", other.target, other.path, new.path)
		}
		c.folders[dir] = new.path
	}
	return nil
}

// conflict says how two claims are one.
func (c claim) conflict(other claim) error {
	switch {
	case c.path != other.path:
		return fmt.Errorf("%s writes %s and %s writes %s, which some file systems take for one file", c.target, c.path, other.target, other.path)
	case c.target == other.target:
		return fmt.Errorf("%s writes %s twice", c.target, c.path)
	}
	return fmt.Errorf("%s and %s both write %s", c.target, other.target, c.path)
}

// EmitAll emits files one after the other.
func EmitAll(emit Emit, files ...File) error {
	for _, f := range files {
		if err := emit(f); err != nil {
			return err
		}
	}
	return nil
}

// Parallel does n pieces of work on all processors, and ends with the first error. worker is
// called once for each processor, so that what it returns may use its memory again from one
// piece to the next.
func Parallel(n int, worker func() func(i int) error) error {
	var next atomic.Int64
	var group errgroup.Group
	for range min(runtime.GOMAXPROCS(0), n) {
		group.Go(func() error {
			do := worker()
			for i := next.Add(1) - 1; i < int64(n); i = next.Add(1) - 1 {
				if err := do(int(i)); err != nil {
					next.Store(int64(n)) // the others need not go on
					return err
				}
			}
			return nil
		})
	}
	return group.Wait()
}
