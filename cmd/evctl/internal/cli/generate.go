package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/codegen/avro"
	"github.com/evctl/evctl/codegen/dbt"
	"github.com/evctl/evctl/codegen/entry"
	"github.com/evctl/evctl/codegen/protobuf"
	"github.com/evctl/evctl/codegen/sqlddl"
	"github.com/evctl/evctl/codegen/targets"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/contracts/workspace"
	"github.com/evctl/evctl/lint/report"
)

// generateFlags are the flags of evctl generate.
type generateFlags struct {
	format    string
	targets   []string
	check     bool
	list      bool
	overwrite bool
	watch     bool
	again     bool // of a watch, after the first time: says nothing when nothing changed
}

func newGenerate(app *App) *cobra.Command {
	f := generateFlags{format: "text"}
	cmd := &cobra.Command{
		Use:   "generate",
		Short: "Write code for events: Go, TypeScript, protobuf, JSON Schema, Python, SQL, dbt, Avro, Markdown",
		Long: `Writes what generate: in evctl.yaml asks for. Files that are as they should be are not
touched, files that are no longer generated are removed, and files that evctl did not
write, or that somebody changed since, are never touched: they stop the run before
anything is written. With --check nothing is written, and exit code 1 means that files
are missing, stale or leftover. With --watch it stays and generates again whenever
contracts or evctl.yaml change.

An entry of generate: with command: runs a program of your own, which reads the model
as JSON and prints files as JSON.`,
		Example: `  evctl generate
  evctl generate --check
  evctl generate --target go
  evctl generate --watch
  evctl generate --list`,
		RunE: func(cmd *cobra.Command, _ []string) error { return runGenerate(cmd, app, f) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.format, "format", f.format, "text or json")
	flags.StringArrayVar(&f.targets, "target", nil, "only this `target`; may be repeated")
	flags.BoolVar(&f.check, "check", false, "write nothing, and fail when files are not as they should be")
	flags.BoolVar(&f.list, "list", false, "list the targets and their options")
	flags.BoolVar(&f.watch, "watch", false, "stay, and generate again when contracts or evctl.yaml change")
	flags.BoolVar(&f.overwrite, "overwrite", false, "replace generated files that somebody changed")
	return cmd
}

func (f generateFlags) validate() error {
	switch {
	case f.format != "text" && f.format != "json":
		return usagef("--format is %q, expected text or json", f.format)
	case f.list && (f.check || f.overwrite || f.watch || len(f.targets) > 0):
		return usagef("--list goes with --format only")
	case f.check && f.overwrite:
		return usagef("--check and --overwrite exclude each other")
	case f.check && f.watch:
		return usagef("--check and --watch exclude each other")
	}
	return nil
}

// validateTargets refuses names that are neither in the table nor in evctl.yaml. w is
// nil when there is no workspace.
func (f generateFlags) validateTargets(w *workspace.Workspace) error {
	for _, name := range f.targets {
		if w != nil && slices.ContainsFunc(w.Config.Generate, func(t workspace.Target) bool { return t.Target == name }) {
			continue
		}
		if _, err := targets.Find(name); err != nil {
			return usagef("--target: %w", err)
		}
	}
	return nil
}

func runGenerate(cmd *cobra.Command, app *App, f generateFlags) error {
	if err := f.validate(); err != nil {
		return err
	}
	if f.list {
		return listTargets(app.Stdout, f.format)
	}
	if f.watch {
		return watchGenerate(cmd, app, f)
	}
	return generateOnce(cmd, app, f)
}

// generateOnce brings the files up to date, or compares them.
func generateOnce(cmd *cobra.Command, app *App, f generateFlags) error {
	w, err := app.openWorkspace(cmd)
	if err := f.validateTargets(w); err != nil {
		return err
	}
	if err != nil {
		return err
	}
	if err := brokenWorkspace(w); err != nil {
		return err
	}
	if len(w.Events()) == 0 {
		return withHint(errors.New("no events to generate from"), "definitions and fragments are generated with the events that use them")
	}
	jobs, err := jobsOf(cmd.Context(), w, f.targets)
	if err != nil {
		return err
	}
	app.makeRoom(len(w.Events()))
	model, plan, err := planOf(cmd.Context(), w, jobs, f)
	if err != nil {
		return err
	}
	defer plan.Close()
	if !f.check {
		if err := blocked(plan.Blocked()); err != nil {
			return err
		}
		if err := plan.Apply(cmd.Context()); err != nil {
			return err
		}
	}
	if f.again && plan.Clean() {
		return nil
	}
	collisions := model.CollisionsIn(jobs)
	reportCollisions(app.Stderr, collisions)
	if err := reportPlan(app.Stdout, f, jobs, collisions, plan); err != nil {
		return err
	}
	if f.check && !plan.Clean() {
		return errFindings
	}
	return nil
}

// roomPerEvent is well above what the model of an event and its files take,
// which are alive all the time.
const roomPerEvent = 40 << 10

// makeRoom raises the limit near which the garbage collector works without pause, so
// that it lies well above what is alive.
func (app *App) makeRoom(events int) {
	if app.Getenv("GOGC") == "" && app.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryComfort + int64(events)*roomPerEvent)
	}
}

// jobsOf reads generate: of evctl.yaml; with names, only those targets.
func jobsOf(ctx context.Context, w *workspace.Workspace, names []string) ([]codegen.Job, error) {
	var jobs []codegen.Job
	for i := range w.Config.Generate {
		job, err := entry.Job(ctx, w, i)
		if err != nil {
			return nil, err
		}
		if at := belongings(w, filepath.Join(w.Root, filepath.FromSlash(job.Out))); at != "" {
			return nil, entry.NewProblem(w, i, fmt.Errorf("out is %q, which lies in %s, expected a folder outside of it", w.Config.Generate[i].Out, at), "out")
		}
		if len(names) == 0 || slices.Contains(names, job.Target.Name()) {
			jobs = append(jobs, job)
		}
	}
	if len(jobs) == 0 {
		missing := "no targets"
		if len(names) > 0 {
			missing = "no target " + strings.Join(names, " or ")
		}
		return nil, withHint(fmt.Errorf("%s under generate: of %s", missing, workspace.ConfigName),
			"add an entry such as {target: "+slices.Concat(names, []string{"go"})[0]+", out: gen}; evctl generate --list shows the targets")
	}
	return jobs, nil
}

// fromReleases are the targets that want released contracts, not their numbers alone.
var fromReleases = []string{sqlddl.Target{}.Name(), dbt.Target{}.Name(), avro.Target{}.Name()}

// planOf generates everything and compares it with the disk.
func planOf(ctx context.Context, w *workspace.Workspace, jobs []codegen.Job, f generateFlags) (*codegen.Model, *codegen.Plan, error) {
	model, err := modelOf(ctx, w, jobs)
	if err != nil {
		return nil, nil, err
	}
	if err := checkRenames(w, jobs, model); err != nil {
		return nil, nil, err
	}
	plan, err := codegen.NewPlan(ctx, model, jobs, codegen.PlanOptions{Root: w.Root, Partial: len(f.targets) > 0, Overwrite: f.overwrite, Stage: !f.check})
	if errors.Is(err, codegen.ErrManifest) {
		err = withHint(err, "give each workspace out folders of its own; a damaged manifest may be deleted, files that carry the mark of generated code are recognised without it")
	}
	return model, plan, err
}

// modelOf makes the model while it reads what targets need to know of releases.
func modelOf(ctx context.Context, w *workspace.Workspace, jobs []codegen.Job) (*codegen.Model, error) {
	made := make(chan *codegen.Model, 1)
	go func() {
		made <- codegen.NewModel(codegen.Source{Events: w.Events(), Initialisms: w.Config.Naming.Initialisms})
	}()
	var src codegen.Source
	var err error
	if slices.ContainsFunc(jobs, func(j codegen.Job) bool { return j.Target.Name() == protobuf.Target{}.Name() }) {
		src.Ledgers, err = ledgersOf(ctx, w)
	}
	if err == nil && slices.ContainsFunc(jobs, func(j codegen.Job) bool { return slices.Contains(fromReleases, j.Target.Name()) }) {
		src.Released, err = releasedOf(ctx, w)
	}
	model := <-made
	model.Continue(src.Ledgers, src.Released)
	return model, err
}

// checkRenames wants the other names of all jobs to fit the model.
func checkRenames(w *workspace.Workspace, jobs []codegen.Job, m *codegen.Model) error {
	for _, job := range jobs {
		i := slices.IndexFunc(w.Config.Generate, func(t workspace.Target) bool {
			return t.Target == job.Target.Name() && filepath.ToSlash(filepath.Clean(t.Out)) == job.Out
		})
		if err := entry.CheckRename(w, i, job, m); err != nil {
			return err
		}
	}
	return nil
}

// blocked refuses to write over what is not ours.
func blocked(files []codegen.Change) error {
	if len(files) == 0 {
		return nil
	}
	more := ""
	if n := len(files) - 1; n > 0 {
		more = fmt.Sprintf(" (and %d more)", n)
	}
	if files[0].Status == codegen.Edited {
		return withHint(fmt.Errorf("%s was changed since evctl wrote it%s", files[0].Path, more),
			"keep changes in files of your own and restore or delete this one; --overwrite replaces changed files that still carry the mark of generated code")
	}
	return withHint(fmt.Errorf("%s exists and was not written by evctl%s", files[0].Path, more), "move it away, or choose another out folder")
}

// reportCollisions notes names that had to be changed; evctl lint asks to settle them.
func reportCollisions(w io.Writer, collisions []codegen.Collision) {
	for _, c := range collisions {
		p := c.Position()
		hint := ""
		if c.Adjustable {
			hint = "; name: sets another"
		}
		fmt.Fprintf(w, "%s:%d:%d: note: %s %s is %s in code, because %s %s came first%s\n",
			c.File.Path, p.Line, p.Column, c.What, quoteName(c.Wire), c.Got, c.OtherWhat, quoteName(c.Other), hint)
	}
}

// quoteName quotes a name, unless it is a value in JSON, which has its quotes.
func quoteName(name string) string {
	if strings.HasPrefix(name, `"`) {
		return name
	}
	return document.Quote(name)
}

// generateResult is what evctl generate --format json prints.
type generateResult struct {
	// Written tells whether files that were not current have been brought up to date.
	Written bool `json:"written"`
	// Clean tells whether all files were current before.
	Clean bool `json:"clean"`
	// Files are all generated files and those left over, ordered by path, with the
	// status in which they were found: current, missing, stale, leftover, edited, foreign.
	Files []codegen.Change `json:"files"`
	// Collisions are names that had to be changed in code.
	Collisions []collisionEntry `json:"collisions"`
}

// collisionEntry is a name that had to be changed because another one came first.
type collisionEntry struct {
	report.Place
	What      string `json:"what"` // event, definition, type, property, enum value or variant
	Name      string `json:"name"` // as it is written
	OtherWhat string `json:"other_what"`
	Other     string `json:"other"` // what came first
	Code      string `json:"code"`  // the name in code, in snake_case
}

func reportPlan(w io.Writer, f generateFlags, jobs []codegen.Job, collisions []codegen.Collision, plan *codegen.Plan) error {
	if f.format == "json" {
		result := generateResult{Written: !f.check, Clean: plan.Clean(), Files: append([]codegen.Change{}, plan.Changes...), Collisions: []collisionEntry{}}
		for _, c := range collisions {
			result.Collisions = append(result.Collisions, collisionEntry{report.PlaceOf(c.Location), c.What, c.Wire, c.OtherWhat, c.Other, c.Got.Snake()})
		}
		return writeJSON(w, result)
	}
	if f.check {
		return reportCheck(w, plan)
	}
	width := 0
	for _, job := range jobs {
		width = max(width, len(job.Target.Name()))
	}
	for _, job := range jobs {
		if _, err := fmt.Fprintf(w, "%-*s  %s: %s\n", width, job.Target.Name(), job.Out, summary(plan, job)); err != nil {
			return err
		}
	}
	return nil
}

func reportCheck(w io.Writer, plan *codegen.Plan) error {
	for _, c := range plan.Changes {
		if c.Status == codegen.Current {
			continue
		}
		if _, err := fmt.Fprintf(w, "%s: %s\n", c.Path, c.Status); err != nil {
			return err
		}
	}
	if plan.Clean() {
		_, err := fmt.Fprintf(w, "%s as they should be\n", count(len(plan.Changes), "file"))
		return err
	}
	wrong := len(plan.Changes) - plan.Count(codegen.Current)
	_, err := fmt.Fprintf(w, "%d of %s not as they should be; run evctl generate\n", wrong, count(len(plan.Changes), "file"))
	return err
}

// summary counts what was done for one target.
func summary(plan *codegen.Plan, job codegen.Job) string {
	counts := map[codegen.Status]int{}
	files := 0
	for _, c := range plan.Changes {
		if c.Target != job.Target.Name() || c.Out != job.Out {
			continue
		}
		counts[c.Status]++
		if c.Status != codegen.Leftover {
			files++
		}
	}
	parts := []string{count(files, "file")}
	for _, part := range []struct {
		status codegen.Status
		word   string
	}{{codegen.Missing, "new"}, {codegen.Stale, "changed"}, {codegen.Leftover, "removed"}, {codegen.Current, "unchanged"}} {
		if n := counts[part.status]; n > 0 {
			parts = append(parts, strconv.Itoa(n)+" "+part.word)
		}
	}
	return strings.Join(parts, ", ")
}

// targetEntry is a target as evctl generate --list --format json prints it.
type targetEntry struct {
	Name        string        `json:"name"`
	Description string        `json:"description"`
	Options     []optionEntry `json:"options"`
}

// optionEntry is an option of a target.
type optionEntry struct {
	Name        string   `json:"name"`
	Description string   `json:"description"`
	Default     string   `json:"default"`
	Values      []string `json:"values,omitempty"` // absent: any text
}

func listTargets(w io.Writer, format string) error {
	var entries []targetEntry
	for _, t := range targets.All {
		entry := targetEntry{Name: t.Name(), Description: t.Describe(), Options: []optionEntry{}}
		for _, o := range t.Options() {
			entry.Options = append(entry.Options, optionEntry{o.Name, o.Describe, o.Default, o.Values})
		}
		entries = append(entries, entry)
	}
	if format == "json" {
		return writeJSON(w, struct {
			Targets []targetEntry `json:"targets"`
		}{entries})
	}
	for i, t := range entries {
		if i > 0 {
			fmt.Fprintln(w)
		}
		fmt.Fprintf(w, "%s: %s\n", t.Name, t.Description)
		for _, o := range t.Options {
			fmt.Fprintf(w, "  %s\n", describeOption(o))
		}
	}
	return nil
}

func describeOption(o optionEntry) string {
	text := o.Name + ": " + o.Description
	var about []string
	if len(o.Values) > 0 {
		about = append(about, strings.Join(o.Values, " or "))
	}
	if o.Default != "" {
		about = append(about, "default "+o.Default)
	}
	if len(about) > 0 {
		text += " (" + strings.Join(about, "; ") + ")"
	}
	return text
}
