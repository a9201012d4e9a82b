package contracts

import (
	"fmt"
	"slices"
	"strings"

	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
)

// Parse reads a contract file. All problems of the file are reported at once. The
// contract is nil when the file is not YAML or does not say what it declares;
// otherwise it holds everything that could be read, so that later steps can go
// on and report more.
//
// The result is not linked: references have no targets yet.
func Parse(f *diag.File) (*Contract, []diag.Diagnostic) { return new(Parser).Parse(f) }

// Parser parses many files one after the other, in memory that it uses again. The
// zero value is ready; it is not for concurrent use.
type Parser struct{ reader document.Reader }

// Parse is the function of that name.
func (p *Parser) Parse(f *diag.File) (*Contract, []diag.Diagnostic) {
	root, diags := p.reader.Parse(f)
	if root == nil {
		return nil, diags
	}
	c, more := FromNode(f, root)
	diags = append(diags, more...)
	if c != nil {
		c.Broken = len(diags) > 0
	}
	return c, diags
}

// FromNode reads a contract from a part of a document, such as the contract
// inside a release file.
func FromNode(f *diag.File, root *document.Node) (*Contract, []diag.Diagnostic) {
	d := &decoder{file: f}
	c := d.contract(root)
	if c != nil {
		c.Broken = len(d.diags) > 0
	}
	return c, diag.Distinct(d.diags)
}

type decoder struct {
	file  *diag.File
	diags []diag.Diagnostic
	name  string   // of the contract, for subjects
	path  []string // tokens of the pointer to the schema that is being read

	owner   *Property // property whose schema is read next
	current *Property // property whose schema is being read, nil below it
}

func (d *decoder) report(check string, span diag.Span, message, hint string) {
	if len(d.diags) >= document.MaxProblems {
		return
	}
	d.diags = append(d.diags, diag.Diagnostic{
		Rule: check, Severity: diag.Error, Message: message, Hint: hint, Subject: d.subject(),
		Location: diag.Location{File: d.file, Span: span},
	})
}

// reportBelow reports on something below the schema that is being read.
func (d *decoder) reportBelow(keyword, name, check string, span diag.Span, message string) {
	d.path = append(d.path, keyword, name)
	d.report(check, span, message, "")
	d.path = d.path[:len(d.path)-2]
}

func (d *decoder) subject() string {
	subject := d.name
	for i, token := range d.path {
		if i == 0 {
			subject += "#"
		}
		subject += "/" + EscapePointer(token)
	}
	return subject
}

var kinds = []Kind{Event, Definition, Fragment}

func (d *decoder) contract(root *document.Node) *Contract {
	if root.Kind != document.Mapping {
		d.report(checkValueType, firstLine(d.file, root.Span), "file holds "+root.Describe()+", expected a mapping", "start it with event:, define: or fragment:")
		return nil
	}
	c := &Contract{File: d.file, Span: root.Span, Status: Active}
	for _, kind := range kinds {
		if name := root.Get(string(kind)); name != nil {
			c.Kind = kind
			c.Name = d.eventName(name, kind)
			break
		}
	}
	if c.Kind == "" {
		d.noKind(root)
		return nil
	}
	d.name = c.Name
	c.Payload = &Schema{File: d.file, Span: root.Span}
	if c.Kind != Definition {
		c.Payload.Types = Object
	}
	keys := keysOf(root)
	c.Keys, c.Payload.Keys = keys, keys
	if c.Kind == Definition {
		d.typesFirst(c.Payload, root)
	}
	for i := range root.Entries {
		d.topLevel(c, &root.Entries[i])
	}
	c.Title = c.Payload.Title
	d.checkHead(c)
	if c.Kind == Definition {
		d.checkSchema(c.Payload, label{"definition", c.Name}, root)
		return c
	}
	// Keywords that are out of place were reported as they were read.
	d.checkBounds(c.Payload)
	d.checkCodeNames(c.Payload)
	return c
}

// firstLine shortens a span that starts a file to its first line.
func firstLine(f *diag.File, span diag.Span) diag.Span {
	text := diag.Location{File: f, Span: span}.Text()
	if i := strings.IndexAny(text, "\r\n"); i >= 0 {
		span.End = span.Start + int32(i)
	}
	return span
}

// label names a schema in messages: `property "total"`.
type label struct{ kind, name string }

func (l label) String() string {
	if l.name == "" {
		return l.kind
	}
	return l.kind + " " + document.Quote(l.name)
}

func (d *decoder) noKind(root *document.Node) {
	for _, e := range root.Entries {
		if near := Nearest(e.Key, []string{string(Event), string(Definition), string(Fragment)}); near != "" {
			d.report(checkKeyUnknown, e.KeySpan, fmt.Sprintf("unknown key %s", document.Quote(e.Key)), fmt.Sprintf("did you mean %q?", near))
			return
		}
	}
	at := firstLine(d.file, root.Span)
	if len(root.Entries) > 0 {
		at = root.Entries[0].KeySpan
	}
	d.report(checkKeyMissing, at, "file does not say what it declares", "start it with event:, define: or fragment:")
}

// topLevel reads one key of the file: of the contract itself, or of its payload's schema.
func (d *decoder) topLevel(c *Contract, e *document.Entry) {
	if k, ok := contractKeywords[e.Key]; ok {
		if !slices.Contains(k.kinds, c.Kind) {
			d.report(checkKeyUnknown, e.KeySpan, fmt.Sprintf("key %q does not belong in a file that starts with %q", e.Key, string(c.Kind)+":"), "")
			return
		}
		k.decode(d, c, e.Value)
		return
	}
	if c.Kind != Definition && !rootKeyword(c.Kind, e.Key) {
		if _, known := schemaKeywords[e.Key]; known {
			d.misplacedAtRoot(c.Kind, e)
			return
		}
	}
	d.schemaKey(c.Payload, e, func() []string { return topLevelNames(c.Kind) })
}

func (d *decoder) misplacedAtRoot(kind Kind, e *document.Entry) {
	if rootKeyword(Event, e.Key) {
		d.report(checkKeywordMisplaced, e.KeySpan, fmt.Sprintf("%q does not apply to a fragment: it would concern the whole event", e.Key), "write it into the events")
		return
	}
	d.report(checkKeywordMisplaced, e.KeySpan, fmt.Sprintf("%q does not apply here: the payload of an event is an object", e.Key), "declare it on a property")
}

// rootKeyword reports whether a schema keyword may stand at the top of an event
// or fragment. What an event takes over from a fragment are its properties.
func rootKeyword(kind Kind, name string) bool {
	k, ok := schemaKeywords[name]
	return ok && (k.types == 0 || k.types&Object != 0) && !slices.Contains(notAtRoot, name) &&
		(kind == Event || !slices.Contains(notInFragment, name))
}

var (
	notAtRoot     = []string{"type", "$ref", "oneOf", "anyOf", "discriminator", "nullable", "enum", "open", "default", "pii", "unit"}
	notInFragment = []string{"additionalProperties", "minProperties", "maxProperties", "examples", "renamedFrom"}
)

func topLevelNames(kind Kind) []string {
	names := []string{string(kind)}
	for name, k := range contractKeywords {
		if slices.Contains(k.kinds, kind) {
			names = append(names, name)
		}
	}
	for name := range schemaKeywords {
		if kind == Definition && name != "name" && name != "required" || kind != Definition && rootKeyword(kind, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func (d *decoder) checkHead(c *Contract) {
	switch {
	case c.Kind == Event && c.Version.IsZero() && !hasKey(c.Keys, "version"):
		d.report(checkKeyMissing, c.Head().Span, fmt.Sprintf("event %s has no version", document.Quote(c.Name)), "add version: 1.0.0")
	case c.Kind != Event && !identifier(c.Name):
		d.report(checkValueInvalid, c.Head().Span,
			fmt.Sprintf("name %s is not an identifier, expected letters, digits and _", document.Quote(c.Name)), "")
	}
}

func hasKey(keys Keys, name string) bool {
	_, ok := keys.Find(name)
	return ok
}

// schemaKey reads one keyword of a schema.
func (d *decoder) schemaKey(s *Schema, e *document.Entry, known func() []string) {
	if strings.HasPrefix(e.Key, "x-") {
		s.Extensions = append(s.Extensions, Extension{Name: e.Key, Value: d.value(e.Value)})
		return
	}
	k, ok := schemaKeywords[e.Key]
	if !ok {
		d.unknownKey(e, known)
		return
	}
	k.decode(d, s, e.Value)
}

// schema reads the schema that stands under a keyword, and below that under a name
// when the keyword holds several.
func (d *decoder) schema(n *document.Node, what label, keyword string) *Schema {
	outer, depth := d.current, len(d.path)
	d.current, d.owner = d.owner, nil
	d.path = append(d.path, keyword)
	if what.name != "" {
		d.path = append(d.path, what.name)
	}
	s := d.readSchema(n, what)
	d.current, d.path = outer, d.path[:depth]
	return s
}

func (d *decoder) readSchema(n *document.Node, what label) *Schema {
	s := &Schema{File: d.file, Span: n.Span}
	if n.Kind != document.Mapping {
		hint := ""
		if n.Kind == document.Scalar && typeOf(n.Text) != 0 {
			hint = fmt.Sprintf("write {type: %s}", n.Text)
		}
		d.report(checkValueType, n.Span, fmt.Sprintf("%s has %s, expected a mapping", what, n.Describe()), hint)
		s.Types = Any
		return s
	}
	s.Keys = keysOf(n)
	d.typesFirst(s, n)
	for i := range n.Entries {
		d.schemaKey(s, &n.Entries[i], schemaKeywordNames)
	}
	d.checkSchema(s, what, n)
	return s
}

// typesFirst reads the type before other keywords, because the meaning of enum and
// default values depends on it and keys come in any order.
func (d *decoder) typesFirst(s *Schema, n *document.Node) {
	if t := n.Get("type"); t != nil {
		d.types(s, t)
	}
}

func (d *decoder) unknownKey(e *document.Entry, known func() []string) {
	if len(d.diags) >= document.MaxProblems {
		return
	}
	hint := "keys of your own start with x-"
	names := known()
	near := Nearest(e.Key, names)
	switch instead, foreign := foreignKeywords[e.Key]; {
	case foreign:
		hint = instead
	case (e.Value.Get("type") != nil || e.Value.Get("$ref") != nil) && slices.Contains(names, "properties") && near != "properties":
		hint = "write it under properties"
	case near != "":
		hint = fmt.Sprintf("did you mean %q?", near)
	}
	d.report(checkKeyUnknown, e.KeySpan, fmt.Sprintf("unknown key %s", document.Quote(e.Key)), hint)
}

func keysOf(n *document.Node) Keys {
	keys := make(Keys, len(n.Entries))
	for i := range n.Entries {
		e := &n.Entries[i]
		keys[i] = Key{Name: e.Key, Key: e.KeySpan, Value: e.Value.Span}
	}
	return keys
}

func identifier(name string) bool {
	for i, r := range name {
		letter := r == '_' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
		if !letter && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return name != ""
}
