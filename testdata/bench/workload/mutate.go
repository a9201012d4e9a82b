package workload

import (
	"bytes"
	"fmt"

	"github.com/evctl/evctl/contracts"
)

// Mutation is a kind of mistake.
type Mutation struct {
	Name string
	// Lenient says that other readers of JSON take such a text, each in a way of its
	// own, so that their verdicts differ from ours on purpose.
	Lenient bool
	// spoil changes the text, at a place between 0 and 1. It is nil where a value is
	// changed.
	spoil func(raw []byte, at float64) []byte
}

// Mutations lists all kinds of mistakes. They are equally frequent, as far as events
// have a place for them.
var Mutations = []Mutation{
	{Name: "missing"},
	{Name: "undeclared"},
	{Name: "type"},
	{Name: "null"},
	{Name: "enum"},
	{Name: "format"},
	{Name: "pattern"},
	{Name: "long"},
	{Name: "short"},
	{Name: "range"},
	{Name: "fraction"},
	{Name: "multiple"},
	{Name: "items"},
	{Name: "unique"},
	{Name: "key"},
	{Name: "variant"},
	{Name: "neither"},
	{Name: "duplicate", Lenient: true},
	{Name: "encoding", Lenient: true},
	{Name: "surrogate", Lenient: true},
	{Name: "truncated", spoil: truncate},
	{Name: "comma", spoil: withoutComma},
	{Name: "control", spoil: withControl},
}

// FindMutation finds a mutation by its name.
func FindMutation(name string) (Mutation, bool) {
	for _, m := range Mutations {
		if m.Name == name {
			return m, true
		}
	}
	return Mutation{}, false
}

// mutate makes exactly one mistake.
func (m maker) mutate(e *made, c *contracts.Contract) error {
	s := &sites{maker: m, at: map[string][]func(){}}
	s.value(c.Payload, e.body, func(v node) { e.body = v })
	for range tries {
		mutation := pick(m, Mutations)
		if mutation.spoil != nil {
			at := m.Float64()
			e.spoil = func(raw []byte) []byte { return mutation.spoil(raw, at) }
			e.mutation = mutation.Name
			return nil
		}
		if places := s.at[mutation.Name]; len(places) > 0 {
			pick(m, places)()
			e.mutation = mutation.Name
			return nil
		}
	}
	return fmt.Errorf("no mutation fits %s", c.ID())
}

// truncate is the beginning of a text, never all of it.
func truncate(raw []byte, at float64) []byte { return raw[:int(at*float64(len(raw)))] }

// withoutComma takes the comma away that stands before a name or text.
func withoutComma(raw []byte, at float64) []byte {
	from := int(at * float64(len(raw)))
	for i := range raw {
		i = (from + i) % len(raw)
		if raw[i] == ',' && bytes.HasPrefix(bytes.TrimLeft(raw[i+1:], " \n"), []byte{'"'}) {
			return append(raw[:i:i], raw[i+1:]...)
		}
	}
	return raw[:len(raw)-1]
}

// withControl puts a character somewhere that stands nowhere in JSON.
func withControl(raw []byte, at float64) []byte {
	i := int(at * float64(len(raw)))
	return append(append(raw[:i:i], 0x01), raw[i:]...)
}
