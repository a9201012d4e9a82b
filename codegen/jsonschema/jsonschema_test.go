package jsonschema

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	v6 "github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/codegen/codegentest"
	"github.com/evctl/evctl/contracts/schema"
)

const (
	torture = "../testdata/torture"
	shop    = "../../testdata/shop"
)

// TestGenerate_SchemasOfBothDraftsGiveTheSameVerdicts compiles every schema with a
// validator that follows $schema, and checks examples and damaged examples.
func TestGenerate_SchemasOfBothDraftsGiveTheSameVerdicts(t *testing.T) {
	for _, dir := range []string{torture, shop} {
		m := codegentest.Model(t, dir)
		for _, draft := range []string{draft2020, draft07} {
			files := codegentest.Files(t, Target{}, m, map[string]string{optionDraft: draft, optionBase: "https://schemas.example/events/"})
			byPath := map[string][]byte{}
			for _, f := range files {
				byPath[f.Path] = f.Content
			}
			checked, refused := 0, 0
			for _, e := range m.Events {
				path := codegen.Stem(e.Name.Snake()) + ".schema.json"
				compiled := compile(t, path, byPath[path])
				reference, err := schema.Compile(schema.Project(e.Contract))
				if err != nil {
					t.Fatal(err)
				}
				for _, x := range e.Contract.Payload.Examples {
					for _, payload := range damaged(t, x.JSON) {
						want := reference.Valid(payload) == nil
						if got := compiled.Validate(value(t, payload)) == nil; got != want {
							t.Errorf("%s %s: valid is %v, expected %v: %s", draft, e.Contract.Name, got, want, payload)
						}
						checked++
						if !want {
							refused++
						}
					}
				}
			}
			if checked < 100 || refused < 20 {
				t.Errorf("%s %s: only %d payloads checked, %d of them invalid", dir, draft, checked, refused)
			}
		}
	}
}

func compile(t *testing.T, path string, text []byte) *v6.Schema {
	t.Helper()
	doc, err := v6.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	c := v6.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("https://schemas.example/events/"+path, doc); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	s, err := c.Compile("https://schemas.example/events/" + path)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return s
}

// damaged is an object, and the object with each member left out, made null, a
// list, or joined by one that nobody declared.
func damaged(t *testing.T, text string) [][]byte {
	t.Helper()
	list := [][]byte{[]byte(text)}
	var object map[string]any
	if err := json.Unmarshal([]byte(text), &object); err != nil {
		t.Fatal(err)
	}
	put := func() {
		b, err := json.Marshal(object)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, b)
	}
	for key, original := range object {
		delete(object, key)
		put()
		for _, wrong := range []any{nil, []any{"x", true}, map[string]any{"undeclared": 1.5}} {
			object[key] = wrong
			put()
		}
		object[key] = original
	}
	object["not declared anywhere"] = 1
	put()
	return list
}

func value(t *testing.T, text []byte) any {
	t.Helper()
	v, err := v6.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestGenerate_Draft07KeepsDataApartFromSchemas(t *testing.T) {
	projection := `{"$schema":"` + schema.Dialect + `","properties":{"$ref":{"description":"d","$ref":"#/$defs/a"},"$defs":{"enum":["$ref"],"default":{"$ref":"#/$defs/a"}}},"$defs":{"a":{"type":"string"}}}`
	got, err := toDraft07([]byte(projection))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"$schema":"` + dialect07 + `","properties":{"$ref":{"description":"d","allOf":[{"$ref":"#/definitions/a"}]},"$defs":{"enum":["$ref"],"default":{"$ref":"#/$defs/a"}}},"definitions":{"a":{"type":"string"}}}`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestGenerate_RefusesABaseThatIsNoURL(t *testing.T) {
	for _, base := range []string{"events", "/events", "https://", "https://a.example/?b", "https://a.example/#b", "::"} {
		_, err := Target{}.Generate(&codegen.Model{}, codegen.Options{optionBase: base})
		if err == nil || !strings.Contains(err.Error(), "expected a URL") {
			t.Errorf("%q: %v", base, err)
		}
	}
}
