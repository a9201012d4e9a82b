package subschema

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/evctl/evctl/contracts/contracttest"
)

// realSchemas are the schemas of webhooks and of CDEvents, by path, with the documents
// that they refer to.
func realSchemas(t testing.TB) (schemas, documents map[string][]byte) {
	schemas, documents = map[string][]byte{}, map[string][]byte{}
	root := corpus(t, "octokit-webhooks/payload-schemas/api.github.com")
	for path, text := range schemasBelow(t, root) {
		rel, err := filepath.Rel(root, path)
		if err != nil {
			t.Fatal(err)
		}
		// Their identifiers are relative to the folder, which is where we let them stand.
		text = bytes.Replace(text, []byte(`"$id": "`), []byte(`"$id": "/`), 1)
		if rel = filepath.ToSlash(rel); strings.HasPrefix(rel, "common/") {
			documents[Location(rel)] = text
		}
		schemas["octokit/"+rel] = text
	}
	root = corpus(t, "cdevents/schemas")
	for path, text := range schemasBelow(t, root) {
		var named struct {
			ID string `json:"$id"`
		}
		if err := json.Unmarshal(text, &named); err != nil {
			t.Fatal(err)
		}
		documents[named.ID] = text
		rel, err := filepath.Rel(root, path)
		if err != nil {
			t.Fatal(err)
		}
		schemas["cdevents/"+filepath.ToSlash(rel)] = text
	}
	return schemas, documents
}

// mutation changes a schema in place. It returns false when there is nothing to change.
type mutation struct {
	name string
	// wider says that the mutated schema accepts more; otherwise less.
	wider  bool
	change func(m map[string]any) bool
}

var mutations = []mutation{
	{"property no longer required", true, func(m map[string]any) bool {
		list, ok := m["required"].([]any)
		if ok && len(list) > 0 {
			m["required"] = slices.Delete(list, 0, 1)
		}
		return ok && len(list) > 0
	}},
	{"property required", false, func(m map[string]any) bool {
		list, _ := m["required"].([]any)
		for name := range sorted(membersOf(m)) {
			if !slices.Contains(list, any(name)) {
				m["required"] = append(list, name)
				return true
			}
		}
		return false
	}},
	{"value added to an enum", true, func(m map[string]any) bool {
		return inside(m, func(m map[string]any) bool {
			list, ok := m["enum"].([]any)
			if ok {
				m["enum"] = append(list, "a value of another kind")
				if m["type"] != nil {
					m["type"] = []any{"string", m["type"]}
				}
				if inner, isList := m["type"].([]any); isList {
					m["type"] = flat(inner)
				}
			}
			return ok
		})
	}},
	{"null allowed", true, func(m map[string]any) bool {
		return inside(m, func(m map[string]any) bool {
			if name, ok := m["type"].(string); ok && name == "string" && m["enum"] == nil && m["const"] == nil {
				m["type"] = []any{name, "null"}
				return true
			}
			return false
		})
	}},
	{"string at most 3 long", false, func(m map[string]any) bool {
		return inside(m, func(m map[string]any) bool {
			if name, ok := m["type"].(string); ok && name == "string" && m["enum"] == nil && m["maxLength"] == nil {
				m["maxLength"] = json.Number("3")
				return true
			}
			return false
		})
	}},
	{"additional properties allowed", true, func(m map[string]any) bool {
		closed := m["additionalProperties"] == false
		delete(m, "additionalProperties")
		return closed
	}},
}

func flat(list []any) []any {
	var all []any
	for _, v := range list {
		if inner, ok := v.([]any); ok {
			all = append(all, inner...)
		} else if !slices.Contains(all, v) {
			all = append(all, v)
		}
	}
	return all
}

func membersOf(m map[string]any) map[string]any {
	members, _ := m["properties"].(map[string]any)
	return members
}

// inside changes the first schema below properties that can be changed.
func inside(m map[string]any, change func(map[string]any) bool) bool {
	for _, sub := range sorted(membersOf(m)) {
		if sub, ok := sub.(map[string]any); ok && (change(sub) || inside(sub, change)) {
			return true
		}
	}
	return false
}

// TestCompare_JudgesMutationsOfRealSchemas changes one thing in schemas of hundreds of lines
// and expects the verdicts that the change deserves.
func TestCompare_JudgesMutationsOfRealSchemas(t *testing.T) {
	schemas, documents := realSchemas(t)
	var times durations
	tally := map[string]map[Verdict]int{}
	turn := 0
	for name, text := range sortedTexts(schemas) {
		read := func(text []byte) *Schema {
			s, err := ParseWith(text, ParseOptions{Documents: documents})
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			return s
		}
		original := read(text)
		// Another text, so that the documents are compared and not only recognised.
		again := read(append([]byte(" "), text...))
		if r := times.compare(original, again); r.Verdict != Included {
			t.Errorf("%s in itself is %s %s %s", name, r.Verdict, r.Witness, r.Reason)
		}
		turn++
		for i, m := range mutations {
			root, ok := mustValue(t, text).(map[string]any)
			if !ok || (i+turn)%3 != 0 || !m.change(root) {
				// The benchmark takes them all.
				continue
			}
			mutated := read(writeValue(root))
			narrow, wide := original, mutated
			if !m.wider {
				narrow, wide = mutated, original
			}
			if r := times.compare(narrow, wide); r.Verdict != Included {
				t.Errorf("%s, %s: the narrower in the wider is %s %s %s", name, m.name, r.Verdict, r.Witness, r.Reason)
			}
			r := times.compare(wide, narrow)
			if tally[m.name] == nil {
				tally[m.name] = map[Verdict]int{}
			}
			tally[m.name][r.Verdict]++
			if r.Verdict == Undecided {
				t.Errorf("%s, %s: %s", name, m.name, r.Reason)
			}
			if r.Verdict == Included {
				t.Logf("%s, %s: changes nothing", name, m.name)
			}
		}
	}
	for _, m := range mutations {
		t.Logf("%s: %v", m.name, tally[m.name])
		if tally[m.name][NotIncluded] < 9*tally[m.name][Included] || tally[m.name][NotIncluded] == 0 {
			t.Errorf("%s: %v; most of them should make a difference", m.name, tally[m.name])
		}
	}
	t.Log(times)
}

// TestMetaSchemas_MeanWhatTheReferenceValidatorTakesThemFor asks whether schemas satisfy the
// drafts' own schemas: ours in the engine, the published ones in the reference validator.
func TestMetaSchemas_MeanWhatTheReferenceValidatorTakesThemFor(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := dialect{draft: rapid.SampledFrom([]draft{draft4, draft6, draft7, draft2019, draft2020}).Draw(t, "draft")}
		meta := mustParse(t, `{"$schema":"`+draftURLs[d.draft]+`","allOf":[{"$ref":"`+draftURLs[d.draft]+`"}]}`)
		reference, err := meta.reference()
		if err != nil {
			t.Fatal(err)
		}
		text := []byte(d.document(t, 2))
		if rapid.Bool().Draw(t, "of another draft") {
			text = []byte(newest.document(t, 2))
		}
		if rapid.Bool().Draw(t, "mutated") {
			text = contracttest.Mutate(text).Draw(t, "mutant")
		}
		if _, err := readValue(text); err != nil {
			return
		}
		r := Compare(mustParse(t, `{"enum":[`+string(text)+`]}`), meta, patient)
		invalid := reference.Valid(text)
		if invalid != nil && r.Verdict == Included && knownStrictness(d.draft, invalid.Error()) {
			return
		}
		if r.Verdict == Undecided || (invalid == nil) != (r.Verdict == Included) {
			t.Fatalf("draft %d: %s %s\n%s\n%v", d.draft, r.Verdict, r.Reason, text, invalid)
		}
	})
}

// knownStrictness reports whether a schema was refused for what is no constraint: formats,
// which the reference validator asserts in the meta-schemas it has built in; duplicates in
// enum, which the published schema of draft 7 allows since it was corrected; and the type of
// $ref, of which the schema of draft 4 says nothing.
func knownStrictness(d draft, message string) bool {
	return strings.Contains(message, "/format") || d == draft7 && strings.Contains(message, "/enum/") || d == draft4 && strings.Contains(message, "/properties/$ref/")
}
