package jsonschema

import (
	"strings"

	"github.com/evctl/evctl/contracts/document"
)

const dialect07 = "http://json-schema.org/draft-07/schema#"

// toDraft07 translates a projection to the words of draft-07, which has
// definitions instead of $defs and ignores what stands beside a $ref. All other
// keywords that projections use mean the same there.
func toDraft07(projection []byte) ([]byte, error) {
	root, err := parse(projection)
	if err != nil {
		return nil, err
	}
	root.Get("$schema").Text = dialect07
	rewrite(root)
	return root.AppendJSON(nil), nil
}

// position says what the value of a keyword holds.
type position uint8

const (
	oneSchema position = iota
	listOfSchemas
	mapOfSchemas
)

// applicators are the keywords of projections that hold schemas. Everything else
// holds data, in which words such as $ref mean nothing.
var applicators = map[string]position{
	"items": oneSchema, "additionalProperties": oneSchema, "propertyNames": oneSchema,
	"allOf": listOfSchemas, "anyOf": listOfSchemas, "oneOf": listOfSchemas,
	"properties": mapOfSchemas, "patternProperties": mapOfSchemas, "$defs": mapOfSchemas,
}

func rewrite(root *document.Node) {
	eachSchema(root, func(s *document.Node) {
		for i := range s.Entries {
			if s.Entries[i].Key == "$defs" {
				s.Entries[i].Key = "definitions"
			}
		}
		wrapReference(s)
	})
}

// eachSchema visits a schema after all that are in it.
func eachSchema(s *document.Node, visit func(*document.Node)) {
	for i := range s.Entries {
		e := &s.Entries[i]
		at, ok := applicators[e.Key]
		switch {
		case !ok:
		case at == oneSchema:
			eachSchema(e.Value, visit)
		case at == listOfSchemas:
			for _, item := range e.Value.Items {
				eachSchema(item, visit)
			}
		case at == mapOfSchemas:
			for j := range e.Value.Entries {
				eachSchema(e.Value.Entries[j].Value, visit)
			}
		}
	}
	visit(s)
}

// wrapReference moves a $ref that does not stand alone into an allOf.
func wrapReference(s *document.Node) {
	for i, e := range s.Entries {
		if e.Key != "$ref" {
			continue
		}
		e.Value.Text = strings.Replace(e.Value.Text, "#/$defs/", "#/definitions/", 1)
		if len(s.Entries) == 1 {
			return
		}
		alone := &document.Node{Kind: document.Mapping, Entries: []document.Entry{e}}
		s.Entries[i] = document.Entry{Key: "allOf", Value: &document.Node{Kind: document.Sequence, Items: []*document.Node{alone}}}
		return
	}
}
