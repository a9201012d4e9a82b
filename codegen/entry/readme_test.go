package entry

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/codegen/targets"
	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/golden"
)

const readme = "../../cmd/evctl/README.md"

// casings are the columns of the table: what is written in a contract.
var casings = []struct{ title, key string }{
	{"event `order.completed`", "order.completed"},
	{"definition `line_item`", "order.completed#/definitions/line_item"},
	{"property `userURLs`", "order.completed#/properties/userURLs"},
	{"property `class`", "order.completed#/properties/class"},
	{"value `in transit` of `status`", "order.completed#/properties/status/enum/in transit"},
	{"value `2nd` of it", "order.completed#/properties/status/enum/2nd"},
}

const casingsContract = `event: order.completed
version: 1.0.0
properties:
  userURLs: {type: string}
  class: {type: string}
  status: {type: string, enum: [in transit, 2nd]}
  line: {$ref: line_item}
definitions:
  line_item: {type: object, properties: {sku: {type: string}}}
`

// TestReadme_ShowsTheCasingsOfAllTargets has the table written by what names code.
func TestReadme_ShowsTheCasingsOfAllTargets(t *testing.T) {
	c, diags := contracts.Parse(diag.NewFile("order.completed.yaml", []byte(casingsContract)))
	lib, _ := contracts.NewLibrary(nil)
	if diags = append(diags, lib.Link(c)...); len(diags) > 0 {
		t.Fatal(diags[0].Message)
	}
	m := codegen.NewModel(codegen.Source{Events: []*contracts.Contract{c}})
	var b strings.Builder
	b.WriteString("| target |")
	for _, column := range casings {
		b.WriteString(" " + column.title + " |")
	}
	b.WriteString(" file |\n|---|" + strings.Repeat("---|", len(casings)+1) + "\n")
	for _, target := range targets.All {
		b.WriteString(row(t, target, m) + "\n")
	}
	compareBlock(t, "casings", b.String())
}

// row has, for each column, the first identifier that a target gives to it.
func row(t *testing.T, target codegen.Target, m *codegen.Model) string {
	t.Helper()
	options, err := codegen.CheckOptions(target, nil)
	if err != nil {
		t.Fatal(err)
	}
	job := codegen.Job{Target: target, Options: options}
	cells := make([]string, len(casings)+1)
	job.Names(m, &codegen.Names{Visit: func(s *codegen.Scope, identifier string, of codegen.Origin) {
		at := len(casings)
		if !s.OfFiles() {
			at = slices.IndexFunc(casings, func(c struct{ title, key string }) bool { return c.key == of.Key() })
		} else if of.What() != "event" {
			return
		}
		if at >= 0 && cells[at] == "" {
			cells[at] = "`" + identifier + "`"
		}
	}})
	for i, cell := range cells {
		cells[i] = cmp.Or(cell, "–")
	}
	return fmt.Sprintf("| `%s` | %s |", target.Name(), strings.Join(cells, " | "))
}

// compareBlock compares what stands between <!-- name --> and the next <!-- end -->.
func compareBlock(t *testing.T, name, want string) {
	t.Helper()
	text, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(text), "<!-- "+name+" -->\n")
	got, after, ended := strings.Cut(rest, "<!-- end -->")
	if !found || !ended {
		t.Fatalf("no block %s", name)
	}
	diff := gocmp.Diff(want, got)
	switch {
	case diff == "":
	case golden.Updating():
		if err := os.WriteFile(readme, []byte(before+"<!-- "+name+" -->\n"+want+"<!-- end -->"+after), 0o644); err != nil {
			t.Fatal(err)
		}
	default:
		t.Errorf("%s differs; EVCTL_UPDATE=1 rewrites it (-want +got):\n%s", readme, diff)
	}
}
