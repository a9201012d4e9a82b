package subschema

import (
	"maps"
	"slices"
)

// witness makes the value that was found smaller, and then more like data, as long as
// it still satisfies the goal.
type witness struct {
	*solver
	goal formula
}

func (w *witness) proves(v value) bool { return w.holds(w.goal, v) == yes }

// shrink leaves out what the witness does not need.
func (w *witness) shrink(v value) value {
	return w.shrinkPart(v, func(part value) bool { return w.proves(part) })
}

// shrinkPart makes a part smaller; ok says whether the whole is still a witness with
// another part in its place.
func (w *witness) shrinkPart(v value, ok func(value) bool) value {
	switch v := v.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
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
