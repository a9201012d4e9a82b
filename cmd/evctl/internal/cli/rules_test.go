package cli

import (
	"slices"
	"testing"

	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/lint"
)

func TestCatalogue_WhatPushRefusesCannotBeTurnedDown(t *testing.T) {
	c, err := catalogue()
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"version-reused", "version-too-low", "version-not-bumped", "release-edited", "waiver-invalid"} {
		if r := c.Rule(id); r == nil || !r.Gate {
			t.Errorf("rule %s is not part of the gate", id)
		}
	}
	free := []string{"event-removed", "version-overstated", "waiver-stale", "waiver-expired", "waiver-unknown", "waiver-mismatch", "waiver-duplicate"}
	for _, r := range c.Rules() {
		if r.Gate && r.Severity != diag.Error && r.Severity != diag.Off {
			t.Errorf("rule %s is part of the gate with severity %s", r.ID, r.Severity)
		}
		errors := r.Group == lint.Compatibility && r.Severity == diag.Error
		if errors && !r.Gate && !slices.Contains(free, r.ID) {
			t.Errorf("rule %s is an error about compatibility and not part of the gate", r.ID)
		}
	}
}
