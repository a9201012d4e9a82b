package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/envelope"
	"github.com/evctl/evctl/contracts/payload"
)

// rewriteFlags are the flags of evctl upgrade and evctl redact.
type rewriteFlags struct {
	to         string // of upgrade alone
	defaults   bool   // of upgrade alone
	drop, hash []string
	keyFile    string
	event      string
	registry   string
	envelope   string
	output     string
	rejects    string
	format     string

	upgrade bool
}

var rewriteFormats = []string{"text", "json"}

func newUpgrade(app *App) *cobra.Command {
	f := rewriteFlags{format: "text", upgrade: true}
	cmd := &cobra.Command{
		Use:   "upgrade [FILE...|-]",
		Short: "Bring events of older versions up to the newest one",
		Long: `Makes events of older versions events of the newest one, as the contracts say:
properties that say renamedFrom are renamed, defaults stand in for what is required now,
and what the newer version has no place for goes. What an event leaves out keeps its
meaning: where the default has changed, the one of its own version is written out. The
result is validated; an event that cannot become valid, or whose values are measured in
another unit now, is rejected and says why. All other bytes stay what they are.

With --drop and --hash, values of privacy classes are removed or hashed in the same pass;
see evctl redact.

Files, or stdin, are what evctl validate takes. Events go to stdout or --output, one per
line; what was done is said on stderr or, with --output, on stdout. Events that are
rejected go to --rejects as they came, and nowhere else. Exit code 1 means that there
were some, 3 that there were no events.`,
		Example: `  evctl upgrade captured.ndjson > upgraded.ndjson
  evctl upgrade --to major --defaults -o upgraded.ndjson --rejects rejects.ndjson captured.ndjson.gz
  evctl upgrade --event order.completed@1.0.0 payloads.ndjson`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error { return runRewrite(cmd.Context(), app, f, args) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.to, "to", "", "stop at this `version`: 2.1.0, 2.1 or 2, or major for the newest one with the event's major version")
	flags.BoolVar(&f.defaults, "defaults", false, "write all defaults out, not only those that are needed")
	f.addFlags(cmd)
	return cmd
}

// addFlags adds what both commands have.
func (f *rewriteFlags) addFlags(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringSliceVar(&f.drop, "drop", nil, "remove values of these privacy `classes`: "+strings.Join(classNames(), ", "))
	flags.StringSliceVar(&f.hash, "hash", nil, "put keyed hashes in the place of values of these privacy `classes`")
	flags.StringVar(&f.keyFile, "key-file", "", "`file` with the key to hash with, as ID:BASE64")
	flags.StringVar(&f.event, "event", "", "the input is payloads of this event without envelopes, as `NAME[@VERSION]`")
	flags.StringVar(&f.registry, "registry", "", "go by the releases in this `directory or URL`")
	flags.StringVar(&f.envelope, "envelope", "", "preset to find events by, instead of the envelope of evctl.yaml: "+strings.Join(envelope.PresetNames(), ", "))
	flags.StringVarP(&f.output, "output", "o", "", "write events to this `file`")
	flags.StringVar(&f.rejects, "rejects", "", "write events that are rejected to this `file`")
	flags.StringVar(&f.format, "format", f.format, "of the report: "+strings.Join(rewriteFormats, ", "))
}

func runRewrite(ctx context.Context, app *App, f rewriteFlags, args []string) error {
	privacy, err := f.check()
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
	if privacy.Key, err = app.hashKey(f); err != nil {
		return err
	}
	set, err := validationSet(ctx, app, validateFlags{event: f.event, registry: f.registry, envelope: f.envelope})
	if err != nil {
		return err
	}
	w, err := payload.NewRewriter(set, payload.RewriteOptions{
		Upgrade: f.upgrade, To: f.to, Defaults: f.defaults, Retired: true, Privacy: &privacy,
	})
	if err != nil {
		return err
	}
	rewrite := w.Rewrite
	if f.event != "" {
		name, version := splitVersion(f.event)
		if _, problem := set.Find(name, version); problem != nil {
			return usagef("--event: %s", problem.Message())
		}
		rewrite = func(dst, raw []byte) ([]byte, payload.Rewritten) { return w.RewriteAs(dst, raw, name, version) }
	}
	return f.run(ctx, app, inputs, rewrite)
}

// run rewrites all inputs. Files are put in their places when all went well.
func (f *rewriteFlags) run(ctx context.Context, app *App, inputs []input, rewrite func(dst, raw []byte) ([]byte, payload.Rewritten)) (err error) {
	out, err := createResult(app, f.output, 0o644)
	if err != nil {
		return err
	}
	defer out.discard()
	rejects, err := createResult(app, f.rejects, 0o600)
	if err != nil {
		return err
	}
	defer rejects.discard()
	report := newRewriteReport(app, *f, out, rejects)
	work := func(_ string, b *payload.Batch) rewrittenBatch { return rewriteBatch(b, rewrite) }
	if err := eachBatch(ctx, app, inputs, work, report.batch); err != nil {
		_ = report.out.Flush()
		return err
	}
	if report.summary.Events == 0 {
		return withHint(fmt.Errorf("no events in %s: nothing was rewritten", inputNames(inputs)),
			"events are JSON objects, one per line or in an array")
	}
	if err := out.commit(); err != nil {
		return err
	}
	if err := rejects.commit(); err != nil {
		return err
	}
	if err := report.finish(); err != nil {
		return err
	}
	if report.summary.Rejected > 0 {
		return errFindings
	}
	return nil
}

// undeclaredClass is for what no contract describes.
const undeclaredClass = "undeclared"

// classNames are what --drop and --hash take.
func classNames() []string {
	var names []string
	for _, class := range contracts.PIIClasses {
		if class != contracts.NoPII {
			names = append(names, string(class))
		}
	}
	return append(names, undeclaredClass)
}

// check reads the flags that need no workspace.
func (f *rewriteFlags) check() (payload.Privacy, error) {
	var p payload.Privacy
	if !slices.Contains(rewriteFormats, f.format) {
		return p, usagef("--format is %q, expected %s", f.format, strings.Join(rewriteFormats, ", "))
	}
	if f.output != "" && f.output == f.rejects {
		return p, usagef("--output and --rejects are the same file")
	}
	if !wantedVersion(f.to) {
		return p, usagef("--to is %q, expected a version such as 2.1.0, 2.1 or 2, or major", f.to)
	}
	if !f.upgrade && len(f.drop)+len(f.hash) == 0 {
		return p, usagef("nothing to redact; say what with --drop or --hash")
	}
	for _, c := range []struct {
		flag    string
		classes []string
		action  payload.Action
	}{{"drop", f.drop, payload.Drop}, {"hash", f.hash, payload.Hash}} {
		for _, class := range c.classes {
			action := actionFor(&p, class)
			switch {
			case action == nil:
				return p, usagef("--%s has the class %q, expected %s", c.flag, class, strings.Join(classNames(), ", "))
			case *action != payload.Keep && *action != c.action:
				return p, usagef("class %s is in --drop and in --hash", class)
			}
			*action = c.action
		}
	}
	switch {
	case len(f.hash) > 0 && f.keyFile == "":
		return p, usagef("--hash needs a key; name its file with --key-file")
	case len(f.hash) == 0 && f.keyFile != "":
		return p, usagef("--key-file without --hash")
	}
	return p, nil
}

func actionFor(p *payload.Privacy, class string) *payload.Action {
	switch class {
	case string(contracts.Pseudonymous):
		return &p.Pseudonymous
	case string(contracts.Direct):
		return &p.Direct
	case string(contracts.Sensitive):
		return &p.Sensitive
	case undeclaredClass:
		return &p.Undeclared
	}
	return nil
}

// wantedVersion reports whether a text is one to three numbers, or a word for a version.
func wantedVersion(text string) bool {
	if text == "" || text == payload.SameMajor {
		return true
	}
	parts := strings.Split(text, ".")
	for len(parts) < 3 {
		parts = append(parts, "0")
	}
	_, err := contracts.ParseVersion(strings.Join(parts, "."))
	return err == nil
}
