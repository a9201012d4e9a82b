package protobuf

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/dynamicpb"
	"gopkg.in/yaml.v3"
	"pgregory.net/rapid"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/codegen/codegentest"
	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/contracttest"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/golden"
	"github.com/evctl/evctl/contracts/numbers"
)

var _ codegen.Target = Target{}

// read parses and links one event that stands for itself.
func read(t testing.TB, path string, data []byte) *contracts.Contract {
	t.Helper()
	c, diags := contracts.Parse(diag.NewFile(path, data))
	if c != nil {
		library, _ := contracts.NewLibrary(nil)
		diags = append(diags, library.Link(c)...)
	}
	for _, d := range diags {
		t.Errorf("%s:%d: %s", path, d.Position().Line, d.Message)
	}
	if t.Failed() {
		t.FailNow()
	}
	return c
}

// released is the ledger of a release.
func released(t testing.TB, text string) (l numbers.Ledger) {
	t.Helper()
	if err := l.UnmarshalJSON([]byte(text)); err != nil {
		t.Fatal(err)
	}
	return l
}

func model(ledgers []numbers.Ledger, events ...*contracts.Contract) *codegen.Model {
	src := codegen.Source{Events: events, Ledgers: map[string][]numbers.Ledger{}}
	for _, c := range events {
		src.Ledgers[c.Name] = ledgers
	}
	return codegen.NewModel(src)
}

func options(t testing.TB, given map[string]string) codegen.Options {
	t.Helper()
	o, err := codegen.CheckOptions(Target{}, given)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// readOptional reads a file that a case may leave out.
func readOptional(t *testing.T, path string, into any, unmarshal func([]byte, any) error) {
	t.Helper()
	data, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		return
	}
	if err == nil {
		err = unmarshal(data, into)
	}
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}

// TestGenerate_Cases compares the folders of testdata/cases: event.yaml with
// options.yaml and ledgers.json gives want.proto.
func TestGenerate_Cases(t *testing.T) {
	folders, err := filepath.Glob("testdata/cases/*")
	if err != nil || len(folders) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, folder := range folders {
		t.Run(filepath.Base(folder), func(t *testing.T) {
			data, err := os.ReadFile(filepath.Join(folder, "event.yaml"))
			if err != nil {
				t.Fatal(err)
			}
			given := map[string]string{}
			readOptional(t, filepath.Join(folder, "options.yaml"), &given, yaml.Unmarshal)
			var ledgers []numbers.Ledger
			readOptional(t, filepath.Join(folder, "ledgers.json"), &ledgers, json.Unmarshal)
			m := model(ledgers, read(t, "event.yaml", data))
			files, err := codegen.Job{Target: Target{}, Options: options(t, given)}.Files(m)
			if err == nil {
				err = compile(files)
			}
			for _, f := range files {
				golden.Check(t, filepath.Join(folder, "want.proto"), append([]byte("// "+f.Path+"\n"), f.Content...))
			}
			if err != nil {
				t.Fatal(err)
			}
			checkPlan(t, m.Events[0], files[0])
		})
	}
}

// TestGenerate_Workspaces generates the demo workspace and the one of names and types
// that are hard to generate.
func TestGenerate_Workspaces(t *testing.T) {
	for _, dir := range []string{"../../testdata/shop", "../testdata/torture"} {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			m := codegentest.Model(t, dir)
			files := map[string]codegen.File{}
			list := codegentest.Files(t, Target{}, m, map[string]string{"package": "shop.events"})
			if err := compile(list); err != nil {
				t.Fatal(err)
			}
			for _, f := range list {
				files[f.Path] = f
			}
			if len(files) != len(m.Events) {
				t.Fatalf("%d files for %d events", len(files), len(m.Events))
			}
			for _, e := range m.Events {
				_, path := place(e, config{packageName: "shop.events"})
				checkPlan(t, e, files[path])
			}
		})
	}
}

// descriptor compiles a generated file and returns the event's message.
func descriptor(t fataler, f codegen.File) protoreflect.MessageDescriptor {
	compiled, problems, err := compileBatch([]codegen.File{f})
	if err != nil || len(problems) > 0 {
		t.Fatalf("%v %s\n%s", err, strings.Join(problems, "\n"), f.Content)
	}
	return compiled[0].Messages().Get(0)
}

type fataler interface {
	Fatalf(format string, args ...any)
}

// checkPlan compares what the compiler read from a file with what the file had to
// say: every property under its number, its JSON name and its type, and every
// number that is not in use reserved.
func checkPlan(t fataler, e *codegen.Event, f codegen.File) {
	released, err := ledger(e)
	if err != nil {
		t.Fatalf("%v", err)
	}
	plan, _ := numbers.Plan(released, e.Contract)
	checkMessage(t, plan, descriptor(t, f))
}

func checkMessage(t fataler, s *numbers.Scope, d protoreflect.MessageDescriptor) {
	if d.Fields().Len() != len(s.Fields) {
		t.Fatalf("%s has %d fields, expected %d", d.FullName(), d.Fields().Len(), len(s.Fields))
	}
	for _, e := range s.Reserved {
		if !d.ReservedRanges().Has(protoreflect.FieldNumber(e.Number)) {
			t.Fatalf("%s does not reserve %s", d.FullName(), e)
		}
	}
	for _, member := range s.Fields {
		fd := d.Fields().ByNumber(protoreflect.FieldNumber(member.Number))
		if fd == nil {
			t.Fatalf("%s has no number %d", d.FullName(), member.Number)
		}
		if member.Kind == numbers.Extra {
			checkLeaf(t, fd, numbers.Type{Leaf: numbers.Struct}, nil)
			continue
		}
		if expressible(member.Name) && fd.JSONName() != member.Name {
			t.Fatalf("%s has the JSON name %q, expected %q", fd.FullName(), fd.JSONName(), member.Name)
		}
		if union := s.Leaf == numbers.Union; union != (fd.ContainingOneof() != nil && !fd.ContainingOneof().IsSynthetic()) {
			t.Fatalf("%s is in a oneof: %v", fd.FullName(), !union)
		}
		checkType(t, fd, member.Type, member.Scope)
	}
}

// checkType follows the layers of a type through lists, maps and wrappers.
func checkType(t fataler, fd protoreflect.FieldDescriptor, typ numbers.Type, below *numbers.Scope) {
	for wraps := typ.Wraps; ; {
		var layer numbers.Wrap
		if len(wraps) > 0 {
			layer = wraps[0]
		}
		variant := fd.ContainingOneof() != nil && !fd.ContainingOneof().IsSynthetic()
		switch {
		case layer == numbers.List && fd.IsList() && !variant:
			wraps = wraps[1:]
		case layer == numbers.Dict && fd.IsMap():
			fd, wraps = fd.MapValue(), wraps[1:]
		case layer == "" && fd.Cardinality() == protoreflect.Repeated:
		case layer == numbers.Maybe && strings.HasPrefix(string(fd.Name()), "value") && fd.Number() == 1 && fd.HasPresence():
			wraps = wraps[1:]
		case layer != "":
		}
		if len(wraps) == 0 {
			checkLeaf(t, fd, typ, below)
			return
		}
		if fd.Kind() != protoreflect.MessageKind || fd.Message().Fields().Len() != 1 {
			t.Fatalf("%s is no wrapper, expected one for %s", fd.FullName(), typ.Kind())
		}
		fd = fd.Message().Fields().Get(0)
	}
}

func checkLeaf(t fataler, fd protoreflect.FieldDescriptor, typ numbers.Type, below *numbers.Scope) {
	got := fd.Kind().String()
	if fd.Message() != nil {
		got = string(fd.Message().FullName())
	}
	want := map[numbers.Leaf]string{
		numbers.Text: "string", numbers.Bool: "bool", numbers.Int64: "int64", numbers.Uint64: "uint64", numbers.Double: "double",
		numbers.Any: "google.protobuf.Value", numbers.Struct: "google.protobuf.Struct", numbers.Timestamp: "google.protobuf.Timestamp",
		numbers.Enum: "enum",
	}[typ.Leaf]
	switch {
	case typ.Leaf == numbers.Timestamp && got == "string":
	case want != "" && got != want:
		t.Fatalf("%s is a %s, expected %s", fd.FullName(), got, want)
	case typ.Leaf == numbers.Enum:
		checkEnum(t, below, fd.Enum())
	case want == "":
		checkMessage(t, below, fd.Message())
	}
}

func checkEnum(t fataler, s *numbers.Scope, d protoreflect.EnumDescriptor) {
	if d.Values().Len() != len(s.Fields)+1 || !strings.HasSuffix(string(d.Values().ByNumber(0).Name()), "_UNSPECIFIED") {
		t.Fatalf("%s has %d values, expected %d and zero", d.FullName(), d.Values().Len(), len(s.Fields))
	}
	for _, member := range s.Fields {
		if d.Values().ByNumber(protoreflect.EnumNumber(member.Number)) == nil {
			t.Fatalf("%s has no number %d", d.FullName(), member.Number)
		}
	}
	for _, e := range s.Reserved {
		if !d.ReservedRanges().Has(protoreflect.EnumNumber(e.Number)) {
			t.Fatalf("%s does not reserve %s", d.FullName(), e)
		}
	}
}

func TestGenerate_RandomHistoriesCompileAndReserve(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := contracttest.Contract().Draw(t, "contract")
		var ledgers []numbers.Ledger
		var ledger numbers.Ledger
		for range 3 {
			m := model(ledgers, c)
			files, err := codegen.Job{Target: Target{}, Options: codegen.Options{optionPackage: "events", optionTimestamps: "message"}}.Files(m)
			if err != nil {
				t.Fatalf("%v\n%s\n%s", err, c.File.Data, contents(files))
			}
			checkPlan(t, m.Events[0], files[0])
			again, err := codegen.Job{Target: Target{}, Options: codegen.Options{optionPackage: "events", optionTimestamps: "message"}}.Files(model(ledgers, c))
			if err != nil || string(again[0].Content) != string(files[0].Content) {
				t.Fatalf("the second run differs: %v", err)
			}
			ledger = numbers.Allocate(ledger, c)
			ledgers = append(ledgers, ledger)
			c = contracttest.Edit(c).Draw(t, "edited")
		}
	})
}

func contents(files []codegen.File) string {
	var b strings.Builder
	for _, f := range files {
		b.Write(f.Content)
	}
	return b.String()
}

// payloadIsJSONForm reports whether the contract stays clear of everything whose
// JSON form in protobuf is another one.
func payloadIsJSONForm(s *numbers.Scope) bool {
	return !slices.ContainsFunc(s.Fields, func(f numbers.Field) bool {
		switch {
		case f.Kind == numbers.Extra, !expressible(f.Name), len(f.Type.Wraps) > 1:
			return true
		case f.Type.Leaf == numbers.Enum, f.Type.Leaf == numbers.Union, f.Type.Leaf == numbers.Timestamp:
			return true
		case f.Type.Leaf == numbers.Int64 && f.Type.Schema.Maximum == nil && f.Type.Schema.ExclusiveMaximum == nil:
			return true // may be larger
		case f.Type.Leaf == numbers.Any && len(f.Type.Wraps) == 1 && f.Property != nil && f.Property.Schema.AcceptsNull():
			return true // protojson takes null for a Value here, and not for a list that is not there
		}
		return f.Scope != nil && !payloadIsJSONForm(f.Scope)
	})
}

func TestGenerate_PayloadsAreTheJSONForm(t *testing.T) {
	checked := 0
	rapid.Check(t, func(t *rapid.T) {
		c := contracttest.Contract().Draw(t, "contract")
		plan, _ := numbers.Plan(numbers.Ledger{}, c)
		if !payloadIsJSONForm(plan) {
			return
		}
		files, err := codegen.Job{Target: Target{}, Options: codegen.Options{optionPackage: "events"}}.Files(model(nil, c))
		if err != nil {
			t.Fatal(err)
		}
		payload := contracttest.Payload(c).Draw(t, "payload")
		message := dynamicpb.NewMessage(descriptor(t, files[0]))
		if err := protojson.Unmarshal(payload, message); err != nil {
			t.Fatalf("%v\n%s\n%s", err, payload, files[0].Content)
		}
		checked++
	})
	if checked == 0 {
		t.Error("no contract was checked")
	}
}

func TestGenerate_DeepNestingCompiles(t *testing.T) {
	for _, layer := range []struct{ open, close string }{
		{"{type: object, properties: {a: ", "}}"},
		{"{type: array, items: ", "}"},
		{"{oneOf: {a: ", "}}"},
		{"{type: map, values: ", "}"},
	} {
		const levels = 33
		schema := strings.Repeat(layer.open, levels) + "{type: string, enum: [x]}" + strings.Repeat(layer.close, levels)
		c := read(t, "event.yaml", []byte("event: a.b\nversion: 1.0.0\nproperties: {x: "+schema+"}\n"))
		m := model(nil, c)
		files, err := codegen.Job{Target: Target{}, Options: options(t, nil)}.Files(m)
		if err != nil {
			t.Fatalf("%s: %v", layer.open, err)
		}
		checkPlan(t, m.Events[0], files[0])
	}
}

func TestGenerate_RefusesContradictingLedgers(t *testing.T) {
	c := read(t, "event.yaml", []byte("event: cart.updated\nversion: 1.0.0\nproperties: {a: {type: string}}\n"))
	_, err := codegen.Job{Target: Target{}, Options: options(t, nil)}.Files(model([]numbers.Ledger{
		released(t, `{"event":{"1":"string a"}}`), released(t, `{"event":{"1":"string b"}}`),
	}, c))
	want := `generate protobuf: event "cart.updated": released versions disagree: number 1 of event is "string a" in one version and "string b" in another`
	if err == nil || err.Error() != want {
		t.Errorf("error is %v, expected %s", err, want)
	}
}

func TestGenerate_ChecksOptions(t *testing.T) {
	for name, value := range map[string]string{
		"package": "Shop.Events", "go_package": "example.com/a b", "java_package": "com..example",
	} {
		_, err := codegen.Job{Target: Target{}, Options: options(t, map[string]string{name: value})}.Files(model(nil))
		if err == nil || !strings.HasPrefix(err.Error(), fmt.Sprintf("generate protobuf: option %s is %q, expected ", name, value)) {
			t.Errorf("%s: error is %v", name, err)
		}
	}
}

func TestCompile_ReportsEveryProblemWithItsPlace(t *testing.T) {
	err := compile([]codegen.File{
		{Path: "b.proto", Content: []byte("syntax = \"proto3\";\nmessage A {\n  Missing a = 1;\n  Absent b = 2;\n}\n")},
		{Path: "a.proto", Content: []byte("syntax = \"proto3\";\nmessage B {\n  Other a = 1;\n}\n")},
	})
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{"generated protobuf does not compile: a.proto:3:3: ", "; b.proto:3:3: ", "; b.proto:4:3: "} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("error is %v, expected %q in it", err, want)
		}
	}
}

func TestCompile_ReportsBadSyntaxWithItsPlace(t *testing.T) {
	err := compile([]codegen.File{{Path: "a.proto", Content: []byte("syntax = \"proto3\";\nmessage {\n")}})
	if err == nil || !strings.HasPrefix(err.Error(), "generated protobuf does not compile: a.proto:2:9: ") {
		t.Errorf("error is %v", err)
	}
}

func TestValuePrefix_IsHowLintersSplitNames(t *testing.T) {
	for enum, want := range map[string]string{
		"OrderStatus": "ORDER_STATUS_", "ABCItem": "ABC_ITEM_", "AItem": "A_ITEM_", "Line1Kind": "LINE1_KIND_", "N1": "N1_",
		"U540dU672c": "U540D_U672C_", "Line12ab": "LINE12AB_", "XAbcY": "X_ABC_Y_", "ABc": "A_BC_", "Status": "STATUS_",
	} {
		if got := valuePrefix(enum); got != want {
			t.Errorf("%s: %s, expected %s", enum, got, want)
		}
	}
}

func TestJSONName_IsWhatTheCompilerDerives(t *testing.T) {
	names := []string{"a", "a_b", "a_1", "a1_b", "order_id_2", "u65e5_u672c", "a_b_c"}
	var b strings.Builder
	b.WriteString("syntax = \"proto3\";\nmessage M {\n")
	for i, name := range names {
		fmt.Fprintf(&b, "  string %s = %d;\n", name, i+1)
	}
	b.WriteString("}\n")
	d := descriptor(t, codegen.File{Path: "m.proto", Content: []byte(b.String())})
	for i, name := range names {
		if got, want := jsonName(name), d.Fields().Get(i).JSONName(); got != want {
			t.Errorf("%s: %q, expected %q", name, got, want)
		}
	}
}

func BenchmarkGenerate(b *testing.B) {
	data, err := os.ReadFile("testdata/cases/order/event.yaml")
	if err != nil {
		b.Fatal(err)
	}
	var events []*contracts.Contract
	for i := range 200 {
		events = append(events, read(b, "event.yaml", []byte(strings.Replace(string(data), "order.completed", fmt.Sprintf("order.completed%d", i), 1))))
	}
	m := model(nil, events...)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := (codegen.Job{Target: Target{}, Options: options(b, nil)}).Files(m); err != nil {
			b.Fatal(err)
		}
	}
}
