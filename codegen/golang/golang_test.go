package golang

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"go/format"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/codegen/codegentest"
	"github.com/evctl/evctl/contracts/contracttest"
)

const (
	torture = "../testdata/torture"
	shop    = "../../testdata/shop"
)

var variations = []struct {
	name    string
	options map[string]string
	exact   bool // what is read is what is written
}{
	{"defaults", map[string]string{"package": "events"}, true},
	{"numbers", map[string]string{"package": "exact", "integer": "json.Number", "number": "json.Number"}, true},
	{"times", map[string]string{"package": "times", "date_time": "time.Time"}, false}, // 12:00:00.000Z becomes 12:00:00Z
}

// TestGenerate_CompilesAndRoundTrips builds and vets what is generated from every
// workspace, and sends every example through it.
func TestGenerate_CompilesAndRoundTrips(t *testing.T) {
	for _, dir := range []string{torture, shop} {
		for _, v := range variations {
			t.Run(filepath.Base(dir)+"/"+v.name, func(t *testing.T) {
				t.Parallel()
				m := codegentest.Model(t, dir)
				payloads, lines := examples(m)
				out := run(t, "", lines, build(t, m, v.options))
				if v.exact {
					checkEcho(t, payloads, out)
				} else if bytes.Contains(out, []byte("read:")) {
					t.Errorf("%s", out)
				}
			})
		}
	}
}

// TestGenerate_RandomContractsCompileAndRoundTrip does the same with contracts
// over the whole grammar of the language.
func TestGenerate_RandomContractsCompileAndRoundTrip(t *testing.T) {
	m, valid := codegentest.Random(t, 80, 1)
	var payloads []string
	var lines, wrong []byte
	for _, e := range m.Events {
		for i, p := range valid[e.Contract.Name] {
			payloads = append(payloads, p)
			lines = append(lines, line(e, p)...)
			for _, seed := range []int{i, i + 100} {
				wrong = append(wrong, line(e, string(contracttest.Mutate([]byte(p)).Example(seed)))...)
				wrong = append(wrong, line(e, strings.ReplaceAll(string(contracttest.Corrupt([]byte(p)).Example(seed)), "\n", " "))...)
			}
		}
	}
	program := build(t, m, map[string]string{"package": "events", "integer": "json.Number", "number": "json.Number"})
	checkEcho(t, payloads, run(t, "", lines, program))

	// What is not valid may be refused or not, but every line gets its answer.
	out := run(t, "", wrong, program)
	if got, want := bytes.Count(out, []byte("\n")), bytes.Count(wrong, []byte("\n")); got != want {
		t.Errorf("%d answers to %d lines", got, want)
	}
}

func TestGenerate_IsFormatted(t *testing.T) {
	for _, dir := range []string{torture, shop} {
		for _, f := range codegentest.Files(t, Target{}, codegentest.Model(t, dir), nil) {
			formatted, err := format.Source(f.Content)
			if err != nil {
				t.Fatalf("%s: %v", f.Path, err)
			}
			if diff := cmp.Diff(string(formatted), string(f.Content)); diff != "" {
				t.Errorf("%s (-gofmt +evctl):\n%s", f.Path, diff)
			}
		}
	}
}

// executable is what the program is called; Windows wants the extension.
const executable = "program.exe"

// build vets and builds generated code and a program around it, and returns its path.
func build(t *testing.T, m *codegen.Model, options map[string]string) (path string) {
	t.Helper()
	module := t.TempDir()
	codegentest.Write(t, filepath.Join(module, "events"), codegentest.Files(t, Target{}, m, options))
	write(t, filepath.Join(module, "go.mod"), "module generated\n\ngo 1.24\n")
	write(t, filepath.Join(module, "main.go"), source(m, newGenerator(m, options)))
	run(t, module, nil, "go", "vet", "./...")
	run(t, module, nil, "go", "build", "-o", executable, ".")
	return filepath.Join(module, executable)
}

func line(e *codegen.Event, payload string) string {
	name, _ := json.Marshal(e.Contract.Name)
	return string(name) + "\t" + payload + "\n"
}

// source is a program that reads lines of an event's name and a payload, and prints what comes
// back through the generated types.
func source(m *codegen.Model, g *generator) string {
	var b strings.Builder
	b.WriteString("package main\n\nimport (\n\"bufio\"\n\"encoding/json\"\n\"fmt\"\n\"os\"\n\"strings\"\n\nevents \"generated/events\"\n)\n\n")
	b.WriteString("var types = map[string]func() any{\n")
	for _, e := range m.Events {
		fmt.Fprintf(&b, "events.%s: func() any { return new(events.%s) },\n", g.events[e].name, g.types[e.Payload])
	}
	b.WriteString(`}

func main() {
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 64<<20)
	for in.Scan() {
		name, payload, _ := strings.Cut(in.Text(), "\t")
		var event string
		if err := json.Unmarshal([]byte(name), &event); err != nil {
			panic(err)
		}
		value := types[event]()
		if err := json.Unmarshal([]byte(payload), value); err != nil {
			fmt.Printf("read: %q\n", err)
			continue
		}
		data, err := json.Marshal(value)
		if err != nil {
			fmt.Printf("write: %q\n", err)
			continue
		}
		fmt.Println(string(data))
	}
	if err := in.Err(); err != nil {
		panic(err)
	}
}
`)
	return b.String()
}

// examples are the examples of all events, and the lines that the program reads.
func examples(m *codegen.Model) (payloads []string, lines []byte) {
	for _, e := range m.Events {
		for _, x := range e.Contract.Payload.Examples {
			payloads = append(payloads, x.JSON)
			lines = append(lines, line(e, x.JSON)...)
		}
	}
	return payloads, lines
}

func checkEcho(t *testing.T, payloads []string, out []byte) {
	t.Helper()
	if len(payloads) < 10 {
		t.Fatalf("only %d examples", len(payloads))
	}
	scanner := bufio.NewScanner(bytes.NewReader(out))
	scanner.Buffer(nil, 64<<20)
	for _, payload := range payloads {
		if !scanner.Scan() {
			t.Fatalf("the program stopped before %s", payload)
		}
		if text := scanner.Text(); strings.HasPrefix(text, "read:") || strings.HasPrefix(text, "write:") {
			t.Errorf("%s\n%s", payload, text)
			continue
		}
		if diff := cmp.Diff(tree(t, payload), tree(t, scanner.Text())); diff != "" {
			t.Errorf("%s\ncame back changed (-want +got):\n%s", payload, diff)
		}
	}
}

// tree reads JSON with numbers as float64, so that 1e3 and 1000 are equal, except
// for integers that float64 cannot hold.
func tree(t *testing.T, text string) any {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var v any
	if err := decoder.Decode(&v); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return numbers(v)
}

func numbers(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for key, value := range v {
			v[key] = numbers(value)
		}
	case []any:
		for i, value := range v {
			v[i] = numbers(value)
		}
	case json.Number:
		if f, err := v.Float64(); err == nil && len(v) < 16 {
			return f
		}
		return v.String()
	}
	return v
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// run runs a program in a folder and returns what it printed.
func run(t *testing.T, dir string, stdin []byte, name string, args ...string) []byte {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	cmd.Stdin = bytes.NewReader(stdin)
	cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off", "GOTOOLCHAIN=local")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s%s", name, strings.Join(args, " "), err, stderr.Bytes(), out)
	}
	return out
}
