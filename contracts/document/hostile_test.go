package document_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
)

func repeat(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

// aliasBomb has the given number of levels, each naming the one before ten times.
func aliasBomb(levels int) string {
	var b strings.Builder
	b.WriteString("a0: &a0 lol\n")
	for i := 1; i < levels; i++ {
		fmt.Fprintf(&b, "a%d: &a%d [%s]\n", i, i, strings.Repeat(fmt.Sprintf("*a%d,", i-1), 10))
	}
	return b.String()
}

// hostile are inputs that cost far more than their size suggests, when nobody looks.
var hostile = map[string]struct{ text, want string }{
	"alias bomb":             {aliasBomb(10), "document has more than 200000 nodes after its anchors are expanded"},
	"merge bomb":             {"a: &a\n" + repeat(600, "  k%d: 1\n") + "b:\n" + repeat(600, "  - {<<: *a, n: %d}\n"), "document has more than 200000 nodes after its anchors are expanded"},
	"10 MB scalar":           {"a: " + strings.Repeat("x", 10<<20), "file has more than 4194304 bytes"},
	"10 MB block scalar":     {"a: |\n" + strings.Repeat("  x\n", 10<<18), "file has more than 4194304 bytes"},
	"flow nesting":           {strings.Repeat("[", 1_000_000), "nesting is deeper than 100 levels"},
	"closed flow nesting":    {strings.Repeat("[", 150) + strings.Repeat("]", 150), "nesting is deeper than 100 levels"},
	"flow mapping nesting":   {"a: " + strings.Repeat("{a: ", 900_000), "document has more than 200000 nodes"},
	"some flow nesting":      {"a: " + strings.Repeat("{a: ", 9_000) + strings.Repeat("}", 9000), "nesting is deeper than 100 levels"},
	"block list nesting":     {strings.Repeat("- ", 1_000_000), "document has more than 200000 nodes"},
	"some list nesting":      {strings.Repeat("- ", 9_000) + "x", "nesting is deeper than 100 levels"},
	"block nesting":          {blockNesting(2000), "nesting is deeper than 100 levels"},
	"complex keys":           {strings.Repeat("? ", 1_000_000), "document has more than 200000 nodes"},
	"JSON nesting":           {strings.Repeat(`{"a":`, 800_000), "nesting is deeper than 100 levels"},
	"many items":             {"a: [" + strings.Repeat("1,", 2_000_000) + "1]", "document has more than 200000 nodes"},
	"many JSON items":        {"[" + strings.Repeat("1,", 2_000_000) + "1]", "document has more than 200000 nodes after its anchors are expanded"},
	"many keys":              {repeat(300_000, "k%d: 1\n"), "document has more than 200000 nodes"},
	"as many keys as fit":    {repeat(150_000, "k%d: 1\n"), ""},
	"many equal keys":        {strings.Repeat("k: 1\n", 100_000), `key "k" is written twice in this mapping`},
	"many merged keys":       {"a: &a\n" + repeat(30_000, "  k%d: 1\n") + "b: &b\n  <<: *a\nc:\n  <<: *b\n", ""},
	"many anchors":           {repeat(100_000, "- &a%d 1\n"), ""},
	"many aliases":           {"- &a 1\n" + strings.Repeat("- *a\n", 60_000), ""},
	"many documents":         {strings.Repeat("---\n", 100_000), "a second YAML document starts here, expected one document in a file"},
	"many directives":        {repeat(50_000, "%%TAG !a%d! tag:x,2000:\n") + "---\na: 1", "file has more than 10 lines that start with %"},
	"many comments":          {strings.Repeat("# x\n", 1_000_000) + "a: 1\n", ""},
	"many blank lines":       {strings.Repeat("\n", 4_000_000) + "a: 1\n", ""},
	"one long line":          {"[" + strings.Repeat("ü, ", 150_000) + "x]", ""},
	"one long line, aliased": {"{a: &a [" + strings.Repeat("ü,", 5_000) + "x], b: [" + strings.Repeat("*a,", 19) + "]}", ""},
	"long key":               {strings.Repeat("k", 2_000) + ": 1\n", "mapping values are not allowed in this context"},
	"unclosed quote":         {"a: \"" + strings.Repeat("x\n", 1_000_000), "found unexpected end of stream"},
	"brackets in text":       {"a: \"" + strings.Repeat("[", 100_000) + "\"\n", ""},
	"NUL bytes":              {strings.Repeat("\x00", 1_000_000), "character U+0000 is not allowed in a text file"},
	"binary":                 {"\x7fELF\x02\x01\x01\x00", "character U+007F is not allowed in a text file"},
}

func blockNesting(levels int) string {
	var b strings.Builder
	for i := range levels {
		b.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	return b.String()
}

// The limits here are wide: they catch work that grows with the square of the
// input, and not a slow machine.
func TestParse_HostileInputCostsLittle(t *testing.T) {
	for name, test := range hostile {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			start := time.Now()
			done := make(chan []diag.Diagnostic, 1)
			go func() {
				_, diags := parse(test.text)
				done <- diags
			}()
			var diags []diag.Diagnostic
			select {
			case diags = <-done:
			case <-time.After(10 * time.Second):
				t.Fatal("not done after 10 seconds")
			}
			runtime.ReadMemStats(&after)
			allocated := (after.TotalAlloc - before.TotalAlloc) >> 20
			t.Logf("%7d bytes: %v, %d MB", len(test.text), time.Since(start).Round(time.Millisecond), allocated)
			if allocated > 250 {
				t.Errorf("allocated %d MB", allocated)
			}
			message := ""
			if len(diags) > 0 {
				message = diags[0].Message
			}
			if message != test.want {
				t.Errorf("first problem is %q, want %q", message, test.want)
			}
			if len(diags) > document.MaxProblems {
				t.Errorf("%d problems, more than anybody reads", len(diags))
			}
		})
	}
}

// checkNode wants the span of every node inside the file, and nodes within the limits.
func checkNode(t interface{ Fatalf(string, ...any) }, f *diag.File, n *document.Node, depth int) (count int) {
	if n.Span.Start < 0 || n.Span.End < n.Span.Start || int(n.Span.End) > len(f.Data) {
		t.Fatalf("span %v of a node lies outside of the %d bytes", n.Span, len(f.Data))
	}
	if depth > document.MaxDepth {
		t.Fatalf("nesting of %d levels came through", depth)
	}
	seen := map[string]bool{}
	for _, e := range n.Entries {
		if seen[e.Key] {
			t.Fatalf("key %q came through twice", e.Key)
		}
		seen[e.Key] = true
		count += checkNode(t, f, e.Value, depth+1)
	}
	for _, item := range n.Items {
		count += checkNode(t, f, item, depth+1)
	}
	return count + 1
}

func FuzzParse(f *testing.F) {
	for name, test := range hostile {
		if len(test.text) < 20_000 {
			f.Add([]byte(test.text), name == "JSON nesting")
		}
	}
	for _, text := range []string{
		"event: a\nversion: 1.0.0\n", "a: &x {b: [*x]}\n", "a: |2-\n    x\n", "? - a\n: b\n", "a: 'x\n\n y'\r\n", "- !!str &a \"x\" # c\n",
		"\ufeff{\"a\": [1e5, \"\\ud83d\\ude00\"]}", "a: >\n\n x\n  y\n", "{a: b, c: [d, {e: }]}", "<<: {a: 1}\n", "a\rb: c\r", "\u2028a: 1\u0085b: 2",
	} {
		f.Add([]byte(text), false)
		f.Add([]byte(text), true)
	}
	corpus, _ := filepath.Glob("../testdata/*/*.yaml")
	for _, path := range corpus {
		text, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text, false)
	}
	f.Fuzz(func(t *testing.T, text []byte, named bool) {
		path := map[bool]string{true: "x.json", false: "x.yaml"}[named]
		file := diag.NewFile(path, bytes.Clone(text))
		n, diags := document.Parse(file)
		if !bytes.Equal(text, file.Data) {
			t.Fatal("the file was changed")
		}
		for _, d := range diags {
			if d.Span.Start < 0 || d.Span.End < d.Span.Start || int(d.Span.End) > len(text) || d.Message == "" || d.Rule == "" {
				t.Fatalf("bad diagnostic %+v", d)
			}
		}
		if n == nil {
			if len(diags) == 0 {
				t.Fatal("nothing was read and nothing was said")
			}
			return
		}
		if count := checkNode(t, file, n, 0); count > document.MaxNodes {
			t.Fatalf("%d nodes came through", count)
		}
		if len(diags) > 0 {
			return
		}
		again, more := document.Parse(diag.NewFile("x.json", n.AppendJSON(nil)))
		if len(more) > 0 || string(again.AppendJSON(nil)) != string(n.AppendJSON(nil)) {
			t.Fatalf("the JSON of the node reads as another one: %s, %q", n.AppendJSON(nil), problems(more))
		}
	})
}

// randomJSON draws JSON text with spaces between its tokens.
func randomJSON() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		space := rapid.SampledFrom([]string{"", "", " ", "\n", "\r\n  "}).Draw(t, "space")
		depth := 3
		var value func() string
		value = func() string {
			depth--
			defer func() { depth++ }()
			choice := rapid.IntRange(0, 6).Draw(t, "choice")
			if depth < 0 {
				choice %= 5
			}
			switch choice {
			case 0:
				return rapid.SampledFrom([]string{"true", "false", "null"}).Draw(t, "word")
			case 1:
				return rapid.SampledFrom([]string{"0", "-1", "1.10", "1e3", "-0.5E-7", "12345678901234567890"}).Draw(t, "number")
			case 2, 3, 4:
				return document.Quote(rapid.String().Draw(t, "string"))
			case 5:
				items := make([]string, rapid.IntRange(0, 3).Draw(t, "items"))
				for i := range items {
					items[i] = space + value()
				}
				return "[" + strings.Join(items, space+",") + space + "]"
			}
			members := make([]string, rapid.IntRange(0, 3).Draw(t, "members"))
			for i := range members {
				key := fmt.Sprint(rapid.StringN(0, 5, -1).Draw(t, "key"), i)
				members[i] = space + document.Quote(key) + ": " + value()
			}
			return "{" + strings.Join(members, space+",") + space + "}"
		}
		return "[" + value() + "]"
	})
}

func TestParse_JSONReadsAsTheYAMLItIs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := diag.NewFile("x.json", []byte(randomJSON().Draw(t, "json")))
		asJSON, diags := document.Parse(f)
		asYAML, more := document.ParseYAML(f)
		if len(diags) > 0 || len(more) > 0 {
			t.Fatalf("problems in %s: %q, %q", f.Data, problems(diags), problems(more))
		}
		if diff := cmp.Diff(asYAML, asJSON, cmp.Transformer("entries", func(e []document.Entry) []document.Entry { return append([]document.Entry{}, e...) }),
			cmp.Transformer("items", func(e []*document.Node) []*document.Node { return append([]*document.Node{}, e...) })); diff != "" {
			t.Fatalf("%s (-YAML +JSON):\n%s", f.Data, diff)
		}
	})
}
