package format_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/contracttest"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/contracts/format"
	"github.com/evctl/evctl/contracts/golden"
)

func TestWrite_ReadsBackAsTheSameContract(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		written := released(t, contracttest.Contract().Draw(t, "contract"))
		text := format.Write(written)
		again := parse(t, text)
		if diff := cmp.Diff(string(contracts.Marshal(written)), string(contracts.Marshal(again))); diff != "" {
			t.Fatalf("contract changed (-want +got):\n%s\n%s", diff, text)
		}
		if second := format.Write(again); string(second) != string(text) {
			t.Fatalf("second text differs:\n%s", cmp.Diff(string(text), string(second)))
		}
	})
}

// released is the self-contained form of a contract, with nothing in other files.
func released(t *rapid.T, c *contracts.Contract) *contracts.Contract {
	return parse(t, contracts.Marshal(c))
}

type fataler interface {
	Helper()
	Fatalf(format string, args ...any)
}

func parse(t fataler, text []byte) *contracts.Contract {
	t.Helper()
	c, diags := contracts.Parse(diag.NewFile("x.yaml", text))
	if c != nil {
		library, _ := contracts.NewLibrary(nil)
		diags = append(diags, library.Link(c)...)
	}
	if len(diags) > 0 {
		t.Fatalf("%s: %s\n%s", diags[0].Message, diags[0].Hint, text)
	}
	return c
}

func TestWrite_KeepsEveryTextAsItIs(t *testing.T) {
	texts := []string{
		"no", "on", "Y", "null", "~", "0755", "1_000", "1:30", "2024-01-01", ".5", "-.inf", "1e3", "0x1F", "=", "<<", "-", "? a", "- b", "a: b", "a #b",
		"a:", ":", "a,b", "[x]", "{x}", "&a", "*a", "!a", "|", ">", "%a", "@a", "`a`", `"`, "'", `it's "so"`, `\d+`, "tab\there", "a\u2028b", "\ufeffx", "x\u0085y", "\u007f",
		"line one\nline two", "line one\n\n  indented\nlast", "ends with a break\n", "a\r\nb", " leading", "trailing ", "日本語: テスト", "🙂 #", strings.Repeat("word ", 60) + "end",
		strings.Repeat("x", 300), "two  spaces " + strings.Repeat("and  more ", 30) + "x", "# no comment", "--- x", "...", "\u00a0", "http://example.org/a?b=c,d",
	}
	for _, text := range texts {
		raw := `{"event":"e","version":"1.0.0","properties":{` + document.Quote(text) + `:{"type":"string","enum":[` + document.Quote(text) + `],"x-text":{` + document.Quote(text) + `:[` + document.Quote(text) + `]}}}}`
		if strings.TrimSpace(text) == text {
			raw = raw[:len(raw)-1] + `,"description":` + document.Quote(text) + `}`
		}
		want := parse(t, []byte(raw))
		written := format.Write(want)
		if diff := cmp.Diff(string(contracts.Marshal(want)), string(contracts.Marshal(parse(t, written)))); diff != "" {
			t.Errorf("%q changed (-want +got):\n%s\n%s", text, diff, written)
		}
	}
}

func TestWrite_KeepsKeysThatAreTooLongForYAML(t *testing.T) {
	name := strings.Repeat("long ", 400)
	want := parse(t, []byte("event: e\nversion: 1.0.0\nproperties:\n  ? \""+name+"\"\n  : {type: object, x-a: {b: c}}\n"))
	got := parse(t, format.Write(want))
	if diff := cmp.Diff(string(contracts.Marshal(want)), string(contracts.Marshal(got))); diff != "" {
		t.Errorf("contract changed (-want +got):\n%s", diff)
	}
}

// Each file of testdata is what Write makes of itself.
func TestWrite_LayoutIsTheOneOfTheGoldens(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.yaml")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no goldens: %v", err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		golden.Check(t, path, format.Write(parse(t, text)))
	}
}

func FuzzWrite(f *testing.F) {
	f.Add("plain", "a: b")
	f.Add("\u2028", "\x00")
	f.Add("<<", "- x\n y")
	f.Fuzz(func(t *testing.T, name, text string) {
		raw := `{"event":"e","version":"1.0.0","properties":{` + document.Quote(name) + `:{"type":"string","x-t":` + document.Quote(text) + `}}}`
		c, diags := contracts.Parse(diag.NewFile("x.yaml", []byte(raw)))
		if c == nil || len(diags) > 0 {
			return
		}
		again, diags := contracts.Parse(diag.NewFile("y.yaml", format.Write(c)))
		if again == nil || len(diags) > 0 {
			t.Fatalf("%v\n%s", diags, format.Write(c))
		}
		if want, got := string(contracts.Marshal(c)), string(contracts.Marshal(again)); want != got {
			t.Fatalf("want %s\ngot  %s\n%s", want, got, format.Write(c))
		}
	})
}
