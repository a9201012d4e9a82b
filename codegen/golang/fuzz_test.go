package golang

import (
	"errors"
	"strings"
	"testing"

	"github.com/evctl/evctl/codegen/codegentest"
	"github.com/evctl/evctl/contracts/payload"
	events "github.com/evctl/evctl/testdata/shop/gen/go"
)

// hostile are texts that readers of JSON take in different ways, to be put in the place of
// a value, of a member, or of everything.
var hostile = []string{
	"", " ", "\x00", "\ufeff{}", "{}\x00", "{} {}", "{},", "[", "{", `{"`, `{"a`, `{"a"`, `{"a":`, `{"a":1`, `{"a":1,`, `{"a":1,}`, `{,}`, `{a:1}`,
	`{"a":1 "b":2}`, `{"a":1,"a":1}`, `{"a":1,"\u0061":1}`, `{"":1,"":2}`, "null", "true", "nul", "truee", `"\ud800"`, `"\ud800\ud800"`,
	`"\ud83d\ude00"`, `"\udc00"`, `"\u00"`, `"\x"`, "\"\xff\"", "\"\xed\xa0\x80\"", "\"\n\"", "\"\x7f\"", `"\/"`, "-", "-0", "-0.0", "01", "1.", ".5", "1e", "1e+", "1E5",
	"1e400", "1e309", "1.7976931348623159e308", "1e401", "1e9999999", "1e-400", "-1e-401", "NaN", "Infinity", "9007199254740993", "9223372036854775807", "9223372036854775808", "1.0", "1e3", "1e-1",
	"0.1e1", "100e-2", "1.000000000000000000000000000001", strings.Repeat("9", 400), strings.Repeat("9", 401), "0." + strings.Repeat("0", 398) + "1",
	strings.Repeat("[", 127) + strings.Repeat("]", 127), strings.Repeat("[", 200) + strings.Repeat("]", 200), strings.Repeat(`{"a":`, 200) + "1" + strings.Repeat("}", 200),
	"\r\n{\r\n}\r\n", "\t\v", "/* */{}", "{}//",
}

// FuzzParse_AgreesWithTheRegistry reads any text as each event of the shop. What differs is
// only what the documentation names: numbers beyond 64 bits.
func FuzzParse_AgreesWithTheRegistry(f *testing.F) {
	validators := map[string]*payload.Validator{}
	for _, e := range codegentest.Workspace(f, shop).Events() {
		v, err := payload.Compile(e)
		if err != nil {
			f.Fatal(err)
		}
		validators[e.Name] = v
		for _, x := range e.Payload.Examples {
			f.Add(x.JSON)
			for i, text := range hostile {
				switch i % 4 {
				case 0:
					f.Add(text)
				case 1:
					f.Add(strings.Replace(x.JSON, `":`, `":`+text+`,"x":`, 1))
				case 2:
					f.Add(strings.TrimSuffix(x.JSON, "}") + `,"x":` + text + "}")
				default:
					f.Add(x.JSON + text)
				}
			}
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		for name, v := range validators {
			e, err := events.ParseEvent(name, []byte(text))
			var invalid *events.ValidationError
			if err != nil && !errors.As(err, &invalid) {
				t.Fatalf("%s: %v", name, err)
			}
			valid := v.Valid([]byte(text))
			if valid != (err == nil) && !(valid && invalid.Violations[0].Rule == "range") && !rounded(text) {
				t.Fatalf("%s %q: the registry says %v, the code %v", name, text, valid, err)
			}
			if err != nil {
				continue
			}
			written, err := e.AppendJSON(nil)
			if err != nil || !v.Valid(written) {
				t.Fatalf("%s %q becomes %q, %v", name, text, written, err)
			}
		}
	})
}
