package payload_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/contracttest"
	"github.com/evctl/evctl/contracts/envelope"
	"github.com/evctl/evctl/contracts/payload"
)

func newFields(t testing.TB, pointers ...string) *payload.Fields {
	t.Helper()
	f, err := payload.ParseFields(pointers...)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// fieldsBody rejects ids that are no strings.
const fieldsBody = "define: body\ntype: object\nadditionalProperties: true\nproperties: {id: {type: string, nullable: true}, u: {type: any}}\n"

func TestJudge_TakesFieldsOut(t *testing.T) {
	s := newSet(t, envelopeOf(t, "{name: /e, version: /v, properties: /p, definition: body}", fieldsBody), event(t, "event: a\nversion: 1.0.0\nadditionalProperties: true\nproperties: {x: {type: integer}}\n"))
	f := newFields(t, "/id", "/u/id", "/p/x", "/p", "/e", "")
	for _, test := range []struct {
		raw, want string
		valid     bool
	}{
		{`{"e":"a","v":"1.0.0","id":"7","u":{"a":{},"id":8},"p":{"x":1}}`, `"7" "8" "1" "{\"x\":1}" "a"`, true},
		{` { "p" : { "y":[{"x":2}], "x":1 } , "u": { } , "id": null, "v":"1.0.0","e":"a"}`, `nil nil "1" "{ \"y\":[{\"x\":2}], \"x\":1 }" "a"`, true},
		{`{"e":"a","v":"1.0.0","id":"\u00e9\n","u":[{"id":1}],"p":{}}`, `"é\n" nil nil "{}" "a"`, true},
		{`{"e":"a","v":"1.0.0","\u0069d":"7","u":"","p":{}}`, `"7" nil nil "{}" "a"`, true},
		{`{"e":"a","v":"1.0.0","id":"7","u":{"id":true},"p":{"x":"no"}}`, `"7" "true" "no" "{\"x\":\"no\"}" "a"`, false},
		{`{"e":"a","v":"1.0.0","id":[1, "]"],"u":{"id":{"a":"b"}},"p":{"x":"no"}}`, `"[1, \"]\"]" "{\"a\":\"b\"}" "no" "{\"x\":\"no\"}" "a"`, false},
		{`{"p":{"x":[]},"u":{"id":7,"\u0069n":{}},"e":"a","v":"1.0.0","id":-1.5e2 }`, `"-1.5e2" "7" "[]" "{\"x\":[]}" "a"`, false},
		{`{"e":"b","v":"1.0.0","id":"7","p":{}}`, `"7" nil nil "{}" "b"`, false},
		{`{"e":"a","v":"1.0.0","id":"7","p":{}`, `nil nil nil nil nil`, false},
		{`{"e":"a","v":"1.0.0","id":"7","id":"8","p":{}}`, `nil nil nil nil nil`, false},
		{`7`, `nil nil nil nil nil`, false},
		{``, `nil nil nil nil nil`, false},
	} {
		v, values := s.Judge([]byte(test.raw), f, [][]byte{[]byte("before")})
		if diff := cmp.Diff(s.Validate([]byte(test.raw)), v, cmp.Comparer(func(a, b *contracts.Contract) bool { return a == b })); diff != "" || v.Valid != test.valid {
			t.Errorf("%s: verdict (-want +got):\n%s", test.raw, diff)
		}
		if len(values) != 7 || string(values[0]) != "before" {
			t.Fatalf("%s: %d values", test.raw, len(values))
		}
		var got []string
		for _, value := range values[1:6] {
			if value == nil {
				got = append(got, "nil")
				continue
			}
			got = append(got, fmt.Sprintf("%q", value))
		}
		if diff := cmp.Diff(test.want, strings.Join(got, " ")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.raw, diff)
		}
		if readable := values[6] != nil; readable && string(values[6]) != strings.TrimSpace(test.raw) {
			t.Errorf("%s: the event itself is %s", test.raw, values[6])
		}
	}
	if _, err := payload.ParseFields("/a", "b"); err == nil {
		t.Error("b is taken for a pointer")
	}
}

// TestJudge_AgreesWithValidate takes members of drawn payloads, however they are decided on.
func TestJudge_AgreesWithValidate(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		c := contracttest.Contract().Draw(rt, "contract")
		s := newSet(t, envelope.Default(), as(c, contracts.Version{Major: 1}))
		raw := contracttest.Payload(c).Draw(rt, "payload")
		raw = append([]byte(`{"event":"a","\u0076ersion":"1.0.0","tr\u0061ce":"7",`), raw[1:]...)
		if raw[len(raw)-2] == ',' {
			raw[len(raw)-2] = ' '
		}
		v, values := s.Judge(raw, newFields(t, "/trace", "/event", "/nothing"), nil)
		if want := s.Validate(raw); want.Valid != v.Valid || want.Version != v.Version {
			rt.Errorf("%s: %+v, expected %+v", raw, v, want)
		}
		unreadable := len(v.Violations) > 0 && strings.HasPrefix(v.Violations[0].Rule, "json-")
		if !unreadable && (string(values[0]) != "7" || string(values[1]) != "a" || values[2] != nil) {
			rt.Errorf("%s: %q", raw, values)
		}
	})
}

func TestJudge_DoesNotAllocate(t *testing.T) {
	s := newSet(t, envelopeOf(t, nested), versions(t, "properties: {x: {type: string}}")...)
	raw := []byte(`{"id":"0b7ad25c","e":"a","v":"1.0.0","u":{"id":"x"},"p":{"x":"a"}}`)
	f := newFields(t, "/id", "/u/id", "/p/x")
	values := make([][]byte, 0, 3)
	var v payload.Verdict
	judge := func() { v, values = s.Judge(raw, f, values[:0]) }
	if judge(); !v.Valid || string(values[1]) != "x" {
		t.Fatalf("%+v, %q", v, values)
	}
	if n := allocations(judge); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

// TestJudge_TakesFieldsThatAreParsedForEachEvent has more of them than a set remembers.
func TestJudge_TakesFieldsThatAreParsedForEachEvent(t *testing.T) {
	s := newSet(t, envelopeOf(t, nested), versions(t, "properties: {x: {type: string}}")...)
	raw := []byte(`{"id":"0b7ad25c","e":"a","v":"1.0.0","p":{"x":"a"}}`)
	for i := range 200 {
		v, values := s.Judge(raw, newFields(t, "/id", "/p/x"), nil)
		if !v.Valid || len(values) != 2 || string(values[0]) != "0b7ad25c" || string(values[1]) != "a" {
			t.Fatalf("time %d: %+v, %q", i, v, values)
		}
	}
}
