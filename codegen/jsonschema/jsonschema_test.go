package jsonschema

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	v6 "github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/codegen/codegentest"
	"github.com/evctl/evctl/contracts/formats"
	"github.com/evctl/evctl/contracts/payload"
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
		payloads := map[string][]string{}
		for _, e := range m.Events {
			for _, x := range e.Contract.Payload.Examples {
				payloads[e.Contract.Name] = append(payloads[e.Contract.Name], x.JSON)
			}
		}
		compare(t, m, payloads)
	}
}

func TestGenerate_RandomContractsGetTheSameVerdicts(t *testing.T) {
	m, payloads := codegentest.Random(t, 80, 1)
	compare(t, m, payloads)
}

// compare checks payloads and damaged ones with the schemas of both drafts and
// with the validator of contracts.
func compare(t *testing.T, m *codegen.Model, payloads map[string][]string) {
	t.Helper()
	for _, given := range []map[string]string{
		{optionDraft: draft2020, optionBase: "https://schemas.example/events/"},
		{optionDraft: draft07, optionBase: "https://schemas.example/events/"},
		{optionDraft: draft2020, optionFiles: "files"},
		{optionDraft: draft07, optionFiles: "files", optionBase: "https://schemas.example/events/"},
	} {
		draft := given[optionDraft] + " " + given[optionFiles]
		files := codegentest.Files(t, Target{}, m, given)
		checked, refused := 0, 0
		for _, e := range m.Events {
			compiled := compile(t, files, codegen.Stem(e.Name.Snake())+".schema.json")
			ours, err := payload.Compile(e.Contract)
			if err != nil {
				t.Fatal(err)
			}
			for _, text := range payloads[e.Contract.Name] {
				for _, raw := range damaged(t, text) {
					want := ours.Valid(raw)
					if got := compiled.Validate(value(t, raw)) == nil; got != want {
						t.Errorf("%s %s: valid is %v, expected %v: %s", draft, e.Contract.Name, got, want, raw)
					}
					checked++
					if !want {
						refused++
					}
				}
			}
		}
		if checked < 100 || refused < 20 {
			t.Errorf("%s: only %d payloads checked, %d of them invalid", draft, checked, refused)
		}
	}
}

func compile(t *testing.T, files []codegen.File, path string) *v6.Schema {
	t.Helper()
	c := v6.NewCompiler()
	for _, f := range formats.Table {
		c.RegisterFormat(&v6.Format{Name: f.Name, Validate: func(v any) error {
			if text, ok := v.(string); ok && !f.Valid(text) {
				return errors.New("wrong format")
			}
			return nil
		}})
	}
	c.AssertFormat()
	for _, f := range files {
		doc, err := v6.UnmarshalJSON(bytes.NewReader(f.Content))
		if err != nil {
			t.Fatalf("%s: %v", f.Path, err)
		}
		if err := c.AddResource("https://schemas.example/events/"+f.Path, doc); err != nil {
			t.Fatalf("%s: %v", f.Path, err)
		}
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
		_, err := codegen.Job{Target: Target{}, Options: codegen.Options{optionBase: base}}.Files(&codegen.Model{})
		if err == nil || !strings.Contains(err.Error(), "expected a URL") {
			t.Errorf("%q: %v", base, err)
		}
	}
}

// TestGenerate_FilesHoldEachDefinitionOnce has schemas that say nothing about what is
// shared but where it stands.
func TestGenerate_FilesHoldEachDefinitionOnce(t *testing.T) {
	m := codegentest.Model(t, shop)
	files := map[string]string{}
	for _, f := range codegentest.Files(t, Target{}, m, map[string]string{optionFiles: "files"}) {
		files[f.Path] = string(f.Content)
	}
	money := "definitions/money.schema.json"
	if !strings.Contains(files["order_completed.schema.json"], `"$ref": "`+money+`"`) || strings.Contains(files["order_completed.schema.json"], "$defs") {
		t.Errorf("order.completed does not refer to %s alone:\n%s", money, files["order_completed.schema.json"])
	}
	if !strings.Contains(files["definitions/line_item.schema.json"], `"$ref": "money.schema.json"`) {
		t.Errorf("line_item does not refer to its neighbour:\n%s", files["definitions/line_item.schema.json"])
	}
	if files[money] == "" {
		t.Errorf("no file %s", money)
	}
}
