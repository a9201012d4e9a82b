package diag_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/evctl/evctl/contracts/diag"
)

func TestPosition_CountsCodePointsAndIsInvertedByOffset(t *testing.T) {
	for name, test := range map[string]struct {
		text string
		at   string // the position of this text is asked for
		want diag.Position
	}{
		"first character":      {"abc", "a", diag.Position{Line: 1, Column: 1}},
		"later line":           {"a\nbc\n", "c", diag.Position{Line: 2, Column: 2}},
		"CRLF":                 {"a\r\nbc\r\n", "c", diag.Position{Line: 2, Column: 2}},
		"two-byte characters":  {"größe: x", "x", diag.Position{Line: 1, Column: 8}},
		"CJK":                  {"名前: x", "x", diag.Position{Line: 1, Column: 5}},
		"emoji, two in UTF-16": {"😀😀x", "x", diag.Position{Line: 1, Column: 3}},
		"tab is one column":    {"\tx", "x", diag.Position{Line: 1, Column: 2}},
		"byte order mark":      {"\ufeffevent: x", "x", diag.Position{Line: 1, Column: 8}},
		"behind the mark":      {"\ufeffa\nb", "b", diag.Position{Line: 2, Column: 1}},
		"combining characters": {"e\u0301x", "x", diag.Position{Line: 1, Column: 3}},
	} {
		t.Run(name, func(t *testing.T) {
			f := diag.NewFile("x.yaml", []byte(test.text))
			offset := int32(strings.Index(test.text, test.at))
			got := f.Position(offset)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("position (-want +got):\n%s", diff)
			}
			if back := f.Offset(got); back != offset {
				t.Errorf("offset of %v is %d, want %d", got, back, offset)
			}
		})
	}
}

func TestPosition_ClampsToTheFile(t *testing.T) {
	for _, text := range []string{"", "a", "a\n", "\ufeff", "\ufeffa"} {
		f := diag.NewFile("x.yaml", []byte(text))
		for _, offset := range []int32{-5, 0, 1, 100} {
			if p := f.Position(offset); p.Line < 1 || p.Column < 1 || p.Line > f.Lines() {
				t.Errorf("%q: position of %d is %v", text, offset, p)
			}
		}
		for _, p := range []diag.Position{{}, {Line: 1, Column: 99}, {Line: 99, Column: 1}, {Line: -1, Column: -1}} {
			if at := f.Offset(p); at < 0 || int(at) > len(text) {
				t.Errorf("%q: offset of %v is %d", text, p, at)
			}
		}
	}
	if got := (*diag.File)(nil).Position(3); got != (diag.Position{Line: 1, Column: 1}) {
		t.Errorf("a location without a file is at %v", got)
	}
}

func TestLine_HasNoEndingAndNoByteOrderMark(t *testing.T) {
	f := diag.NewFile("x.yaml", []byte("\ufefffirst\r\nsecond\nlast"))
	var got []string
	for n := range f.Lines() + 2 {
		got = append(got, f.Line(n))
	}
	if diff := cmp.Diff([]string{"", "first", "second", "last", ""}, got); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
}

func TestText_OfASpanOutsideTheFileIsEmpty(t *testing.T) {
	f := diag.NewFile("x.yaml", []byte("abc"))
	for span, want := range map[diag.Span]string{
		{Start: 0, End: 2}: "ab", {Start: 1, End: 9}: "", {Start: -1, End: 2}: "", {Start: 2, End: 1}: "",
	} {
		if got := (diag.Location{File: f, Span: span}).Text(); got != want {
			t.Errorf("%v: got %q, want %q", span, got, want)
		}
	}
}

func TestFingerprint_IsOfRuleSubjectAndDetailOnly(t *testing.T) {
	f := diag.NewFile("a.yaml", []byte("x"))
	first := diag.Diagnostic{Rule: "r", Subject: "e#/p", Message: "one", Location: diag.Location{File: f}}
	moved := diag.Diagnostic{Rule: "r", Subject: "e#/p", Message: "two", Location: diag.Location{File: diag.NewFile("b.yaml", nil), Span: diag.Span{Start: 9}}}
	other := diag.Diagnostic{Rule: "r", Subject: "e#/q", Location: diag.Location{File: f}}
	if first.Fingerprint() != moved.Fingerprint() {
		t.Error("the wording or the place changed the fingerprint")
	}
	if first.Fingerprint() == other.Fingerprint() {
		t.Error("two subjects have one fingerprint")
	}
	detailed, another := first, first
	detailed.Detail, another.Detail = "c", "d"
	if detailed.Fingerprint() == first.Fingerprint() || detailed.Fingerprint() == another.Fingerprint() {
		t.Error("two details have one fingerprint")
	}
	if len(first.Fingerprint()) != 16 {
		t.Errorf("fingerprint %q has not 16 digits", first.Fingerprint())
	}
}

func TestSort_OrdersByFileThenPlace(t *testing.T) {
	a, b := diag.NewFile("a.yaml", []byte("0123")), diag.NewFile("b.yaml", []byte("0123"))
	at := func(f *diag.File, start int32, rule, message string) diag.Diagnostic {
		return diag.Diagnostic{Rule: rule, Message: message, Location: diag.Location{File: f, Span: diag.Span{Start: start}}}
	}
	list := []diag.Diagnostic{at(b, 0, "x", "4"), at(a, 2, "x", "3"), at(a, 1, "y", "2"), at(a, 1, "x", "1"), at(a, 1, "x", "0"), at(nil, 9, "z", "no file")}
	diag.Sort(list)
	var got []string
	for _, d := range list {
		got = append(got, d.Message)
	}
	if diff := cmp.Diff([]string{"no file", "0", "1", "2", "3", "4"}, got); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
}

func TestApply_LeavesOutOverlapsAndOtherFiles(t *testing.T) {
	f, other := diag.NewFile("a.yaml", []byte("abcdef")), diag.NewFile("b.yaml", []byte("abcdef"))
	edit := func(f *diag.File, start, end int32, text string) diag.Edit {
		return diag.Edit{Location: diag.Location{File: f, Span: diag.Span{Start: start, End: end}}, New: text}
	}
	for name, test := range map[string]struct {
		edits []diag.Edit
		want  string
		left  int
	}{
		"none":                       {nil, "abcdef", 0},
		"out of order":               {[]diag.Edit{edit(f, 4, 5, "E"), edit(f, 0, 1, "A")}, "AbcdEf", 0},
		"insertion":                  {[]diag.Edit{edit(f, 3, 3, "-")}, "abc-def", 0},
		"at both ends":               {[]diag.Edit{edit(f, 6, 6, ">"), edit(f, 0, 0, "<")}, "<abcdef>", 0},
		"overlap":                    {[]diag.Edit{edit(f, 0, 3, "X"), edit(f, 2, 4, "Y")}, "Xdef", 1},
		"the same twice":             {[]diag.Edit{edit(f, 1, 2, "X"), edit(f, 1, 2, "X")}, "aXcdef", 0},
		"another file":               {[]diag.Edit{edit(other, 1, 2, "X")}, "abcdef", 0},
		"beyond the end of the file": {[]diag.Edit{edit(f, 5, 99, "X"), edit(f, 50, 60, "Y")}, "abcdef", 2},
	} {
		t.Run(name, func(t *testing.T) {
			got, left := diag.Apply(f, test.edits)
			if string(got) != test.want || left != test.left {
				t.Errorf("got %q with %d left, want %q with %d", got, left, test.want, test.left)
			}
		})
	}
}

func TestSeverity_IsWrittenAndReadAsAWord(t *testing.T) {
	for _, s := range []diag.Severity{diag.Off, diag.Info, diag.Warning, diag.Error} {
		text, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		back, err := diag.ParseSeverity(strings.Trim(string(text), `"`))
		if err != nil || back != s {
			t.Errorf("%s was read back as %v, %v", text, back, err)
		}
	}
	if _, err := diag.ParseSeverity("fatal"); err == nil {
		t.Error("fatal was taken for a severity")
	}
}

// TestFile_PositionsOnLongLinesCountEveryCharacter compares with counting from the start of
// the line, at places around the marks that make long lines cheap.
func TestFile_PositionsOnLongLinesCountEveryCharacter(t *testing.T) {
	text := "short\n" + strings.Repeat("名前 é x ", 3000) + "\nafter"
	f := diag.NewFile("f", []byte(text))
	line := strings.Split(text, "\n")[1]
	start := len("short\n")
	for offset := range line { // offsets at which characters start
		want := diag.Position{Line: 2, Column: utf8.RuneCountInString(line[:offset]) + 1}
		if offset%1000 > 20 && offset%4096 > 20 && offset%4096 < 4076 {
			continue
		}
		if got := f.Position(int32(start + offset)); got != want {
			t.Fatalf("position of byte %d is %v, expected %v", offset, got, want)
		}
	}
}
