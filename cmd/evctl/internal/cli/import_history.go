package cli

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/importer"
	"github.com/evctl/evctl/contracts/workspace"
	"github.com/evctl/evctl/registry"
	"github.com/evctl/evctl/registry/remote"
)

// importedVersion keeps the number that a version had where it came from, when the
// registry asked for another one.
const importedVersion = "x-imported-version"

// importHistory is what became of the versions of --all-versions.
type importHistory struct {
	Registry string `json:"registry"`
	// Released counts the versions that were pushed, Unchanged those that were there
	// already, Refused those that were not pushed.
	Released  int `json:"released"`
	Unchanged int `json:"unchanged"`
	Refused   int `json:"refused"`
	// Renumbered lists versions whose number claimed less than they change.
	Renumbered []renumbered `json:"renumbered"`
	// Outcomes are those of evctl push, ordered by event and version.
	Outcomes []*registry.Outcome `json:"outcomes"`
}

// renumbered is a version with the number that its change needs.
type renumbered struct {
	Event   string            `json:"event"`
	Version contracts.Version `json:"version"` // where it came from
	As      contracts.Version `json:"as"`
	Needed  contracts.Bump    `json:"needed"`
	// Messages are those of the errors that keep it from having its own number.
	Messages []string `json:"messages,omitempty"`
}

// historyPlan is what is to be released, and where.
type historyPlan struct {
	service    *registry.Service
	candidates []*contracts.Contract
}

// plan opens the registry and numbers all imported versions, oldest first.
func (d *importDocument) plan(ctx context.Context, app *App, f importFlags, root string, cfg *workspace.Config) (*historyPlan, error) {
	name, location := cfg.Registry, filepath.Join(cmp.Or(root, app.Dir), filepath.FromSlash(cfg.Registry))
	if f.registry != "" {
		name, location = f.registry, app.path(f.registry)
	}
	if isURL(name) {
		location = name
	}
	token, err := app.token("")
	if err != nil {
		return nil, err
	}
	clock, err := releaseClock(app)
	if err != nil {
		return nil, err
	}
	store, err := remote.Open(ctx, location, remote.Options{Token: token, Create: true, Display: name})
	if err != nil {
		return nil, hintOfRegistry(err)
	}
	plan := &historyPlan{service: registry.NewService(store, gate(cfg), clock)}
	d.History = &importHistory{Registry: name, Renumbered: []renumbered{}, Outcomes: []*registry.Outcome{}}
	for i := 0; i < len(d.Schemas); {
		j := i
		for j < len(d.Schemas) && d.Schemas[j].Event == d.Schemas[i].Event {
			j++
		}
		versions := slices.DeleteFunc(slices.Clone(d.Schemas[i:j]), func(s *importedSchema) bool { return s.Status != "imported" })
		if len(versions) > 0 {
			list, err := d.History.number(ctx, plan.service, versions)
			if err != nil {
				return nil, err
			}
			plan.candidates = append(plan.candidates, list...)
		}
		i = j
	}
	return plan, nil
}

// push releases everything in one go: all or none.
func (h *importHistory) push(ctx context.Context, plan *historyPlan, f importFlags) error {
	report, err := plan.service.Push(ctx, plan.candidates, registry.PushOptions{DryRun: f.dryRun})
	if err != nil {
		return hintOfRegistry(err)
	}
	h.Outcomes = append(h.Outcomes, report.Outcomes...)
	h.Released = report.Count(registry.Pushed) + report.Count(registry.WouldPush)
	h.Unchanged = report.Count(registry.Unchanged)
	h.Refused = report.Count(registry.Refused)
	return nil
}

// number decides which number each version of one event is released under, oldest
// first.
func (h *importHistory) number(ctx context.Context, service *registry.Service, versions []*importedSchema) ([]*contracts.Contract, error) {
	var candidates []*contracts.Contract
	released, err := releasesOf(ctx, service, versions[0].Event)
	if err != nil {
		return nil, err
	}
	known := map[string]contracts.Version{}
	for _, c := range released {
		known[originalVersion(c)] = c.Version
	}
	newest := newestOf(released)
	for _, s := range versions {
		c := s.result.Contract
		if _, ok := known[s.Version]; !ok && c.Version.Compare(newest) < 0 {
			s.refuse(importer.Refusal{Reason: fmt.Sprintf("version %s comes before %s, which is released already", c.Version, newest), Hint: "versions are only ever added behind those that are released"})
			continue
		}
		if v, ok := known[s.Version]; ok {
			c = numbered(c, v)
		} else if len(released) > 0 {
			if c, err = h.next(ctx, service, c, released); err != nil {
				return nil, err
			}
		}
		s.result.Contract = c
		candidates = append(candidates, c)
		if _, ok := known[s.Version]; !ok {
			released = append(released, c)
		}
	}
	return candidates, nil
}

// newestOf is the highest number that released versions came with.
func newestOf(released []*contracts.Contract) contracts.Version {
	var newest contracts.Version
	for _, c := range released {
		if v, err := contracts.ParseVersion(originalVersion(c)); err == nil && v.Compare(newest) > 0 {
			newest = v
		}
	}
	return newest
}

// releasesOf reads what is released of an event, oldest first.
func releasesOf(ctx context.Context, service *registry.Service, event string) ([]*contracts.Contract, error) {
	records, err := registry.Released(ctx, service, event)
	if err != nil {
		return nil, hintOfRegistry(err)
	}
	var list []*contracts.Contract
	for _, r := range records {
		c, err := r.Contract()
		if err != nil {
			return nil, hintOfRegistry(err)
		}
		list = append(list, c)
	}
	return list, nil
}

// originalVersion is the number a released version was imported with.
func originalVersion(c *contracts.Contract) string {
	for _, x := range c.Payload.Extensions {
		if x.Name == importedVersion {
			return x.Value.Text()
		}
	}
	return c.Version.String()
}

// numbered is the contract with another version number; its own is kept beside it.
func numbered(c *contracts.Contract, v contracts.Version) *contracts.Contract {
	if c.Version == v {
		return c
	}
	copied, payload := *c, *c.Payload
	payload.Extensions = append(payload.Extensions[:len(payload.Extensions):len(payload.Extensions)],
		contracts.Extension{Name: importedVersion, Value: contracts.Value{JSON: `"` + c.Version.String() + `"`}})
	copied.Version, copied.Payload = v, &payload
	return &copied
}

// next is the contract under its own number, when that is above what is released and
// claims what the change needs, and else under the next number that does.
func (h *importHistory) next(ctx context.Context, service *registry.Service, c *contracts.Contract, released []*contracts.Contract) (*contracts.Contract, error) {
	previous := released[len(released)-1].Version
	claimed := c
	if c.Version.Compare(previous) <= 0 {
		claimed = numbered(c, previous.Next(contracts.PatchBump))
	}
	judgement, err := service.Judge(ctx, claimed, released)
	if err != nil {
		return nil, err
	}
	needed := max(judgement.Needed, contracts.PatchBump)
	if claimed == c && c.Version.BumpFrom(previous) >= needed {
		return c, nil
	}
	r := renumbered{Event: c.Name, Version: c.Version, As: previous.Next(needed), Needed: needed}
	if needed == contracts.MajorBump {
		for _, finding := range judgement.Findings {
			if finding.Severity == diag.Error {
				r.Messages = append(r.Messages, finding.Message)
			}
		}
	}
	h.Renumbered = append(h.Renumbered, r)
	return numbered(c, r.As), nil
}

// breaks counts the versions that broke what came before under a number that said
// otherwise.
func (h *importHistory) breaks() int {
	n := 0
	for _, r := range h.Renumbered {
		if r.Needed == contracts.MajorBump {
			n++
		}
	}
	return n
}

func (h *importHistory) text(b *strings.Builder, dryRun bool) {
	for _, r := range h.Renumbered {
		if r.Needed != contracts.MajorBump {
			continue
		}
		fmt.Fprintf(b, "%s %s breaks what came before and is released as %s\n", printable(r.Event), r.Version, r.As)
		for _, message := range r.Messages {
			fmt.Fprintf(b, "  %s\n", printable(message))
		}
	}
	for _, o := range h.Outcomes {
		if o.Status == registry.Refused {
			fmt.Fprintln(b, outcomeText(o))
		}
	}
	released := "released"
	if dryRun {
		released = "would be released"
	}
	fmt.Fprintf(b, "%d versions %s in %s, %d renumbered (%d breaks), %d unchanged, %d refused\n",
		h.Released, released, h.Registry, len(h.Renumbered), h.breaks(), h.Unchanged, h.Refused)
}
