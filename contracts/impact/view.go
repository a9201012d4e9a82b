package impact

import (
	"regexp"
	"slices"
	"strings"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/rawjson"
)

// view is what is known of a value: every schema that may describe it, in the old
// contract and in the new one, references and variants of unions followed.
type view struct {
	schemas []*contracts.Schema
	pii     contracts.PII // the most protected class that any of them says
}

func viewOf(old, new *contracts.Contract) view {
	var v view
	v.add(old.Payload)
	if new != nil {
		v.add(new.Payload)
	}
	return v
}

// add takes in a schema. One that is there already is not followed again, so that
// definitions may refer to themselves.
func (v *view) add(s *contracts.Schema) {
	for ; s != nil; s = s.Target {
		v.classify(s.PII)
		if s.Ref != "" {
			continue
		}
		if slices.Contains(v.schemas, s) {
			return
		}
		v.schemas = append(v.schemas, s)
		if s.Union == nil {
			return
		}
		for _, variant := range s.Union.Variants {
			v.add(variant.Schema)
		}
	}
}

func (v *view) classify(class contracts.PII) {
	if rank(class) > rank(v.pii) {
		v.pii = class
	}
}

// rank orders privacy classes; 0 is none.
func rank(class contracts.PII) int {
	for i, c := range contracts.PIIClasses {
		if c == class {
			return i
		}
	}
	return 0
}

// private reports whether values must not be shown.
func (v view) private() bool { return rank(v.pii) > 0 }

// member is the view of a member of an object, and whether a contract declares it by name.
// What is private stays private inside.
func (v view) member(name string) (m view, declared bool) {
	m.pii = v.pii
	for _, s := range v.schemas {
		if p := s.Property(name); p != nil {
			m.add(p.Schema)
			declared = true
			continue
		}
		if s.Union != nil && s.Union.Discriminator != "" && s.Union.Discriminator == name {
			declared = true
		}
		for _, p := range s.PatternProperties {
			if matches(p.Pattern, name) {
				m.add(p.Schema)
			}
		}
		m.add(s.Additional.Schema)
		m.add(s.Values)
	}
	return m, declared
}

// known reports whether a contract says anything about the value.
func (v view) known() bool { return len(v.schemas) > 0 }

// privateKeys reports whether the names of members are private.
func (v view) privateKeys() bool {
	for _, s := range v.schemas {
		var keys view
		if keys.add(s.MapKeys); keys.private() {
			return true
		}
	}
	return false
}

// item is the view of an item of an array.
func (v view) item() view {
	items := view{pii: v.pii}
	for _, s := range v.schemas {
		items.add(s.Items)
	}
	return items
}

func matches(pattern, name string) bool {
	re, err := regexp.Compile(pattern)
	return err == nil && re.MatchString(name)
}

// step follows a token of a pointer, which may be a name or an index.
func (v view) step(token string) (next view, declared bool) {
	next, declared = v.member(token)
	if !declared && token != "" && strings.Trim(token, "0123456789") == "" {
		for _, s := range v.schemas {
			next.add(s.Items)
		}
	}
	return next, declared
}

// at is the view of the value that a pointer into the properties leads to, and the
// pointer with * for what is data in it: indexes of arrays, keys of maps, and names
// that neither contract declares. There are as many such pointers as the contracts have
// places.
func (v view) at(pointer string) (view, string) {
	tokens, _ := rawjson.ParsePointer(pointer)
	var b strings.Builder
	for _, token := range tokens {
		var declared bool
		if v, declared = v.step(token); declared {
			b.WriteString("/" + contracts.EscapePointer(token))
		} else {
			b.WriteString("/*")
		}
	}
	return v, b.String()
}
