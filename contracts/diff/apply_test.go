package diff_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/contracttest"
	"github.com/evctl/evctl/contracts/diff"
	"github.com/evctl/evctl/contracts/payload"
)

func apply(t interface {
	Helper()
	Fatal(...any)
}, old *contracts.Contract, list ...diff.Change) *contracts.Contract {
	t.Helper()
	c, err := diff.Apply(old, list...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestApply_OfAllChangesMeansTheSameAsTheNewContract(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		old := contracttest.Contract().Draw(t, "old")
		new := contracttest.Edit(old).Draw(t, "new")
		before := string(contracts.Marshal(old)) + string(contracts.Marshal(new))
		got := apply(t, old, diff.Compare(old, new)...)
		if left := changes(got, new); len(left) > 0 {
			t.Fatalf("still to change:\n%s\nof\n%s\nafter %s", strings.Join(left, "\n"), contracts.Marshal(got), strings.Join(changes(old, new), "\n"))
		}
		if after := string(contracts.Marshal(old)) + string(contracts.Marshal(new)); after != before {
			t.Fatalf("the contracts that were compared are changed (-before +after):\n%s", cmp.Diff(before, after))
		}
		sameVerdicts(t, got, new)
		sameVerdicts(t, new, got)
	})
}

// sameVerdicts compares verdicts on payloads that are drawn for a, and near them.
func sameVerdicts(t *rapid.T, a, b *contracts.Contract) {
	first, err := payload.Compile(a)
	if err != nil {
		t.Fatal(err)
	}
	second, err := payload.Compile(b)
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		raw := contracttest.Payload(a).Draw(t, "payload")
		for _, raw := range [][]byte{raw, contracttest.Mutate(raw).Draw(t, "mutated")} {
			if first.Valid(raw) != second.Valid(raw) {
				t.Fatalf("%s is valid in one of\n%s\n%s", raw, contracts.Marshal(a), contracts.Marshal(b))
			}
		}
	}
}

func TestApply_OfOneChangeShowsThatChange(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		old := contracttest.Contract().Draw(t, "old")
		new := contracttest.Edit(old).Draw(t, "new")
		all := diff.Compare(old, new)
		for _, c := range all {
			got := apply(t, old, c)
			want := sight(c, all)
			shown := changes(old, got)
			if !slices.ContainsFunc(diff.Compare(old, got), func(d diff.Change) bool { return sight(d, all) == want }) && !follows(c, all) {
				t.Fatalf("%s\nis shown as\n%s\nin\n%s\nof\n%s\nto\n%s", want, strings.Join(shown, "\n"), contracts.Marshal(got), contracts.Marshal(old), contracts.Marshal(new))
			}
		}
	})
}

// sight is what is seen of a change when others are not made: a place is spelled with
// the names that are there, so that it only counts where none of them changed.
func sight(c diff.Change, all []diff.Change) string {
	if slices.ContainsFunc(all, func(c diff.Change) bool {
		return slices.Contains([]string{"property-renamed", "variant-renamed"}, c.Kind())
	}) {
		return c.Kind()
	}
	return c.Kind() + " " + strings.ReplaceAll(c.At().Pointer, "/anyOf", "/oneOf")
}

// follows reports whether a change may be what another one of the same schema looks
// like: groups and counts of properties depend on what is required, and bounds of
// numbers on whether only whole ones are accepted. Values of an enum that the old type does not
// have say nothing. Variants depend on the discriminator.
func follows(c diff.Change, all []diff.Change) bool {
	var causes []string
	switch c := c.(type) {
	case *diff.RequireAnyChanged:
		causes = []string{"required-added", "required-removed", "property-removed", "property-renamed"}
	case *diff.EnumAdded, *diff.EnumValueAdded, *diff.EnumValueRemoved:
		causes = []string{"type-changed"}
	case *diff.BoundChanged:
		switch c.Keyword {
		case "minProperties":
			causes = []string{"required-added", "required-removed", "property-added", "property-removed"}
		case "minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum", "multipleOf":
			causes = []string{"type-changed", "bound-tightened", "bound-loosened", "bound-changed"}
		}
	}
	return slices.ContainsFunc(all, func(other diff.Change) bool {
		in := other.At().In
		if other.Kind() == "discriminator-changed" && strings.HasPrefix(c.At().Pointer, in.Pointer+"/") {
			return true // while the old one selects the variants, they have to fix it
		}
		return other != c && (in == c.At().In || in.Parent == c.At().In) && slices.Contains(causes, other.Kind())
	})
}

func TestApply_LeadsFromAnyContractToAnyOther(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		old := contracttest.Contract().Draw(t, "old")
		new := contracttest.Contract().Draw(t, "new")
		got := apply(t, old, diff.Compare(old, new)...)
		if left := changes(got, new); len(left) > 0 {
			t.Fatalf("still to change:\n%s\nin\n%s\nafter %s", strings.Join(left, "\n"), contracts.Marshal(got), strings.Join(changes(old, new), "\n"))
		}
		sameVerdicts(t, got, new)
	})
}

func TestApply_MakesAChangeAtItsOwnPlace(t *testing.T) {
	for _, test := range []struct {
		name, old, new string
		kind, pointer  string   // of the change that is made
		want           []string // what the result differs in
	}{
		{"one use of a definition", "definitions: {d: {type: object, properties: {x: {type: string}}}}\nproperties: {a: {$ref: d}, b: {$ref: d, description: B.}}",
			"definitions: {d: {type: object, properties: {x: {type: integer}}}}\nproperties: {a: {$ref: d}, b: {$ref: d, description: B.}}",
			"type-changed", "/properties/b/properties/x",
			[]string{`type-changed /properties/b/properties/x: type of property "b.x" changed from string to integer`}},
		{"null beside one use", "definitions: {d: {type: string}}\nproperties: {a: {$ref: d}, b: {$ref: d}}", "definitions: {d: {type: string}}\nproperties: {a: {$ref: d, nullable: true}, b: {$ref: d}}",
			"nullable-added", "/properties/a/nullable", []string{`nullable-added /properties/a/nullable: property "a" became nullable`}},
		{"a definition that has the same name in both", "definitions: {d: {type: string}}\nproperties: {a: {$ref: d}}", "definitions: {d: {type: integer}}\nproperties: {a: {$ref: d}, b: {$ref: d}}",
			"property-added", "/properties/b", []string{`property-added /properties/b: optional property "b" was added`}},
		{"items of a map of arrays", "properties: {a: {type: map, values: {type: array, items: {type: string}}}}", "properties: {a: {type: map, keys: {type: string, maxLength: 3}, values: {type: array, items: {type: string, minLength: 2}}}}",
			"bound-tightened", "/properties/a/values/items/minLength", []string{`bound-tightened /properties/a/values/items/minLength: minLength 2 was added to items of values of property "a"`}},
		{"a variant that the discriminator selects", "properties: {a: {discriminator: k, oneOf: {x: {type: object}, y: {type: object}}}}",
			"properties: {a: {discriminator: k, oneOf: {x: {type: object, properties: {n: {type: integer, required: true}}}, z: {type: object}}}}",
			"property-added", "/properties/a/oneOf/x/properties/n", []string{`property-added /properties/a/oneOf/x/properties/n: required property "a(x).n" was added`}},
		{"another discriminator", "properties: {a: {discriminator: k, oneOf: {x: {type: object}, y: {type: object}}}}", "properties: {a: {discriminator: l, oneOf: {x: {type: object}, y: {type: object}, z: {type: object}}}}",
			"discriminator-changed", "/properties/a/discriminator", []string{`discriminator-changed /properties/a/discriminator: discriminator of property "a" changed from "k" to "l"`}},
		{"a renamed property that a group asks for", "requireAny: [[a], [b]]\nproperties: {a: {type: string}, b: {type: string}}", "requireAny: [[c], [b]]\nproperties: {c: {type: string, renamedFrom: a, maxLength: 3}, b: {type: string}}",
			"property-renamed", "/properties/c", []string{`property-renamed /properties/c: property "a" was renamed to "c"`, `require-any-changed /requireAny: the event asks for "b" or "c" now, and asked for "a" or "b" before`}},
		{"required by a group of its own", "requireAny: [[a]]\nproperties: {a: {type: string}}", "properties: {a: {type: string}, b: {type: string}}",
			"required-removed", "/properties/a/required", []string{`required-removed /properties/a/required: property "a" became optional`}},
		{"a count that the required properties imply", "minProperties: 1\nproperties: {a: {type: string, required: true}, b: {type: string}}", "properties: {a: {type: string}, b: {type: string}}",
			"required-removed", "/properties/a/required", []string{`required-removed /properties/a/required: property "a" became optional`}},
		{"a type with its values", "properties: {a: {type: string, enum: [x]}}", "properties: {a: {type: [string, integer], enum: [x, 1]}}",
			"type-changed", "/properties/a", []string{`type-changed /properties/a: type of property "a" changed from string to string or integer`, `enum-value-added /properties/a/enum/1: value 1 was added to the enum of property "a"`}},
		{"a word about a value", "properties: {a: {type: [string, integer], enum: ['1', 1]}}", "properties: {a: {type: [string, integer], enum: [{value: '1', description: Text.}, {value: 1, deprecated: true}]}}",
			"deprecated", "/properties/a/enum/1", []string{`deprecated /properties/a/enum/1: value 1 of property "a" was deprecated`}},
	} {
		t.Run(test.name, func(t *testing.T) {
			old, new := event(t, "old.yaml", test.old), event(t, "new.yaml", test.new)
			all := diff.Compare(old, new)
			i := slices.IndexFunc(all, func(c diff.Change) bool { return c.Kind() == test.kind && c.At().Pointer == test.pointer })
			if i < 0 {
				t.Fatalf("no %s at %s in\n%s", test.kind, test.pointer, strings.Join(changes(old, new), "\n"))
			}
			if d := cmp.Diff(test.want, changes(old, apply(t, old, all[i]))); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
			if left := changes(apply(t, old, all...), new); len(left) > 0 {
				t.Errorf("after all changes:\n%s", strings.Join(left, "\n"))
			}
		})
	}
}

func TestApply_RefusesChangesOfOtherContracts(t *testing.T) {
	old, new := event(t, "old.yaml", "properties: {a: {type: string}}"), event(t, "new.yaml", "properties: {a: {type: integer}}")
	once, twice := diff.Compare(old, new), diff.Compare(old, new)
	for name, list := range map[string][]diff.Change{
		"of another contract": diff.Compare(new, old),
		"of schemas alone":    diff.Schemas(old.Payload, new.Payload),
		"of two comparisons":  {once[0], twice[0]},
		"made by hand":        {&diff.NullableAdded{}},
	} {
		if _, err := diff.Apply(old, list...); err == nil {
			t.Errorf("changes %s are applied", name)
		}
	}
}

func TestApply_OfNothingChangesNothing(t *testing.T) {
	old := event(t, "old.yaml", "properties: {a: {type: string}}")
	if got := apply(t, old); !contracts.Equal(old, got) {
		t.Errorf("got %s", contracts.Marshal(got))
	}
}
