package payload

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/contracts/rawjson"
)

// recast says what becomes of a value of one schema where it is to be one of a later
// schema. nil: it stays as it is.
type recast struct {
	// Objects and maps.
	members  map[string]recastMember // by the earlier name
	fills    []fill
	patterns []recastPattern
	rest     *recast // of members that nothing else describes
	// forgotten are members with a class that the later schema takes and does not describe.
	forgotten *forgotten

	items *recast

	// Unions: of the variant that accepts the value.
	choice   *choice
	variants []*recast
}

// recastMember is what becomes of a member of an object.
type recastMember struct {
	drop  bool
	name  []byte // the new name as JSON; nil: the one that it has
	fill  int    // of recast.fills that is not needed where the member is there; -1: none
	value *recast
	// why is set where the value means something else in the later schema, so that no
	// event that has it can become one of that.
	why *Violation
}

// fill is a member that is added where it is missing: `"name":value`.
type fill struct{ text []byte }

// forgotten says which members nothing describes any more, although privacy is about them.
type forgotten struct {
	patterns []*regexp.Regexp
	rest     bool // those that nothing else described
	// Of these, what the later schema describes is not forgotten.
	names map[string]bool
	later []*regexp.Regexp
}

// has reports whether a member is one of those.
func (f *forgotten) has(name []byte) bool {
	if f == nil || f.names[string(name)] || matchesOne(f.later, name) {
		return false
	}
	return f.rest || matchesOne(f.patterns, name)
}

func matchesOne(patterns []*regexp.Regexp, name []byte) bool {
	return slices.ContainsFunc(patterns, func(re *regexp.Regexp) bool { return re.Match(name) })
}

type recastPattern struct {
	pattern *regexp.Regexp
	value   *recast
}

// RuleUnitChanged is the rule of a violation that Rewriter reports: the later version
// measures a value in another unit.
const RuleUnitChanged = "unit-changed"

// planner makes recasts. A line is the schemas of one value in several versions, from the
// earliest to the latest.
type planner struct {
	// defaults adds every property that is missing and has a default, and not only those
	// that have to be there.
	defaults bool
	// guarded reports whether a schema has values that must not stay behind in an object
	// whose contract forgets about them.
	guarded func(*contracts.Schema) bool
	done    map[string]*recast
	err     error
}

func (p *planner) plan(line []*contracts.Schema) *recast {
	key := ""
	for _, s := range line {
		key += fmt.Sprintf("%p ", s)
	}
	if r, ok := p.done[key]; ok {
		return r
	}
	r := p.compile(line)
	if p.done == nil {
		p.done = map[string]*recast{}
	}
	p.done[key] = r
	return r
}

func (p *planner) compile(line []*contracts.Schema) *recast {
	first, last := line[0].Resolved(), line[len(line)-1].Resolved()
	switch {
	case first.Union != nil && last.Union != nil:
		return p.union(resolved(line, func(s *contracts.Schema) bool { return s.Union != nil }))
	case both(first, last, contracts.Object):
		return p.object(resolved(line, func(s *contracts.Schema) bool { return s.Types.Has(contracts.Object) }))
	case both(first, last, contracts.Map):
		r := &recast{rest: p.part(line, contracts.Map, func(s *contracts.Schema) *contracts.Schema { return s.Values })}
		if p.guarded != nil && first.Values != nil && last.Values == nil && p.guarded(first.Values) {
			r.forgotten = &forgotten{rest: true}
		}
		return r.orNothing()
	case both(first, last, contracts.Array):
		r := &recast{items: p.part(line, contracts.Array, func(s *contracts.Schema) *contracts.Schema { return s.Items })}
		return r.orNothing()
	}
	return nil
}

func both(a, b *contracts.Schema, t contracts.Types) bool { return a.Types.Has(t) && b.Types.Has(t) }

// resolved leaves out what is of another kind in between.
func resolved(line []*contracts.Schema, fits func(*contracts.Schema) bool) []*contracts.Schema {
	var list []*contracts.Schema
	for _, s := range line {
		if s = s.Resolved(); fits(s) {
			list = append(list, s)
		}
	}
	return list
}

// part is the plan of what a keyword holds.
func (p *planner) part(line []*contracts.Schema, t contracts.Types, of func(*contracts.Schema) *contracts.Schema) *recast {
	var parts []*contracts.Schema
	for i, s := range resolved(line, func(s *contracts.Schema) bool { return s.Types.Has(t) }) {
		if held := of(s); held != nil {
			parts = append(parts, held)
		} else if i == 0 {
			return nil
		}
	}
	if len(parts) == 0 || of(line[len(line)-1].Resolved()) == nil {
		return nil
	}
	return p.plan(parts)
}

func (r *recast) orNothing() *recast {
	if len(r.members) == 0 && len(r.patterns) == 0 && r.rest == nil && r.forgotten == nil && r.items == nil {
		return nil
	}
	return r
}

func (p *planner) union(line []*contracts.Schema) *recast {
	first, last := line[0].Union, line[len(line)-1].Union
	r := &recast{}
	changes := false
	for _, v := range first.Variants {
		var variants []*contracts.Schema
		for _, s := range line {
			if w := variantOf(s.Union, v.Name); w != nil {
				variants = append(variants, w.Schema)
			}
		}
		var plan *recast
		if variantOf(last, v.Name) != nil {
			plan = p.plan(variants)
		}
		r.variants = append(r.variants, plan)
		changes = changes || plan != nil
	}
	if !changes {
		return nil
	}
	r.choice, p.err = newChoice(first, p.err)
	return r
}

func variantOf(u *contracts.Union, name string) *contracts.Variant {
	i := slices.IndexFunc(u.Variants, func(v *contracts.Variant) bool { return v.Name == name })
	if i < 0 {
		return nil
	}
	return u.Variants[i]
}

func (p *planner) object(line []*contracts.Schema) *recast {
	first, last := line[0], line[len(line)-1]
	o := objectPlan{planner: p, recast: &recast{members: map[string]recastMember{}}, fills: map[string]int{}}
	fates := make([]fate, len(first.Properties))
	for i, property := range first.Properties {
		fates[i] = o.fate(line, property)
	}
	for _, property := range last.Properties {
		from := slices.IndexFunc(fates, func(f fate) bool { return f.ends(property) })
		if from < 0 {
			o.added(lineage(line, property))
		} else if fill := o.fill(fates[from].line); fill >= 0 {
			o.fills[property.Name] = fill
		}
	}
	for _, f := range fates {
		o.member(f)
	}
	for _, pattern := range last.PatternProperties {
		o.pattern(line, pattern.Pattern)
	}
	o.recast.rest = p.part(line, contracts.Object, func(s *contracts.Schema) *contracts.Schema { return s.Additional.Schema })
	o.recast.forgotten = p.forgets(first, last)
	return o.recast.orNothing()
}

// forgets finds what the first schema describes without naming it, and the last one takes
// without describing it.
func (p *planner) forgets(first, last *contracts.Schema) *forgotten {
	if p.guarded == nil || !last.Additional.Allowed || last.Additional.Schema != nil {
		return nil
	}
	f := &forgotten{names: map[string]bool{}}
	for _, pattern := range first.PatternProperties {
		if p.guarded(pattern.Schema) {
			f.patterns = append(f.patterns, p.regexp(pattern.Pattern))
		}
	}
	f.rest = first.Additional.Schema != nil && p.guarded(first.Additional.Schema)
	if len(f.patterns) == 0 && !f.rest {
		return nil
	}
	for _, property := range slices.Concat(first.Properties, last.Properties) {
		f.names[property.Name] = true
	}
	for _, pattern := range last.PatternProperties {
		f.later = append(f.later, p.regexp(pattern.Pattern))
	}
	return f
}

// regexp compiles a pattern; that of a contract without errors is one.
func (p *planner) regexp(pattern string) *regexp.Regexp {
	re, err := regexp.Compile(pattern)
	if err != nil {
		p.err = cmp.Or(p.err, err)
		return regexp.MustCompile("")
	}
	return re
}

// fate is what becomes of a property over some versions.
type fate struct {
	line     []*contracts.Property // it, and what it is in later versions that declare it
	declared bool                  // by the last version that was looked at
	gone     bool                  // a version had no place for it
}

func (f *fate) last() *contracts.Property { return f.line[len(f.line)-1] }

// ends reports whether a property of the latest version is what became of it.
func (f *fate) ends(p *contracts.Property) bool { return f.declared && !f.gone && f.last() == p }

// fate follows a property of the first version as events would go from version to version:
// to where it has its name or another one, and out where nothing takes it, or where privacy
// would lose sight of it.
func (p *planner) fate(line []*contracts.Schema, property *contracts.Property) fate {
	f := fate{line: []*contracts.Property{property}, declared: true}
	for i := 1; i < len(line); i++ {
		if next := f.successor(line[i-1], line[i]); next != nil {
			f.line, f.declared = append(f.line, next), true
			continue
		}
		guarded := p.guarded != nil && p.guarded(f.last().Schema)
		if guarded || !takesOthers(line[i], f.last().Name) {
			f.gone = true
			return f
		}
		f.declared = false
	}
	return f
}

// successor is what the property is in the later one of two schemas, or nil.
func (f *fate) successor(earlier, later *contracts.Schema) *contracts.Property {
	name := f.last().Name
	if same := later.Property(name); same != nil || !f.declared {
		return same
	}
	i := slices.IndexFunc(later.Properties, func(p *contracts.Property) bool {
		return p.Schema.RenamedFrom == name && earlier.Property(p.Name) == nil
	})
	if i < 0 {
		return nil
	}
	return later.Properties[i]
}

// takesOthers reports whether an object may have a member that it does not declare.
func takesOthers(s *contracts.Schema, name string) bool {
	for _, pattern := range s.PatternProperties {
		if re, err := regexp.Compile(pattern.Pattern); err == nil && re.MatchString(name) {
			return true
		}
	}
	return s.Additional.Allowed
}

// lineage is a property that the first version does not have, and what it was in earlier
// versions, the earliest first. It starts where the property came up.
func lineage(line []*contracts.Schema, p *contracts.Property) []*contracts.Property {
	list := []*contracts.Property{p}
	for i := len(line) - 2; i > 0; i-- {
		before := predecessor(line[i], line[i+1], list[0])
		if before == nil {
			break
		}
		list = slices.Insert(list, 0, before)
	}
	return list
}

// predecessor is what a property of a later schema is in the earlier one, or nil.
func predecessor(earlier, later *contracts.Schema, p *contracts.Property) *contracts.Property {
	if same := earlier.Property(p.Name); same != nil {
		return same
	}
	if old := p.Schema.RenamedFrom; old != "" && later.Property(old) == nil {
		return earlier.Property(old)
	}
	return nil
}

// objectPlan makes the recast of an object.
type objectPlan struct {
	*planner
	recast *recast
	fills  map[string]int // of recast.fills, by the latest name of properties that are not new
}

// member plans what becomes of a property of the first version.
func (o *objectPlan) member(f fate) {
	before, after := f.line[0], f.last()
	if f.gone {
		o.recast.members[before.Name] = recastMember{drop: true, fill: -1}
		return
	}
	m := recastMember{fill: -1}
	if f.declared {
		m.value, m.why = o.plan(schemasOf(f.line)), unitChanged(f.line)
		if fill, ok := o.fills[after.Name]; ok {
			m.fill = fill
		}
	}
	if before.Name != after.Name {
		m.name = document.AppendQuoted(nil, after.Name)
	}
	if m.fill >= 0 || m.value != nil || m.why != nil || m.name != nil {
		o.recast.members[before.Name] = m
	}
}

// added plans for a property that is new. Where others may be there, it may be there all
// the same.
func (o *objectPlan) added(line []*contracts.Property) {
	if fill := o.fill(line); fill >= 0 {
		o.recast.members[line[len(line)-1].Name] = recastMember{fill: fill}
	}
}

func schemasOf(line []*contracts.Property) []*contracts.Schema {
	list := make([]*contracts.Schema, len(line))
	for i, p := range line {
		list[i] = p.Schema
	}
	return list
}

// unitChanged says that the first and the last version measure in different units.
func unitChanged(line []*contracts.Property) *Violation {
	old, new := unitOf(line[0].Schema), unitOf(line[len(line)-1].Schema)
	if old == "" || new == "" || old == new {
		return nil
	}
	return &Violation{Rule: RuleUnitChanged, Found: "a value in " + old, Expected: "one in " + new}
}

func unitOf(s *contracts.Schema) string {
	for ; s != nil; s = s.Target {
		if s.Unit != "" {
			return s.Unit
		}
	}
	return ""
}

// fill makes the fill of a property and returns its index, or -1 where there is none. The
// default is that of the earliest version that has one: what an event leaves out means what
// it meant when it was sent.
func (o *objectPlan) fill(line []*contracts.Property) int {
	from := slices.IndexFunc(line, func(p *contracts.Property) bool { return defaultOf(p.Schema) != nil })
	if from < 0 {
		return -1
	}
	after := line[len(line)-1]
	text, now := defaultOf(line[from].Schema), defaultOf(after.Schema)
	if changed := now == nil || !text.Equal(*now); !o.defaults && !after.Required && !changed {
		return -1
	}
	value := recastText([]byte(text.JSON), o.plan(schemasOf(line[from:])))
	named := append(document.AppendQuoted(nil, after.Name), ':')
	o.recast.fills = append(o.recast.fills, fill{append(named, value...)})
	return len(o.recast.fills) - 1
}

func defaultOf(s *contracts.Schema) *contracts.Value {
	for ; s != nil; s = s.Target {
		if s.Default != nil {
			return s.Default
		}
	}
	return nil
}

func (o *objectPlan) pattern(line []*contracts.Schema, text string) {
	var schemas []*contracts.Schema
	for i, s := range line {
		k := slices.IndexFunc(s.PatternProperties, func(p *contracts.PatternProperty) bool { return p.Pattern == text })
		if k >= 0 {
			schemas = append(schemas, s.PatternProperties[k].Schema)
		} else if i == 0 {
			return
		}
	}
	if plan := o.plan(schemas); plan != nil {
		o.recast.patterns = append(o.recast.patterns, recastPattern{o.regexp(text), plan})
	}
}

// choice finds the variants of a union that accept a value.
type choice struct {
	discriminator string
	byTag         map[string]int
	variants      []*Validator
}

// newChoice keeps the first of two errors.
func newChoice(u *contracts.Union, earlier error) (*choice, error) {
	c := &choice{discriminator: u.Discriminator, byTag: map[string]int{}}
	for i, v := range u.Variants {
		if u.Discriminator != "" {
			c.byTag[v.Tag] = i
			continue
		}
		validator, err := CompileSchema(v.Schema)
		if err != nil {
			return c, cmp.Or(earlier, err)
		}
		c.variants = append(c.variants, validator)
	}
	return c, earlier
}

// each calls do with the variants that accept value i, until it returns false.
func (c *choice) each(r *run, i int, do func(variant int) bool) {
	if c.discriminator != "" {
		tag := r.doc.Member(i, c.discriminator)
		if tag < 0 || r.doc.Kind(tag) != rawjson.String {
			return
		}
		if k, ok := c.byTag[r.doc.TextString(tag)]; ok {
			do(k)
		}
		return
	}
	for k, v := range c.variants {
		if r.value(v.root, i) && !do(k) {
			return
		}
	}
}
