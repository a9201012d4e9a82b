package protobuf

import (
	"strings"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/document"
)

// doc is a comment, one entry for each sentence.
type doc struct {
	lines      []string
	deprecated bool
}

func docOf(d codegen.Doc) doc {
	lines := d.Lines[:len(d.Lines):len(d.Lines)]
	if d.Deprecated != "" {
		lines = append(lines, "Deprecated: "+d.Deprecated)
	}
	return doc{lines, d.Deprecated != ""}
}

// maxListed bounds how many values of an open list a comment names.
const maxListed = 20

func openValues(s *contracts.Schema) string {
	var values []string
	for _, v := range s.Enum {
		if len(values) == maxListed {
			break
		}
		values = append(values, v.JSON)
	}
	return "Known values are " + strings.Join(values, ", ") + "; others may follow."
}

// quote writes text as people read it in a comment.
func quote(text string) string { return document.Quote(text) }

// quoteOdd leaves names alone that cannot be taken for something else.
func quoteOdd(name string) string {
	if name == "" || strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r == '"' || r == '`' || r == ',' }) {
		return quote(name)
	}
	return name
}
