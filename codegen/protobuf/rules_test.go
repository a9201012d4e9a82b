package protobuf

import (
	"errors"
	"strings"
	"testing"

	"buf.build/go/protovalidate"
	"google.golang.org/protobuf/types/dynamicpb"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/codegen/codegentest"
	"github.com/evctl/evctl/contracts/contracttest"
	"github.com/evctl/evctl/contracts/numbers"
	"github.com/evctl/evctl/contracts/payload"
)

var withRules = map[string]string{optionRules: "buf.validate"}

// TestRules_AcceptEveryValidPayload asks protovalidate about messages of payloads.
func TestRules_AcceptEveryValidPayload(t *testing.T) {
	for _, dir := range []string{"../../testdata/shop", "../testdata/torture"} {
		accept(t, codegentest.Model(t, dir))
	}
	random, _ := codegentest.Random(t, 60, 1)
	accept(t, random)
}

func accept(t *testing.T, m *codegen.Model) {
	t.Helper()
	files := map[string]codegen.File{}
	for _, f := range codegentest.Files(t, Target{}, m, withRules) {
		files[f.Path] = f
	}
	checked := 0
	for _, e := range m.Events {
		_, path := place(e, config{packageName: "events"})
		d := descriptor(t, files[path])
		validator, err := protovalidate.New(protovalidate.WithMessages(dynamicpb.NewMessage(d)))
		if err != nil {
			t.Fatalf("%s: %v", e.Contract.Name, err)
		}
		plan, _ := numbers.Plan(numbers.Ledger{}, e.Contract)
		valid, err := payload.Compile(e.Contract)
		if err != nil {
			t.Fatal(err)
		}
		for seed := range 20 {
			text := contracttest.Payload(e.Contract).Example(seed)
			if !valid.Valid(text) {
				continue
			}
			message := dynamicpb.NewMessage(d)
			if err := encodeScope(message, plan, decodeJSON(t, string(text))); err != nil {
				continue // TestMapping is about those
			}
			checked++
			if err := validator.Validate(message); err != nil {
				t.Errorf("%s: %v\n%s", e.Contract.Name, err, text)
			}
		}
	}
	if checked < 100 {
		t.Errorf("only %d payloads checked", checked)
	}
}

// TestRules_RefuseWhatTheContractRefuses has one constraint of each kind, and a value that
// breaks it alone.
func TestRules_RefuseWhatTheContractRefuses(t *testing.T) {
	for _, c := range []struct{ schema, value, rule string }{
		{`{type: string, required: true, minLength: 1}`, `""`, "string.min_len"},
		{`{type: string, minLength: 2}`, `"é"`, "string.min_len"},
		{`{type: string, maxLength: 1}`, `"éa"`, "string.max_len"},
		{`{type: string, pattern: '^a\.\d"$'}`, `"a.b"`, "string.pattern"},
		{`{type: string, format: uuid}`, `"1"`, "string.uuid"},
		{`{type: integer, required: true, minimum: 1}`, `0`, "int64.gte"},
		{`{type: integer, exclusiveMinimum: 1.5, minimum: 0}`, `1`, "int64.gte"},
		{`{type: integer, maximum: 2.5}`, `3`, "int64.lte"},
		{`{type: integer, exclusiveMaximum: 3}`, `3`, "int64.lte"},
		{`{type: integer, exclusiveMaximum: -3, minimum: -9}`, `-3`, "int64.gte_lte"},
		{`{type: integer, minimum: 2, maximum: 18446744073709551614}`, `18446744073709551615`, "uint64.gte_lte"},
		{`{type: number, minimum: 0.1}`, `0.05`, "double.gte"},
		{`{type: number, exclusiveMaximum: 5.5}`, `7`, "double.lte"},
		{`{type: array, items: {type: string, maxLength: 1}}`, `["ab"]`, "string.max_len"},
		{`{type: array, required: true, minItems: 1, items: {type: string}}`, `[]`, "repeated.min_items"},
		{`{type: array, maxItems: 1, items: {type: any}}`, `[1, 2]`, "repeated.max_items"},
		{`{type: array, uniqueItems: true, items: {type: string}}`, `["a", "a"]`, "repeated.unique"},
		{`{type: map, required: true, minProperties: 1, values: {type: string}}`, `{}`, "map.min_pairs"},
		{`{type: map, maxProperties: 1, values: {type: string}}`, `{"a": "", "b": ""}`, "map.max_pairs"},
		{`{type: map, keys: {type: string, pattern: '^a$'}, values: {type: string}}`, `{"b": ""}`, "string.pattern"},
		{`{type: map, values: {type: integer, maximum: 1}}`, `{"a": 2}`, "int64.lte"},
		{`{type: object, properties: {b: {type: integer, maximum: 1}}}`, `{"b": 2}`, "int64.lte"},
		{`{oneOf: {b: {type: integer, maximum: 1}}}`, "", "required"},
	} {
		contract := read(t, "event.yaml", []byte("event: a.b\nversion: 1.0.0\nproperties: {a: "+c.schema+"}\n"))
		files := codegentest.Files(t, Target{}, model(nil, contract), withRules)
		d := descriptor(t, files[0])
		plan, _ := numbers.Plan(numbers.Ledger{}, contract)
		message := dynamicpb.NewMessage(d)
		if c.value == "" {
			message.Mutable(d.Fields().Get(0)) // a union without a variant
		} else if err := encodeScope(message, plan, decodeJSON(t, `{"a": `+c.value+`}`)); err != nil {
			t.Fatal(err)
		}
		err := protovalidate.Validate(message)
		var violations *protovalidate.ValidationError
		if !errors.As(err, &violations) || len(violations.Violations) != 1 || violations.Violations[0].Proto.GetRuleId() != c.rule {
			t.Errorf("%s takes %s: error is %v, expected one about %s\n%s", c.schema, c.value, err, c.rule, files[0].Content)
		}
	}
}

// TestRules_LeaveOutWhatCannotBeSaid has constraints whose rule would refuse what the
// contract accepts.
func TestRules_LeaveOutWhatCannotBeSaid(t *testing.T) {
	for _, schema := range []string{
		`{type: array, minItems: 1, items: {type: string}}`,
		`{type: integer, minimum: 5, maximum: 5}`,
		`{type: number, maximum: 1e400}`,
		`{type: number, minimum: 0.5, maximum: 0.5}`,
		`{type: number, minimum: 0.1, maximum: 0.10000000000000000000001}`,
		`{type: string, enum: [a], open: true}`,
		`{type: array, items: {type: string, nullable: true, maxLength: 1}}`,
		`{type: object, nullable: true, required: true, properties: {}}`,
	} {
		contract := read(t, "event.yaml", []byte("event: a.b\nversion: 1.0.0\nproperties: {a: "+schema+"}\n"))
		if text := string(codegentest.Files(t, Target{}, model(nil, contract), withRules)[0].Content); strings.Contains(text, "validate") {
			t.Errorf("%s:\n%s", schema, text)
		}
	}
}
