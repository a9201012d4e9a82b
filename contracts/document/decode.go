package document

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/evctl/evctl/contracts/diag"
)

// Decode reads a node into *v strictly: unknown keys and values of the wrong
// shape are reported with their place. Struct fields take part when they have a
// yaml tag; a field of type *Node receives the node itself, and a field named
// Span of type diag.Span without a tag receives where the mapping stands. nearest
// proposes a known key for a misspelled one, or "".
func Decode(f *diag.File, n *Node, v any, nearest func(word string, known []string) string) []diag.Diagnostic {
	d := structDecoder{file: f, nearest: nearest}
	d.decode(n, reflect.ValueOf(v).Elem(), "file")
	return d.diags
}

type structDecoder struct {
	file    *diag.File
	diags   []diag.Diagnostic
	nearest func(string, []string) string
}

func (d *structDecoder) report(rule string, span diag.Span, message, hint string) {
	d.diags = append(d.diags, diag.Diagnostic{
		Rule: rule, Severity: diag.Error, Message: message, Hint: hint,
		Location: diag.Location{File: d.file, Span: span},
	})
}

func (d *structDecoder) wrong(n *Node, key, expected string) {
	d.report("value-type", n.Span, fmt.Sprintf("%s has %s, expected %s", key, n.Describe(), expected), "")
}

var nodeType = reflect.TypeFor[*Node]()

func (d *structDecoder) decode(n *Node, v reflect.Value, key string) {
	switch {
	case v.Type() == nodeType:
		v.Set(reflect.ValueOf(n))
		return
	case n.IsNull():
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		d.decode(n, v.Elem(), key)
	case reflect.Struct:
		d.structure(n, v, key)
	case reflect.Map:
		d.mapping(n, v, key)
	case reflect.Slice:
		d.slice(n, v, key)
	default:
		d.scalar(n, v, key)
	}
}

func (d *structDecoder) structure(n *Node, v reflect.Value, key string) {
	if n.Kind != Mapping {
		d.wrong(n, key, "a mapping")
		return
	}
	fields := map[string]int{}
	var known []string
	for i := range v.NumField() {
		field := v.Type().Field(i)
		name, _, _ := strings.Cut(field.Tag.Get("yaml"), ",")
		switch {
		case name != "" && name != "-":
			fields[name] = i
			known = append(known, name)
		case field.Name == "Span":
			v.Field(i).Set(reflect.ValueOf(n.Span))
		}
	}
	for _, e := range n.Entries {
		i, ok := fields[e.Key]
		if !ok {
			d.unknownKey(e, known)
			continue
		}
		d.decode(e.Value, v.Field(i), e.Key)
	}
}

func (d *structDecoder) unknownKey(e Entry, known []string) {
	hint := "keys here are " + strings.Join(known, ", ")
	if near := d.nearest(e.Key, known); near != "" {
		hint = fmt.Sprintf("did you mean %q?", near)
	}
	d.report("key-unknown", e.KeySpan, "unknown key "+Quote(e.Key), hint)
}

func (d *structDecoder) mapping(n *Node, v reflect.Value, key string) {
	if n.Kind != Mapping {
		d.wrong(n, key, "a mapping")
		return
	}
	v.Set(reflect.MakeMapWithSize(v.Type(), len(n.Entries)))
	for _, e := range n.Entries {
		item := reflect.New(v.Type().Elem()).Elem()
		d.decode(e.Value, item, e.Key)
		v.SetMapIndex(reflect.ValueOf(e.Key).Convert(v.Type().Key()), item)
	}
}

func (d *structDecoder) slice(n *Node, v reflect.Value, key string) {
	if n.Kind != Sequence {
		d.wrong(n, key, "a list")
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), len(n.Items), len(n.Items)))
	for i, item := range n.Items {
		if item.IsNull() {
			d.report("value-type", item.Span, key+" has null in its list", "remove it")
		}
		d.decode(item, v.Index(i), key)
	}
}

func (d *structDecoder) scalar(n *Node, v reflect.Value, key string) {
	if n.Kind != Scalar {
		d.wrong(n, key, map[bool]string{true: "a whole number", false: "text"}[v.CanInt()])
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(n.Text)
	case reflect.Bool:
		b, ok := n.Bool()
		if !ok {
			d.wrong(n, key, "true or false")
		}
		v.SetBool(b)
	case reflect.Int:
		i, err := strconv.Atoi(n.Text)
		if err != nil {
			d.wrong(n, key, "a whole number")
		}
		v.SetInt(int64(i))
	}
}
