package payload_test

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/evctl/evctl/contracts/payload"
	"github.com/evctl/evctl/contracts/rawjson"
)

// scan lists the events of a stream as "line:text", and the error at its end.
func scan(r io.Reader) []string {
	s := payload.NewScanner(r)
	var list []string
	for s.Scan() {
		list = append(list, fmt.Sprintf("%d:%s", s.Line(), s.Event()))
	}
	if err := s.Err(); err != nil {
		list = append(list, "error: "+err.Error())
	}
	return list
}

func TestScanner_SplitsWhatPeopleHave(t *testing.T) {
	for name, test := range map[string]struct {
		text string
		want []string
	}{
		"nothing":                 {"", nil},
		"white space":             {" \n\t\r\n ", nil},
		"lines":                   {"{\"a\":1}\n{\"a\":2}\n", []string{`1:{"a":1}`, `2:{"a":2}`}},
		"lines, CRLF":             {"{\"a\":1}\r\n\r\n{\"a\":2}\r\n", []string{`1:{"a":1}`, `3:{"a":2}`}},
		"lines, no end":           {"{\"a\":1}\n{\"a\":2}", []string{`1:{"a":1}`, `2:{"a":2}`}},
		"lines, mark":             {"\ufeff{\"a\":1}\n{\"a\":2}", []string{`1:{"a":1}`, `2:{"a":2}`}},
		"lines, late start":       {"\n\n  {\"a\":1}\n{\"a\":2}", []string{`3:{"a":1}`, `4:{"a":2}`}},
		"bad line":                {"{\"a\":1}\nnot json\n{\"a\":2}\n", []string{`1:{"a":1}`, `2:not json`, `3:{"a":2}`}},
		"bad first line":          {"oops\n{\"a\":2}\n", []string{`1:oops`, `2:{"a":2}`}},
		"first line cut off":      {"{\"a\":\n{\"a\":2}\n", []string{`1:{"a":`, `2:{"a":2}`}},
		"one line":                {"{\"a\":1}", []string{`1:{"a":1}`}},
		"one value, many lines":   {"{\n  \"a\": \"}\\\"{\"\n}\n", []string{"1:{\n  \"a\": \"}\\\"{\"\n}"}},
		"values, many lines":      {"{\n\"a\":1\n}\n\n{\n\"a\":2\n}", []string{"1:{\n\"a\":1\n}", "5:{\n\"a\":2\n}"}},
		"value cut off":           {"{\n\"a\":1\n", []string{"1:{\n\"a\":1\n"}},
		"array":                   {`[{"a":1}, {"a":[2]} ,3,"x,]"]`, []string{`1:{"a":1}`, `1:{"a":[2]}`, `1:3`, `1:"x,]"`}},
		"array, many lines":       {"[\n  {\"a\":1},\n  {\n\"a\":2}\n]\n", []string{`2:{"a":1}`, "3:{\n\"a\":2}"}},
		"empty array":             {" [ ] \n", nil},
		"array, nothing behind":   {`[1] 2`, []string{"1:1", "error: line 1: the array ended, expected the end of the file"}},
		"array, no comma":         {`[{} {}]`, []string{"1:{}", `error: line 1: found '{', expected ',' or ']' between the events of an array`}},
		"array, comma at the end": {"[1,\n]", []string{"1:1", "error: line 2: found ']' behind a comma, expected an event"}},
		"array, cut at a comma":   {"[1,", []string{"1:1", "error: line 1: the file ended, expected ']' at the end of the array"}},
		"array, cut in an event":  {`[{"a":`, []string{`1:{"a":`, "error: line 1: the file ended, expected ']' at the end of the array"}},
		"array, cut behind one":   {`[{}`, []string{`1:{}`, "error: line 1: the file ended, expected ']' at the end of the array"}},
		"array, cut at the start": {`[`, []string{"error: line 1: the file ended, expected ']' at the end of the array"}},
	} {
		if diff := cmp.Diff(test.want, scan(strings.NewReader(test.text))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		// However the bytes arrive, the events are the same.
		if diff := cmp.Diff(test.want, scan(iotest.OneByteReader(strings.NewReader(test.text)))); diff != "" {
			t.Errorf("%s, byte by byte (-want +got):\n%s", name, diff)
		}
	}
}

// TestScanner_DoesNotWaitForMoreThanALine sends the second line after the first event
// was scanned.
func TestScanner_DoesNotWaitForMoreThanALine(t *testing.T) {
	r, w := io.Pipe()
	s := payload.NewScanner(r)
	go io.WriteString(w, "{\"a\":1}\n")
	if !s.Scan() || string(s.Event()) != `{"a":1}` || !s.Waiting() {
		t.Fatalf("scanned %q", s.Event())
	}
	go func() {
		io.WriteString(w, "{\"a\":2}\n")
		w.Close()
	}()
	if !s.Scan() || string(s.Event()) != `{"a":2}` || s.Scan() {
		t.Fatalf("scanned %q", s.Event())
	}
}

func TestScanner_HoldsOneEventOnly(t *testing.T) {
	long := `"` + strings.Repeat("x", rawjson.MaxBytes+1000) + `"`
	for name, text := range map[string]string{"line": "{\"a\":" + long + "}\n{\"b\":1}\n", "array": "[" + long + ",{\"b\":1}]"} {
		s := payload.NewScanner(strings.NewReader(text))
		if !s.Scan() || len(s.Event()) != rawjson.MaxBytes+1 {
			t.Errorf("%s: first event has %d bytes", name, len(s.Event()))
		}
		if _, err := rawjson.Parse(s.Event()); err == nil || err.Rule != rawjson.RuleSize {
			t.Errorf("%s: %v", name, err)
		}
		if !s.Scan() || string(s.Event()) != `{"b":1}` {
			t.Errorf("%s: its neighbour is %.40q", name, s.Event())
		}
	}
}

// White space is not kept, however much of it there is.
func TestScanner_SkipsWhiteSpace(t *testing.T) {
	const size = 32 << 20
	for name, test := range map[string]struct {
		before, space, after string
		want                 []string
	}{
		"blank lines": {"1\n", "\n", "2\n", []string{"1:1", fmt.Sprintf("%d:2", size+2)}},
		"array":       {"[1,", " ", "2]", []string{"1:1", "1:2"}},
		"indentation": {"1\n", " ", "2\n", []string{"1:1", "2:2"}},
		"value":       {"[[", "\t", "]]", []string{"1:["}},
	} {
		space := io.LimitReader(endless(test.space[0]), size)
		got := scan(io.MultiReader(strings.NewReader(test.before), space, strings.NewReader(test.after)))
		for i := range got {
			line, event, _ := strings.Cut(got[i], ":")
			got[i] = line + ":" + strings.Trim(event, " \t")[:min(2, len(strings.Trim(event, " \t")))]
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// endless is a stream of one byte.
type endless byte

func (e endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(e)
	}
	return len(p), nil
}

func TestScanner_ReportsWhatCannotBeRead(t *testing.T) {
	for _, text := range []string{"{\"a\":1}\n", "[1,", "{\n"} {
		got := scan(io.MultiReader(strings.NewReader(text), iotest.ErrReader(io.ErrUnexpectedEOF)))
		if len(got) == 0 || got[len(got)-1] != "error: unexpected EOF" {
			t.Errorf("%q: %q", text, got)
		}
	}
}

func FuzzScanner(f *testing.F) {
	for _, text := range []string{"{\"a\":1}\n{}\n", "[1,{}]", "{\n\"a\":\"\\\"\"}\n{}", "[{", "\ufeff[", "a\nb"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		events := 0
		for s := payload.NewScanner(bytes.NewReader(text)); s.Scan(); events++ {
			if len(bytes.TrimSpace(s.Event())) == 0 && !bytes.ContainsAny(s.Event(), "\v\f\u0085\u00a0") {
				t.Fatalf("%q has an empty event", text)
			}
			if s.Line() < 1 || s.Line() > bytes.Count(text, []byte("\n"))+1 {
				t.Fatalf("%q has an event on line %d", text, s.Line())
			}
			if events > len(text) {
				t.Fatalf("%q has no end", text)
			}
		}
	})
}
