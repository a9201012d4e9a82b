package lint

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/evctl/evctl/contracts/diag"
)

// covered describes the comments of a text: the lines each covers.
func covered(text string) []string {
	f := diag.NewFile("f.yaml", []byte(text))
	var out []string
	for _, d := range directivesIn(f) {
		line := func(at int32) int { return f.Position(at).Line }
		lines := "nothing"
		if d.covers != (diag.Span{}) {
			lines = fmt.Sprintf("%d-%d", line(d.covers.Start), line(d.covers.End-1))
		}
		out = append(out, fmt.Sprintf("%s %v %q covers %s", d.word, d.rules, d.reason, lines))
	}
	return out
}

func TestDirectives_Cover(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"the end of a line covers the line", "a: 1\nb: 2 # evctl:ignore x-y: why\nc: 3\n", []string{`ignore [x-y] "why" covers 2-2`}},
		{"a line of its own covers the next entry", "a: 1\n# evctl:ignore x-y: why\nb: 2\nc: 3\n", []string{`ignore [x-y] "why" covers 3-3`}},
		{"and all that is below it", "a: 1\n# evctl:ignore x-y: why\nb:\n  c: 1\n  d:\n    - e\nf: 2\n", []string{`ignore [x-y] "why" covers 3-6`}},
		{"blank lines and comments may stand between", "# evctl:ignore x-y: why\n\n  # more\na: 1\n", []string{`ignore [x-y] "why" covers 4-4`}},
		{"several comments add up", "# evctl:ignore a-b: one\n# evctl:ignore c-d: two\nx: 1\n", []string{`ignore [a-b] "one" covers 3-3`, `ignore [c-d] "two" covers 3-3`}},
		{"an item of a list", "a:\n  # evctl:ignore x-y: why\n  - b: 1\n    c: 2\n  - d: 1\n", []string{`ignore [x-y] "why" covers 3-4`}},
		{"the whole file", "# evctl:ignore-file x-y: why\na: 1\nb: 2\n", []string{`ignore-file [x-y] "why" covers 1-4`}},
		{"nothing follows", "a: 1\n# evctl:ignore x-y: why\n", []string{`ignore [x-y] "why" covers nothing`}},
		{"several rules", "a: 1 # evctl:ignore a-b, c-d ,a-b: why: because\n", []string{`ignore [a-b c-d] "why: because" covers 1-1`}},
		{"no blank before the marker", "a: 1 #evctl:ignore x-y: why\n", []string{`ignore [x-y] "why" covers 1-1`}},
		{"line ends of Windows", "a: 1\r\n# evctl:ignore x-y: why\r\nb: 2\r\nc: 3\r\n", []string{`ignore [x-y] "why" covers 3-3`}},
		{"a byte order mark", "\ufeff# evctl:ignore-file x-y: why\na: 1\n", []string{`ignore-file [x-y] "why" covers 1-3`}},
		{"no line end at the end", "a: 1 # evctl:ignore x-y: why", []string{`ignore [x-y] "why" covers 1-1`}},
		{"quoted text is no comment", "a: \"b # evctl:ignore x-y: why\"\nc: 'd # evctl:ignore x-y: why'\n\"e # evctl:ignore x-y: why\": 1\n", nil},
		{"a block of text is no comment", "a: |\n  # evctl:ignore x-y: why\n\n  text # evctl:ignore x-y: why\nb: 1 # evctl:ignore x-y: why\n", []string{`ignore [x-y] "why" covers 5-5`}},
		{"a folded block in a list is no comment", "a:\n  - >-\n    # evctl:ignore x-y: why\n  - b # evctl:ignore x-y: why\n", []string{`ignore [x-y] "why" covers 4-4`}},
		{"a header of a block may have a comment", "a: | # evctl:ignore x-y: why\n  text\n", []string{`ignore [x-y] "why" covers 1-1`}},
		{"a hash within a word starts no comment", "a: b#evctl:ignore\n", nil},
		{"a sentence about comments is none", "# write evctl:ignore rule: reason\na: 1\n", nil},
		{"a file that is not YAML", "a: [ # evctl:ignore x-y: why\n", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, covered(c.text)); diff != "" {
				t.Errorf("comments differ (-want +got):\n%s", diff)
			}
		})
	}
}

func TestDirectives_ThousandsOfThemCostLittle(t *testing.T) {
	var b strings.Builder
	b.WriteString("properties:\n")
	for i := range 10_000 {
		fmt.Fprintf(&b, "  # evctl:ignore each-property: reason\n  p%d: {type: string, description: \"text\"}\n", i)
	}
	start := time.Now()
	found := directivesIn(diag.NewFile("f.yaml", []byte(b.String())))
	if spent := time.Since(start); spent > 5*time.Second {
		t.Errorf("reading them took %v", spent)
	}
	if len(found) != maxDirectives+1 || !found[maxDirectives].excess {
		t.Errorf("%d comments found, expected %d and one in excess", len(found), maxDirectives)
	}
}

func TestIgnore_CompatibilityAndLanguageCannotBeSilenced(t *testing.T) {
	text := "# evctl:ignore-file key-unknown, from-source: please\nevent: a.b\nversion: 1.0.0\nmexLength: 3\n"
	r := run(t, load(t, map[string]string{"contracts/a.yaml": text}), Options{})
	wantLines(t, r, "contracts/a.yaml:1 error ignore-not-allowed", "contracts/a.yaml:1 error ignore-not-allowed",
		"contracts/a.yaml:2 info whole-workspace", "contracts/a.yaml:4 error key-unknown")
}

func TestIgnore_UnusedIsNotSaidOfRulesThatDidNotRun(t *testing.T) {
	text := "event: a.b # evctl:ignore whole-workspace, each-property, off-by-itself: why\nversion: 1.0.0\n"
	files := map[string]string{"contracts/a.yaml": text}
	off := map[string]diag.Severity{"each-event": diag.Off}
	// With paths nothing about the whole workspace is checked; each-property and
	// off-by-itself are off.
	wantLines(t, run(t, load(t, files, "contracts/a.yaml"), Options{Severities: off}))
	r := run(t, load(t, files), Options{Severities: map[string]diag.Severity{"each-event": diag.Off, "each-property": diag.Info}})
	wantLines(t, r, "contracts/a.yaml:1 warning ignore-unused")
	fixes := Fix(r.Diagnostics)
	want := "event: a.b # evctl:ignore whole-workspace, off-by-itself: why\nversion: 1.0.0\n"
	if diff := cmp.Diff(want, string(fixes.Files[0].Text)); diff != "" {
		t.Errorf("fix differs (-want +got):\n%s", diff)
	}
}
