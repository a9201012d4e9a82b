package contracts

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/evctl/evctl/contracts/diag"
)

// Kind tells what a contract file declares. Its text is the key the file starts with.
type Kind string

const (
	Event      Kind = "event"
	Definition Kind = "define"
	Fragment   Kind = "fragment"
)

// noun names the kind in messages.
func (k Kind) noun() string {
	if k == Definition {
		return "definition"
	}
	return string(k)
}

// Status is the phase of an event's life.
type Status string

const (
	Draft      Status = "draft"
	Active     Status = "active"
	Deprecated Status = "deprecated"
	Retired    Status = "retired"
)

// Contract is one contract file, or one released version of an event.
type Contract struct {
	File *diag.File
	Span diag.Span // the whole document
	Keys Keys

	Kind Kind
	Name string // wire name of the event; name of the definition or fragment

	// For events only.
	Version   Version
	Title     string // that of Payload
	Owner     string // a team of evctl.yaml
	Status    Status // Active when the file does not say
	Retention Retention
	Tags      []string
	Include   []Include
	CodeName  string // `name:`, the identifier in generated code; empty: derived from Name

	// Payload is what the contract says about the JSON value: for events and
	// fragments an object, for definitions any schema. Description, Deprecated
	// and Examples of the file stand here. It is nil only when parsing failed.
	Payload *Schema

	// Broken is set when the contract has errors of the language: it can be looked
	// at, but has no meaning to compare, generate or validate with.
	Broken bool

	// Definitions are those declared in the file itself under `definitions:`,
	// and, after Link, all that Payload reaches, in order of first use.
	Definitions []*NamedSchema
}

// Include names a fragment that an event mixes in.
type Include struct {
	Name string
	Span diag.Span
}

// NamedSchema is a definition: a schema that others refer to by name.
type NamedSchema struct {
	Name   string
	Schema *Schema
	Local  bool // declared under `definitions:` of the contract itself
}

// ID is the contract as people name it: "order.completed 1.2.0" or "define line_item".
func (c *Contract) ID() string {
	if c.Kind == Event {
		return c.Name + " " + c.Version.String()
	}
	return string(c.Kind) + " " + c.Name
}

// At is the location of a top-level key's value, or of the document's first key
// when the key is not written.
func (c *Contract) At(key string) diag.Location {
	if k, ok := c.Keys.Find(key); ok {
		return diag.Location{File: c.File, Span: k.Value}
	}
	return c.Head()
}

// Head is the location of the contract's name.
func (c *Contract) Head() diag.Location {
	if k, ok := c.Keys.Find(string(c.Kind)); ok {
		return diag.Location{File: c.File, Span: k.Value}
	}
	return diag.Location{File: c.File, Span: c.Span}
}

// Subject names a place in the contract for fingerprints: "order.completed#/properties/total".
func (c *Contract) Subject(pointer string) string { return c.Name + "#" + pointer }

// Definition finds a definition the contract declares or, after Link, reaches.
func (c *Contract) Definition(name string) *NamedSchema {
	for _, d := range c.Definitions {
		if d.Name == name {
			return d
		}
	}
	return nil
}

// Version is MAJOR.MINOR.PATCH. MAJOR breaks readers, MINOR adds, PATCH documents.
type Version struct{ Major, Minor, Patch int }

// ParseVersion reads three dot-separated numbers without leading zeros.
func ParseVersion(text string) (Version, error) {
	parts := strings.Split(text, ".")
	if len(parts) != 3 {
		return Version{}, fmt.Errorf("version %q is not MAJOR.MINOR.PATCH", text)
	}
	var n [3]int
	for i, part := range parts {
		v, err := strconv.Atoi(part)
		if err != nil || v < 0 || strconv.Itoa(v) != part || v > 1_000_000 {
			return Version{}, fmt.Errorf("version %q is not MAJOR.MINOR.PATCH", text)
		}
		n[i] = v
	}
	return Version{n[0], n[1], n[2]}, nil
}

func (v Version) String() string {
	return strconv.Itoa(v.Major) + "." + strconv.Itoa(v.Minor) + "." + strconv.Itoa(v.Patch)
}

// MarshalText writes versions as text in JSON.
func (v Version) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (v *Version) UnmarshalText(text []byte) (err error) {
	*v, err = ParseVersion(string(text))
	return err
}

// IsZero reports whether no version was given.
func (v Version) IsZero() bool { return v == Version{} }

// Compare orders versions numerically.
func (v Version) Compare(w Version) int {
	for _, d := range [...]int{v.Major - w.Major, v.Minor - w.Minor, v.Patch - w.Patch} {
		if d != 0 {
			return d
		}
	}
	return 0
}

// Bump is the part of a version that a change asks to be raised.
type Bump uint8

const (
	NoBump Bump = iota
	PatchBump
	MinorBump
	MajorBump
)

func (b Bump) String() string { return [...]string{"none", "patch", "minor", "major"}[b] }

// MarshalText makes bumps words in JSON.
func (b Bump) MarshalText() ([]byte, error) { return []byte(b.String()), nil }

// Next is the smallest version that claims bump b over v. Before 1.0.0 the same
// rules hold: a released 0.x is a promise like any other.
func (v Version) Next(b Bump) Version {
	switch b {
	case MajorBump:
		return Version{v.Major + 1, 0, 0}
	case MinorBump:
		return Version{v.Major, v.Minor + 1, 0}
	case PatchBump:
		return Version{v.Major, v.Minor, v.Patch + 1}
	}
	return v
}

// BumpFrom is the bump that v claims over an older version.
func (v Version) BumpFrom(old Version) Bump {
	switch {
	case v.Compare(old) <= 0:
		return NoBump
	case v.Major != old.Major:
		return MajorBump
	case v.Minor != old.Minor:
		return MinorBump
	}
	return PatchBump
}

// Retention is how long events are kept: "400d", "26w", "13m", "2y" or "forever".
type Retention string

// Days is the length in days (months count 31, years 366) and -1 for "forever".
// It is 0 when there is none.
func (r Retention) Days() int {
	if r == "" {
		return 0
	}
	if r == "forever" {
		return -1
	}
	n, _ := strconv.Atoi(string(r[:len(r)-1]))
	switch r[len(r)-1] {
	case 'w':
		return n * 7
	case 'm':
		return n * 31
	case 'y':
		return n * 366
	}
	return n
}

// Deprecation says that an event, property, enum value or definition goes away.
type Deprecation struct {
	Keys       Keys
	Span       diag.Span
	Since      string // version in which it was announced
	Sunset     string // date (YYYY-MM-DD) after which producers must not send it
	ReplacedBy string
	Reason     string
}
