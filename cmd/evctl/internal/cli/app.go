package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/term"

	"github.com/evctl/evctl/contracts/workspace"
)

// App is what a command may touch of the outside. Tests hand in their own.
type App struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Dir            string // where commands look for the workspace
	Now            func() time.Time
	Getenv         func(string) string
	// Color and Progress say whether stdout and stderr are terminals that show them.
	Color, Progress bool
}

// FromOS is the App of the real process.
func FromOS() *App {
	return &App{
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Dir: ".",
		Now: time.Now, Getenv: os.Getenv,
		Color:    term.IsTerminal(int(os.Stdout.Fd())) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb",
		Progress: term.IsTerminal(int(os.Stderr.Fd())),
	}
}

// Exit codes.
const (
	exitClean    = 0
	exitFindings = 1
	exitUsage    = 2
	exitFailure  = 3
)

// errFindings ends a command that did its job and found something wrong. It has
// printed its findings already.
var errFindings = errors.New("findings")

// usageError is a command line that cannot be understood.
type usageError struct{ error }

// usagef makes a usage error; its text says what was found and what was expected.
func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// hintedError adds advice to an error.
type hintedError struct {
	error
	hint string
}

func (e hintedError) Unwrap() error { return e.error }

// withHint adds advice to an error; it is printed on a line of its own.
func withHint(err error, hint string) error {
	if err == nil {
		return nil
	}
	return hintedError{err, hint}
}

// path finds a file that was named on the command line: relative ones start where
// -C says.
func (app *App) path(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(app.Dir, name)
}

// openWorkspace loads the workspace that the command runs in, or only the files
// that were named on the command line.
func (app *App) openWorkspace(cmd *cobra.Command, paths ...string) (*workspace.Workspace, error) {
	w, err := workspace.Open(cmd.Context(), app.Dir, paths...)
	return w, hintOfWorkspace(err)
}

// hintOfWorkspace adds what to do when there is no workspace.
func hintOfWorkspace(err error) error {
	if errors.Is(err, workspace.ErrNoConfig) {
		return withHint(err, "run evctl init to make a workspace, or name one with -C FOLDER")
	}
	return err
}

// Main runs one command line and returns the exit code.
func Main(app *App, args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	run, stdout := *app, &output{to: app.Stdout}
	run.Stdout = stdout
	root := newRoot(&run)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if stdout.err != nil && (err == nil || errors.Is(err, errFindings)) {
		err = fmt.Errorf("print the result: %w", stdout.err)
	}
	return run.exitCode(err)
}

func (app *App) exitCode(err error) int {
	var usage usageError
	var hinted hintedError
	switch {
	case err == nil:
		return exitClean
	case errors.Is(err, errFindings):
		return exitFindings
	case errors.As(err, &usage):
		fmt.Fprintf(app.Stderr, "evctl: %v\n", err)
		return exitUsage
	}
	if errors.Is(err, context.Canceled) {
		err = errors.New("interrupted")
	}
	fmt.Fprintf(app.Stderr, "evctl: %v\n", err)
	if errors.As(err, &hinted) {
		fmt.Fprintf(app.Stderr, "hint: %s\n", hinted.hint)
	}
	return exitFailure
}

func newRoot(app *App) *cobra.Command {
	root := &cobra.Command{
		Use:           "evctl",
		Short:         "Event contracts: lint, generate, serve, validate",
		Long:          "evctl checks event contracts written in YAML, generates code from them, keeps their\nreleased versions, and validates events against them.",
		Version:       version(),
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.ArbitraryArgs,
		PersistentPreRunE: func(cmd *cobra.Command, args []string) error {
			app.tuneMemory(cmd)
			return app.checkCommandLine(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknownCommand(cmd, args[0])
			}
			return cmd.Help()
		},
	}
	root.SuggestionsMinimumDistance = 2 // cobra's own default, which it sets on a path that is not taken here
	root.SetIn(app.Stdin)
	root.SetOut(unfailing{app.Stdout})
	root.SetErr(app.Stderr)
	root.SetUsageTemplate(root.UsageTemplate() + "\n")
	root.SetVersionTemplate("evctl {{.Version}}\n")
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usagef("%s; see %s --help", flagError(err), cmd.CommandPath())
	})
	root.PersistentFlags().StringVarP(&app.Dir, "dir", "C", app.Dir, "work in this `folder`")
	for _, add := range commands {
		command := add(app)
		command.Args = usageArgs(command.Args)
		root.AddCommand(command)
	}
	root.SetHelpCommand(newHelp())
	strictCompletion(root)
	return root
}

// Commands that read everything once and end make little garbage worth collecting
// early: the collector waits until the heap is nine times what is alive, and takes
// its time back when the process nears memoryComfort.
const (
	patientGC     = 800
	memoryComfort = 264 << 20
)

// tuneMemory sets that up, except for the server, which lives long, and where the
// environment says how it is to be.
func (app *App) tuneMemory(cmd *cobra.Command) {
	if cmd.Name() == "serve" || app.Getenv("GOGC") != "" || app.Getenv("GOMEMLIMIT") != "" {
		return
	}
	debug.SetGCPercent(patientGC)
	debug.SetMemoryLimit(memoryComfort)
}

// usageArgs makes errors about the number of arguments usage errors.
func usageArgs(check cobra.PositionalArgs) cobra.PositionalArgs {
	if check == nil {
		check = cobra.NoArgs
	}
	return func(cmd *cobra.Command, args []string) error {
		if check(cmd, args) == nil {
			return nil
		}
		return usagef("found %s, expected %s; see %s --help",
			count(len(args), "argument"), strings.TrimSuffix(cmd.UseLine(), " [flags]"), cmd.CommandPath())
	}
}

// checkCommandLine refuses what is most likely a variable of a script that has no
// value, and a folder that is not there: the command would quietly work on something
// else than was meant.
func (app *App) checkCommandLine(cmd *cobra.Command, args []string) error {
	var empty string
	cmd.Flags().Visit(func(f *pflag.Flag) {
		if f.Value.String() == "" {
			empty = f.Name
		}
	})
	if empty != "" {
		return usagef("--%s is empty; leave it out, or give it a value", empty)
	}
	if i := slices.Index(args, ""); i >= 0 {
		return usagef("argument %d is empty; leave it out, or give it a value", i+1)
	}
	if !cmd.Flags().Changed("dir") {
		return nil
	}
	info, err := os.Stat(app.Dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return usagef("--dir is %q, which does not exist", app.Dir)
	case err != nil:
		return fmt.Errorf("look at --dir: %w", err)
	case !info.IsDir():
		return usagef("--dir is %q, which is a file, expected a folder", app.Dir)
	}
	return nil
}

// flagError says what is wrong with a flag, in words of ours where the library speaks of
// how it reads numbers.
func flagError(err error) string {
	var invalid *pflag.InvalidValueError
	if !errors.As(err, &invalid) {
		return err.Error()
	}
	expected, ok := valuesOfFlags[invalid.GetFlag().Value.Type()]
	if !ok {
		return err.Error()
	}
	return fmt.Sprintf("--%s is %q, expected %s", invalid.GetFlag().Name, invalid.GetValue(), expected)
}

// valuesOfFlags says what flags take, by their types.
var valuesOfFlags = map[string]string{
	"bool": "true or false", "int": "a whole number", "int64": "a whole number", "uint": "a whole number from 0 on",
	"float64": "a number", "duration": "a duration such as 30s or 5m",
}

func unknownCommand(cmd *cobra.Command, name string) error {
	if near := cmd.SuggestionsFor(name); len(near) > 0 {
		return usagef("unknown command %q, did you mean %s?", name, `"`+strings.Join(near, `" or "`)+`"`)
	}
	return usagef("unknown command %q; evctl --help lists the commands", name)
}
