package codegentest

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/evctl/evctl/codegen"
)

// NodePackages is the path of a folder in which the packages of its lock file are, which
// are installed once. Without Node.js the test is skipped on a developer's machine and
// fails in continuous integration.
func NodePackages(t testing.TB, folder string) string {
	t.Helper()
	if _, err := exec.LookPath("npm"); err != nil {
		Missing(t, "npm")
	}
	dir, err := filepath.Abs(folder)
	if err != nil {
		t.Fatal(err)
	}
	installed := func() bool {
		_, err := os.Stat(filepath.Join(dir, "node_modules", ".package-lock.json"))
		return err == nil
	}
	if installed() {
		return dir
	}
	sum := sha256.Sum256([]byte(dir))
	defer alone(t, "node-"+hex.EncodeToString(sum[:6]))()
	if !installed() {
		install(t, dir, "npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts")
	}
	return dir
}

// JavaScript is a folder with the TypeScript that a target makes of a model, compiled.
// The compiler is a package of testdata/node.
func JavaScript(t testing.TB, testdata string, target codegen.Target, m *codegen.Model) string {
	t.Helper()
	dir := t.TempDir()
	Write(t, filepath.Join(dir, "src"), Files(t, target, m, nil))
	Write(t, dir, []codegen.File{{Path: "package.json", Content: []byte(`{"type": "module"}`)}})
	tsc := filepath.Join(NodePackages(t, filepath.Join(testdata, "node")), "node_modules", "typescript", "bin", "tsc")
	Run(t, dir, nil, "node", tsc, "--strict", "--target", "es2022", "--module", "nodenext", "--types", "", "--outDir", "out", "src/index.ts", "src/tracker.ts")
	return filepath.Join(dir, "out")
}

// Sample is a payload and its event.
type Sample struct {
	Event string `json:"event"`
	Raw   string `json:"raw"`
}

// Answer is what JavaScript says of a sample.
type Answer struct {
	// Fault is what the generated code says; empty: valid.
	Fault string
	// Exact is Ajv's verdict with our formats, Usual that with those of ajv-formats.
	Exact, Usual bool
	// Read is what JSON.parse makes of the payload, as JSON.stringify writes it.
	Read string
	// Canonical is the same by RFC 8785.
	Canonical string
}

// AskNode asks the compiled modules in a folder, and Ajv with the schemas of events, about
// all samples in one process. The program is run/conform.mjs of testdata.
func AskNode(t testing.TB, testdata, modules string, schemas map[string]json.RawMessage, samples []Sample) []Answer {
	t.Helper()
	in := append(Lines(t, map[string]any{"schemas": schemas}), Lines(t, samples...)...)
	program := filepath.Join(NodePackages(t, filepath.Join(testdata, "run")), "conform.mjs")
	return Answers[Answer](t, Run(t, "", in, "node", program, modules), len(samples))
}

// Lines are JSON lines of values.
func Lines[T any](t testing.TB, values ...T) []byte {
	t.Helper()
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	for _, v := range values {
		if err := encoder.Encode(v); err != nil {
			t.Fatal(err)
		}
	}
	return b.Bytes()
}

// Answers reads JSON lines, of which there must be a number.
func Answers[T any](t testing.TB, output []byte, want int) []T {
	t.Helper()
	var list []T
	lines := bufio.NewScanner(bytes.NewReader(output))
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var v T
		if err := json.Unmarshal(lines.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		list = append(list, v)
	}
	if len(list) != want {
		t.Fatalf("%d answers, expected %d", len(list), want)
	}
	return list
}
