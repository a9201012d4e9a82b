package subschema

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// suiteGroup is a group of the official test suite of JSON Schema.
type suiteGroup struct {
	Description string
	Schema      json.RawMessage
	Tests       []struct {
		Description string
		Data        json.RawMessage
		Valid       bool
	}
}

// corpus is the folder of real schemas; a test without it says so and stops.
func corpus(t testing.TB, name string) string {
	t.Helper()
	root := os.Getenv("EVCTL_CORPORA")
	if root == "" {
		t.Skip("EVCTL_CORPORA is not set: the real schemas are not here")
	}
	return filepath.Join(root, name)
}

// TestSuite_InstancesAreQuestions turns the official suite into questions of
// containment: an instance is valid if and only if the set that holds nothing else is
// included, and each other form of that question has the same answer.
func TestSuite_InstancesAreQuestions(t *testing.T) {
	root := corpus(t, "json-schema-test-suite/tests")
	for _, d := range []string{"draft4", "draft7", "draft2020-12"} {
		t.Run(d, func(t *testing.T) {
			files, err := filepath.Glob(filepath.Join(root, d, "*.json"))
			if err != nil || len(files) == 0 {
				t.Fatalf("no files of %s: %v", d, err)
			}
			documents := remotes(t)
			tally := map[string]map[Verdict]int{}
			reasons := map[string]int{}
			for _, file := range files {
				for _, g := range readSuite(t, file) {
					where := filepath.Base(file) + ": " + g.Description
					for _, q := range g.questions(t, where, d, documents) {
						r := q.Ask(patient)
						if tally[q.form] == nil {
							tally[q.form] = map[Verdict]int{}
						}
						tally[q.form][r.Verdict]++
						if r.Verdict == Undecided {
							reasons[filepath.Base(file)+": "+r.Reason]++
						} else if q.included != (r.Verdict == Included) {
							t.Errorf("%s: %s: %s is %s %s, want included=%v", where, q.about, q.form, r.Verdict, r.Witness, q.included)
						}
					}
				}
			}
			for _, form := range slices.Sorted(maps.Keys(tally)) {
				t.Logf("%-26s %v", form, tally[form])
			}
			for _, reason := range slices.Sorted(maps.Keys(reasons)) {
				t.Logf("undecided %d: %s", reasons[reason], reason)
			}
		})
	}
}

// remotes are the documents of the suite that its references lead to, by URI.
func remotes(t testing.TB) map[string][]byte {
	t.Helper()
	root := corpus(t, "json-schema-test-suite/remotes")
	documents := map[string][]byte{}
	for path, text := range schemasBelow(t, root) {
		rel, err := filepath.Rel(root, path)
		if err != nil {
			t.Fatal(err)
		}
		documents["http://localhost:1234/"+filepath.ToSlash(rel)] = text
	}
	return documents
}

// form is a question whose answer is known.
type form struct {
	Question
	form, about string
	included    bool
}

func (g suiteGroup) questions(t *testing.T, where, folder string, documents map[string][]byte) []form {
	read := func(text []byte) *Schema {
		s, err := ParseWith(text, ParseOptions{Documents: documents})
		if err != nil {
			t.Fatalf("%s: %v", where, err)
		}
		return s
	}
	s := read(withDraft(g.Schema, folder))
	all, nothing := read([]byte(`true`)), read([]byte(`false`))
	within := func(a, b *Schema) Question { return Question{Accept: []*Schema{a}, Reject: []*Schema{b}} }
	list := []form{
		{within(s, s), "S in S", "", true},
		{within(nothing, s), "false in S", "", true},
		{within(s, all), "S in true", "", true},
		{Question{Accept: []*Schema{s, nothing}}, "S and false", "", true},
		{Question{Reject: []*Schema{s, all}}, "neither S nor true", "", true},
	}
	inner, embeds := embedded(g.Schema)
	inside := func(format string, args ...any) *Schema {
		return read(fmt.Appendf(nil, `{%s "definitions": {"s": %s}, %s}`, draftMember(folder), inner, fmt.Sprintf(format, args...)))
	}
	const ref = `{"$ref": "#/definitions/s"}`
	if embeds {
		twice := inside(`"not": {"not": %s}`, ref)
		list = append(list, form{within(s, twice), "S in not not S", "", true}, form{within(twice, s), "not not S in S", "", true},
			form{within(s, inside(`"anyOf": [%s]`, ref)), "S in anyOf [S]", "", true}, form{within(inside(`"oneOf": [%s, {"not": {}}]`, ref), s), "oneOf [S, false] in S", "", true})
	}
	for _, test := range g.Tests {
		single := read(fmt.Appendf(nil, `{"enum": [%s]}`, test.Data))
		add := func(q Question, name string, included bool) {
			list = append(list, form{q, name, test.Description, included})
		}
		add(within(single, s), "v in S", test.Valid)
		add(Question{Accept: []*Schema{s, single}}, "S and v", !test.Valid)
		add(within(s, read(fmt.Appendf(nil, `{"not": {"enum": [%s]}}`, test.Data))), "S in not v", !test.Valid)
		if !embeds {
			continue
		}
		add(within(inside(`"anyOf": [%s, {"enum": [%s]}]`, ref, test.Data), s), "anyOf [S, v] in S", test.Valid)
		add(within(inside(`"allOf": [%s, {"enum": [%s]}]`, ref, test.Data), nothing), "allOf [S, v] in false", !test.Valid)
		add(within(single, inside(`"not": %s`, ref)), "v in not S", !test.Valid)
	}
	return list
}

// embedded is a schema as it may stand in /definitions/s of a document; ok is false where
// it has identifiers of its own.
func embedded(schema json.RawMessage) (text []byte, ok bool) {
	for _, keyword := range []string{`"$id"`, `"id"`, `"$anchor"`, `"$dynamicAnchor"`} {
		if bytes.Contains(schema, []byte(keyword)) {
			return nil, false
		}
	}
	v, err := readValue(schema)
	if err != nil {
		return nil, false
	}
	if m, ok := v.(map[string]any); ok {
		delete(m, "$schema")
	}
	return writeValue(moved(v)), true
}

// moved is a schema whose references start at /definitions/s.
func moved(v any) any {
	switch v := v.(type) {
	case []any:
		for i := range v {
			v[i] = moved(v[i])
		}
	case map[string]any:
		for keyword, part := range v {
			if keyword == "enum" || keyword == "const" {
				continue
			}
			v[keyword] = moved(part)
			if ref, ok := part.(string); ok && (keyword == "$ref" || keyword == "$dynamicRef") && strings.HasPrefix(ref, "#") {
				v[keyword] = "#/definitions/s" + ref[1:]
			}
		}
	}
	return v
}

func readSuite(t testing.TB, file string) []suiteGroup {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var groups []suiteGroup
	if err := json.Unmarshal(data, &groups); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return groups
}

// withDraft names the draft in schemas that leave it to the folder.
func withDraft(schema json.RawMessage, folder string) []byte {
	var m map[string]json.RawMessage
	if json.Unmarshal(schema, &m) != nil || m == nil || m["$schema"] != nil {
		return schema
	}
	if folder == "draft2020-12" {
		return schema
	}
	text := strings.TrimSpace(string(schema))
	if text == "{}" {
		return []byte(strings.Replace("{"+draftMember(folder)+"}", ",", "", 1))
	}
	return []byte("{" + draftMember(folder) + text[1:])
}

// draftMember is the member $schema of the drafts that need one, with a comma behind it.
func draftMember(folder string) string {
	url := map[string]string{"draft4": "http://json-schema.org/draft-04/schema#", "draft7": "http://json-schema.org/draft-07/schema#"}[folder]
	if url == "" {
		return ""
	}
	return fmt.Sprintf(`"$schema": %q,`, url)
}
