package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/lint"
)

// shapeOf writes what a schema accepts as text that is equal for schemas that are
// written alike: names, types and constraints, not descriptions and not order.
// References stay names, so that the text is never longer than the source.
func shapeOf(s *contracts.Schema) string {
	var b strings.Builder
	writeShape(&b, s)
	return b.String()
}

func writeShape(b *strings.Builder, s *contracts.Schema) {
	if s == nil {
		b.WriteByte('-')
		return
	}
	fmt.Fprintf(b, "%d%t%q%q%q", s.Types, s.Nullable, s.Ref, s.Format, s.Pattern)
	for _, n := range []*int{s.MinLength, s.MaxLength, s.MinItems, s.MaxItems, s.MinProperties, s.MaxProperties} {
		if n == nil {
			b.WriteString("|")
		} else {
			fmt.Fprintf(b, "|%d", *n)
		}
	}
	for _, d := range []*contracts.Decimal{s.Minimum, s.Maximum, s.ExclusiveMinimum, s.ExclusiveMaximum, s.MultipleOf} {
		b.WriteByte('|')
		if d != nil {
			b.WriteString(string(*d))
		}
	}
	writeEnumShape(b, s)
	writeObjectShape(b, s)
	writeShape(b, s.Items)
	if s.Types == contracts.Map {
		writeShape(b, s.MapKeys)
		writeShape(b, s.Values)
	}
	if s.Union != nil {
		fmt.Fprintf(b, "<%s%q", s.Union.Keyword(), s.Union.Discriminator)
		for _, v := range s.Union.Variants {
			fmt.Fprintf(b, "%q", v.Name)
			writeShape(b, v.Schema)
		}
		b.WriteByte('>')
	}
}

func writeEnumShape(b *strings.Builder, s *contracts.Schema) {
	if s.Enum == nil {
		return
	}
	values := make([]string, len(s.Enum))
	for i, v := range s.Enum {
		values[i] = v.JSON
	}
	slices.Sort(values)
	fmt.Fprintf(b, "[%t%s]", s.Open, strings.Join(values, ","))
}

func writeObjectShape(b *strings.Builder, s *contracts.Schema) {
	if s.Types != contracts.Object {
		return
	}
	properties := slices.Clone(s.Properties)
	slices.SortFunc(properties, func(x, y *contracts.Property) int { return strings.Compare(x.Name, y.Name) })
	b.WriteByte('{')
	for _, property := range properties {
		fmt.Fprintf(b, "%q%t", property.Name, property.Required)
		writeShape(b, property.Schema)
	}
	for _, property := range s.PatternProperties {
		fmt.Fprintf(b, "~%q", property.Pattern)
		writeShape(b, property.Schema)
	}
	fmt.Fprintf(b, "%t%q", s.Additional.Allowed, s.RequireAny)
	writeShape(b, s.Additional.Schema)
	b.WriteByte('}')
}

// shapes groups the objects that are written inside contracts by their shape.
type shapes struct {
	definitions map[string]*contracts.Contract // shared definitions
	order       []string                       // shapes of objects inside, by first occurrence
	objects     map[string][]shapedObject
}

// shapedObject is an object written inside a contract.
type shapedObject struct {
	contract *contracts.Contract
	place    *lint.Place
}

// minShape is the number of properties from which two objects are hardly alike by
// chance.
const minShape = 2

func shapesOf(p *lint.Pass) *shapes { return lint.Shared(p, newShapes) }

func newShapes(p *lint.Pass) *shapes {
	x := &shapes{definitions: map[string]*contracts.Contract{}, objects: map[string][]shapedObject{}}
	for _, c := range p.Workspace.Contracts {
		if c.Broken {
			continue
		}
		for _, at := range p.PlacesOf(c).All() {
			if len(at.Schema.Properties) < minShape || at.Schema.Types != contracts.Object {
				continue
			}
			top := at.Top()
			if top && c.Kind != contracts.Definition {
				continue
			}
			shape := shapeOf(at.Schema)
			if top {
				if x.definitions[shape] == nil {
					x.definitions[shape] = c
				}
				continue
			}
			if len(x.objects[shape]) == 0 {
				x.order = append(x.order, shape)
			}
			x.objects[shape] = append(x.objects[shape], shapedObject{c, at})
		}
	}
	return x
}
