package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if len(os.Args) == 3 && os.Args[1] == yardstickArgument {
		exit(yardstick(os.Args[2]))
		return
	}
	var b bench
	sizes := flag.String("sizes", "1000,5000", "numbers of contracts")
	flag.StringVar(&b.evctl, "evctl", filepath.Join("bin", "evctl"), "the binary to measure")
	flag.IntVar(&b.runs, "runs", 5, "how often each command is measured")
	flag.IntVar(&b.unrelated, "unrelated", 20_000, "how many files stand beside the contract of the last scenario; 0 leaves it out")
	flag.StringVar(&b.keep, "keep", "", "write the workspaces to this folder and keep them; default: a temporary one")
	flag.StringVar(&b.only, "only", "", "run only the scenarios whose names contain this text")
	flag.Parse()
	exit(b.main(ctx, *sizes))
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// yardstickArgument makes the program a yardstick, in a process of its own.
const yardstickArgument = "yardstick"

type bench struct {
	evctl     string
	runs      int
	unrelated int
	keep      string
	only      string
	root      string
}

func (b *bench) main(ctx context.Context, sizes string) error {
	if b.runs < 1 {
		return errors.New("-runs is less than 1")
	}
	var err error
	if b.evctl, err = filepath.Abs(b.evctl); err != nil {
		return err
	}
	if _, err := os.Stat(b.evctl); err != nil {
		return fmt.Errorf("%w; build it with go build -o bin/evctl ./cmd/evctl", err)
	}
	if err := b.folder(); err != nil {
		return err
	}
	if b.keep == "" {
		defer os.RemoveAll(b.root)
	}
	printHead()
	for size := range strings.FieldsFuncSeq(sizes, func(r rune) bool { return r == ',' || r == ' ' }) {
		n, err := strconv.Atoi(size)
		if err != nil {
			return fmt.Errorf("-sizes: %w", err)
		}
		if err := b.size(ctx, n); err != nil {
			return err
		}
	}
	if b.unrelated > 0 {
		return b.beside(ctx)
	}
	return nil
}

// folder is where workspaces are written; an existing one has to be empty.
func (b *bench) folder() (err error) {
	if b.keep == "" {
		b.root, err = os.MkdirTemp("", "evctl-bench-")
		return err
	}
	if b.root, err = filepath.Abs(b.keep); err != nil {
		return err
	}
	if err := os.MkdirAll(b.root, 0o755); err != nil {
		return err
	}
	entries, err := os.ReadDir(b.root)
	if err == nil && len(entries) > 0 {
		return fmt.Errorf("%s is not empty", b.root)
	}
	return err
}

func printHead() {
	fmt.Printf("%s, %s/%s, %d cores\n\n", runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
	fmt.Println("| contracts | what | median | best | processor | peak memory | × parsing | × processor |")
	fmt.Println("|---:|---|---:|---:|---:|---:|---:|---:|")
}

// printLine prints figures and their ratios to those of the yardstick, if any.
func printLine(contracts int, what string, f, yardstick figures) {
	memory := "–"
	if f.memory > 0 {
		memory = fmt.Sprintf("%d MB", f.memory>>20)
	}
	fmt.Printf("| %d | %s | %s | %s | %s | %s | %s | %s |\n", contracts, what, ms(f.median), ms(f.best), ms(f.cpu), memory,
		ratio(f.median, yardstick.median), ratio(f.cpu, yardstick.cpu))
}

func ratio(d, of time.Duration) string {
	if of <= 0 {
		return "–"
	}
	return fmt.Sprintf("%.1f", float64(d)/float64(of))
}

func ms(d time.Duration) string {
	return fmt.Sprintf("%.0f ms", float64(d)/float64(time.Millisecond))
}

// scenario is a line of the table.
type scenario struct {
	name   string
	dir    string       // the workspace
	before func() error // called ahead of each run; nil: nothing to prepare
	args   []string     // of evctl
}

// step is scenarios that share a state of the workspace.
type step struct {
	prepare   func() error
	scenarios []scenario
}

// steps lists all scenarios of a workspace of n contracts. Later ones build on what
// earlier ones leave.
func steps(ctx context.Context, dir string, n int) []step {
	changed := max(1, n/100)
	without := func(folder string) func() error { return func() error { return putAside(dir, folder) } }
	return []step{
		{nothing, []scenario{
			{"lint, nothing released", dir, nil, []string{"lint"}},
			{"push all of them", dir, without("releases"), []string{"push"}},
		}},
		{func() error { return commitAll(ctx, dir) }, []scenario{
			{"lint against releases", dir, nil, []string{"lint"}},
			{"lint against a commit", dir, nil, []string{"lint", "--against", "git:HEAD"}},
			{"lint of one file", dir, nil, []string{"lint", makeContract(n / 2).path}},
			{"generate all targets", dir, without("gen"), []string{"generate"}},
			{"generate again, nothing changed", dir, nil, []string{"generate"}},
			{"generate --check", dir, nil, []string{"generate", "--check"}},
		}},
		{func() error { return extendSome(dir, n, changed) }, []scenario{
			{fmt.Sprintf("lint against releases, %d changed", changed), dir, nil, []string{"lint"}},
			{fmt.Sprintf("lint against a commit, %d changed", changed), dir, nil, []string{"lint", "--against", "git:HEAD"}},
			{"generate, one contract changed", dir, rewording(dir, n-1), []string{"generate"}},
		}},
	}
}

func nothing() error { return nil }

// rewording describes event number i in other words each time.
func rewording(dir string, i int) func() error {
	round := 0
	return func() error {
		round++
		c := makeContract(i)
		text := strings.Replace(c.text, "description: ", fmt.Sprintf("description: Round %d. ", round), 1)
		return writeFile(filepath.Join(dir, filepath.FromSlash(c.path)), text)
	}
}

// putAside takes a folder out of a workspace, and keeps it until the end: some file systems
// are slow at making files for minutes after many of them were removed.
func putAside(dir, folder string) error {
	aside, err := os.MkdirTemp(filepath.Dir(dir), "aside-")
	if err != nil {
		return err
	}
	err = os.Rename(filepath.Join(dir, folder), filepath.Join(aside, folder))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// size measures all scenarios on a workspace of n contracts.
func (b *bench) size(ctx context.Context, n int) error {
	dir := filepath.Join(b.root, strconv.Itoa(n))
	if err := writeWorkspace(dir, n); err != nil {
		return err
	}
	parsing, err := b.yardstick(ctx, n, dir)
	if err != nil {
		return err
	}
	for _, step := range steps(ctx, dir, n) {
		if err := step.prepare(); err != nil {
			return err
		}
		for _, s := range step.scenarios {
			if err := b.scenario(ctx, n, s, parsing); err != nil {
				return err
			}
		}
	}
	return nil
}

func (b *bench) yardstick(ctx context.Context, n int, dir string) (figures, error) {
	self, err := os.Executable()
	if err != nil {
		return figures{}, err
	}
	f, err := repeat(ctx, b.runs, dir, nil, self, yardstickArgument, filepath.Join(dir, "contracts"))
	if err != nil {
		return figures{}, err
	}
	printLine(n, "parsing the YAML, nothing else", f, f)
	return f, nil
}

// extendSome changes some of the contracts, spread over the workspace.
func extendSome(dir string, n, some int) error {
	for i := range some {
		if err := extend(dir, i*(n/some)); err != nil {
			return err
		}
	}
	return nil
}

// scenario measures one line, or runs its command once when only others are asked
// for, because later ones build on what it leaves.
func (b *bench) scenario(ctx context.Context, n int, s scenario, parsing figures) error {
	command := append([]string{b.evctl}, s.args...)
	if !strings.Contains(s.name, b.only) {
		if s.before == nil {
			return nil
		}
		_, err := run(ctx, s.dir, command...)
		return err
	}
	f, err := repeat(ctx, b.runs, s.dir, s.before, command...)
	if err != nil {
		return fmt.Errorf("%s: %w", s.name, err)
	}
	printLine(n, s.name, f, parsing)
	return nil
}

// slack is what a machine's noise may add to a command of a few milliseconds.
const slack = 30 * time.Millisecond

// beside measures one contract alone and in a repository of many other files. It
// fails when the files cost more than noise: somebody walks them.
func (b *bench) beside(ctx context.Context) error {
	alone, crowded := filepath.Join(b.root, "alone"), filepath.Join(b.root, "crowded")
	for _, dir := range []string{alone, crowded} {
		if err := writeWorkspace(dir, 1); err != nil {
			return err
		}
	}
	if err := crowd(crowded, b.unrelated); err != nil {
		return err
	}
	for _, dir := range []string{alone, crowded} {
		if err := commitAll(ctx, dir); err != nil {
			return err
		}
	}
	for _, against := range [][]string{nil, {"--against", "git:HEAD"}} {
		var times [2]time.Duration
		for i, dir := range []string{alone, crowded} {
			what := "lint of a contract by itself"
			if i == 1 {
				what = fmt.Sprintf("lint of a contract beside %d other files", b.unrelated)
			}
			if against != nil {
				what += ", against a commit"
			}
			f, err := repeat(ctx, b.runs, dir, nil, append([]string{b.evctl, "lint"}, against...)...)
			if err != nil {
				return err
			}
			printLine(1, what, f, figures{})
			times[i] = f.best
		}
		if times[1] > 2*times[0]+slack {
			return fmt.Errorf("a contract takes %s by itself and %s beside %d other files: they are walked", ms(times[0]), ms(times[1]), b.unrelated)
		}
	}
	return nil
}

// crowd writes empty files beside the contracts, a hundred to a folder.
func crowd(dir string, n int) error {
	for i := 0; i < n; i++ {
		folder := filepath.Join(dir, "services", strconv.Itoa(i/10_000), strconv.Itoa(i/100%100))
		if i%100 == 0 {
			if err := os.MkdirAll(folder, 0o755); err != nil {
				return err
			}
		}
		if err := os.WriteFile(filepath.Join(folder, fmt.Sprintf("file%d.yaml", i%100)), nil, 0o644); err != nil {
			return err
		}
	}
	return nil
}
