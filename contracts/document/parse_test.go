package document_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
)

func parse(text string) (*document.Node, []diag.Diagnostic) {
	return document.Parse(diag.NewFile("x.yaml", []byte(text)))
}

// problems are the diagnostics as lines: position, covered text, message.
func problems(diags []diag.Diagnostic) []string {
	var lines []string
	for _, d := range diags {
		p := d.Position()
		lines = append(lines, fmt.Sprintf("%d:%d %q %s [%s]", p.Line, p.Column, d.Text(), d.Message, d.Rule))
	}
	return lines
}

func TestParse_KeepsWhatWasWritten(t *testing.T) {
	for written, want := range map[string]string{
		// What YAML 1.1 takes for booleans, and JSON does not.
		"on": `"on"`, "Off": `"Off"`, "yes": `"yes"`, "no": `"no"`, "y": `"y"`, "N": `"N"`,
		"true": `true`, "True": `true`, "FALSE": `false`, "tRUE": `"tRUE"`, "'true'": `"true"`,
		// Numbers keep their digits; what JSON does not take for one is text.
		"1": `1`, "1.10": `1.10`, "-0": `-0`, "1e3": `1e3`, "1E+3": `1E+3`, "12345678901234567890": `12345678901234567890`,
		"0755": `"0755"`, "0o755": `"0o755"`, "0x1F": `"0x1F"`, "0b1": `"0b1"`, "1_000": `"1_000"`, "+1": `"+1"`, ".5": `".5"`, "5.": `"5."`,
		".inf": `".inf"`, "-.INF": `"-.INF"`, ".nan": `".nan"`, "190:20:30": `"190:20:30"`, "1.2.3": `"1.2.3"`, "1e": `"1e"`, "-": "",
		// Dates and times.
		"2024-01-31": `"2024-01-31"`, "2024-01-31T10:00:00Z": `"2024-01-31T10:00:00Z"`, "12:30": `"12:30"`,
		// Null.
		"": `null`, "~": `null`, "null": `null`, "NULL": `null`, "nUlL": `"nUlL"`, "'~'": `"~"`, `""`: `""`,
		// Quotes, escapes, folding.
		`"1"`: `"1"`, "'it''s'": `"it's"`, `"\x41\u00e9\U0001F600\n"`: `"Aé😀\n"`, "!!str 1.10": `"1.10"`, "!!str": `""`, "! 12": `12`,
		"plain text # comment": `"plain text"`, "a\n  b": `"a b"`, "|\n  a\n  b\n": `"a\nb\n"`, ">-\n  a\n  b\n\n  c\n": `"a b\nc"`, "|2\n    a\n": `"  a\n"`,
		"\"a\u2028b\u0085c\"": `"a\u2028b c"`,
		// Collections.
		"[a, 1, ~]": `["a",1,null]`, "{a: 1, b}": `{"a":1,"b":null}`, "[]": `[]`, "{}": `{}`, "- a": "",
	} {
		if want == "" {
			continue
		}
		n, diags := parse("key: " + written)
		if n == nil || len(diags) > 0 {
			t.Errorf("%q has problems: %q", written, problems(diags))
			continue
		}
		if got := n.Get("key").JSON(); got != want {
			t.Errorf("%q is read as %s, want %s", written, got, want)
		}
	}
}

func TestParse_KeysAreText(t *testing.T) {
	n, diags := parse("on: 1\n1.10: 2\nnull: 3\n\"\": 4\n'a b': 5\n? c\n: 6\n~: 7\n2024-01-31: 8\n")
	if want, got := `{"on":1,"1.10":2,"null":3,"":4,"a b":5,"c":6,"~":7,"2024-01-31":8}`, n.JSON(); got != want || len(diags) > 0 {
		t.Errorf("got %s, want %s; problems %q", got, want, problems(diags))
	}
}

// everySpan lists the nodes of a document with the text each covers.
func everySpan(f *diag.File, n *document.Node, pointer string) []string {
	text := func(span diag.Span) string { return diag.Location{File: f, Span: span}.Text() }
	lines := []string{fmt.Sprintf("%s = %s", pointer, text(n.Span))}
	for _, e := range n.Entries {
		if k := text(e.KeySpan); strings.Trim(k, `'"`) != e.Key {
			lines = append(lines, fmt.Sprintf("key %q covers %q", e.Key, k))
		}
		lines = append(lines, everySpan(f, e.Value, pointer+"/"+e.Key)...)
	}
	for i, item := range n.Items {
		lines = append(lines, everySpan(f, item, fmt.Sprintf("%s/%d", pointer, i))...)
	}
	return lines
}

func TestParse_SpansCoverTheTextOfEachNode(t *testing.T) {
	for name, test := range map[string]struct {
		text string
		want []string
	}{
		"block": {"a: 1\nb:\n  c: two words # comment\n", []string{"/a = 1", "/b = c: two words", "/b/c = two words"}},
		"flow":  {"a: {b: [1, 'x''y'], c: }  \n", []string{"/a = {b: [1, 'x''y'], c: }", "/a/b = [1, 'x''y']", "/a/b/0 = 1", "/a/b/1 = 'x''y'", "/a/c = "}},
		"flow over lines": {"a: [\n  1, # one ]\n  2,\n  ]\nb: 1\n",
			[]string{"/a = [\n  1, # one ]\n  2,\n  ]", "/a/0 = 1", "/a/1 = 2", "/b = 1"}},
		"empty flow":            {"a: {}\nb: [ ]\n", []string{"/a = {}", "/b = [ ]"}},
		"sequence":              {"a:\n- x\n-   y: 1\n", []string{"/a = - x\n-   y: 1", "/a/0 = x", "/a/1 = y: 1", "/a/1/y = 1"}},
		"double quotes":         {`a: "x\"y # z"  # c` + "\n", []string{`/a = "x\"y # z"`}},
		"quoted over lines":     {"a: \"x\n  y\"\nb: 1\n", []string{"/a = \"x\n  y\"", "/b = 1"}},
		"plain over lines":      {"a: x y\n  z # c\nb: 1\n", []string{"/a = x y\n  z", "/b = 1"}},
		"plain over CRLF lines": {"a: x\r\n  z\r\nb: 1\r\n", []string{"/a = x\r\n  z", "/b = 1"}},
		"literal":               {"a: |\n  x\n\n   y\n\nb: 1\n", []string{"/a = |\n  x\n\n   y", "/b = 1"}},
		"folded, deeper":        {"p:\n  a: >-\n\n    x\n    y\n  b: 1\n", []string{"/p = a: >-\n\n    x\n    y\n  b: 1", "/p/a = >-\n\n    x\n    y", "/p/b = 1"}},
		"literal at the end":    {"a: |+\n  x\n\n", []string{"/a = |+\n  x"}},
		"empty literal":         {"a: |\nb: 1\n", []string{"/a = |", "/b = 1"}},
		"anchors and tags":      {"a: &x one\nb: *x\nc: !!str &y 1\nd: &z\n  e: 1\n", []string{"/a = one", "/b = *x", "/c = 1", "/d = &z\n  e: 1", "/d/e = 1"}},
		"CJK and emoji":         {"名前: {😀: 値, b: 'ü'}\n", []string{"/名前 = {😀: 値, b: 'ü'}", "/名前/😀 = 値", "/名前/b = 'ü'"}},
		"byte order mark":       {"\ufeffa: x\nb: y\n", []string{"/a = x", "/b = y"}},
		"CRLF":                  {"a: x\r\nb: 'y'\r\n", []string{"/a = x", "/b = 'y'"}},
		"old Macintosh lines":   {"a: x\rb: y\r", []string{"/a = x", "/b = y"}},
		"other line breaks":     {"# \u2028# \u2029# \u0085a: x\nb: y\n", []string{"/a = x", "/b = y"}},
		"tabs before comments":  {"a: x\t# c\nb: y\t\n", []string{"/a = x", "/b = y"}},
		"long line":             {"a: [" + strings.Repeat("ü, ", 400) + "last]\n", nil},
		"directive":             {"%YAML 1.1\n---\na: 1\n...\n", []string{"/a = 1"}},
		"JSON":                  {"{\"a\": [1, \"x\\\"y\"],\n \"b\": {}}\n", []string{"/a = [1, \"x\\\"y\"]", "/a/0 = 1", "/a/1 = \"x\\\"y\"", "/b = {}"}},
	} {
		t.Run(name, func(t *testing.T) {
			f := diag.NewFile("x.yaml", []byte(test.text))
			n, diags := document.Parse(f)
			if n == nil || len(diags) > 0 {
				t.Fatalf("problems: %q", problems(diags))
			}
			got := everySpan(f, n, "")[1:]
			if test.want == nil {
				if last := got[len(got)-1]; last != "/a/400 = last" {
					t.Errorf("the end of a long line is %q", last)
				}
				return
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("spans (-want +got):\n%s", diff)
			}
		})
	}
}

func TestParse_ExpandsAnchorsAndMergeKeys(t *testing.T) {
	for text, want := range map[string]string{
		"a: &x {b: 1}\nc: *x":                                    `{"a":{"b":1},"c":{"b":1}}`,
		"a: &x {b: 1, c: 2}\nd: {<<: *x, c: 3}":                  `{"a":{"b":1,"c":2},"d":{"c":3,"b":1}}`,
		"a: &x {b: 1}\nc: &y {b: 2, d: 3}\ne:\n  <<: [*x, *y]\n": `{"a":{"b":1},"c":{"b":2,"d":3},"e":{"b":1,"d":3}}`,
		"a: &x {b: 1}\nc: &y {<<: *x, d: 2}\ne: {<<: *y}":        `{"a":{"b":1},"c":{"d":2,"b":1},"e":{"d":2,"b":1}}`,
		"a: &x {b: 1}\nc: {<<: *x, <<: {d: 2}}":                  `{"a":{"b":1},"c":{"b":1,"d":2}}`,
		"a: {'<<': 1}":                                           `{"a":{"<<":1}}`,
		"a: &x 1\nb: &x 2\nc: *x":                                `{"a":1,"b":2,"c":2}`,
		"a: &x\nb: *x":                                           `{"a":null,"b":null}`,
	} {
		n, diags := parse(text)
		if n == nil || len(diags) > 0 {
			t.Errorf("%q has problems: %q", text, problems(diags))
		} else if got := n.JSON(); got != want {
			t.Errorf("%q is %s, want %s", text, got, want)
		}
	}
}

func TestParse_SaysWhatIsWrongAndWhere(t *testing.T) {
	for text, want := range map[string][]string{
		"":                     {`1:1 "" file is empty [yaml-syntax]`},
		"# only a comment\n":   {`1:1 "" file is empty [yaml-syntax]`},
		"a: b: c\n":            {`1:5 ": c" mapping values are not allowed in this context [yaml-syntax]`},
		"\ufeffa: b: c\n":      {`1:5 ": c" mapping values are not allowed in this context [yaml-syntax]`},
		"ü: é: c\n":            {`1:5 ": c" mapping values are not allowed in this context [yaml-syntax]`},
		"a:\n\tb: c\n":         {`2:1 "\tb: c" found character that cannot start any token [yaml-syntax]`},
		"a: 'x\nb: 1\n":        {`3:1 "" found unexpected end of stream [yaml-syntax]`},
		"a: [1, 2\nb: 3\n":     {`2:2 ": 3" did not find expected ',' or ']' [yaml-syntax]`},
		"a: @x\n":              {`1:4 "@x" found character that cannot start any token [yaml-syntax]`},
		"a: *x\n":              {`1:4 "*x" unknown anchor 'x' referenced [yaml-syntax]`},
		"a: 1\n b: 2\n":        {`2:3 ": 2" mapping values are not allowed in this context [yaml-syntax]`},
		"%YAML 1.2\n---\na: 1": {`1:1 "%YAML 1.2" found incompatible YAML document [yaml-syntax]`},
		"a: 1\n---\nb: 2\n":    {`2:1 "---" a second YAML document starts here, expected one document in a file [yaml-feature]`},
		"a: 1\r\n<<<<<<< HEAD\r\nb: 2\r\n=======\r\nb: 3\r\n>>>>>>> main\r\n": {`2:1 "<<<<<<< HEAD" a merge conflict starts here [yaml-syntax]`},
		"\ufeffa: @x\n<<<<<<< HEAD":    {`2:1 "<<<<<<< HEAD" a merge conflict starts here [yaml-syntax]`},
		"a: |\n  <<<<<<< HEAD\nb: @\n": {`3:4 "@" found character that cannot start any token [yaml-syntax]`},
		"a: 1\na: 2\nb: 3\na: 4\n": {
			`2:1 "a" key "a" is written twice in this mapping [key-duplicate]`,
			`4:1 "a" key "a" is written twice in this mapping [key-duplicate]`,
		},
		"a: {b: 1, \"b\": 2}":           {`1:11 "\"b\"" key "b" is written twice in this mapping [key-duplicate]`},
		`{"a": {"b": 1, "b": 2}}`:       {`1:16 "\"b\"" key "b" is written twice in this mapping [key-duplicate]`},
		`{"a": 1, "\u0061": 2}`:         {`1:10 "\"\\u0061\"" key "a" is written twice in this mapping [key-duplicate]`},
		"[a, b]: 1\n":                   {`1:1 "[" a key is a list, expected text [yaml-feature]`},
		"a: &x y\n*x : 1\n":             {`2:1 "*x" a key is an alias, expected text [yaml-feature]`},
		"a: !!binary aGk=\nb: !foo x\n": {`1:13 "aGk=" YAML tag "!!binary" is not supported [yaml-feature]`, `2:9 "x" YAML tag "!foo" is not supported [yaml-feature]`},
		"a: !!strange x\n":              {`1:14 "x" YAML tag "!!strange" is not supported [yaml-feature]`},
		"a: {<<: 1}\n":                  {`1:9 "1" merge key << has number 1, expected a mapping [yaml-feature]`},
		"a: {<<: [{b: 1}, [2]]}\n":      {`1:9 "[" merge key << has a list, expected a mapping [yaml-feature]`},
		"a: &x [*x]\n":                  {`1:8 "*x" anchor "x" contains itself [yaml-feature]`},
		"a: &x {b: {<<: *x}}\n":         {`1:16 "*x" anchor "x" contains itself [yaml-feature]`, `1:16 "*x" merge key << has null, expected a mapping [yaml-feature]`},
		"a: caf\xe9\n":                  {`1:7 "\xe9" byte 0xe9 is not valid UTF-8 [yaml-encoding]`},
		"# \xff\na: 1":                  {`1:3 "\xff" byte 0xff is not valid UTF-8 [yaml-encoding]`},
		"a\xc3: 1":                      {`1:2 "\xc3" byte 0xc3 is not valid UTF-8 [yaml-encoding]`},
		"a: \xed\xa0\x80":               {`1:4 "\xed" byte 0xed is not valid UTF-8 [yaml-encoding]`},
		"a: x\x00y":                     {`1:5 "\x00" character U+0000 is not allowed in a text file [yaml-encoding]`},
		"a: \x1b[31m":                   {`1:4 "\x1b" character U+001B is not allowed in a text file [yaml-encoding]`},
		"a: x\ufeff":                    {`1:5 "\ufeff" character U+FEFF is not allowed in a text file [yaml-encoding]`},
		"\xff\xfea\x00":                 {`1:1 "\xff\xfe" file is UTF-16, expected UTF-8 [yaml-encoding]`},
		"e\x00v\x00":                    {`1:1 "e\x00" file looks like UTF-16, expected UTF-8 [yaml-encoding]`},
	} {
		_, diags := parse(text)
		if diff := cmp.Diff(want, problems(diags)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}

func TestParse_JSONFilesFollowTheJSONGrammar(t *testing.T) {
	for text, want := range map[string]string{
		"":                        `1:1 "" found the end of the file, expected a value`,
		"a: 1":                    `1:1 "a" found "a", expected a value`,
		"{\n<<<<<<< x\n\"a\": 1}": `2:1 "<<<<<<< x" a merge conflict starts here`,
		`{"a": 1,}`:               `1:9 "}" found "}", expected a key in double quotes`,
		`{"a" 1}`:                 `1:6 "1" found "1", expected ":"`,
		`{"a": 1 "b": 2}`:         `1:9 "\"" found "\"", expected "," or "}"`,
		`[1 2]`:                   `1:4 "2" found "2", expected "," or "]"`,
		`[01]`:                    `1:2 "0" found "0", expected a value`,
		`[nul]`:                   `1:2 "n" found "n", expected a value`,
		`["a`:                     `1:4 "" found the end of the file, expected a closing quote`,
		"[\"a\nb\"]":              `1:4 "\n" found "\n", expected a closing quote`,
		`["\x"]`:                  `1:4 "x" found "x", expected an escape: one of "\/bfnrt, or u and four hexadecimal digits`,
		`["\u12g4"]`:              `1:4 "u" found "u", expected an escape: one of "\/bfnrt, or u and four hexadecimal digits`,
		`["\ud83d"]`:              `1:3 "\\ud83d" \ud83d is half of a surrogate pair`,
		`["\ud83d\u0041"]`:        `1:3 "\\ud83d" \ud83d is half of a surrogate pair`,
		`["\ude00"]`:              `1:3 "\\ude00" \ude00 is half of a surrogate pair`,
		`[1] 2`:                   `1:5 "2" found "2", expected the end of the file`,
		`[1, // c` + "\n 2]":      `1:5 "/" found "/", expected a value`,
		`{`:                       `1:2 "" found the end of the file, expected a key in double quotes`,
	} {
		n, diags := document.Parse(diag.NewFile("x.json", []byte(text)))
		if diff := cmp.Diff([]string{want + " [yaml-syntax]"}, problems(diags)); diff != "" || n != nil {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
	n, diags := document.Parse(diag.NewFile("x.json", []byte("\ufeff [\"\\ud83d\\ude00\\u00E9\\/\\b\\f\", -0.5e+10, true, null, {}, [ ]]\r\n")))
	if want := `["😀é/\u0008\u000c",-0.5e+10,true,null,{},[]]`; n == nil || n.JSON() != want || len(diags) > 0 {
		t.Errorf("got %v with problems %q, want %s", n, problems(diags), want)
	}
}

func TestAppendQuoted_ReadsTheSameAsYAMLAndJSON(t *testing.T) {
	var all strings.Builder
	for r := rune(0); r <= utf8.MaxRune; r++ {
		if r < 0x3000 || r > 0xd700 && utf8.ValidRune(r) && r < 0x11000 {
			all.WriteRune(r)
		}
	}
	text := all.String()
	for part := 0; part < len(text); {
		end := min(part+5000, len(text))
		for end < len(text) && !utf8.RuneStart(text[end]) {
			end++
		}
		want := text[part:end]
		quoted := document.Quote(want)
		for name, read := range map[string]func(*diag.File) (*document.Node, []diag.Diagnostic){"JSON": document.Parse, "YAML": document.ParseYAML} {
			n, diags := read(diag.NewFile("x.json", []byte("["+quoted+"]")))
			if n == nil || len(diags) > 0 || n.Items[0].Text != want {
				t.Fatalf("%s reads another text from bytes %d to %d: %q", name, part, end, problems(diags))
			}
		}
		part = end
	}
}
