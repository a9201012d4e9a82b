package importer

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/evctl/evctl/contracts/payload"
	"github.com/evctl/evctl/contracts/schema"
)

// Checked counts the payloads on which the original and the contract were compared.
type Checked struct {
	Payloads int `json:"payloads"`
	Accepted int `json:"accepted"` // by the original; the others were rejected
}

// verdicts are the judges of one import: the original and the projection of the
// contract, as an independent validator reads them, and our own validator.
type verdicts struct {
	original, projection *schema.Reference
	own                  *payload.Validator
}

// check compares the judges on generated and mutated payloads. A payload on which they
// disagree makes the import a refusal.
func (i *Import) check(c *catalogue, opt Options) {
	original := bundle(c, i.resource, opt.asserts)
	projection := schema.Project(i.Contract)
	judges, refusal := newVerdicts(original, projection, i)
	if refusal != nil {
		i.refuse(*refusal)
		return
	}
	if opt.Samples <= 0 {
		return
	}
	g, err := newGenerator(seedOf(i.Event), original, projection)
	if err != nil {
		i.refuse(Refusal{Reason: err.Error()})
		return
	}
	for _, raw := range g.payloads(opt.Samples) {
		if opt.AssumeObject && raw[0] != '{' {
			continue
		}
		if !i.agree(judges, raw) {
			return
		}
	}
}

func (i *Import) refuse(r Refusal) {
	i.Refusals = append(i.Refusals, r)
	i.Contract = nil
}

func newVerdicts(original, projection []byte, i *Import) (verdicts, *Refusal) {
	var v verdicts
	var err error
	if v.original, err = schema.Compile(original); err != nil {
		_, reason, _ := strings.Cut(err.Error(), "compilation failed: ")
		return v, &Refusal{Reason: "not a valid schema of " + i.resource.draft.String() + ": " + cmp.Or(reason, err.Error())}
	}
	if v.projection, err = schema.Compile(projection); err != nil {
		return v, &Refusal{Reason: "contract: " + err.Error()}
	}
	if v.own, err = payload.Compile(i.Contract); err != nil {
		return v, &Refusal{Reason: "contract: " + err.Error()}
	}
	return v, nil
}

// agree compares the verdicts on one payload.
func (i *Import) agree(v verdicts, raw []byte) bool {
	original, projection, own := v.original.Valid(raw), v.projection.Valid(raw), v.own.Valid(raw)
	i.Checked.Payloads++
	if original == nil {
		i.Checked.Accepted++
	}
	if (original == nil) == (projection == nil) && (original == nil) == own {
		return true
	}
	word := map[bool]string{true: "accepts", false: "rejects"}
	i.refuse(Refusal{
		Reason: fmt.Sprintf("the original %s and the contract %s (validator: %s) the payload %s",
			word[original == nil], word[projection == nil], word[own], clip(raw)),
		Hint: "the import would change what is valid; please report this schema",
	})
	return false
}

func clip(raw []byte) string {
	const limit = 2000
	if len(raw) > limit {
		return string(raw[:limit]) + "…"
	}
	return string(raw)
}

// seedOf makes samples repeatable: the same for an event on every run.
func seedOf(name string) *rand.Rand {
	h := fnv.New64a()
	h.Write([]byte(name))
	return rand.New(rand.NewPCG(h.Sum64(), 1))
}

// Reasons groups refusals by keyword and reason, most frequent first.
func Reasons(list []*Import) []Reason {
	var reasons []Reason
	for _, i := range list {
		for _, r := range i.Refusals {
			at := slices.IndexFunc(reasons, func(x Reason) bool { return x.Keyword == r.Keyword && x.Reason == r.Reason })
			if at < 0 {
				reasons = append(reasons, Reason{Keyword: r.Keyword, Reason: r.Reason})
				at = len(reasons) - 1
			}
			reasons[at].Count++
		}
	}
	slices.SortStableFunc(reasons, func(a, b Reason) int { return b.Count - a.Count })
	return reasons
}

// Reason is a kind of refusal with its frequency.
type Reason struct {
	Keyword string `json:"keyword,omitempty"`
	Reason  string `json:"message"`
	Count   int    `json:"count"`
}
