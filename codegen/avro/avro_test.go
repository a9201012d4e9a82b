package avro

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/codegen/codegentest"
	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/golden"
)

// versionsOf are contracts with one event, linked.
func versionsOf(t *testing.T, files ...string) []*contracts.Contract {
	t.Helper()
	var list []*contracts.Contract
	for _, text := range files {
		list = append(list, parse(t, []byte(text)))
	}
	return list
}

func parse(t *testing.T, text []byte) *contracts.Contract {
	t.Helper()
	c, diags := contracts.Parse(diag.NewFile("x.yaml", text))
	library, more := contracts.NewLibrary(nil)
	for _, d := range append(append(diags, more...), library.Link(c)...) {
		t.Fatalf("%s: %s", text, d.Message)
	}
	return c
}

// schemaAfter is the schema of the last of some versions, as a file.
func schemaAfter(versions []*contracts.Contract, formats string) string {
	last := versions[len(versions)-1]
	m := codegen.NewModel(codegen.Source{Events: []*contracts.Contract{last}, Released: map[string][]*contracts.Contract{last.Name: versions}})
	s, err := schemaOf(m, m.Events[0], formats == logical)
	if err != nil {
		return err.Error()
	}
	return string(print(s, "test"))
}

// TestSchema_IsTheSameOnceReleased has contracts with all that they use inside, as they
// stand in a registry.
func TestSchema_IsTheSameOnceReleased(t *testing.T) {
	random, _ := codegentest.Random(t, 80, 1)
	for _, m := range []*codegen.Model{codegentest.Model(t, shop), codegentest.Model(t, torture), random} {
		for _, e := range m.Events {
			released := parse(t, contracts.Marshal(e.Contract))
			if diff := cmp.Diff(schemaAfter([]*contracts.Contract{e.Contract}, logical), schemaAfter([]*contracts.Contract{released}, logical)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", e.Contract.Name, diff)
			}
		}
	}
}

// TestSchema_Goldens keeps what becomes of a type, and of a type that changes.
func TestSchema_Goldens(t *testing.T) {
	const head = "event: order.placed\nversion: "
	versions := versionsOf(t, head+`1.0.0
properties:
  state: {type: string, required: true, enum: [new, on hold, on-hold, "1st"]}
  size: {type: integer, required: true, minimum: 0, maximum: 100}
  total: {type: object, properties: {amount: {type: integer, required: true}}}
  fee: {type: object, properties: {amount: {type: integer, required: true}}}
  note: {type: string, nullable: true}
`, head+`1.1.0
additionalProperties: true
definitions:
  money: {type: object, properties: {amount: {type: number, required: true}}}
properties:
  state: {type: string, required: true, enum: [new, on hold, on-hold, "1st"], open: true}
  size: {type: integer, required: true, minimum: 0, maximum: 18446744073709551615}
  total: {$ref: money}
  fee: {$ref: money}
  remark: {type: any, renamedFrom: note}
  country: {type: string, required: true, default: "SE"}
`)
	golden.Check(t, "testdata/first.avsc.golden", []byte(schemaAfter(versions[:1], "string")))
	golden.Check(t, "testdata/next.avsc.golden", []byte(schemaAfter(versions, "string")))
}

// TestMapping_LosesWhatIsDocumented takes single payloads there and back.
func TestMapping_LosesWhatIsDocumented(t *testing.T) {
	c := parse(t, []byte(`event: a
version: 1.0.0
properties:
  count: {type: integer}
  small: {type: integer, minimum: 0, maximum: 9}
  wide: {type: integer, minimum: 0, maximum: 18446744073709551615}
  vast: {type: integer, minimum: 0, maximum: 1e60}
  share: {type: number}
  note: {type: string, nullable: true}
  kept: {type: string, nullable: true, required: true}
  free: {type: any}
  id: {type: string, format: uuid}
  at: {type: string, format: date-time}
  either: {oneOf: {at: {type: string, format: date-time}, n: {type: integer}}}
`))
	cases := []struct{ formats, raw, want string }{
		{"string", `{"kept":null,"note":null}`, `{"kept":null}`},
		{"string", `{"kept":"","note":"x"}`, `{"kept":"","note":"x"}`},
		{"string", `{"kept":null,"free":null}`, `{"kept":null,"free":null}`},
		{"string", `{"kept":null,"free":{"b":[null,1.5,{}],"a":9223372036854775808}}`, `{"kept":null,"free":{"b":[null,1.5,{}],"a":9223372036854775808}}`},
		{"string", `{"kept":null,"count":9223372036854775807}`, `{"kept":null,"count":9223372036854775807}`},
		{"string", `{"kept":null,"count":9223372036854775808}`, ""},
		{"string", `{"kept":null,"small":3.0}`, `{"kept":null,"small":3}`},
		{"string", `{"kept":null,"wide":18446744073709551615}`, `{"kept":null,"wide":18446744073709551615}`},
		{"string", `{"kept":null,"vast":100000000000000000000000000000000000000000}`, `{"kept":null,"vast":1e+41}`},
		{"string", `{"kept":null,"share":0.1000000000000000055511151231257827}`, `{"kept":null,"share":0.1}`},
		{"string", `{"kept":null,"id":"7F0C0A6E-9E0A-4C55-8A39-0D5D4F7A2F0B"}`, `{"kept":null,"id":"7F0C0A6E-9E0A-4C55-8A39-0D5D4F7A2F0B"}`},
		{"string", `{"kept":null,"at":"2016-12-31T23:59:60+02:00"}`, `{"kept":null,"at":"2016-12-31T23:59:60+02:00"}`},
		{logical, `{"kept":null,"id":"7F0C0A6E-9E0A-4C55-8A39-0D5D4F7A2F0B"}`, `{"kept":null,"id":"7f0c0a6e-9e0a-4c55-8a39-0d5d4f7a2f0b"}`},
		{logical, `{"kept":null,"at":"2026-01-02T03:04:05+02:00"}`, `{"kept":null,"at":"2026-01-02T01:04:05.000000Z"}`},
		{logical, `{"kept":null,"at":"2016-12-31T23:59:60Z"}`, ""},
		{logical, `{"kept":null,"at":"2026-01-02T03:04:05.1234567Z"}`, ""},
		{logical, `{"kept":null,"at":"0000-01-02T03:04:05Z"}`, ""},
		{logical, `{"kept":null,"either":"2026-01-02T03:04:05.5+02:00"}`, `{"kept":null,"either":"2026-01-02T03:04:05.5+02:00"}`},
		{logical, `{"kept":null,"either":5}`, `{"kept":null,"either":5}`},
	}
	schemas := map[string]string{"string": schemaAfter([]*contracts.Contract{c}, "string"), logical: schemaAfter([]*contracts.Contract{c}, logical)}
	tasks := make([]task, len(cases))
	for i, c := range cases {
		tasks[i] = task{c.formats, c.formats, c.raw}
	}
	for i, a := range ask(t, schemas, tasks) {
		want, got := cases[i].want, a.Back
		if a.Fault != "" || (want == "") != (a.Misfit != "") {
			t.Errorf("%s %s: %+v", cases[i].formats, cases[i].raw, a)
			continue
		}
		if want == "" {
			continue
		}
		if diff := cmp.Diff(decode(t, want), decode(t, got)); diff != "" {
			t.Errorf("%s %s (-want +got):\n%s", cases[i].formats, cases[i].raw, diff)
		}
	}
}

// TestGenerate_TakesOtherNames gives a type, a property and a value names of their own.
func TestGenerate_TakesOtherNames(t *testing.T) {
	c := parse(t, []byte("event: order.placed\nversion: 1.0.0\nproperties: {state: {type: string, enum: [on hold]}, lines: {type: array, items: {type: object}}}\n"))
	m := codegen.NewModel(codegen.Source{Events: []*contracts.Contract{c}}).Renamed(map[string]string{
		"order.placed": "Placed", "order.placed#/properties/state": "phase", "order.placed#/properties/state/enum/on hold": "waiting",
		"order.placed#/properties/lines/items": "Line",
	})
	got := string(codegentest.Files(t, Target{}, m, nil)[0].Content)
	for _, want := range []string{`"name": "Placed"`, `"name": "phase"`, `"property": "state"`, `"symbols": ["waiting"]`, `"texts": {"waiting": "on hold"}`, `"name": "Line"`} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in\n%s", want, got)
		}
	}
}

// TestGenerate_NamesVariantsAfterTheirRenamedDefinition has a definition that two variants
// of a union share, and that stands alone too, before and after a release.
func TestGenerate_NamesVariantsAfterTheirRenamedDefinition(t *testing.T) {
	const contract = `event: order.placed
version: 1.%d.0
definitions:
  card: {type: object, properties: {digits: {type: string}}}
properties:
  refund: {$ref: card}
  payment: {discriminator: method, oneOf: {card: {$ref: card}, gift card: {$ref: card}, cash: {type: object, properties: {till: {type: string}}}}}
`
	versions := versionsOf(t, fmt.Sprintf(contract, 0), fmt.Sprintf(contract, 1))
	job := codegen.Job{Target: Target{}, Rename: map[string]string{"order.placed#/definitions/card": "Plastic"}}
	for _, released := range []map[string][]*contracts.Contract{nil, {"order.placed": versions[:1]}} {
		m := codegen.NewModel(codegen.Source{Events: versions[1:], Released: released})
		if err := job.CheckRename(m); err != nil {
			t.Fatal(err)
		}
		s, err := schemaOf(m.Renamed(job.Rename), m.Renamed(job.Rename).Events[0], false)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, one := range reach(s) {
			if one.kind == "record" {
				got = append(got, one.name)
			}
		}
		want := []string{"OrderPlaced", "Plastic", "OrderPlacedPaymentCardPlastic", "OrderPlacedPaymentGiftCardPlastic", "OrderPlacedPaymentCash"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%d released (-want +got):\n%s", len(released), diff)
		}
	}
	job.Rename = map[string]string{"order.placed#/definitions/card": "plastic"}
	if err := job.CheckRename(codegen.NewModel(codegen.Source{Events: versions[1:]})); err == nil {
		t.Error("a record may start with a small letter")
	}
}

// TestIdentify_TellsTheNamesOfSchemas compares with all names that are in the schemas.
func TestIdentify_TellsTheNamesOfSchemas(t *testing.T) {
	for _, m := range []*codegen.Model{codegentest.Model(t, shop), codegentest.Model(t, torture)} {
		told := map[string]bool{}
		options, err := codegen.CheckOptions(Target{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		Target{}.Identify(m, options, &codegen.Names{Visit: func(_ *codegen.Scope, identifier string, _ codegen.Origin) { told[identifier] = true }})
		count := 0
		for _, e := range m.Events {
			s, err := schemaOf(m, e, false)
			if err != nil {
				t.Fatal(err)
			}
			for _, one := range reach(s) {
				names := []string{one.name}
				for _, f := range one.fields {
					names = append(names, f.name)
				}
				for _, v := range one.symbols {
					names = append(names, v.name)
				}
				for _, name := range names {
					if count++; !told[name] {
						t.Errorf("%s: %s is not told", e.Contract.Name, name)
					}
				}
			}
		}
		if count < 100 {
			t.Errorf("only %d names", count)
		}
	}
}

// TestGenerate_RefusesToReadTimesAsNumbers has a time that may be a number later.
func TestGenerate_RefusesToReadTimesAsNumbers(t *testing.T) {
	versions := versionsOf(t, "event: a\nversion: 1.0.0\nproperties: {at: {type: string, format: date-time}}\n", "event: a\nversion: 1.1.0\nproperties: {at: {type: [string, integer]}}\n")
	if got := schemaAfter(versions, logical); !strings.Contains(got, `property "at" is timestamp-micros in a released version`) {
		t.Errorf("got %s", got)
	}
	if got := schemaAfter(versions, "string"); !strings.Contains(got, `["null", "long", "string"]`) {
		t.Errorf("got %s", got)
	}
}

func TestGenerate_RefusesANamespaceThatIsNone(t *testing.T) {
	for _, namespace := range []string{"", "a-b", ".a", "a..b", "1a", "a.1"} {
		_, err := codegen.Job{Target: Target{}, Options: codegen.Options{optionNamespace: namespace}}.Files(&codegen.Model{})
		if err == nil || !strings.Contains(err.Error(), "expected words") {
			t.Errorf("%q: %v", namespace, err)
		}
	}
}
