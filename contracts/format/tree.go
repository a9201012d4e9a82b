package format

import (
	"bytes"
	"encoding/json"
	"slices"

	"github.com/evctl/evctl/contracts/document"
)

// kind is the shape of a tree.
type kind uint8

const (
	text    kind = iota // a string, quoted when it must be
	literal             // a number, boolean or null, or a word that needs no quotes
	mapping
	list
)

// tree is a YAML value before its layout is chosen.
type tree struct {
	kind    kind
	text    string
	entries []entry
	items   []tree
	block   bool // never on one line
}

type entry struct {
	key   string
	value tree
}

func textOf(s string) tree    { return tree{kind: text, text: s} }
func literalOf(s string) tree { return tree{kind: literal, text: s} }

func textsOf(names []string) tree {
	t := tree{kind: list}
	for _, name := range names {
		t.items = append(t.items, textOf(name))
	}
	return t
}

func (t *tree) add(key string, value tree) { t.entries = append(t.entries, entry{key, value}) }

// jsonOf is a JSON text as a tree: keys in their order, numbers with their digits.
// Text that is not JSON becomes a string.
func jsonOf(raw string) tree {
	decoder := json.NewDecoder(bytes.NewReader([]byte(raw)))
	decoder.UseNumber()
	t, err := jsonValue(decoder)
	if err != nil {
		return textOf(raw)
	}
	return t
}

func jsonValue(d *json.Decoder) (tree, error) {
	token, err := d.Token()
	if err != nil {
		return tree{}, err
	}
	switch v := token.(type) {
	case json.Delim:
		if v == '{' {
			return jsonObject(d)
		}
		return jsonArray(d)
	case string:
		return textOf(v), nil
	case json.Number:
		return literalOf(string(v)), nil
	case bool:
		if v {
			return literalOf("true"), nil
		}
		return literalOf("false"), nil
	}
	return literalOf("null"), nil
}

func jsonObject(d *json.Decoder) (tree, error) {
	t := tree{kind: mapping}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return t, err
		}
		value, err := jsonValue(d)
		if err != nil {
			return t, err
		}
		name, _ := key.(string)
		if i := slices.IndexFunc(t.entries, func(e entry) bool { return e.key == name }); i >= 0 {
			t.entries[i].value = value
			continue
		}
		t.add(name, value)
	}
	_, err := d.Token()
	return t, err
}

func jsonArray(d *json.Decoder) (tree, error) {
	t := tree{kind: list}
	for d.More() {
		value, err := jsonValue(d)
		if err != nil {
			return t, err
		}
		t.items = append(t.items, value)
	}
	_, err := d.Token()
	return t, err
}

// quoted is a JSON string, which is also a YAML one once nothing in it is
// unprintable to YAML.
func quoted(s string) string { return escapeUnprintable(document.Quote(s)) }
