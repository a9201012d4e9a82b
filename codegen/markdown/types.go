package markdown

import (
	"fmt"
	"math"
	"strings"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/contracts"
)

// briefValues is how many values of an enum are listed in a cell.
const briefValues = 8

// brief reports whether an enum is said by listing its values.
func brief(t *codegen.Type) bool {
	if len(t.Values) == 0 || len(t.Values) > briefValues || t.Definition != "" {
		return false
	}
	for _, v := range t.Values {
		if !v.Doc.Empty() {
			return false
		}
	}
	return true
}

// typeOf says in words what stands in a place, with links to declared types.
func (p *page) typeOf(r *codegen.Ref) string {
	text := p.notNull(r)
	switch {
	case !r.Nullable || r.Kind == codegen.Any:
		return text
	case r.Elem != nil:
		return text + ", or null" // the list, not what is in it
	}
	return text + " or null"
}

// elem says what a list or a map is of, in parentheses where it is a choice.
func (p *page) elem(r *codegen.Ref) string {
	text := p.typeOf(r)
	choice := r.Kind == codegen.Scalar || r.Nullable && r.Kind != codegen.Any
	if choice || r.Kind == codegen.Named && r.Named.Kind == codegen.Enum && !p.shown(r.Named) {
		return "(" + text + ")"
	}
	return text
}

func (p *page) notNull(r *codegen.Ref) string {
	switch r.Kind {
	case codegen.String:
		if format := r.Format(); format != "" {
			return "string (" + escape(format) + ")"
		}
		return "string"
	case codegen.Integer:
		return "integer"
	case codegen.Number:
		return "number"
	case codegen.Boolean:
		return "boolean"
	case codegen.Scalar:
		return strings.Join(r.Types.Names(), " or ")
	case codegen.Any:
		return "anything"
	case codegen.Array:
		return "list of " + p.elem(r.Elem)
	case codegen.Map:
		return "map of " + p.elem(r.Elem)
	}
	return p.named(r.Named)
}

func (p *page) named(t *codegen.Type) string {
	if t.Kind == codegen.Enum && !p.shown(t) {
		list := make([]string, len(t.Values))
		for i, v := range t.Values {
			list[i] = valueText(t, v)
		}
		if t.Open {
			list = append(list, "others")
		}
		return strings.Join(list, ", ")
	}
	word := map[codegen.TypeKind]string{codegen.Object: "object", codegen.Enum: "enum", codegen.Union: "union"}[t.Kind]
	if t.Definition != "" {
		word = code(t.Definition)
	}
	to := "#" + t.Name.Kebab()
	if t.Unit != p.unit {
		to = p.link(p.paths[t.Unit]) + to
	}
	return fmt.Sprintf("[%s](%s)", word, to)
}

// limits says in sentences what a schema asks of values beyond their type.
func limits(s *contracts.Schema) string {
	if s.Ref != "" {
		return "" // said where the definition stands
	}
	var parts []string
	add := func(format string, values ...any) { parts = append(parts, fmt.Sprintf(format, values...)) }
	sentence := func(text string) {
		if text != "" {
			parts = append(parts, text)
		}
	}
	sentence(between(s.MinLength, s.MaxLength, "character", "characters"))
	sentence(numbers(s))
	sentence(between(s.MinItems, s.MaxItems, "item", "items"))
	if s.Union == nil && s.Types&contracts.Map != 0 {
		sentence(between(s.MinProperties, s.MaxProperties, "key", "keys"))
	}
	if s.UniqueItems {
		add("No item twice.")
	}
	if s.Pattern != "" {
		add("Matches %s.", code(s.Pattern))
	}
	if s.MapKeys != nil && s.MapKeys.Pattern != "" {
		add("Keys match %s.", code(s.MapKeys.Pattern))
	}
	if s.Items != nil {
		if inner := limits(s.Items); inner != "" {
			add("Each: %s", inner)
		}
	}
	if s.Values != nil {
		if inner := limits(s.Values); inner != "" {
			add("Each value: %s", inner)
		}
	}
	return strings.Join(parts, " ")
}

// between is a sentence on how many there may be, or empty.
func between(low, high *int, one, many string) string {
	noun := func(n int) string {
		if n == 1 {
			return one
		}
		return many
	}
	switch {
	case low != nil && high != nil && *low == *high:
		return fmt.Sprintf("Exactly %d %s.", *low, noun(*low))
	case low != nil && high != nil:
		return fmt.Sprintf("%d to %d %s.", *low, *high, noun(*high))
	case low != nil && *low > 0:
		return fmt.Sprintf("At least %d %s.", *low, noun(*low))
	case high != nil:
		return fmt.Sprintf("At most %d %s.", *high, noun(*high))
	}
	return ""
}

func numbers(s *contracts.Schema) string {
	var parts []string
	for _, limit := range []struct {
		value *contracts.Decimal
		words string
	}{
		{s.Minimum, "at least "}, {s.ExclusiveMinimum, "more than "}, {s.Maximum, "at most "},
		{s.ExclusiveMaximum, "less than "}, {s.MultipleOf, "a multiple of "},
	} {
		if limit.value != nil {
			parts = append(parts, limit.words+string(*limit.value))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return upper(strings.Join(parts, ", ")) + "."
}

// wrapped is text without what cannot be seen, broken nowhere.
func wrapped(text string) []string { return codegen.Wrap(text, math.MaxInt) }
