package rules

import (
	"fmt"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/lint"
)

var nameTooLong = lint.Rule{
	ID: "name-too-long", Group: lint.Naming, Profile: lint.Standard, Severity: diag.Warning,
	Summary:  "a name is longer than databases and tools take",
	Why:      "PostgreSQL cuts names after 63 bytes without a word, so that two long names become one column; many tools cut event names after 100.",
	Contract: checkNameTooLong,
}

// Lengths in bytes.
const (
	maxEventName    = 100
	maxPropertyName = 63
)

func checkNameTooLong(p *lint.Pass) {
	if n := len(p.Contract.Name); p.Contract.Kind == contracts.Event && n > maxEventName {
		p.Report(p.Contract.Head(), "", fmt.Sprintf("event name has %d bytes, expected at most %d", n, maxEventName), "")
	}
	for _, at := range p.Properties() {
		if n := len(at.Property.Name); n > maxPropertyName {
			p.Report(at.Property.At(), at.Pointer(), fmt.Sprintf("property name has %d bytes, expected at most %d", n, maxPropertyName), "move part of it into an object around it")
		}
	}
}
