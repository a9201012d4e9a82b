package contracttest

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"github.com/evctl/evctl/contracts/document"
)

// tree is JSON whose members keep their order and whose numbers keep their digits:
// an *object, a list, or a scalar as JSON text.
type tree any

type (
	object struct{ members []member }
	member struct {
		key   string
		value tree
	}
	list   struct{ items []tree }
	scalar string
)

func text(s string) scalar { return scalar(document.Quote(s)) }

func texts(words ...string) *list {
	l := &list{}
	for _, w := range words {
		l.items = append(l.items, text(w))
	}
	return l
}

func flag(v bool) scalar {
	if v {
		return "true"
	}
	return "false"
}

// set adds a member, or replaces the one of that key.
func (o *object) set(key string, value tree) *object {
	for i := range o.members {
		if o.members[i].key == key {
			o.members[i].value = value
			return o
		}
	}
	o.members = append(o.members, member{key, value})
	return o
}

func (o *object) drop(key string) {
	o.members = slices.DeleteFunc(o.members, func(m member) bool { return m.key == key })
}

func (o *object) get(key string) tree {
	for _, m := range o.members {
		if m.key == key {
			return m.value
		}
	}
	return nil
}

// appendJSON writes compact JSON.
func appendJSON(b []byte, t tree) []byte {
	switch t := t.(type) {
	case *object:
		b = append(b, '{')
		for i, m := range t.members {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(document.AppendQuoted(b, m.key), ':')
			b = appendJSON(b, m.value)
		}
		return append(b, '}')
	case *list:
		b = append(b, '[')
		for i, item := range t.items {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendJSON(b, item)
		}
		return append(b, ']')
	}
	return append(b, t.(scalar)...)
}

// appendYAML writes mappings in block style and the rest as JSON, so that failing
// examples can be read and pasted into a file.
func appendYAML(b []byte, t tree, depth int) []byte {
	o, ok := t.(*object)
	if !ok || len(o.members) == 0 {
		return append(appendJSON(append(b, ' '), t), '\n')
	}
	if depth > 0 {
		b = append(b, '\n')
	}
	for _, m := range o.members {
		b = append(b, strings.Repeat("  ", depth)...)
		b = append(appendKey(b, m.key), ':')
		b = appendYAML(b, m.value, depth+1)
	}
	return b
}

// appendKey writes plain keys where that is safe.
func appendKey(b []byte, key string) []byte {
	plain := key != ""
	for i, r := range key {
		letter := r == '_' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
		plain = plain && (letter || i > 0 && (r == '-' || '0' <= r && r <= '9'))
	}
	if plain {
		return append(b, key...)
	}
	return document.AppendQuoted(b, key)
}

// parseTree reads JSON. ok is false when raw is not JSON.
func parseTree(raw []byte) (t tree, ok bool) {
	if !json.Valid(raw) {
		return nil, false
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	return readTree(d), true
}

// readTree reads one value of JSON that is known to be valid.
func readTree(d *json.Decoder) tree {
	token, _ := d.Token()
	switch token := token.(type) {
	case json.Delim:
		if token == '{' {
			o := &object{}
			for d.More() {
				key, _ := d.Token()
				o.members = append(o.members, member{key.(string), readTree(d)})
			}
			_, _ = d.Token()
			return o
		}
		l := &list{}
		for d.More() {
			l.items = append(l.items, readTree(d))
		}
		_, _ = d.Token()
		return l
	case string:
		return text(token)
	case json.Number:
		return scalar(token)
	case bool:
		return flag(token)
	}
	return scalar("null")
}
