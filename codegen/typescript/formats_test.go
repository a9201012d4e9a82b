package typescript

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/formats"
)

// alphabets are what texts near those of a format are made of, and beside them whole
// parts that mean something.
var alphabets = map[string][]string{
	"date":          {"0", "1", "2", "3", "9", "-", "2024", "02", "29", "30", "31", "12", "13", "00", "1900", "2000", "T", "\n"},
	"time":          {"00", "23", "59", "60", "24", ":", "Z", "z", "+", "-", ".", "5", "01:00", "23:59:60", "22:59:60", "\n", " "},
	"date-time":     {"2016-12-31", "2017-01-01", "2016-06-30", "2024-02-29", "2023-02-29", "T", "t", " ", "23:59:60", "00:29:60", "15:59:60", "12:00:00", ".5", "Z", "z", "+00:30", "-08:00", "+24:00", "\n"},
	"duration":      {"P", "T", "1", "22", "Y", "M", "D", "H", "S", "W", ".", "-", "\n"},
	"email":         {"a", "@", ".", "-", "\"", "\\", " ", "[", "]", "IPv6:", "::1", "192.0.2.1", "tag:x", "example.com", "é", "é", "!", "\n", strings.Repeat("a", 63), "\t", "_", "/"},
	"hostname":      {"a", "Z", "9", "-", ".", "_", strings.Repeat("a", 62), strings.Repeat("a.", 60), "ü", "\n", "\u212a"},
	"ipv4":          {"0", "1", "25", "255", "256", "01", ".", "192.0.2", " ", "\n"},
	"ipv6":          {"0", "ffff", "FFFF", "12345", ":", "::", "1.2.3.4", "g", "%", "1:2:3:4:5:6", "\n", "."},
	"json-pointer":  {"/", "~", "0", "1", "2", "a", "ü", "\n", "😀"},
	"uri":           uriParts,
	"uri-reference": uriParts,
	"iri":           uriParts,
	"iri-reference": uriParts,
	"uri-template":  {"{", "}", "?", "+", "|", "a", ",", ":", "0", "1", "9999", "10000", "*", ".", "%41", "%4", "_", "ü", "\ue000", "\ufffe", "'", "\"", "<", " ", "\u0085", "\n", "\U000e0001", "\U000fffff"},
	"uuid":          {"7f0c0a6e", "-", "9e0a", "4C55", "8a39", "0d5d4f7a2f0b", "g", "\n", "7f0c0a6e-9e0a-4c55-8a39-0d5d4f7a2f0b"},
}

var uriParts = []string{
	"a", "http", "1", "+", ":", "/", "//", "?", "#", "@", "[", "]", "[::1]", "[v1.x]", "[V1.x:y]", "[vg.x]", "%41", "%4", "%zz", "80", ".", "..", "-", "_", "~", "!", "{", "|", "\\",
	" ", "\n", "ü", "\u0085", "\ue000", "\uf8ff", "\ufdd0", "\ufffe", "\U0001fffe", "\U000e0001", "\U000e1000", "\U000f0000", "\U0010fffd", "\u212a", "\u017f", "😀",
}

// TestFormats_FollowTheGrammarOfTheRegistry compares the scanners with those of contracts.
func TestFormats_FollowTheGrammarOfTheRegistry(t *testing.T) {
	type text struct {
		Format string `json:"format"`
		Text   string `json:"text"`
	}
	var texts []text
	for _, f := range formats.Table {
		generator := rapid.Custom(func(t *rapid.T) string {
			start := f.Example
			if rapid.Bool().Draw(t, "fresh") {
				start = strings.Join(rapid.SliceOfN(rapid.SampledFrom(alphabets[f.Name]), 0, 12).Draw(t, "parts"), "")
			}
			for range rapid.IntRange(0, 2).Draw(t, "edits") {
				at := rapid.IntRange(0, len(start)).Draw(t, "at")
				end := min(len(start), at+rapid.IntRange(0, 3).Draw(t, "cut"))
				start = start[:at] + rapid.SampledFrom(append(alphabets[f.Name], "")).Draw(t, "part") + start[end:]
			}
			return start
		})
		for i := range 4000 {
			if s := generator.Example(i); utf8.ValidString(s) {
				texts = append(texts, text{f.Name, s})
			}
		}
	}
	in, err := json.Marshal(texts)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("node", filepath.Join(installed(t, "testdata/run"), "formats.mjs"), compiled(t, everyFormat(t)))
	var stderr bytes.Buffer
	cmd.Stdin, cmd.Stderr = bytes.NewReader(in), &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr.Bytes())
	}
	var verdicts []bool
	if err := json.Unmarshal(out, &verdicts); err != nil || len(verdicts) != len(texts) {
		t.Fatalf("%d verdicts on %d texts: %v", len(verdicts), len(texts), err)
	}
	valid := map[string]int{}
	for i, v := range verdicts {
		if want := formats.Valid(texts[i].Format, texts[i].Text); v != want {
			t.Errorf("%s %q: the generated code says %v, the registry %v", texts[i].Format, texts[i].Text, v, want)
		}
		if v {
			valid[texts[i].Format]++
		}
	}
	for _, f := range formats.Table {
		if valid[f.Name] < 100 || valid[f.Name] > 3900 {
			t.Errorf("%d of 4000 texts have format %s, expected some of both kinds", valid[f.Name], f.Name)
		}
	}
}

// everyFormat is the model of an event that uses all formats.
func everyFormat(t *testing.T) *codegen.Model {
	t.Helper()
	var b strings.Builder
	b.WriteString("event: all.formats\nversion: 1.0.0\nproperties:\n")
	for _, f := range formats.Table {
		fmt.Fprintf(&b, "  %s: {type: string, format: %s}\n", f.Name, f.Name)
	}
	return model(t, b.String())
}

// model is the model of events that are written in YAML.
func model(t *testing.T, events ...string) *codegen.Model {
	t.Helper()
	library, _ := contracts.NewLibrary(nil)
	var src codegen.Source
	for _, text := range events {
		c, diags := contracts.Parse(diag.NewFile("event.yaml", []byte(text)))
		if c != nil {
			diags = append(diags, library.Link(c)...)
		}
		for _, d := range diags {
			t.Fatalf("%d: %s\n%s", d.Position().Line, d.Message, text)
		}
		src.Events = append(src.Events, c)
	}
	return codegen.NewModel(src)
}
