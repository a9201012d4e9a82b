package document_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/evctl/evctl/contracts/document"
)

func TestWriter_WritesWhatJSONReads(t *testing.T) {
	var w document.Writer
	n := 3
	w.Open()
	w.Key("a \"b\"\n")
	w.List(2, func(i int) {
		w.Open()
		if i == 1 {
			w.Text("empty", "")
			w.Text("text", "x\u2028\\")
			w.Count("none", nil)
			w.Count("n", &n)
		}
		w.Close()
	})
	w.Raw("raw", "1.10")
	w.Texts("texts", []string{"", "é"})
	w.Texts("nothing", nil)
	w.Close()
	var got map[string]any
	if err := json.Unmarshal(w.B, &got); err != nil {
		t.Fatalf("%v: %s", err, w.B)
	}
	want := map[string]any{
		"a \"b\"\n": []any{map[string]any{}, map[string]any{"text": "x\u2028\\", "n": 3.0}},
		"raw":       1.1, "texts": []any{"", "é"}, "nothing": []any{},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("written JSON differs (-want +got):\n%s", diff)
	}
}
