package subschema

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// compiler turns the schemas of one document into formulas of a space.
type compiler struct {
	schema *Schema
	space  *space
	budget *budget
	known  map[place]formula
	open   map[place]*visit
	level  int // how many steps into items and members lead here
	size   int // of all that was compiled, in keywords
	langs  map[string]formula
	// evaluating are the schemas whose evaluations are being found.
	evaluating map[uintptr]bool
}

// place is a schema as seen from a dynamic scope.
type place struct {
	node  uintptr
	scope string
}

// visit is a schema that is being compiled.
type visit struct {
	level  int
	number int
	ref    formula // set once something refers to it
}

// maxKeywords bounds what one document may become, and with it the time that compiling takes.
const maxKeywords = 200_000

// compileSteps is what compiling a keyword costs of the budget.
const compileSteps = 8

var errTooLarge = errors.New("the schema is too large to be compared")

// compilation is what the documents of one question share.
type compilation struct {
	space  *space
	budget *budget
	langs  map[string]formula
	known  map[*Schema]formula
}

// compile is the formula of a document. Documents with the same text have the same.
func (c compilation) compile(s *Schema) (formula, error) {
	for other, f := range c.known {
		if other == s || other.formats == s.formats && !other.external && !s.external && bytes.Equal(other.text, s.text) {
			return f, nil
		}
	}
	one := &compiler{schema: s, space: c.space, budget: c.budget, known: map[place]formula{}, open: map[place]*visit{}, langs: c.langs, evaluating: map[uintptr]bool{}}
	f, err := one.formula(s.root, s.owner(s.root, nil), scope{})
	if err != nil {
		return never, err
	}
	c.known[s] = f
	return f, nil
}

// scope is the dynamic scope: the resources with dynamic anchors that evaluation has
// entered, outermost first.
type scope struct {
	entered []*resource
	key     string
}

func (e scope) enter(r *resource) scope {
	if r == nil || r.dynamicAnchors == nil && !r.recursive || slices.Contains(e.entered, r) {
		return e
	}
	return scope{append(slices.Clip(e.entered), r), e.key + r.uri.String() + " "}
}

func (c *compiler) formula(node any, r *resource, env scope) (formula, error) {
	switch v := node.(type) {
	case bool:
		if v {
			return always, nil
		}
		return never, nil
	case map[string]any:
		return c.object(v, c.schema.owner(v, r), env)
	}
	return never, fmt.Errorf("%s stands where a schema should", writeValue(node))
}

func (c *compiler) object(m map[string]any, r *resource, env scope) (formula, error) {
	if r == nil {
		r = c.schema.resources[defaultURI]
	}
	env = env.enter(r)
	at := place{identity(m), env.key}
	if f, ok := c.known[at]; ok {
		return f, nil
	}
	if v, ok := c.open[at]; ok {
		if v.level == c.level {
			return c.space.opaque("a reference that leads to itself"), nil
		}
		if v.ref == 0 {
			v.number, v.ref = c.space.define()
		}
		return v.ref, nil
	}
	if c.size += len(m) + 1; c.size > maxKeywords {
		return never, errTooLarge
	}
	if err := c.budget.Spend(compileSteps * (len(m) + 1)); err != nil {
		return never, err
	}
	v := &visit{level: c.level}
	c.open[at] = v
	f, err := c.keywords(m, r, env)
	delete(c.open, at)
	if err != nil {
		return never, err
	}
	if v.ref != 0 {
		c.space.bodies[v.number] = f
	}
	c.known[at] = f
	return f, nil
}

// reader compiles the keywords of one schema object.
type reader struct {
	*compiler
	m     map[string]any
	r     *resource
	env   scope
	parts []formula
	err   error
	// missing are references that lead to documents which are not here.
	missing []formula
}

func (c *compiler) keywords(m map[string]any, r *resource, env scope) (formula, error) {
	k := &reader{compiler: c, m: m, r: r, env: env}
	if r.unknown != "" {
		return c.space.opaque(fmt.Sprintf("the meta-schema %q is not known", r.unknown)), nil
	}
	if _, ok := m["$ref"]; ok && r.draft <= draft7 {
		k.reference("$ref")
		return c.space.and(k.parts...), k.err
	}
	for _, read := range []func(){
		k.references, k.types, k.constants, k.numbers, k.strings, k.members, k.dependencies, k.itemKeywords, k.combinations, k.unevaluated,
	} {
		if read(); k.err != nil {
			return never, k.err
		}
	}
	return c.space.and(k.parts...), nil
}

func (k *reader) add(f formula) { k.parts = append(k.parts, f) }

func (k *reader) fail(keyword string, format string, args ...any) {
	if k.err == nil {
		k.err = fmt.Errorf("%s: "+format, append([]any{keyword}, args...)...)
	}
}

// since reports whether the schema has a keyword that its draft knows.
func (k *reader) since(keyword string, d draft) (any, bool) {
	v, ok := k.m[keyword]
	return v, ok && k.r.draft >= d
}

// here compiles a schema that the same value must satisfy, below one that belongs to
// what is inside of it.
func (k *reader) here(node any) formula {
	f, err := k.formula(node, k.r, k.env)
	if err != nil && k.err == nil {
		k.err = err
	}
	return f
}

func (k *reader) below(node any) formula {
	k.level++
	defer func() { k.level-- }()
	return k.here(node)
}

func (k *reader) list(keyword string) []any {
	v, ok := k.m[keyword]
	if !ok {
		return nil
	}
	list, ok := v.([]any)
	if !ok {
		k.fail(keyword, "a list of schemas is expected")
	}
	return list
}

func (k *reader) object(keyword string) map[string]any {
	v, ok := k.m[keyword]
	if !ok {
		return nil
	}
	m, ok := v.(map[string]any)
	if !ok {
		k.fail(keyword, "an object is expected")
	}
	return m
}

func (k *reader) references() {
	k.reference("$ref")
	if k.r.draft >= draft2020 {
		k.reference("$dynamicRef")
	}
	if k.r.draft == draft2019 {
		k.reference("$recursiveRef")
	}
}

func (k *reader) reference(keyword string) {
	t, ok := k.referenceTarget(keyword)
	if !ok {
		k.parts = append(k.parts, k.missing...)
		k.missing = nil
		return
	}
	f, err := k.formula(t.node, t.resource, k.env)
	if err != nil && k.err == nil {
		k.err = err
	}
	k.add(f)
}

// elsewhere is what a reference to another document means. That is not known, but it is the
// same wherever the same URI is spoken of in the same way.
func (k *reader) elsewhere(ref, uri string, err error) formula {
	if strings.HasPrefix(uri, Location("")) || k.env.key != "" {
		// Nobody said where that document is, or it may refer back to this one.
		return k.space.opaque(err.Error())
	}
	return k.space.opaqueSource(err.Error(), fmt.Sprintf("%d %s %s", k.r.draft, uri, ref))
}

// referenceTarget is where a reference leads in the dynamic scope.
func (k *reader) referenceTarget(keyword string) (target, bool) {
	v, ok := k.m[keyword]
	if !ok {
		return target{}, false
	}
	ref, ok := v.(string)
	if !ok {
		k.fail(keyword, "a URI is expected")
		return target{}, false
	}
	t, err := k.schema.resolve(ref, k.r)
	if errors.Is(err, errLeaves) {
		k.missing = append(k.missing, k.elsewhere(ref, t.uri, err))
		return target{}, false
	}
	if err != nil {
		if k.err == nil {
			k.err = err
		}
		return target{}, false
	}
	env := k.env.enter(t.resource)
	switch {
	case keyword == "$dynamicRef" && t.anchor != "" && t.resource.dynamicAnchors[t.anchor] != nil:
		for _, outer := range env.entered {
			if node, ok := outer.dynamicAnchors[t.anchor]; ok {
				return target{node: node, resource: outer}, true
			}
		}
	case keyword == "$recursiveRef" && t.resource.recursive:
		for _, outer := range env.entered {
			if outer.recursive {
				return target{node: outer.root, resource: outer}, true
			}
		}
	}
	return t, true
}
