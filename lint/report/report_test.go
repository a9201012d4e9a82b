package report

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/golden"
	"github.com/evctl/evctl/lint"
)

// span is the first occurrence of text in a file.
func span(f *diag.File, text string) diag.Location {
	i := bytes.Index(f.Data, []byte(text))
	if i < 0 {
		panic("not in the file: " + text)
	}
	return diag.Location{File: f, Span: diag.Span{Start: int32(i), End: int32(i + len(text))}}
}

// sample is a report with everything that makes printing hard.
func sample() *Report {
	order := diag.NewFile("contracts/order completed.yaml", []byte("event: order.completed\n"+
		"properties:\n"+
		"\tTotal: {type: number} # a tab before it\n"+
		"  注文番号: {type: string, 型: x}\n"+
		"  long: {description: \""+strings.Repeat("very ", 40)+"long\", max: 3, note: \""+strings.Repeat("more ", 40)+"\"}\n"+
		"  bidi\u202e: {type: string}\n"+
		"  e\u0301tat: {mexLength: 3}\n"+
		"  多行: |\r\n"+
		"    text\r\n"))
	release := diag.NewFile("releases/order.completed/1.0.0.json", []byte("{\n  \"total\": {}\n}\n"))
	total := span(order, "Total")
	return &Report{
		Contracts: 14, Ignored: 1, Version: "v1.2.3",
		Diagnostics: []diag.Diagnostic{
			{Rule: "baseline-stale", Severity: diag.Warning, Message: "a finding about no file", Subject: "nowhere"},
			{
				Rule: "property-case", Severity: diag.Error, Location: total, Message: `property "Total" is not snake_case`,
				Hint: `rename it to "total", or run evctl lint --fix`, Subject: "order.completed#/properties/Total",
				Related: []diag.Related{{Location: span(release, `"total"`), Message: "was declared here"}},
				Fix:     &diag.Fix{Title: `rename "Total" to "total"`, Edits: []diag.Edit{{Location: total, New: "total"}}},
				Witness: &diag.Witness{
					Payload: json.RawMessage("{\"Total\":1,\"注|`\":\"<b>\u202e@x\"}"), AcceptedBy: "1.0.0", RejectedBy: "1.1.0",
					Pointer: "/注|`", Message: "property \"注|`\" is not declared", Offset: 11,
				},
				Effects: []diag.Effect{{Consumer: "collector", Effect: "breaking", Why: "rejects"}, {Consumer: "warehouse", Effect: "breaking", Why: "a column is gone"}},
			},
			{Rule: "key-unknown", Severity: diag.Error, Location: span(order, "型"), Message: `unknown key "型"`, Subject: "order.completed"},
			{Rule: "key-unknown", Severity: diag.Error, Location: span(order, "max"), Message: `unknown key "max"`, Hint: `did you mean "maximum"?`, Subject: "order.completed"},
			{Rule: "name-odd", Severity: diag.Warning, Location: span(order, "bidi\u202e"), Message: "name \u202e turns, 100% <b>|_*@x: https://x.example/a,b\nsecond line"},
			{Rule: "key-unknown", Severity: diag.Info, Location: span(order, "mexLength"), Message: `unknown key "mexLength"`, Subject: "order.completed"},
			{Rule: "text-odd", Severity: diag.Info, Location: span(order, "|\r\n    text"), Message: "a place of two lines", Subject: "order.completed#/x"},
		},
	}
}

func TestFormats_AreAsInTheirGoldens(t *testing.T) {
	for _, f := range Formats {
		t.Run(f.Name, func(t *testing.T) {
			var b bytes.Buffer
			if err := Write(&b, f.Name, sample()); err != nil {
				t.Fatal(err)
			}
			golden.Check(t, filepath.Join("testdata", f.Name+".golden"), b.Bytes())
		})
	}
}

func TestFormats_WriteAReportWithoutFindings(t *testing.T) {
	for _, f := range Formats {
		t.Run(f.Name, func(t *testing.T) {
			var b bytes.Buffer
			if err := Write(&b, f.Name, &Report{Contracts: 3}); err != nil {
				t.Fatal(err)
			}
			golden.Check(t, filepath.Join("testdata", f.Name+".empty.golden"), b.Bytes())
		})
	}
}

func TestWrite_RefusesUnknownFormats(t *testing.T) {
	err := Write(io.Discard, "html", &Report{})
	if err == nil || !strings.Contains(err.Error(), `unknown format "html", expected one of text, json, sarif`) {
		t.Errorf("error is %v", err)
	}
}

func TestText_ColorsChangeNothingButColors(t *testing.T) {
	var plain, colored bytes.Buffer
	r := sample()
	if err := Write(&plain, "text", r); err != nil {
		t.Fatal(err)
	}
	r.Color = true
	if err := Write(&colored, "text", r); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(colored.String(), "\x1b[1;31merror\x1b[0m") {
		t.Error("errors are not red")
	}
	stripped := regexp.MustCompile("\x1b\\[[0-9;]*m").ReplaceAllString(colored.String(), "")
	if diff := cmp.Diff(plain.String(), stripped); diff != "" {
		t.Errorf("colored text differs (-want +got):\n%s", diff)
	}
}

func TestText_UnderlinesWhatIsMeant(t *testing.T) {
	for _, c := range []struct{ name, line, part, text, mark string }{
		{"plain", "  total: 1", "total", "  total: 1", "  ^~~~~"},
		{"wide characters take two columns", "名前: x", "x", "名前: x", "      ^"},
		{"the mark is as wide as the text", "a: 名前", "名前", "a: 名前", "   ^~~~"},
		{"combining characters take none", "e\u0301: x", "x", "e\u0301: x", "   ^"},
		{"tabs stop every four columns", "a\tb", "b", "a   b", "    ^"},
		{"control characters are shown as one", "a\x1b[31m: x", "x", "a\ufffd[31m: x", "        ^"},
		{"a place of no width gets one mark", "abc", "", "abc", "^"},
		{"a long line is cut behind", strings.Repeat("a", 200), "aa", strings.Repeat("a", 110) + "…", "^~"},
		{"a long line is cut before", strings.Repeat("a", 200) + "b", "b", "…" + strings.Repeat("a", 40) + "b", strings.Repeat(" ", 41) + "^"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := diag.NewFile("f", []byte(c.line+"\n"))
			var b bytes.Buffer
			if err := WriteFindings(&b, []diag.Diagnostic{{Rule: "r", Severity: diag.Error, Location: span(f, c.part)}}, false); err != nil {
				t.Fatal(err)
			}
			lines := strings.Split(b.String(), "\n")
			want := []string{"   1 | " + c.text, "     | " + c.mark}
			if diff := cmp.Diff(want, lines[1:3]); diff != "" {
				t.Errorf("frame differs (-want +got):\n%s", diff)
			}
		})
	}
}

func TestText_HugeLinesCostLittle(t *testing.T) {
	f := diag.NewFile("f", bytes.Repeat([]byte("{a: [名"), 500_000))
	at := diag.Location{File: f, Span: diag.Span{Start: 2_000_000, End: 3_000_000}}
	list := make([]diag.Diagnostic, 3)
	for i := range list {
		list[i] = diag.Diagnostic{Rule: "r", Severity: diag.Error, Location: at}
	}
	var b bytes.Buffer
	if err := WriteFindings(&b, list, false); err != nil {
		t.Fatal(err)
	}
	if b.Len() > 5000 {
		t.Errorf("text has %d bytes for three findings", b.Len())
	}
}

func TestReport_MaxKeepsTheMostSevereInOrder(t *testing.T) {
	r := sample()
	r.Max = 3
	var rules []string
	for _, d := range r.shown() {
		rules = append(rules, fmt.Sprintf("%s %s", d.Severity, d.Rule))
	}
	if diff := cmp.Diff([]string{"error property-case", "error key-unknown", "error key-unknown"}, rules); diff != "" {
		t.Errorf("shown differs (-want +got):\n%s", diff)
	}
	var b bytes.Buffer
	if err := Write(&b, "json", r); err != nil {
		t.Fatal(err)
	}
	var doc Document
	if err := json.Unmarshal(b.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	want := Summary{Counts: Counts{Errors: 3, Warnings: 2, Infos: 2}, Contracts: 14, Ignored: 1, LeftOut: 4}
	if diff := cmp.Diff(want, doc.Summary); diff != "" {
		t.Errorf("summary differs (-want +got):\n%s", diff)
	}
}

func TestSARIF_KeepsTheRulesOfTheStandard(t *testing.T) {
	r := sample()
	catalogue, err := lint.NewCatalogue()
	if err != nil {
		t.Fatal(err)
	}
	r.Rules = catalogue
	var b bytes.Buffer
	if err := Write(&b, "sarif", r); err != nil {
		t.Fatal(err)
	}
	var log sarifLog
	d := json.NewDecoder(&b)
	d.DisallowUnknownFields()
	if err := d.Decode(&log); err != nil {
		t.Fatal(err)
	}
	run := log.Runs[0]
	if log.Version != "2.1.0" || run.ColumnKind != "unicodeCodePoints" || len(run.Results) != len(r.Diagnostics) {
		t.Errorf("version %s, columnKind %s, %d results", log.Version, run.ColumnKind, len(run.Results))
	}
	seen := map[string]bool{}
	for i, result := range run.Results {
		if run.Tool.Driver.Rules[result.RuleIndex].ID != result.RuleID {
			t.Errorf("result %d points to rule %d, which is another one", i, result.RuleIndex)
		}
		if fingerprint := result.Fingerprints["evctl/v1"]; seen[fingerprint] || fingerprint == "" {
			t.Errorf("result %d has no fingerprint of its own", i)
		} else {
			seen[fingerprint] = true
		}
		for _, l := range append(result.Locations, result.Related...) {
			g := l.Physical.Region
			if g.StartLine < 1 || g.StartColumn < 1 || g.EndLine < g.StartLine || g.EndLine == g.StartLine && g.EndColumn < g.StartColumn {
				t.Errorf("result %d has region %+v", i, g)
			}
			if strings.ContainsAny(l.Physical.Artifact.URI, " \\") {
				t.Errorf("result %d has URI %q", i, l.Physical.Artifact.URI)
			}
		}
	}
	for _, rule := range run.Tool.Driver.Rules {
		if rule.ID == "key-unknown" && rule.ShortDescription.Text != "a key is not part of the language" {
			t.Errorf("rule key-unknown is described as %q", rule.ShortDescription.Text)
		}
	}
}

func TestGitHub_OneFindingIsOneLine(t *testing.T) {
	r := sample()
	var b bytes.Buffer
	if err := Write(&b, "github", r); err != nil {
		t.Fatal(err)
	}
	command := regexp.MustCompile(`^::(error|warning|notice) ([a-zA-Z]+=[^:,]*)(,[a-zA-Z]+=[^:,]*)*::.+$`)
	lines := strings.Split(strings.TrimSpace(b.String()), "\n")
	if len(lines) != len(r.Diagnostics)+1 {
		t.Errorf("%d lines for %d findings and a summary", len(lines), len(r.Diagnostics))
	}
	for _, line := range lines[:len(lines)-1] {
		if !command.MatchString(line) {
			t.Errorf("line %q is no workflow command", line)
		}
	}
}

func TestGitLab_FingerprintsAreUnique(t *testing.T) {
	var b bytes.Buffer
	if err := Write(&b, "gitlab", sample()); err != nil {
		t.Fatal(err)
	}
	var issues []gitLabIssue
	if err := json.Unmarshal(b.Bytes(), &issues); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, issue := range issues {
		if seen[issue.Fingerprint] {
			t.Errorf("fingerprint %s occurs twice", issue.Fingerprint)
		}
		seen[issue.Fingerprint] = true
	}
}

func TestJUnit_CountsAddUp(t *testing.T) {
	var b bytes.Buffer
	if err := Write(&b, "junit", sample()); err != nil {
		t.Fatal(err)
	}
	var root junitSuites
	if err := xml.Unmarshal(b.Bytes(), &root); err != nil {
		t.Fatal(err)
	}
	tests, failures := 0, 0
	for _, s := range root.Suites {
		tests += len(s.Cases)
		for _, c := range s.Cases {
			if c.Failure != nil {
				failures++
			}
		}
	}
	if root.Tests != tests || root.Failures != failures || tests != 7 || failures != 5 {
		t.Errorf("report says %d tests and %d failures, it has %d and %d", root.Tests, root.Failures, tests, failures)
	}
}

func TestMarkdown_TextCannotEndItsCell(t *testing.T) {
	var b bytes.Buffer
	if err := Write(&b, "markdown", sample()); err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(b.String(), "\n") {
		if strings.HasPrefix(line, "| ") && strings.Count(strings.ReplaceAll(line, `\|`, ""), "|") != 5 {
			t.Errorf("row %q has not four cells", line)
		}
	}
	if strings.Contains(b.String(), "<b>") || strings.Contains(b.String(), "@x") {
		t.Error("text of a contract is read as markup")
	}
}

func TestMarkdown_CutsLongWitnesses(t *testing.T) {
	w := &diag.Witness{Payload: json.RawMessage(`{"s":"` + strings.Repeat("名", 50_000) + `"}`), AcceptedBy: "1.0.0", RejectedBy: "1.1.0"}
	want := "1.0.0 accepts, 1.1.0 rejects `{\"s\":\"" + strings.Repeat("名", cellRunes-6) + "…`"
	if diff := cmp.Diff(want, MarkdownWitness(w)); diff != "" {
		t.Errorf("cell differs (-want +got):\n%s", diff)
	}
}
