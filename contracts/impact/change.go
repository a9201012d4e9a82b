package impact

import (
	"slices"
	"strings"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/payload"
	"github.com/evctl/evctl/contracts/rawjson"
)

// Change is an edit of a contract.
type Change struct {
	// Breaks says that the edit is expected to make valid events invalid. Those that are
	// not are named where events run into something and nothing else explains it.
	Breaks bool
	// Rule names the kind of edit.
	Rule string
	// Pointers lead into the contract with its references followed, to each place where
	// the edit shows: "/properties/items/items/properties/sku/pattern".
	Pointers []string
	// Message is the edit in people's words.
	Message string
}

// place is where an edit shows in payloads.
type place struct {
	pointer string // generalized, as of view.at
	keyword string // that was edited there; empty for all that is there
}

// statusPointer leads to the phase of an event's life.
const statusPointer = "/status"

// places of a change in payloads, under prefix.
func (c Change) places(prefix string) []place {
	list := make([]place, len(c.Pointers))
	for i, pointer := range c.Pointers {
		list[i] = placeOf(pointer)
		if pointer != statusPointer { // which is about the event as a whole
			list[i].pointer = prefix + list[i].pointer
		}
	}
	return list
}

// placeOf turns a pointer into a contract into one into its payloads.
func placeOf(pointer string) place {
	tokens, _ := rawjson.ParsePointer(pointer)
	var b strings.Builder
	for len(tokens) > 0 {
		switch keyword := tokens[0]; {
		case keyword == "properties" && len(tokens) > 1:
			b.WriteString("/" + contracts.EscapePointer(tokens[1]))
			tokens = tokens[2:]
		case keyword == "patternProperties" && len(tokens) > 1:
			b.WriteString("/*")
			tokens = tokens[2:]
		case (keyword == "oneOf" || keyword == "anyOf") && len(tokens) > 1:
			tokens = tokens[2:]
		case keyword == "items" || keyword == "values" || keyword == "keys" || keyword == "additionalProperties":
			b.WriteString("/*")
			tokens = tokens[1:]
		default:
			return place{b.String(), keyword}
		}
	}
	return place{pointer: b.String()}
}

// rulesOfKeyword are the rules of verdicts that an edit of a keyword can lead to, where
// they are not the keyword itself. Edits of what stands under "" change everything.
var rulesOfKeyword = map[string][]string{
	"nullable":      {"type", "enum"},
	"open":          {"enum"},
	"minimum":       {"minimum", "exclusiveMinimum"},
	"maximum":       {"maximum", "exclusiveMaximum"},
	"minProperties": {"minProperties", "required"},
	"requireAny":    {"requireAny", "required"},
	"status":        {payload.RuleEventRetired},
}

// explains reports whether an edit at the place can be why events run into a rule at a
// pointer.
func (p place) explains(pointer, rule string) bool {
	whole := p.keyword == "" || p.keyword == "type" || p.keyword == "discriminator"
	switch {
	case inside(p.pointer, pointer) && isUnion(rule):
		return true // verdicts on unions do not say what is wrong within
	case whole:
		return inside(pointer, p.pointer)
	case pointer != p.pointer:
		return false
	}
	if rules, ok := rulesOfKeyword[p.keyword]; ok {
		return slices.Contains(rules, rule)
	}
	return p.keyword == rule
}

// near reports whether an edit at the place can be why events run into a rule that it is
// not about: keywords can follow from others, as minProperties does from required, so
// that a comparison names one of them only.
func (p place) near(pointer, rule string) bool {
	switch rule {
	case "minProperties", "maxProperties", "requireAny":
		return inside(p.pointer, pointer)
	}
	return pointer == p.pointer
}

// inside reports whether a place is another one or below it.
func inside(pointer, of string) bool {
	rest, ok := strings.CutPrefix(pointer, of)
	return ok && (rest == "" || rest[0] == '/')
}

func isUnion(rule string) bool { return rule == "oneOf" || rule == "anyOf" }

// noContract tells the rules by which events have no contract from those of texts that are no events.
func noContract(rule string) bool {
	return rule == payload.RuleEventUnknown || rule == payload.RuleVersionUnknown || rule == payload.RuleVersionMissing
}
