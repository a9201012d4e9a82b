package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"

	"github.com/evctl/evctl/testdata/bench/workload"
)

func main() {
	if len(os.Args) == 2 && os.Args[1] == serveArgument {
		exit(serveV6(context.Background()))
	}
	o := options{Options: workload.Standard}
	flag.IntVar(&o.Events, "events", o.Events, "how many events to make")
	flag.Uint64Var(&o.Seed, "seed", o.Seed, "what to make them from")
	flag.IntVar(&o.laps, "laps", 5, "how often each yardstick judges all events")
	flag.StringVar(&o.only, "only", "", "run evctl's rows, those whose names contain this text, and programs")
	flag.BoolVar(&o.best, "best", false, "print the best laps instead of the medians: for machines that are busy")
	flag.BoolVar(&o.each, "each", true, "compare with santhosh v5 event by event too")
	flag.Func("program", "`NAME=COMMAND`: a further yardstick, a validator that answers as external.go says", o.program)
	flag.Parse()
	if err := pin(); err != nil {
		exit(err)
	}
	exit(o.main(context.Background()))
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "yardsticks:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

type options struct {
	workload.Options
	laps     int
	only     string
	each     bool
	best     bool
	programs []yardstick
}

// program adds an external yardstick.
func (o *options) program(text string) error {
	name, command, ok := strings.Cut(text, "=")
	args := strings.Fields(command)
	if !ok || len(args) == 0 {
		return errors.New("expected NAME=COMMAND")
	}
	open := func(p *workload.Plan) (subject, error) { return openExternal(p, args[0], args[1:]...) }
	o.programs = append(o.programs, yardstick{name, true, false, open})
	return nil
}

// pinned is set in the environment of the process that runs on one core.
const pinned = "EVCTL_BENCH_PINNED"

// pin starts the program again on one core, the last one, which has the least to do
// with interrupts. Where there is no taskset, GOMAXPROCS has to do.
func pin() error {
	runtime.GOMAXPROCS(1)
	taskset, err := exec.LookPath("taskset")
	if err != nil || os.Getenv(pinned) != "" {
		return nil
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	core := fmt.Sprint(runtime.NumCPU() - 1)
	again := exec.Command(taskset, append([]string{"-c", core, self}, os.Args[1:]...)...)
	again.Env = append(os.Environ(), pinned+"=1")
	again.Stdin, again.Stdout, again.Stderr = os.Stdin, os.Stdout, os.Stderr
	err = again.Run()
	if failed, ok := errors.AsType[*exec.ExitError](err); ok {
		os.Exit(failed.ExitCode())
	}
	if err == nil {
		os.Exit(0)
	}
	return err
}

func (o *options) main(ctx context.Context) error {
	if o.laps < 1 || o.Events < 100 {
		return errors.New("expected at least one lap and 100 events")
	}
	plan, err := workload.Load(ctx)
	if err != nil {
		return err
	}
	groups, err := groupsOf(plan, o.Options)
	if err != nil {
		return err
	}
	b := bench{plan: plan, groups: groups, laps: o.laps, best: o.best}
	defer b.close()
	left := func(y yardstick) bool { return !y.ours() && !strings.Contains(y.name, o.only) }
	for _, y := range slices.Concat(slices.DeleteFunc(slices.Clone(yardsticks), left), o.programs) {
		if err := b.add(y); err != nil {
			return fmt.Errorf("%s: %w", y.name, err)
		}
	}
	if err := b.run(); err != nil {
		return err
	}
	b.print(os.Stdout)
	if o.each {
		return each(plan, groups[:2])
	}
	return nil
}
