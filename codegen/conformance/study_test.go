package conformance

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/codegen/codegentest"
	"github.com/evctl/evctl/codegen/golang"
	"github.com/evctl/evctl/codegen/jsonschema"
	"github.com/evctl/evctl/codegen/typescript"
	"github.com/evctl/evctl/contracts/payload"
	"github.com/evctl/evctl/contracts/schema"
)

const (
	shop    = "../../testdata/shop"
	torture = "../testdata/torture"
	edges   = "../golang/testdata/edges"
	// node has the programs of Node.js.
	node = "../typescript/testdata"
)

// study is everything that decides on the payloads of a model, made once.
type study struct {
	subjects map[string]*subject
	program  string // of generated Go
	modules  string // of generated TypeScript
}

// subject is an event before those that decide in this process.
type subject struct {
	registry *payload.Validator
	schema   []byte            // as emitted
	newest   *schema.Reference // santhosh v5 with the schema of 2020-12
	draft07  *schema.Reference // santhosh v5 with that of draft 7
	unheld   bool              // the schema has a number that a double does not hold
}

func newStudy(t *testing.T, m *codegen.Model) *study {
	t.Helper()
	s := &study{subjects: map[string]*subject{}, program: goProgram(t, m), modules: codegentest.JavaScript(t, node, typescript.Target{}, m)}
	newest, draft07 := schemas(t, m, "2020-12"), schemas(t, m, "draft-07")
	for _, e := range m.Events {
		registry, err := payload.Compile(e.Contract)
		if err != nil {
			t.Fatal(err)
		}
		path := codegen.Stem(e.Name.Snake()) + ".schema.json"
		s.subjects[e.Contract.Name] = &subject{
			registry: registry, schema: newest[path], newest: reference(t, newest[path]), draft07: reference(t, draft07[path]),
			unheld: unheld(decode(t, string(newest[path]))),
		}
	}
	return s
}

// schemas are the files of the target by path.
func schemas(t *testing.T, m *codegen.Model, draft string) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	for _, f := range codegentest.Files(t, jsonschema.Target{}, m, map[string]string{"draft": draft}) {
		files[f.Path] = f.Content
	}
	return files
}

func reference(t *testing.T, document []byte) *schema.Reference {
	t.Helper()
	r, err := schema.Compile(document)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// executable is what the program is called; Windows wants the extension.
const executable = "program.exe"

// goProgram builds testdata/program.go around the Go of a model.
func goProgram(t *testing.T, m *codegen.Model) string {
	t.Helper()
	module := t.TempDir()
	for pkg, options := range map[string]map[string]string{
		"usual": {"package": "usual", "tracker": "false"},
		"exact": {"package": "exact", "tracker": "false", "integer": "json.Number", "number": "json.Number", "formats": "string"},
	} {
		codegentest.Write(t, filepath.Join(module, pkg), codegentest.Files(t, golang.Target{}, m, options))
	}
	main, err := os.ReadFile("testdata/program.go")
	if err != nil {
		t.Fatal(err)
	}
	codegentest.Write(t, module, []codegen.File{{Path: "main.go", Content: main}, {Path: "go.mod", Content: []byte("module generated\n\ngo 1.24\n")}})
	t.Setenv("GOFLAGS", "-mod=mod")
	t.Setenv("GOWORK", "off")
	codegentest.Run(t, module, nil, "go", "build", "-o", executable, ".")
	return filepath.Join(module, executable)
}

// goAnswer is what testdata/program.go says of a payload.
type goAnswer struct{ Usual, Exact goVerdict }

// goVerdict is what one package of generated Go says. Fault is empty when the payload is
// valid, and Written what it is then written as.
type goVerdict struct{ Fault, Written string }

func (s *study) askGo(t *testing.T, samples []codegentest.Sample) []goAnswer {
	t.Helper()
	return codegentest.Answers[goAnswer](t, codegentest.Run(t, "", codegentest.Lines(t, samples...), s.program), len(samples))
}

func (s *study) askNode(t *testing.T, samples []codegentest.Sample) []codegentest.Answer {
	t.Helper()
	schemas := map[string]json.RawMessage{}
	for name, subject := range s.subjects {
		schemas[name] = subject.schema
	}
	return codegentest.AskNode(t, node, s.modules, schemas, samples)
}
