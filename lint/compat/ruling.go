package compat

import (
	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diff"
)

// ruling is what is known about a change without looking at payloads. What it does to
// them is proven; see prover.
type ruling struct {
	rule string
	// backward and forward are set for changes after which valid payloads stay valid
	// and mean something else.
	backward, forward bool
	least             contracts.Bump // what it asks for when it breaks nothing
	note              string
}

func (r *ruling) judge(c diff.Change) {
	switch c := c.(type) {
	case *diff.EventRenamed:
		r.backward, r.forward = true, true
	case *diff.PropertyAdded:
		if c.Required {
			r.rule = "property-required-added"
		}
	case *diff.AnnotationChanged:
		r.annotation(c)
	case *diff.Undeprecated:
		r.least = contracts.PatchBump
	}
}

// annotation judges what does not show in payloads; see meaningRules for what is an
// error nevertheless.
func (r *ruling) annotation(c *diff.AnnotationChanged) {
	r.least = contracts.PatchBump
	switch c.Keyword {
	case "name", "default":
		r.least = contracts.MinorBump // generated code and upgraded payloads differ
	case "status":
		if s := contracts.Status(c.To); s == contracts.Deprecated || s == contracts.Retired {
			r.least = contracts.MinorBump
		}
	}
}
