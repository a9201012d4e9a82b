package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/big"
	"regexp"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diff"
	"github.com/evctl/evctl/contracts/impact"
	"github.com/evctl/evctl/contracts/workspace"
	"github.com/evctl/evctl/lint/compat"
)

// impactFlags are the flags of evctl impact.
type impactFlags struct {
	against  string
	failOver string
	samples  int
	format   string
}

var impactFormats = []string{"text", "json"}

// maxSamples bounds --samples: they are kept in memory for each finding.
const maxSamples = 100

func newImpact(app *App) *cobra.Command {
	f := impactFlags{failOver: "0", samples: 3, format: "text"}
	cmd := &cobra.Command{
		Use:   "impact [FILE...|-]",
		Short: "Replay captured events: which ones would the working tree reject",
		Long: `Replays captured events, each judged by the released version that it names and by the
contract of the working tree that takes its place, and counts by event, version and
source how many are newly rejected or newly accepted. What they run into stands beside
the changes that evctl lint knows to break payloads: changes that no event runs into, and
events that run into something that lint did not foresee.

Files, or stdin, hold one JSON event per line, a JSON array of events, or JSON values;
gzip and zstd are recognised. They may be of any length. Samples hide values with a
privacy class. The source of an event is where envelope: source: points, or its file.

Exit code 1 means that more events are newly rejected than --fail-over allows, 3 that
the input could not be read to its end, or that no event has a contract.`,
		Example: `  evctl impact captured.ndjson
  kcat -C -t events -e | evctl impact --fail-over 0.1% -
  evctl impact --against origin/main yesterday/*.ndjson.zst
  evctl impact --format json captured.ndjson.gz`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error { return runImpact(cmd.Context(), app, f, args) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.against, "against", "", againstHelp)
	flags.StringVar(&f.failOver, "fail-over", f.failOver, "fail when more events than this are newly rejected: a `number`, or a part of all events such as 0.1%")
	flags.IntVar(&f.samples, "samples", f.samples, fmt.Sprintf("how many events to show for each finding, up to %d", maxSamples))
	flags.StringVar(&f.format, "format", f.format, strings.Join(impactFormats, ", "))
	return cmd
}

func runImpact(ctx context.Context, app *App, f impactFlags, args []string) error {
	limit, err := f.check()
	if err != nil {
		return err
	}
	if len(args) == 0 {
		args = []string{"-"}
	}
	files, err := app.inputs(args)
	if err != nil {
		return err
	}
	replay, baseline, err := openReplay(ctx, app, f)
	if err != nil {
		return err
	}
	inputs := make([]impact.Input, len(files))
	for i, file := range files {
		inputs[i] = impact.Input{Name: file.name, Open: func() (io.ReadCloser, error) { return app.open(file) }}
	}
	report, readErr := replay.Run(ctx, inputs)
	if report == nil {
		return readErr
	}
	report.Baseline = baseline
	if report.Summary.Events > 0 {
		if err := writeImpact(app.Stdout, f.format, report); err != nil {
			return fmt.Errorf("write report: %w", err)
		}
	}
	s := report.Summary
	switch {
	case readErr != nil:
		return readErr
	case s.Events == 0:
		return withHint(fmt.Errorf("no events in %s: nothing was compared", inputNames(files)),
			"events are JSON objects, one per line or in an array")
	case s.Events == s.Unknown+s.Unreadable:
		return withHint(fmt.Errorf("no event of %s has a contract: nothing was compared", inputNames(files)),
			"envelope: of evctl.yaml says where name and version of an event stand")
	case limit.exceeded(s.NewlyRejected, s.Events):
		return errFindings
	}
	return nil
}

// check reads the flags that need no workspace.
func (f *impactFlags) check() (allowance, error) {
	if !slices.Contains(impactFormats, f.format) {
		return allowance{}, usagef("--format is %q, expected %s", f.format, strings.Join(impactFormats, ", "))
	}
	if f.samples < 0 || f.samples > maxSamples {
		return allowance{}, usagef("--samples is %d, expected 0 to %d", f.samples, maxSamples)
	}
	return parseAllowance(f.failOver)
}

// allowance is how many events may be newly rejected.
type allowance struct {
	number *big.Rat
	share  bool // number is a part of all events, in percent
}

var allowanceForm = regexp.MustCompile(`^([0-9]{1,15})(\.[0-9]{1,15})?(%?)$`)

func parseAllowance(text string) (allowance, error) {
	form := allowanceForm.FindStringSubmatch(text)
	if form == nil || form[2] != "" && form[3] == "" {
		return allowance{}, usagef("--fail-over is %q, expected a number of events, or a percentage such as 0.1%%", text)
	}
	number, _ := new(big.Rat).SetString(form[1] + form[2])
	if form[3] != "" && number.Cmp(big.NewRat(100, 1)) > 0 {
		return allowance{}, usagef("--fail-over is %q, expected at most 100%%", text)
	}
	return allowance{number, form[3] != ""}, nil
}

// exceeded reports whether n of all events are more than is allowed.
func (a allowance) exceeded(n, all int) bool {
	most := new(big.Rat).Set(a.number)
	if a.share {
		most.Mul(most, big.NewRat(int64(all), 100))
	}
	return new(big.Rat).SetInt64(int64(n)).Cmp(most) > 0
}

// openReplay reads the contracts of both sides. The name is that of the baseline.
func openReplay(ctx context.Context, app *App, f impactFlags) (replay *impact.Replay, name string, err error) {
	w, err := workspace.Open(ctx, app.Dir)
	if err != nil {
		return nil, "", hintOfWorkspace(err)
	}
	if err := brokenWorkspace(w); err != nil {
		return nil, "", err
	}
	env, err := envelopeOf(w, "")
	if err != nil {
		return nil, "", err
	}
	base, err := openBaseline(ctx, app, w, f.against)
	if err != nil {
		return nil, "", err
	}
	name = f.against
	if name == "" {
		name = w.Config.Registry
	}
	old, err := baselineContracts(ctx, base)
	if err != nil {
		return nil, "", err
	}
	if len(old) == 0 {
		return nil, "", withHint(fmt.Errorf("%s has no events that captured ones could be judged by", name),
			"evctl push releases contracts; --against compares with something else")
	}
	replay, err = impact.New(impact.Options{
		Envelope: env, Old: old, New: w.Events(), Samples: f.samples,
		Foresee: func(old, new *contracts.Contract) ([]impact.Change, error) { return foresee(w.Config, old, new) },
	})
	return replay, name, err
}

// baselineContracts reads all versions of all events of a baseline, ordered by event and
// version.
func baselineContracts(ctx context.Context, base compat.Baseline) ([]*contracts.Contract, error) {
	events, err := base.Events(ctx)
	if err != nil {
		return nil, err
	}
	lists := make([][]*contracts.Contract, len(events))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(2 * runtime.GOMAXPROCS(0))
	for i, event := range events {
		group.Go(func() (err error) {
			lists[i], err = versionsOf(ctx, base, event)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return slices.Concat(lists...), nil
}

func versionsOf(ctx context.Context, base compat.Baseline, event string) ([]*contracts.Contract, error) {
	versions, err := base.Versions(ctx, event)
	if err != nil {
		return nil, err
	}
	list := make([]*contracts.Contract, len(versions))
	for i, v := range versions {
		list[i], err = base.Contract(ctx, event, v)
		if edited := (*compat.Edited)(nil); errors.As(err, &edited) {
			return nil, withHint(fmt.Errorf("%s: %w", edited.Location.File.Path, err), edited.Hint)
		}
		if err != nil {
			return nil, err
		}
	}
	return list, nil
}

// foresee lists the changes between two contracts, and says of which evctl lint knows that
// they break payloads.
func foresee(cfg *workspace.Config, old, new *contracts.Contract) ([]impact.Change, error) {
	if new == nil {
		gone := compat.Removed(old)
		if gone == nil {
			return nil, nil
		}
		return []impact.Change{{Breaks: true, Rule: gone.Rule, Pointers: []string{""}, Message: gone.Message}}, nil
	}
	opt, err := compat.OptionsFor(cfg, new.Name)
	if err != nil {
		return nil, err
	}
	var list []impact.Change
	for _, found := range compat.Check(old, new, opt).Findings {
		pointers := append([]string{found.Change.At().Pointer}, found.Uses...)
		if renamed, ok := found.Change.(*diff.PropertyRenamed); ok {
			// The old name is in the payloads.
			at := strings.TrimSuffix(pointers[0], contracts.EscapePointer(renamed.To.Name))
			pointers = append(pointers, at+contracts.EscapePointer(renamed.From.Name))
		}
		list = append(list, impact.Change{Breaks: found.Backward || retires(found.Change), Rule: found.Rule, Pointers: pointers, Message: found.Message()})
	}
	return list, nil
}

// retires reports whether a change ends the event, which no rule is about: it is meant,
// and rejects all that is still sent.
func retires(c diff.Change) bool {
	a, ok := c.(*diff.AnnotationChanged)
	return ok && a.Keyword == "status" && a.To == string(contracts.Retired)
}
