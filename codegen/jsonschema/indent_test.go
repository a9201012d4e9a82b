package jsonschema

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestIndented_IsWhatEncodingJSONDoes(t *testing.T) {
	for _, text := range []string{
		`{}`, `[]`, `""`, `1`, `{"a":{}}`, `[[],[[]],{"":[{}]}]`, `{"a":"{[\"\\\\,:]}","b\\":[1,-2.5e+3,true,null]}`, `"\\\""`, "\"\u2028<>\"",
	} {
		checkIndented(t, text)
	}
	rapid.Check(t, func(t *rapid.T) {
		text, err := json.Marshal(anyValue(3).Draw(t, "value"))
		if err != nil {
			t.Fatal(err)
		}
		checkIndented(t, string(text))
	})
}

// TestIndented_TakesAnyText holds that broken text is laid out somehow.
func TestIndented_TakesAnyText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.SliceOf(rapid.SampledFrom([]byte("{}[]\"\\,: a1"))).Draw(t, "text")
		if out := indented(nil, text); len(out) < len(bytes.ReplaceAll(text, []byte(" "), nil))/2 {
			t.Fatalf("%q became %q", text, out)
		}
	})
}

func checkIndented(t rapid.TB, text string) {
	t.Helper()
	var want bytes.Buffer
	if err := json.Indent(&want, []byte(text), "", "  "); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want.String(), string(indented(nil, []byte(text)))); diff != "" {
		t.Errorf("%s (-want +got):\n%s", text, diff)
	}
}

// anyValue is JSON of some depth.
func anyValue(depth int) *rapid.Generator[any] {
	simple := rapid.OneOf(rapid.String().AsAny(), rapid.Int().AsAny(), rapid.Just(any(nil)), rapid.Bool().AsAny())
	if depth == 0 {
		return simple
	}
	return rapid.OneOf(simple, rapid.SliceOfN(anyValue(depth-1), 0, 3).AsAny(), rapid.MapOfN(rapid.String(), anyValue(depth-1), 0, 3).AsAny())
}
