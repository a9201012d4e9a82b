package schema_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/contracttest"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/contracts/schema"
)

func compileSchema(t testing.TB, text []byte) *schema.Reference {
	t.Helper()
	r, err := schema.Compile(text)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// asJSON is how an editor sees a YAML text.
func asJSON(t rapid.TB, path, text string) []byte {
	t.Helper()
	n, diags := document.Parse(diag.NewFile(path, []byte(text)))
	if n == nil || len(diags) > 0 {
		t.Fatalf("%s: %v", path, diags)
	}
	return n.AppendJSON(nil)
}

func TestContractSchema_AcceptsTheDemoWorkspace(t *testing.T) {
	s := compileSchema(t, schema.ContractSchema())
	files, err := filepath.Glob("../../testdata/shop/contracts/*/*.yaml")
	if err != nil || len(files) < 12 {
		t.Fatalf("found %d contracts, %v", len(files), err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Valid(asJSON(t, file, string(text))); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
}

func TestContractSchema_AcceptsWhatTheParserAccepts(t *testing.T) {
	s := compileSchema(t, schema.ContractSchema())
	rapid.Check(t, func(t *rapid.T) {
		for _, f := range contracttest.Files().Draw(t, "files") {
			if err := s.Valid(asJSON(t, f.Path, f.Text)); err != nil {
				t.Fatalf("%s\n%s\n%v", f.Path, f.Text, err)
			}
		}
	})
}

// samples are a value for each keyword of a schema, which the parser accepts.
var samples = map[string]string{
	"type": "", "$ref": "{$ref: thing}", "nullable": "true", "enum": "", "open": "true",
	"format": "email", "pattern": "^a", "minLength": "1", "maxLength": "5",
	"minimum": "1", "maximum": "5", "exclusiveMinimum": "0", "exclusiveMaximum": "6", "multipleOf": "2",
	"items": "{type: string}", "minItems": "1", "maxItems": "5", "uniqueItems": "true",
	"properties": "{a: {type: string}}", "patternProperties": "{^x: {type: string}}", "additionalProperties": "true",
	"minProperties": "0", "maxProperties": "5", "keys": "^a", "values": "{type: string}",
	"title": "Text", "description": "Text.", "examples": "[]", "since": "1.0.0", "deprecated": "true",
	"renamedFrom": "b", "default": "", "pii": "none", "unit": "ms", "name": "code", "required": "true",
}

// TestContractSchema_PlacesKeywordsAsTheParserDoes tries every keyword beside every
// type: what the parser calls misplaced, the schema refuses.
func TestContractSchema_PlacesKeywordsAsTheParserDoes(t *testing.T) {
	s := compileSchema(t, schema.ContractSchema())
	types := append(slices.Clone(contracts.TypeNames[:]), "[string, integer]")
	misplaced := 0
	for keyword, sample := range samples {
		if sample == "" || keyword == "$ref" {
			continue
		}
		for _, name := range types {
			also := ""
			if keyword == "open" {
				also = ", enum: [a]"
			}
			text := fmt.Sprintf("event: a\nversion: 1.0.0\nproperties:\n  p: {type: %s, %s: %s%s}\n", name, keyword, sample, also)
			_, diags := contracts.Parse(diag.NewFile("a.yaml", []byte(text)))
			parser := slices.ContainsFunc(diags, func(d diag.Diagnostic) bool { return d.Rule == "keyword-misplaced" })
			if parser {
				misplaced++
			}
			if err := s.Valid(asJSON(t, "a.yaml", text)); (err != nil) != parser {
				t.Errorf("%s of %s: parser %v, schema %v", keyword, name, diags, err)
			}
		}
	}
	if misplaced < 50 {
		t.Errorf("parser called %d combinations misplaced, expected more: are the samples right?", misplaced)
	}
}

// TestContractSchema_KnowsWhatStandsAtTheTop tries every keyword at the top of each
// kind of file.
func TestContractSchema_KnowsWhatStandsAtTheTop(t *testing.T) {
	s := compileSchema(t, schema.ContractSchema())
	top := map[string]string{"type": "object", "enum": "[a]", "default": "{}", "required": "[]", "oneOf": "{a: {type: string}}", "discriminator": "k"}
	for _, head := range []string{"event: a\nversion: 1.0.0\n", "fragment: a\n"} {
		for _, keyword := range parserKeywords(t) {
			sample := samples[keyword]
			if own, ok := top[keyword]; ok {
				sample = own
			}
			if sample == "" || keyword == "$ref" {
				continue
			}
			text := head + keyword + ": " + sample + "\n"
			_, diags := contracts.Parse(diag.NewFile("a.yaml", []byte(text)))
			parser := slices.ContainsFunc(diags, func(d diag.Diagnostic) bool { return d.Rule == "keyword-misplaced" || d.Rule == "key-unknown" })
			if err := s.Valid(asJSON(t, "a.yaml", text)); (err != nil) != parser {
				t.Errorf("%q: parser %v, schema %v", text, diags, err)
			}
		}
	}
}

func TestContractSchema_RefusesWhatIsStructurallyWrong(t *testing.T) {
	s := compileSchema(t, schema.ContractSchema())
	for name, text := range map[string]string{
		"no kind":               "version: 1.0.0",
		"two kinds":             "event: a\ndefine: b\nversion: 1.0.0",
		"no version":            "event: a",
		"version of two":        "event: a\nversion: '1.0'",
		"unknown key":           "event: a\nversion: 1.0.0\nownr: b",
		"unknown keyword":       "event: a\nversion: 1.0.0\nproperties: {p: {type: string, maxLenght: 1}}",
		"no type":               "event: a\nversion: 1.0.0\nproperties: {p: {}}",
		"unknown type":          "event: a\nversion: 1.0.0\nproperties: {p: {type: text}}",
		"type and ref":          "event: a\nversion: 1.0.0\nproperties: {p: {type: string, $ref: b}}",
		"union and type":        "event: a\nversion: 1.0.0\nproperties: {p: {type: string, oneOf: {b: {type: string}}}}",
		"list of objects":       "event: a\nversion: 1.0.0\nproperties: {p: {type: [object, string]}}",
		"empty enum":            "event: a\nversion: 1.0.0\nproperties: {p: {type: string, enum: []}}",
		"unknown format":        "event: a\nversion: 1.0.0\nproperties: {p: {type: string, format: datetime}}",
		"text for a count":      "event: a\nversion: 1.0.0\nproperties: {p: {type: string, minLength: long}}",
		"unnamed variants":      "event: a\nversion: 1.0.0\nproperties: {p: {oneOf: [{type: string}]}}",
		"discriminator alone":   "event: a\nversion: 1.0.0\nproperties: {p: {type: object, discriminator: k}}",
		"open without enum":     "event: a\nversion: 1.0.0\nproperties: {p: {type: string, open: true}}",
		"unknown status":        "event: a\nversion: 1.0.0\nstatus: live",
		"unknown privacy class": "event: a\nversion: 1.0.0\nproperties: {p: {type: string, pii: yes}}",
		"enum on the payload":   "event: a\nversion: 1.0.0\nenum: [a]",
		"version of a fragment": "fragment: a\nversion: 1.0.0",
		"a list":                "[event]",
	} {
		raw := asJSON(t, "a.yaml", text)
		if _, diags := contracts.Parse(diag.NewFile("a.yaml", []byte(text))); len(diags) == 0 {
			t.Errorf("%s: the parser accepts it", name)
		}
		if err := s.Valid(raw); err == nil {
			t.Errorf("%s: the schema accepts it", name)
		}
	}
}

func TestContractSchema_DescribesEveryKey(t *testing.T) {
	var document struct {
		Defs map[string]struct {
			Properties map[string]struct{ Description string }
		} `json:"$defs"`
	}
	if err := json.Unmarshal(schema.ContractSchema(), &document); err != nil {
		t.Fatal(err)
	}
	keys := 0
	for name, def := range document.Defs {
		for key, property := range def.Properties {
			keys++
			if property.Description == "" {
				t.Errorf("%s.%s has no description", name, key)
			}
		}
	}
	if keys < 60 {
		t.Errorf("schema has %d keys, expected the whole language", keys)
	}
	for keyword := range samples {
		if _, ok := document.Defs["schema"].Properties[keyword]; !ok {
			t.Errorf("schema has no key %s", keyword)
		}
	}
}

func TestConfigSchema_AcceptsTheDemoWorkspace(t *testing.T) {
	text, err := os.ReadFile("../../testdata/shop/evctl.yaml")
	if err != nil {
		t.Fatal(err)
	}
	s := compileSchema(t, schema.ConfigSchema(schema.Vocabulary{}))
	if err := s.Valid(asJSON(t, "evctl.yaml", string(text))); err != nil {
		t.Error(err)
	}
}

func TestConfigSchema_KnowsTargetsAndRules(t *testing.T) {
	s := compileSchema(t, schema.ConfigSchema(schema.Vocabulary{
		Targets: []schema.Target{{
			Word:    schema.Word{Name: "go", Description: "Go"},
			Options: []schema.Word{{Name: "package", Description: "name of the package"}},
		}},
		Rules: []schema.Rule{
			{Word: schema.Word{Name: "owner-missing", Description: "an event has no owner"}},
			{Word: schema.Word{Name: "type-changed", Description: "a value has another type"}, Gate: true},
		},
	}))
	for text, valid := range map[string]bool{
		"{}": true,
		"generate: [{target: go, out: gen, options: {package: events}}]": true,
		"generate: [{target: go, out: gen, options: {pakage: events}}]":  false,
		"generate: [{target: rust, out: gen}]":                           false,
		"lint: {rules: {owner-missing: off}}":                            true,
		"lint: {rules: {owner-missing: loud}}":                           false,
		"lint: {rules: {type-changed: error}}":                           true,
		"lint: {rules: {type-changed: warning}}":                         false,
		"lint: {overrides: [{paths: [a], rules: {type-changed: off}}]}":  false,
		"lint: {overrides: [{paths: [a], rules: {own-rule: info}}]}":     true,
		"envelope: segment":                    true,
		"envelope: segmnt":                     false,
		"envelope: {name: /a, properties: ''}": true,
		"envelope: {nme: /a}":                  false,
		"teams: {a: {name: A, phone: 1}}":      false,
		"compatibility: {mode: BACKWARDS}":     false,
	} {
		if err := s.Valid(asJSON(t, "evctl.yaml", text)); (err == nil) != valid {
			t.Errorf("%s: %v, expected valid %v", text, err, valid)
		}
	}
}

func TestSchemas_AreTheSameEachTime(t *testing.T) {
	for range 5 {
		if string(schema.ContractSchema()) != string(schema.ContractSchema()) {
			t.Fatal("contract schema changes from run to run")
		}
		if string(schema.ConfigSchema(schema.Vocabulary{})) != string(schema.ConfigSchema(schema.Vocabulary{})) {
			t.Fatal("config schema changes from run to run")
		}
	}
	if strings.Contains(string(schema.ContractSchema()), "eventFile") {
		t.Error("contract schema shows names of Go types")
	}
}
