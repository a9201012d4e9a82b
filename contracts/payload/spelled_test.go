package payload_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/evctl/evctl/contracts/rawjson"
)

// spelled is a JSON value as it is written. Unlike a decoded value it keeps the order
// of members, names that stand twice, escapes, and the digits of numbers.
type spelled struct {
	scalar   string // the text of a scalar
	object   bool   // whether the children have names
	children []child
}

// child is an item of an array or a member of an object.
type child struct {
	name  string // with its quotes, as it is written
	value *spelled
}

// spell reads a text that rawjson accepts.
func spell(raw []byte) *spelled {
	d, err := rawjson.Parse(raw)
	if err != nil {
		panic(fmt.Sprintf("%.200q: %v", raw, err))
	}
	value, _ := spellAt(d, 0)
	return value
}

func spellAt(d *rawjson.Document, i int) (value *spelled, next int) {
	kind := d.Kind(i)
	if kind < rawjson.Array {
		return &spelled{scalar: string(d.Raw(i))}, i + 1
	}
	value = &spelled{object: kind == rawjson.Object}
	next = i + 1
	for range d.Len(i) {
		var c child
		if value.object {
			c.name = string(d.Raw(next))
			next++
		}
		c.value, next = spellAt(d, next)
		value.children = append(value.children, c)
	}
	return value, next
}

// text writes the value; space is asked for the white space at every place where some
// may stand, nil for none.
func (s *spelled) text(space func() string) []byte {
	if space == nil {
		space = func() string { return "" }
	}
	var b strings.Builder
	b.WriteString(space())
	s.write(&b, space)
	return []byte(b.String())
}

func (s *spelled) write(b *strings.Builder, space func() string) {
	if s.scalar != "" {
		b.WriteString(s.scalar + space())
		return
	}
	brackets := "[]"
	if s.object {
		brackets = "{}"
	}
	b.WriteString(brackets[:1] + space())
	for i, c := range s.children {
		if i > 0 {
			b.WriteString("," + space())
		}
		if s.object {
			b.WriteString(c.name + space() + ":" + space())
		}
		c.value.write(b, space)
	}
	b.WriteString(brackets[1:] + space())
}

// clone copies the value and all that is in it.
func (s *spelled) clone() *spelled {
	c := *s
	c.children = make([]child, len(s.children))
	for i := range s.children {
		c.children[i] = child{s.children[i].name, s.children[i].value.clone()}
	}
	return &c
}

// all lists the value and all that is in it.
func (s *spelled) all() []*spelled {
	list := []*spelled{s}
	for _, c := range s.children {
		list = append(list, c.value.all()...)
	}
	return list
}

// unquoted is what a string says, "" for what is no string.
func unquoted(scalar string) string {
	if !strings.HasPrefix(scalar, `"`) {
		return ""
	}
	d, err := rawjson.Parse([]byte(scalar))
	if err != nil {
		return ""
	}
	return string(d.Text(0))
}

func TestSpelled_IsWhatWasWritten(t *testing.T) {
	text := `{"a":[1.0,-0,1E+2,"\u00e9\/",{}],"a":null,"\u0062":{"c":[[]]},"d":true}`
	text = strings.Replace(text, `"a":null`, `"z":null`, 1)
	if diff := cmp.Diff(text, string(spell([]byte(text)).text(nil))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	wide := string(spell([]byte(text)).text(func() string { return "\n " }))
	if diff := cmp.Diff(text, strings.ReplaceAll(wide, "\n ", "")); diff != "" {
		t.Errorf("with white space (-want +got):\n%s", diff)
	}
}
