package lint

import (
	"reflect"
	"strings"
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

	rule     string
	released func(string) bool
	answered *contracts.Contract // the last one that Released was asked about
	answer   bool
	shared   *sync.Map // by type; see Shared
	places   *sync.Map // by contract; see PlacesOf
	last     struct {
		contract *contracts.Contract
		list     *PlaceList
	}
	diags []diag.Diagnostic
}

// Config is the workspace's evctl.yaml.
func (p *Pass) Config() *workspace.Config { return p.Workspace.Config }

// For is a pass over another contract, for rules about the workspace that look into
// single contracts. Findings are reported to p with ReportIn.
func (p *Pass) For(c *contracts.Contract) *Pass {
	return &Pass{Workspace: p.Workspace, Contract: c, Now: p.Now, rule: p.rule, released: p.released, shared: p.shared, places: p.places}
}

// Released reports whether the contract being checked is part of a released event, so
// that its wire names can only change with a new major version. What cannot be known,
// because only some files are loaded, counts as released.
func (p *Pass) Released() bool {
	if p.answered != p.Contract {
		p.answered, p.answer = p.Contract, p.isReleased(p.Contract)
	}
	return p.answer
}

func (p *Pass) isReleased(c *contracts.Contract) bool {
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
func Shared[T any](p *Pass, make func(*Pass) T) T {
	key := reflect.TypeFor[T]()
	entry, ok := p.shared.Load(key)
	if !ok {
		entry, _ = p.shared.LoadOrStore(key, &once[T]{})
	}
	o := entry.(*once[T])
	o.Do(func() { o.value = make(p) })
	return o.value
}

type once[T any] struct {
	sync.Once
	value T
}

// Place is a schema with its surroundings.
type Place struct {
	Schema   *contracts.Schema
	Property *contracts.Property // the property whose value it is, or nil
	Parent   *contracts.Schema   // the schema it is written in; nil for the payload and for definitions
	Depth    int                 // objects, arrays, maps and unions around it
	Words    []string            // of the property's name, lower case; see naming.Words

	up         *Place // the place of Parent
	upIndex    int    // its index while the list is being built
	step, name string // last part of the pointer: "/properties/" and "total"
}

// Pointer is the JSON pointer of the schema in the contract's own spelling. It is made
// when it is asked for, because most places are fine.
func (at *Place) Pointer() string {
	var above string
	if at.up != nil {
		above = at.up.Pointer()
	}
	return above + at.step + contracts.EscapePointer(at.name)
}

// Top reports whether the place is the payload itself.
func (at *Place) Top() bool { return at.up == nil && at.step == "" }

// Up is the place that this one is written in, or nil.
func (at *Place) Up() *Place { return at.up }

// Places lists every schema that the contract writes itself, parents first: its
// payload, what is below, and its own definitions. What a fragment contributes or a
// reference names is listed with the contract that writes it.
func (p *Pass) Places() []*Place { return p.PlacesOf(p.Contract).all }

// Properties lists the places that are values of declared properties.
func (p *Pass) Properties() []*Place { return p.PlacesOf(p.Contract).properties }

// PlaceList is the places of one contract.
type PlaceList struct {
	all, properties []*Place
}

// All are the places; see Pass.Places.
func (l *PlaceList) All() []*Place { return l.all }

// Properties are those that are values of declared properties.
func (l *PlaceList) Properties() []*Place { return l.properties }

// PlacesOf is the places of any contract of the workspace. They are collected once for
// all rules.
func (p *Pass) PlacesOf(c *contracts.Contract) *PlaceList {
	if p.last.contract == c {
		return p.last.list
	}
	entry, ok := p.places.Load(c)
	if !ok {
		entry, _ = p.places.LoadOrStore(c, &once[*PlaceList]{})
	}
	o := entry.(*once[*PlaceList])
	o.Do(func() { o.value = collectPlaces(c) })
	p.last.contract, p.last.list = c, o.value
	return o.value
}

func collectPlaces(c *contracts.Contract) *PlaceList {
	w := walkers.Get().(*placeWalker)
	defer walkers.Put(w)
	w.places = w.places[:0]
	w.add(Place{Schema: c.Payload}, -1)
	for _, d := range c.Definitions {
		if d.Local {
			w.add(Place{Schema: d.Schema, step: "/definitions/", name: d.Name}, -1)
		}
	}
	// Lists live as long as the run: they take no more room than they need.
	places := append(make([]Place, 0, len(w.places)), w.places...)
	l := &PlaceList{all: make([]*Place, len(places)), properties: make([]*Place, 0, len(places))}
	for i := range places {
		at := &places[i]
		l.all[i] = at
		if at.upIndex >= 0 {
			at.up = &places[at.upIndex]
		}
		if at.Property != nil {
			at.Words = wordsOf(at.Property.Name)
			l.properties = append(l.properties, at)
		}
	}
	return l
}

// wordsOf is naming.Words, without its work for names that are words with underscores
// between them already.
func wordsOf(name string) []string {
	if name == "" {
		return naming.Words(name)
	}
	for i := range len(name) {
		c := name[i]
		lower := 'a' <= c && c <= 'z' || '0' <= c && c <= '9'
		between := c == '_' && i > 0 && i+1 < len(name) && name[i-1] != '_'
		if !lower && !between {
			return naming.Words(name)
		}
	}
	return strings.Split(name, "_")
}

type placeWalker struct{ places []Place }

var walkers = sync.Pool{New: func() any { return new(placeWalker) }}

func (w *placeWalker) add(at Place, up int) {
	s := at.Schema
	if s == nil {
		return
	}
	at.upIndex = up
	here := len(w.places)
	w.places = append(w.places, at)
	below := func(s *contracts.Schema, property *contracts.Property, step, name string) {
		if s != nil {
			w.add(Place{Schema: s, Property: property, Parent: at.Schema, Depth: at.Depth + 1, step: step, name: name}, here)
		}
	}
	for _, p := range s.Properties {
		if p.From == nil {
			below(p.Schema, p, "/properties/", p.Name)
		}
	}
	for _, p := range s.PatternProperties {
		below(p.Schema, nil, "/patternProperties/", p.Pattern)
	}
	below(s.Additional.Schema, nil, "/additionalProperties", "")
	below(s.Items, nil, "/items", "")
	below(s.MapKeys, nil, "/keys", "")
	below(s.Values, nil, "/values", "")
	if s.Union == nil {
		return
	}
	for _, v := range s.Union.Variants {
		below(v.Schema, nil, "/"+s.Union.Keyword()+"/", v.Name)
	}
}
