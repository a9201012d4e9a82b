package schema

import (
	"bytes"
	"encoding/json"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/document"
)

// The independent validator compares the values of an enum pair by pair when it
// compiles one, and one by one when it validates. Lists of more than longList scalars
// are looked up instead: they move to a keyword of ours, which the validator calls as
// an extension.
const (
	longList    = 500
	longKeyword = "x-evctl-long-enum"
)

// namesBelow are keywords whose members are names, not keywords; dataBelow those that
// hold no schemas.
var (
	namesBelow = map[string]bool{"properties": true, "patternProperties": true, "definitions": true, "$defs": true, "dependentSchemas": true}
	dataBelow  = map[string]bool{
		"const": true, "default": true, "enum": true, "example": true, "examples": true,
		"dependencies": true, "dependentRequired": true, "required": true,
	}
)

// moveLongLists renames enum where it is long. Other documents stay as they are, byte
// for byte.
func moveLongLists(text []byte) []byte {
	if len(text) < 2*longList || !bytes.Contains(text, []byte(`"enum"`)) {
		return text
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var schema any
	if d.Decode(&schema) != nil || !moveLongListsOf(schema) {
		return text
	}
	moved, err := json.Marshal(schema)
	if err != nil {
		return text
	}
	return moved
}

func moveLongListsOf(schema any) (moved bool) {
	switch s := schema.(type) {
	case []any:
		for _, item := range s {
			moved = moveLongListsOf(item) || moved
		}
	case map[string]any:
		if list, ok := s["enum"].([]any); ok && len(list) > longList && keysOf(list) != nil {
			delete(s, "enum")
			s[longKeyword], moved = list, true
		}
		for keyword, below := range s {
			names, ok := below.(map[string]any)
			switch {
			case dataBelow[keyword] || keyword == longKeyword:
			case ok && namesBelow[keyword]:
				for _, named := range names {
					moved = moveLongListsOf(named) || moved
				}
			default:
				moved = moveLongListsOf(below) || moved
			}
		}
	}
	return moved
}

// keysOf are the values of a list without what makes 1 and 1.0 differ; nil for a list
// that holds one of them twice, or more than scalars. The validator is left to judge those.
func keysOf(list []any) map[string]bool {
	keys := make(map[string]bool, len(list))
	for _, item := range list {
		key, ok := keyOf(item)
		if !ok || keys[key] {
			return nil
		}
		keys[key] = true
	}
	return keys
}

func keyOf(value any) (key string, scalar bool) {
	switch v := value.(type) {
	case nil:
		return "null", true
	case bool:
		return map[bool]string{true: "true", false: "false"}[v], true
	case string:
		return document.Quote(v), true
	case json.Number:
		return contracts.Value{JSON: v.String()}.Key(), true
	}
	return "", false
}

// longLists is the extension.
type longLists struct{}

func (longLists) Compile(_ jsonschema.CompilerContext, s map[string]any) (jsonschema.ExtSchema, error) {
	list, ok := s[longKeyword].([]any)
	if !ok {
		return nil, nil
	}
	if keys := keysOf(list); keys != nil {
		return longEnum(keys), nil
	}
	return nil, nil // an annotation of somebody else's
}

// longEnum holds the keys of the values.
type longEnum map[string]bool

func (e longEnum) Validate(ctx jsonschema.ValidationContext, value any) error {
	if key, scalar := keyOf(value); scalar && e[key] {
		return nil
	}
	return ctx.Error("enum", "value must be one of %d values", len(e))
}
