package envelope

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/contracts/rawjson"
)

// Envelope finds the parts of an event. It may be used from several goroutines once
// it is linked.
type Envelope struct {
	// Latest says that an event without a version is of the newest one.
	Latest bool
	// DefinitionName is the definition that the rest of the body must satisfy, or
	// empty; Definition is its schema, set by Link.
	DefinitionName string
	Definition     *contracts.Schema

	name, version, properties, source []string
	namePattern, versionPattern       *regexp.Regexp
	members                           []string
	at                                diag.Location // of the definition's name
}

// Event is what an envelope holds.
type Event struct {
	Name string
	// Version is as it was sent, with dots for the dashes of SchemaVer; empty when
	// there is none.
	Version string
	// Properties is the text of the properties, a slice of the body, and Offset where
	// it starts there.
	Properties []byte
	Offset     int
}

// Located is an Event within a document that was read already.
type Located struct {
	Name, Version string
	// Source says who sent the event, as it stands there; empty when the envelope does
	// not say where that is, or nothing is there that is a scalar.
	Source     string
	Properties int // token
	// Pointer leads to the properties.
	Pointer string
}

// Rules that a body can break.
const (
	RuleName       = "envelope-name"
	RuleVersion    = "envelope-version"
	RuleProperties = "envelope-properties"
)

// Rules lists what this package requires of a body, with a sentence for each.
var Rules = []struct{ ID, Summary string }{
	{RuleName, "the body has no name where the envelope says, or one of another form"},
	{RuleVersion, "the version has another form than the envelope says"},
	{RuleProperties, "the body has no properties where the envelope says"},
}

// Link connects the envelope with the definition it names. It must be called once,
// before the envelope is used.
func (e *Envelope) Link(lib *contracts.Library) []diag.Diagnostic {
	if e.DefinitionName == "" {
		return nil
	}
	d := diag.Diagnostic{Rule: "ref-unresolved", Severity: diag.Error, Location: e.at, Subject: "envelope"}
	c := lib.Definition(e.DefinitionName)
	switch {
	case c == nil:
		d.Message = fmt.Sprintf("no definition is named %s", document.Quote(e.DefinitionName))
		d.Hint = "definitions are declared in files that start with define:"
	case c.Broken:
		d.Message = fmt.Sprintf("definition %s has errors", document.Quote(e.DefinitionName))
	case c.Payload.Resolved().Types != contracts.Object:
		d.Rule = "value-invalid"
		d.Message = fmt.Sprintf("definition %s is not an object", document.Quote(e.DefinitionName))
	default:
		e.Definition = c.Payload
		return nil
	}
	return []diag.Diagnostic{d}
}

// Extract finds the parts of the event in a body. The error is a *rawjson.Error,
// with one of this package's rules when the body is JSON of another form.
func (e *Envelope) Extract(body []byte) (Event, error) {
	d, err := rawjson.Parse(body)
	if err != nil {
		return Event{}, err
	}
	l, err := e.Locate(d)
	if err != nil {
		return Event{Name: l.Name, Version: l.Version}, err
	}
	return Event{Name: l.Name, Version: l.Version, Properties: d.Raw(l.Properties), Offset: d.Offset(l.Properties)}, nil
}

// Locate is Extract for a document that was read already. What was found before an
// error is there.
func (e *Envelope) Locate(d *rawjson.Document) (Located, *rawjson.Error) {
	l := Located{Pointer: Pointer(e.properties)}
	if d.Kind(0) != rawjson.Object {
		return l, &rawjson.Error{Rule: RuleName, Found: "an event that is " + d.Kind(0).String(), Expected: "an object"}
	}
	l.Source = e.findSource(d)
	var err *rawjson.Error
	var version string
	if l.Name, version, err = e.findName(d); err != nil {
		return l, err
	}
	if l.Version, err = e.findVersion(d, version); err != nil {
		return l, err
	}
	l.Properties = d.Find(0, e.properties)
	if l.Properties < 0 {
		return l, missing(RuleProperties, e.properties)
	}
	return l, nil
}

func (e *Envelope) findName(d *rawjson.Document) (name, version string, err *rawjson.Error) {
	at := d.Find(0, e.name)
	switch {
	case at < 0:
		return "", "", missing(RuleName, e.name)
	case d.Kind(at) != rawjson.String || len(d.Text(at)) == 0:
		return "", "", wrong(d, at, RuleName, e.name, "the name of the event")
	}
	text := string(d.Text(at))
	if e.namePattern == nil {
		return text, "", nil
	}
	name, version = cut(e.namePattern, text)
	if name == "" {
		return "", "", wrong(d, at, RuleName, e.name, "text that matches "+e.namePattern.String())
	}
	return name, version, nil
}

// PropertiesPointer leads to the properties in the body, "" for the body itself.
func (e *Envelope) PropertiesPointer() string { return Pointer(e.properties) }

// HasSource reports whether the envelope says where an event names its sender.
func (e *Envelope) HasSource() bool { return len(e.source) > 0 }

func (e *Envelope) findSource(d *rawjson.Document) string {
	if !e.HasSource() {
		return ""
	}
	at := d.Find(0, e.source)
	if at < 0 {
		return ""
	}
	switch d.Kind(at) {
	case rawjson.String:
		return string(d.Text(at))
	case rawjson.Number, rawjson.False, rawjson.True:
		return string(d.Raw(at))
	}
	return ""
}

// findVersion reads the version; one from the name's pattern comes first.
func (e *Envelope) findVersion(d *rawjson.Document, version string) (string, *rawjson.Error) {
	if version != "" {
		return dotted(version), nil
	}
	if e.version == nil {
		return "", nil
	}
	at := d.Find(0, e.version)
	switch {
	case at < 0 || d.Kind(at) == rawjson.Null:
		return "", nil
	case d.Kind(at) == rawjson.Number:
		version = string(d.Raw(at))
	case d.Kind(at) == rawjson.String:
		version = string(d.Text(at))
	default:
		return "", wrong(d, at, RuleVersion, e.version, "a version")
	}
	if e.versionPattern == nil {
		return dotted(version), nil
	}
	if _, version = cut(e.versionPattern, version); version == "" {
		return "", wrong(d, at, RuleVersion, e.version, "text that matches "+e.versionPattern.String())
	}
	return dotted(version), nil
}

// Read is what the texts at the places of name and version mean, without dashes and
// what patterns cut off. It reports false where they have another form than the envelope
// says. An empty version means that there is none.
func (e *Envelope) Read(nameText, versionText string) (name, version string, ok bool) {
	name = nameText
	if e.namePattern != nil {
		name, version = cut(e.namePattern, nameText)
	}
	if version == "" && versionText != "" {
		if version = versionText; e.versionPattern != nil {
			_, version = cut(e.versionPattern, versionText)
			ok = version != ""
			return name, dotted(version), ok && name != ""
		}
	}
	return name, dotted(version), name != ""
}

// Literal reports whether the texts of name and version are what they mean, apart from
// dashes in the version.
func (e *Envelope) Literal() bool { return e.namePattern == nil && e.versionPattern == nil }

// Places are the JSON pointers of the parts of an event, by tokens. That of the version is
// nil where the envelope does not say where it is.
func (e *Envelope) Places() (name, version, properties []string) {
	return e.name, e.version, e.properties
}

// cut returns the groups name and version of a match.
func cut(re *regexp.Regexp, text string) (name, version string) {
	m := re.FindStringSubmatch(text)
	if m == nil {
		return "", ""
	}
	if i := re.SubexpIndex("name"); i >= 0 {
		name = m[i]
	}
	if i := re.SubexpIndex("version"); i >= 0 {
		version = m[i]
	}
	return name, version
}

// dotted turns SchemaVer's dashes into dots.
func dotted(version string) string {
	if strings.Trim(version, "0123456789-") == "" {
		return strings.ReplaceAll(version, "-", ".")
	}
	return version
}

// Flat reports whether the properties are the body itself.
func (e *Envelope) Flat() bool { return len(e.properties) == 0 }

// Members are the names of the body's members that belong to the envelope, where it
// is Flat, and otherwise the one member that holds the properties.
func (e *Envelope) Members() []string {
	if !e.Flat() {
		return e.properties[:1]
	}
	members := e.members
	if e.Definition != nil {
		members = members[:len(members):len(members)]
		for _, p := range e.Definition.Resolved().Properties {
			members = append(members, p.Name)
		}
	}
	return members
}

func missing(rule string, pointer []string) *rawjson.Error {
	return &rawjson.Error{Rule: rule, Found: "nothing", Expected: "a value at " + Pointer(pointer)}
}

func wrong(d *rawjson.Document, at int, rule string, pointer []string, expected string) *rawjson.Error {
	found := d.Kind(at).String()
	if k := d.Kind(at); k == rawjson.String || k == rawjson.Number {
		found += " " + rawjson.Clip(d.Raw(at))
	}
	return &rawjson.Error{Rule: rule, Pointer: Pointer(pointer), Offset: d.Offset(at), Found: found, Expected: expected}
}

// Pointer is the JSON pointer of some tokens.
func Pointer(tokens []string) string {
	var b strings.Builder
	for _, t := range tokens {
		b.WriteString("/" + contracts.EscapePointer(t))
	}
	return b.String()
}
