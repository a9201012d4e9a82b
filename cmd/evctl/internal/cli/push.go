package cli

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/waivers"
	"github.com/evctl/evctl/contracts/workspace"
	"github.com/evctl/evctl/lint/report"
	"github.com/evctl/evctl/lint/waive"
	"github.com/evctl/evctl/registry"
	"github.com/evctl/evctl/registry/remote"
)

// tokenVariable holds the token of a server, where no file does.
const tokenVariable = "EVCTL_TOKEN"

// pushFlags are the flags of evctl push.
type pushFlags struct {
	registry  string
	tokenFile string
	format    string
	dryRun    bool
}

func newPush(app *App) *cobra.Command {
	f := pushFlags{format: "text"}
	cmd := &cobra.Command{
		Use:   "push [EVENT...]",
		Short: "Release versions of events into the registry",
		Long: `Releases every event of the workspace whose version is not released yet, or only the
events that are named. Each must keep what is released of it, as the compatibility mode
of evctl.yaml says. Either all of them are released or none: exit code 1 means that
some were refused and nothing was written. What is released already, with the same
content, stays as it is; drafts are left out.

The registry is a directory, to be committed beside the contracts, or the URL of
evctl serve; its token comes from --token-file or ` + tokenVariable + `.`,
		Example: `  evctl push
  evctl push order.completed --dry-run
  evctl push --registry https://contracts.example.com`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error { return runPush(cmd, app, f, args) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.registry, "registry", "", "release into this `directory or URL`, instead of the registry of evctl.yaml")
	flags.StringVar(&f.tokenFile, "token-file", "", "`file` with the token of the server")
	flags.BoolVar(&f.dryRun, "dry-run", false, "decide, and write nothing")
	flags.StringVar(&f.format, "format", f.format, "text or json")
	return cmd
}

// pushDocument is the output of evctl push --format json. Members are only ever added.
type pushDocument struct {
	Registry string `json:"registry"`
	DryRun   bool   `json:"dry_run"`
	// Outcomes, one for each event, ordered by event.
	Outcomes []*registry.Outcome `json:"outcomes"`
	// Findings are errors of the language. Nothing is judged while there are some.
	Findings []report.Finding `json:"findings"`
}

func runPush(cmd *cobra.Command, app *App, f pushFlags, events []string) error {
	if f.format != "text" && f.format != "json" {
		return usagef("--format is %q, expected text or json", f.format)
	}
	w, err := app.openWorkspace(cmd)
	if err != nil {
		return err
	}
	approved, err := waive.Open(w.FS, app.Now())
	if err != nil {
		return err
	}
	w.Diagnostics = append(w.Diagnostics, approved.Diagnostics...)
	candidates, err := candidatesOf(w, events)
	if mustNotPush(w, candidates, len(events) == 0 || err != nil) {
		return pushBroken(app, f, w)
	}
	if err != nil {
		return err
	}
	clock, err := releaseClock(app)
	if err != nil {
		return err
	}
	store, name, err := pushRegistry(cmd.Context(), app, w, f)
	if err != nil {
		return err
	}
	service := registry.NewService(store, gate(w.Config), clock)
	result, err := service.Push(cmd.Context(), candidates, registry.PushOptions{DryRun: f.dryRun, Waivers: approved.Valid()})
	if err != nil {
		return hintOfRegistry(err)
	}
	if err := writePush(app, f, name, result); err != nil {
		return err
	}
	if result.Refused() {
		return errFindings
	}
	return nil
}

// candidatesOf are the events that are named, or all, ordered by name.
func candidatesOf(w *workspace.Workspace, names []string) ([]*contracts.Contract, error) {
	all := w.Events()
	slices.SortStableFunc(all, func(a, b *contracts.Contract) int { return strings.Compare(a.Name, b.Name) })
	if len(names) == 0 {
		if len(all) == 0 {
			return nil, withHint(fmt.Errorf("no events in %s", strings.Join(w.Config.Contracts, ", ")), "an event is a file that starts with event:")
		}
		return all, nil
	}
	known := make([]string, len(all))
	for i, c := range all {
		known[i] = c.Name
	}
	for _, name := range names {
		if slices.Contains(known, name) {
			continue
		}
		if near := contracts.Nearest(name, known); near != "" {
			return nil, usagef("no event is named %q, did you mean %q?", name, near)
		}
		return nil, usagef("no event is named %q", name)
	}
	return slices.DeleteFunc(all, func(c *contracts.Contract) bool { return !slices.Contains(names, c.Name) }), nil
}

// mustNotPush says whether something is wrong that concerns the candidates: they
// themselves, evctl.yaml and waivers.yaml, which say how they are judged, or, when all of
// the workspace counts, anything.
func mustNotPush(w *workspace.Workspace, candidates []*contracts.Contract, all bool) bool {
	return all && len(w.Diagnostics) > 0 ||
		slices.ContainsFunc(candidates, func(c *contracts.Contract) bool { return c.Broken }) ||
		slices.ContainsFunc(w.Diagnostics, concernsAll)
}

func concernsAll(d diag.Diagnostic) bool {
	return d.File != nil && (d.File.Path == workspace.ConfigName || d.File.Path == waivers.FileName)
}

// pushBroken reports contracts that have no meaning to release.
func pushBroken(app *App, f pushFlags, w *workspace.Workspace) error {
	diag.Sort(w.Diagnostics)
	if f.format == "json" {
		document := pushDocument{Registry: cmp.Or(f.registry, w.Config.Registry), DryRun: f.dryRun, Outcomes: []*registry.Outcome{}, Findings: report.NewFindings(w.Diagnostics)}
		if err := writeJSON(app.Stdout, document); err != nil {
			return err
		}
		return errFindings
	}
	if err := report.WriteFindings(app.Stdout, w.Diagnostics, app.Color); err != nil {
		return err
	}
	fmt.Fprintln(app.Stdout, "contracts have errors: nothing was pushed")
	return errFindings
}

// releaseClock is the time of releases: SOURCE_DATE_EPOCH for builds that are to come
// out the same each time, or else now.
func releaseClock(app *App) (func() time.Time, error) {
	const variable = "SOURCE_DATE_EPOCH"
	text := app.Getenv(variable)
	if text == "" {
		return app.Now, nil
	}
	seconds, err := strconv.ParseInt(text, 10, 64)
	if err != nil || seconds < 0 || time.Unix(seconds, 0).UTC().Year() > 9999 {
		return nil, fmt.Errorf("%s is %q, expected seconds since 1970", variable, text)
	}
	return func() time.Time { return time.Unix(seconds, 0) }, nil
}

// pushRegistry opens the registry to push to, and names it for people.
func pushRegistry(ctx context.Context, app *App, w *workspace.Workspace, f pushFlags) (registry.Store, string, error) {
	name := w.Config.Registry
	location := filepath.Join(w.Root, filepath.FromSlash(name))
	if f.registry != "" {
		name, location = f.registry, app.path(f.registry)
	}
	if isURL(name) {
		location = name
	}
	if f.registry == "" {
		if err := wantReleases(ctx, w, name); err != nil {
			return nil, "", err
		}
	}
	token, err := app.token(f.tokenFile)
	if err != nil {
		return nil, "", err
	}
	store, err := remote.Open(ctx, location, remote.Options{Token: token, Create: true, Display: name})
	return store, name, hintOfRegistry(err)
}

// token reads the token of a server: from a file, or from the environment.
func (app *App) token(file string) (string, error) {
	if file == "" {
		return strings.TrimSpace(app.Getenv(tokenVariable)), nil
	}
	data, err := os.ReadFile(app.path(file))
	if err != nil {
		return "", fmt.Errorf("read token: %w", err)
	}
	token := strings.TrimSpace(string(data))
	if token == "" || strings.ContainsAny(token, " \t\r\n") {
		return "", fmt.Errorf("read token: %s does not hold one word", file)
	}
	return token, nil
}

func writePush(app *App, f pushFlags, name string, r *registry.Report) error {
	if f.format == "json" {
		return writeJSON(app.Stdout, pushDocument{Registry: name, DryRun: f.dryRun, Outcomes: r.Outcomes, Findings: []report.Finding{}})
	}
	var findings []diag.Diagnostic
	for _, o := range r.Outcomes {
		findings = append(findings, o.Findings...)
	}
	diag.Sort(findings)
	if err := report.WriteFindings(app.Stdout, findings, app.Color); err != nil {
		return err
	}
	for _, o := range r.Outcomes {
		fmt.Fprintln(app.Stdout, outcomeText(o))
	}
	_, err := fmt.Fprintln(app.Stdout, "\n"+pushSummary(r, name))
	return err
}

// outcomeText is an outcome on a line, and advice on a second one where the findings
// do not give it.
func outcomeText(o *registry.Outcome) string {
	text := fmt.Sprintf("%-10s %s %s", o.Status, printable(o.Event), o.Version)
	if o.Message != "" {
		text += ": " + o.Message
		if o.Status == registry.Refused && o.Hint != "" && o.Code != registry.CodeIncompatible {
			text += "\n  hint: " + o.Hint
		}
		return text
	}
	if o.Previous != nil {
		text += fmt.Sprintf(" (%s over %s)", o.Version.BumpFrom(*o.Previous), o.Previous)
	}
	for _, w := range o.Waivers {
		text += fmt.Sprintf("\n  waived: %s at %s, by %s: %s", w.Rule, printable(w.Path), printable(w.Approver), printable(w.Reason))
	}
	return text
}

func pushSummary(r *registry.Report, name string) string {
	var parts []string
	for _, status := range []registry.Status{registry.Pushed, registry.WouldPush, registry.Unchanged, registry.Skipped, registry.Refused, registry.Held} {
		if n := r.Count(status); n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, strings.ReplaceAll(string(status), "-", " ")))
		}
	}
	text := strings.Join(parts, ", ")
	if r.Refused() {
		return text + ": nothing was pushed to " + name
	}
	return text + " in " + name
}
