package contracts

import (
	"fmt"
	"slices"

	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
)

// maxExpanded bounds the size of a payload's schema with all references written
// out, so that definitions that use each other twice cannot grow without limit.
const maxExpanded = 50_000

// Library is the definitions and fragments that contracts refer to. Build it with
// NewLibrary; afterwards Link may be called from several goroutines.
type Library struct {
	definitions map[string]*Contract
	fragments   map[string]*Contract
}

// NewLibrary links definitions and fragments with each other. The first contract
// of a name wins; a second one is reported, as are unresolved and circular
// references. Other kinds are ignored.
func NewLibrary(shared []*Contract) (*Library, []diag.Diagnostic) {
	lib := &Library{definitions: map[string]*Contract{}, fragments: map[string]*Contract{}}
	l := linker{library: lib}
	for _, c := range shared {
		switch c.Kind {
		case Definition:
			l.declare(lib.definitions, c)
		case Fragment:
			l.declare(lib.fragments, c)
		}
	}
	for _, c := range shared {
		if c.Kind == Definition && lib.definitions[c.Name] == c {
			l.contract = c
			l.schema(c.Payload)
		}
	}
	l.findCycles(shared)
	for _, c := range shared {
		if c.Kind == Fragment && lib.fragments[c.Name] == c {
			l.contract = c
			l.schema(c.Payload)
		}
	}
	for _, d := range l.diags {
		for _, c := range shared {
			c.Broken = c.Broken || c.File == d.File
		}
	}
	return lib, l.diags
}

// Definition returns the definition file of that name, or nil.
func (lib *Library) Definition(name string) *Contract { return lib.definitions[name] }

// Fragment returns the fragment file of that name, or nil.
func (lib *Library) Fragment(name string) *Contract { return lib.fragments[name] }

// Link connects an event with the definitions and fragments it uses: references
// get their targets, properties of fragments are mixed in after the event's own,
// `required:` lists take effect and discriminators get their tags. It changes c
// and must be called once.
func (lib *Library) Link(c *Contract) []diag.Diagnostic {
	l := linker{library: lib, contract: c}
	for _, d := range c.Definitions {
		if shared := lib.definitions[d.Name]; shared != nil && d.Local {
			r := l.report(checkNameDuplicate, diag.Location{File: c.File, Span: d.Schema.Span},
				fmt.Sprintf("definition %s is declared here and in a file of its own", document.Quote(d.Name)), "remove one of the two")
			r.Related = []diag.Related{{Location: shared.Head(), Message: "the other declaration"}}
		}
		l.schema(d.Schema)
	}
	l.findLocalCycles(c)
	l.include(c)
	l.schema(c.Payload)
	l.collect(c)
	c.Broken = c.Broken || len(l.diags) > 0
	return l.diags
}

type linker struct {
	library  *Library
	contract *Contract
	diags    []diag.Diagnostic
}

func (l *linker) report(check string, at diag.Location, message, hint string) *diag.Diagnostic {
	subject := ""
	if l.contract != nil {
		subject = l.contract.Name
	}
	l.diags = append(l.diags, diag.Diagnostic{
		Rule: check, Severity: diag.Error, Location: at, Message: message, Hint: hint, Subject: subject,
	})
	return &l.diags[len(l.diags)-1]
}

func (l *linker) declare(names map[string]*Contract, c *Contract) {
	first, taken := names[c.Name]
	if !taken {
		names[c.Name] = c
		return
	}
	l.diags = append(l.diags, DuplicateName(c, first))
}

// DuplicateName reports that c declares a name that first has already.
func DuplicateName(c, first *Contract) diag.Diagnostic {
	return diag.Diagnostic{
		Rule: checkNameDuplicate, Severity: diag.Error, Location: c.Head(), Subject: c.Name,
		Message: fmt.Sprintf("%s %s is declared twice", c.Kind, document.Quote(c.Name)), Hint: "rename one of the two",
		Related: []diag.Related{{Location: first.Head(), Message: "first declared here"}},
	}
}

// schema links everything written below s.
func (l *linker) schema(s *Schema) {
	Walk(s, "", func(_ string, s *Schema) bool {
		if s.Ref != "" {
			l.reference(s)
		}
		if l.contract.Kind != Fragment || s != l.contract.Payload {
			l.applyRequired(s)
		}
		return true
	})
	// Discriminators look through references, so they come after all of those.
	Walk(s, "", func(_ string, s *Schema) bool {
		if s.Union != nil && s.Union.Discriminator != "" {
			l.tags(s)
		}
		return true
	})
}

func (l *linker) reference(s *Schema) {
	if d := l.contract.Definition(s.Ref); d != nil && d.Local {
		s.Target = d.Schema
		return
	}
	if d := l.library.definitions[s.Ref]; d != nil {
		s.Target = d.Payload
		return
	}
	hint := "definitions are declared in files that start with define:, or under definitions: of the event"
	if near := Nearest(s.Ref, l.names()); near != "" {
		hint = fmt.Sprintf("did you mean %q?", near)
	}
	l.report(checkRefUnresolved, s.At("$ref"), fmt.Sprintf("no definition is named %s", document.Quote(s.Ref)), hint)
}

func (l *linker) names() []string {
	var names []string
	for name := range l.library.definitions {
		names = append(names, name)
	}
	for _, d := range l.contract.Definitions {
		names = append(names, d.Name)
	}
	slices.Sort(names)
	return names
}

// applyRequired carries out `required: [a, b]` and checks requireAny.
func (l *linker) applyRequired(s *Schema) {
	for _, name := range s.required {
		if p := s.Property(name.Name); p != nil {
			p.Required = true
			continue
		}
		l.undeclared(s, diag.Location{File: s.File, Span: name.Span}, "required", name.Name)
	}
	for _, group := range s.RequireAny {
		for _, name := range group {
			if s.Property(name) == nil {
				l.undeclared(s, s.At("requireAny"), "requireAny", name)
			}
		}
	}
}

func (l *linker) undeclared(s *Schema, at diag.Location, keyword, name string) {
	var names []string
	for _, p := range s.Properties {
		names = append(names, p.Name)
	}
	hint := fmt.Sprintf("declare it under properties, at least as %s: {type: any}", name)
	if near := Nearest(name, names); near != "" {
		hint = fmt.Sprintf("did you mean %q?", near)
	}
	l.report(checkRequiredUndeclared, at, fmt.Sprintf("%s names %s, which is not declared", keyword, document.Quote(name)), hint)
}

// tags finds out which value of the discriminator selects each variant.
func (l *linker) tags(s *Schema) {
	u := s.Union
	seen := map[string]*Variant{}
	for _, v := range u.Variants {
		object := v.Schema.Resolved()
		at := diag.Location{File: s.File, Span: v.Key}
		if object.Types != Object || v.Schema.AcceptsNull() {
			l.report(checkUnionInvalid, at, fmt.Sprintf("variant %s is not an object, so %s cannot select it", document.Quote(v.Name), document.Quote(u.Discriminator)),
				"discriminators choose between objects; put nullable beside oneOf")
			continue
		}
		v.Tag, v.TagImplied = v.Name, true
		if p := object.Property(u.Discriminator); p != nil {
			tag, ok := singleText(p)
			if !ok {
				r := l.report(checkUnionInvalid, at, fmt.Sprintf("variant %s declares %s without fixing its value", document.Quote(v.Name), document.Quote(u.Discriminator)),
					fmt.Sprintf("leave it out, or write it as {type: string, enum: [%s], required: true}", v.Name))
				r.Related = []diag.Related{{Location: p.At(), Message: "declared here"}}
				continue
			}
			v.Tag, v.TagImplied = tag, false
		}
		if other := seen[v.Tag]; other != nil {
			l.report(checkUnionInvalid, at, fmt.Sprintf("variants %s and %s are both selected by %s", document.Quote(other.Name), document.Quote(v.Name), document.Quote(v.Tag)), "")
		}
		seen[v.Tag] = v
	}
}

// singleText returns the one string that a required property can have.
func singleText(p *Property) (string, bool) {
	s := p.Schema.Resolved()
	if !p.Required || s.Open || len(s.Enum) != 1 || p.Schema.AcceptsNull() || !s.Enum[0].IsString() {
		return "", false
	}
	return s.Enum[0].Text(), true
}

// include mixes fragments into an event, after its own properties.
func (l *linker) include(c *Contract) {
	for _, inc := range c.Include {
		at := diag.Location{File: c.File, Span: inc.Span}
		fragment := l.library.fragments[inc.Name]
		if fragment == nil {
			l.report(checkRefUnresolved, at, fmt.Sprintf("no fragment is named %s", document.Quote(inc.Name)),
				"fragments are declared in files that start with fragment:")
			continue
		}
		l.mix(c, fragment, at)
	}
}

func (l *linker) mix(c, fragment *Contract, at diag.Location) {
	for _, p := range fragment.Payload.Properties {
		if own := c.Payload.Property(p.Name); own != nil {
			r := l.report(checkIncludeConflict, at, fmt.Sprintf("fragment %s and the event both declare %s", document.Quote(fragment.Name), document.Quote(p.Name)),
				"rename the event's property, or leave the fragment out")
			r.Related = []diag.Related{{Location: own.At(), Message: "declared here"}, {Location: p.At(), Message: "and in the fragment"}}
			continue
		}
		mixed := *p
		mixed.From = fragment
		c.Payload.Properties = append(c.Payload.Properties, &mixed)
	}
	c.Payload.required = append(c.Payload.required, fragment.Payload.required...)
	c.Payload.RequireAny = append(c.Payload.RequireAny, fragment.Payload.RequireAny...)
}

// collect lists the definitions that the payload reaches, and measures how large
// it is with all of them written out.
func (l *linker) collect(c *Contract) {
	sizes := map[*Schema]int{}
	var size func(s *Schema) int
	size = func(s *Schema) int {
		if n, done := sizes[s]; done {
			return n
		}
		n := 0
		Walk(s, "", func(_ string, s *Schema) bool {
			n++
			if s.Target != nil {
				if shared := l.library.definitions[s.Ref]; shared != nil && shared.Broken {
					c.Broken = true
				}
				if c.Definition(s.Ref) == nil {
					c.Definitions = append(c.Definitions, &NamedSchema{Name: s.Ref, Schema: s.Target})
				}
				n = min(n+size(s.Target), maxExpanded+1)
			}
			return true
		})
		sizes[s] = n
		return n
	}
	if size(c.Payload) > maxExpanded {
		l.report(document.RuleLimit, c.Head(), fmt.Sprintf("event has more than %d schemas with its definitions written out", maxExpanded),
			"definitions that use each other several times grow quickly; split the event")
	}
}

// findCycles reports definitions that contain themselves and cuts them there.
func (l *linker) findCycles(shared []*Contract) {
	state := map[*Schema]int{}
	for _, c := range shared {
		if c.Kind == Definition && l.library.definitions[c.Name] == c {
			l.contract = c
			l.visit(c.Payload, state, nil)
		}
	}
}

func (l *linker) findLocalCycles(c *Contract) {
	state := map[*Schema]int{}
	for _, d := range c.Definitions {
		l.visit(d.Schema, state, nil)
	}
}

const (
	visiting = 1
	visited  = 2
)

func (l *linker) visit(definition *Schema, state map[*Schema]int, path []string) {
	if state[definition] != 0 {
		return
	}
	state[definition] = visiting
	Walk(definition, "", func(_ string, s *Schema) bool {
		if s.Target == nil {
			return true
		}
		path := append(slices.Clip(path), s.Ref)
		if state[s.Target] == visiting {
			message := fmt.Sprintf("definition %s contains itself", document.Quote(s.Ref))
			if i := slices.Index(path, s.Ref); i < len(path)-1 {
				message += fmt.Sprintf(" through %q", path[i+1:len(path)-1])
			}
			l.report(checkRefCircular, s.At("$ref"), message, "events are finite: use an identifier of the other record, or a list of levels")
			s.Target = nil
			return true
		}
		l.visit(s.Target, state, path)
		return true
	})
	state[definition] = visited
}
