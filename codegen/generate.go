package codegen

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"
)

// Job is one entry of generate: in evctl.yaml.
type Job struct {
	Target  Target
	Out     string // folder for the files, as written there: slash-separated, relative to the workspace
	Options Options
}

// Result is what a job made, ordered by path.
type Result struct {
	Job
	Files []File
}

// Generate runs all jobs in parallel on one model. Nothing is written: see Plan.
func Generate(ctx context.Context, m *Model, jobs []Job) ([]Result, error) {
	results := make([]Result, len(jobs))
	group, ctx := errgroup.WithContext(ctx)
	for i, job := range jobs {
		group.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			files, err := job.Target.Generate(m, job.Options)
			if err != nil {
				return fmt.Errorf("generate %s: %w", job.Target.Name(), err)
			}
			slices.SortFunc(files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
			results[i] = Result{Job: job, Files: files}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return results, checkResults(results)
}

// markerWithin is how far from its start a file must say that it is generated.
const markerWithin = 1024

func carriesMarker(content []byte) bool {
	return bytes.Contains(content[:min(len(content), markerWithin)], []byte(Marker))
}

// checkResults refuses files that would leave their folder or overwrite each
// other on some file system.
func checkResults(results []Result) error {
	owners := map[string]string{} // by the lower-case path from the workspace
	folders := map[string]string{}
	for _, r := range results {
		for _, f := range r.Files {
			if err := checkFile(r, f); err != nil {
				return err
			}
			at := strings.ToLower(path.Join(r.Out, f.Path))
			if other, taken := owners[at]; taken {
				return fmt.Errorf("%s and %s both write %s", other, r.Target.Name(), path.Join(r.Out, f.Path))
			}
			owners[at] = r.Target.Name()
			for dir := path.Dir(at); dir != "." && dir != "/" && folders[dir] == ""; dir = path.Dir(dir) {
				folders[dir] = path.Join(r.Out, f.Path)
			}
		}
	}
	for at, owner := range owners {
		if inside, ok := folders[at]; ok {
			return fmt.Errorf("%s writes %s as a file, and %s needs it as a folder", owner, at, inside)
		}
	}
	return nil
}

func checkFile(r Result, f File) error {
	switch {
	case !fs.ValidPath(f.Path) || f.Path == "." || strings.ContainsAny(f.Path, `\:`) || !filepath.IsLocal(filepath.FromSlash(f.Path)):
		return fmt.Errorf("target %s makes a file with the path %q, which is not allowed", r.Target.Name(), f.Path)
	case path.Base(f.Path) == ManifestName:
		return fmt.Errorf("target %s makes a file called %s, which evctl keeps for itself", r.Target.Name(), ManifestName)
	case !carriesMarker(f.Content):
		return fmt.Errorf("target %s makes %s without the marker %q", r.Target.Name(), f.Path, Marker)
	}
	return nil
}
