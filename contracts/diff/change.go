package diff

import (
	"fmt"
	"strings"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
)

// Change is one difference between two contracts. The structs of this file are
// all there are.
type Change interface {
	// At is where the change is.
	At() *Place
	// Kind names the change, kebab-case: "property-removed".
	Kind() string
	// String is the change in one line of people's words, without capital and full stop.
	String() string
}

// Place is where a change is, in both contracts.
type Place struct {
	// Pointer is a JSON pointer into the contract with its references followed, in
	// the contract's own spelling: "/properties/items/items/properties/sku".
	Pointer string
	// Old and New are the keyword or name that changed. On the side that does not
	// have it, what encloses it: the property's name, or the contract's.
	Old, New diag.Location
	// In are the schemas that differ, or of which a part was added or removed.
	In *Pair

	value string // ValueKey of the enum value that the change is about, or empty
}

// At is the place itself, for the structs that embed it.
func (p *Place) At() *Place { return p }

// Pair is two schemas that stand at the same place of the old and the new contract.
type Pair struct {
	// Old and New have their references followed: what stands beside a $ref is
	// part of them, and they are never references themselves.
	Old, New *contracts.Schema
	// Pointer is where they stand; see Place.
	Pointer string
	// Path is where they stand in the payload, for people: items[].sku. It is
	// empty for the payload itself.
	Path string
	// Parent is the pair in which this one stands; nil for the payload.
	Parent *Pair
	// Variant is set when the pair is a choice of the parent's union.
	Variant bool

	renamed          bool   // reached through renamedFrom
	label            string // `property "items[].sku"`
	oldHead, newHead diag.Location
	oldUse, newUse   *contracts.Schema // as written, before references are followed
	slot             slot
	later            *contracts.Contract // the new contract, at the root of Compare
}

// Label names the place in sentences: `property "items[].sku"`.
func (p *Pair) Label() string { return p.label }

// Properties are the old and the new property of which the pair is the schema, and nil
// where it is something else.
func (p *Pair) Properties() (old, new *contracts.Property) { return p.slot.property, p.slot.later }

// Undeclared reports whether the pair describes members of an object that it does not
// declare by name: additionalProperties, or one of patternProperties.
func (p *Pair) Undeclared() bool {
	return p.slot.pattern != nil || p.slot.keyword == "additionalProperties"
}

// Values reports whether the pair describes the values of a map.
func (p *Pair) Values() bool { return p.slot.keyword == "values" }

type (
	// EventRenamed: two events of different names are compared.
	EventRenamed struct {
		Place
		From, To string
	}

	// PropertyAdded and its kin are about members of objects.
	PropertyAdded struct {
		Place
		Property *contracts.Property
		Required bool // by itself or by requireAny
	}
	PropertyRemoved struct {
		Place
		Property *contracts.Property
		Required bool // it was
	}
	// PropertyRenamed: the new property names the old one with renamedFrom. On
	// the wire it is a removal and an addition.
	PropertyRenamed struct {
		Place
		From, To *contracts.Property
	}
	// RequiredAdded: a property that was optional, or that fragments did not ask for,
	// must be there now.
	RequiredAdded   struct{ Place }
	RequiredRemoved struct{ Place }
	// RequireAnyChanged: groups of which one must be present.
	RequireAnyChanged struct {
		Place
		From, To [][]string
	}
	// AdditionalChanged: whether members that are not declared are taken at all.
	AdditionalChanged struct {
		Place
		Allowed bool // now
	}
	PatternPropertyAdded struct {
		Place
		Property *contracts.PatternProperty
	}
	PatternPropertyRemoved struct {
		Place
		Property *contracts.PatternProperty
	}

	// TypeChanged: other JSON types, or another kind of schema. What else differs
	// there is part of it, apart from keywords of the types that both have.
	TypeChanged struct {
		Place
		From, To string
	}
	NullableAdded   struct{ Place }
	NullableRemoved struct{ Place }

	// EnumAdded: any value of the type was accepted, now the listed ones are.
	EnumAdded struct {
		Place
		Values []contracts.EnumValue
	}
	EnumRemoved struct {
		Place
		Values []contracts.EnumValue
	}
	EnumOpened       struct{ Place }
	EnumClosed       struct{ Place }
	EnumValueAdded   struct{ enumValue }
	EnumValueRemoved struct{ enumValue }

	// BoundChanged: a keyword that limits a size, a number, or repetition.
	BoundChanged struct {
		Place
		Keyword  string
		From, To string // the bounds as numbers, empty for none
		// Tightened and Loosened tell the direction. Both are set when neither
		// bound contains the other, as with multiples of 2 and of 3.
		Tightened, Loosened bool
	}
	FormatChanged  struct{ textChange }
	PatternChanged struct{ textChange }

	VariantAdded struct {
		Place
		Variant *contracts.Variant
	}
	VariantRemoved struct {
		Place
		Variant *contracts.Variant
	}
	// VariantRenamed: the same choice under another name, which the wire does not show.
	VariantRenamed struct{ textChange }
	// UnionChanged: oneOf became anyOf, or the other way round.
	UnionChanged         struct{ textChange }
	DiscriminatorChanged struct{ textChange }

	// AnnotationChanged: a keyword that does not decide which payloads are valid.
	AnnotationChanged struct {
		Place
		Keyword  string
		Of       string // what it belongs to: `property "total"`
		From, To string // compact text of the values, empty for none
	}
	// Deprecated: a property, a value or the event was announced to go away.
	Deprecated struct {
		Place
		Of string
	}
	Undeprecated struct {
		Place
		Of string
	}
)

type enumValue struct {
	Place
	Value contracts.EnumValue
}

// textChange is a change from one text to another, of which one may be empty.
type textChange struct {
	Place
	From, To string
}

func (*EventRenamed) Kind() string           { return "event-renamed" }
func (*PropertyAdded) Kind() string          { return "property-added" }
func (*PropertyRemoved) Kind() string        { return "property-removed" }
func (*PropertyRenamed) Kind() string        { return "property-renamed" }
func (*RequiredAdded) Kind() string          { return "required-added" }
func (*RequiredRemoved) Kind() string        { return "required-removed" }
func (*RequireAnyChanged) Kind() string      { return "require-any-changed" }
func (*AdditionalChanged) Kind() string      { return "additional-changed" }
func (*PatternPropertyAdded) Kind() string   { return "pattern-property-added" }
func (*PatternPropertyRemoved) Kind() string { return "pattern-property-removed" }
func (*TypeChanged) Kind() string            { return "type-changed" }
func (*NullableAdded) Kind() string          { return "nullable-added" }
func (*NullableRemoved) Kind() string        { return "nullable-removed" }
func (*EnumAdded) Kind() string              { return "enum-added" }
func (*EnumRemoved) Kind() string            { return "enum-removed" }
func (*EnumOpened) Kind() string             { return "enum-opened" }
func (*EnumClosed) Kind() string             { return "enum-closed" }
func (*EnumValueAdded) Kind() string         { return "enum-value-added" }
func (*EnumValueRemoved) Kind() string       { return "enum-value-removed" }
func (*FormatChanged) Kind() string          { return "format-changed" }
func (*PatternChanged) Kind() string         { return "pattern-changed" }
func (*VariantAdded) Kind() string           { return "variant-added" }
func (*VariantRemoved) Kind() string         { return "variant-removed" }
func (*VariantRenamed) Kind() string         { return "variant-renamed" }
func (*UnionChanged) Kind() string           { return "union-changed" }
func (*DiscriminatorChanged) Kind() string   { return "discriminator-changed" }
func (*AnnotationChanged) Kind() string      { return "annotation-changed" }
func (*Deprecated) Kind() string             { return "deprecated" }
func (*Undeprecated) Kind() string           { return "undeprecated" }

// Kind of a bound tells its direction.
func (c *BoundChanged) Kind() string {
	switch {
	case !c.Loosened:
		return "bound-tightened"
	case !c.Tightened:
		return "bound-loosened"
	}
	return "bound-changed"
}

func (c *EventRenamed) String() string {
	return fmt.Sprintf("event %s was renamed to %s", document.Quote(c.From), document.Quote(c.To))
}

func (c *PropertyAdded) String() string {
	adjective := "optional"
	if c.Required {
		adjective = "required"
	}
	return fmt.Sprintf("%s property %s was added", adjective, c.In.member(c.Property.Name))
}

func (c *PropertyRemoved) String() string {
	return fmt.Sprintf("property %s was removed", c.In.member(c.Property.Name))
}

func (c *PropertyRenamed) String() string {
	return fmt.Sprintf("property %s was renamed to %s", c.In.member(c.From.Name), document.Quote(c.To.Name))
}

func (c *RequiredAdded) String() string   { return c.In.label + " became required" }
func (c *RequiredRemoved) String() string { return c.In.label + " became optional" }

func (c *RequireAnyChanged) String() string {
	switch {
	case len(c.From) == 0:
		return fmt.Sprintf("%s asks for %s now", c.In.label, groups(c.To))
	case len(c.To) == 0:
		return fmt.Sprintf("%s no longer asks for %s", c.In.label, groups(c.From))
	}
	return fmt.Sprintf("%s asks for %s now, and asked for %s before", c.In.label, groups(c.To), groups(c.From))
}

func (c *AdditionalChanged) String() string {
	if c.Allowed {
		return c.In.label + " takes properties that are not declared now"
	}
	return c.In.label + " no longer takes properties that are not declared"
}

func (c *PatternPropertyAdded) String() string {
	return fmt.Sprintf("properties of %s that match %s were declared", c.In.label, document.Quote(c.Property.Pattern))
}

func (c *PatternPropertyRemoved) String() string {
	return fmt.Sprintf("properties of %s that match %s are no longer declared", c.In.label, document.Quote(c.Property.Pattern))
}

func (c *TypeChanged) String() string {
	return fmt.Sprintf("type of %s changed from %s to %s", c.In.label, c.From, c.To)
}

func (c *NullableAdded) String() string   { return c.In.label + " became nullable" }
func (c *NullableRemoved) String() string { return c.In.label + " is no longer nullable" }

func (c *EnumAdded) String() string {
	return fmt.Sprintf("%s became an enum of %s", c.In.label, enumText(c.Values))
}

func (c *EnumRemoved) String() string {
	return fmt.Sprintf("%s is no longer an enum of %s", c.In.label, enumText(c.Values))
}

func (c *EnumOpened) String() string { return fmt.Sprintf("enum of %s was opened", c.In.label) }
func (c *EnumClosed) String() string { return fmt.Sprintf("enum of %s was closed", c.In.label) }

func (c *EnumValueAdded) String() string {
	return fmt.Sprintf("value %s was added to the enum of %s", c.Value.JSON, c.In.label)
}

func (c *EnumValueRemoved) String() string {
	return fmt.Sprintf("value %s was removed from the enum of %s", c.Value.JSON, c.In.label)
}

func (c *BoundChanged) String() string {
	switch {
	case c.Keyword == "uniqueItems" && c.To != "":
		return fmt.Sprintf("items of %s must be unique now", c.In.label)
	case c.Keyword == "uniqueItems":
		return fmt.Sprintf("items of %s may repeat now", c.In.label)
	case c.From == "":
		return fmt.Sprintf("%s %s was added to %s", c.Keyword, c.To, c.In.label)
	case c.To == "":
		return fmt.Sprintf("%s %s of %s was removed", c.Keyword, c.From, c.In.label)
	}
	return fmt.Sprintf("%s of %s changed from %s to %s", c.Keyword, c.In.label, c.From, c.To)
}

func (c *FormatChanged) String() string  { return c.sentence("format") }
func (c *PatternChanged) String() string { return c.sentence("pattern") }

func (c *textChange) sentence(what string) string {
	switch {
	case c.From == "":
		return fmt.Sprintf("%s %s was added to %s", what, document.Quote(c.To), c.In.label)
	case c.To == "":
		return fmt.Sprintf("%s %s of %s was removed", what, document.Quote(c.From), c.In.label)
	}
	return fmt.Sprintf("%s of %s changed from %s to %s", what, c.In.label, document.Quote(c.From), document.Quote(c.To))
}

func (c *VariantAdded) String() string {
	return fmt.Sprintf("variant %s was added to %s", document.Quote(c.Variant.Name), c.In.label)
}

func (c *VariantRemoved) String() string {
	return fmt.Sprintf("variant %s was removed from %s", document.Quote(c.Variant.Name), c.In.label)
}

func (c *VariantRenamed) String() string {
	return fmt.Sprintf("variant %s of %s was renamed to %s", document.Quote(c.From), c.In.label, document.Quote(c.To))
}

func (c *UnionChanged) String() string {
	return fmt.Sprintf("%s changed from %s to %s", c.In.label, c.From, c.To)
}

func (c *DiscriminatorChanged) String() string { return c.sentence("discriminator") }

// longText is from where on a text is not repeated in a sentence.
const longText = 40

func (c *AnnotationChanged) String() string {
	short := len(c.From) <= longText && len(c.To) <= longText
	switch {
	case c.From == "" && short:
		return fmt.Sprintf("%s %s was added to %s", c.Keyword, c.To, c.Of)
	case c.From == "":
		return fmt.Sprintf("%s was added to %s", c.Keyword, c.Of)
	case c.To == "" && short:
		return fmt.Sprintf("%s %s of %s was removed", c.Keyword, c.From, c.Of)
	case c.To == "":
		return fmt.Sprintf("%s of %s was removed", c.Keyword, c.Of)
	case short:
		return fmt.Sprintf("%s of %s changed from %s to %s", c.Keyword, c.Of, c.From, c.To)
	}
	return fmt.Sprintf("%s of %s changed", c.Keyword, c.Of)
}

func (c *Deprecated) String() string   { return c.Of + " was deprecated" }
func (c *Undeprecated) String() string { return c.Of + " is no longer deprecated" }

// groups words the groups of requireAny: "a, or b with c".
func groups(list [][]string) string {
	words := make([]string, len(list))
	for i, group := range list {
		quoted := make([]string, len(group))
		for j, name := range group {
			quoted[j] = document.Quote(name)
		}
		words[i] = strings.Join(quoted, " with ")
	}
	return strings.Join(words, " or ")
}

// enumText lists values, and counts them where they are many.
func enumText(values []contracts.EnumValue) string {
	const most = 6
	words := make([]string, 0, most)
	for i, v := range values {
		if i == most {
			return fmt.Sprintf("%d values: %s, …", len(values), strings.Join(words, ", "))
		}
		words = append(words, v.JSON)
	}
	if len(words) == 0 {
		return "null only"
	}
	return strings.Join(words, ", ")
}
