package diff_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/contracttest"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/diff"
)

// event reads a contract; the lines stand below its head.
func event(t testing.TB, name, lines string) *contracts.Contract {
	t.Helper()
	c, diags := contracts.Parse(diag.NewFile(name, []byte("event: shop.visited\nversion: 1.0.0\n"+lines)))
	library, _ := contracts.NewLibrary(nil)
	if c != nil {
		diags = append(diags, library.Link(c)...)
	}
	for _, d := range diags {
		p := d.Position()
		t.Errorf("%s:%d:%d: %s", name, p.Line, p.Column, d.Message)
	}
	if len(diags) > 0 {
		t.FailNow()
	}
	return c
}

// changes are the changes as "kind pointer: sentence".
func changes(old, new *contracts.Contract) []string {
	var list []string
	for _, c := range diff.Compare(old, new) {
		list = append(list, fmt.Sprintf("%s %s: %s", c.Kind(), c.At().Pointer, c))
	}
	return list
}

func TestCompare_OfAContractWithItselfIsEmpty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := contracttest.Contract().Draw(t, "contract")
		again, _ := contracts.Parse(diag.NewFile("again.json", contracts.Marshal(c)))
		library, _ := contracts.NewLibrary(nil)
		library.Link(again)
		if got := changes(c, again); len(got) > 0 {
			t.Errorf("the canonical form of %s differs:\n%s", contracts.Marshal(c), strings.Join(got, "\n"))
		}
	})
}

// mirrors is what each kind of change is in the other direction.
var mirrors = map[string]string{
	"property-added": "property-removed", "pattern-property-added": "pattern-property-removed", "variant-added": "variant-removed",
	"required-added": "required-removed", "nullable-added": "nullable-removed", "enum-added": "enum-removed",
	"enum-value-added": "enum-value-removed", "enum-opened": "enum-closed", "bound-tightened": "bound-loosened",
	"deprecated": "undeprecated",
}

// selfMirrored are the kinds that are the same in the other direction.
var selfMirrored = []string{
	"event-renamed", "require-any-changed", "additional-changed", "type-changed", "bound-changed", "format-changed",
	"pattern-changed", "union-changed", "discriminator-changed", "annotation-changed", "variant-renamed",
}

func mirror(kind string) string {
	for a, b := range mirrors {
		switch kind {
		case a:
			return b
		case b:
			return a
		}
	}
	return kind
}

func TestCompare_InTheOtherDirectionIsTheMirror(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		old := contracttest.Contract().Draw(t, "old")
		new := contracttest.Edit(old).Draw(t, "new")
		var there, back []string
		for _, c := range diff.Compare(old, new) {
			if c.Kind() == "property-renamed" {
				t.Skip("a rename has no way back: the old contract does not name the new property")
			}
			there = append(there, mirror(c.Kind()))
		}
		for _, c := range diff.Compare(new, old) {
			if c.Kind() == "property-renamed" {
				t.Skip("see above")
			}
			back = append(back, c.Kind())
		}
		slices.Sort(there)
		slices.Sort(back)
		if d := cmp.Diff(there, back); d != "" {
			t.Errorf("changes of\n%s\nto\n%s\nand back differ (-there +back):\n%s", contracts.Marshal(old), contracts.Marshal(new), d)
		}
	})
}

func TestMirrors_CoverEveryKind(t *testing.T) {
	known := slices.Clone(selfMirrored)
	for a, b := range mirrors {
		known = append(known, a, b)
	}
	for _, c := range []diff.Change{
		&diff.EventRenamed{}, &diff.PropertyAdded{}, &diff.PropertyRemoved{}, &diff.RequiredAdded{}, &diff.RequiredRemoved{},
		&diff.RequireAnyChanged{}, &diff.AdditionalChanged{}, &diff.PatternPropertyAdded{}, &diff.PatternPropertyRemoved{},
		&diff.TypeChanged{}, &diff.NullableAdded{}, &diff.NullableRemoved{}, &diff.EnumAdded{}, &diff.EnumRemoved{},
		&diff.EnumOpened{}, &diff.EnumClosed{}, &diff.EnumValueAdded{}, &diff.EnumValueRemoved{}, &diff.BoundChanged{Tightened: true},
		&diff.BoundChanged{Loosened: true}, &diff.BoundChanged{Tightened: true, Loosened: true}, &diff.FormatChanged{},
		&diff.PatternChanged{}, &diff.VariantAdded{}, &diff.VariantRemoved{}, &diff.VariantRenamed{}, &diff.UnionChanged{},
		&diff.DiscriminatorChanged{}, &diff.AnnotationChanged{}, &diff.Deprecated{}, &diff.Undeprecated{},
	} {
		if !slices.Contains(known, c.Kind()) {
			t.Errorf("%s has no mirror", c.Kind())
		}
	}
}

func TestCompare_SeesMeaningNotSpelling(t *testing.T) {
	for name, pair := range map[string][2]string{
		"order of properties":          {"properties: {a: {type: string}, b: {type: string}}", "properties: {b: {type: string}, a: {type: string}}"},
		"order of an enum":             {"properties: {a: {type: string, enum: [x, y]}}", "properties: {a: {type: string, enum: [y, x]}}"},
		"bounds of whole numbers":      {"properties: {a: {type: integer, minimum: 0, maximum: 9}}", "properties: {a: {type: integer, exclusiveMinimum: -1, exclusiveMaximum: 10}}"},
		"fractions at whole numbers":   {"properties: {a: {type: integer, minimum: 1}}", "properties: {a: {type: integer, minimum: 0.5}}"},
		"spellings of numbers":         {"properties: {a: {type: number, minimum: 1, enum: [10, 2]}}", "properties: {a: {type: number, minimum: 1.0, enum: [1e1, 2.0]}}"},
		"a bound that another implies": {"properties: {a: {type: number, minimum: 3}}", "properties: {a: {type: number, minimum: 3, exclusiveMinimum: 2}}"},
		"bounds of zero":               {"properties: {a: {type: string}, b: {type: array, items: {type: string}}}", "properties: {a: {type: string, minLength: 0}, b: {type: array, minItems: 0, items: {type: string}}}"},
		"multiples of whole numbers":   {"properties: {a: {type: integer}}", "properties: {a: {type: integer, multipleOf: 0.5}}"},
		"both booleans":                {"properties: {a: {type: boolean}}", "properties: {a: {type: boolean, enum: [true, false]}}"},
		"list of required names":       {"required: [a]\nproperties: {a: {type: string}}", "properties: {a: {type: string, required: true}}"},
		"one group of requireAny":      {"requireAny: [[a]]\nproperties: {a: {type: string}}", "properties: {a: {type: string, required: true}}"},
		"groups with required names":   {"requireAny: [[a, b], [a, c]]\nproperties: {a: {type: string}, b: {type: string}, c: {type: string}}", "requireAny: [[c], [b]]\nproperties: {a: {type: string, required: true}, b: {type: string}, c: {type: string}}"},
		"a group within another":       {"requireAny: [[a], [a, b]]\nproperties: {a: {type: string, required: true}, b: {type: string}}", "properties: {a: {type: string, required: true}, b: {type: string}}"},
		"minProperties below required": {"minProperties: 1\nproperties: {a: {type: string, required: true}}", "properties: {a: {type: string, required: true}}"},
		"items left out":               {"properties: {a: {type: array}}", "properties: {a: {type: array, items: {type: any}}}"},
		"a reference and its meaning":  {"definitions: {d: {type: string, description: D.}}\nproperties: {a: {$ref: d}}", "properties: {a: {type: string, description: D.}}"},
		"null beside a reference":      {"definitions: {d: {type: string}}\nproperties: {a: {$ref: d, nullable: true}}", "properties: {a: {type: string, nullable: true}}"},
		"text beside a reference wins": {"definitions: {d: {type: string, description: D.}}\nproperties: {a: {$ref: d, description: E.}}", "properties: {a: {type: string, description: E.}}"},
		"order of variants":            {"properties: {a: {oneOf: {x: {type: string}, y: {type: integer}}}}", "properties: {a: {oneOf: {y: {type: integer}, x: {type: string}}}}"},
		"a discriminator written out":  {"properties: {a: {discriminator: k, oneOf: {x: {type: object}, y: {type: object}}}}", "properties: {a: {discriminator: k, oneOf: {x: {type: object, properties: {k: {type: string, enum: [x], required: true}}}, y: {type: object}}}}"},
		"status left out":              {"properties: {}", "status: active\nproperties: {}"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := changes(event(t, "old.yaml", pair[0]), event(t, "new.yaml", pair[1])); len(got) > 0 {
				t.Errorf("there and back:\n%s", strings.Join(got, "\n"))
			}
			if got := changes(event(t, "old.yaml", pair[1]), event(t, "new.yaml", pair[0])); len(got) > 0 {
				t.Errorf("the other way:\n%s", strings.Join(got, "\n"))
			}
		})
	}
}

func TestCompare_SaysWhatChanged(t *testing.T) {
	for _, test := range []struct {
		name, old, new string
		want           []string
	}{
		{"property", "properties: {a: {type: string}}", "properties: {b: {type: string, required: true}, c: {type: object, properties: {d: {type: string}}}}", []string{
			`property-added /properties/b: required property "b" was added`,
			`property-added /properties/c: optional property "c" was added`,
			`property-removed /properties/a: property "a" was removed`,
		}},
		{"required by a group", "properties: {a: {type: string}}", "requireAny: [[b]]\nproperties: {a: {type: string}, b: {type: string}}", []string{
			`property-added /properties/b: required property "b" was added`,
		}},
		{"renamed", "properties: {a: {type: string}}", "properties: {b: {type: integer, renamedFrom: a}}", []string{
			`property-renamed /properties/b: property "a" was renamed to "b"`,
			`type-changed /properties/b: type of property "b" changed from string to integer`,
		}},
		{"path", "properties: {a: {type: array, items: {type: object, properties: {b/c: {type: map, values: {type: string}}}}}}", "properties: {a: {type: array, items: {type: object, properties: {b/c: {type: map, values: {type: string, maxLength: 3}}}}}}", []string{
			`bound-tightened /properties/a/items/properties/b~1c/values/maxLength: maxLength 3 was added to values of property "a[].b/c"`,
		}},
		{"bounds", "properties: {a: {type: number, minimum: 1, multipleOf: 2}, b: {type: string, maxLength: 3}}", "properties: {a: {type: number, exclusiveMinimum: 1, multipleOf: 3}, b: {type: string, maxLength: 4, minLength: 1}}", []string{
			`bound-tightened /properties/a/exclusiveMinimum: exclusiveMinimum of property "a" changed from minimum 1 to exclusiveMinimum 1`,
			`bound-changed /properties/a/multipleOf: multipleOf of property "a" changed from 2 to 3`,
			`bound-tightened /properties/b/minLength: minLength 1 was added to property "b"`,
			`bound-loosened /properties/b/maxLength: maxLength of property "b" changed from 3 to 4`,
		}},
		{"enum", "properties: {a: {type: string, enum: [x, y]}, b: {type: string, enum: [x]}, c: {type: string}}", "properties: {a: {type: string, enum: [y, z]}, b: {type: string, enum: [x], open: true}, c: {type: string, enum: [x]}}", []string{
			`enum-value-added /properties/a/enum/z: value "z" was added to the enum of property "a"`,
			`enum-value-removed /properties/a/enum/x: value "x" was removed from the enum of property "a"`,
			`enum-opened /properties/b/open: enum of property "b" was opened`,
			`enum-added /properties/c/enum: property "c" became an enum of "x"`,
		}},
		{"a definition at each use", "definitions: {d: {type: string}}\nproperties: {a: {$ref: d}, b: {$ref: d}}", "definitions: {d: {type: integer}}\nproperties: {a: {$ref: d}, b: {$ref: d}}", []string{
			`type-changed /properties/a: type of property "a" changed from string to integer`,
			`type-changed /properties/b: type of property "b" changed from string to integer`,
		}},
		{"union", "properties: {a: {oneOf: {x: {type: string}, y: {type: integer}}}, b: {type: string}}", "properties: {a: {anyOf: {z: {type: string}, w: {type: boolean}}}, b: {oneOf: {x: {type: string}, y: {type: integer}}}}", []string{
			`union-changed /properties/a: property "a" changed from oneOf to anyOf`,
			`variant-renamed /properties/a/anyOf/z: variant "x" of property "a" was renamed to "z"`,
			`variant-added /properties/a/anyOf/w: variant "w" was added to property "a"`,
			`variant-removed /properties/a/oneOf/y: variant "y" was removed from property "a"`,
			`type-changed /properties/b: type of property "b" changed from string to oneOf of x, y`,
		}},
		{"annotations", "owner: a\nretention: 30d\nproperties: {a: {type: number, unit: EUR, description: A.}}", "owner: b\nretention: 30d\ntags: [x]\nproperties: {a: {type: number, unit: USD, description: A long description of the property and why it is there., x-team: 1, deprecated: true}}", []string{
			`annotation-changed /owner: owner of the event changed from a to b`,
			`annotation-changed /tags: tags x was added to the event`,
			`annotation-changed /properties/a/description: description of property "a" changed`,
			`annotation-changed /properties/a/unit: unit of property "a" changed from EUR to USD`,
			`annotation-changed /properties/a/x-team: x-team 1 was added to property "a"`,
			`deprecated /properties/a/deprecated: property "a" was deprecated`,
		}},
		{"objects", "properties: {a: {type: object, additionalProperties: true}, b: {type: object, patternProperties: {^x: {type: string}}}}", "properties: {a: {type: object}, b: {type: object, additionalProperties: {type: string}, patternProperties: {^y: {type: string}}}}", []string{
			`additional-changed /properties/a/additionalProperties: property "a" no longer takes properties that are not declared`,
			`pattern-property-added /properties/b/patternProperties/^y: properties of property "b" that match "^y" were declared`,
			`pattern-property-removed /properties/b/patternProperties/^x: properties of property "b" that match "^x" are no longer declared`,
			`additional-changed /properties/b/additionalProperties: property "b" takes properties that are not declared now`,
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := changes(event(t, "old.yaml", test.old), event(t, "new.yaml", test.new))
			if d := cmp.Diff(test.want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

func TestCompare_PointsIntoBothFiles(t *testing.T) {
	old := event(t, "old.yaml", "properties:\n  a: {type: string, maxLength: 5}\n  b: {type: string}\n")
	new := event(t, "new.yaml", "description: New.\nproperties:\n  a: {type: string, maxLength: 4}\n  c: {type: string}\n")
	want := []string{
		"annotation-changed old.yaml:1:8 new.yaml:3:14",
		"bound-tightened old.yaml:4:32 new.yaml:5:32",
		"property-added old.yaml:1:8 new.yaml:6:3",
		"property-removed old.yaml:5:3 new.yaml:1:8",
	}
	var got []string
	for _, c := range diff.Compare(old, new) {
		o, n := c.At().Old.Position(), c.At().New.Position()
		got = append(got, fmt.Sprintf("%s %s:%d:%d %s:%d:%d", c.Kind(), c.At().Old.File.Path, o.Line, o.Column, c.At().New.File.Path, n.Line, n.Column))
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}
