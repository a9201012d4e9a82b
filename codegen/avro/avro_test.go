package avro

import (
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
	e := codegen.NewModel(codegen.Source{Events: []*contracts.Contract{last}, Released: map[string][]*contracts.Contract{last.Name: versions}}).Events[0]
	return string(print(schemaOf(e, formats == logical), "test"))
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

func TestGenerate_RefusesANamespaceThatIsNone(t *testing.T) {
	for _, namespace := range []string{"", "a-b", ".a", "a..b", "1a", "a.1"} {
		_, err := Target{}.Generate(&codegen.Model{}, codegen.Options{optionNamespace: namespace})
		if err == nil || !strings.Contains(err.Error(), "expected words") {
			t.Errorf("%q: %v", namespace, err)
		}
	}
}
