package rules

import (
	"fmt"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/contracts/payload"
	"github.com/evctl/evctl/lint"
)

var exampleInvalid = lint.Rule{
	ID: "example-invalid", Group: lint.Structure, Profile: lint.Minimal, Severity: diag.Error,
	Summary:  "an example is not valid",
	Why:      "Producers copy examples. One that collectors reject, because the contract went on without it, sends them the wrong way.",
	Contract: checkExampleInvalid,
}

func checkExampleInvalid(p *lint.Pass) {
	var source values
	for _, at := range p.Places() {
		if len(at.Schema.Examples) == 0 || at.Top() && p.Contract.Kind == contracts.Fragment {
			continue // a fragment's examples are parts of payloads
		}
		validator, err := definitionsOf(p).CompileSchema(at.Schema)
		if err != nil {
			p.Report(at.Schema.At("examples"), at.Pointer()+"/examples", fmt.Sprintf("examples cannot be checked: %v", err), "")
			continue
		}
		for i, example := range at.Schema.Examples {
			reportInvalid(p, &source, validator, at, fmt.Sprintf("examples/%d", i), "example", example)
		}
	}
}

// definitionsOf keeps the definitions that examples and defaults of all contracts are
// compiled with.
func definitionsOf(p *lint.Pass) *payload.Definitions {
	return lint.Shared(p, func(*lint.Pass) *payload.Definitions { return new(payload.Definitions) })
}

// reportInvalid reports every reason why a value that a contract holds is not valid,
// each at its place in the file.
func reportInvalid(p *lint.Pass, source *values, validator *payload.Validator, at *lint.Place, pointer, what string, value contracts.Value) {
	violations := validator.Validate([]byte(value.JSON))
	if len(violations) == 0 {
		return
	}
	f := at.Schema.File
	n := source.at(f, value.Span)
	for _, v := range violations {
		place := value.Span
		if found := n.at(v.Pointer); found != nil {
			place = found.Span
		}
		where := ""
		if v.Pointer != "" {
			where = " at " + document.Quote(v.Pointer)
		}
		p.Report(diag.Location{File: f, Span: place}, at.Pointer()+"/"+pointer+v.Pointer,
			fmt.Sprintf("%s of %s is not valid%s: %s", what, nameOf(p.Contract, at), where, v.Message()), "correct the "+what+", or the contract")
	}
}
