package subschema

import (
	"maps"
	"slices"
)

// witness makes the value that was found smaller, and then more like data, as long as
// it still satisfies the goal.
type witness struct {
	*solver
	goal  formula
	tired bool // the budget for finishing is used up: what was reached remains
}

// finish makes a value that was found smaller and more like data. It has a budget of its
// own, so that a verdict that was reached is never lost for the looks of its proof.
func (w *witness) finish(v value, h hints, b *budget) value {
	w.budget = b
	return w.dress(w.shrink(v), h)
}

func (w *witness) proves(v value) (ok bool) {
	if w.tired {
		return false
	}
	defer func() {
		if failure := recover(); failure != nil {
			if failure != any(errBudget) {
				panic(failure)
			}
			w.tired, ok = true, false
		}
	}()
	return w.holds(w.goal, v) == yes
}

// spendMore takes the steps of copying from the budget.
func (w *witness) spendMore(steps int) {
	if w.budget.Spend(steps) != nil {
		w.tired = true
	}
}

// shrink leaves out what the witness does not need.
func (w *witness) shrink(v value) value {
	return w.shrinkPart(v, func(part value) bool { return w.proves(part) })
}

// shrinkPart makes a part smaller; ok says whether the whole is still a witness with
// another part in its place.
func (w *witness) shrinkPart(v value, ok func(value) bool) value {
	if w.tired {
		return v
	}
	switch v := v.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			if w.spendMore(len(v)); w.tired {
				return v
			}
			smaller := maps.Clone(v)
			delete(smaller, name)
			if ok(smaller) {
				v = smaller
			}
		}
		for _, name := range slices.Sorted(maps.Keys(v)) {
			v = maps.Clone(v)
			v[name] = w.shrinkPart(v[name], func(part value) bool {
				changed := maps.Clone(v)
				changed[name] = part
				return ok(changed)
			})
		}
		return v
	case []any:
		for i := len(v) - 1; i >= 0 && len(v) < 256; i-- {
			if smaller := slices.Delete(slices.Clone(v), i, i+1); ok(smaller) {
				v = smaller
			}
		}
		for i := 0; i < len(v) && i < 256; i++ {
			v = slices.Clone(v)
			v[i] = w.shrinkPart(v[i], func(part value) bool {
				changed := slices.Clone(v)
				changed[i] = part
				return ok(changed)
			})
		}
		return v
	}
	return v
}

// hints are values that people wrote for the places of a document.
type hints map[string][]value

// dress puts values that people wrote in the place of made-up ones.
func (w *witness) dress(v value, h hints) value {
	if len(h) == 0 {
		return v
	}
	return w.dressPart(v, "", h, w.proves)
}

func (w *witness) dressPart(v value, path string, h hints, ok func(value) bool) value {
	if w.tired {
		return v
	}
	switch v := v.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			v = maps.Clone(v)
			v[name] = w.dressPart(v[name], path+"/"+name, h, func(part value) bool {
				changed := maps.Clone(v)
				changed[name] = part
				return ok(changed)
			})
		}
		return v
	case []any:
		for i := 0; i < len(v) && i < 256; i++ {
			v = slices.Clone(v)
			v[i] = w.dressPart(v[i], path+"/*", h, func(part value) bool {
				changed := slices.Clone(v)
				changed[i] = part
				return ok(changed)
			})
		}
		return v
	}
	for _, hint := range h[path] {
		if kindOf(hint) == kindOf(v) && ok(hint) {
			return hint
		}
	}
	return v
}

// hints collects the examples that the question comes with, and examples, defaults
// and constants of the schemas.
func (q Question) hints(opt Options) hints {
	h := hints{}
	for _, text := range opt.Examples {
		if v, err := readValue(text); err == nil {
			h.add("", v)
		}
	}
	for _, list := range [][]*Schema{q.Accept, q.Reject} {
		for _, s := range list {
			h.collect("", s.root, s, 0)
		}
	}
	return h
}

// samples are strings that look like what formats stand for.
var samples = map[string]value{
	"date": "2026-01-31", "date-time": "2026-01-31T12:00:00Z", "time": "12:00:00Z", "duration": "P1D",
	"email": "ada@example.com", "hostname": "example.com", "ipv4": "192.0.2.1", "ipv6": "2001:db8::1",
	"uri": "https://example.com/", "uri-reference": "/a", "iri": "https://example.com/", "iri-reference": "/a",
	"uri-template": "/{id}", "json-pointer": "/a", "uuid": "7f0c0a6e-9e0a-4c55-8a39-0d5d4f7a2f0b",
}

// maxHints bounds the examples that are tried for one place.
const maxHints = 8

func (h hints) add(path string, v value) {
	switch v := v.(type) {
	case map[string]any:
		for name, member := range sorted(v) {
			h.add(path+"/"+name, member)
		}
	case []any:
		for _, item := range v {
			h.add(path+"/*", item)
		}
	default:
		if len(h[path]) < maxHints {
			h[path] = append(h[path], v)
		}
	}
}

// collect walks the properties and items of a schema. References are followed a few
// steps, since they may go round in circles.
func (h hints) collect(path string, node any, s *Schema, depth int) {
	m, ok := node.(map[string]any)
	if !ok || depth > 8 {
		return
	}
	if list, ok := m["examples"].([]any); ok {
		for _, v := range list {
			h.add(path, v)
		}
	}
	if v, ok := m["default"]; ok {
		h.add(path, v)
	}
	if format, ok := m["format"].(string); ok {
		if sample, ok := samples[format]; ok {
			h.add(path, sample)
		}
	}
	if ref, ok := m["$ref"].(string); ok {
		if t, err := s.resolve(ref, s.owner(m, s.resources[defaultURI])); err == nil {
			h.collect(path, t.node, s, depth+1)
		}
	}
	if list, ok := m["allOf"].([]any); ok {
		for _, sub := range list {
			h.collect(path, sub, s, depth+1)
		}
	}
	if members, ok := m["properties"].(map[string]any); ok {
		for name, sub := range sorted(members) {
			h.collect(path+"/"+name, sub, s, depth+1)
		}
	}
	h.collect(path+"/*", m["items"], s, depth+1)
}
