package codegentest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/evctl/evctl/codegen"
)

// Renamed is the model with another name for everything to which a target gives one, after
// it has checked that those are what the target writes and that none of them clash.
func Renamed(t testing.TB, target codegen.Target, m *codegen.Model, given map[string]string) *codegen.Model {
	t.Helper()
	options, err := codegen.CheckOptions(target, given)
	if err != nil {
		t.Fatal(err)
	}
	job := codegen.Job{Target: target, Options: options, Rename: map[string]string{}}
	job.Names(m, &codegen.Names{Visit: func(s *codegen.Scope, identifier string, of codegen.Origin) {
		key := of.Key()
		if s.OfFiles() || of.What() == "" || of.What() == "fragment" {
			return
		}
		if rest, found := strings.CutPrefix(of.Type.Pointer, "define "); found && strings.HasPrefix(key, strings.TrimSuffix(rest, "#")) {
			key = "define " + key
		}
		if job.Rename[key] == "" {
			job.Rename[key] = inCaseOf(identifier, len(job.Rename))
		}
	}})
	if len(job.Rename) < 50 {
		t.Fatalf("only %d names", len(job.Rename))
	}
	if err := job.CheckRename(m); err != nil {
		t.Fatal(err)
	}
	for _, c := range job.Clashes(m) {
		t.Errorf("%s and %s are both %s", c.Of.Key(), c.Other.Key(), c.Identifier)
	}
	return m.Renamed(job.Rename)
}

// inCaseOf is name number n, in the case of an identifier.
func inCaseOf(identifier string, n int) string {
	switch identifier {
	case strings.ToLower(identifier):
		return fmt.Sprintf("zq%d", n)
	case strings.ToUpper(identifier):
		return fmt.Sprintf("ZQ%d", n)
	}
	return fmt.Sprintf("Zq%d", n)
}
