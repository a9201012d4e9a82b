package registry_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/evctl/evctl/registry"
)

// hostile are texts at the edges of JSON: whether they are objects is encoding/json's to say.
var hostile = []string{
	`{}`, ` { } `, `{"a":1}`, `{"a":1,}`, `{,}`, `{"a"}`, `{"a":}`, `{"a" 1}`, `{"a":1 "b":2}`, `{"a":1}}`, `{"a":1} x`, `[]`, `""`, ``, ` `, `{`, `{"`, `{"a`, `{"a"`, `{"a":`,
	`{"a":[]}`, `{"a":[1,2 , 3]}`, `{"a":[1,]}`, `{"a":[,1]}`, `{"a":[1 2]}`, `{"a":[`, `{"a":[1`, `{"a":[1}`, `{"a":{"b":[{"c":null}]}}`,
	`{"a":true}`, `{"a":tru}`, `{"a":truest}`, `{"a":nul`, `{"a":false,"b":null}`,
	`{"a":0}`, `{"a":-0}`, `{"a":00}`, `{"a":01}`, `{"a":-}`, `{"a":+1}`, `{"a":.5}`, `{"a":5.}`, `{"a":5.0e}`, `{"a":5.0e+}`, `{"a":5.0E-12}`, `{"a":1e400}`, `{"a":NaN}`, `{"a":-`,
	`{"a":"\u00e9 \n \\ \" \/"}`, `{"a":"\x"}`, `{"a":"\u12"}`, "{\"a\":\"\t\"}", "{\"a\":\"\x00\"}", `{"\"":"\\"}`, `{"a\\":"b\\\""}`, "{\"a\":\u00a01}", "\ufeff{}",
	"{\r\n\t\"a\"\r\n:\t1\r\n,\"b\": [\n\n        1,\n                2\n]}\n", `{"a":1,"a":2}`, "{\"a\":1}\x00", "{\"a\"\v:1}",
	`{"a":` + strings.Repeat("[", 200) + strings.Repeat("]", 200) + `}`, `{"a":` + strings.Repeat(`{"a":`, 200) + `1` + strings.Repeat("}", 200) + `}`,
	`{"a":` + strings.Repeat("[", 100000), `{"a":` + strings.Repeat(`{"a":`, 100000),
}

// checkPack holds a text against encoding/json, which takes the same but for strings that
// are not Unicode.
func checkPack(t *testing.T, text []byte) {
	var want bytes.Buffer
	valid := json.Compact(&want, text) == nil && bytes.HasPrefix(want.Bytes(), []byte("{"))
	got, ok := registry.Pack(text)
	if ok && !valid {
		t.Fatalf("%.200q is taken for an object", text)
	}
	if surrogates := bytes.Contains(bytes.ToLower(text), []byte(`\ud`)); valid && !ok && utf8.Valid(text) && !surrogates {
		t.Fatalf("%.200q is not taken for an object", text)
	}
	if ok && !bytes.Equal(got, want.Bytes()) {
		t.Fatalf("%.200q becomes %q, expected %q", text, got, want.Bytes())
	}
}

func TestPack_TakesWhatEncodingJSONTakes(t *testing.T) {
	for _, text := range hostile {
		checkPack(t, []byte(text))
	}
	file := newRecord(t).File.Data
	for i := range file {
		checkPack(t, file[:i])
		for _, c := range []byte("\"\\{}[],: 0-.e\n\x00") {
			edited := bytes.Clone(file)
			edited[i] = c
			checkPack(t, edited)
		}
	}
}

func TestPack_RefusesStringsThatAreNotUnicode(t *testing.T) {
	for _, text := range []string{"{\"a\":\"\xff\"}", "{\"a\xc3\":1}", `{"a":"\ud800"}`, `{"a":"\udc00\ud800"}`} {
		if got, ok := registry.Pack([]byte(text)); ok {
			t.Errorf("%q becomes %q", text, got)
		}
	}
}

func FuzzPack(f *testing.F) {
	for _, text := range hostile {
		if len(text) < 1000 {
			f.Add([]byte(text))
		}
	}
	f.Add(newRecord(f).File.Data)
	f.Fuzz(func(t *testing.T, text []byte) { checkPack(t, text) })
}
