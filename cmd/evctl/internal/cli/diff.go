package cli

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/workspace"
	"github.com/evctl/evctl/lint/compat"
	"github.com/evctl/evctl/lint/report"
)

var diffFormats = []string{"text", "json", "markdown"}

func newDiff(app *App) *cobra.Command {
	var format, mode string
	var verbose bool
	cmd := &cobra.Command{
		Use:   "diff [OLD [NEW]]",
		Short: "Say in words what changed between contracts, and whom it breaks",
		Long: `Compares two contracts, or all events of two places. OLD and NEW are each one of

  contracts/order.yaml   a contract file, or a release file
  order.completed@1.2.0  a released version (@latest is the highest)
  order.completed        the event as it is in the workspace
  contracts-of-old/      a folder: another workspace, or releases
  origin/main            a commit of git
  https://…              a registry, with the latest version of each event

and are tried in this order; git:REF and dir:FOLDER say which is meant. Without NEW
it is the workspace, or the event of OLD in it; without OLD, what is released.

Changes that break payloads make the new version reject what the old one accepts,
those that break readers the other way round; a witness is a payload that proves it. Which of them need a major version is
decided by the compatibility mode. A line below a change names whom it breaks beside
collectors: protobuf wire, Go source, TypeScript source, warehouse.`,
		Example: `  evctl diff
  evctl diff origin/main --format markdown
  evctl diff order.completed@1.2.0 order.completed
  evctl diff old.yaml new.yaml`,
		Args: cobra.MaximumNArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !slices.Contains(diffFormats, format) {
				return usagef("--format is %q, expected %s", format, strings.Join(diffFormats, ", "))
			}
			if mode != "" {
				if _, err := compat.ParseMode(mode); err != nil {
					return usagef("--mode: %w", err)
				}
			}
			d, err := runDiff(cmd.Context(), app, compat.Mode(mode), args)
			if err != nil {
				return err
			}
			return d.write(app.Stdout, format, verbose)
		},
	}
	cmd.Flags().StringVar(&format, "format", "text", strings.Join(diffFormats, ", "))
	cmd.Flags().BoolVarP(&verbose, "verbose", "v", false, "say of every change what it does to each kind of consumer, and why")
	cmd.Flags().StringVar(&mode, "mode", "", "compatibility `mode` instead of the one of evctl.yaml: BACKWARD, FORWARD, FULL, each also with _TRANSITIVE, or NONE")
	return cmd
}

// runDiff finds both sides and compares what they have.
func runDiff(ctx context.Context, app *App, mode compat.Mode, args []string) (*diffDocument, error) {
	s, err := newSides(ctx, app)
	if err != nil {
		return nil, err
	}
	old, new, err := s.both(args)
	if err != nil {
		return nil, err
	}
	return compareSides(s.config(), mode, old, new)
}

// side is one of the things that are compared.
type side struct {
	label string
	// single is set when one contract was named; events is nil then.
	single *contracts.Contract
	events map[string]*contracts.Contract
}

// of narrows a side to one event where the other side is one contract.
func (s *side) of(other *side) *side {
	if s.single != nil || other.single == nil {
		return s
	}
	return &side{label: s.label, single: s.events[other.single.Name]}
}

// diffDocument is the output of evctl diff --format json. Members are only ever added.
type diffDocument struct {
	// Old and New name what was compared.
	Old string `json:"old"`
	New string `json:"new"`
	// Events that differ, ordered by name.
	Events []diffEvent `json:"events"`
	// Unchanged counts the events that are the same.
	Unchanged int `json:"unchanged"`
}

// diffEvent is an event that was added, removed or changed.
type diffEvent struct {
	Event  string `json:"event"`
	Status string `json:"status"` // added, removed or changed
	// OldVersion and NewVersion are there on the sides that have the event.
	OldVersion *contracts.Version `json:"old_version,omitempty"`
	NewVersion *contracts.Version `json:"new_version,omitempty"`
	// The rest is there for events that changed. Mode is the compatibility mode,
	// Needed the bump that the changes ask for in it, Claimed the one that the
	// versions claim, and NeededVersion the smallest version that may follow the old one.
	Mode          compat.Mode        `json:"mode,omitempty"`
	Needed        *contracts.Bump    `json:"needed,omitempty"`
	Claimed       *contracts.Bump    `json:"claimed,omitempty"`
	NeededVersion *contracts.Version `json:"needed_version,omitempty"`
	Changes       []diffChange       `json:"changes,omitempty"`
}

// diffChange is one edit.
type diffChange struct {
	// Kind of change, kebab-case, such as "property-removed".
	Kind string `json:"kind"`
	// Rule of evctl lint that reports such a change when it breaks somebody.
	Rule string `json:"rule,omitempty"`
	// Pointer is a JSON pointer into the contract with its references followed.
	// Uses are further ones, when a definition was edited that is used several times.
	Pointer string   `json:"pointer"`
	Uses    []string `json:"uses,omitempty"`
	Message string   `json:"message"`
	// Breaks lists "payloads" when what was valid may be rejected now, and "readers"
	// when what is valid now may be rejected by the old version.
	Breaks []string `json:"breaks"`
	// Needed is the bump that this change asks for in the event's mode.
	Needed contracts.Bump `json:"needed"`
	Note   string         `json:"note,omitempty"`
	// Witnesses prove it: a payload for each of Breaks, in that order. What breaks
	// nobody's validation has none.
	Witnesses []diag.Witness `json:"witnesses,omitempty"`
	// Effects say what the change does to each kind of consumer, the collector first.
	Effects []diag.Effect `json:"effects"`
	// Old and New are where the change is in the files; absent where there are none.
	Old *report.Place `json:"old,omitempty"`
	New *report.Place `json:"new,omitempty"`
}

func compareSides(cfg *workspace.Config, mode compat.Mode, old, new *side) (*diffDocument, error) {
	d := &diffDocument{Old: old.label, New: new.label, Events: []diffEvent{}}
	old, new = old.of(new), new.of(old)
	if old.events == nil && new.events == nil {
		return d, d.pair(cfg, mode, old.single, new.single)
	}
	for _, name := range union(old.events, new.events) {
		if err := d.pair(cfg, mode, old.events[name], new.events[name]); err != nil {
			return nil, err
		}
	}
	return d, nil
}

func union(a, b map[string]*contracts.Contract) []string {
	var names []string
	for name := range a {
		names = append(names, name)
	}
	for name := range b {
		names = append(names, name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// pair adds what became of one event. One of the two may be nil.
func (d *diffDocument) pair(cfg *workspace.Config, mode compat.Mode, old, new *contracts.Contract) error {
	switch {
	case old == nil && new == nil:
		return nil
	case old == nil:
		d.Events = append(d.Events, diffEvent{Event: new.Name, Status: "added", NewVersion: &new.Version})
		return nil
	case new == nil:
		d.Events = append(d.Events, diffEvent{Event: old.Name, Status: "removed", OldVersion: &old.Version})
		return nil
	}
	opt, err := compat.OptionsFor(cfg, new.Name)
	if err != nil {
		return err
	}
	opt.Mode = cmp.Or(mode, opt.Mode)
	v := compat.Check(old, new, opt)
	if len(v.Findings) == 0 && old.Version == new.Version {
		d.Unchanged++
		return nil
	}
	claimed, version := new.Version.BumpFrom(old.Version), old.Version.Next(v.Needed)
	e := diffEvent{
		Event: new.Name, Status: "changed", OldVersion: &old.Version, NewVersion: &new.Version,
		Mode: opt.Mode, Needed: &v.Needed, Claimed: &claimed, NeededVersion: &version,
	}
	for _, f := range v.Findings {
		e.Changes = append(e.Changes, changeOf(f))
	}
	d.Events = append(d.Events, e)
	return nil
}

func changeOf(f compat.Finding) diffChange {
	at := f.Change.At()
	c := diffChange{
		Kind: f.Change.Kind(), Rule: f.Rule, Pointer: at.Pointer, Uses: f.Uses, Message: f.Message(), Breaks: []string{},
		Needed: f.Needed, Note: f.Note, Effects: f.Impact.Effects(), Old: placeIn(at.Old), New: placeIn(at.New),
	}
	if f.Backward {
		c.breaks("payloads", f.BackwardWitness)
	}
	if f.Forward {
		c.breaks("readers", f.ForwardWitness)
	}
	return c
}

// breaks adds a side that the change breaks, with the payload that proves it.
func (c *diffChange) breaks(side string, w *compat.Witness) {
	c.Breaks = append(c.Breaks, side)
	if w == nil {
		return
	}
	c.Witnesses = append(c.Witnesses, *w.Diagnostic())
}

func placeIn(l diag.Location) *report.Place {
	if l.File == nil {
		return nil
	}
	place := report.PlaceOf(l)
	return &place
}
