package compat

import (
	"fmt"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/contracts/numbers"
)

const ruleProtobufTypeChanged = "protobuf-type-changed"

// moved reports fields that take a new number in protobuf although no change shows: the
// same object is declared by a definition on one side, and in place or by another
// definition on the other. To protobuf these are messages of two types.
func (r *releasing) moved(old *contracts.Contract) {
	if !r.opt.Protobuf || r.opt.mode() == None {
		return
	}
	scope, _ := numbers.Plan(numbers.Allocate(numbers.Ledger{}, old), r.candidate)
	seen := map[*numbers.Scope]bool{}
	var walk func(s *numbers.Scope, pointer string)
	walk = func(s *numbers.Scope, pointer string) {
		if s == nil || seen[s] {
			return
		}
		seen[s] = true
		for i := range s.Fields {
			f := &s.Fields[i]
			at, location := fieldAt(s, f, pointer)
			for _, before := range s.Reserved {
				if before.Name() == f.Name && redeclared(before.Kind, f.Kind) {
					r.move(old, f, before, at, location)
				}
			}
			walk(f.Scope, at)
		}
	}
	walk(scope, "")
}

// redeclared reports whether two kinds differ in the definition that declares them only.
func redeclared(a, b numbers.Kind) bool {
	plain := func(k numbers.Kind) numbers.Kind {
		t := k.Type()
		t.Definition = ""
		return t.Kind()
	}
	return !numbers.Compatible(a, b) && numbers.Compatible(plain(a), plain(b))
}

// fieldAt is where a field is declared.
func fieldAt(s *numbers.Scope, f *numbers.Field, pointer string) (string, diag.Location) {
	switch {
	case f.Property != nil:
		at := pointer + "/properties/" + contracts.EscapePointer(f.Name)
		for _, w := range f.Type.Wraps {
			switch w {
			case numbers.List:
				at += "/items"
			case numbers.Dict:
				at += "/values"
			}
		}
		return at, f.Property.At()
	case f.Variant != nil:
		return pointer + "/" + s.Schema.Union.Keyword() + "/" + contracts.EscapePointer(f.Name), diag.Location{File: s.Schema.File, Span: f.Variant.Key}
	}
	return pointer, diag.Location{}
}

func (r *releasing) move(old *contracts.Contract, f *numbers.Field, before numbers.Entry, pointer string, at diag.Location) {
	d := diag.Diagnostic{
		Rule: ruleProtobufTypeChanged, Severity: diag.Error, Location: at, Subject: r.candidate.Subject(pointer),
		Detail:  fmt.Sprintf("%s %s %s", old.Version, before.Kind, f.Kind),
		Message: fmt.Sprintf("%s is %s in protobuf, and was %s in %s, so that it takes number %d instead of %d", document.Quote(f.Name), f.Kind, before.Kind, old.Version, f.Number, before.Number),
	}
	d.Hint = "leave the object where it was declared, release this as " + r.latest.Version.Next(contracts.MajorBump).String() +
		", or approve it with evctl lint --waive " + d.Fingerprint()
	if !r.approved(&d) {
		r.findings = append(r.findings, d)
	}
}
