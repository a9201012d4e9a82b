package payload_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/payload"
)

// suiteFiles are the files of the official suite about keywords of the language, each
// with how many of its cases the language can say, in the newest draft. const,
// boolean_schema and propertyNames are enum, any and keys here.
var suiteFiles = []struct {
	name  string
	least int
}{
	{"additionalProperties", 15}, {"anyOf", 13}, {"boolean_schema", 9}, {"const", 35}, {"default", 7}, {"enum", 28}, {"exclusiveMaximum", 4}, {"exclusiveMinimum", 4},
	{"items", 10}, {"maxItems", 6}, {"maxLength", 7}, {"maxProperties", 10}, {"maximum", 8}, {"minItems", 6}, {"minLength", 7}, {"minProperties", 10},
	{"minimum", 11}, {"multipleOf", 11}, {"oneOf", 17}, {"pattern", 12}, {"patternProperties", 20}, {"properties", 24}, {"propertyNames", 11}, {"required", 18},
	{"type", 80}, {"uniqueItems", 43}, {"optional/bignum", 9}, {"optional/float-overflow", 1}, {"optional/non-bmp-regex", 12},
}

// TestValidate_AgreesWithTheOfficialSuite runs those cases of the JSON Schema test
// suite whose schemas can be written in the language.
func TestValidate_AgreesWithTheOfficialSuite(t *testing.T) {
	corpora := os.Getenv("EVCTL_CORPORA")
	if corpora == "" {
		t.Skip("EVCTL_CORPORA is not set: the official suite is not run")
	}
	for _, draft := range []struct {
		name  string
		least int
	}{{"draft2020-12", 448}, {"draft7", 443}} {
		ran, left := 0, 0
		for _, file := range suiteFiles {
			r, l := suiteFile(t, filepath.Join(corpora, "json-schema-test-suite/tests", draft.name, file.name+".json"))
			if ran, left = ran+r, left+l; draft.name == "draft2020-12" && r < file.least {
				t.Errorf("%s: only %d cases of %s ran, expected %d", draft.name, r, file.name, file.least)
			}
			t.Logf("%s: %s: %d cases, %d are not of the language", draft.name, file.name, r, l)
		}
		fmt.Printf("JSON Schema test suite, %s: %d cases about keywords of the language have its verdict, %d have schemas that are not of the language\n", draft.name, ran, left)
		if ran < draft.least {
			t.Errorf("%s: only %d cases ran, expected %d", draft.name, ran, draft.least)
		}
	}
}

// suiteFile runs the cases of a file, and counts those that ran and those that the
// language cannot say.
func suiteFile(t *testing.T, path string) (ran, left int) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var groups []struct {
		Description string
		Schema      json.RawMessage
		Tests       []struct {
			Description string
			Data        json.RawMessage
			Valid       bool
		}
	}
	if err := json.Unmarshal(text, &groups); err != nil {
		t.Fatal(err)
	}
	for _, g := range groups {
		v := suiteValidator(t, g.Schema)
		if v == nil {
			left += len(g.Tests)
			continue
		}
		for _, test := range g.Tests {
			ran++
			if found := v.Validate(test.Data); (found == nil) != test.Valid || v.Valid(test.Data) != test.Valid {
				t.Errorf("%s/%s/%s: %s with %s: Valid says %v, Validate %v",
					path, g.Description, test.Description, g.Schema, test.Data, v.Valid(test.Data), found)
			}
		}
	}
	return ran, left
}

// suiteValidator compiles a schema of the suite, nil when it cannot be written in the
// language.
func suiteValidator(t *testing.T, text []byte) *payload.Validator {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var s any
	if err := d.Decode(&s); err != nil {
		t.Fatal(err)
	}
	translated, err := translate(s)
	if err != nil {
		return nil
	}
	file, err := json.Marshal(map[string]any{"event": "a", "version": "1.0.0", "properties": map[string]any{"v": translated}})
	if err != nil {
		t.Fatal(err)
	}
	c, diags := contracts.Parse(diag.NewFile("suite.yaml", file))
	if len(diags) > 0 {
		return nil
	}
	lib, _ := contracts.NewLibrary(nil)
	if diags := lib.Link(c); len(diags) > 0 {
		return nil
	}
	v, err := payload.CompileSchema(c.Payload.Property("v").Schema)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

var errForeign = errors.New("not of the language")

type object = map[string]any

// keywordsOf are the keywords that constrain each type.
var keywordsOf = map[string][]string{
	"string":  {"pattern", "minLength", "maxLength", "format"},
	"number":  {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"},
	"boolean": nil,
	"object":  {"properties", "patternProperties", "additionalProperties", "required", "minProperties", "maxProperties", "propertyNames"},
	"array":   {"items", "minItems", "maxItems", "uniqueItems"},
}

var families = []string{"string", "number", "boolean", "object", "array"}

// translate writes a JSON Schema, which says nothing about types that it does not
// name, as a choice between the types.
func translate(schema any) (object, error) {
	if schema == true {
		return object{"type": "any"}, nil
	}
	s, ok := schema.(object)
	if !ok {
		return nil, errForeign
	}
	delete(s, "$schema")
	delete(s, "$comment")
	delete(s, "default") // says nothing about what is valid
	if len(s) == 0 {
		return object{"type": "any"}, nil
	}
	if value, ok := s["const"]; ok {
		s["enum"] = []any{value}
		delete(s, "const")
	}
	for _, keyword := range []string{"enum", "anyOf", "oneOf"} {
		if _, ok := s[keyword]; ok && len(s) > 1 {
			return nil, errForeign
		}
	}
	switch {
	case s["enum"] != nil:
		return translateEnum(s["enum"].([]any))
	case s["anyOf"] != nil:
		return translateVariants("anyOf", s["anyOf"].([]any))
	case s["oneOf"] != nil:
		return translateVariants("oneOf", s["oneOf"].([]any))
	}
	return translateTypes(s)
}

func translateEnum(values []any) (object, error) {
	out := object{"enum": values}
	var types []string
	for _, value := range values {
		switch value.(type) {
		case string:
			types = append(types, "string")
		case json.Number:
			types = append(types, "number")
		case bool:
			types = append(types, "boolean")
		case nil:
			out["nullable"] = true
		default:
			return nil, errForeign
		}
	}
	slices.Sort(types)
	if types = slices.Compact(types); types == nil {
		types = []string{"string"}
	}
	out["type"] = types
	return out, nil
}

func translateVariants(keyword string, list []any) (object, error) {
	variants := object{}
	for i, item := range list {
		s, err := translate(item)
		if err != nil {
			return nil, err
		}
		variants[fmt.Sprintf("v%d", i)] = s
	}
	return object{keyword: variants}, nil
}

func translateTypes(s object) (object, error) {
	allowed := append([]string{"null"}, families...)
	switch named := s["type"].(type) {
	case string:
		allowed = []string{named}
	case []any:
		allowed = nil
		for _, name := range named {
			allowed = append(allowed, name.(string))
		}
	}
	known := []string{"type"}
	for _, keywords := range keywordsOf {
		known = append(known, keywords...)
	}
	for keyword := range s {
		if !slices.Contains(known, keyword) {
			return nil, errForeign
		}
	}
	variants := object{}
	for _, name := range allowed {
		if name == "null" {
			continue
		}
		v, err := translateType(name, s)
		if err != nil {
			return nil, err
		}
		variants[name] = v
	}
	nullable := slices.Contains(allowed, "null")
	if len(variants) == 0 {
		return object{"type": "string", "enum": []any{nil}, "nullable": true}, nil
	}
	return object{"anyOf": variants, "nullable": nullable}, nil
}

func translateType(name string, s object) (object, error) {
	out := object{"type": name}
	family := strings.Replace(name, "integer", "number", 1)
	for _, keyword := range keywordsOf[family] {
		value, ok := s[keyword]
		if !ok {
			continue
		}
		if err := translateKeyword(out, keyword, value); err != nil {
			return nil, err
		}
	}
	if name == "object" && out["additionalProperties"] == nil && out["type"] == "object" {
		out["additionalProperties"] = true
	}
	return out, nil
}

func translateKeyword(out object, keyword string, value any) (err error) {
	switch keyword {
	case "items", "additionalProperties":
		if value == false && keyword == "additionalProperties" {
			out[keyword] = false
			return nil
		}
		out[keyword], err = translate(value)
	case "properties", "patternProperties":
		schemas := object{}
		for name, s := range value.(object) {
			if schemas[name], err = translate(s); err != nil {
				return err
			}
		}
		out[keyword] = schemas
	case "required":
		return translateRequired(out, value.([]any))
	case "propertyNames":
		return translateNames(out, value)
	case "minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties":
		f, err := value.(json.Number).Float64()
		if err != nil || f != math.Trunc(f) {
			return errForeign
		}
		out[keyword] = int(f)
	default:
		out[keyword] = value
	}
	return err
}

// translateRequired declares what is required.
func translateRequired(out object, names []any) error {
	properties, _ := out["properties"].(object)
	if properties == nil {
		properties = object{}
	}
	for _, name := range names {
		name := name.(string)
		if properties[name] == nil {
			if out["additionalProperties"] != nil || out["patternProperties"] != nil {
				return errForeign
			}
			properties[name] = object{"type": "any"}
		}
	}
	out["properties"] = properties
	if len(names) > 0 {
		out["required"] = names
	}
	return nil
}

// translateNames makes a map of an object whose names are constrained.
func translateNames(out object, value any) error {
	if len(out) > 1 {
		return errForeign
	}
	s, ok := value.(object)
	if !ok {
		return errForeign
	}
	keys, err := translateType("string", s)
	if err != nil || len(keys) != len(s)+1 {
		return errForeign
	}
	out["type"], out["keys"] = "map", keys
	return nil
}
