package codegen_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/codegen/codegentest"
	"github.com/evctl/evctl/codegen/targets"
	"github.com/evctl/evctl/contracts/golden"
)

const torture = "testdata/torture"

// TestNewModel_DecidesEveryName keeps the model of the torture workspace as a file
// that people review.
func TestNewModel_DecidesEveryName(t *testing.T) {
	golden.Check(t, "testdata/torture.model", []byte(describe(codegentest.Model(t, torture))))
}

func TestNewModel_NamesAreUniqueInTheirScopes(t *testing.T) {
	m := codegentest.Model(t, torture)
	types := map[string]string{}
	unique := func(scope map[string]string, key, what string) {
		if other := scope[key]; other != "" || key == "" {
			t.Errorf("%q names %s and %s", key, other, what)
		}
		scope[key] = what
	}
	eachType(m, func(typ *codegen.Type) {
		unique(types, typ.Name.Key(), typ.Pointer)
		inside := map[string]string{}
		for _, f := range typ.Fields {
			unique(inside, f.Name.Key(), f.Wire)
		}
		for _, v := range typ.Values {
			unique(inside, v.Name.Key(), v.JSON)
		}
		for _, v := range typ.Variants {
			unique(inside, v.Name.Key(), v.Variant.Name)
		}
	})
}

func TestNewModel_DoesNotDependOnTheOrderOfTheFiles(t *testing.T) {
	w := codegentest.Workspace(t, torture)
	events := w.Events()
	before := describe(codegen.NewModel(codegen.Source{Events: events}))
	random := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		random.Shuffle(len(events), func(i, j int) { events[i], events[j] = events[j], events[i] })
		if diff := cmp.Diff(before, describe(codegen.NewModel(codegen.Source{Events: events}))); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
	}
}

func TestNewModel_LeavesBrokenEventsOut(t *testing.T) {
	w := codegentest.Workspace(t, torture)
	events := w.Events()
	events[0].Broken = true
	m := codegen.NewModel(codegen.Source{Events: events})
	for _, e := range m.Events {
		if e.Contract == events[0] {
			t.Errorf("%s is in the model", e.Contract.Name)
		}
	}
}

func TestNewModel_FragmentsDeclareTheirTypesOnce(t *testing.T) {
	m := codegentest.Model(t, torture)
	users := map[*codegen.Type]int{}
	for _, e := range m.Events {
		for _, typ := range e.Reach {
			if strings.HasPrefix(typ.Pointer, "fragment context#/properties/page") && typ.Name.Snake() == "context_page" {
				users[typ]++
			}
		}
	}
	for typ, n := range users {
		if n != 2 || len(users) != 1 || typ.Unit.Name.Snake() != "context" {
			t.Errorf("%s is used by %d events in unit %s", typ.Pointer, n, typ.Unit.Name)
		}
	}
	if len(users) == 0 {
		t.Error("no event uses the fragment's type")
	}
}

// TestTargets_AreDeterministic generates everything twice and wants the same bytes.
func TestTargets_AreDeterministic(t *testing.T) {
	for _, target := range targets.All {
		first := codegentest.Files(t, target, codegentest.Model(t, torture), nil)
		second := codegentest.Files(t, target, codegentest.Model(t, torture), nil)
		if len(first) != len(second) || len(first) < 20 {
			t.Fatalf("%s: %d files, then %d", target.Name(), len(first), len(second))
		}
		for i, f := range first {
			if f.Path != second[i].Path || !bytes.Equal(f.Content, second[i].Content) {
				t.Errorf("%s: %s differs", target.Name(), f.Path)
			}
		}
	}
}

// TestTargets_ShopGoldens keeps one event of the demo workspace in every language.
func TestTargets_ShopGoldens(t *testing.T) {
	m := codegentest.Model(t, "../testdata/shop")
	for _, target := range targets.All {
		found := 0
		for _, f := range codegentest.Files(t, target, m, nil) {
			name := strings.ReplaceAll(strings.ReplaceAll(f.Path, "/", "_"), "-", "_")
			if strings.Contains(name, "order_completed") || strings.HasPrefix(name, "money") || strings.Contains(name, "search_performed") {
				golden.Check(t, "testdata/shop/"+target.Name()+"/"+f.Path+".golden", f.Content)
				found++
			}
		}
		if found < 2 {
			t.Errorf("%s: only %d files", target.Name(), found)
		}
	}
}

func TestTargets_FindProposesANearName(t *testing.T) {
	if _, err := targets.Find("typscript"); err == nil || !strings.Contains(err.Error(), `did you mean "typescript"?`) {
		t.Errorf("got %v", err)
	}
	if _, err := targets.Find("cobol"); err == nil || !strings.Contains(err.Error(), "expected go, typescript, protobuf, jsonschema") {
		t.Errorf("got %v", err)
	}
}

func eachType(m *codegen.Model, visit func(*codegen.Type)) {
	for _, e := range m.Events {
		for _, typ := range e.Types {
			visit(typ)
		}
	}
	for _, u := range m.Shared {
		for _, typ := range u.Types {
			visit(typ)
		}
	}
}

// describe writes a model as text.
func describe(m *codegen.Model) string {
	var b strings.Builder
	for _, e := range m.Events {
		fmt.Fprintf(&b, "event %q: unit %s\n", e.Contract.Name, e.Name)
		describeTypes(&b, e.Types)
	}
	for _, u := range m.Shared {
		fmt.Fprintf(&b, "unit %s\n", u.Name)
		describeTypes(&b, u.Types)
	}
	for _, c := range m.Collisions {
		fmt.Fprintf(&b, "%s %q is %s because of %s %q\n", c.What, c.Wire, c.Got, c.OtherWhat, c.Other)
	}
	return b.String()
}

func describeTypes(b *strings.Builder, types []*codegen.Type) {
	for _, t := range types {
		fmt.Fprintf(b, "  %s %s (%s)\n", [...]string{"object", "enum", "union", "alias"}[t.Kind], t.Name, t.Pointer)
		for _, f := range t.Fields {
			fmt.Fprintf(b, "    %q %s: %s", f.Wire, f.Name, describeRef(f.Type))
			if f.Required {
				b.WriteString(" required")
			}
			b.WriteByte('\n')
		}
		if t.Extra != nil {
			fmt.Fprintf(b, "    extra %q: %s\n", t.Extra.Patterns, describeRef(t.Extra.Type))
		}
		for _, v := range t.Values {
			fmt.Fprintf(b, "    %s %s\n", v.JSON, v.Name)
		}
		for _, v := range t.Variants {
			fmt.Fprintf(b, "    %q %s: %s\n", v.Variant.Name, v.Name, describeRef(v.Type))
		}
		if t.Of != nil {
			fmt.Fprintf(b, "    of %s\n", describeRef(t.Of))
		}
	}
}

func describeRef(r *codegen.Ref) string {
	text := [...]string{"string", "integer", "number", "boolean", "scalar", "any", "array of ", "map of ", ""}[r.Kind]
	switch {
	case r.Elem != nil:
		text += describeRef(r.Elem)
	case r.Named != nil:
		text += r.Named.Name.Snake()
	case r.Kind == codegen.Scalar:
		text += " " + r.Types.String()
	}
	if r.Nullable {
		text += " nullable"
	}
	return text
}
