package diff

import (
	"slices"

	"github.com/evctl/evctl/contracts"
)

// retype takes the new types and all that goes with them. Keywords of types that
// both sides have are changes of their own.
func (e *edit) retype(s *contracts.Schema) {
	old, new := e.pair.Old, e.pair.New
	next := *inline(new)
	copyMeaning(&next, s)
	if old.Union == nil && new.Union == nil && (old.Types|new.Types)&contracts.Any == 0 {
		next.Nullable = s.Nullable
		both := commonTypes(old.Types, new.Types)
		if both&contracts.Scalars != 0 {
			next.Enum, next.Open = retypedEnum(old, new)
		}
		if both&contracts.String != 0 {
			next.Format, next.Pattern, next.MinLength, next.MaxLength = s.Format, s.Pattern, s.MinLength, s.MaxLength
		}
		if both&contracts.Number != 0 {
			copyBounds(&next, s, 1)
			copyBounds(&next, s, -1)
			next.MultipleOf = s.MultipleOf
			e.sameNumbers(&next)
		}
	}
	*s = next
}

// retypedEnum is the old enum without the values that the new types do not have,
// and with those that only the new types have.
func retypedEnum(old, new *contracts.Schema) ([]contracts.EnumValue, bool) {
	switch {
	case listed(old) == nil && listed(new) == nil:
		return new.Enum, new.Open
	case listed(old) == nil || listed(new) == nil:
		return old.Enum, old.Open
	}
	values := slices.DeleteFunc(slices.Clone(old.Enum), func(v contracts.EnumValue) bool { return !hasType(new.Types, v) })
	for _, v := range new.Enum {
		if !hasType(old.Types, v) {
			values = append(values, v)
		}
	}
	return values, old.Open
}

// hasType reports whether the types include that of a scalar.
func hasType(types contracts.Types, v contracts.EnumValue) bool {
	return types&v.Type() != 0 || types&contracts.Number != 0 && v.Type() == contracts.Integer
}

// enum adds and removes values, and takes what is newly said about them. Values of
// types that the schema does not have come with the types.
func (e *edit) enum(s *contracts.Schema) {
	added, removed, noted := e.valueChanges()
	if len(added)+len(removed)+len(noted) == 0 {
		return
	}
	if len(removed)+len(noted) == 0 && !e.retypes() {
		s.Enum = appendTyped(slices.Clone(s.Enum), s.Types, added, nil)
		return
	}
	var news map[string]*contracts.EnumValue
	if len(noted) > 0 {
		news = valuesOf(e.pair.New.Enum)
	}
	seen := make(map[string]bool, len(s.Enum))
	values := make([]contracts.EnumValue, 0, len(s.Enum)+len(added))
	for _, v := range s.Enum {
		key := ValueKey(v)
		if removed[key] {
			continue
		}
		seen[key] = true
		for _, keyword := range noted[key] {
			noteValue(&v, news[key], keyword)
		}
		values = append(values, v)
	}
	s.Enum = appendTyped(values, s.Types, added, seen)
}

// retypes reports whether new types are among the changes, which bring values along.
func (e *edit) retypes() bool {
	return slices.ContainsFunc(e.changes, func(c Change) bool { return c.Kind() == "type-changed" })
}

// appendTyped adds the values that have one of the types and are not there yet.
func appendTyped(values []contracts.EnumValue, types contracts.Types, added []contracts.EnumValue, seen map[string]bool) []contracts.EnumValue {
	for _, v := range added {
		if hasType(types, v) && (len(seen) == 0 || !seen[ValueKey(v)]) {
			values = append(values, v)
		}
	}
	return values
}

// valueChanges are the changes of single values of the enum: what is added, the keys
// of what is removed, and for further values the keywords that differ.
func (e *edit) valueChanges() (added []contracts.EnumValue, removed map[string]bool, noted map[string][]string) {
	removed, noted = map[string]bool{}, map[string][]string{}
	for _, c := range e.changes {
		switch c := c.(type) {
		case *EnumValueAdded:
			added = append(added, c.Value)
		case *EnumValueRemoved:
			removed[c.value] = true
		case *AnnotationChanged:
			if c.value != "" {
				noted[c.value] = append(noted[c.value], c.Keyword)
			}
		case *Deprecated, *Undeprecated:
			if value := c.At().value; value != "" {
				noted[value] = append(noted[value], "deprecated")
			}
		}
	}
	return added, removed, noted
}

func noteValue(v *contracts.EnumValue, new *contracts.EnumValue, keyword string) {
	if keyword == "description" {
		v.Description = new.Description
		return
	}
	v.Deprecated = new.Deprecated
}

// bound takes a limit of the new schema. Which one a bound of numbers is, is decided
// by two keywords together.
func (e *edit) bound(s *contracts.Schema, keyword string) {
	new := e.pair.New
	switch keyword {
	case "minLength":
		s.MinLength = new.MinLength
	case "maxLength":
		s.MaxLength = new.MaxLength
	case "minItems":
		s.MinItems = new.MinItems
	case "maxItems":
		s.MaxItems = new.MaxItems
	case "uniqueItems":
		s.UniqueItems = new.UniqueItems
	case "minProperties":
		s.MinProperties = new.MinProperties
	case "maxProperties":
		s.MaxProperties = new.MaxProperties
	case "minimum", "exclusiveMinimum":
		copyBounds(s, new, 1)
		e.sameNumbers(s)
	case "maximum", "exclusiveMaximum":
		copyBounds(s, new, -1)
		e.sameNumbers(s)
	case "multipleOf":
		s.MultipleOf = new.MultipleOf
		e.sameNumbers(s)
	}
}

// copyBounds takes the lower bound of numbers for sign 1, the upper one for -1.
func copyBounds(to, from *contracts.Schema, sign int) {
	if sign > 0 {
		to.Minimum, to.ExclusiveMinimum = from.Minimum, from.ExclusiveMinimum
		return
	}
	to.Maximum, to.ExclusiveMaximum = from.Maximum, from.ExclusiveMaximum
}

// sameNumbers takes the new spelling of what means the same on both sides: with
// another type or another multiple, the old spelling might mean something else.
func (e *edit) sameNumbers(s *contracts.Schema) {
	same := func(compare func(d *differ)) bool {
		d := &differ{}
		compare(d)
		return len(d.changes) == 0
	}
	if same(func(d *differ) { d.lower(e.pair) }) {
		copyBounds(s, e.pair.New, 1)
	}
	if same(func(d *differ) { d.upper(e.pair) }) {
		copyBounds(s, e.pair.New, -1)
	}
	if same(func(d *differ) { d.multiple(e.pair) }) {
		s.MultipleOf = e.pair.New.MultipleOf
	}
}
