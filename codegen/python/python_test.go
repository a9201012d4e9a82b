package python

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/codegen/codegentest"
	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/contracttest"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/payload"
)

const (
	torture = "../testdata/torture"
	shop    = "../../testdata/shop"
)

// models are what the tests generate from.
func models(t *testing.T) map[string]*codegen.Model {
	t.Helper()
	random, _ := codegentest.Random(t, 80, 1)
	return map[string]*codegen.Model{"torture": codegentest.Model(t, torture), "shop": codegentest.Model(t, shop), "drawn": random}
}

// TestGenerate_PassesMypyStrict checks the types of everything that is generated, and of
// programs that use it.
func TestGenerate_PassesMypyStrict(t *testing.T) {
	python := codegentest.Python(t)
	dir := t.TempDir()
	args := []string{"-m", "mypy", "--strict", "--warn-unreachable", "--python-version", "3.10", "--cache-dir", filepath.Join(dir, ".cache")}
	for name, m := range models(t) {
		codegentest.Write(t, filepath.Join(dir, name), codegentest.Files(t, Target{}, m, nil))
		args = append(args, "-p", name)
	}
	codegentest.Run(t, dir, nil, python, args...)
	program, err := os.ReadFile("testdata/program.py")
	if err != nil {
		t.Fatal(err)
	}
	codegentest.Write(t, dir, []codegen.File{{Path: "program.py", Content: program}})
	codegentest.Run(t, dir, nil, python, append(args[:8:8], "program.py")...)
	if out := codegentest.Run(t, dir, nil, python, "program.py"); !bytes.Contains(out, []byte("ok")) {
		t.Errorf("got %s", out)
	}
}

// TestGenerate_KeepsModulesApartFromItsOwn names events and definitions after what the
// modules import and what Python has.
func TestGenerate_KeepsModulesApartFromItsOwn(t *testing.T) {
	var events []*contracts.Contract
	var definitions []*contracts.Contract
	names := []string{"runtime", "enum", "typing", "dataclasses", "json", "decode", "init", "import", "str", "unset"}
	for _, name := range names {
		definitions = append(definitions, parse(t, "define: "+name+"_\ntype: object\nproperties: {list: {type: array, items: {type: string}}, str: {type: string}, cls: {type: integer}}\n"))
	}
	library, diags := contracts.NewLibrary(definitions)
	for _, name := range names {
		c := parse(t, "event: "+name+"\nversion: 1.0.0\nproperties: {runtime: {$ref: runtime_, required: true}, enum: {$ref: enum_}, typing: {$ref: typing_}, dataclasses: {$ref: dataclasses_}}\n")
		diags = append(diags, library.Link(c)...)
		events = append(events, c)
	}
	if len(diags) > 0 {
		t.Fatal(diags[0].Message)
	}
	m := codegen.NewModel(codegen.Source{Events: events})
	var list []given
	for _, name := range names {
		list = append(list, given{name, json.RawMessage(`{"runtime": {"list": ["a"], "cls": 1}, "typing": {"str": "x"}}`)})
	}
	for i, r := range run(t, m, list) {
		if r.Pointer != nil || cmp.Diff(canonical(t, list[i].Payload), canonical(t, r.Payload)) != "" {
			t.Errorf("%s: got %s", list[i].Event, r.Payload)
		}
	}
	dir := t.TempDir()
	codegentest.Write(t, filepath.Join(dir, "plan"), codegentest.Files(t, Target{}, m, nil))
	codegentest.Run(t, dir, nil, codegentest.Python(t), "-m", "mypy", "--strict", "--cache-dir", filepath.Join(dir, ".cache"), "-p", "plan")
}

func parse(t *testing.T, text string) *contracts.Contract {
	t.Helper()
	c, diags := contracts.Parse(diag.NewFile("x.yaml", []byte(text)))
	if len(diags) > 0 {
		t.Fatalf("%s: %s", text, diags[0].Message)
	}
	return c
}

type given struct {
	Event   string          `json:"event"`
	Payload json.RawMessage `json:"payload"`
}

type result struct {
	Payload json.RawMessage `json:"payload"`
	Pointer *string         `json:"pointer"`
}

// run reads payloads with the package generated from a model.
func run(t *testing.T, m *codegen.Model, list []given) []result {
	t.Helper()
	dir := t.TempDir()
	codegentest.Write(t, filepath.Join(dir, "plan"), codegentest.Files(t, Target{}, m, nil))
	program, err := os.ReadFile("testdata/payloads.py")
	if err != nil {
		t.Fatal(err)
	}
	codegentest.Write(t, dir, []codegen.File{{Path: "payloads.py", Content: program}})
	input, err := json.Marshal(list)
	if err != nil {
		t.Fatal(err)
	}
	var results []result
	out := codegentest.Run(t, dir, input, codegentest.Python(t), "payloads.py")
	if err := json.Unmarshal(out, &results); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return results
}

// TestGenerate_ReadsAndWritesWhatIsValid gives payloads that the registry accepts to the
// classes, and wants the same JSON back.
func TestGenerate_ReadsAndWritesWhatIsValid(t *testing.T) {
	for name, m := range models(t) {
		t.Run(name, func(t *testing.T) {
			var list []given
			for _, e := range m.Events {
				v, err := payload.Compile(e.Contract)
				if err != nil {
					t.Fatal(err)
				}
				for seed := range 20 {
					if raw := contracttest.Payload(e.Contract).Example(seed); v.Valid(raw) {
						list = append(list, given{e.Contract.Name, raw})
					}
				}
			}
			if len(list) < 200 {
				t.Errorf("only %d payloads", len(list))
			}
			for i, r := range run(t, m, list) {
				if r.Pointer != nil {
					t.Errorf("%s: refused at %q: %s", list[i].Event, *r.Pointer, list[i].Payload)
				} else if diff := cmp.Diff(canonical(t, list[i].Payload), canonical(t, r.Payload)); diff != "" {
					t.Errorf("%s (-want +got):\n%s", list[i].Event, diff)
				}
			}
		})
	}
}

// TestGenerate_RefusesWhatHasAnotherStructure gives damaged examples of the demo workspace
// to the classes.
func TestGenerate_RefusesWhatHasAnotherStructure(t *testing.T) {
	m := codegentest.Model(t, shop)
	var list []given
	var want []string
	for _, e := range m.Events {
		for _, x := range e.Contract.Payload.Examples {
			for _, f := range e.Payload.Fields {
				if f.Type.Kind == codegen.Any {
					continue
				}
				var object map[string]any
				if err := json.Unmarshal([]byte(x.JSON), &object); err != nil {
					t.Fatal(err)
				}
				add := func(pointer string) {
					raw, err := json.Marshal(object)
					if err != nil {
						t.Fatal(err)
					}
					list, want = append(list, given{e.Contract.Name, raw}), append(want, pointer)
				}
				at := "/" + contracts.EscapePointer(f.Wire)
				object[f.Wire] = []any{[]any{}}
				add(at)
				if !f.Type.Nullable {
					object[f.Wire] = nil
					add(at)
				}
				if delete(object, f.Wire); f.Required {
					add("")
				}
				object["not declared"] = 1
				if _, present := object[f.Wire]; !f.Required && !present {
					add("/not declared")
				}
			}
		}
	}
	for i, r := range run(t, m, list) {
		if r.Pointer == nil {
			t.Errorf("%s takes %s", list[i].Event, list[i].Payload)
		} else if !bytes.HasPrefix([]byte(*r.Pointer), []byte(want[i])) {
			t.Errorf("%s: refused at %q, expected %q: %s", list[i].Event, *r.Pointer, want[i], list[i].Payload)
		}
	}
	if len(list) < 200 {
		t.Errorf("only %d payloads", len(list))
	}
}

// canonical is a JSON value in which 1, 1.0 and 1e0 are the same number, as float64 has
// it: Python writes what float has.
func canonical(t *testing.T, raw []byte) any {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%v: %s", err, raw)
	}
	return numbers(v)
}

func numbers(v any) any {
	switch v := v.(type) {
	case json.Number:
		f, _ := contracts.Decimal(v).Rat().Float64()
		return f
	case []any:
		for i := range v {
			v[i] = numbers(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = numbers(v[k])
		}
	}
	return v
}
