package payload_test

import (
	"testing"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/payload"
	"github.com/evctl/evctl/contracts/schema"
)

// event parses and links an event, with the definitions it needs.
func event(t testing.TB, text string, definitions ...string) *contracts.Contract {
	t.Helper()
	lib := library(t, definitions...)
	c, diags := contracts.Parse(diag.NewFile("event.yaml", []byte(text)))
	if c != nil {
		diags = append(diags, lib.Link(c)...)
	}
	for _, d := range diags {
		t.Fatalf("%d: %s\n%s", d.Position().Line, d.Message, text)
	}
	return c
}

func library(t testing.TB, definitions ...string) *contracts.Library {
	t.Helper()
	var shared []*contracts.Contract
	for _, text := range definitions {
		c, diags := contracts.Parse(diag.NewFile("definition.yaml", []byte(text)))
		for _, d := range diags {
			t.Fatalf("%d: %s\n%s", d.Position().Line, d.Message, text)
		}
		shared = append(shared, c)
	}
	lib, diags := contracts.NewLibrary(shared)
	if len(diags) > 0 {
		t.Fatal(diags[0].Message)
	}
	return lib
}

// property is an event with one property v.
func property(schema string) string {
	return "event: a\nversion: 1.0.0\nproperties:\n  v: " + schema + "\n"
}

// compiled is a validator with its reference, which must agree.
type compiled struct {
	t         testing.TB
	validator *payload.Validator
	reference *schema.Reference
}

func compile(t testing.TB, text string, definitions ...string) compiled {
	t.Helper()
	c := event(t, text, definitions...)
	v, err := payload.Compile(c)
	if err != nil {
		t.Fatal(err)
	}
	projection := schema.Project(c)
	r, err := schema.Compile(projection)
	if err != nil {
		t.Fatalf("%v\n%s", err, projection)
	}
	return compiled{t, v, r}
}

// violations validates in all three ways, and wants them to agree.
func (c compiled) violations(raw string) []payload.Violation {
	c.t.Helper()
	found := c.validator.Validate([]byte(raw))
	if valid := c.validator.Valid([]byte(raw)); valid != (found == nil) {
		c.t.Errorf("%s: Valid says %v, Validate %v", raw, valid, found)
	}
	if err := c.reference.Valid([]byte(raw)); (err == nil) != (found == nil) {
		c.t.Errorf("%s: payload says %v, reference %v", raw, found, err)
	}
	return found
}
