package main

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/evctl/evctl/contracts/schema"
	"github.com/evctl/evctl/testdata/bench/workload"
)

// external is a subject in a process of its own, on the same core. The program is
// started with a folder that holds 0.json, 1.json, …: the JSON Schemas of the
// contracts. It says "ready" and then answers each line on stdin with one on stdout:
//
//	load FILE   reads events into memory: for each the number of its schema and its
//	            length, both 32 bits with the lowest byte first, and its text; says ok
//	verdicts    judges the loaded events; says 1 or 0 for each, without spaces
//	time        judges them again; says how many nanoseconds it took
//
// from the text to the verdict, nothing kept from one time to the next. It ends with
// its input.
type external struct {
	command *exec.Cmd
	in      *bufio.Writer
	out     *bufio.Reader
	closing func() error
	folder  string
	files   map[*group]string
	loaded  *group
}

func openExternal(p *workload.Plan, name string, args ...string) (subject, error) {
	folder, err := os.MkdirTemp("", "evctl-yardstick-")
	if err != nil {
		return nil, err
	}
	x := &external{folder: folder, files: map[*group]string{}}
	if err := x.start(p, name, args); err != nil {
		return nil, errors.Join(fmt.Errorf("start %s: %w", name, err), os.RemoveAll(folder))
	}
	return x, nil
}

func (x *external) start(p *workload.Plan, name string, args []string) error {
	for i, c := range p.Whole {
		if err := os.WriteFile(filepath.Join(x.folder, strconv.Itoa(i)+".json"), schema.Project(c), 0o600); err != nil {
			return err
		}
	}
	x.command = exec.Command(name, append(args, x.folder)...)
	x.command.Stderr = os.Stderr
	in, err := x.command.StdinPipe()
	if err != nil {
		return err
	}
	out, err := x.command.StdoutPipe()
	if err != nil {
		return err
	}
	x.in, x.out, x.closing = bufio.NewWriter(in), bufio.NewReader(out), in.Close
	if err := x.command.Start(); err != nil {
		return err
	}
	return x.expect("ready")
}

func (x *external) ask(question string) (string, error) {
	if _, err := x.in.WriteString(question + "\n"); err != nil {
		return "", err
	}
	if err := x.in.Flush(); err != nil {
		return "", err
	}
	return x.answer()
}

func (x *external) answer() (string, error) {
	line, err := x.out.ReadString('\n')
	if err != nil {
		return "", fmt.Errorf("read its answer: %w", err)
	}
	return strings.TrimSpace(line), nil
}

func (x *external) expect(want string) error {
	line, err := x.answer()
	if err == nil && line != want {
		err = fmt.Errorf("it says %q, expected %q", line, want)
	}
	return err
}

func (x *external) load(g *group) error {
	var b []byte
	for _, e := range g.events {
		b = binary.LittleEndian.AppendUint32(b, uint32(e.Contract))
		b = binary.LittleEndian.AppendUint32(b, uint32(len(e.Raw)))
		b = append(b, e.Raw...)
	}
	x.files[g] = filepath.Join(x.folder, strconv.Itoa(len(x.files))+".events")
	return os.WriteFile(x.files[g], b, 0o600)
}

// enter makes a group the one that is loaded.
func (x *external) enter(g *group) error {
	if x.loaded == g {
		return nil
	}
	x.loaded = g
	answer, err := x.ask("load " + x.files[g])
	if err == nil && answer != "ok" {
		err = fmt.Errorf("it says %q, expected ok", answer)
	}
	return err
}

func (x *external) verdicts(g *group) ([]bool, error) {
	if err := x.enter(g); err != nil {
		return nil, err
	}
	answer, err := x.ask("verdicts")
	if err != nil {
		return nil, err
	}
	var out []bool
	for _, c := range answer {
		out = append(out, c == '1')
	}
	if len(out) != len(g.events) {
		return nil, fmt.Errorf("it judges %d events, expected %d", len(out), len(g.events))
	}
	return out, nil
}

func (x *external) run(g *group) (time.Duration, int64, error) {
	if err := x.enter(g); err != nil {
		return 0, 0, err
	}
	answer, err := x.ask("time")
	if err != nil {
		return 0, 0, err
	}
	ns, err := strconv.ParseInt(answer, 10, 64)
	if err != nil || ns <= 0 {
		return 0, 0, fmt.Errorf("it says %q, expected nanoseconds", answer)
	}
	return time.Duration(ns), -1, nil
}

func (x *external) close() error {
	return errors.Join(x.closing(), x.command.Wait(), os.RemoveAll(x.folder))
}
