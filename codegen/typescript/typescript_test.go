package typescript

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/codegen/codegentest"
)

const (
	torture = "../testdata/torture"
	shop    = "../../testdata/shop"
)

// TestGenerate_CompilesAndIsFormatted gives everything that is generated, and all
// examples as values of its types, to the compiler and to prettier.
func TestGenerate_CompilesAndIsFormatted(t *testing.T) {
	tools := node(t)
	for _, dir := range []string{torture, shop} {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			m := codegentest.Model(t, dir)
			out := t.TempDir()
			codegentest.Write(t, filepath.Join(out, "src"), codegentest.Files(t, Target{}, m, nil))
			compile(t, tools, out, examples(t, m))
			formatted(t, tools, out)
		})
	}
}

// TestGenerate_RandomContractsCompileAndAreFormatted does the same with contracts
// over the whole grammar of the language.
func TestGenerate_RandomContractsCompileAndAreFormatted(t *testing.T) {
	tools := node(t)
	m, payloads := codegentest.Random(t, 80, 1)
	out := t.TempDir()
	codegentest.Write(t, filepath.Join(out, "src"), codegentest.Files(t, Target{}, m, nil))
	var b strings.Builder
	b.WriteString(importPayloads)
	for i, e := range m.Events {
		if inherits(e) {
			continue
		}
		for j, payload := range payloads[e.Contract.Name] {
			fmt.Fprintf(&b, "export const x%d_%d: EventPayloads[%s] = %s;\n", i, j, quote(e.Contract.Name), payload)
		}
	}
	compile(t, tools, out, b.String())
	formatted(t, tools, out)
}

// inherits reports whether an event has an optional property that every JavaScript
// object inherits: see the package documentation.
func inherits(e *codegen.Event) bool {
	for _, typ := range e.Reach {
		for _, f := range typ.Fields {
			if !f.Required && slices.Contains([]string{"constructor", "toString", "valueOf", "hasOwnProperty"}, f.Wire) {
				return true
			}
		}
	}
	return false
}

const importPayloads = "import type { EventPayloads } from \"./src/index.js\";\n\n"

// TestGenerate_RefusesWhatTheContractRefuses expects a compile error for each
// value; tsc reports expectations that do not come true.
func TestGenerate_RefusesWhatTheContractRefuses(t *testing.T) {
	tools := node(t)
	out := t.TempDir()
	codegentest.Write(t, filepath.Join(out, "src"), codegentest.Files(t, Target{}, codegentest.Model(t, torture), nil))
	var b strings.Builder
	b.WriteString("import type { EventPayloads, Card2, TortureEnumsOpen, TortureUnionsPayment } from \"./src/index.js\";\n\n")
	for i, wrong := range []struct{ typ, value string }{
		{`EventPayloads["no.such.event"]`, `{}`},
		{`Card2`, `{}`},
		{`Card2`, `{number: null}`},
		{`Card2`, `{number: "1", holder: undefined}`},
		{`Card2`, `{number: "1", owner: "undeclared"}`},
		{`EventPayloads["torture.enums"]["closed"]`, `"GBP"`},
		{`EventPayloads["torture.enums"]["closed"]`, `null`},
		{`EventPayloads["torture.enums"]["numbers"]`, `2`},
		{`TortureEnumsOpen`, `1`},
		{`TortureUnionsPayment`, `{number: "1"}`},
		{`TortureUnionsPayment`, `{method: "cash", number: "1"}`},
		{`TortureUnionsPayment`, `{method: "invoice", number: "1"}`},
		{`EventPayloads["torture.every_type"]["list"]`, `[1]`},
		{`EventPayloads["torture.every_type"]["map"]`, `{a: null}`},
		{`NonNullable<EventPayloads["torture.every_type"]["object_of_numbers"]>`, `{a: "b"}`},
		{`NonNullable<EventPayloads["torture.every_type"]["object_empty"]>`, `{a: "b"}`},
	} {
		fmt.Fprintf(&b, "// @ts-expect-error\nexport const wrong%d: %s = %s;\n", i, wrong.typ, wrong.value)
	}
	compile(t, tools, out, b.String())
}

// toolchain is the compiler and the formatter.
type toolchain struct{ tsc, prettier []string }

// node installs the tools that the tests run, once. Without Node.js the test is
// skipped on a developer's machine and fails in continuous integration.
func node(t testing.TB) toolchain {
	t.Helper()
	modules := filepath.Join(installed(t, "testdata/node"), "node_modules")
	return toolchain{
		tsc:      []string{"node", filepath.Join(modules, "typescript", "bin", "tsc")},
		prettier: []string{"node", filepath.Join(modules, "prettier", "bin", "prettier.cjs")},
	}
}

// installed is a folder with its Node.js packages.
func installed(t testing.TB, folder string) string { return codegentest.NodePackages(t, folder) }

// compile runs tsc over the generated modules and one more.
func compile(t *testing.T, tools toolchain, out, module string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(out, "check.ts"), []byte(module), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(out, "package.json"), []byte(`{"type": "module"}`), 0o644); err != nil {
		t.Fatal(err)
	}
	run(t, out, tools.tsc, append(slices.Clone(strictest), "check.ts", "src/index.ts", "src/tracker.ts")...)
}

// strictest are the settings of projects that want to know. Generated code lives in the
// projects of others: what one of them forbids must not stand in it. Neither types of
// browsers nor those of Node.js are there.
var strictest = []string{
	"--noEmit", "--strict", "--exactOptionalPropertyTypes", "--noUncheckedIndexedAccess", "--noPropertyAccessFromIndexSignature",
	"--noImplicitReturns", "--noImplicitOverride", "--noFallthroughCasesInSwitch", "--noUnusedLocals", "--noUnusedParameters",
	"--allowUnreachableCode", "false", "--verbatimModuleSyntax", "--isolatedModules", "--isolatedDeclarations", "--declaration",
	"--erasableSyntaxOnly", "--target", "es2020", "--lib", "es2020", "--module", "nodenext", "--types", "",
}

// formatted lets prettier write the modules, which must not change.
func formatted(t *testing.T, tools toolchain, out string) {
	t.Helper()
	before := contents(t, out)
	run(t, out, tools.prettier, "--write", "--log-level=warn", "src")
	if diff := cmp.Diff(contents(t, out), before); diff != "" {
		t.Errorf("prettier disagrees (-prettier +evctl):\n%s", diff)
	}
}

func contents(t *testing.T, out string) map[string]string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(out, "src", "*.ts"))
	if err != nil || len(files) == 0 {
		t.Fatal("no modules", err)
	}
	texts := map[string]string{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		texts[filepath.Base(file)] = string(text)
	}
	return texts
}

// examples is a module that assigns every example of the contracts to its type.
func examples(t *testing.T, m *codegen.Model) string {
	t.Helper()
	var b strings.Builder
	b.WriteString(importPayloads)
	n := 0
	for _, e := range m.Events {
		for _, x := range e.Contract.Payload.Examples {
			n++
			fmt.Fprintf(&b, "export const x%d: EventPayloads[%s] = %s;\n", n, quote(e.Contract.Name), x.JSON)
		}
	}
	if n < 10 {
		t.Fatalf("only %d examples", n)
	}
	return b.String()
}

// patience is how long a program may take before it is taken for stuck.
const patience = 3 * time.Minute

func run(t testing.TB, dir string, command []string, args ...string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, command[0], append(command[1:len(command):len(command)], args...)...)
	cmd.Dir = dir
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(command, " "), err, out.Bytes())
	}
}
