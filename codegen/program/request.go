package program

import (
	"encoding/json"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/schema"
)

// Version is that of both documents. Members are added without a new version, so
// programs ignore those that they do not know.
const Version = 1

// Request is what a program reads: the model, in which every name is decided. Names
// are in snake_case; within one scope no two of them are equal even when case and
// underscores are dropped, so that every casing keeps them apart.
type Request struct {
	Version int               `json:"version"`
	Target  string            `json:"target"`  // as in evctl.yaml
	Options map[string]string `json:"options"` // as in evctl.yaml
	// Marker has to stand in the first kilobyte of every file.
	Marker string  `json:"marker"`
	Events []Event `json:"events"` // ordered by wire name
	Types  []Type  `json:"types"`  // of events, then of shared definitions; outer ones first
}

// Event is an event and the name of its type.
type Event struct {
	Event    string   `json:"event"`   // wire name
	Version  string   `json:"version"` // of the contract: MAJOR.MINOR.PATCH
	Status   string   `json:"status"`  // draft, active, deprecated or retired
	Owner    string   `json:"owner,omitempty"`
	Digest   string   `json:"digest"` // of the contract
	Name     string   `json:"name"`
	Payload  string   `json:"payload"` // the type of its properties
	Types    []string `json:"types"`   // all that it needs, in order of first use
	Tags     []string `json:"tags,omitempty"`
	Examples []any    `json:"examples,omitempty"`
	// Schema is the JSON Schema (2020-12) of the payload, with all constraints.
	Schema json.RawMessage `json:"schema"`
}

// Type is a declaration.
type Type struct {
	Name string `json:"name"` // unique among all types
	Unit string `json:"unit"` // what belongs together, such as one event: most targets write a file for each
	Kind string `json:"kind"` // object, enum, union or alias
	// Definition is the definition that it is; absent: written in place.
	Definition string `json:"definition,omitempty"`
	Pointer    string `json:"pointer"` // where it is written, for messages
	Doc

	Fields []Field `json:"fields,omitempty"` // of an object, in the order of the file
	Extra  *Extra  `json:"extra,omitempty"`  // of an object: members that are not declared; absent: none

	Base   []string `json:"base,omitempty"`   // of an enum: the types of its values
	Values []Value  `json:"values,omitempty"` // of an enum
	Open   bool     `json:"open,omitempty"`   // of an enum: unknown values are valid

	Variants      []Variant `json:"variants,omitempty"`      // of a union
	Discriminator string    `json:"discriminator,omitempty"` // of a union: the property that selects, or absent
	Exclusive     bool      `json:"exclusive,omitempty"`     // of a union: exactly one variant fits

	Of *Ref `json:"of,omitempty"` // of an alias
}

// Doc is what people should know, as plain text.
type Doc struct {
	Lines      []string `json:"doc,omitempty"`        // sentences: description, unit, privacy
	Deprecated string   `json:"deprecated,omitempty"` // why, and what to use instead
}

// Field is a declared property of an object.
type Field struct {
	Property string `json:"property"` // wire name
	Name     string `json:"name"`     // unique within the object
	Required bool   `json:"required"`
	Type     Ref    `json:"type"`
	Privacy  string `json:"pii,omitempty"`
	Unit     string `json:"unit,omitempty"`
	Default  any    `json:"default,omitempty"`
	Doc
}

// Extra is what members that are not declared may be.
type Extra struct {
	Type     Ref      `json:"type"`
	Patterns []string `json:"patterns,omitempty"` // of their names, when only matching ones are valid
}

// Value is a value of an enum.
type Value struct {
	Value any    `json:"value"`
	Name  string `json:"name"` // unique within the enum, to be written behind the enum's own
	Doc
}

// Variant is a choice of a union.
type Variant struct {
	Variant string `json:"variant"` // as in the contract
	Name    string `json:"name"`    // unique within the union, to be written behind the union's own
	Type    Ref    `json:"type"`
	Doc
}

// Ref says what values stand in one place.
type Ref struct {
	// Kind is string, integer, number, boolean, scalar (one of several types), any,
	// array, map or named.
	Kind     string   `json:"kind"`
	Nullable bool     `json:"nullable,omitempty"` // whether null is valid here
	Format   string   `json:"format,omitempty"`   // of a string
	Types    []string `json:"types,omitempty"`    // of a scalar
	Elem     *Ref     `json:"elem,omitempty"`     // of an array or map
	Named    string   `json:"named,omitempty"`    // the type's name
}

// NewRequest is the model as programs read it.
func NewRequest(target string, m *codegen.Model, options codegen.Options) *Request {
	r := &Request{Version: Version, Target: target, Options: options, Marker: codegen.Marker, Events: []Event{}, Types: []Type{}}
	if r.Options == nil {
		r.Options = map[string]string{}
	}
	for _, e := range m.Events {
		r.Events = append(r.Events, eventOf(e))
		r.addTypes(&e.Unit)
	}
	for _, u := range m.Shared {
		r.addTypes(u)
	}
	return r
}

func eventOf(e *codegen.Event) Event {
	c := e.Contract
	out := Event{
		Event: c.Name, Version: c.Version.String(), Status: string(c.Status), Owner: c.Owner, Tags: c.Tags,
		Digest: string(e.Digest), Name: e.Name.Snake(), Payload: e.Payload.Name.Snake(), Schema: schema.Project(c),
	}
	for _, t := range e.Reach {
		out.Types = append(out.Types, t.Name.Snake())
	}
	for _, x := range c.Payload.Examples {
		out.Examples = append(out.Examples, json.RawMessage(x.JSON))
	}
	return out
}

func (r *Request) addTypes(u *codegen.Unit) {
	for _, t := range u.Types {
		r.Types = append(r.Types, typeOf(t))
	}
}

// typeKinds and refKinds are the words of the documents.
var (
	typeKinds = map[codegen.TypeKind]string{codegen.Object: "object", codegen.Enum: "enum", codegen.Union: "union", codegen.Alias: "alias"}
	refKinds  = map[codegen.RefKind]string{
		codegen.String: "string", codegen.Integer: "integer", codegen.Number: "number", codegen.Boolean: "boolean",
		codegen.Scalar: "scalar", codegen.Any: "any", codegen.Array: "array", codegen.Map: "map", codegen.Named: "named",
	}
)

func typeOf(t *codegen.Type) Type {
	out := Type{
		Name: t.Name.Snake(), Unit: t.Unit.Name.Snake(), Kind: typeKinds[t.Kind],
		Definition: t.Definition, Pointer: t.Pointer, Doc: docOf(t.Doc),
		Open: t.Open, Discriminator: t.Discriminator, Exclusive: t.Exclusive,
	}
	for _, f := range t.Fields {
		out.Fields = append(out.Fields, fieldOf(f))
	}
	if t.Extra != nil {
		out.Extra = &Extra{refOf(t.Extra.Type), t.Extra.Patterns}
	}
	if t.Kind == codegen.Enum {
		out.Base = t.Base.Names()
	}
	for _, v := range t.Values {
		out.Values = append(out.Values, Value{json.RawMessage(v.JSON), v.Name.Snake(), docOf(v.Doc)})
	}
	for _, v := range t.Variants {
		out.Variants = append(out.Variants, Variant{v.Variant.Name, v.Name.Snake(), refOf(v.Type), docOf(v.Doc)})
	}
	if t.Of != nil {
		of := refOf(t.Of)
		out.Of = &of
	}
	return out
}

func fieldOf(f *codegen.Field) Field {
	s := f.Property.Schema
	out := Field{Property: f.Wire, Name: f.Name.Snake(), Required: f.Required, Type: refOf(f.Type), Unit: s.Unit, Doc: docOf(f.Doc)}
	if s.PII != contracts.NoPII {
		out.Privacy = string(s.PII)
	}
	if s.Default != nil {
		out.Default = json.RawMessage(s.Default.JSON)
	}
	return out
}

func refOf(r *codegen.Ref) Ref {
	out := Ref{Kind: refKinds[r.Kind], Nullable: r.Nullable, Format: r.Format()}
	if r.Kind == codegen.Scalar {
		out.Types = r.Types.Names()
	}
	if r.Elem != nil {
		elem := refOf(r.Elem)
		out.Elem = &elem
	}
	if r.Named != nil {
		out.Named = r.Named.Name.Snake()
	}
	return out
}

func docOf(d codegen.Doc) Doc { return Doc{d.Lines, d.Deprecated} }
