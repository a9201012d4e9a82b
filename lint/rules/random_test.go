package rules

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"pgregory.net/rapid"

	"github.com/evctl/evctl/contracts/contracttest"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/workspace"
	"github.com/evctl/evctl/lint"
	"github.com/evctl/evctl/lint/linttest"
)

const strictConfig = "language: v1\nlint: {profile: strict}\n"

// lintFiles runs every rule over the files of a workspace.
func lintFiles(t failer, c *lint.Catalogue, fsys fstest.MapFS) *lint.Result {
	w, err := workspace.Load(context.Background(), fsys)
	if errors.Is(err, workspace.ErrNoContracts) {
		return &lint.Result{}
	}
	if err != nil {
		t.Fatalf("load: %v", err)
	}
	r, err := lint.Run(context.Background(), w, lint.Options{Catalogue: c, Now: linttest.Now})
	if err != nil {
		t.Fatalf("run: %v", err)
	}
	return r
}

// failer is what tests and rapid's tests have in common.
type failer interface{ Fatalf(string, ...any) }

// checkLaws wants of every finding a place within its file, a known rule and a subject, and
// of fixes that carrying them out again and again comes to an end.
func checkLaws(t failer, c *lint.Catalogue, fsys fstest.MapFS) {
	const rounds = 10
	for round := 1; ; round++ {
		r := lintFiles(t, c, fsys)
		for i := range r.Diagnostics {
			d := &r.Diagnostics[i]
			switch {
			case c.Rule(d.Rule) == nil:
				t.Fatalf("finding of rule %q, which is not in the catalogue", d.Rule)
			case d.Message == "" || d.Severity == diag.Off:
				t.Fatalf("%s: message %q, severity %s", d.Rule, d.Message, d.Severity)
			case d.File == nil || d.Span.Start < 0 || d.Span.Start > d.Span.End || int(d.Span.End) > len(d.File.Data):
				t.Fatalf("%s has place %v", d.Rule, d.Location.Span)
			}
		}
		fixes := lint.Fix(r.Diagnostics)
		if len(fixes.Refused) > 0 {
			t.Fatalf("fixes break %q", fixes.Refused)
		}
		if len(fixes.Files) == 0 {
			return
		}
		if round == rounds {
			t.Fatalf("fixes go on changing %s: %s", fixes.Files[0].File.Path, fixes.Files[0].Titles)
		}
		for _, f := range fixes.Files {
			fsys[f.File.Path] = &fstest.MapFile{Data: f.Text}
		}
	}
}

func TestRules_KeepTheirLawsOnRandomContracts(t *testing.T) {
	c, err := lint.NewCatalogue(Set())
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		fsys := fstest.MapFS{"evctl.yaml": {Data: []byte(strictConfig)}}
		for _, f := range contracttest.Files().Draw(t, "files") {
			fsys["contracts/"+f.Path] = &fstest.MapFile{Data: []byte(f.Text)}
		}
		checkLaws(t, c, fsys)
	})
}

// FuzzRules feeds text of any kind to the parser and all rules.
func FuzzRules(f *testing.F) {
	for _, pattern := range []string{"testdata/*.txtar", "../../testdata/shop/contracts/*/*.yaml"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			f.Fatalf("no seeds at %s: %v", pattern, err)
		}
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			example, err := lint.ParseExample(data)
			if err != nil {
				f.Add(data)
				continue
			}
			for _, bad := range example.Bad {
				f.Add([]byte(bad.Text))
			}
		}
	}
	c, err := lint.NewCatalogue(Set())
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		checkLaws(t, c, fstest.MapFS{
			"evctl.yaml":           {Data: []byte(strictConfig)},
			"contracts/fuzz.yaml":  {Data: data},
			"contracts/money.yaml": {Data: []byte("define: money\ndescription: An amount.\ntype: object\nproperties: {amount: {type: integer}, currency: {type: string}}\n")},
		})
	})
}
