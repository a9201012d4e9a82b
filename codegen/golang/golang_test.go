package golang

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"go/format"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/codegen/codegentest"
	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/contracttest"
	"github.com/evctl/evctl/contracts/envelope"
	"github.com/evctl/evctl/contracts/payload"
)

const (
	torture = "../testdata/torture"
	shop    = "../../testdata/shop"
)

// variations are sets of options; exact ones hold any number.
var variations = []struct {
	name    string
	options map[string]string
	exact   bool
}{
	{"defaults", map[string]string{}, false},
	{"exact", map[string]string{"integer": "json.Number", "number": "json.Number", "formats": "string", "tracker": "false"}, true},
}

// TestGenerate_AgreesWithTheRegistry builds and vets what is generated from every workspace
// and from random contracts, and sends payloads through it: examples, generated ones, and
// both with small changes. Parse accepts what contracts/payload accepts, and what is written
// says the same as what was read.
func TestGenerate_AgreesWithTheRegistry(t *testing.T) {
	random, _ := codegentest.Random(t, 60, 1)
	models := []struct {
		name  string
		model *codegen.Model
		each  int // generated payloads of an event
	}{
		{"edges", codegentest.Model(t, "testdata/edges"), 150},
		{"torture", codegentest.Model(t, torture), 30},
		{"shop", codegentest.Model(t, shop), 60},
		{"random", random, 12},
	}
	for _, m := range models {
		cases := casesOf(t, m.model, m.each)
		for _, v := range variations {
			t.Run(m.name+"/"+v.name, func(t *testing.T) {
				t.Parallel()
				checkAnswers(t, cases, run(t, "", linesOf(cases), build(t, m.model, v.options)), v.exact)
			})
		}
	}
}

// testCase is a payload with the registry's verdict.
type testCase struct {
	event     *codegen.Event
	payload   string
	valid     bool
	validator *payload.Validator
}

// casesOf are the payloads of all events.
func casesOf(t *testing.T, m *codegen.Model, each int) []testCase {
	t.Helper()
	var cases []testCase
	valid := 0
	for _, e := range m.Events {
		validator, err := payload.Compile(e.Contract)
		if err != nil {
			t.Fatal(err)
		}
		add := func(raw []byte) {
			text := strings.NewReplacer("\n", " ", "\r", " ").Replace(string(raw))
			c := testCase{e, text, validator.Valid([]byte(text)), validator}
			if c.valid {
				valid++
			}
			cases = append(cases, c)
		}
		var seeds [][]byte
		for _, x := range e.Contract.Payload.Examples {
			seeds = append(seeds, []byte(x.JSON))
		}
		generated := contracttest.Payload(e.Contract)
		for i := range each {
			seeds = append(seeds, generated.Example(i))
		}
		for i, seed := range seeds {
			add(seed)
			for k := range 3 {
				add(contracttest.Mutate(seed).Example(i*3 + k))
			}
			add(contracttest.Corrupt(seed).Example(i))
		}
	}
	if valid < len(cases)/10 || valid > len(cases)*9/10 {
		t.Fatalf("%d of %d payloads are valid", valid, len(cases))
	}
	return cases
}

// checkLoose wants Validate to say of a value what the registry says of its text.
func checkLoose(t *testing.T, c testCase, answer string) bool {
	t.Helper()
	verdict, written, read := strings.Cut(answer, "\t")
	switch valid := verdict == "valid"; {
	case !read && c.valid && !rounded(c.payload):
		t.Errorf("%s %s\nwas not read by encoding/json", c.event.Contract.Name, c.payload)
	case !read:
		return true
	case valid != (written != "unwritten" && c.validator.Valid([]byte(written))):
		t.Errorf("%s %s\nis %s\nafter %s", c.event.Contract.Name, written, verdict, c.payload)
	default:
		return true
	}
	return false
}

// rewriterOf redacts as the program does.
func rewriterOf(t *testing.T, cases []testCase) *payload.Rewriter {
	t.Helper()
	seen := map[string]bool{}
	var list []*contracts.Contract
	for _, c := range cases {
		if !seen[c.event.Contract.Name] {
			list = append(list, c.event.Contract)
		}
		seen[c.event.Contract.Name] = true
	}
	set, err := payload.NewSet(envelope.Default(), list...)
	if err != nil {
		t.Fatal(err)
	}
	key, err := payload.NewKey("2026", []byte("0123456789abcdef"))
	if err != nil {
		t.Fatal(err)
	}
	rewriter, err := payload.NewRewriter(set, payload.RewriteOptions{Retired: true, Privacy: &payload.Privacy{
		Pseudonymous: payload.Hash, Direct: payload.Drop, Sensitive: payload.Hash, Undeclared: payload.Hash, Key: key,
	}})
	if err != nil {
		t.Fatal(err)
	}
	return rewriter
}

// saysTheSame reports whether a value that was redacted says what redacted JSON says, but
// for what Go types cannot: required members that were dropped are zero, and numbers and
// booleans that are hashed are dropped.
func saysTheSame(redacted, value any) bool {
	if text, ok := redacted.(string); ok && strings.HasPrefix(text, "hmac:2026:") {
		return value == redacted || value == nil || value == false || value == 0.0 || value == "0/1"
	}
	switch value := value.(type) {
	case map[string]any:
		other, ok := redacted.(map[string]any)
		return ok && sameMembers(other, value)
	case []any:
		other, ok := redacted.([]any)
		return ok && sameItems(other, value)
	}
	return cmp.Equal(redacted, value)
}

func sameMembers(redacted, value map[string]any) bool {
	for name, x := range value {
		if other, there := redacted[name]; there && !saysTheSame(other, x) || !there && !isZero(x) {
			return false
		}
	}
	for name, x := range redacted {
		if _, there := value[name]; !there && !saysTheSame(x, nil) {
			return false
		}
	}
	return true
}

// sameItems takes hashes out of the first list that the second does not have.
func sameItems(redacted, value []any) bool {
	for _, x := range redacted {
		switch {
		case len(value) > 0 && saysTheSame(x, value[0]):
			value = value[1:]
		case !saysTheSame(x, nil):
			return false
		}
	}
	return len(value) == 0
}

// isZero reports whether JSON is that of a zero value. Those of objects have what they
// require.
func isZero(x any) bool {
	switch x := x.(type) {
	case map[string]any:
		for _, member := range x {
			if !isZero(member) {
				return false
			}
		}
		return true
	case []any:
		return len(x) == 0
	}
	return x == nil || x == false || x == 0.0 || x == "" || x == "0/1"
}

func linesOf(cases []testCase) []byte {
	var lines []byte
	for _, c := range cases {
		lines = append(lines, line(c.event, c.payload)...)
	}
	return lines
}

// checkAnswers compares what the program said. What the Go types of numbers cannot hold is
// refused, which is written down in the package's documentation.
func checkAnswers(t *testing.T, cases []testCase, out []byte, exact bool) {
	t.Helper()
	scanner := bufio.NewScanner(bytes.NewReader(out))
	scanner.Buffer(nil, 64<<20)
	wrong, hashed := 0, 0
	rewriter := rewriterOf(t, cases)
	for _, c := range cases {
		if !scanner.Scan() {
			t.Fatalf("the program stopped before %s %s", c.event.Contract.Name, c.payload)
		}
		answer, text, _ := strings.Cut(scanner.Text(), "\t")
		text, redacted, _ := strings.Cut(text, "\t")
		redacted, value, _ := strings.Cut(redacted, "\t")
		switch {
		case !exact && c.valid != (answer == "ok") && rounded(c.payload):
		case c.valid != (answer == "ok"):
			t.Errorf("%s %s\nregistry: %v, generated code: %s %s", c.event.Contract.Name, c.payload, c.valid, answer, text)
			wrong++
		case c.valid:
			if diff := cmp.Diff(tree(t, c.payload, exact), tree(t, text, exact)); diff != "" {
				t.Errorf("%s %s\ncame back changed (-want +got):\n%s", c.event.Contract.Name, c.payload, diff)
				wrong++
			}
			if strings.Contains(redacted, `"hmac:2026:`) {
				hashed++
			}
			want, _ := rewriter.RewriteAs(nil, []byte(text), c.event.Contract.Name, "")
			if diff := cmp.Diff(string(want), redacted); diff != "" {
				t.Errorf("%s %s\nis redacted in another way (-want +got):\n%s", c.event.Contract.Name, text, diff)
				wrong++
			}
			if value != "unwritten" && !saysTheSame(tree(t, redacted, exact), tree(t, value, exact)) {
				t.Errorf("%s %s\nis redacted as JSON to\n%s\nand as a value to\n%s", c.event.Contract.Name, text, redacted, value)
				wrong++
			}
		}
		if !scanner.Scan() {
			t.Fatalf("the program stopped after %s %s", c.event.Contract.Name, c.payload)
		}
		if !checkLoose(t, c, scanner.Text()) {
			wrong++
		}
		if wrong > 20 {
			t.Fatal("and more")
		}
	}
	if hashed < 20 {
		t.Errorf("only %d payloads have a hash when they are redacted", hashed)
	}
}

// TestGenerate_HoldsRoundedNumbersToLimitsTwice is what README.md says of float64, and that
// json.Number does not need it.
func TestGenerate_HoldsRoundedNumbersToLimitsTwice(t *testing.T) {
	m := codegentest.Model(t, "testdata/edges")
	cases := []struct{ payload, parse, loosely, exactly string }{
		{`{"tenth":0.30000000000000001}`, "maximum", "valid", "maximum"},
		{`{"tenth":0.10000000000000001}`, "exclusiveMinimum", "invalid", "ok"},
		{`{"tenth":0.3}`, "ok", "valid", "ok"},
		{`{"tenth":0.1}`, "exclusiveMinimum", "invalid", "exclusiveMinimum"},
		{`{"cents":-1e-400}`, "minimum", "valid", "minimum"},
		{`{"cents":1e-400}`, "multipleOf", "valid", "multipleOf"},
	}
	var lines []byte
	for _, c := range cases {
		lines = append(lines, line(eventOf(t, m, "edge.limits"), c.payload)...)
	}
	for _, v := range variations {
		answers := strings.Split(string(run(t, "", lines, build(t, m, v.options))), "\n")
		for i, c := range cases {
			parse, loosely := c.parse, c.loosely
			if v.exact {
				parse = c.exactly
				loosely = map[bool]string{true: "valid", false: "invalid"}[c.exactly == "ok"]
			}
			got, _, _ := strings.Cut(answers[2*i], "\t")
			if validate, _, _ := strings.Cut(answers[2*i+1], "\t"); got != parse || strings.Fields(validate)[0] != loosely {
				t.Errorf("%s: %s is %s and %s, want %s and %s", v.name, c.payload, got, validate, parse, loosely)
			}
			if want := c.exactly == "ok"; registryAccepts(t, eventOf(t, m, "edge.limits"), c.payload) != want {
				t.Errorf("the registry does not say %v of %s", want, c.payload)
			}
		}
	}
}

func eventOf(t *testing.T, m *codegen.Model, name string) *codegen.Event {
	t.Helper()
	for _, e := range m.Events {
		if e.Contract.Name == name {
			return e
		}
	}
	t.Fatalf("no event %s", name)
	return nil
}

func registryAccepts(t *testing.T, e *codegen.Event, text string) bool {
	t.Helper()
	v, err := payload.Compile(e.Contract)
	if err != nil {
		t.Fatal(err)
	}
	return v.Valid([]byte(text))
}

// TestGenerate_LeavesOutWhatSendsWhenNobodyWantsIt is about the option tracker; that the rest
// compiles is said above.
func TestGenerate_LeavesOutWhatSendsWhenNobodyWantsIt(t *testing.T) {
	for _, f := range codegentest.Files(t, Target{}, codegentest.Model(t, shop), map[string]string{"tracker": "false"}) {
		for _, word := range []string{"net/http", "Tracker", "Queue", "Sink", "Envelope"} {
			if bytes.Contains(f.Content, []byte(word)) {
				t.Errorf("%s has %s", f.Path, word)
			}
		}
		if strings.HasPrefix(string(f.Content), "// Code generated by evctl. DO NOT EDIT.\n\n// Package") != (f.Path == indexFile) {
			t.Errorf("%s: there is one documentation of the package", f.Path)
		}
	}
}

func TestGenerate_PackagesOfDomainsCompile(t *testing.T) {
	for _, dir := range []string{torture, shop} {
		module := t.TempDir()
		files := codegentest.Files(t, Target{}, codegentest.Model(t, dir), map[string]string{"packages": "domain"})
		codegentest.Write(t, module, files)
		write(t, filepath.Join(module, "go.mod"), "module generated\n\ngo 1.24\n")
		run(t, module, nil, "go", "vet", "./...")
		for _, f := range files {
			if f.Path == "order/order_completed_gen.go" && !bytes.Contains(f.Content, []byte("\ntype Completed struct {")) {
				t.Errorf("the package order has no type Completed")
			}
		}
	}
}

// TestGenerate_IsFormatted wants what gofmt wants, which most files are written as in the
// first place.
func TestGenerate_IsFormatted(t *testing.T) {
	random, _ := codegentest.Random(t, 60, 1000)
	for _, m := range []*codegen.Model{codegentest.Model(t, torture), codegentest.Model(t, shop), codegentest.Model(t, "testdata/edges"), random} {
		for _, v := range variations {
			for _, f := range codegentest.Files(t, Target{}, m, v.options) {
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
}

// TestGenerate_ClosuresBreakWhereGofmtBreaksThem makes closures of every length around the
// one up to which they stand on one line.
func TestGenerate_ClosuresBreakWhereGofmtBreaksThem(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "evctl.yaml"), "language: v1\n")
	if err := os.Mkdir(filepath.Join(dir, "contracts"), 0o755); err != nil {
		t.Fatal(err)
	}
	for i, property := range []string{
		"{type: array, items: {type: number, minimum: 0.5}}",
		"{type: map, values: {type: object, nullable: true, properties: {mail: {type: string, pii: direct}}}}",
	} {
		for n := range 50 {
			name := string(rune('a'+i)) + strings.Repeat("o", n)
			write(t, filepath.Join(dir, "contracts", name+".yaml"), "event: "+name+".ended\nversion: 1.0.0\nproperties: {p: "+property+"}\n")
		}
	}
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

// executable is what the program is called; Windows wants the extension.
const executable = "program.exe"

// build vets and builds generated code and a program around it, and returns its path.
func build(t *testing.T, m *codegen.Model, options map[string]string) (path string) {
	t.Helper()
	module := t.TempDir()
	codegentest.Write(t, filepath.Join(module, "events"), codegentest.Files(t, Target{}, m, options))
	write(t, filepath.Join(module, "go.mod"), "module generated\n\ngo 1.24\n")
	write(t, filepath.Join(module, "main.go"), source(m, generatorOf(t, m, options)))
	run(t, module, nil, "go", "vet", "./...")
	run(t, module, nil, "go", "build", "-o", executable, ".")
	return filepath.Join(module, executable)
}

// generatorOf decides names as the target does with these options.
func generatorOf(t *testing.T, m *codegen.Model, given map[string]string) *generator {
	t.Helper()
	options, err := codegen.CheckOptions(Target{}, given)
	if err != nil {
		t.Fatal(err)
	}
	return newGenerator(m, options, nil)
}

func line(e *codegen.Event, payload string) string {
	name, _ := json.Marshal(e.Contract.Name)
	return string(name) + "\t" + payload + "\n"
}

// source is a program that reads lines of an event's name and a payload, and prints for
// each the verdict: ok and what is written again, or the rule and the reason.
func source(m *codegen.Model, g *generator) string {
	var b strings.Builder
	b.WriteString("package main\n\nimport (\n\"bufio\"\n\"encoding/json\"\n\"errors\"\n\"fmt\"\n\"os\"\n\"strings\"\n\nevents \"generated/events\"\n)\n\n")
	b.WriteString("var programs = map[string]func([]byte) string{\n")
	for _, e := range m.Events {
		fmt.Fprintf(&b, "events.%s: func(data []byte) string { return answer(data, events.%s) },\n", g.events[e].name, g.parsers[e])
	}
	b.WriteString("}\n\nvar loosely = map[string]func([]byte) string{\n")
	for _, e := range m.Events {
		fmt.Fprintf(&b, "events.%s: loose[events.%s],\n", g.events[e].name, g.types[e.Payload])
	}
	b.WriteString(`}

// loose reads what later versions may send, and says what Validate thinks of what is written.
func loose[T event](data []byte) string {
	var v T
	if err := json.Unmarshal(data, &v); err != nil {
		return "unread"
	}
	valid := "valid"
	if err := v.Validate(); err != nil {
		valid = "invalid " + strings.ReplaceAll(err.Error(), "\n", " ")
	}
	written, err := v.AppendJSON(nil)
	if err != nil {
		return valid + "\tunwritten"
	}
	return valid + "\t" + string(written)
}

type event interface {
	Validate() error
	AppendJSON([]byte) ([]byte, error)
}

type payload[T any] interface {
	event
	AppendRedacted([]byte, *events.Privacy) ([]byte, error)
	Redacted(*events.Privacy) T
}

func answer[T payload[T]](data []byte, parse func([]byte) (T, error)) string {
	v, err := parse(data)
	if err != nil {
		return refused(err)
	}
	if err := v.Validate(); err != nil {
		return "Validate\t" + err.Error()
	}
	written, err := json.Marshal(v)
	if err != nil {
		return "Marshal\t" + err.Error()
	}
	if _, err := parse(written); err != nil {
		return "again\t" + err.Error() + " " + string(written)
	}
	var loose T
	if err := json.Unmarshal(data, &loose); err != nil {
		return "Unmarshal\t" + err.Error()
	}
	if again, err := json.Marshal(loose); err != nil || string(again) != string(written) {
		return fmt.Sprintf("Unmarshal\t%v: %s is not %s", err, again, written)
	}
	redacted, err := v.AppendRedacted(nil, privacy)
	if err != nil {
		return "Redacted\t" + err.Error()
	}
	value, err := v.Redacted(privacy).AppendJSON(nil)
	if err != nil {
		value = []byte("unwritten")
	}
	if again, err := json.Marshal(v); err != nil || string(again) != string(written) {
		return fmt.Sprintf("Redacted\t%v: %s became %s", err, written, again)
	}
	if written, err = v.AppendJSON(nil); err != nil { // without what json.Marshal escapes
		return "AppendJSON\t" + err.Error()
	}
	return "ok\t" + string(written) + "\t" + string(redacted) + "\t" + string(value)
}

var privacy = &events.Privacy{Pseudonymous: events.PrivacyHash, Direct: events.PrivacyDrop, Sensitive: events.PrivacyHash, Undeclared: events.PrivacyHash, Key: key()}

func key() *events.PrivacyKey {
	key, err := events.NewPrivacyKey("2026", []byte("0123456789abcdef"))
	if err != nil {
		panic(err)
	}
	return key
}

func refused(err error) string {
	var invalid *events.ValidationError
	if !errors.As(err, &invalid) {
		return "other\t" + err.Error()
	}
	return invalid.Violations[0].Rule + "\t" + strings.ReplaceAll(err.Error(), "\n", " ")
}

func main() {
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 64<<20)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for in.Scan() {
		name, payload, _ := strings.Cut(in.Text(), "\t")
		var event string
		if err := json.Unmarshal([]byte(name), &event); err != nil {
			panic(err)
		}
		fmt.Fprintln(out, programs[event]([]byte(payload)))
		fmt.Fprintln(out, loosely[event]([]byte(payload)))
	}
	if err := in.Err(); err != nil {
		panic(err)
	}
}
`)
	return b.String()
}

// tree reads JSON with numbers as exact fractions, or as float64.
func tree(t *testing.T, text string, exact bool) any {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var v any
	if err := decoder.Decode(&v); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return numbers(v, func(n json.Number) any {
		if f, err := n.Float64(); !exact && err == nil {
			return f
		}
		r, _ := new(big.Rat).SetString(n.String())
		return r.String()
	})
}

// rounded reports whether JSON has a number that float64 or int64 do not hold.
func rounded(text string) bool {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var v any
	if err := decoder.Decode(&v); err != nil {
		return false
	}
	found := false
	numbers(v, func(n json.Number) any {
		f, err := n.Float64()
		shortest, _ := new(big.Rat).SetString(strconv.FormatFloat(f, 'g', -1, 64))
		value, _ := new(big.Rat).SetString(n.String())
		if err != nil || shortest.Cmp(value) != 0 || f >= 1<<63 || f < -1<<63 {
			found = true
		}
		return nil
	})
	return found
}

// numbers replaces the numbers in a value.
func numbers(v any, with func(json.Number) any) any {
	switch v := v.(type) {
	case map[string]any:
		for key, value := range v {
			v[key] = numbers(value, with)
		}
	case []any:
		for i, value := range v {
			v[i] = numbers(value, with)
		}
	case json.Number:
		return with(v)
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
