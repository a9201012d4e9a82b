package avro

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/codegen/codegentest"
	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/contracttest"
	"github.com/evctl/evctl/contracts/payload"
)

const (
	torture = "../testdata/torture"
	shop    = "../../testdata/shop"
)

//go:embed testdata/requirements.txt
var requirements []byte

// task is a payload with the names of the schemas that it is written and read with. One
// without a payload asks what Apache Avro says of the two.
type task struct {
	Writer string `json:"writer"`
	Reader string `json:"reader"`
	Raw    string `json:"raw"`
}

// answer is what testdata/mapping.py says of a task.
type answer struct {
	Back   string // the payload after it was written and read
	Misfit string // why the schema cannot hold it
	Fault  string // why it could not be read
}

// ask carries out the mapping of the package's documentation in Python.
func ask(t *testing.T, schemas map[string]string, tasks []task) []answer {
	t.Helper()
	program, err := filepath.Abs("testdata/mapping.py")
	if err != nil {
		t.Fatal(err)
	}
	in := append(codegentest.Lines(t, schemas), codegentest.Lines(t, tasks...)...)
	return codegentest.Answers[answer](t, codegentest.Run(t, "", in, codegentest.PythonWith(t, requirements), program), len(tasks))
}

// TestMapping_TakesEveryPayloadThereAndBack writes payloads with fastavro, reads them, and
// wants them back but for what the documentation says. Apache Avro parses every schema too.
func TestMapping_TakesEveryPayloadThereAndBack(t *testing.T) {
	random, drawn := codegentest.Random(t, 80, 1)
	for _, c := range []struct {
		name     string
		model    *codegen.Model
		payloads map[string][]string
	}{
		{"shop", codegentest.Model(t, shop), nil},
		{"torture", codegentest.Model(t, torture), nil},
		{"random contracts", random, drawn},
	} {
		if c.payloads == nil {
			c.payloads = payloadsOf(t, c.model, 60)
		}
		for _, formats := range []string{"string", logical} {
			t.Run(c.name+" "+formats, func(t *testing.T) { thereAndBack(t, c.model, c.payloads, formats) })
		}
	}
}

// payloadsOf are examples and generated payloads that contracts accept.
func payloadsOf(t *testing.T, m *codegen.Model, each int) map[string][]string {
	t.Helper()
	payloads := map[string][]string{}
	for _, e := range m.Events {
		v := compile(t, e.Contract)
		for _, x := range e.Contract.Payload.Examples {
			payloads[e.Contract.Name] = append(payloads[e.Contract.Name], x.JSON)
		}
		for seed := range each {
			if raw := contracttest.Payload(e.Contract).Example(seed); v.Valid(raw) {
				payloads[e.Contract.Name] = append(payloads[e.Contract.Name], string(raw))
			}
		}
	}
	return payloads
}

func compile(t *testing.T, c *contracts.Contract) *payload.Validator {
	t.Helper()
	v, err := payload.Compile(c)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func thereAndBack(t *testing.T, m *codegen.Model, payloads map[string][]string, formats string) {
	schemas := map[string]string{}
	var tasks []task
	for _, e := range m.Events {
		name := e.Contract.Name
		s, err := schemaOf(m, e, formats == logical)
		if err != nil {
			t.Fatal(err)
		}
		schemas[name] = string(print(s, "test"))
		for _, raw := range payloads[name] {
			tasks = append(tasks, task{name, name, raw})
		}
	}
	byName := map[string]*codegen.Event{}
	for _, e := range m.Events {
		byName[e.Contract.Name] = e
	}
	lost, dropped := 0, 0
	for i, a := range ask(t, schemas, tasks) {
		e, raw := byName[tasks[i].Writer], tasks[i].Raw
		switch {
		case a.Fault != "":
			t.Errorf("%s %s\n%s\n%s", e.Contract.Name, raw, a.Fault, schemas[e.Contract.Name])
		case a.Misfit != "":
			if lost++; !inexpressible(t, raw, formats) {
				t.Errorf("%s %s\n%s\n%s", e.Contract.Name, raw, a.Misfit, schemas[e.Contract.Name])
			}
		default:
			d := comparison{formats: formats, optional: nullable(e.Contract, true)}
			if why := d.compare("", decode(t, raw), decode(t, a.Back)); why != "" {
				t.Errorf("%s %s\n%s\n%s\n%s", e.Contract.Name, raw, a.Back, why, schemas[e.Contract.Name])
			}
			if d.dropped {
				dropped++
			}
		}
	}
	t.Logf("%d payloads, %d not expressible, %d without a null that is not told from absent", len(tasks), lost, dropped)
	if len(tasks) < 200 || lost > len(tasks)/10 || dropped > len(tasks)/2 {
		t.Errorf("%d payloads, %d not expressible, %d without a null", len(tasks), lost, dropped)
	}
}

// inexpressible reports whether a payload has what doc.go says that no schema holds.
func inexpressible(t *testing.T, raw, formats string) bool {
	found := false
	each(decode(t, raw), func(v any) {
		switch v := v.(type) {
		case json.Number:
			r := contracts.Decimal(v).Rat()
			found = found || r.IsInt() && !r.Num().IsInt64()
		case string:
			found = found || formats == logical && looksLikeTime(v) && !within(v)
		}
	})
	return found
}

// looksLikeTime reports whether text looks like a date or a date-time.
func looksLikeTime(text string) bool { return len(text) >= 10 && text[4] == '-' && text[7] == '-' }

// within reports whether Python has the time: years from 1 to 9999 in UTC, six digits of a
// second, no leap second.
func within(text string) bool {
	_, fraction, _ := strings.Cut(strings.TrimRight(strings.ToUpper(text), "Z"), ".")
	fraction, _, _ = strings.Cut(fraction, "+")
	fraction, _, _ = strings.Cut(fraction, "-")
	return text[:4] > "0001" && text[:4] < "9999" && len(fraction) <= 6 && !strings.Contains(text, ":60")
}

func each(v any, visit func(any)) {
	visit(v)
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			each(item, visit)
		}
	case map[string]any:
		for _, item := range v {
			each(item, visit)
		}
	}
}

func decode(t *testing.T, raw string) any {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader([]byte(raw)))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%v\n%s", err, raw)
	}
	return v
}

// nullable are the properties of a contract that may be null, all or those that may be
// absent too.
func nullable(c *contracts.Contract, optional bool) map[string]bool {
	names := map[string]bool{}
	seen := map[*contracts.Schema]bool{}
	var visit func(s *contracts.Schema)
	visit = func(s *contracts.Schema) {
		contracts.EachSchema(s, func(s *contracts.Schema) {
			for _, p := range s.Properties {
				if p.Schema.AcceptsNull() && !(optional && p.Required) {
					names[p.Name] = true
				}
			}
			if s.Target != nil && !seen[s.Target] {
				seen[s.Target] = true
				visit(s.Target)
			}
		})
	}
	visit(c.Payload)
	return names
}

// comparison is of a payload with what came back.
type comparison struct {
	formats  string
	optional map[string]bool // properties whose null comes back as absent
	dropped  bool
}

// compare says what differs, or nothing.
func (c *comparison) compare(at string, want, got any) string {
	switch want := want.(type) {
	case map[string]any:
		object, ok := got.(map[string]any)
		if !ok {
			break
		}
		for name := range object {
			if _, ok := want[name]; !ok {
				return fmt.Sprintf("%s/%s came from nowhere", at, name)
			}
		}
		for name, value := range want {
			other, ok := object[name]
			if !ok && value == nil && c.optional[name] {
				c.dropped = true
				continue
			}
			if !ok {
				return fmt.Sprintf("%s/%s is lost", at, name)
			}
			if why := c.compare(at+"/"+name, value, other); why != "" {
				return why
			}
		}
		return ""
	case []any:
		list, ok := got.([]any)
		if !ok || len(list) != len(want) {
			break
		}
		for i := range want {
			if why := c.compare(fmt.Sprint(at, "/", i), want[i], list[i]); why != "" {
				return why
			}
		}
		return ""
	case json.Number:
		if number, ok := got.(json.Number); ok && sameNumber(want, number) {
			return ""
		}
	case string:
		if text, ok := got.(string); ok && (text == want || c.formats == logical && sameText(want, text)) {
			return ""
		}
	case nil, bool:
		if want == got {
			return ""
		}
	}
	return fmt.Sprintf("%s: got %v, want %v", at, got, want)
}

// sameNumber wants whole numbers back as they are, and others as doubles hold them.
func sameNumber(want, got json.Number) bool {
	a, b := contracts.Decimal(want).Rat(), contracts.Decimal(got).Rat()
	if !slices.ContainsFunc([]byte(got), func(c byte) bool { return strings.IndexByte(".eE", c) >= 0 }) {
		return a.Cmp(b) == 0
	}
	x, _ := a.Float64()
	y, _ := b.Float64()
	return x == y
}

// sameText is what logical types make of text: UUIDs in lower case, times in UTC.
func sameText(want, got string) bool {
	if looksLikeTime(want) && len(want) > 10 {
		return instant(want) == instant(got)
	}
	return strings.EqualFold(want, got)
}

// instant is a time of RFC 3339 in microseconds, or text that is none.
func instant(text string) string {
	at, err := time.Parse(time.RFC3339, strings.ToUpper(text))
	if err != nil {
		return text
	}
	return at.UTC().Format(time.RFC3339Nano)
}
