package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/evctl/evctl/testdata/bench/process"
)

// section is a part of the benchmark.
type section struct {
	name string
	// pinned sections run on the last core alone, so that others have the first one.
	pinned bool
	run    func(context.Context, *options) error
}

var sections = []section{
	{"memory", false, measureMemory},
	{"http", true, measureHTTP},
	{"file", false, measureFile},
}

type options struct {
	evctl     string
	contracts int
	megabytes int
	lap       time.Duration
	laps      int
	best      bool
	rival     string
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if len(os.Args) == 2 && os.Args[1] == bareArgument {
		exit(serveBare(ctx))
	}
	var o options
	var only, alone string
	flags := flag.NewFlagSet("collector", flag.ExitOnError) // test packages add to the common one
	flags.StringVar(&o.evctl, "evctl", filepath.Join("bin", "evctl"), "the binary to measure")
	flags.IntVar(&o.contracts, "contracts", 10_000, "how many contracts to compile")
	flags.IntVar(&o.megabytes, "megabytes", 100, "size of the file to validate; a gigabyte is 1000")
	flags.DurationVar(&o.lap, "lap", time.Second, "how long each lap of requests takes")
	flags.IntVar(&o.laps, "laps", 5, "how many laps there are")
	flags.BoolVar(&o.best, "best", false, "print the best lap instead of the median, for machines that are busy")
	flags.StringVar(&o.rival, "rival", "", "`NAME=COMMAND`: a further server, which says where it listens as ours do")
	flags.StringVar(&only, "only", "", "run only the sections whose names contain this text: memory, http, file")
	flags.StringVar(&alone, "section", "", "run this section in this process")
	_ = flags.Parse(os.Args[1:])
	exit(o.main(ctx, only, alone))
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "collector:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

func (o *options) main(ctx context.Context, only, alone string) error {
	if name, command, ok := strings.Cut(o.rival, "="); o.rival != "" && (!ok || name == "" || strings.TrimSpace(command) == "") {
		return errors.New("-rival: expected NAME=COMMAND")
	}
	if o.laps < 1 || o.contracts < 1 || o.megabytes < 1 || o.lap <= 0 {
		return errors.New("a number is less than 1")
	}
	evctl, err := filepath.Abs(o.evctl)
	if err != nil {
		return err
	}
	if _, err := os.Stat(evctl); err != nil {
		return fmt.Errorf("%w; build it with go build -o bin/evctl ./cmd/evctl", err)
	}
	o.evctl = evctl
	for _, s := range sections {
		switch {
		case alone == s.name:
			return s.run(ctx, o)
		case alone == "" && strings.Contains(s.name, only):
			if err := s.apart(ctx); err != nil {
				return fmt.Errorf("%s: %w", s.name, err)
			}
		}
	}
	return nil
}

// apart runs a section in a process of its own.
func (s *section) apart(ctx context.Context) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	command := append([]string{self}, os.Args[1:]...)
	command = append(command, "-section", s.name)
	if s.pinned {
		command = process.On(runtime.NumCPU()-1, command...)
	}
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	return cmd.Run()
}
