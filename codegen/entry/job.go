package entry

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/codegen/program"
	"github.com/evctl/evctl/codegen/targets"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/workspace"
)

// Problem is what is wrong with an entry.
type Problem struct {
	diag.Location          // in evctl.yaml
	Path          []string // to it: generate, the index of the entry, the key, a key in that
	Err           error
}

func (p *Problem) Error() string {
	at := p.Position()
	return fmt.Sprintf("%s:%d:%d: %v", p.File.Path, at.Line, at.Column, p.Err)
}

func (p *Problem) Unwrap() error { return p.Err }

// NewProblem is about a key of entry i, or about the entry when it does not have the key.
func NewProblem(w *workspace.Workspace, i int, err error, key ...string) *Problem {
	path := append([]string{"generate", strconv.Itoa(i)}, key...)
	return &Problem{w.Config.At(path...), path, err}
}

// Job is what entry i asks for. The context ends programs. An error is a *Problem.
func Job(ctx context.Context, w *workspace.Workspace, i int) (codegen.Job, error) {
	entry := w.Config.Generate[i]
	target, key, err := targetOf(ctx, w, entry)
	if err != nil {
		return codegen.Job{}, NewProblem(w, i, err, key)
	}
	if err := checkOut(entry.Out); err != nil {
		return codegen.Job{}, NewProblem(w, i, err, "out")
	}
	options, err := codegen.CheckOptions(target, entry.Options)
	if err != nil {
		return codegen.Job{}, NewProblem(w, i, err, "options")
	}
	return codegen.Job{Target: target, Out: filepath.ToSlash(filepath.Clean(entry.Out)), Options: options, Rename: entry.Rename}, nil
}

// CheckRename wants the other names of entry i to fit the model. An error is a *Problem.
func CheckRename(w *workspace.Workspace, i int, job codegen.Job, m *codegen.Model) error {
	err := job.CheckRename(m)
	var wrong *codegen.RenameError
	if errors.As(err, &wrong) {
		return NewProblem(w, i, wrong, "rename", wrong.Key)
	}
	return err
}

// targetOf is what an entry runs: a target of the table, or a program of the workspace.
// key is the member that an error is about.
func targetOf(ctx context.Context, w *workspace.Workspace, entry workspace.Target) (target codegen.Target, key string, err error) {
	if entry.Command == nil {
		if entry.Timeout != "" {
			return nil, "timeout", errors.New("timeout goes with command only")
		}
		target, err = targets.Find(entry.Target)
		return target, "target", err
	}
	p := program.Target{Context: ctx, Word: entry.Target, Command: entry.Command, Dir: w.Root, Given: entry.Options}
	if slices.Contains(targets.Names(), p.Word) || !programWord.MatchString(p.Word) {
		return nil, "target", fmt.Errorf("target is %q, expected a name of your own for the program, in lower case", p.Word)
	}
	if len(p.Command) == 0 || p.Command[0] == "" {
		return nil, "command", errors.New("command is empty, expected a program and its arguments")
	}
	if entry.Timeout != "" {
		if p.Timeout, err = time.ParseDuration(entry.Timeout); err != nil || p.Timeout <= 0 {
			return nil, "timeout", fmt.Errorf("timeout is %q, expected a time such as 30s", entry.Timeout)
		}
	}
	return p, "", nil
}

// programWord is what a target of one's own may be called.
var programWord = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,39}$`)

func checkOut(out string) error {
	switch {
	case strings.TrimSpace(out) == "":
		return errors.New("out is missing, expected a folder")
	case strings.HasPrefix(out, "~") || strings.ContainsFunc(out, unicode.IsControl):
		return fmt.Errorf("out is %q, expected the name of a folder, which evctl takes as it is", out)
	case filepath.IsAbs(out) || strings.HasPrefix(out, "/") || strings.Contains(out, `\`):
		return fmt.Errorf("out is %q, expected a path relative to %s with / between folders", out, workspace.ConfigName)
	}
	return nil
}
