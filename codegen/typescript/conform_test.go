package typescript

import (
	"encoding/json"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/codegen/codegentest"
	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/contracttest"
	"github.com/evctl/evctl/contracts/payload"
	"github.com/evctl/evctl/contracts/schema"
)

// TestChecks_DecideAsTheRegistry gives thousands of payloads, valid and changed, to the
// registry's validator, to the generated code and to Ajv.
func TestChecks_DecideAsTheRegistry(t *testing.T) {
	models := map[string]*codegen.Model{
		"shop":    codegentest.Model(t, shop),
		"torture": codegentest.Model(t, torture),
	}
	models["random"], _ = codegentest.Random(t, 150, 7)
	for name, m := range models {
		t.Run(name, func(t *testing.T) { conform(t, m, 6000/len(m.Events)) })
	}
}

// verdict is what conform.mjs answers, sample what it is asked.
type (
	verdict = codegentest.Answer
	sample  = codegentest.Sample
)

func conform(t *testing.T, m *codegen.Model, perEvent int) {
	validators := map[string]*payload.Validator{}
	schemas := map[string]json.RawMessage{}
	var samples []sample
	for _, e := range m.Events {
		v, err := payload.Compile(e.Contract)
		if err != nil {
			t.Fatal(err)
		}
		name := e.Contract.Name
		validators[name], schemas[name] = v, schema.Project(e.Contract)
		for i := range perEvent {
			raw := contracttest.Payload(e.Contract).Example(i)
			if i%3 > 0 {
				raw = contracttest.Mutate(raw).Example(i)
			}
			samples = append(samples, sample{Event: name, Raw: strings.ToValidUTF8(string(raw), "?")})
		}
	}
	var tally tally
	for i, v := range runChecks(t, m, schemas, samples) {
		tally.judge(t, samples[i], v, validators[samples[i].Event], string(schemas[samples[i].Event]))
	}
	t.Logf("%+v", tally)
	if tally.Valid < len(samples)/5 || tally.Invalid < len(samples)/5 {
		t.Errorf("too few payloads of one kind: %+v", tally)
	}
}

// tally counts what was compared, and the exceptions.
type tally struct {
	Valid, Invalid int
	// Overflow counts numbers that JavaScript cannot hold, Digits those that it rounds to
	// one that the registry decides otherwise.
	Overflow, Digits int
	// Formats counts texts that ajv-formats takes for something else, Steps those that Ajv
	// divides inexactly.
	Formats, Steps, Names int
}

func (n *tally) judge(t *testing.T, s sample, v verdict, validator *payload.Validator, schema string) {
	t.Helper()
	if overflows(s.Raw) {
		// The registry refuses the text. JavaScript reads infinity, which is no number, but
		// is not looked at where anything may stand.
		n.Overflow++
		if validator.Valid([]byte(s.Raw)) {
			t.Errorf("%s %s is valid", s.Event, s.Raw)
		}
		return
	}
	found := validator.Validate([]byte(v.Read))
	valid := v.Fault == ""
	sent := validator.Valid([]byte(s.Raw))
	if valid != (found == nil) && rounded.MatchString(schema) && rounded.MatchString(v.Read) {
		n.Digits++ // the contract lists a number that JavaScript rounds
		return
	}
	if valid != (found == nil) {
		t.Errorf("%s %s\nregistry says %v, the generated code %q", s.Event, v.Read, found, v.Fault)
		return
	}
	if sent != valid {
		n.Digits++
		if !rounded.MatchString(s.Raw) {
			t.Errorf("%s: %s is read as %s, and decided otherwise", s.Event, s.Raw, v.Read)
		}
	}
	if !valid && !slices.ContainsFunc(found, func(f payload.Violation) bool { return sameReason(f, v.Fault) }) {
		t.Errorf("%s %s\nthe generated code says %q, the registry %v", s.Event, v.Read, v.Fault, found)
	}
	n.ajv(t, s, v, valid, schema)
	if valid {
		n.Valid++
	} else {
		n.Invalid++
	}
}

// rounded finds numbers with more digits than a double keeps.
var rounded = regexp.MustCompile(`[0-9][0-9.]{15}`)

// ajv compares with Ajv, which differs in what is counted.
func (n *tally) ajv(t *testing.T, s sample, v verdict, valid bool, schema string) {
	t.Helper()
	switch {
	case strings.Contains(schema, `"__proto__"`) && v.Exact != valid:
		n.Names++ // Ajv loses the property
	case strings.Contains(schema, `"multipleOf"`) && v.Exact != valid:
		n.Steps++
	case rounded.MatchString(schema) && v.Exact != valid:
		n.Digits++ // Ajv reads the contract's number as another one
	case v.Exact != valid:
		t.Errorf("%s %s\nAjv says %v, the generated code %q\n%.2000s", s.Event, v.Read, v.Exact, v.Fault, schema)
	case v.Usual != valid && strings.Contains(schema, `"format"`):
		n.Formats++
	case v.Usual != valid:
		t.Errorf("%s %s\nAjv says %v with ajv-formats, the generated code %q", s.Event, v.Read, v.Usual, v.Fault)
	}
}

// sameReason reports whether a fault is one of those that the registry found. A missing
// property is the fault of its own place here, and where a value is not listed the registry
// may speak of its type. Of unions without a discriminator the registry says more.
func sameReason(found payload.Violation, fault string) bool {
	at := strings.LastIndex(fault, ": ")
	pointer, rule := fault[:at], fault[at+2:]
	switch {
	case rule == "required":
		return found.Rule == rule && found.Pointer+"/"+contracts.EscapePointer(found.Missing) == pointer
	case rule == "oneOf" || rule == "anyOf":
		return strings.HasPrefix(found.Pointer, pointer)
	case rule == "enum" || rule == "type":
		return found.Pointer == pointer && (found.Rule == "enum" || found.Rule == "type")
	}
	return found.Rule == rule && (found.Pointer == pointer || strings.ContainsAny(found.Pointer, "*…"))
}

var quoted = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)

var numbers = regexp.MustCompile(`-?[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?`)

func overflows(raw string) bool {
	return slices.ContainsFunc(numbers.FindAllString(quoted.ReplaceAllString(raw, ""), -1), func(text string) bool {
		f, _ := strconv.ParseFloat(text, 64)
		return math.IsInf(f, 0)
	})
}

// runChecks compiles a model's modules and asks them about all samples, in one process.
func runChecks(t *testing.T, m *codegen.Model, schemas map[string]json.RawMessage, samples []sample) []verdict {
	t.Helper()
	return codegentest.AskNode(t, "testdata", compiled(t, m), schemas, samples)
}

// compiled is a folder with the modules of a model as JavaScript.
func compiled(t testing.TB, m *codegen.Model) string {
	t.Helper()
	return codegentest.JavaScript(t, "testdata", Target{}, m)
}
