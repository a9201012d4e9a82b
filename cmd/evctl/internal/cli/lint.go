package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/evctl/evctl/codegen/entry"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/workspace"
	"github.com/evctl/evctl/lint"
	"github.com/evctl/evctl/lint/report"
	"github.com/evctl/evctl/lint/waive"
)

// lintFlags are the flags of evctl lint.
type lintFlags struct {
	format, output          string
	profile, failOn         string
	rules                   []string
	fix                     bool
	baseline, writeBaseline string
	against                 string
	max                     int
	waive                   waiveFlags
}

func newLint(app *App) *cobra.Command {
	f := lintFlags{format: "text", failOn: "error"}
	cmd := &cobra.Command{
		Use:   "lint [PATH...]",
		Short: "Check contracts: language, naming, privacy, structure, compatibility",
		Long: `Checks the contracts of the workspace, or only those at the given files and folders.
What concerns the workspace as a whole, such as names that differ between events, is
checked only without paths. Exit code 1 means findings of at least --fail-on.

Which rules are on, and how severe they are, stands under lint: of evctl.yaml; evctl rules
lists them, evctl explain RULE shows one with an example. A comment silences a finding
of one entry, with a reason: # evctl:ignore RULE: reason, above it or at the end of its
line; # evctl:ignore-file RULE: reason at the top silences it in the whole file.

A break of what is released is approved with --waive and the fingerprint that stands in its
hint: waivers.yaml then has who allowed it, why and until when. A waiver covers that one
finding. evctl push takes it over into the release.`,
		Example: `  evctl lint
  evctl lint contracts/order --format github
  evctl lint --against origin/main
  evctl lint --fix
  evctl lint --baseline lint-baseline.json
  evctl lint --waive d11b05fbd4801692 --reason "no app sends it any more"`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error { return runLint(cmd, app, f, args) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.format, "format", f.format, strings.Join(report.Names(), ", "))
	flags.StringVarP(&f.output, "output", "o", "", "write the report to this `file` instead of stdout")
	flags.StringVar(&f.profile, "profile", "", "minimal, standard or strict, instead of the one of evctl.yaml")
	flags.StringArrayVar(&f.rules, "rule", nil, "severity of a rule, as `id=severity`; may be repeated")
	flags.StringVar(&f.failOn, "fail-on", f.failOn, "least severity that fails: error, warning or info")
	flags.StringVar(&f.against, "against", "", againstHelp)
	flags.BoolVar(&f.fix, "fix", false, "repair what can be repaired, then report the rest")
	flags.StringVar(&f.baseline, "baseline", "", "leave out the findings that this `file` lists")
	flags.StringVar(&f.writeBaseline, "write-baseline", "", "list all findings in this `file` and succeed")
	flags.IntVar(&f.max, "max-findings", 0, "print at most this many findings, the most severe ones; 0 prints all")
	f.waive.register(flags)
	return cmd
}

func runLint(cmd *cobra.Command, app *App, f lintFlags, paths []string) error {
	threshold, err := f.check()
	if err != nil {
		return err
	}
	l := linter{cmd: cmd, app: app, flags: f, paths: paths}
	if l.options, err = l.lintOptions(); err != nil {
		return err
	}
	if err := f.waive.check(&f, cmd.Flags(), paths); err != nil {
		return err
	}
	if len(f.waive.fingerprints) > 0 {
		return l.waive(cmd.Context())
	}
	if f.baseline != "" {
		if l.baseline, err = lint.ReadBaseline(app.path(f.baseline)); err != nil {
			return err
		}
	}
	result, err := l.run(cmd.Context())
	if err != nil {
		return err
	}
	if f.writeBaseline != "" {
		return l.writeBaseline(result)
	}
	r := &report.Report{
		Rules: result.Catalogue, Contracts: result.Contracts, Ignored: result.Ignored, Waived: l.waivers.Used(),
		Prefix: repositoryPrefix(l.root), Color: app.Color && f.output == "", Max: f.max, Version: version(),
	}
	if l.baseline != nil {
		r.Known = l.baseline.Subtract(result, len(paths) > 0)
	}
	r.Diagnostics = result.Diagnostics
	if err := l.print(r); err != nil {
		return err
	}
	for i := range result.Diagnostics {
		if result.Diagnostics[i].Severity >= threshold {
			return errFindings
		}
	}
	return nil
}

// check reads the flags that need no workspace, so that a wrong one is reported
// before any work is done.
func (f *lintFlags) check() (threshold diag.Severity, err error) {
	threshold, err = diag.ParseSeverity(f.failOn)
	if err != nil || threshold == diag.Off {
		return 0, usagef("--fail-on is %q, expected error, warning or info", f.failOn)
	}
	if f.profile != "" {
		if _, err := lint.ParseProfile(f.profile); err != nil {
			return 0, usagef("--profile: %w", err)
		}
	}
	if report.Known(f.format) != nil {
		return 0, usagef("--format is %q, expected %s", f.format, strings.Join(report.Names(), ", "))
	}
	if f.baseline != "" && f.writeBaseline != "" {
		return 0, usagef("--baseline and --write-baseline exclude each other")
	}
	for flag, file := range map[string]string{"output": f.output, "write-baseline": f.writeBaseline} {
		if ext := strings.ToLower(filepath.Ext(file)); ext == ".yaml" || ext == ".yml" {
			return 0, usagef("--%s is %q, which would be taken for a contract; choose another name", flag, file)
		}
	}
	if f.max < 0 {
		return 0, usagef("--max-findings is %d, expected 0 or more", f.max)
	}
	return threshold, nil
}

// linter is one run of evctl lint.
type linter struct {
	cmd     *cobra.Command
	app     *App
	flags   lintFlags
	paths   []string
	options lint.Options

	baseline *lint.Baseline // nil without --baseline
	root     string         // of the workspace
	waivers  *waive.Waivers // of the last run
}

func (l *linter) lintOptions() (lint.Options, error) {
	c, err := catalogue()
	if err != nil {
		return lint.Options{}, err
	}
	opt := lint.Options{Catalogue: c, Profile: l.flags.profile, Now: l.app.Now(), Severities: map[string]diag.Severity{}}
	for _, text := range l.flags.rules {
		id, word, ok := strings.Cut(text, "=")
		if !ok {
			return opt, usagef("--rule is %q, expected id=severity", text)
		}
		if opt.Severities[id], err = diag.ParseSeverity(word); err != nil {
			return opt, usagef("--rule %s: %w", id, err)
		}
	}
	return opt, nil
}

// run checks the workspace; with --fix it repairs and checks again until nothing is
// left to repair.
func (l *linter) run(ctx context.Context) (*lint.Result, error) {
	const rounds = 10 // fixes that overlap are carried out one after the other
	for round := 1; ; round++ {
		w, err := l.app.openWorkspace(l.cmd, l.paths...)
		if err != nil {
			return nil, err
		}
		l.root = w.Root
		if err := l.checkOutput(w); err != nil {
			return nil, err
		}
		var opt lint.Options
		if opt, l.waivers, err = withBaseline(ctx, l.app, w, l.flags.against, l.options); err != nil {
			return nil, err
		}
		opt.Sources = append(slices.Clip(opt.Sources), entry.Lint)
		result, err := lint.Run(ctx, w, opt)
		if errors.Is(err, lint.ErrUnknownRule) || errors.Is(err, lint.ErrRequiredRule) || errors.Is(err, lint.ErrGateRule) {
			return nil, usagef("--rule: %w", err)
		}
		if err != nil || !l.flags.fix || round > rounds {
			return result, err
		}
		fixed, err := l.fix(w, result)
		if err != nil || !fixed {
			return result, err
		}
	}
}

// checkOutput refuses to write a report or a baseline where contracts and releases are.
func (l *linter) checkOutput(w *workspace.Workspace) error {
	for _, f := range []struct{ flag, file string }{{"output", l.flags.output}, {"write-baseline", l.flags.writeBaseline}} {
		if f.file == "" {
			continue
		}
		path := l.app.path(f.file)
		if at := belongings(w, path); at != "" {
			return usagef("--%s is %q, which lies in %s; choose a place outside of it", f.flag, f.file, at)
		}
		target, err := filepath.EvalSymlinks(path)
		if ext := strings.ToLower(filepath.Ext(target)); err == nil && (ext == ".yaml" || ext == ".yml") {
			return usagef("--%s is %q, which leads to %s; choose another name", f.flag, f.file, filepath.Base(target))
		}
	}
	return nil
}

// fix repairs files and says so on stderr. It reports whether anything changed.
func (l *linter) fix(w *workspace.Workspace, result *lint.Result) (changed bool, err error) {
	fixes := lint.Fix(result.Diagnostics)
	if err := fixes.Write(w.Root); err != nil {
		return false, err
	}
	for _, f := range fixes.Files {
		for _, title := range f.Titles {
			fmt.Fprintf(l.app.Stderr, "fixed %s: %s\n", f.File.Path, title)
		}
	}
	if len(fixes.Refused) > 0 {
		return false, withHint(fmt.Errorf("fixes of %s would make it unreadable and were left out", strings.Join(fixes.Refused, ", ")),
			"repair the findings by hand")
	}
	return len(fixes.Files) > 0, nil
}

func (l *linter) writeBaseline(result *lint.Result) error {
	if len(l.paths) > 0 {
		return usagef("--write-baseline covers the whole workspace, expected no paths")
	}
	b := lint.NewBaseline(result)
	if err := b.Write(l.app.path(l.flags.writeBaseline)); err != nil {
		return err
	}
	listed := 0
	for _, f := range b.Findings {
		listed += f.Count
	}
	fmt.Fprintf(l.app.Stderr, "wrote %s, findings in it: %d\n", l.flags.writeBaseline, listed)
	if left := len(result.Diagnostics) - listed; left > 0 {
		fmt.Fprintf(l.app.Stderr, "findings that no baseline can hold: %d; evctl lint shows them\n", left)
	}
	return nil
}

// print writes the report to stdout, or to --output once it is complete.
func (l *linter) print(r *report.Report) error {
	var w io.Writer = l.app.Stdout
	var b bytes.Buffer
	if l.flags.output != "" {
		w = &b
	}
	if err := report.Write(w, l.flags.format, r); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	if l.flags.output == "" {
		return nil
	}
	if err := os.WriteFile(l.app.path(l.flags.output), b.Bytes(), 0o644); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}

// repositoryPrefix is the path from the root of the git repository to a folder in it,
// with a slash behind it; empty at the root and outside of repositories.
func repositoryPrefix(dir string) string {
	for at := dir; ; {
		if _, err := os.Lstat(filepath.Join(at, ".git")); err == nil {
			rel, err := filepath.Rel(at, dir)
			if err != nil || rel == "." {
				return ""
			}
			return filepath.ToSlash(rel) + "/"
		}
		parent := filepath.Dir(at)
		if parent == at {
			return ""
		}
		at = parent
	}
}
