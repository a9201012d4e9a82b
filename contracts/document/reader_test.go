package document_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
)

func TestReader_ReadsEveryFileAsParseDoes(t *testing.T) {
	texts := []string{
		"a: 1\n", "", "[1, {b: [c, d]}]", `{"a": [1, {"b": "c"}], "d": {}}`, "a: {\n", `{"a": [`,
		"x: &x {y: [1, 2]}\nz: [*x, *x]\nw: {<<: *x, v: ~}\n", "a: 1\na: 2\n", "\xff\xfe",
		strings.Repeat("- {a: [b, c], d: e}\n", 3000), "a: b\n",
		strings.Repeat("[", 200), "[" + strings.Repeat("1,", document.MaxNodes) + "1]", "a: [b]\n",
	}
	for _, sample := range samples() {
		texts = append(texts, string(sample))
	}
	var r document.Reader
	for i, text := range texts {
		f := diag.NewFile("x.yaml", []byte(text))
		n, diags := r.Parse(f)
		want, wantDiags := document.Parse(f)
		if diff := cmp.Diff(want, n); diff != "" {
			t.Errorf("file %d (-want +got):\n%s", i, diff)
		}
		if diff := cmp.Diff(problems(wantDiags), problems(diags)); diff != "" {
			t.Errorf("problems of file %d (-want +got):\n%s", i, diff)
		}
	}
}

func TestReader_MappingsDoNotGrowIntoEachOther(t *testing.T) {
	var r document.Reader
	for range 3 {
		n, diags := r.Parse(diag.NewFile("x.yaml", []byte("b: &b {x: 1, y: 2}\na: {<<: *b, z: 3}\nc: {q: 4}\n")))
		if len(diags) > 0 {
			t.Fatalf("problems: %s", problems(diags))
		}
		want := `{"b":{"x":1,"y":2},"a":{"z":3,"x":1,"y":2},"c":{"q":4}}`
		if diff := cmp.Diff(want, n.JSON()); diff != "" {
			t.Fatalf("document (-want +got):\n%s", diff)
		}
	}
}
