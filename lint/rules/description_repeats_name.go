package rules

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/contracts/naming"
	"github.com/evctl/evctl/lint"
)

var descriptionRepeatsName = lint.Rule{
	ID: "description-repeats-name", Group: lint.Documentation, Profile: lint.Standard, Severity: diag.Info,
	Summary:  "a description only repeats the name",
	Why:      "\"The order ID.\" under order_id costs a line and answers no question.",
	Contract: checkDescriptionRepeatsName,
}

// fillers are words that add nothing to a name.
var fillers = wordSet("a an the of for in on to is this that its and property field event value name")

func checkDescriptionRepeatsName(p *lint.Pass) {
	if c := p.Contract; c.Kind == contracts.Event {
		repeats(p, c.Payload, func() string { return "" }, "event", c.Name, naming.Words(c.Name))
	}
	for _, at := range p.Properties() {
		repeats(p, at.Schema, at.Pointer, "property", at.Property.Name, at.Words)
	}
}

func repeats(p *lint.Pass, s *contracts.Schema, pointer func() string, what, name string, words []string) {
	if !mayRepeat(s.Description, words) {
		return
	}
	said := meaningful(naming.Words(s.Description))
	if len(said) > 0 && slices.Equal(said, meaningful(words)) {
		p.Report(s.At("description"), pointer()+"/description",
			fmt.Sprintf("description of %s %s only repeats its name", what, document.Quote(name)), "say what the name does not: of what, since when, in which cases")
	}
}

// mayRepeat rules out most descriptions before they are split into words: long ones,
// and those that do not have the last word of the name.
func mayRepeat(description string, words []string) bool {
	last := words[len(words)-1]
	if description == "" || len(description) > 8*len(last)+20*len(words) || !isASCII(description) {
		return false
	}
	stemmed := last[:min(len(last), 3)]
	for i := 0; i+len(stemmed) <= len(description); i++ {
		if first := stemmed[0]; first < utf8.RuneSelf && first|0x20 != description[i]|0x20 {
			continue
		}
		if strings.EqualFold(description[i:i+len(stemmed)], stemmed) {
			return true
		}
	}
	return false
}

// meaningful drops fillers and sorts what is left, stemmed and each word once.
func meaningful(words []string) []string {
	var out []string
	for _, word := range words {
		if !fillers[word] {
			out = append(out, stem(word))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
