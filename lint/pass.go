package lint

import (
	"reflect"
	"sync"
	"time"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/naming"
	"github.com/evctl/evctl/contracts/workspace"
)

// Pass is what a rule sees while it runs, and where it reports.
type Pass struct {
	Workspace *workspace.Workspace
	// Contract is the one to check; nil for rules about the workspace or its configuration.
	Contract *contracts.Contract
	// Now is the moment of the run; rules never ask the clock.
	Now time.Time

	rule       string
	released   func(string) bool
	shared     *sync.Map
	places     []Place
	properties []*Place
	diags      []diag.Diagnostic
}

// Config is the workspace's evctl.yaml.
func (p *Pass) Config() *workspace.Config { return p.Workspace.Config }

// For is a pass over another contract, for rules about the workspace that look into
// single contracts. Findings are reported to p with ReportIn.
func (p *Pass) For(c *contracts.Contract) *Pass {
	return &Pass{Workspace: p.Workspace, Contract: c, Now: p.Now, rule: p.rule, released: p.released, shared: p.shared}
}

// Released reports whether the contract being checked is part of a released event, so
// that its wire names can only change with a new major version. What cannot be known,
// because only some files are loaded, counts as released.
func (p *Pass) Released() bool {
	c := p.Contract
	if c.Kind == contracts.Event {
		return p.released != nil && p.released(c.Name)
	}
	if p.Workspace.Partial {
		return true
	}
	for _, event := range p.Workspace.Events() {
		if uses(event, c) && p.released != nil && p.released(event.Name) {
			return true
		}
	}
	return false
}

func uses(event, shared *contracts.Contract) bool {
	if shared.Kind == contracts.Definition {
		d := event.Definition(shared.Name)
		return d != nil && !d.Local
	}
	for _, include := range event.Include {
		if include.Name == shared.Name {
			return true
		}
	}
	return false
}

// Report adds a finding about the place that pointer names in the contract being
// checked. The pointer goes into the fingerprint: it must not depend on wording or on
// the order of the file. The result may be completed with Related and Fix until the
// next report.
func (p *Pass) Report(at diag.Location, pointer, message, hint string) *diag.Diagnostic {
	return p.ReportIn(p.Contract, at, pointer, message, hint)
}

// ReportIn is Report for another contract than the one being checked, or for none (nil):
// then pointer is the whole subject.
func (p *Pass) ReportIn(c *contracts.Contract, at diag.Location, pointer, message, hint string) *diag.Diagnostic {
	subject := pointer
	if c != nil {
		subject = c.Subject(pointer)
	}
	p.diags = append(p.diags, diag.Diagnostic{Rule: p.rule, Location: at, Subject: subject, Message: message, Hint: hint})
	return &p.diags[len(p.diags)-1]
}

// Shared makes a value once for a run and hands the same to every pass: word
// lists, compiled patterns, indexes. There is one value for each type T.
func Shared[T any](p *Pass, make func(*workspace.Workspace) T) T {
	key := reflect.TypeFor[T]()
	entry, ok := p.shared.Load(key)
	if !ok {
		entry, _ = p.shared.LoadOrStore(key, &once[T]{})
	}
	o := entry.(*once[T])
	o.Do(func() { o.value = make(p.Workspace) })
	return o.value
}

type once[T any] struct {
	sync.Once
	value T
}

// Place is a schema with its surroundings.
type Place struct {
	Pointer  string // JSON pointer in the contract's own spelling
	Schema   *contracts.Schema
	Property *contracts.Property // the property whose value it is, or nil
	Parent   *contracts.Schema   // the schema it is written in; nil for the payload and for definitions
	Depth    int                 // objects, arrays, maps and unions around it
	Words    []string            // of the property's name, lower case; see naming.Words
}

// Places lists every schema that the contract writes itself: its payload, what is
// below, and its own definitions. What a fragment contributes or a reference
// names is listed with the contract that writes it.
func (p *Pass) Places() []Place {
	if p.places == nil {
		p.collect()
	}
	return p.places
}

// Properties lists the places that are values of declared properties.
func (p *Pass) Properties() []*Place {
	if p.places == nil {
		p.collect()
	}
	return p.properties
}

func (p *Pass) collect() {
	p.places = PlacesOf(p.Contract)
	for i := range p.places {
		if at := &p.places[i]; at.Property != nil {
			at.Words = naming.Words(at.Property.Name)
			p.properties = append(p.properties, at)
		}
	}
}

// PlacesOf is Places for any contract, without the words of names.
func PlacesOf(c *contracts.Contract) []Place {
	w := placeWalker{places: make([]Place, 0, 32)}
	w.add(Place{Schema: c.Payload})
	for _, d := range c.Definitions {
		if d.Local {
			w.add(Place{Pointer: "/definitions/" + contracts.EscapePointer(d.Name), Schema: d.Schema})
		}
	}
	return w.places
}

type placeWalker struct{ places []Place }

func (w *placeWalker) add(at Place) {
	s := at.Schema
	if s == nil {
		return
	}
	w.places = append(w.places, at)
	below := func(s *contracts.Schema, property *contracts.Property, path string) {
		w.add(Place{Pointer: at.Pointer + path, Schema: s, Property: property, Parent: at.Schema, Depth: at.Depth + 1})
	}
	for _, p := range s.Properties {
		if p.From == nil {
			below(p.Schema, p, "/properties/"+contracts.EscapePointer(p.Name))
		}
	}
	for _, p := range s.PatternProperties {
		below(p.Schema, nil, "/patternProperties/"+contracts.EscapePointer(p.Pattern))
	}
	below(s.Additional.Schema, nil, "/additionalProperties")
	below(s.Items, nil, "/items")
	below(s.MapKeys, nil, "/keys")
	below(s.Values, nil, "/values")
	if s.Union == nil {
		return
	}
	for _, v := range s.Union.Variants {
		below(v.Schema, nil, "/"+s.Union.Keyword()+"/"+contracts.EscapePointer(v.Name))
	}
}
