package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"

	"github.com/evctl/evctl/testdata/bench/process"
	"github.com/evctl/evctl/testdata/bench/workload"
)

// push releases the contracts of a workspace into its registry.
func push(ctx context.Context, evctl, dir string) error {
	cmd := exec.CommandContext(ctx, evctl, "push")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("evctl push: %w\n%s", err, out)
	}
	return nil
}

// measureFile runs evctl validate on files of two sizes. A file of ten times the size
// has to take no more memory.
func measureFile(ctx context.Context, o *options) error {
	plan, err := workload.Load(ctx)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "evctl-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := writePlan(dir); err != nil {
		return err
	}
	fmt.Println("| evctl validate | time | processor | MB/s | MB/s for each core | peak memory |\n|---|---:|---:|---:|---:|---:|")
	for _, invalid := range []int{0, workload.Standard.Invalid} {
		opt := workload.Standard
		opt.Invalid = invalid
		events, err := workload.New(plan, opt)
		if err != nil {
			return err
		}
		for _, megabytes := range []int{max(o.megabytes/10, 1), o.megabytes} {
			if err := o.file(ctx, dir, events, megabytes); err != nil {
				return err
			}
		}
	}
	fmt.Println()
	return nil
}

// file writes a file and measures the best of some runs.
func (o *options) file(ctx context.Context, dir string, events []workload.Event, megabytes int) error {
	path := filepath.Join(dir, "events.ndjson")
	defer os.Remove(path)
	size, err := writeEvents(path, events, int64(megabytes)*1_000_000)
	if err != nil {
		return err
	}
	invalid := slices.ContainsFunc(events, func(e workload.Event) bool { return !e.Valid() })
	var best run
	for range min(o.laps, 3) {
		r, err := validate(ctx, o.evctl, dir, path, invalid)
		if err != nil {
			return err
		}
		r.memory = max(r.memory, best.memory)
		if best.wall > 0 && r.wall > best.wall {
			r.wall = best.wall
		}
		if best.cpu > 0 && r.cpu > best.cpu {
			r.cpu = best.cpu
		}
		best = r
	}
	what := "all valid"
	if invalid {
		what = "one in ten invalid"
	}
	perSecond := func(d time.Duration) float64 { return float64(size) / 1e6 / d.Seconds() }
	fmt.Printf("| %d MB of NDJSON, %s | %.2f s | %.2f s | %.0f | %.0f | %d MB |\n", megabytes, what,
		best.wall.Seconds(), best.cpu.Seconds(), perSecond(best.wall), perSecond(best.cpu), best.memory/1_000_000)
	return nil
}

// run is what a process took.
type run struct {
	wall, cpu time.Duration
	memory    int64
}

// findings is how evctl ends when events are invalid.
const findings = 1

func validate(ctx context.Context, evctl, dir, path string, invalid bool) (run, error) {
	cmd := exec.CommandContext(ctx, evctl, "validate", "--quiet", path)
	cmd.Dir = dir
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	start := time.Now()
	err := cmd.Run()
	elapsed := time.Since(start)
	failed, ok := errors.AsType[*exec.ExitError](err)
	if err != nil && !ok || (ok && failed.ExitCode() == findings) != invalid || ok && failed.ExitCode() != findings {
		return run{}, fmt.Errorf("evctl validate: %w\n%s", err, out.Bytes()[:min(out.Len(), 2000)])
	}
	return run{elapsed, process.CPU(cmd.ProcessState), process.PeakMemory(cmd.ProcessState)}, nil
}

// writeEvents repeats the events until the file is large enough, and returns its size.
func writeEvents(path string, events []workload.Event, atLeast int64) (int64, error) {
	f, err := os.Create(path)
	if err != nil {
		return 0, err
	}
	w := bufio.NewWriterSize(f, 1<<20)
	size := int64(0)
	for size < atLeast {
		for _, e := range events {
			n, err := w.Write(e.Raw)
			if err == nil {
				err = w.WriteByte('\n')
			}
			if err != nil {
				return 0, errors.Join(err, f.Close())
			}
			if size += int64(n) + 1; size >= atLeast {
				break
			}
		}
	}
	return size, errors.Join(w.Flush(), f.Close())
}
