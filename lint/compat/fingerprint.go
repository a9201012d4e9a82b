package compat

import (
	"slices"
	"strconv"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diff"
	"github.com/evctl/evctl/contracts/document"
)

// identity gives a finding its subject and detail, of which its fingerprint is made: the
// event and the first of the pointers under which the edit shows; the released version
// that it breaks, the edit itself, and the other pointers. Neither the wording nor the order or
// the lines of a file are part of it. Two edits never have the same: another value
// removed from an enum is another finding, and so is the same edit over a later version.
func identity(old, candidate *contracts.Contract, f Finding) (subject, detail string) {
	pointers := append([]string{f.Change.At().Pointer}, f.Uses...)
	slices.Sort(pointers)
	words := append([]string{old.Version.String(), f.Change.Kind()}, detailOf(f.Change)...)
	text := []byte{}
	for _, word := range append(words, pointers[1:]...) {
		text = document.AppendQuoted(text, word)
	}
	return candidate.Subject(pointers[0]), string(text)
}

// detailOf is what the pointer of a change does not say about the edit.
func detailOf(change diff.Change) []string {
	switch c := change.(type) {
	case *diff.EventRenamed:
		return []string{c.From, c.To}
	case *diff.PropertyAdded:
		return []string{c.Property.Name, strconv.FormatBool(c.Required)}
	case *diff.PropertyRemoved:
		return []string{c.Property.Name}
	case *diff.PropertyRenamed:
		return []string{c.From.Name, c.To.Name}
	case *diff.RequireAnyChanged:
		return append(flat(c.From), append([]string{"to"}, flat(c.To)...)...)
	case *diff.AdditionalChanged:
		return []string{strconv.FormatBool(c.Allowed)}
	case *diff.PatternPropertyAdded:
		return []string{c.Property.Pattern}
	case *diff.PatternPropertyRemoved:
		return []string{c.Property.Pattern}
	case *diff.TypeChanged:
		return []string{c.From, c.To}
	case *diff.EnumAdded:
		return values(c.Values)
	case *diff.EnumRemoved:
		return values(c.Values)
	case *diff.EnumValueAdded:
		return []string{c.Value.JSON}
	case *diff.EnumValueRemoved:
		return []string{c.Value.JSON}
	case *diff.BoundChanged:
		return []string{c.Keyword, c.From, c.To}
	case *diff.FormatChanged:
		return []string{c.From, c.To}
	case *diff.PatternChanged:
		return []string{c.From, c.To}
	case *diff.VariantAdded:
		return []string{c.Variant.Name}
	case *diff.VariantRemoved:
		return []string{c.Variant.Name}
	case *diff.VariantRenamed:
		return []string{c.From, c.To}
	case *diff.UnionChanged:
		return []string{c.From, c.To}
	case *diff.DiscriminatorChanged:
		return []string{c.From, c.To}
	case *diff.AnnotationChanged:
		return []string{c.Keyword, c.From, c.To}
	}
	return nil // the pointer says it all
}

// flat lists the groups of requireAny with a mark behind each; in which order they stand
// means nothing.
func flat(groups [][]string) []string {
	lines := make([]string, len(groups))
	for i, group := range groups {
		names := slices.Clone(group)
		slices.Sort(names)
		var line []byte
		for _, name := range names {
			line = document.AppendQuoted(line, name)
		}
		lines[i] = string(line)
	}
	slices.Sort(lines)
	return lines
}

// values lists what an enum accepts, whatever the order.
func values(list []contracts.EnumValue) []string {
	words := make([]string, len(list))
	for i, v := range list {
		words[i] = v.JSON
	}
	slices.Sort(words)
	return words
}
