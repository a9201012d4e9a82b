package compat_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/lint/compat"
)

// row is a line of the table in README.md.
type row struct {
	edit, old, new string
	want           []string // the answers, in the order of the table
}

// decisions reads the table of README.md.
func decisions(t *testing.T) []row {
	t.Helper()
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	var rows []row
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), " | ")
		if len(cells) != 8 || !strings.Contains(cells[1], "`") {
			continue
		}
		for i := range cells {
			cells[i] = strings.Trim(strings.TrimSpace(cells[i]), "`")
		}
		rows = append(rows, row{cells[0], cells[1], cells[2], cells[3:]})
	}
	return rows
}

// parsed is an event with the given properties.
func parsed(t *testing.T, properties string) *contracts.Contract {
	t.Helper()
	c, diags := contracts.Parse(diag.NewFile("a.yaml", []byte("event: shop.visited\nversion: 1.0.0\nproperties: {"+properties+"}\n")))
	library, _ := contracts.NewLibrary(nil)
	if c != nil {
		diags = append(diags, library.Link(c)...)
	}
	for _, d := range diags {
		t.Fatalf("%s: %s", properties, d.Message)
	}
	return c
}

// graver is the greater of two effects; any is greater than none at all.
func graver(a, b string) string {
	levels := []string{"", "none", "compatible", "breaking"}
	if slices.Index(levels, a) > slices.Index(levels, b) {
		return a
	}
	return b
}

func TestImpact_IsWhatTheTableSays(t *testing.T) {
	rows := decisions(t)
	if len(rows) < 40 {
		t.Fatalf("the table has %d rows", len(rows))
	}
	for _, r := range rows {
		t.Run(r.edit, func(t *testing.T) {
			v := compat.Check(parsed(t, r.old), parsed(t, r.new), compat.Options{})
			var why []string
			got := make([]string, 5)
			for _, f := range v.Findings {
				for i, e := range f.Impact.Effects() {
					got[i] = graver(got[i], e.Effect)
					why = append(why, e.Consumer+": "+e.Why)
				}
			}
			if d := cmp.Diff(r.want, got); d != "" {
				t.Errorf("(-want +got):\n%s%s", d, strings.Join(why, "\n"))
			}
		})
	}
}
