package payload_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/evctl/evctl/contracts/payload"
)

func TestVerdict_AppendJSONWritesWhatTheLibraryWrites(t *testing.T) {
	text := rapid.OneOf(rapid.StringN(0, 20, -1), rapid.StringMatching(`[a-z.<>&"\\]{0,9}`), rapid.SampledFrom([]string{
		"\x00\b\f\n\r\t\x1f\x7f", "\u2028\u2029\u0080", "\xff\xc3(", "😀",
	}))
	attempt := rapid.Custom(func(t *rapid.T) payload.Attempt {
		return payload.Attempt{Variant: text.Draw(t, "variant"), Violation: text.Draw(t, "violation")}
	})
	violation := rapid.Custom(func(t *rapid.T) payload.Violation {
		return payload.Violation{
			Pointer: text.Draw(t, "pointer"), Rule: text.Draw(t, "rule"), Expected: text.Draw(t, "expected"), Found: text.Draw(t, "found"),
			Offset: rapid.Int().Draw(t, "offset"), Missing: text.Draw(t, "missing"), Tried: rapid.SliceOfN(attempt, 0, 3).Draw(t, "tried"),
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		v := payload.Verdict{
			Event: text.Draw(t, "event"), Version: text.Draw(t, "version"), Valid: rapid.Bool().Draw(t, "valid"), Flag: text.Draw(t, "flag"),
			Violations: rapid.SliceOfN(violation, 0, 3).Draw(t, "violations"),
		}
		var want bytes.Buffer
		want.WriteString("before ")
		e := json.NewEncoder(&want)
		e.SetEscapeHTML(false)
		if err := e.Encode(v); err != nil {
			t.Fatal(err)
		}
		got := append(v.AppendJSON([]byte("before ")), '\n')
		if diff := cmp.Diff(want.String(), string(got)); diff != "" {
			t.Fatalf("%#v (-want +got):\n%s", v, diff)
		}
	})
}

func TestVerdict_AppendJSONOfValidEventsAllocatesNothing(t *testing.T) {
	v := payload.Verdict{Event: "order.completed", Version: "1.2.0", Valid: true}
	buffer := make([]byte, 0, 200)
	if n := testing.AllocsPerRun(100, func() { buffer = v.AppendJSON(buffer[:0]) }); n > 0 {
		t.Errorf("%v allocations, want none", n)
	}
}
