package workload

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
)

// Event is one body.
type Event struct {
	// Contract is the index of the event's contract in Plan.Events and Plan.Whole.
	Contract int
	Raw      []byte
	// Mutation names what was done to make it invalid, one of Mutations. It is empty
	// for valid events.
	Mutation string
}

// Valid reports whether the event satisfies its contract.
func (e *Event) Valid() bool { return e.Mutation == "" }

// Options say which events to make.
type Options struct {
	Seed   uint64
	Events int // 0: 10,000
	// Invalid is how many of 100 events are invalid.
	Invalid int
	Style   Style
}

// Standard is the workload of the published figures.
var Standard = Options{Seed: 26, Events: 10_000, Invalid: 10}

// Bounds of an event in compact style, in bytes. What is cut off may be shorter.
const (
	MinBytes = 400
	MaxBytes = 4000
)

// New makes events. Events of one seed are the same in every style, apart from how
// they are written.
func New(p *Plan, opt Options) ([]Event, error) {
	g := generator{plan: p, opt: opt}
	events := make([]Event, opt.Events)
	for i := range events {
		e, err := g.event(i)
		if err != nil {
			return nil, fmt.Errorf("event %d: %w", i, err)
		}
		events[i] = e
	}
	return events, nil
}

// generator makes events; each has random numbers of its own, so that one does not
// depend on those before it.
type generator struct {
	plan *Plan
	opt  Options
}

// made is an event before it is written.
type made struct {
	kind     int
	body     node
	mutation string
	spoil    func([]byte) []byte // what happens to the text, nil: nothing
}

// tries bounds the search for an event of the right size, of which most are.
const tries = 1000

func (g *generator) event(i int) (Event, error) {
	m := maker{rand.New(rand.NewPCG(g.opt.Seed, uint64(i)))}
	for range tries {
		e, err := g.make(m, i)
		if err != nil {
			return Event{}, err
		}
		if n := len(g.write(e, Style{}, i)); n < MinBytes || n > MaxBytes {
			continue
		}
		raw := g.write(e, g.opt.Style, i)
		if e.spoil != nil {
			raw = e.spoil(raw)
		}
		return Event{e.kind, raw, e.mutation}, nil
	}
	return Event{}, fmt.Errorf("none of %d tries has %d to %d bytes", tries, MinBytes, MaxBytes)
}

func (g *generator) make(m maker, i int) (made, error) {
	e := made{kind: m.kind()}
	e.body = m.event(kinds[e.kind])
	if i*37%100 >= g.opt.Invalid {
		return e, nil
	}
	err := m.mutate(&e, g.plan.Whole[e.kind])
	return e, err
}

func (m maker) kind() int {
	n := m.IntN(100)
	for i, k := range kinds {
		if n -= k.share; n < 0 {
			return i
		}
	}
	return 0
}

func (g *generator) write(e made, style Style, i int) []byte {
	w := writer{Style: style, random: rand.New(rand.NewPCG(uint64(i), g.opt.Seed))}
	w.value(e.body)
	return w.out
}

// WriteNDJSON writes one event to a line. Indented events are no lines.
func WriteNDJSON(w io.Writer, events []Event) error {
	b := bufio.NewWriter(w)
	for i := range events {
		b.Write(events[i].Raw)
		b.WriteByte('\n')
	}
	return b.Flush()
}
