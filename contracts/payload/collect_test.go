package payload_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/evctl/evctl/contracts/payload"
)

// TestValidate_ExplainsEachPartByItself has payloads with several wrong values, of which each
// is explained from its own tokens. What is known of one must not be taken for the other.
func TestValidate_ExplainsEachPartByItself(t *testing.T) {
	c := compile(t, `
event: a
version: 1.0.0
properties:
  list:
    type: array
    items:
      oneOf:
        one: {type: object, properties: {v: {$ref: outer, required: true}}}
        two: {type: object, properties: {v: {$ref: outer, required: true}, w: {type: string, required: true}}}
  deep: {type: object, pii: direct, properties: {at: {type: array, items: {type: integer}}, in: {type: object, properties: {n: {type: integer}}}}}
definitions:
  outer:
    oneOf:
      r: {type: object, properties: {i: {$ref: inner, required: true}}}
      s: {type: object, properties: {i: {$ref: inner, required: true}, w: {type: string, required: true}}}
  inner:
    oneOf:
      p: {type: object, properties: {n: {type: integer, required: true}}}
      q: {type: object, properties: {n: {type: string, required: true}}}
`)
	for _, raw := range []string{
		`{"list": [{"v":{"i":{"n":1}},"bad":1}, {"v":{"i":{"n":true}}}]}`,
		`{"list": [{"v":{"i":{"n":true}}}, {"v":{"i":{"n":1}}}, {"v":{"i":{"n":1}},"bad":1}]}`,
		`{"deep": {"at": [1, "x", 2, "y"], "in": {"n": "secret"}}, "list": 1}`,
		`{"deep": {"\u0061t": ["x"], "\u0069n": {"\u006e": "secret"}, "n\u006fne": 1}}`,
	} {
		t.Run(raw, func(t *testing.T) {
			got := c.violations(raw)
			if len(got) == 0 {
				t.Fatal("the payload is valid")
			}
			if diff := cmp.Diff(c.validator.FromTokens([]byte(raw)), got); diff != "" {
				t.Errorf("(-by all tokens +by parts):\n%s", diff)
			}
			for _, v := range got {
				if strings.Contains(v.Found, "secret") {
					t.Errorf("%s is shown", v.Found)
				}
			}
		})
	}
}

// TestValidate_NamesTheFirstViolationsOfMany has as many as are listed, one less and one more.
func TestValidate_NamesTheFirstViolationsOfMany(t *testing.T) {
	c := compile(t, "event: a\nversion: 1.0.0\nproperties: {list: {type: array, items: {type: object, properties: {n: {type: integer, minimum: 5, multipleOf: 2}, m: {type: integer, required: true}}}}}\n")
	for _, n := range []int{payload.MaxViolations - 1, payload.MaxViolations, payload.MaxViolations + 1, 3 * payload.MaxViolations} {
		for _, item := range []string{`{"m":"1"}`, `{"n":1,"m":1}`, `{"n":3}`, `{}`, `0`} {
			raw := []byte(fmt.Sprintf(`{"list":[%s]}`, strings.TrimSuffix(strings.Repeat(item+",", n), ",")))
			got := c.violations(string(raw))
			if len(got) < min(n, payload.MaxViolations) || len(got) > payload.MaxViolations {
				t.Errorf("%d times %s: %d violations", n, item, len(got))
			}
			if diff := cmp.Diff(c.validator.FromTokens(raw), got); diff != "" {
				t.Errorf("%d times %s (-by all tokens +by parts):\n%s", n, item, diff)
			}
		}
	}
}

// TestValidate_NeverTakesForValidWhatItCannotExplain has findings without violations, which
// an engine without faults does not make.
func TestValidate_NeverTakesForValidWhatItCannotExplain(t *testing.T) {
	for n := range 3 {
		if payload.Unexplained(n) {
			t.Errorf("%d findings are explained, of which the last one has no violation", n)
		}
	}
}
