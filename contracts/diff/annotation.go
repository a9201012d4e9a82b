package diff

import (
	"strings"

	"github.com/evctl/evctl/contracts"
)

// annotations compares the keywords that do not decide which payloads are valid.
// What stands beside a $ref wins over what the definition says.
func (d *differ) annotations(p *Pair) {
	old, new := p.Old, p.New
	note := func(keyword, from, to string) {
		if from != to {
			d.add(&AnnotationChanged{Place: p.annotationPlace(keyword), Keyword: keyword, Of: p.label, From: from, To: to})
		}
	}
	note("title", quoted(old.Title), quoted(new.Title))
	note("description", quoted(old.Description), quoted(new.Description))
	note("pii", string(old.PII), string(new.PII))
	note("unit", old.Unit, new.Unit)
	note("since", old.Since, new.Since)
	if !p.renamed {
		note("renamedFrom", old.RenamedFrom, new.RenamedFrom)
	}
	note("default", valueText(old.Default), valueText(new.Default))
	note("examples", examplesText(old), examplesText(new))
	d.extensions(p)
	d.deprecation(p.annotationPlace("deprecated"), p.label, old.Deprecated, new.Deprecated)
}

func (p *Pair) annotationPlace(keyword string) Place {
	return Place{Pointer: p.Pointer + "/" + keyword, In: p,
		Old: annotationAt(p.oldUse, keyword, p.oldHead), New: annotationAt(p.newUse, keyword, p.newHead)}
}

func (d *differ) codeName(p *Pair, old, new string) {
	if old != new {
		d.add(&AnnotationChanged{Place: p.annotationPlace("name"), Keyword: "name", Of: p.label, From: old, To: new})
	}
}

func valueText(v *contracts.Value) string {
	if v == nil {
		return ""
	}
	return v.JSON
}

func examplesText(s *contracts.Schema) string {
	if len(s.Examples) == 0 {
		return ""
	}
	return jsonOf(s.Examples)
}

func (d *differ) extensions(p *Pair) {
	old, new := extensionsOf(p.Old), extensionsOf(p.New)
	seen := map[string]bool{}
	for _, list := range [][]contracts.Extension{p.New.Extensions, p.Old.Extensions} {
		for _, x := range list {
			if seen[x.Name] || old[x.Name] == new[x.Name] {
				continue
			}
			seen[x.Name] = true
			d.add(&AnnotationChanged{Place: p.annotationPlace(x.Name), Keyword: x.Name, Of: p.label, From: old[x.Name], To: new[x.Name]})
		}
	}
}

// extensionsOf are the x- keys by name; the first of a name counts, which is the
// one that stands beside a $ref.
func extensionsOf(s *contracts.Schema) map[string]string {
	if len(s.Extensions) == 0 {
		return nil
	}
	m := make(map[string]string, len(s.Extensions))
	for _, x := range s.Extensions {
		if _, ok := m[x.Name]; !ok {
			m[x.Name] = x.Value.JSON
		}
	}
	return m
}

func (d *differ) deprecation(place Place, of string, old, new *contracts.Deprecation) {
	switch {
	case old == nil && new == nil:
	case old == nil:
		d.add(&Deprecated{Place: place, Of: of})
	case new == nil:
		d.add(&Undeprecated{Place: place, Of: of})
	default:
		from, to := deprecationText(old), deprecationText(new)
		if from != to {
			d.add(&AnnotationChanged{Place: place, Keyword: "deprecated", Of: of, From: from, To: to})
		}
	}
}

func deprecationText(d *contracts.Deprecation) string {
	var words []string
	for _, part := range [...][2]string{{"since", d.Since}, {"sunset", d.Sunset}, {"replaced by", d.ReplacedBy}, {"because", d.Reason}} {
		if part[1] != "" {
			words = append(words, part[0]+" "+part[1])
		}
	}
	return strings.Join(words, ", ")
}
