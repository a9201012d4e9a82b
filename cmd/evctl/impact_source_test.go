package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/codegen/codegentest"
	"github.com/evctl/evctl/codegen/golang"
	"github.com/evctl/evctl/codegen/typescript"
	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
)

// programs are written against the code that is generated from the old properties of a
// row of lint/compat/README.md, by the row's edit.
var programs = map[string]struct{ golang, typescript string }{
	"an optional property is added":         {reading("Optional[string]", "A"), reads("string | undefined", "a") + makes(`{ a: "x" }`)},
	"a required property is added":          {"var used = NewShopVisited()\n", makes(`{ a: "x" }`)},
	"a property is removed":                 {reading("Optional[string]", "B"), reads("string | undefined", "b")},
	"a property is renamed":                 {reading("Optional[string]", "A"), reads("string | undefined", "a")},
	"the name in code changes":              {reading("Optional[string]", "A"), reads("string | undefined", "a")},
	"an optional scalar becomes required":   {reading("Optional[string]", "A"), makes(`{}`)},
	"an optional list becomes required":     {"var used = NewShopVisited()\n", makes(`{}`)},
	"a required scalar becomes optional":    {reading("string", "A"), reads("string", "a")},
	"a required property becomes nullable":  {reading("string", "A"), reads("string", "a")},
	"an optional list becomes nullable":     {reading("[]string", "A"), reads("string[] | undefined", "a")},
	"items become nullable":                 {reading("[]string", "A"), reads("string[] | undefined", "a")},
	"integer becomes number":                {reading("Optional[int64]", "A"), reads("number | undefined", "a")},
	"number becomes integer":                {reading("Optional[float64]", "A"), reads("number | undefined", "a")},
	"number becomes string":                 {reading("Optional[float64]", "A"), reads("number | undefined", "a")},
	"string becomes anything":               {reading("Optional[string]", "A"), reads("string | undefined", "a")},
	"string becomes string or integer":      {reading("Optional[string]", "A"), reads("string | undefined", "a")},
	"integers beyond 64 bits with a sign":   {reading("Optional[int64]", "A"), reads("number | undefined", "a")},
	"a limit is tightened":                  {reading("Optional[int64]", "A"), reads("number | undefined", "a")},
	"a text becomes a time":                 {reading("Optional[string]", "A"), reads("string | undefined", "a")},
	"a text becomes an enum":                {reading("Optional[string]", "A"), makes(`{ a: "y" }`)},
	"an enum becomes a text":                {reading("Optional[ShopVisitedA]", "A"), reads(`"x" | undefined`, "a")},
	"a value is added to an enum":           {"var used = ShopVisitedAX\n", makes(`{ a: "x" }`)},
	"a value is removed from an enum":       {"var used = ShopVisitedAY\n", makes(`{ a: "y" }`)},
	"an enum is opened":                     {"var used = ShopVisitedAX\n", reads(`"x" | undefined`, "a")},
	"an enum is closed":                     {"var used = ShopVisitedAX\n", makes(`{ a: "z" }`)},
	"a nested property is removed":          {reading("Optional[string]", "A.Value.C"), makes(`{ a: { c: "x" } }`)},
	"the type of a map's values changes":    {reading("map[string]string", "A"), makes(`{ a: { k: "x" } }`)},
	"the type of items changes":             {reading("[]string", "A"), makes(`{ a: ["x"] }`)},
	"a free object gets its first property": {reading("map[string]json.RawMessage", "A"), makes(`{ a: { b: 1 } }`)},
	"an object is opened":                   {reading("Optional[string]", "A.Value.B"), makes(`{ a: { b: "x" } }`)},
	"an object is closed":                   {reading("map[string]json.RawMessage", "A.Value.Extra"), makes(`{ a: { z: 1 } }`)},
	"a variant is added":                    {"var used ShopVisitedAX\n", makes(`{ a: "x" }`)},
	"a variant is removed":                  {"var used ShopVisitedAY\n", makes(`{ a: 1 }`)},
	"a variant is renamed":                  {"var used ShopVisitedAX\n", `import type { ShopVisitedAX } from "./index.js";` + "\nexport type Used = ShopVisitedAX;\n"},
	"another discriminator":                 {"var used ShopVisitedAX\n", makes(`{ a: { k: "x" } }`)},
	"anyOf becomes oneOf":                   {"var used ShopVisitedAX\n", makes(`{ a: "x" }`)},
	"the unit changes":                      {reading("Optional[float64]", "A"), makes(`{ a: 1 }`)},
}

func reading(typ, field string) string {
	return fmt.Sprintf("func used(v ShopVisited) %s { return v.%s }\n", typ, field)
}

func reads(typ, member string) string {
	return fmt.Sprintf("import type { ShopVisited as Read } from \"./index.js\";\nexport const used = (v: Read): %s => v.%s;\n", typ, member)
}

func makes(value string) string {
	return fmt.Sprintf("import type { ShopVisited as Made } from \"./index.js\";\nexport const made: Made = %s;\n", value)
}

// TestImpact_OnSourceIsWhatCompilersSay holds the table of lint/compat to the real
// generators and compilers: a program that was written against the old code compiles
// with the new one where the table says so, and nowhere else.
func TestImpact_OnSourceIsWhatCompilersSay(t *testing.T) {
	table, err := os.ReadFile(filepath.Join(repositoryRoot(t), "lint", "compat", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	w := sourceRun{t: t, dir: t.TempDir()}
	w.write("go/go.mod", "module used\n\ngo 1.26\n")
	w.write("ts/package.json", `{"type": "module"}`)
	answers := map[string][]string{} // by folder: the edit, and what the table says of Go and TypeScript
	for line := range strings.Lines(string(table)) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), " | ")
		for i := range cells {
			cells[i] = strings.Trim(strings.TrimSpace(cells[i]), "`")
		}
		if len(cells) != 8 || programs[cells[0]].golang == "" {
			continue
		}
		folder := fmt.Sprintf("row%d", len(answers))
		answers[folder] = []string{cells[0], cells[5], cells[6]}
		w.generate(folder+"/old", cells[0], cells[1])
		w.generate(folder+"/new", cells[0], cells[2])
	}
	if len(answers) != len(programs) {
		t.Fatalf("the table has %d of %d edits", len(answers), len(programs))
	}
	goFailed, tsFailed := w.compileGo(), w.compileTypeScript()
	for folder, answer := range answers {
		for i, failed := range []map[string]string{goFailed, tsFailed} {
			if failed == nil {
				continue
			}
			language := []string{"Go", "TypeScript"}[i]
			if text, broken := failed[folder+"/old"]; broken {
				t.Errorf("%s: the %s program does not compile with the old code: %s", answer[0], language, text)
			}
			if text, broken := failed[folder+"/new"]; broken != (answer[i+1] == "breaking") {
				t.Errorf("%s: the table says %s for %s, and the compiler: %q", answer[0], answer[i+1], language, text)
			}
		}
	}
}

// sourceRun is a folder with generated code and the programs that use it.
type sourceRun struct {
	t   *testing.T
	dir string
}

func (w *sourceRun) write(path, text string) {
	w.t.Helper()
	path = filepath.Join(w.dir, filepath.FromSlash(path))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		w.t.Fatal(err)
	}
}

// generate writes the code of an event with the given properties and the programs of
// the edit beside it.
func (w *sourceRun) generate(folder, edit, properties string) {
	w.t.Helper()
	c, diags := contracts.Parse(diag.NewFile("a.yaml", []byte("event: shop.visited\nversion: 1.0.0\nproperties: {"+properties+"}\n")))
	library, _ := contracts.NewLibrary(nil)
	if c == nil || len(append(diags, library.Link(c)...)) > 0 {
		w.t.Fatalf("%s: %s is no contract", edit, properties)
	}
	model := codegen.NewModel(codegen.Source{Events: []*contracts.Contract{c}})
	for _, f := range codegentest.Files(w.t, golang.Target{}, model, nil) {
		w.write("go/"+folder+"/"+f.Path, string(f.Content))
	}
	for _, f := range codegentest.Files(w.t, typescript.Target{}, model, nil) {
		w.write("ts/"+folder+"/"+f.Path, string(f.Content))
	}
	program := "package events\n\n" + programs[edit].golang
	if strings.Contains(program, "json.") {
		program = strings.Replace(program, "package events\n", "package events\n\nimport \"encoding/json\"\n", 1)
	}
	w.write("go/"+folder+"/used.go", program)
	w.write("ts/"+folder+"/used.ts", programs[edit].typescript)
}

// compileGo builds all packages and returns what the compiler says, by folder.
func (w *sourceRun) compileGo() map[string]string {
	w.t.Helper()
	cmd := exec.Command("go", "build", "./...")
	cmd.Dir = filepath.Join(w.dir, "go")
	out, err := cmd.CombinedOutput()
	if err == nil {
		w.t.Fatal("every program compiles")
	}
	failed, folder := map[string]string{}, ""
	for line := range strings.Lines(string(out)) {
		if name, ok := strings.CutPrefix(line, "# used/"); ok {
			folder = strings.TrimSpace(name)
			continue
		}
		if folder == "" {
			w.t.Fatalf("go build: %s", out)
		}
		failed[folder] += line
	}
	return failed
}

// compileTypeScript checks all modules and returns what the compiler says, by folder.
// It is nil on a machine without npm.
func (w *sourceRun) compileTypeScript() map[string]string {
	w.t.Helper()
	if _, err := exec.LookPath("npm"); err != nil {
		if os.Getenv("CI") != "" {
			w.t.Fatal("npm is not installed, which continuous integration needs for TypeScript")
		}
		w.t.Log("npm is not installed: TypeScript is not compiled")
		return nil
	}
	pinned := filepath.Join(repositoryRoot(w.t), "codegen", "typescript", "testdata", "node")
	for _, name := range []string{"package.json", "package-lock.json"} {
		text, err := os.ReadFile(filepath.Join(pinned, name))
		if err != nil {
			w.t.Fatal(err)
		}
		w.write("tools/"+name, string(text))
	}
	install := exec.Command("npm", "ci", "--no-audit", "--no-fund", "--prefer-offline")
	install.Dir = filepath.Join(w.dir, "tools")
	if out, err := install.CombinedOutput(); err != nil {
		w.t.Fatalf("npm ci: %v\n%s", err, out)
	}
	files, err := filepath.Glob(filepath.Join(w.dir, "ts", "row*", "*", "used.ts"))
	if err != nil || len(files) == 0 {
		w.t.Fatalf("no programs: %v", err)
	}
	args := []string{filepath.Join(w.dir, "tools", "node_modules", "typescript", "bin", "tsc"), "--noEmit", "--strict", "--target", "es2022", "--module", "nodenext", "--types", ""}
	cmd := exec.Command("node", append(args, files...)...)
	cmd.Dir = filepath.Join(w.dir, "ts")
	out, err := cmd.CombinedOutput()
	if err == nil {
		w.t.Fatal("every program compiles")
	}
	failed := map[string]string{}
	for line := range strings.Lines(string(out)) {
		path, message, ok := strings.Cut(line, "(")
		if folder := filepath.ToSlash(filepath.Dir(path)); ok && strings.HasPrefix(folder, "row") {
			failed[folder] += message
			continue
		}
		if !strings.HasPrefix(line, " ") && strings.TrimSpace(line) != "" {
			w.t.Fatalf("tsc: %s", out)
		}
	}
	return failed
}
