package markdown

import (
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/codegen/codegentest"
)

const (
	torture = "../testdata/torture"
	shop    = "../../testdata/shop"
)

var (
	anchors = regexp.MustCompile(`<a id="([^"]*)"></a>`)
	links   = regexp.MustCompile(`\]\(([^)\s]*)\)`)
	spans   = regexp.MustCompile("(?s)```.*?```|`[^`\n]*`")
)

// TestGenerate_EveryLinkLeadsSomewhere follows all links of all pages.
func TestGenerate_EveryLinkLeadsSomewhere(t *testing.T) {
	random, _ := codegentest.Random(t, 60, 1)
	for _, m := range []*codegen.Model{codegentest.Model(t, torture), codegentest.Model(t, shop), random} {
		places, pages := map[string]bool{}, map[string]string{}
		for _, f := range codegentest.Files(t, Target{}, m, nil) {
			places[f.Path], pages[f.Path] = true, string(f.Content)
			for _, a := range anchors.FindAllStringSubmatch(string(f.Content), -1) {
				if at := f.Path + "#" + a[1]; places[at] {
					t.Errorf("%s stands twice", at)
				} else {
					places[at] = true
				}
			}
		}
		followed := 0
		for at, text := range pages {
			for _, l := range links.FindAllStringSubmatch(spans.ReplaceAllString(text, ""), -1) {
				to := path.Join(path.Dir(at), l[1])
				if strings.HasPrefix(l[1], "#") {
					to = at + l[1]
				}
				if followed++; !places[to] {
					t.Errorf("%s links to %s, which is not there", at, to)
				}
			}
		}
		if followed < 2*len(m.Events) {
			t.Errorf("only %d links", followed)
		}
	}
}

func TestGenerate_RefusesATitleWithoutText(t *testing.T) {
	for _, title := range []string{"", " \n"} {
		if _, err := (codegen.Job{Target: Target{}, Options: codegen.Options{optionTitle: title}}).Files(&codegen.Model{}); err == nil || !strings.Contains(err.Error(), "option title") {
			t.Errorf("%q: %v", title, err)
		}
	}
}

// TestGenerate_SaysEveryProperty looks for each property in the page of its owner.
func TestGenerate_SaysEveryProperty(t *testing.T) {
	m := codegentest.Model(t, torture)
	text := map[string]bool{}
	for _, f := range codegentest.Files(t, Target{}, m, nil) {
		for line := range strings.Lines(string(f.Content)) {
			if a := anchors.FindStringSubmatch(line); a != nil {
				text[a[1]] = true
			}
		}
	}
	checked := 0
	for _, e := range m.Events {
		for _, typ := range e.Reach {
			for _, f := range typ.Fields {
				if checked++; !text[typ.Name.Kebab()+"."+f.Name.Kebab()] {
					t.Errorf("%s has no line for %q", typ.Pointer, f.Wire)
				}
			}
		}
	}
	if checked < 100 {
		t.Errorf("only %d properties", checked)
	}
}

func TestCode_ShowsTextAsItIs(t *testing.T) {
	for text, want := range map[string]string{
		"a":        "`a`",
		"a b":      "`a b`",
		"":         "`\"\"`",
		" a":       "`\" a\"`",
		"a  b":     "`\"a \\u0020b\"`",
		"a\nb":     "`\"a\\u000ab\"`",
		"a`b":      "``a`b``",
		"`a":       "`` `a ``",
		"a|b":      "`a\\|b`",
		"\u202eab": "`\"\\u202eab\"`",
		"\ufeff":   "`\"\\ufeff\"`",
	} {
		if got := code(text); got != want {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
	}
}

func TestEscape_LeavesNothingToTheRenderer(t *testing.T) {
	got := []string{}
	for _, text := range []string{"order_id _a_", "<script>", "[a](b)", "- a", "1. a", "a | b\nc", "# a", "*a* `b` ~c~ &amp;", "a\u202eb"} {
		got = append(got, escape(text))
	}
	want := []string{`order_id \_a\_`, `\<script\>`, `\[a\](b)`, `\- a`, `1\. a`, `a \| b c`, `\# a`, `\*a\* \` + "`b\\`" + ` \~c\~ \&amp;`, "ab"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestGenerate_ListsPersonalDataByItsPath(t *testing.T) {
	for _, e := range codegentest.Model(t, shop).Events {
		if e.Contract.Name != "order.completed" {
			continue
		}
		got := [][]string{personal(e, "direct"), personal(e, "pseudonymous"), personal(e, "sensitive")}
		if diff := cmp.Diff([][]string{{"receipt_email"}, {"payment.last_digits"}, nil}, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		return
	}
	t.Error("no event order.completed")
}

func TestGenerate_PutsOneBlankLineBetweenParts(t *testing.T) {
	for _, f := range codegentest.Files(t, Target{}, codegentest.Model(t, torture), nil) {
		text := string(f.Content)
		if strings.Contains(text, "\n\n\n") || !strings.HasSuffix(text, "\n") || slices.Contains(strings.Split(text, "\n"), " ") {
			t.Errorf("%s has blank lines", f.Path)
		}
	}
}

// TestTypeOf_SaysWhichPartMayBeNull tells null in a list from null instead of it, and
// values that differ in type only.
func TestTypeOf_SaysWhichPartMayBeNull(t *testing.T) {
	m := codegentest.Model(t, torture)
	b := newBook(m)
	got := map[string]string{}
	for _, e := range m.Events {
		p := &page{book: b, unit: &e.Unit}
		for _, f := range e.Payload.Fields {
			got[e.Contract.Name+" "+f.Wire] = p.typeOf(f.Type)
		}
	}
	for name, want := range map[string]string{
		"torture.every_type list_nullable": "list of number, or null",
		"torture.every_type list_of_null":  "list of (string or null)",
		"torture.every_type list_of_mixed": "list of (string or integer or null)",
		"torture.every_type map_of_maps":   "map of map of number",
		"torture.enums list":               "list of (`x`, `y`)",
		"torture.enums open_nullable":      "`a`, others or null",
		"torture.enums mixed":              "`\"1\"`, `1`, `true`",
	} {
		if got[name] != want {
			t.Errorf("%s: got %s, want %s", name, got[name], want)
		}
	}
}
