package importer

import (
	"fmt"
	"strings"

	"github.com/evctl/evctl/contracts/document"
)

// draft is a version of JSON Schema.
type draft uint8

const (
	draft4 draft = iota
	draft6
	draft7
	draft2019
	draft2020
)

var draftNames = [...]string{"draft 4", "draft 6", "draft 7", "draft 2019-09", "draft 2020-12"}

func (d draft) String() string { return draftNames[d] }

// metaschema is the $schema of a draft.
func (d draft) metaschema() string {
	return [...]string{
		"http://json-schema.org/draft-04/schema#", "http://json-schema.org/draft-06/schema#", "http://json-schema.org/draft-07/schema#",
		"https://json-schema.org/draft/2019-09/schema", "https://json-schema.org/draft/2020-12/schema",
	}[d]
}

// idKeyword is what names a schema in this draft.
func (d draft) idKeyword() string {
	if d == draft4 {
		return "id"
	}
	return "$id"
}

// draftOf reads $schema. Without one, the draft is guessed by what only one draft
// writes that way, and 2020-12 otherwise.
func draftOf(root *document.Node) (draft, error) {
	if n := root.Get("$schema"); n != nil {
		for d, sign := range []string{"draft-04", "draft-06", "draft-07", "2019-09", "2020-12"} {
			if strings.Contains(n.Text, sign) {
				return draft(d), nil
			}
		}
		if strings.Contains(n.Text, "/com.snowplowanalytics.self-desc/") {
			return draft4, nil
		}
		return 0, fmt.Errorf("$schema %s is not a draft from 4 to 2020-12", document.Quote(n.Text))
	}
	switch {
	case root.Get("id") != nil && root.Get("$id") == nil && root.Get("id").Kind == document.Scalar, hasBooleanBound(root, 0):
		return draft4, nil
	case root.Get("definitions") != nil && root.Get("$defs") == nil:
		return draft7, nil
	}
	return draft2020, nil
}

// hasBooleanBound looks for exclusiveMinimum: true, which only draft 4 knows.
func hasBooleanBound(n *document.Node, depth int) bool {
	found := false
	for _, key := range []string{"exclusiveMinimum", "exclusiveMaximum"} {
		if v := n.Get(key); v != nil {
			if _, ok := v.Bool(); ok {
				found = true
			}
		}
	}
	if found || depth > document.MaxDepth {
		return found
	}
	for _, c := range children(n) {
		if hasBooleanBound(c.node, depth+1) {
			return true
		}
	}
	return false
}

// child is a schema written within another, with the pointer from one to the other.
type child struct {
	pointer string
	node    *document.Node
}

// containers are the keywords whose values hold schemas, by how they hold them.
var containers = map[string]string{
	"properties": "map", "patternProperties": "map", "definitions": "map", "$defs": "map", "dependentSchemas": "map", "dependencies": "map",
	"allOf": "list", "anyOf": "list", "oneOf": "list", "prefixItems": "list",
	"items": "one", "additionalItems": "one", "additionalProperties": "one", "not": "one", "if": "one", "then": "one", "else": "one",
	"contains": "one", "propertyNames": "one", "unevaluatedItems": "one", "unevaluatedProperties": "one", "contentSchema": "one",
}

// children lists the schemas directly within a schema.
func children(n *document.Node) []child {
	var list []child
	for _, e := range n.Entries {
		how := containers[e.Key]
		pointer := "/" + escape(e.Key)
		switch {
		case how == "map":
			for _, m := range e.Value.Entries {
				list = append(list, child{pointer + "/" + escape(m.Key), m.Value})
			}
		case how != "" && e.Value.Kind == document.Sequence:
			for i, item := range e.Value.Items {
				list = append(list, child{fmt.Sprintf("%s/%d", pointer, i), item})
			}
		case how != "":
			list = append(list, child{pointer, e.Value})
		}
	}
	return list
}
