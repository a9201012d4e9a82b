package contracts

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/contracts/formats"
)

// This file reads the values of keywords. Every reader reports what is wrong and
// returns a zero value that later steps can live with.

func (d *decoder) wrongType(n *document.Node, key, expected, hint string) {
	d.report(checkValueType, n.Span, fmt.Sprintf("%s has %s, expected %s", key, n.Describe(), expected), hint)
}

// boolHint proposes the boolean that YAML 1.1 would have read.
func boolHint(n *document.Node) string {
	if n.Kind != document.Scalar {
		return ""
	}
	switch strings.ToLower(n.Text) {
	case "true", "yes", "on", "y":
		return "write true"
	case "false", "no", "off", "n":
		return "write false"
	}
	return ""
}

// numberHint helps with numbers in quotes.
func numberHint(n *document.Node) string {
	if n.Quoted && document.IsNumber(n.Text) {
		return "remove the quotes"
	}
	return ""
}

// listHint helps with lists of one that were not written as a list.
func listHint(n *document.Node) string {
	if n.Kind == document.Scalar && !n.IsNull() {
		return fmt.Sprintf("write [%s]", n.Text)
	}
	return ""
}

// text reads a scalar as the text that was written: `on`, `1.10` and `0755` stay so.
func (d *decoder) text(n *document.Node, key string) string {
	if n.Kind != document.Scalar || n.IsNull() {
		d.wrongType(n, key, "text", "")
		return ""
	}
	if strings.TrimSpace(n.Text) == "" {
		d.report(checkValueInvalid, n.Span, key+" is empty", "")
	}
	return n.Text
}

// line reads a text of one line, such as a name that is printed in messages.
func (d *decoder) line(n *document.Node, key string) string {
	text := d.text(n, key)
	switch {
	case strings.ContainsFunc(text, unicode.IsControl):
		d.report(checkValueInvalid, n.Span, key+" has a line break or another control character", "")
	case text != strings.TrimSpace(text) && strings.TrimSpace(text) != "":
		d.report(checkValueInvalid, n.Span, key+" has spaces at its ends", "")
	}
	return text
}

// maxName bounds the bytes of an event's name, which becomes a part of file names and addresses.
const maxName = 200

func (d *decoder) eventName(n *document.Node, kind Kind) string {
	name := d.line(n, string(kind))
	if len(name) > maxName {
		d.report(checkValueInvalid, n.Span, fmt.Sprintf("name has %d bytes, expected at most %d", len(name), maxName), "")
	}
	return name
}

func (d *decoder) texts(n *document.Node, key string) []string {
	if n.Kind != document.Sequence {
		d.wrongType(n, key, "a list", listHint(n))
		return nil
	}
	out := make([]string, 0, len(n.Items))
	seen := make(map[string]bool, len(n.Items))
	for _, item := range n.Items {
		text := d.text(item, key)
		if seen[text] {
			d.report(checkValueInvalid, item.Span, fmt.Sprintf("%s lists %s twice", key, document.Quote(text)), "")
			continue
		}
		seen[text] = true
		out = append(out, text)
	}
	return out
}

func (d *decoder) bool(n *document.Node, key string) bool {
	v, ok := n.Bool()
	if !ok {
		d.wrongType(n, key, "true or false", boolHint(n))
	}
	return v
}

// count reads a length or count: a whole number from 0 on.
func (d *decoder) count(n *document.Node, key string) *int {
	if n.Kind == document.Scalar && !n.Quoted {
		if v, err := strconv.Atoi(n.Text); err == nil && v >= 0 && v <= 1<<31-1 && strconv.Itoa(v) == n.Text {
			return &v
		}
	}
	d.wrongType(n, key, "a whole number from 0 to 2147483647", numberHint(n))
	return nil
}

func (d *decoder) decimal(n *document.Node, key string) *Decimal {
	if n.Kind != document.Scalar || n.Quoted {
		d.wrongType(n, key, "a number", numberHint(n))
		return nil
	}
	v, err := ParseDecimal(n.Text)
	if err != nil {
		d.report(checkValueType, n.Span, fmt.Sprintf("%s: %v", key, err), "write it as JSON does: 10, -1, 0.5, 1e6")
		return nil
	}
	return &v
}

func (d *decoder) multipleOf(s *Schema, n *document.Node) {
	v := d.decimal(n, "multipleOf")
	if v != nil && v.Rat().Sign() <= 0 {
		d.report(checkValueInvalid, n.Span, fmt.Sprintf("multipleOf is %s, expected more than 0", *v), "")
		return
	}
	s.MultipleOf = v
}

func typeOf(name string) Types {
	if i := slices.Index(TypeNames[:], name); i >= 0 {
		return 1 << i
	}
	return 0
}

func (d *decoder) types(s *Schema, n *document.Node) {
	words := []*document.Node{n}
	if n.Kind == document.Sequence {
		words = n.Items
		if len(words) == 0 {
			d.report(checkValueInvalid, n.Span, "type lists no types", "")
		}
	}
	for _, w := range words {
		t := d.oneType(w)
		if t&^Scalars != 0 && len(words) > 1 {
			d.report(checkValueInvalid, w.Span, fmt.Sprintf("type %s in a list of types, expected scalars only", w.Text),
				"name the choices: oneOf: {text: {type: string}, list: {type: array, items: …}}")
		}
		if s.Types&t != 0 {
			d.report(checkValueInvalid, w.Span, fmt.Sprintf("type %s is listed twice", w.Text), "")
		}
		s.Types |= t
	}
	if s.Types.Has(Numeric) {
		s.Types &^= Integer // every integer is a number
	}
}

var foreignTypes = map[string]string{
	"int": "integer", "int32": "integer", "int64": "integer", "long": "integer", "float": "number", "double": "number",
	"decimal": "number", "bool": "boolean", "str": "string", "text": "string", "list": "array", "dict": "map", "record": "object",
	"timestamp": "string with format: date-time", "datetime": "string with format: date-time", "date": "string with format: date",
	"uuid": "string with format: uuid", "enum": "string with enum: [...]",
}

func (d *decoder) oneType(n *document.Node) Types {
	word := "null"
	if !n.IsNull() {
		word = d.text(n, "type")
	}
	if t := typeOf(word); t != 0 {
		return t
	}
	hint := "types are " + strings.Join(TypeNames[:], ", ")
	switch near := Nearest(word, TypeNames[:]); {
	case word == "null":
		hint = "write nullable: true beside the type"
	case foreignTypes[word] != "":
		hint = "write type: " + foreignTypes[word]
	case near != "":
		hint = fmt.Sprintf("did you mean %q?", near)
	}
	if word != "" {
		d.report(checkValueInvalid, n.Span, fmt.Sprintf("unknown type %s", document.Quote(word)), hint)
	}
	return 0
}

func (d *decoder) format(s *Schema, n *document.Node) {
	s.Format = d.text(n, "format")
	if s.Format == "" || formats.Known(s.Format) {
		return
	}
	d.report(checkFormatUnknown, n.Span, fmt.Sprintf("unknown format %s", document.Quote(s.Format)), d.oneOf("formats", s.Format, formats.Names()))
	s.Format = ""
}

// maxPattern bounds a pattern's length, and with it the size of its automaton.
const maxPattern = 1000

func (d *decoder) pattern(n *document.Node, key string) string {
	text := d.text(n, key)
	if len(text) > maxPattern {
		d.report(checkPatternInvalid, n.Span, fmt.Sprintf("%s has %d bytes, expected at most %d", key, len(text), maxPattern), "")
		return ""
	}
	if _, err := syntax.Parse(text, syntax.Perl); err != nil {
		hint := ""
		var e *syntax.Error
		if errors.As(err, &e) && (e.Code == syntax.ErrInvalidPerlOp || e.Code == syntax.ErrInvalidEscape) {
			hint = "patterns use RE2 syntax: no lookaround, no back references"
		}
		d.report(checkPatternInvalid, n.Span, fmt.Sprintf("%s %s: %s", key, document.Quote(text), patternError(err)), hint)
		return ""
	}
	return text
}

func patternError(err error) string { return strings.TrimPrefix(err.Error(), "error parsing regexp: ") }

// value reads any JSON value.
func (d *decoder) value(n *document.Node) Value {
	d.checkNumbers(n)
	return Value{JSON: n.JSON(), Span: n.Span}
}

// checkNumbers bounds the numbers within a value: 1e999999999 is short to write
// and long to compare.
func (d *decoder) checkNumbers(n *document.Node) {
	if n.Kind == document.Scalar && !n.Quoted && document.IsNumber(n.Text) {
		if _, err := ParseDecimal(n.Text); err != nil {
			d.report(checkValueInvalid, n.Span, err.Error(), "")
			n.Text = "0"
		}
	}
	for _, e := range n.Entries {
		d.checkNumbers(e.Value)
	}
	for _, item := range n.Items {
		d.checkNumbers(item)
	}
}

// typed reads a value of a schema: where the schema takes text and nothing else,
// an unquoted 1.10 or no is that text.
func (d *decoder) typed(s *Schema, n *document.Node) Value {
	if s.Types == String && n.Kind == document.Scalar && !n.IsNull() {
		return Value{JSON: document.Quote(n.Text), Span: n.Span}
	}
	return d.value(n)
}

func (d *decoder) enum(s *Schema, n *document.Node) {
	s.Enum = make([]EnumValue, 0, len(n.Items)+len(n.Entries))
	seen := make(map[string]bool, cap(s.Enum))
	switch n.Kind {
	case document.Sequence:
		for _, item := range n.Items {
			if value := item.Get("value"); value != nil {
				d.enumValue(s, value, item, seen)
			} else {
				d.enumValue(s, item, nil, seen)
			}
		}
	case document.Mapping:
		for i := range n.Entries {
			e := &n.Entries[i]
			key := &document.Node{Text: e.Key, Span: e.KeySpan, Quoted: e.KeyQuoted}
			d.enumValue(s, key, e.Value, seen)
		}
	}
	switch {
	case n.Kind == document.Scalar:
		d.wrongType(n, "enum", "a list of values, or a mapping of values to descriptions", listHint(n))
	case len(n.Items) == 0 && len(n.Entries) == 0:
		d.report(checkEnumInvalid, n.Span, "enum is empty: no value fits", "")
	}
}

func (d *decoder) enumValue(s *Schema, n, about *document.Node, seen map[string]bool) {
	if n.Kind != document.Scalar {
		d.report(checkEnumInvalid, n.Span, "enum has "+n.Describe()+", expected scalars", "")
		return
	}
	v := EnumValue{Value: d.typed(s, n)}
	if about != nil && !about.IsNull() {
		d.aboutEnumValue(&v, about)
	}
	if seen[v.Key()] {
		d.report(checkEnumInvalid, n.Span, fmt.Sprintf("enum lists %s twice", v.JSON), "")
		return
	}
	seen[v.Key()] = true
	s.Enum = append(s.Enum, v)
}

func (d *decoder) aboutEnumValue(v *EnumValue, n *document.Node) {
	if n.Kind != document.Mapping {
		v.Description = d.text(n, "description")
		return
	}
	for i := range n.Entries {
		switch e := &n.Entries[i]; e.Key {
		case "value":
		case "description":
			v.Description = d.text(e.Value, e.Key)
		case "deprecated":
			v.Deprecated = d.deprecation(e.Value)
		default:
			d.unknownKey(e, func() []string { return []string{"value", "description", "deprecated"} })
		}
	}
}

func (d *decoder) examples(s *Schema, n *document.Node) {
	if n.Kind != document.Sequence {
		d.wrongType(n, "examples", "a list", listHint(n))
		return
	}
	for _, item := range n.Items {
		s.Examples = append(s.Examples, d.typed(s, item))
	}
}

var piiWords = []string{string(NoPII), string(Pseudonymous), string(Direct), string(Sensitive)}

func (d *decoder) pii(s *Schema, n *document.Node) {
	class := PII(d.text(n, "pii"))
	if class != "" && !slices.Contains(PIIClasses, class) {
		d.report(checkValueInvalid, n.Span, fmt.Sprintf("unknown privacy class %s", document.Quote(string(class))),
			d.oneOf("classes", string(class), piiWords))
		return
	}
	s.PII = class
}

func (d *decoder) versionText(n *document.Node, key string) string {
	text := d.text(n, key)
	if _, err := ParseVersion(text); err != nil && text != "" {
		d.report(checkValueInvalid, n.Span, fmt.Sprintf("%s: %v", key, err), "write three numbers, such as 1.2.0")
	}
	return text
}

func (d *decoder) deprecation(n *document.Node) *Deprecation {
	dep := &Deprecation{Span: n.Span}
	if v, ok := n.Bool(); ok {
		if !v {
			return nil
		}
		return dep
	}
	if n.Kind != document.Mapping {
		d.wrongType(n, "deprecated", "true, or a mapping with since, sunset, replacedBy, reason", boolHint(n))
		return dep
	}
	dep.Keys = keysOf(n)
	for i := range n.Entries {
		switch e := &n.Entries[i]; e.Key {
		case "since":
			dep.Since = d.versionText(e.Value, e.Key)
		case "sunset":
			dep.Sunset = d.date(e.Value, e.Key)
		case "replacedBy":
			dep.ReplacedBy = d.text(e.Value, e.Key)
		case "reason":
			dep.Reason = d.text(e.Value, e.Key)
		default:
			d.unknownKey(e, func() []string { return []string{"since", "sunset", "replacedBy", "reason"} })
		}
	}
	return dep
}

func (d *decoder) date(n *document.Node, key string) string {
	text := d.text(n, key)
	if _, err := time.Parse(time.DateOnly, text); err != nil && text != "" {
		d.report(checkValueInvalid, n.Span, fmt.Sprintf("%s %s is not a date", key, document.Quote(text)), "write it as 2027-01-31")
		return ""
	}
	return text
}

func (d *decoder) version(c *Contract, n *document.Node) {
	v, err := ParseVersion(d.text(n, "version"))
	switch {
	case n.Kind != document.Scalar || n.IsNull():
	case err != nil:
		d.report(checkValueInvalid, n.Span, err.Error(), "write three numbers, such as 1.2.0")
	case v.IsZero():
		d.report(checkValueInvalid, n.Span, "version 0.0.0 is no release", "start with 0.1.0 or 1.0.0")
	}
	c.Version = v
}

var statuses = []string{string(Draft), string(Active), string(Deprecated), string(Retired)}

func (d *decoder) status(c *Contract, n *document.Node) {
	word := d.text(n, "status")
	switch {
	case slices.Contains(statuses, word):
		c.Status = Status(word)
	case word != "":
		d.report(checkValueInvalid, n.Span, fmt.Sprintf("unknown status %s", document.Quote(word)), d.oneOf("statuses", word, statuses))
	}
}

// oneOf proposes the word that was meant, or lists them all.
func (d *decoder) oneOf(what, word string, words []string) string {
	if near := Nearest(word, words); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	return what + " are " + strings.Join(words, ", ")
}

var retentionPattern = regexp.MustCompile(`^([1-9][0-9]{0,4}[dwmy]|forever)$`)

func (d *decoder) retention(c *Contract, n *document.Node) {
	text := d.text(n, "retention")
	if text != "" && !retentionPattern.MatchString(text) {
		d.report(checkValueInvalid, n.Span, fmt.Sprintf("retention %s is not a duration", document.Quote(text)),
			"write a number and d, w, m or y, such as 400d, or forever")
		return
	}
	c.Retention = Retention(text)
}

func (d *decoder) include(c *Contract, n *document.Node) {
	if n.Kind != document.Sequence {
		d.wrongType(n, "include", "a list of fragments", listHint(n))
		return
	}
	seen := make(map[string]bool, len(n.Items))
	for _, item := range n.Items {
		name := d.text(item, "include")
		if seen[name] {
			d.report(checkValueInvalid, item.Span, fmt.Sprintf("include lists %s twice", document.Quote(name)), "")
			continue
		}
		seen[name] = true
		c.Include = append(c.Include, Include{Name: name, Span: item.Span})
	}
}

func (d *decoder) identifier(n *document.Node) string {
	name := d.text(n, "name")
	if name != "" && !identifier(name) {
		d.report(checkValueInvalid, n.Span, fmt.Sprintf("name %s is not an identifier, expected letters, digits and _", document.Quote(name)), "")
		return ""
	}
	return name
}

func (d *decoder) definitions(c *Contract, n *document.Node) {
	if n.Kind != document.Mapping {
		d.wrongType(n, "definitions", "a mapping of names to schemas", "")
		return
	}
	for i := range n.Entries {
		e := &n.Entries[i]
		if !identifier(e.Key) {
			d.report(checkValueInvalid, e.KeySpan, fmt.Sprintf("name %s is not an identifier, expected letters, digits and _", document.Quote(e.Key)), "")
		}
		c.Definitions = append(c.Definitions, &NamedSchema{
			Name: e.Key, Local: true, Schema: d.schema(e.Value, label{"definition", e.Key}, "definitions"),
		})
	}
}
