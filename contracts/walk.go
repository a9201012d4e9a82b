package contracts

import "strings"

// Walk visits s and every schema written below it, parents first, with the JSON
// pointer of each in the contract's own spelling ("/properties/items/items").
// References are visited but not followed. Returning false skips what is below.
func Walk(s *Schema, pointer string, visit func(pointer string, s *Schema) bool) {
	if s == nil || !visit(pointer, s) {
		return
	}
	for _, p := range s.Properties {
		Walk(p.Schema, pointer+"/properties/"+EscapePointer(p.Name), visit)
	}
	for _, p := range s.PatternProperties {
		Walk(p.Schema, pointer+"/patternProperties/"+EscapePointer(p.Pattern), visit)
	}
	// Pointers are made for children that exist only.
	if s.Additional.Schema != nil {
		Walk(s.Additional.Schema, pointer+"/additionalProperties", visit)
	}
	if s.Items != nil {
		Walk(s.Items, pointer+"/items", visit)
	}
	if s.MapKeys != nil {
		Walk(s.MapKeys, pointer+"/keys", visit)
	}
	if s.Values != nil {
		Walk(s.Values, pointer+"/values", visit)
	}
	if s.Union != nil {
		for _, v := range s.Union.Variants {
			Walk(v.Schema, pointer+"/"+s.Union.Keyword()+"/"+EscapePointer(v.Name), visit)
		}
	}
}

// EachSchema is Walk without pointers, which cost more than the visits, and for
// visitors that see everything.
func EachSchema(s *Schema, visit func(s *Schema)) {
	if s == nil {
		return
	}
	visit(s)
	for _, p := range s.Properties {
		EachSchema(p.Schema, visit)
	}
	for _, p := range s.PatternProperties {
		EachSchema(p.Schema, visit)
	}
	EachSchema(s.Additional.Schema, visit)
	EachSchema(s.Items, visit)
	EachSchema(s.MapKeys, visit)
	EachSchema(s.Values, visit)
	if s.Union != nil {
		for _, v := range s.Union.Variants {
			EachSchema(v.Schema, visit)
		}
	}
}

// Keyword is oneOf or anyOf.
func (u *Union) Keyword() string {
	if u.Exclusive {
		return "oneOf"
	}
	return "anyOf"
}

var pointerEscape = strings.NewReplacer("~", "~0", "/", "~1")

// EscapePointer makes text a token of a JSON pointer (RFC 6901).
func EscapePointer(token string) string {
	if !strings.ContainsAny(token, "~/") {
		return token
	}
	return pointerEscape.Replace(token)
}
