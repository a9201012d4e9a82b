package rules

import (
	"fmt"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/lint"
)

var statusContradictsDeprecation = lint.Rule{
	ID: "status-contradicts-deprecation", Group: lint.Lifecycle, Profile: lint.Standard, Severity: diag.Warning,
	Summary:  "status and deprecated: of an event say different things",
	Why:      "Catalogues list events by status, and generated code warns by deprecated:. One of the two does not know that the event goes away.",
	Contract: checkStatusContradictsDeprecation,
}

func checkStatusContradictsDeprecation(p *lint.Pass) {
	c := p.Contract
	switch {
	case c.Kind != contracts.Event:
	case c.Status == contracts.Deprecated && c.Payload.Deprecated == nil:
		p.Report(c.At("status"), "/status", fmt.Sprintf("event %s has status deprecated and does not say until when or why", document.Quote(c.Name)),
			"add deprecated: {since: …, sunset: …, replacedBy: …}")
	case c.Payload.Deprecated != nil && (c.Status == contracts.Active || c.Status == contracts.Draft):
		found := p.Report(c.At("deprecated"), "/status", fmt.Sprintf("event %s is deprecated and has status %s", document.Quote(c.Name), c.Status), "write status: deprecated, or run evctl lint --fix")
		found.Fix = statusFix(c)
	}
}

// statusFix sets status: deprecated, in place or above deprecated:.
func statusFix(c *contracts.Contract) *diag.Fix {
	fix := &diag.Fix{Title: "set status to deprecated"}
	if key, ok := c.Keys.Find("status"); ok {
		fix.Edits = []diag.Edit{{Location: diag.Location{File: c.File, Span: key.Value}, New: "deprecated"}}
		return fix
	}
	key, ok := c.Keys.Find("deprecated")
	if !ok || c.File.Position(key.Key.Start).Column != 1 {
		return nil // not a block mapping at the left margin
	}
	at := diag.Span{Start: key.Key.Start, End: key.Key.Start}
	fix.Edits = []diag.Edit{{Location: diag.Location{File: c.File, Span: at}, New: "status: deprecated" + lineEnding(c.File)}}
	return fix
}

// lineEnding is the one that a file uses.
func lineEnding(f *diag.File) string {
	for i, b := range f.Data {
		if b == '\n' {
			if i > 0 && f.Data[i-1] == '\r' {
				return "\r\n"
			}
			break
		}
	}
	return "\n"
}
