package subschema

import (
	"slices"
	"strconv"

	"github.com/evctl/evctl/contracts/schema"
)

// reference is the schema as the reference validator reads it.
func (s *Schema) reference() (*schema.Reference, error) {
	s.once.Do(func() {
		further := map[string][]byte{}
		for _, f := range s.further {
			if !f.builtIn {
				further[f.uri] = s.strict(f.root.root, nil)
			}
		}
		s.compiled, s.failure = schema.CompileWith(s.strict(s.root, s.text), schema.CompileOptions{AssertFormats: s.formats, Documents: further})
	})
	return s.compiled, s.failure
}

// strict is the text of a document without what the reference validator refuses and
// what has a meaning nevertheless: lists that are empty or say something twice, meta-schemas
// by names of their own or none, identifiers that were given twice, annotations of the
// wrong type. It is text where there is nothing of that kind.
func (s *Schema) strict(root any, text []byte) []byte {
	m, ok := root.(map[string]any)
	if !ok {
		return writeValue(root)
	}
	r := s.owner(root, nil)
	w := &strictWriter{schema: s, seen: map[string]bool{}}
	copied := w.object(m, r)
	if _, ok := m["$schema"]; !ok && (r.draft != draft2020 || text == nil) {
		copied["$schema"], w.changed = draftURLs[r.draft], true
	}
	if !w.changed && text != nil {
		return text
	}
	return writeValue(copied)
}

type strictWriter struct {
	schema  *Schema
	seen    map[string]bool // URIs of resources
	changed bool
}

// silent are keywords whose values never matter, as long as nothing refers to them.
var silent = []string{"title", "description", "$comment", "default", "examples", "deprecated", "readOnly", "writeOnly"}

func (w *strictWriter) node(v any, r *resource) any {
	if m, ok := v.(map[string]any); ok {
		return w.object(m, w.schema.owner(m, r))
	}
	return v
}

func (w *strictWriter) object(m map[string]any, r *resource) map[string]any {
	copied := make(map[string]any, len(m))
	for keyword, v := range m {
		if slices.Contains(silent, keyword) {
			w.changed = true
			continue
		}
		copied[keyword] = v
	}
	for _, a := range applicators {
		if v, ok := m[a.keyword]; ok && a.knownTo(r.draft) {
			copied[a.keyword] = w.below(a, v, r)
		}
	}
	if identity(m) == identityOf(r.root) {
		w.name(copied, r)
	}
	w.lists(copied)
	return copied
}

// below copies the schemas that the value of an applicator holds.
func (w *strictWriter) below(a applicator, v any, r *resource) any {
	switch v := v.(type) {
	case []any:
		if a.shape == oneSchema || a.shape == mapOfSchemas {
			return v
		}
		list := make([]any, len(v))
		for i, sub := range v {
			list[i] = w.node(sub, r)
		}
		return list
	case map[string]any:
		if a.shape == oneSchema || a.shape == oneOrList {
			return w.node(v, r)
		}
		members := make(map[string]any, len(v))
		for name, sub := range sorted(v) {
			members[name] = w.node(sub, r)
			if list, ok := sub.([]any); ok {
				members[name] = w.distinct(list)
			}
		}
		return members
	}
	return v
}

// name gives the meta-schema its usual name, and an identifier that is not the first of
// its kind a query of its own, which leaves references within it as they are.
func (w *strictWriter) name(m map[string]any, r *resource) {
	if u, ok := m["$schema"].(string); ok && u != draftURLs[r.draft] {
		if _, known := draftOf(u); known {
			m["$schema"], w.changed = draftURLs[r.draft], true
		}
	}
	key := "$id"
	if r.draft == draft4 {
		key = "id"
	}
	if _, ok := m[key]; !ok {
		return
	}
	u := *r.uri
	if w.seen[u.String()] {
		u.RawQuery += "again=" + strconv.Itoa(len(w.seen))
		m[key], w.changed = u.String(), true
	}
	w.seen[u.String()] = true
}

// lists mends the lists that the meta-schemas of older drafts want to be without
// duplicates and not empty.
func (w *strictWriter) lists(m map[string]any) {
	for _, keyword := range []string{"enum", "required", "type"} {
		if list, ok := m[keyword].([]any); ok {
			m[keyword] = w.distinct(list)
		}
	}
	if list, ok := m["required"].([]any); ok && len(list) == 0 {
		delete(m, "required")
		w.changed = true
	}
	if list, ok := m["enum"].([]any); ok && len(list) == 0 {
		delete(m, "enum")
		all, _ := m["allOf"].([]any)
		m["allOf"] = append(slices.Clip(all), map[string]any{"not": map[string]any{}})
		w.changed = true
	}
	if list, ok := m["allOf"].([]any); ok && len(list) == 0 {
		delete(m, "allOf")
		w.changed = true
	}
}

// distinct leaves out what a list says twice.
func (w *strictWriter) distinct(list []any) []any {
	seen := make(map[string]bool, len(list))
	kept := make([]any, 0, len(list))
	for _, v := range list {
		if key := keyOf(v); !seen[key] {
			seen[key] = true
			kept = append(kept, v)
		}
	}
	if len(kept) < len(list) {
		w.changed = true
	}
	return kept
}
