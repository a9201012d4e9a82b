package payload_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/evctl/evctl/contracts/document"
)

// nameFamilies are names that tables are likely to take for one another.
var nameFamilies = map[string]func(i int) string{
	"short":         func(i int) string { return strings.Repeat("a", i%7) + fmt.Sprint(i) },
	"three letters": func(i int) string { return string([]byte{'a' + byte(i%26), 'a' + byte(i/26%26), 'a' + byte(i/676)}) },
	"middle":        func(i int) string { return fmt.Sprintf("beginning%04dthe_end", i) },
	"middle of few": func(i int) string { return fmt.Sprintf("abcd%04dwxyz", i) },
	"end":           func(i int) string { return fmt.Sprintf("a_long_common_prefix_%d", i) },
	"length":        func(i int) string { return strings.Repeat("x", i+1) },
	"order": func(i int) string {
		return strings.Repeat("ab", i%40) + strings.Repeat("ba", i/40) + "c" + fmt.Sprint(i)
	},
	"beyond ASCII":   func(i int) string { return fmt.Sprintf("größe_%d_名前", i) },
	"need escapes":   func(i int) string { return fmt.Sprintf("quote\"%d\\\n", i) },
	"same but lower": func(i int) string { return []string{"Name_", "name_"}[i%2] + fmt.Sprint(i/2) },
	"zero bytes":     func(i int) string { return strings.Repeat("\u007f", i%9) + "x" + strings.Repeat("\u007f", i/9) },
}

// TestValid_TellsManyNamesApart has objects with many properties, enums with many words and
// unions with many tags, of names that are alike, in every order and with one of them
// wrong.
func TestValid_TellsManyNamesApart(t *testing.T) {
	for family, nameOf := range nameFamilies {
		for _, n := range []int{2, 65, 257} {
			if n > 256 && family != "middle" { // one is enough: the references take long
				continue
			}
			names := make([]string, n)
			for i := range names {
				names[i] = nameOf(i)
			}
			j := newJudges(t, event(t, manyNames(names)))
			for _, raw := range manyPayloads(names, nameOf(n)) {
				j.judge(t, []byte(raw))
			}
		}
	}
}

func quotedAll(names []string, format string) string {
	parts := make([]string, len(names))
	for i, name := range names {
		parts[i] = strings.ReplaceAll(format, "%", document.Quote(name))
	}
	return strings.Join(parts, ", ")
}

// manyNames is a contract in JSON: flow style, in which any name can be written.
func manyNames(names []string) string {
	some := names[:min(len(names), 5)]
	return `{"event": "many", "version": "1.0.0", "properties": {
  "shut": {"type": "object", "properties": {` + quotedAll(names, `%: {"type": "integer"}`) + `}, "required": [` + quotedAll(names[len(names)-1:], "%") + `]},
  "open": {"type": "object", "properties": {` + quotedAll(names, `%: {"type": "integer"}`) + `}, "additionalProperties": {"type": "string"}, "maxProperties": ` + fmt.Sprint(len(names)+1) + `},
  "word": {"type": "array", "items": {"type": "string", "enum": [` + quotedAll(names, "%") + `]}},
  "keys": {"type": "map", "keys": {"type": "string", "enum": [` + quotedAll(names, "%") + `]}},
  "tag": {"type": "array", "items": {"discriminator": "kind", "oneOf": {` + quotedAll(some, `%: {"type": "object", "properties": {"a": {"type": "integer"}}}`) + `}}}
}}`
}

// manyPayloads have all names in order, backwards and one in three, with escapes, one twice,
// and one that is not declared at the end.
func manyPayloads(names []string, other string) []string {
	backwards := slices.Clone(names)
	slices.Reverse(backwards)
	var third []string
	for i := len(names) - 1; i >= 0; i -= 3 {
		third = append(third, names[i])
	}
	n := near{rand: someRand()}
	var list []string
	orders := [][]string{names, backwards, third, append(slices.Clone(names), other), append(slices.Clone(third), third[0])}
	if len(names) > 1 {
		orders = append(orders, names[:len(names)-1])
	}
	for _, order := range orders {
		members := quotedAll(order, "%:1")
		escaped := make([]string, len(order))
		for i, name := range order {
			escaped[i] = n.escaped(name) + ":1"
		}
		last := document.Quote(order[len(order)-1])
		list = append(list,
			`{"shut":{`+members+`}}`, `{"open":{`+members+`}}`, `{"keys":{`+members+`}}`, `{"word":[`+quotedAll(order[max(0, len(order)-20):], "%")+`]}`,
			`{"shut":{`+strings.Join(escaped, ",")+`}}`, `{"open":{`+strings.Join(escaped, " , ")+`}}`, `{"keys":{`+strings.Join(escaped, ",")+`}}`,
			`{"open":{`+members+`,"x":"y"}}`, `{"open":{`+strings.TrimSuffix(members, "1")+`"1"}}`, `{"shut":{`+strings.TrimSuffix(members, "1")+`1.5}}`,
			`{"tag":[`+quotedAll(order[:min(len(order), 5)], `{"kind":%}, {"a":1,"kind":%}, {"kind":%,"a":1}`)+`]}`,
			`{"tag":[{"kind":`+last+`,"a":"x"}]}`,
		)
	}
	return list
}
