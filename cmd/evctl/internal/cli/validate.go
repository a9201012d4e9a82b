package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/contracts/envelope"
	"github.com/evctl/evctl/contracts/payload"
	"github.com/evctl/evctl/contracts/workspace"
	"github.com/evctl/evctl/registry/remote"
)

// validateFlags are the flags of evctl validate.
type validateFlags struct {
	event    string
	registry string
	envelope string
	format   string
	quiet    bool
	unknown  policyFlags
}

var validateFormats = []string{"text", "json", "ndjson"}

func newValidate(app *App) *cobra.Command {
	f := validateFlags{format: "text"}
	cmd := &cobra.Command{
		Use:   "validate [FILE...|-]",
		Short: "Check events against their contracts",
		Long: `Checks events against the contracts of the workspace and the versions released into
its registry, when that is a directory; or, with --registry, against a registry alone.
Files, or stdin, hold one JSON event per line, a JSON array of events, or JSON values;
gzip and zstd are recognised. Where name, version and properties stand in an event is
said by the envelope of evctl.yaml.

Events that name no contract are rejected, unless --unknown-event, --unknown-version
or --missing-version say otherwise, as they do for evctl serve. What they let pass is
flagged with the rule that it breaks, and counts as valid.

Prints what is wrong with which event, and a summary. Exit code 1 means that some
event is not valid, 3 that there were none, or that none was checked.

Formats: text; json, one object with "verdicts" of the events that are not valid and
the counts in "groups" and "summary"; ndjson, one verdict per line for every event.`,
		Example: `  evctl validate captured.ndjson
  kcat -C -t events -e | evctl validate -
  evctl validate --event order.completed@1.2.0 payload.json
  evctl validate --registry https://contracts.example.com captured.ndjson.gz`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error { return runValidate(cmd.Context(), app, f, args) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.event, "event", "", "the input is payloads of this event without envelopes, as `NAME[@VERSION]`")
	flags.StringVar(&f.registry, "registry", "", "check against the releases in this `directory or URL`")
	flags.StringVar(&f.envelope, "envelope", "", "preset to find events by, instead of the envelope of evctl.yaml: "+strings.Join(envelope.PresetNames(), ", "))
	f.unknown.add(flags)
	flags.StringVar(&f.format, "format", f.format, strings.Join(validateFormats, ", "))
	flags.BoolVarP(&f.quiet, "quiet", "q", false, "print the summary only")
	return cmd
}

func runValidate(ctx context.Context, app *App, f validateFlags, args []string) error {
	if !slices.Contains(validateFormats, f.format) {
		return usagef("--format is %q, expected %s", f.format, strings.Join(validateFormats, ", "))
	}
	if f.quiet && f.format == "ndjson" {
		return usagef("--quiet leaves nothing of --format ndjson")
	}
	policy, err := f.policy()
	if err != nil {
		return err
	}
	if len(args) == 0 {
		args = []string{"-"}
	}
	inputs, err := app.inputs(args)
	if err != nil {
		return err
	}
	set, err := validationSet(ctx, app, f)
	if err != nil {
		return err
	}
	set = set.WithPolicy(policy)
	check := set.Validate
	if f.event != "" {
		name, version := splitVersion(f.event)
		if _, problem := set.Find(name, version); problem != nil {
			return usagef("--event: %s", problem.Message())
		}
		check = func(raw []byte) payload.Verdict { return set.ValidateAs(raw, name, version) }
	}
	shown := newProgress(app, inputs)
	report := newVerdictReport(shown.besides(app.Stdout), f)
	err = validateStream(ctx, app, inputs, shown, check, report)
	shown.done()
	if err != nil {
		report.flush()
		return err
	}
	if err := report.finish(); err != nil {
		return err
	}
	return report.outcome(inputs)
}

// outcome is how the command ends. A run in which no contract decided about anything did
// not check what it was asked to, whatever the flags let pass.
func (r *verdictReport) outcome(inputs []input) error {
	_, unchecked := r.flagged()
	switch {
	case r.events == 0:
		return withHint(fmt.Errorf("no events in %s: nothing was checked", inputNames(inputs)),
			"events are JSON objects, one per line or in an array")
	case r.invalid > 0:
		return errFindings
	case unchecked == r.events:
		return withHint(fmt.Errorf("no contract for any event in %s: nothing was checked", inputNames(inputs)),
			"--registry and --envelope say what to check events with, and where they have their names")
	}
	return nil
}

// policy checks the flags about events that name no contract. With --event no event names
// one itself.
func (f *validateFlags) policy() (payload.Policy, error) {
	if given := f.unknown.given(); given != "" && f.event != "" {
		return payload.Policy{}, usagef("%s has no effect with --event, which says what all events are", given)
	}
	return f.unknown.policy()
}

func inputNames(inputs []input) string {
	names := make([]string, len(inputs))
	for i, in := range inputs {
		names[i] = in.name
	}
	return strings.Join(names, ", ")
}

// splitVersion cuts NAME@VERSION. A name may have an @ itself: only what looks like
// a version counts as one.
func splitVersion(text string) (name, version string) {
	at := strings.LastIndexByte(text, '@')
	if at <= 0 || at == len(text)-1 || strings.Trim(text[at+1:], "0123456789.") != "" {
		return text, ""
	}
	return text[:at], text[at+1:]
}

// validationSet collects the contracts to validate with.
func validationSet(ctx context.Context, app *App, f validateFlags) (*payload.Set, error) {
	w, err := workspace.Open(ctx, app.Dir)
	if errors.Is(err, workspace.ErrNoConfig) && f.registry != "" {
		w, err = nil, nil // a registry can be used from anywhere
	}
	if err != nil {
		return nil, hintOfWorkspace(err)
	}
	if err := brokenWorkspace(w); err != nil {
		return nil, err
	}
	env, err := envelopeOf(w, f.envelope)
	if err != nil {
		return nil, err
	}
	env = f.unknown.over(env)
	if f.registry != "" {
		released, err := releasesAt(ctx, app.registryPath(f.registry), remote.Options{Display: f.registry})
		if err != nil {
			return nil, err
		}
		if len(released) == 0 {
			return nil, withHint(fmt.Errorf("registry %s has no releases", f.registry), "evctl push releases contracts")
		}
		return payload.NewSet(env, released...)
	}
	list := w.Events()
	if !isURL(w.Config.Registry) {
		at := filepath.Join(w.Root, filepath.FromSlash(w.Config.Registry))
		released, err := releasesAt(ctx, at, remote.Options{Display: w.Config.Registry, Create: true})
		if err != nil {
			return nil, err
		}
		list = append(list, without(released, list)...)
	}
	return payload.NewSet(env, list...)
}

func releasesAt(ctx context.Context, location string, opt remote.Options) ([]*contracts.Contract, error) {
	store, err := remote.Open(ctx, location, opt)
	if err != nil {
		return nil, hintOfRegistry(err)
	}
	return releasedContracts(ctx, store)
}

// without leaves out the releases that the workspace has at the same version: its
// own are the ones to try.
func without(released, own []*contracts.Contract) []*contracts.Contract {
	type id struct {
		name    string
		version contracts.Version
	}
	have := map[id]bool{}
	for _, c := range own {
		have[id{c.Name, c.Version}] = true
	}
	return slices.DeleteFunc(released, func(c *contracts.Contract) bool { return have[id{c.Name, c.Version}] })
}

// brokenWorkspace refuses contracts with errors: an event that fails because of
// them, or is not known because of them, would be blamed on its sender.
func brokenWorkspace(w *workspace.Workspace) error {
	if w == nil {
		return nil
	}
	var errs []diag.Diagnostic
	for _, d := range w.Diagnostics {
		if d.Severity == diag.Error {
			errs = append(errs, d)
		}
	}
	if len(errs) == 0 {
		return nil
	}
	return diagnosticsError("contracts have errors", errs)
}

// diagnosticsError makes one error of diagnostics that another command explains.
func diagnosticsError(what string, diags []diag.Diagnostic) error {
	diag.Sort(diags)
	d := diags[0]
	p := d.Position()
	at := ""
	if d.File != nil {
		at = fmt.Sprintf("%s:%d:%d: ", d.File.Path, p.Line, p.Column)
	}
	more := ""
	if n := len(diags) - 1; n > 0 {
		more = fmt.Sprintf(" (and %d more)", n)
	}
	return withHint(fmt.Errorf("%s: %s%s%s", what, at, d.Message, more), "evctl lint shows them all")
}

// envelopeOf is the envelope of evctl.yaml, of the preset that was asked for, or flat
// without a workspace.
func envelopeOf(w *workspace.Workspace, preset string) (*envelope.Envelope, error) {
	config := &workspace.Config{}
	if w != nil {
		config = w.Config
	}
	if preset != "" {
		if !slices.Contains(envelope.PresetNames(), preset) {
			return nil, usagef("--envelope is %q, expected %s", preset, strings.Join(envelope.PresetNames(), ", "))
		}
		config = &workspace.Config{Envelope: &document.Node{Text: preset}}
	}
	env, diags := envelope.Parse(config)
	if len(diags) > 0 {
		return nil, diagnosticsError("envelope has errors", diags)
	}
	if w != nil {
		if diags := env.Link(w.Library); len(diags) > 0 {
			return nil, diagnosticsError("envelope has errors", diags)
		}
	}
	return env, nil
}
