package program

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/evctl/evctl/codegen"
)

// Target runs a program. The zero values of the limits stand for the defaults.
type Target struct {
	// Context ends the program when it is done: targets have no context of their own.
	Context context.Context
	Word    string   // in evctl.yaml
	Command []string // the program and its arguments, never seen by a shell
	Dir     string   // the workspace: where the program runs, and where a name with a slash is looked for
	// Given are the options of evctl.yaml, whose names the program decides.
	Given   map[string]string
	Timeout time.Duration
	// MaxOutput bounds the answer, in bytes.
	MaxOutput int
}

// Defaults of Target.
const (
	DefaultTimeout   = time.Minute
	DefaultMaxOutput = 256 << 20
)

// patience is how long pipes are read on after a program has ended: somebody that it
// started may hold them.
const patience = time.Second

// Name is the word in evctl.yaml.
func (t Target) Name() string { return t.Word }

// Describe says what is run.
func (t Target) Describe() string { return "what " + t.Command[0] + " makes of the model" }

// Options are those that are given: the program knows which there are.
func (t Target) Options() []codegen.Option {
	var list []codegen.Option
	for name := range t.Given {
		list = append(list, codegen.Option{Name: name})
	}
	return list
}

// Answer is what a program prints.
type Answer struct {
	Version int    `json:"version"` // 1
	Files   []File `json:"files"`
}

// File is a generated file: text with a path below the out folder.
type File struct {
	Path    string `json:"path"`
	Content string `json:"content"`
}

// Generate runs the program. It fails when the program cannot be started, does not
// end in time or with exit code 0, or prints anything but one Answer; what it wrote to
// stderr last is part of the error.
func (t Target) Generate(m *codegen.Model, options codegen.Options, emit codegen.Emit) error {
	request, err := json.Marshal(NewRequest(t.Word, m, options))
	if err != nil {
		return fmt.Errorf("write the model for %s: %w", t.Command[0], err)
	}
	printed, err := t.run(request)
	if err != nil {
		return err
	}
	answer, err := decode(printed)
	if err != nil {
		return fmt.Errorf("%s printed something else than files: %w", t.Command[0], err)
	}
	files := make([]codegen.File, len(answer.Files))
	for i, f := range answer.Files {
		files[i] = codegen.File{Path: f.Path, Content: []byte(f.Content)}
	}
	return codegen.EmitAll(emit, files...)
}

func (t Target) run(request []byte) ([]byte, error) {
	limit := t.Timeout
	if limit == 0 {
		limit = DefaultTimeout
	}
	ctx, cancel := context.WithTimeout(t.Context, limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, t.executable(), t.Command[1:]...)
	cmd.Dir, cmd.Stdin, cmd.WaitDelay = t.Dir, bytes.NewReader(request), patience
	endTogether(cmd)
	stdout := &bounded{max: t.MaxOutput, full: cancel}
	if stdout.max == 0 {
		stdout.max = DefaultMaxOutput
	}
	stderr := &tail{}
	cmd.Stdout, cmd.Stderr = stdout, stderr
	err := cmd.Run()
	switch {
	case t.Context.Err() != nil:
		return nil, t.Context.Err()
	case stdout.exceeded:
		return nil, fmt.Errorf("%s printed more than %d bytes", t.Command[0], stdout.max)
	case ctx.Err() != nil:
		return nil, fmt.Errorf("%s did not end within %s%s", t.Command[0], limit, stderr)
	case errors.Is(err, exec.ErrWaitDelay):
		return nil, fmt.Errorf("%s ended, and something that it started may still print: expected it to wait for that%s", t.Command[0], stderr)
	case err != nil:
		return nil, fmt.Errorf("run %s: %w%s", t.Command[0], err, stderr)
	}
	return stdout.b.Bytes(), nil
}

// executable is the program's path. Names without a slash are looked up as a shell
// would, others stand for files of the workspace.
func (t Target) executable() string {
	name := filepath.FromSlash(t.Command[0])
	if filepath.IsAbs(name) || filepath.Base(name) == name {
		return name
	}
	path := filepath.Join(t.Dir, name)
	if absolute, err := filepath.Abs(path); err == nil {
		return absolute
	}
	return path
}

// decode reads one answer and nothing else, strictly: a member that nobody reads is a
// mistake of the program.
func decode(printed []byte) (*Answer, error) {
	if len(bytes.TrimSpace(printed)) == 0 {
		return nil, errors.New("nothing, expected JSON with version and files")
	}
	if !utf8.Valid(printed) {
		return nil, errors.New("text is not UTF-8")
	}
	var a Answer
	d := json.NewDecoder(bytes.NewReader(printed))
	d.DisallowUnknownFields()
	if err := d.Decode(&a); err != nil {
		return nil, inWords(err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("more text behind the JSON")
	}
	switch {
	case a.Version != Version:
		return nil, fmt.Errorf("version is %d, expected %d", a.Version, Version)
	case a.Files == nil:
		return nil, errors.New("no member files")
	}
	return &a, nil
}

// inWords says what JSON of another shape is without the words of this program.
func inWords(err error) error {
	var wrong *json.UnmarshalTypeError
	switch {
	case !errors.As(err, &wrong):
		return err
	case wrong.Field == "":
		return fmt.Errorf("JSON is %s, expected an object with version and files", wrong.Value)
	}
	return fmt.Errorf("member %s is %s, expected %s", wrong.Field, wrong.Value, shapes[wrong.Type.Kind()])
}

// shapes are the words of JSON for the types in Answer.
var shapes = map[reflect.Kind]string{reflect.Int: "a whole number", reflect.String: "a string", reflect.Slice: "a list", reflect.Struct: "an object"}

// bounded keeps what is written up to a size and calls full beyond it.
type bounded struct {
	b        bytes.Buffer
	max      int
	full     func()
	exceeded bool
}

func (w *bounded) Write(p []byte) (int, error) {
	if w.b.Len()+len(p) > w.max {
		w.exceeded = true
		w.full()
		return 0, errors.New("too much")
	}
	return w.b.Write(p)
}

// tail keeps the end of what is written.
type tail struct{ b []byte }

// tailSize is how much of a program's stderr an error quotes.
const tailSize = 2 << 10

func (w *tail) Write(p []byte) (int, error) {
	w.b = append(w.b, p...)
	if len(w.b) > tailSize {
		w.b = append(w.b[:0], w.b[len(w.b)-tailSize:]...)
	}
	return len(p), nil
}

// String is what was written, to stand behind an error; empty for nothing.
func (w *tail) String() string {
	text := strings.TrimSpace(strings.ToValidUTF8(string(w.b), "\uFFFD"))
	if text == "" {
		return ""
	}
	return ": " + text
}
