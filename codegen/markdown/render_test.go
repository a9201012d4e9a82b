package markdown

import (
	"encoding/json"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/codegen/codegentest"
)

// seen is what a reader of a page sees.
type seen struct{ Headings, Cells, HTML []string }

// render shows pages to a renderer of GitHub's Markdown.
func render(t *testing.T, m *codegen.Model) map[string]seen {
	t.Helper()
	pages := map[string]string{}
	for _, f := range codegentest.Files(t, Target{}, m, nil) {
		pages[f.Path] = string(f.Content)
	}
	input, err := json.Marshal(pages)
	if err != nil {
		t.Fatal(err)
	}
	program, err := filepath.Abs("testdata/render.py")
	if err != nil {
		t.Fatal(err)
	}
	var result map[string]seen
	out := codegentest.Run(t, t.TempDir(), input, codegentest.Python(t), program)
	if err := json.Unmarshal(out, &result); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return result
}

// ours is the only HTML there is: the mark of generated files, and anchors.
var ours = regexp.MustCompile(`^(<a id="[a-z0-9.-]+">|</a>|<!-- ` + regexp.QuoteMeta(codegen.Marker) + ` -->\n?)$`)

// TestGenerate_ReadersSeeWhatContractsSay renders every page, and looks for each text of
// the contracts as it was written.
func TestGenerate_ReadersSeeWhatContractsSay(t *testing.T) {
	random, _ := codegentest.Random(t, 60, 1)
	for _, m := range []*codegen.Model{codegentest.Model(t, torture), codegentest.Model(t, shop), random} {
		b, pages := newBook(m), render(t, m)
		for path, page := range pages {
			for _, html := range page.HTML {
				if !ours.MatchString(html) {
					t.Errorf("%s has HTML: %q", path, html)
				}
			}
		}
		checked := 0
		for _, e := range m.Events {
			for _, typ := range e.Reach {
				page := pages[b.paths[typ.Unit]]
				for _, f := range typ.Fields {
					checked++
					want := strings.Trim(code(f.Wire), "`")
					if !slices.ContainsFunc(page.Cells, func(cell string) bool { return cell == strings.ReplaceAll(strings.TrimSpace(want), `\|`, "|") }) {
						t.Errorf("%s: nobody sees property %q", b.paths[typ.Unit], f.Wire)
					}
					for _, line := range f.Doc.Lines {
						if strings.HasPrefix(line, "Personal data: ") {
							continue // has a column of its own
						}
						if !slices.ContainsFunc(page.Cells, func(cell string) bool { return strings.Contains(cell, oneLine(line)) }) {
							t.Errorf("%s: nobody sees %q of %q", b.paths[typ.Unit], line, f.Wire)
						}
					}
				}
			}
		}
		if checked < 60 {
			t.Errorf("only %d properties", checked)
		}
	}
}

// TestGenerate_HeadingsAreThoseOfTypes wants no heading that a description made.
func TestGenerate_HeadingsAreThoseOfTypes(t *testing.T) {
	m := codegentest.Model(t, torture)
	b, pages := newBook(m), render(t, m)
	for _, e := range m.Events {
		want := 1
		p := &page{book: b, unit: &e.Unit}
		for _, typ := range e.Types {
			if typ != e.Payload && p.shown(typ) {
				want++
			}
			if len(typ.Schema.Examples) > 0 && (typ == e.Payload || typ.Definition != "") {
				want++
			}
		}
		if got := pages[b.paths[&e.Unit]].Headings; len(got) != want {
			t.Errorf("%s has %d headings, expected %d: %q", e.Contract.Name, len(got), want, got)
		}
	}
}
