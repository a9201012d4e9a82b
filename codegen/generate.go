package codegen

import (
	"bytes"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
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

// Run makes a job's files, ordered by path. Nothing is written: see Plan.
func (job Job) Run(m *Model) ([]File, error) {
	files, err := job.Target.Generate(m.Renamed(job.Rename), job.Options)
	if err != nil {
		return nil, fmt.Errorf("generate %s: %w", job.Target.Name(), err)
	}
	for _, f := range files {
		if err := job.check(f); err != nil {
			return nil, err
		}
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

func newClaims() claims { return claims{map[string]claim{}, map[string]string{}} }

// add refuses a file whose place is taken, by a file or by a folder.
func (c claims) add(job Job, f File) error {
	full := path.Join(job.Out, f.Path)
	at := strings.ToLower(full)
	if other, taken := c.files[at]; taken {
		return other.conflict(claim{job.Target.Name(), full})
	}
	if inside, taken := c.folders[at]; taken {
		return fmt.Errorf("%s writes %s as a file, and %s needs it as a folder", job.Target.Name(), full, inside)
	}
	c.files[at] = claim{job.Target.Name(), full}
	for dir := path.Dir(at); dir != "." && dir != "/" && c.folders[dir] == ""; dir = path.Dir(dir) {
		if other, taken := c.files[dir]; taken {
			return fmt.Errorf("%s writes %s as a file, and %s needs it as a folder", other.target, other.path, full)
		}
		c.folders[dir] = full
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

// PrintFiles makes n files on all processors. printer is called once for each of those, so
// that what it returns may use its memory again from one file to the next.
func PrintFiles(n int, printer func() func(i int) (File, error)) ([]File, error) {
	files := make([]File, n)
	var next atomic.Int64
	var group errgroup.Group
	for range min(runtime.GOMAXPROCS(0), n) {
		group.Go(func() error {
			print := printer()
			for i := next.Add(1) - 1; i < int64(n); i = next.Add(1) - 1 {
				var err error
				if files[i], err = print(int(i)); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return files, nil
}
