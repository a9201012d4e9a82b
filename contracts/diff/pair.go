package diff

import (
	"strings"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
)

// Flat is a schema with its reference followed: what the definition says, with
// what stands beside the $ref on top. A schema that is no reference is returned as
// it is, and a reference that leads nowhere too.
func Flat(s *contracts.Schema) *contracts.Schema {
	if s.Ref == "" || s.Target == nil {
		return s
	}
	flat := *Flat(s.Target)
	flat.Nullable = flat.Nullable || s.Nullable
	override(&flat.Title, s.Title)
	override(&flat.Description, s.Description)
	override(&flat.PII, s.PII)
	override(&flat.Unit, s.Unit)
	override(&flat.Since, s.Since)
	override(&flat.Default, s.Default)
	override(&flat.Deprecated, s.Deprecated)
	flat.RenamedFrom = s.RenamedFrom
	if len(s.Examples) > 0 {
		flat.Examples = s.Examples
	}
	if len(s.Extensions) > 0 {
		flat.Extensions = append(append([]contracts.Extension{}, s.Extensions...), flat.Extensions...)
	}
	return &flat
}

func override[T comparable](value *T, by T) {
	var zero T
	if by != zero {
		*value = by
	}
}

// anything stands where a schema is left out.
var anything = &contracts.Schema{Types: contracts.Any}

// anyString stands where the keys of a map are not described.
var anyString = &contracts.Schema{Types: contracts.String}

func orElse(s, otherwise *contracts.Schema) *contracts.Schema {
	if s == nil {
		return otherwise
	}
	return s
}

// step is the way from a pair to one within it.
type step struct {
	pointer, path, label string
	oldHead, newHead     diag.Location
	variant              bool
	slot                 slot
}

// slot is what holds the schema of a pair in the old schema around it. One of the
// fields is set; none is for the payload.
type slot struct {
	property *contracts.Property
	later    *contracts.Property // what has the property's place in the new schema
	pattern  *contracts.PatternProperty
	variant  *contracts.Variant
	keyword  string // one that holds a single schema
}

func (p *Pair) child(old, new *contracts.Schema, s step) *Pair {
	c := &Pair{
		Old: Flat(old), New: Flat(new), oldUse: old, newUse: new,
		Pointer: p.Pointer + s.pointer, Path: p.Path + s.path, label: s.label,
		oldHead: p.oldHead, newHead: p.newHead, Parent: p, Variant: s.variant, slot: s.slot,
	}
	if s.oldHead.File != nil {
		c.oldHead = s.oldHead
	}
	if s.newHead.File != nil {
		c.newHead = s.newHead
	}
	return c
}

func (p *Pair) property(old, new *contracts.Property) *Pair {
	path := p.join(new.Name)
	return p.child(old.Schema, new.Schema, step{
		pointer: propertyPointer(new.Name), path: path[len(p.Path):],
		label: "property " + document.Quote(path), oldHead: old.At(), newHead: new.At(), slot: slot{property: old, later: new},
	})
}

func propertyPointer(name string) string { return "/properties/" + contracts.EscapePointer(name) }

// part is a pair below a keyword that holds one schema.
func (p *Pair) part(keyword, path, words string, old, new *contracts.Schema) *Pair {
	return p.child(old, new, step{pointer: "/" + keyword, path: path, label: words + " of " + p.label, slot: slot{keyword: keyword}})
}

// join is the path of a member.
func (p *Pair) join(name string) string {
	if p.Path == "" {
		return name
	}
	return p.Path + "." + name
}

// member is the quoted path of a member, for sentences.
func (p *Pair) member(name string) string { return document.Quote(p.join(name)) }

// place is where a keyword of the two schemas stands.
func (p *Pair) place(keyword string) Place {
	return Place{Pointer: p.Pointer + "/" + keyword, In: p,
		Old: keywordAt(p.Old, keyword, p.oldHead), New: keywordAt(p.New, keyword, p.newHead)}
}

// here is the place of the pair itself: a property's name, or the contract's.
func (p *Pair) here() Place { return Place{Pointer: p.Pointer, In: p, Old: p.oldHead, New: p.newHead} }

// keywordAt is the value of a keyword, or its name where the value begins on a
// line of its own.
func keywordAt(s *contracts.Schema, keyword string, head diag.Location) diag.Location {
	k, ok := s.Keys.Find(keyword)
	if !ok || s.File == nil {
		return head
	}
	between := diag.Location{File: s.File, Span: diag.Span{Start: k.Key.End, End: k.Value.Start}}
	if strings.Contains(between.Text(), "\n") {
		return diag.Location{File: s.File, Span: k.Key}
	}
	return diag.Location{File: s.File, Span: k.Value}
}

// annotationAt finds where a keyword stands that a reference may override.
func annotationAt(use *contracts.Schema, keyword string, head diag.Location) diag.Location {
	for s := use; s != nil; s = s.Target {
		if _, ok := s.Keys.Find(keyword); ok {
			return keywordAt(s, keyword, head)
		}
	}
	return head
}
