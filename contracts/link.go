package contracts

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
)

// maxExpanded bounds the size of a payload's schema with all references written
// out, so that definitions that use each other twice cannot grow without limit.
const maxExpanded = 50_000

// maxGroups bounds the groups of requireAny that fragments and their event make together.
const maxGroups = 100

// Library is the definitions and fragments that contracts refer to. Build it with
// NewLibrary; afterwards Link may be called from several goroutines.
type Library struct {
	definitions map[string]*Contract
	fragments   map[string]*Contract
	names       func() []string // of definitions, sorted
}

// NewLibrary links definitions and fragments with each other. The first contract
// of a name wins; a second one is reported, as are unresolved and circular
// references. Other kinds are ignored.
func NewLibrary(shared []*Contract) (*Library, []diag.Diagnostic) {
	lib := &Library{definitions: map[string]*Contract{}, fragments: map[string]*Contract{}}
	lib.names = sync.OnceValue(func() []string { return sortedNames(lib.definitions) })
	l := linker{library: lib}
	var linked []*Contract
	for _, c := range shared {
		names := lib.definitions
		switch c.Kind {
		case Event:
			continue
		case Fragment:
			names = lib.fragments
		}
		if first, taken := names[c.Name]; taken {
			c.Broken = true
			l.diags = append(l.diags, DuplicateName(c, first))
			continue
		}
		names[c.Name] = c
		linked = append(linked, c)
	}
	l.all(linked)
	return lib, l.diags
}

// all links contracts with each other. Every step looks at what the one before has
// made of all of them.
func (l *linker) all(shared []*Contract) {
	each := func(step func(*Schema)) {
		for _, c := range shared {
			found := len(l.diags)
			l.contract = c
			EachSchema(c.Payload, step)
			c.Broken = c.Broken || len(l.diags) > found
		}
	}
	each(l.reference)
	state := map[*Schema]int{}
	for _, c := range shared {
		if c.Kind == Definition {
			l.visit(c.Payload, state, []step{{c.Name, c}})
		}
	}
	each(l.object)
	each(l.tags)
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
	// What fragments and shared definitions hold is linked already, and read by
	// other events at the same time: only the event's own schemas are changed.
	own := make([]*Schema, 0, len(c.Definitions)+1)
	for _, d := range c.Definitions {
		if l.local == nil {
			l.local = make(map[string]*NamedSchema, len(c.Definitions))
		}
		l.checkShadowing(d)
		l.local[d.Name] = d
		own = append(own, d.Schema)
	}
	own = append(own, c.Payload)
	for _, s := range own {
		EachSchema(s, l.reference)
	}
	state := map[*Schema]int{}
	for _, d := range c.Definitions {
		l.visit(d.Schema, state, []step{{d.Name, c}})
	}
	for _, s := range own {
		EachSchema(s, func(s *Schema) {
			if s != c.Payload {
				l.object(s)
			}
		})
	}
	for _, s := range own {
		EachSchema(s, l.tags)
	}
	fragments := l.include(c)
	l.object(c.Payload)
	l.joinGroups(c, fragments)
	l.collect(c)
	c.Broken = c.Broken || len(l.diags) > 0
	return l.diags[:min(len(l.diags), document.MaxProblems)]
}

type linker struct {
	library  *Library
	contract *Contract
	local    map[string]*NamedSchema // definitions of the contract itself
	diags    []diag.Diagnostic

	suggestions int                // names proposed so far; each costs a search
	pointers    map[*Schema]string // of the contract in pointersOf
	pointersOf  *Contract
}

func (l *linker) report(check string, at diag.Location, message, hint string) *diag.Diagnostic {
	l.diags = append(l.diags, diag.Diagnostic{
		Rule: check, Severity: diag.Error, Location: at, Message: message, Hint: hint, Subject: l.contract.Name,
	})
	return &l.diags[len(l.diags)-1]
}

// reportIn reports on a schema, which becomes part of the subject.
func (l *linker) reportIn(s *Schema, check string, at diag.Location, message, hint string) *diag.Diagnostic {
	d := l.report(check, at, message, hint)
	d.Subject = l.contract.Subject(l.pointerTo(s))
	return d
}

// pointerTo finds a schema of the contract again; it is for messages only.
func (l *linker) pointerTo(s *Schema) string {
	if l.pointersOf != l.contract {
		l.pointersOf, l.pointers = l.contract, map[*Schema]string{}
		note := func(pointer string, s *Schema) bool {
			l.pointers[s] = pointer
			return true
		}
		Walk(l.contract.Payload, "", note)
		for _, d := range l.contract.Definitions {
			if d.Local {
				Walk(d.Schema, "/definitions/"+EscapePointer(d.Name), note)
			}
		}
	}
	return l.pointers[s]
}

// DuplicateName reports that c declares a name that first has already.
func DuplicateName(c, first *Contract) diag.Diagnostic {
	return diag.Diagnostic{
		Rule: checkNameDuplicate, Severity: diag.Error, Location: c.Head(), Subject: c.Name,
		Message: fmt.Sprintf("%s %s is declared twice", c.Kind.noun(), document.Quote(c.Name)), Hint: "rename one of the two",
		Related: []diag.Related{{Location: first.Head(), Message: "first declared here"}},
	}
}

// checkShadowing reports a local definition that a file declares as well.
func (l *linker) checkShadowing(d *NamedSchema) {
	shared := l.library.definitions[d.Name]
	if shared == nil {
		return
	}
	r := l.report(checkNameDuplicate, d.Schema.location(),
		fmt.Sprintf("definition %s is declared here and in a file of its own", document.Quote(d.Name)), "remove one of the two")
	r.Subject = l.contract.Subject("/definitions/" + EscapePointer(d.Name))
	r.Related = []diag.Related{{Location: shared.Head(), Message: "the other declaration"}}
}

func (s *Schema) location() diag.Location { return diag.Location{File: s.File, Span: s.Span} }

func (l *linker) reference(s *Schema) {
	if s.Ref == "" {
		return
	}
	if d := l.local[s.Ref]; d != nil {
		s.Target = d.Schema
		return
	}
	if d := l.library.definitions[s.Ref]; d != nil {
		s.Target = d.Payload
		return
	}
	hint := "definitions are declared in files that start with define:, or under definitions: of the event"
	if near := l.nearest(s.Ref); near != "" {
		hint = fmt.Sprintf("did you mean %q?", near)
	}
	l.reportIn(s, checkRefUnresolved, s.At("$ref"), fmt.Sprintf("no definition is named %s", document.Quote(s.Ref)), hint)
}

// maxSuggestions bounds the searches for what a misspelled name means.
const maxSuggestions = 50

// nearest proposes a definition for a misspelled reference.
func (l *linker) nearest(name string) string {
	if l.suggestions++; l.suggestions > maxSuggestions {
		return ""
	}
	names := slices.Clip(l.library.names())
	for _, d := range l.contract.Definitions {
		names = append(names, d.Name)
	}
	return Nearest(name, names)
}

func sortedNames(contracts map[string]*Contract) []string {
	names := make([]string, 0, len(contracts))
	for name := range contracts {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// object carries out `required: [a, b]` and checks what else concerns properties
// as a whole. It also wants the keys of maps to be strings, which may take a reference.
func (l *linker) object(s *Schema) {
	if s.MapKeys != nil && s.MapKeys.Ref != "" && s.MapKeys.Target != nil {
		l.checkMapKeys(s.MapKeys)
	}
	if s.Types != Object {
		return
	}
	if len(s.required) > 0 || len(s.grouped) > 0 {
		l.applyRequired(s)
	}
	l.checkCounts(s)
}

func (l *linker) checkMapKeys(keys *Schema) {
	if s := keys.Resolved(); s.Types != String || keys.AcceptsNull() {
		l.reportIn(keys, checkValueInvalid, keys.At("$ref"), fmt.Sprintf("keys of a map are always strings, and definition %s is not", document.Quote(keys.Ref)), "")
	}
}

func (l *linker) applyRequired(s *Schema) {
	properties := make(map[string]*Property, len(s.Properties))
	for _, p := range s.Properties {
		properties[p.Name] = p
	}
	for _, name := range s.required {
		if p := properties[name.Name]; p != nil {
			p.Required = true
			continue
		}
		l.undeclared(s, diag.Location{File: s.File, Span: name.Span}, "required", name.Name)
	}
	for _, name := range s.grouped {
		if properties[name.Name] == nil {
			l.undeclared(s, diag.Location{File: s.File, Span: name.Span}, "requireAny", name.Name)
		}
	}
}

func (l *linker) undeclared(s *Schema, at diag.Location, keyword, name string) {
	hint := fmt.Sprintf("declare it under properties, at least as %s: {type: any}", name)
	if near := l.nearestProperty(s, name); near != "" {
		hint = fmt.Sprintf("did you mean %q?", near)
	}
	l.reportIn(s, checkRequiredUndeclared, at, fmt.Sprintf("%s names %s, which is not declared", keyword, document.Quote(name)), hint)
}

func (l *linker) nearestProperty(s *Schema, name string) string {
	if l.suggestions++; l.suggestions > maxSuggestions {
		return ""
	}
	names := make([]string, len(s.Properties))
	for i, p := range s.Properties {
		names[i] = p.Name
	}
	return Nearest(name, names)
}

// checkCounts compares minProperties and maxProperties with what is declared.
func (l *linker) checkCounts(s *Schema) {
	if s.MinProperties == nil && s.MaxProperties == nil {
		return
	}
	required := 0
	for _, p := range s.Properties {
		if p.Required {
			required++
		}
	}
	closed := !s.Additional.Allowed && len(s.PatternProperties) == 0
	switch {
	case s.MaxProperties != nil && *s.MaxProperties < required:
		l.reportIn(s, checkBoundsEmpty, s.At("maxProperties"),
			fmt.Sprintf("maxProperties %d is less than the number of required properties, %d: no value fits", *s.MaxProperties, required), "")
	case closed && s.MinProperties != nil && *s.MinProperties > len(s.Properties):
		l.reportIn(s, checkBoundsEmpty, s.At("minProperties"),
			fmt.Sprintf("minProperties %d is more than the number of properties there can be, %d: no value fits", *s.MinProperties, len(s.Properties)), "")
	}
}

// tags finds out which value of the discriminator selects each variant.
func (l *linker) tags(s *Schema) {
	if s.Union == nil || s.Union.Discriminator == "" {
		return
	}
	seen := map[string]*Variant{}
	for _, v := range s.Union.Variants {
		if !l.tag(s, v) {
			continue
		}
		if other := seen[v.Tag]; other != nil {
			l.reportIn(s, checkUnionInvalid, diag.Location{File: s.File, Span: v.Key},
				fmt.Sprintf("variants %s and %s are both selected by %s", document.Quote(other.Name), document.Quote(v.Name), document.Quote(v.Tag)), "")
		}
		seen[v.Tag] = v
	}
}

// tag finds out what selects one variant, and reports whether anything does.
func (l *linker) tag(s *Schema, v *Variant) bool {
	object := v.Schema.Resolved()
	if object.Ref != "" {
		return false // unresolved, which is reported
	}
	at := diag.Location{File: s.File, Span: v.Key}
	name, discriminator := document.Quote(v.Name), document.Quote(s.Union.Discriminator)
	if object.Types != Object || v.Schema.AcceptsNull() {
		l.reportIn(s, checkUnionInvalid, at, fmt.Sprintf("variant %s is not an object, so %s cannot select it", name, discriminator),
			"discriminators choose between objects; put nullable beside "+s.Union.Keyword())
		return false
	}
	p := object.Property(s.Union.Discriminator)
	if p == nil {
		v.Tag, v.TagImplied = v.Name, true
		return true
	}
	tag, ok := singleText(p)
	if !ok {
		r := l.reportIn(s, checkUnionInvalid, at, fmt.Sprintf("variant %s declares %s without fixing its value", name, discriminator),
			fmt.Sprintf("leave it out, or write it as {type: string, enum: [%s], required: true}", v.Name))
		r.Related = []diag.Related{{Location: p.At(), Message: "declared here"}}
		return false
	}
	v.Tag = tag
	return true
}

// singleText returns the one string that a required property can have.
func singleText(p *Property) (string, bool) {
	s := p.Schema.Resolved()
	if !p.Required || s.Open || len(s.Enum) != 1 || p.Schema.AcceptsNull() || !s.Enum[0].IsString() {
		return "", false
	}
	return s.Enum[0].Text(), true
}

// include mixes the properties of fragments into an event, after its own.
func (l *linker) include(c *Contract) (fragments []*Contract) {
	for _, inc := range c.Include {
		at := diag.Location{File: c.File, Span: inc.Span}
		fragment := l.library.fragments[inc.Name]
		if fragment == nil {
			hint := "fragments are declared in files that start with fragment:"
			if near := Nearest(inc.Name, sortedNames(l.library.fragments)); near != "" {
				hint = fmt.Sprintf("did you mean %q?", near)
			}
			l.report(checkRefUnresolved, at, fmt.Sprintf("no fragment is named %s", document.Quote(inc.Name)), hint)
			continue
		}
		c.Broken = c.Broken || fragment.Broken
		l.mix(c, fragment, at)
		fragments = append(fragments, fragment)
	}
	return fragments
}

func (l *linker) mix(c, fragment *Contract, at diag.Location) {
	for _, p := range fragment.Payload.Properties {
		if own := c.Payload.Property(p.Name); own != nil {
			l.conflict(c, fragment, at, p.Name, own.At(), p.At())
			continue
		}
		mixed := *p
		mixed.From = fragment
		c.Payload.Properties = append(c.Payload.Properties, &mixed)
	}
	for _, p := range fragment.Payload.PatternProperties {
		i := slices.IndexFunc(c.Payload.PatternProperties, func(q *PatternProperty) bool { return p.Pattern == q.Pattern })
		if i >= 0 {
			own := c.Payload.PatternProperties[i]
			l.conflict(c, fragment, at, p.Pattern, diag.Location{File: own.Schema.File, Span: own.Key}, diag.Location{File: p.Schema.File, Span: p.Key})
			continue
		}
		c.Payload.PatternProperties = append(c.Payload.PatternProperties, p)
	}
}

// joinGroups makes one requireAny of what the event and its fragments ask for.
func (l *linker) joinGroups(c *Contract, fragments []*Contract) {
	for _, f := range fragments {
		c.Payload.RequireAny = both(c.Payload.RequireAny, f.Payload.RequireAny)
		if len(c.Payload.RequireAny) > maxGroups {
			l.report(document.RuleLimit, c.At("include"), fmt.Sprintf("requireAny of the event and its fragments make more than %d groups together", maxGroups), "")
			return
		}
	}
}

func (l *linker) conflict(c, fragment *Contract, at diag.Location, name string, own, other diag.Location) {
	r := l.report(checkIncludeConflict, at, fmt.Sprintf("fragment %s and the event both declare %s", document.Quote(fragment.Name), document.Quote(name)),
		"rename the event's property, or leave the fragment out")
	r.Subject = c.Subject("/properties/" + EscapePointer(name))
	r.Related = []diag.Related{{Location: own, Message: "declared here"}, {Location: other, Message: "and in the fragment"}}
}

// both makes one list of groups that asks for what two lists ask for: at least one
// group of each.
func both(a, b [][]string) [][]string {
	if len(a) == 0 {
		return b
	}
	if len(b) == 0 {
		return a
	}
	groups := make([][]string, 0, min(len(a)*len(b), maxGroups+1))
	for _, x := range a {
		for _, y := range b {
			if len(groups) > maxGroups {
				return groups
			}
			group := slices.Clone(x)
			for _, name := range y {
				if !slices.Contains(group, name) {
					group = append(group, name)
				}
			}
			groups = append(groups, group)
		}
	}
	return groups
}

// collect lists the definitions that the payload reaches, and measures how large
// it is with all of them written out.
func (l *linker) collect(c *Contract) {
	known := make(map[string]bool, len(c.Definitions))
	for _, d := range c.Definitions {
		known[d.Name] = true
	}
	sizes := map[*Schema]int{}
	var size func(s *Schema) int
	size = func(root *Schema) int {
		if n, done := sizes[root]; done {
			return n
		}
		n := 0
		EachSchema(root, func(s *Schema) {
			n++
			if s.Target == nil {
				return
			}
			if shared := l.library.definitions[s.Ref]; shared != nil && shared.Broken {
				c.Broken = true
			}
			if !known[s.Ref] {
				known[s.Ref] = true
				c.Definitions = append(c.Definitions, &NamedSchema{Name: s.Ref, Schema: s.Target})
			}
			n = min(n+size(s.Target), maxExpanded+1)
		})
		sizes[root] = n
		return n
	}
	if size(c.Payload) > maxExpanded {
		l.report(document.RuleLimit, c.Head(), fmt.Sprintf("event has more than %d schemas with its definitions written out", maxExpanded),
			"definitions that use each other several times grow quickly; split the event")
	}
}

const (
	visiting = 1
	visited  = 2
)

// step is a definition on the way into a circle, and the contract it stands in.
type step struct {
	name string
	in   *Contract
}

// visit reports definitions that contain themselves and cuts them there. The last
// step of the path is the definition's own.
func (l *linker) visit(definition *Schema, state map[*Schema]int, path []step) {
	if state[definition] != 0 {
		return
	}
	state[definition] = visiting
	EachSchema(definition, func(s *Schema) {
		if s.Target == nil {
			return
		}
		in := path[len(path)-1].in
		if shared := l.library.definitions[s.Ref]; shared != nil && shared.Payload == s.Target {
			in = shared
		}
		if state[s.Target] != visiting {
			l.visit(s.Target, state, append(path, step{s.Ref, in}))
			return
		}
		l.circular(s, path)
		s.Target = nil
	})
	state[definition] = visited
}

func (l *linker) circular(s *Schema, path []step) {
	start := slices.IndexFunc(path, func(p step) bool { return p.name == s.Ref })
	var names []string
	for _, p := range path[max(0, start)+1:] {
		names = append(names, document.Quote(p.name))
	}
	message := fmt.Sprintf("definition %s contains itself", document.Quote(s.Ref))
	if len(names) > 0 {
		message += " through " + strings.Join(names, ", ")
	}
	l.contract = path[len(path)-1].in
	l.reportIn(s, checkRefCircular, s.At("$ref"), message, "events are finite: use an identifier of the other record, or a list of levels")
	for _, p := range path[max(0, start):] {
		p.in.Broken = true
	}
}
