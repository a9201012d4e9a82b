package importer

import (
	"encoding/json"
	"maps"
	"math/big"
	"slices"
	"strings"

	"github.com/evctl/evctl/contracts/formats"
)

// This file makes a value that a JSON Schema likely accepts.

// maxLean is how many more nodes a payload may have once it is large enough: they are
// required ones only, so that it can still be valid.
const maxLean = 5000

// value makes an instance of a schema; full asks for every property.
func (g *generator) value(schema any, depth int, full bool) any {
	g.budget--
	s, ok := schema.(map[string]any)
	if !ok || depth > 40 || g.budget < -maxLean {
		return pick(g, []any{"x", json.Number("1"), true, nil})
	}
	if c, ok := s["const"]; ok {
		return c
	}
	if list, ok := s["enum"].([]any); ok && len(list) > 0 {
		return pick(g, list)
	}
	v := g.typed(s, depth, full)
	for _, part := range g.parts(s) {
		v = merged(v, g.value(part, depth+1, full), s)
	}
	return v
}

// parts are the other schemas that a value of this one must satisfy, with one chosen
// of each anyOf and oneOf.
func (g *generator) parts(s map[string]any) []any {
	var parts []any
	if ref, ok := s["$ref"].(string); ok {
		parts = append(parts, g.resolve(ref))
	}
	if all, ok := s["allOf"].([]any); ok {
		parts = append(parts, all...)
	}
	for _, keyword := range []string{"anyOf", "oneOf"} {
		if list, ok := s[keyword].([]any); ok && len(list) > 0 {
			parts = append(parts, pick(g, list))
		}
	}
	return parts
}

func (g *generator) resolve(reference string) any {
	at := g.root
	pointer, ok := strings.CutPrefix(reference, "#")
	if !ok {
		return true
	}
	u, err := resolveURI("evctl:", "#"+pointer)
	if err != nil || u.Fragment == "" {
		return at
	}
	for _, token := range strings.Split(u.Fragment[1:], "/") {
		token = strings.NewReplacer("~1", "/", "~0", "~").Replace(token)
		object, ok := at.(map[string]any)
		if !ok {
			return true
		}
		at = object[token]
	}
	return at
}

// merged joins what two parts of a schema asked for: members of objects, and otherwise
// the part when the schema itself says nothing about the type.
func merged(v, part any, s map[string]any) any {
	a, isObject := v.(map[string]any)
	b, alsoObject := part.(map[string]any)
	if isObject && alsoObject {
		c := maps.Clone(a)
		maps.Copy(c, b)
		return c
	}
	if s["type"] == nil && s["properties"] == nil {
		return part
	}
	return v
}

// typed makes a value by the type and the keywords for it.
func (g *generator) typed(s map[string]any, depth int, full bool) any {
	switch g.typeOf(s, full) {
	case "object":
		return g.object(s, depth, full)
	case "array":
		return g.array(s, depth, full)
	case "string":
		return g.text(s)
	case "integer":
		return g.number(s, true)
	case "number":
		return g.number(s, false)
	case "boolean":
		return g.rand.IntN(2) == 0
	}
	return nil
}

func (g *generator) typeOf(s map[string]any, full bool) string {
	switch t := s["type"].(type) {
	case string:
		return t
	case []any:
		if len(t) > 0 {
			name, _ := t[g.rand.IntN(len(t))].(string)
			if other, _ := t[0].(string); full && name == "null" {
				return other
			}
			return name
		}
	}
	for _, hint := range []struct{ keyword, name string }{
		{"properties", "object"}, {"required", "object"}, {"additionalProperties", "object"}, {"patternProperties", "object"}, {"items", "array"},
		{"minLength", "string"}, {"maxLength", "string"}, {"pattern", "string"}, {"format", "string"}, {"minimum", "number"}, {"maximum", "number"},
	} {
		if s[hint.keyword] != nil && g.rand.IntN(4) > 0 {
			return hint.name
		}
	}
	return pick(g, []string{"string", "integer", "boolean", "null", "object", "array"})
}

func (g *generator) object(s map[string]any, depth int, full bool) any {
	v := map[string]any{}
	properties, _ := s["properties"].(map[string]any)
	required, _ := s["required"].([]any)
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		if slices.Contains(required, any(name)) || g.budget > 0 && (full && depth < 6 || g.rand.IntN(3) > 0 && depth < 8) {
			v[name] = g.value(properties[name], depth+1, full)
		}
	}
	for _, name := range required {
		if name, ok := name.(string); ok && v[name] == nil && properties[name] == nil {
			v[name] = g.value(s["additionalProperties"], depth+1, full)
		}
	}
	if g.budget > 0 {
		g.further(s, v, depth, full)
	}
	return v
}

// further adds members that are not declared.
func (g *generator) further(s, v map[string]any, depth int, full bool) {
	patterns, _ := s["patternProperties"].(map[string]any)
	for _, pattern := range slices.Sorted(maps.Keys(patterns)) {
		if full || g.rand.IntN(2) == 0 {
			v[g.matching(pattern)] = g.value(patterns[pattern], depth+1, full)
		}
	}
	least := 0
	if n, ok := s["minProperties"].(json.Number); ok {
		least = min(whole(n), 20)
	}
	if additional, ok := s["additionalProperties"].(map[string]any); ok && (full || g.rand.IntN(2) == 0 || len(v) < least) {
		for range max(1, least-len(v)) {
			v[g.key(s)] = g.value(additional, depth+1, full)
		}
	} else if s["additionalProperties"] == nil && g.rand.IntN(6) == 0 {
		v[pick(g, g.names)] = pick(g, g.pool)
	}
}

// key makes a name for an additional member.
func (g *generator) key(s map[string]any) string {
	if names, ok := s["propertyNames"].(map[string]any); ok {
		if name, ok := g.value(names, 0, false).(string); ok && names["type"] == nil {
			return name
		}
		return g.text(names)
	}
	return pick(g, []string{"a", "b", "key", "Other Key", "x-1"})
}

func (g *generator) array(s map[string]any, depth int, full bool) any {
	least, most := 0, 4
	if n, ok := s["minItems"].(json.Number); ok {
		least = min(whole(n), 50)
	}
	if n, ok := s["maxItems"].(json.Number); ok {
		most = max(least, min(whole(n), 50))
	}
	n := least
	if most > least && depth < 8 && g.budget > 0 {
		n += g.rand.IntN(min(most-least, 3) + 1)
	}
	if full && g.budget > 0 {
		n = max(n, min(1, most))
	}
	list := make([]any, 0, n)
	for i := range n {
		item := s["items"]
		if tuple, ok := item.([]any); ok {
			item = s["additionalItems"]
			if i < len(tuple) {
				item = tuple[i]
			}
		}
		list = append(list, g.value(item, depth+1, full))
	}
	return list
}

func (g *generator) text(s map[string]any) string {
	if name, ok := s["format"].(string); ok {
		if f, ok := formats.Find(name); ok {
			return f.Example
		}
	}
	v := pick(g, []string{"x", "some text", "ünïcode 🙂", "0", "true", "a-b_c", "https://example.org/"})
	if pattern, ok := s["pattern"].(string); ok {
		v = g.matching(pattern)
	}
	if n, ok := s["minLength"].(json.Number); ok {
		for want := min(whole(n), maxText); len([]rune(v)) < want; {
			v += strings.Repeat("é", want-len([]rune(v)))
		}
	}
	if n, ok := s["maxLength"].(json.Number); ok {
		if r := []rune(v); len(r) > whole(n) {
			v = string(r[:whole(n)])
		}
	}
	return v
}

// number makes a number between the bounds, often at one of them.
func (g *generator) number(s map[string]any, integer bool) any {
	low, hasLow := bound(s, "minimum", "exclusiveMinimum", 1)
	high, hasHigh := bound(s, "maximum", "exclusiveMaximum", -1)
	switch {
	case !hasLow && !hasHigh:
		low, high = big.NewRat(-3, 1), big.NewRat(1000, 1)
	case !hasLow:
		low = new(big.Rat).Sub(high, big.NewRat(100, 1))
	case !hasHigh:
		high = new(big.Rat).Add(low, big.NewRat(100, 1))
	}
	part := big.NewRat(int64(g.rand.IntN(5)), 4)
	v := new(big.Rat).Sub(high, low)
	v.Add(v.Mul(v, part), low)
	if step, ok := s["multipleOf"].(json.Number); ok && len(step) < 20 {
		if unit, ok := new(big.Rat).SetString(string(step)); ok && unit.Sign() > 0 {
			n := new(big.Rat).Quo(v, unit)
			return decimalOf(unit.Mul(unit, new(big.Rat).SetInt(floor(n))))
		}
	}
	if integer {
		return decimalOf(new(big.Rat).SetInt(floor(v)))
	}
	return decimalOf(v)
}

func floor(r *big.Rat) *big.Int {
	return new(big.Int).Div(r.Num(), r.Denom()) // rounds down for positive denominators
}

// bound reads a limit, one further for an exclusive one.
func bound(s map[string]any, keyword, exclusive string, step int64) (*big.Rat, bool) {
	for _, k := range []string{exclusive, keyword} {
		n, ok := s[k].(json.Number)
		if !ok || len(n) > 40 {
			continue
		}
		r, ok := new(big.Rat).SetString(string(n))
		if !ok {
			continue
		}
		if k == exclusive || s[exclusive] == true {
			r.Add(r, big.NewRat(step, 1))
		}
		return r, true
	}
	return nil, false
}
