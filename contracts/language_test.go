package contracts_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/golden"
)

// load parses and links files as a workspace does.
func load(files ...*diag.File) ([]*contracts.Contract, []diag.Diagnostic) {
	var all, shared []*contracts.Contract
	var diags []diag.Diagnostic
	for _, f := range files {
		c, more := contracts.Parse(f)
		diags = append(diags, more...)
		if c == nil {
			continue
		}
		all = append(all, c)
		if c.Kind != contracts.Event {
			shared = append(shared, c)
		}
	}
	library, more := contracts.NewLibrary(shared)
	diags = append(diags, more...)
	events := map[string]*contracts.Contract{}
	for _, c := range all {
		if c.Kind != contracts.Event {
			continue
		}
		diags = append(diags, library.Link(c)...)
		if first := events[c.Name]; first != nil {
			c.Broken = true
			diags = append(diags, contracts.DuplicateName(c, first))
		}
		events[c.Name] = c
	}
	diag.Sort(diags)
	return all, diags
}

// readFiles reads a fixture: a contract file, or an archive of several.
func readFiles(t testing.TB, path string) []*diag.File {
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if filepath.Ext(path) != ".txtar" {
		return []*diag.File{diag.NewFile(filepath.Base(path), data)}
	}
	var files []*diag.File
	for _, f := range txtar.Parse(data).Files {
		files = append(files, diag.NewFile(f.Name, f.Data))
	}
	return files
}

// render prints diagnostics with the text they point at.
func render(diags []diag.Diagnostic) string {
	var b strings.Builder
	for _, d := range diags {
		at := d.Position()
		fmt.Fprintf(&b, "%s:%d:%d: %s [%s]\n", d.File.Path, at.Line, at.Column, d.Message, d.Rule)
		frame(&b, d.Location)
		if d.Hint != "" {
			fmt.Fprintf(&b, "  hint: %s\n", d.Hint)
		}
		if d.Subject != "" {
			fmt.Fprintf(&b, "  subject: %q\n", d.Subject)
		}
		for _, r := range d.Related {
			at := r.Position()
			fmt.Fprintf(&b, "  %s:%d:%d: %s: %q\n", r.File.Path, at.Line, at.Column, r.Message, r.Text())
		}
	}
	return b.String()
}

// frame prints the first line of a place, with a caret below every character of it.
func frame(b *strings.Builder, at diag.Location) {
	start := at.Position()
	line := strings.ToValidUTF8(at.File.Line(start.Line), "?")
	text, _, more := strings.Cut(at.Text(), "\n")
	carets := max(1, len([]rune(strings.TrimSuffix(text, "\r"))))
	fmt.Fprintf(b, "    |%s\n    |%s%s", line, strings.Repeat(" ", start.Column-1), strings.Repeat("^", carets))
	if more {
		b.WriteString(" …")
	}
	b.WriteString("\n")
}

func fixtures(t testing.TB, pattern string) []string {
	paths, err := filepath.Glob(pattern)
	if err != nil || len(paths) == 0 {
		t.Fatalf("no fixtures match %s: %v", pattern, err)
	}
	return paths
}

func TestLanguage_ReportsEveryProblemWhereItStands(t *testing.T) {
	seen := map[string]bool{}
	for _, path := range append(fixtures(t, "testdata/err/*.yaml"), fixtures(t, "testdata/err/*.txtar")...) {
		t.Run(filepath.Base(path), func(t *testing.T) {
			all, diags := load(readFiles(t, path)...)
			if len(diags) == 0 {
				t.Error("a fixture of problems has none")
			}
			broken := map[*diag.File]bool{}
			for _, d := range diags {
				seen[d.Rule] = true
				broken[d.File] = true
				if d.Severity != diag.Error {
					t.Errorf("%s is not an error", d.Rule)
				}
			}
			for _, c := range all {
				if broken[c.File] && !c.Broken {
					t.Errorf("%s has problems and is not broken", c.ID())
				}
			}
			golden.Check(t, strings.TrimSuffix(path, filepath.Ext(path))+".out", []byte(render(diags)))
		})
	}
	for _, check := range contracts.Checks {
		if !seen[check.ID] {
			t.Errorf("no fixture in testdata/err shows %s", check.ID)
		}
		delete(seen, check.ID)
	}
	for id := range seen {
		t.Errorf("%s is reported, but not among the checks", id)
	}
}

func TestLanguage_TakesWhatIsRight(t *testing.T) {
	for _, path := range fixtures(t, "testdata/ok/*") {
		t.Run(filepath.Base(path), func(t *testing.T) {
			all, diags := load(readFiles(t, path)...)
			if len(diags) > 0 {
				t.Fatalf("unexpected problems:\n%s", render(diags))
			}
			for _, c := range all {
				if c.Broken {
					t.Errorf("%s is broken without a problem", c.ID())
				}
				if c.Kind == contracts.Event {
					checkReadBack(t, c)
				}
			}
		})
	}
}

// checkReadBack wants the canonical form of an event to say the same as the event.
func checkReadBack(t testing.TB, c *contracts.Contract) {
	t.Helper()
	source := contracts.Marshal(c)
	all, diags := load(diag.NewFile("canonical.json", source))
	if len(diags) > 0 {
		t.Fatalf("the canonical form has problems:\n%s", render(diags))
	}
	again := all[0]
	if got := contracts.Marshal(again); string(got) != string(source) {
		t.Errorf("the canonical form is read as another contract:\n%s\n%s", source, got)
	}
	if !contracts.Equal(c, again) || contracts.DigestOf(c) != contracts.DigestOf(again) {
		t.Errorf("the contract read back is another one:\n%s", source)
	}
}
