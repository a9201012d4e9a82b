package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/workspace"
	"github.com/evctl/evctl/lint"
	"github.com/evctl/evctl/lint/compat"
	"github.com/evctl/evctl/lint/report"
	"github.com/evctl/evctl/lint/waive"
)

// bumpFlags are the flags of evctl bump.
type bumpFlags struct {
	format, against string
	dryRun          bool
}

func newBump(app *App) *cobra.Command {
	f := bumpFlags{format: "text"}
	cmd := &cobra.Command{
		Use:   "bump [EVENT...]",
		Short: "Raise versions to what the changes ask for",
		Long: `Compares every event of the workspace, or those that are named, with what is released, and
writes the version that its changes need: a major one where they break what the
compatibility mode protects, a minor one for other changes of the payload and for breaks
that waivers.yaml approves, a patch for words. An edit of a shared definition raises every
event that uses it. Only the version lines are written; versions that are high enough
stay as they are, so that a second run changes nothing.`,
		Example: `  evctl bump --dry-run
  evctl bump
  evctl bump order.completed --against origin/main`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error { return runBump(cmd, app, f, args) },
	}
	flags := cmd.Flags()
	flags.BoolVar(&f.dryRun, "dry-run", false, "decide, and write nothing")
	flags.StringVar(&f.against, "against", "", againstHelp)
	flags.StringVar(&f.format, "format", f.format, "text or json")
	return cmd
}

// bumpDocument is the output of evctl bump --format json. Members are only ever added.
type bumpDocument struct {
	DryRun bool `json:"dry_run"`
	// Bumps, ordered by event.
	Bumps []bumpEntry `json:"bumps"`
	// Enough counts the events whose version needs no change.
	Enough int `json:"enough"`
}

// bumpEntry is a version that was raised, or would be.
type bumpEntry struct {
	Event string            `json:"event"`
	Old   contracts.Version `json:"old"`
	New   contracts.Version `json:"new"`
	// Over is the latest released version, and Needed the bump that the changes ask for
	// over it.
	Over   contracts.Version `json:"over"`
	Needed contracts.Bump    `json:"needed"`
	Reason string            `json:"reason"` // the change that asks for most, in words
	// Where the version is written.
	report.Place
}

func runBump(cmd *cobra.Command, app *App, f bumpFlags, events []string) error {
	if f.format != "text" && f.format != "json" {
		return usagef("--format is %q, expected text or json", f.format)
	}
	w, err := app.openWorkspace(cmd)
	if err != nil {
		return err
	}
	if len(w.Diagnostics) > 0 { // before events are missed that could not be read
		return diagnosticsError("the workspace has errors", w.Diagnostics)
	}
	candidates, err := candidatesOf(w, events)
	if err != nil {
		return err
	}
	bumps, err := neededBumps(cmd.Context(), app, w, f.against, candidates)
	if err != nil {
		return err
	}
	if !f.dryRun {
		if err := writeBumps(w.Root, bumps); err != nil {
			return err
		}
	}
	document := bumpDocument{DryRun: f.dryRun, Bumps: []bumpEntry{}, Enough: len(candidates) - len(bumps)}
	for _, b := range bumps {
		document.Bumps = append(document.Bumps, bumpEntry{
			Event: b.Contract.Name, Old: b.Contract.Version, New: b.To, Over: b.Over, Needed: b.Needed, Reason: b.Reason,
			Place: report.PlaceOf(b.Edit.Location),
		})
	}
	if f.format == "json" {
		return writeJSON(app.Stdout, document)
	}
	return document.write(app.Stdout)
}

// neededBumps asks lint/compat. It fails where that cannot be answered for all of the
// candidates, whose workspace has no errors: contracts with errors have no meaning to compare.
func neededBumps(ctx context.Context, app *App, w *workspace.Workspace, against string, candidates []*contracts.Contract) ([]compat.Bump, error) {
	approved, err := waive.Open(w.FS, app.Now())
	if err != nil {
		return nil, err
	}
	if len(approved.Diagnostics) > 0 {
		return nil, diagnosticsError("the workspace has errors", approved.Diagnostics)
	}
	base, err := openBaseline(ctx, app, w, against)
	if err != nil {
		return nil, err
	}
	bumps, err := compat.Comparison{Base: base, Waived: approved.Covers}.Bumps(ctx, w.Config, candidates)
	if edited := (*compat.Edited)(nil); errors.As(err, &edited) {
		return nil, withHint(err, edited.Hint)
	}
	if err != nil {
		return nil, err
	}
	for _, b := range bumps {
		if _, err := contracts.ParseVersion(b.To.String()); err != nil {
			return nil, withHint(fmt.Errorf("version of %s cannot be raised from %s to %s: its numbers are too large", b.Contract.Name, b.Over, b.To),
				"release it as a new major version, written by hand")
		}
		if b.Edit == nil {
			return nil, withHint(fmt.Errorf("version of %s does not stand in %s as it is", b.Contract.Name, b.Contract.File.Path),
				"write it out: version: "+b.To.String())
		}
	}
	return bumps, nil
}

// writeBumps splices the versions into their files, each in one step.
func writeBumps(root string, bumps []compat.Bump) error {
	var fixes lint.Fixes
	for _, b := range bumps {
		text, _ := diag.Apply(b.Contract.File, []diag.Edit{*b.Edit})
		fixes.Files = append(fixes.Files, lint.FixedFile{File: b.Contract.File, Text: text})
	}
	return fixes.Write(root)
}

func (d *bumpDocument) write(w io.Writer) error {
	if len(d.Bumps) == 0 {
		_, err := fmt.Fprintf(w, "every version is high enough: %s\n", count(d.Enough, "event"))
		return err
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, b := range d.Bumps {
		fmt.Fprintf(t, "%s\t%s → %s\t%s\t%s\n", printable(b.Event), b.Old, b.New, b.Needed, strings.Join(strings.Fields(b.Reason), " "))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	verb := "raised"
	if d.DryRun {
		verb = "to raise"
	}
	_, err := fmt.Fprintf(w, "\n%s %s, %d high enough\n", count(len(d.Bumps), "version"), verb, d.Enough)
	return err
}
