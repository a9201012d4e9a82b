package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/evctl/evctl/testdata/bench/process"
)

// sample of one process.
type measured struct {
	wall, cpu time.Duration
	memory    int64 // peak resident bytes, 0 where the system does not say
}

// tail bounds how much of a failed command's output is shown.
const tail = 2000

// run runs a command once in dir. It fails unless the exit code is 0.
func run(ctx context.Context, dir string, command ...string) (measured, error) {
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Dir = dir
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	start := time.Now()
	err := cmd.Run()
	m := measured{wall: time.Since(start)}
	if err != nil {
		text := out.String()
		if len(text) > tail {
			text = text[:tail] + "…"
		}
		return m, fmt.Errorf("%s: %w\n%s", strings.Join(command, " "), err, text)
	}
	m.cpu = process.CPU(cmd.ProcessState)
	m.memory = process.PeakMemory(cmd.ProcessState)
	return m, nil
}

// repeat runs a command once to warm the caches and then n times. before, which may
// be nil, is called ahead of each run and is not measured.
func repeat(ctx context.Context, n int, dir string, before func() error, command ...string) (figures, error) {
	var all []measured
	for i := range n + 1 {
		if before != nil {
			if err := before(); err != nil {
				return figures{}, err
			}
		}
		m, err := run(ctx, dir, command...)
		if err != nil {
			return figures{}, err
		}
		if i > 0 {
			all = append(all, m)
		}
	}
	return summary(all), nil
}

// figures of several runs.
type figures struct {
	median, best, cpu time.Duration // cpu is the median's
	memory            int64         // the most of any run
}

func summary(all []measured) figures {
	slices.SortFunc(all, func(a, b measured) int { return int(a.wall - b.wall) })
	f := figures{median: all[len(all)/2].wall, best: all[0].wall}
	slices.SortFunc(all, func(a, b measured) int { return int(a.cpu - b.cpu) })
	f.cpu = all[len(all)/2].cpu
	for _, m := range all {
		f.memory = max(f.memory, m.memory)
	}
	return f
}

// git runs git in dir, on behalf of nobody in particular.
func git(ctx context.Context, dir string, args ...string) error {
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+os.DevNull,
		"GIT_AUTHOR_NAME=bench", "GIT_AUTHOR_EMAIL=bench@example.com", "GIT_COMMITTER_NAME=bench", "GIT_COMMITTER_EMAIL=bench@example.com")
	out, err := cmd.CombinedOutput()
	if errors.Is(err, exec.ErrNotFound) {
		return fmt.Errorf("git is needed for the benchmark: %w", err)
	}
	if err != nil {
		return fmt.Errorf("git %s: %w\n%s", strings.Join(args, " "), err, out)
	}
	return nil
}

// commitAll makes dir a repository with one commit of everything in it.
func commitAll(ctx context.Context, dir string) error {
	for _, args := range [][]string{{"init", "-q"}, {"add", "-A"}, {"-c", "gc.auto=0", "commit", "-q", "-m", "base"}} {
		if err := git(ctx, dir, args...); err != nil {
			return err
		}
	}
	return nil
}
