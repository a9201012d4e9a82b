package subschema

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"
)

// repeated joins texts that a function makes of numbers.
func repeated(n int, each func(i int) string) string {
	list := make([]string, n)
	for i := range list {
		list[i] = each(i)
	}
	return strings.Join(list, ",")
}

// nested wraps a text n times.
func nested(n int, before, inner, after string) string {
	return strings.Repeat(before, n) + inner + strings.Repeat(after, n)
}

// chain is a schema that n references lead to.
func chain(n int, last string) string {
	return `{"$defs":{` + repeated(n, func(i int) string { return fmt.Sprintf(`"d%d":{"$ref":"#/$defs/d%d"}`, i, i+1) }) +
		fmt.Sprintf(`,"d%d":%s},"$ref":"#/$defs/d0"}`, n, last)
}

// hostile are pairs of schemas that cost much time or memory somewhere, or did.
func hostile() map[string][2]string {
	nines := strings.Repeat("9", 300)
	return map[string][2]string{
		"oneOf of 50 that overlap": {`{"oneOf":[` + repeated(50, func(i int) string {
			return fmt.Sprintf(`{"type":"object","properties":{"p%d":{"type":"string"},"q":{"minimum":%d}},"required":["p%d"]}`, i, i, (i+1)%50)
		}) + `]}`, `{"properties":{"q":{"maximum":49}},"minProperties":2}`},
		"oneOf of 50 in anyOf of them": {`{"oneOf":[` + repeated(50, func(i int) string { return fmt.Sprintf(`{"multipleOf":%d}`, i+2) }) + `]}`,
			`{"anyOf":[` + repeated(49, func(i int) string { return fmt.Sprintf(`{"multipleOf":%d}`, i+2) }) + `]}`},
		"allOf of 30 anyOfs": {`{"allOf":[` + repeated(30, func(i int) string {
			return fmt.Sprintf(`{"anyOf":[{"required":["a%d"]},{"required":["b%d"]},{"minProperties":%d}]}`, i, (i*7)%30, i)
		}) + `],"type":"object","maxProperties":14}`, `{"required":["a1"]}`},
		"a pigeonhole problem": {`{"type":"object",` + `"allOf":[` + repeated(9, func(i int) string {
			return `{"anyOf":[` + repeated(8, func(j int) string { return fmt.Sprintf(`{"required":["p%d_%d"]}`, i, j) }) + `]}`
		}) + `,` + repeated(8, func(j int) string {
			return repeated(9*9, func(n int) string {
				if n/9 == n%9 {
					return `true`
				}
				return fmt.Sprintf(`{"not":{"required":["p%d_%d","p%d_%d"]}}`, n/9, j, n%9, j)
			})
		}) + `]}`, `false`},
		"nested negation":         {nested(100, `{"not":`, `{"type":"string"}`, `}`), nested(99, `{"not":`, `{"anyOf":[{"type":"string"},{"maxLength":3}]}`, `}`)},
		"nested oneOf":            {nested(12, `{"oneOf":[{"minLength":2},`, `{"type":"string"}`, `]}`), nested(12, `{"oneOf":[{"maxLength":5},`, `{"pattern":"a"}`, `]}`)},
		"minItems of 10^9":        {`{"type":"array","minItems":1000000000}`, `{"minItems":1000000001}`},
		"minItems of 10^9, equal": {`{"type":"array","minItems":1000000000,"items":{"type":"string"}}`, `{"minItems":999999999}`},
		"minItems with contains":  {`{"type":"array","minItems":3000,"contains":{"const":1},"minContains":2000}`, `{"uniqueItems":false,"contains":{"const":1},"maxContains":2500}`},
		"many unique items":       {`{"type":"array","minItems":250,"uniqueItems":true,"items":{"type":"integer","minimum":0,"maximum":300}}`, `{"contains":{"const":7}}`},
		"too many unique items":   {`{"type":"array","minItems":200,"uniqueItems":true,"items":{"type":"integer","minimum":0,"maximum":100}}`, `false`},
		"minLength of 10^6":       {`{"type":"string","minLength":1000000}`, `{"minLength":1000001}`},
		"minLength and a pattern": {`{"type":"string","minLength":1000000,"pattern":"^(ab)*$"}`, `{"minLength":1000002}`},
		"maxLength of 10^12":      {`{"type":"string","maxLength":1000000000000}`, `{"maxLength":999999999999}`},
		"minProperties of 10^5":   {`{"type":"object","minProperties":100000}`, `{"minProperties":100001}`},
		"minProperties of 4000":   {`{"type":"object","minProperties":4000,"propertyNames":{"pattern":"^[a-z]{3}$"}}`, `{"required":["aaa"]}`},
		"a catastrophic pattern":  {`{"type":"string","pattern":"^(([a-z])+.)+[A-Z]([a-z])+$"}`, `{"pattern":"^(a|a?)+$"}`},
		"a power set of states":   {`{"type":"string","pattern":"(a|b)*a(a|b){20}$"}`, `{"pattern":"(a|b)*b(a|b){20}$"}`},
		"counted patterns":        {`{"type":"string","pattern":"^(a{1,500}b{1,500}){1,2}$"}`, `{"pattern":"^(a{1,499}b{1,500}){1,2}$"}`},
		"many patterns": {`{"type":"object","patternProperties":{` + repeated(30, func(i int) string {
			return fmt.Sprintf(`"x%d.*y":{"minimum":%d}`, i, i)
		}) + `},"minProperties":1}`, `{"patternProperties":{` + repeated(30, func(i int) string {
			return fmt.Sprintf(`"y.*x%d":{"minimum":%d}`, i, i)
		}) + `}}`},
		"enum of 100,000": {`{"enum":[` + repeated(100_000, func(i int) string { return fmt.Sprintf(`"v%d"`, i) }) + `]}`,
			`{"enum":[` + repeated(100_000, func(i int) string { return fmt.Sprintf(`"v%d"`, i+1) }) + `]}`},
		"enum of 20,000 objects": {`{"enum":[` + repeated(20_000, func(i int) string { return fmt.Sprintf(`{"v":%d}`, i) }) + `]}`,
			`{"enum":[` + repeated(20_000, func(i int) string { return fmt.Sprintf(`{"v":%d}`, 19_999-i) }) + `]}`},
		"not one of 20,000 objects": {`{"type":"object"}`, `{"not":{"enum":[` + repeated(20_000, func(i int) string { return fmt.Sprintf(`{"v":%d}`, i) }) + `]}}`},
		"2,000 properties": {`{"type":"object","properties":{` + repeated(2000, func(i int) string { return fmt.Sprintf(`"p%d":{"type":"string"}`, i) }) + `}}`,
			`{"type":"object","properties":{` + repeated(2000, func(i int) string { return fmt.Sprintf(`"p%d":{"type":["string","null"]}`, i) }) + `}}`},
		"2,000 required properties": {`{"type":"object","required":[` + repeated(2000, func(i int) string { return fmt.Sprintf(`"p%d"`, i) }) + `]}`,
			`{"type":"object","required":[` + repeated(2001, func(i int) string { return fmt.Sprintf(`"p%d"`, i) }) + `]}`},
		"deep nesting":                {nested(60, `{"properties":{"a":`, `{"type":"string"}`, `},"required":["a"]}`), nested(60, `{"properties":{"a":`, `{"minLength":1}`, `}}`)},
		"deeply equal":                {nested(100, `{"items":`, `{"type":"string"}`, `}`), nested(100, `{"items":`, `{"type":["string","null"]}`, `}`)},
		"a chain of 1,000 references": {chain(1000, `{"type":"string"}`), `{"type":"string","minLength":1}`},
		"a chain of references into members": {`{"$defs":{` + repeated(1_000, func(i int) string {
			return fmt.Sprintf(`"d%d":{"type":"object","required":["a"],"properties":{"a":{"$ref":"#/$defs/d%d"}}}`, i, i+1)
		}) + `,"d1000":{"type":"string"}},"$ref":"#/$defs/d0"}`, `{"type":"object","required":["a"]}`},
		"mutual recursion": {`{"$defs":{` + repeated(40, func(i int) string {
			return fmt.Sprintf(`"d%d":{"type":"object","minProperties":1,"properties":{"a":{"$ref":"#/$defs/d%d"},"b":{"$ref":"#/$defs/d%d"}},"additionalProperties":false}`, i, (i+1)%40, (i*7+3)%40)
		}) + `},"$ref":"#/$defs/d0"}`, `{"type":"object","required":["a"]}`},
		"recursion that doubles": {`{"$defs":{"t":{"anyOf":[{"type":"null"},{"type":"array","prefixItems":[{"$ref":"#/$defs/t"},{"$ref":"#/$defs/t"}],"minItems":2,"maxItems":2}]}},"$ref":"#/$defs/t"}`,
			`{"$defs":{"t":{"anyOf":[{"type":"null"},{"type":"array","items":{"$ref":"#/$defs/t"},"maxItems":2}]}},"$ref":"#/$defs/t"}`},
		"dynamic scopes": {`{"$id":"https://example.com/r","$dynamicAnchor":"n","properties":{` + repeated(12, func(i int) string { return fmt.Sprintf(`"p%d":{"$ref":"s%d"}`, i, i) }) + `},"$defs":{` +
			repeated(12, func(i int) string {
				return fmt.Sprintf(`"s%d":{"$id":"s%d","$dynamicAnchor":"n","properties":{%s,"self":{"$dynamicRef":"#n"}}}`, i, i, repeated(12, func(j int) string { return fmt.Sprintf(`"p%d":{"$ref":"s%d"}`, j, j) }))
			}) + `}}`, `{"type":"object"}`},
		"numbers of 300 digits": {`{"type":"integer","minimum":` + nines + `,"maximum":` + nines + `}`, `{"multipleOf":` + nines + `}`},
		"many steps":            {`{"type":"number","minimum":1,"allOf":[` + repeated(40, func(i int) string { return fmt.Sprintf(`{"multipleOf":%d.%d}`, 100+i*7, i) }) + `]}`, `{"multipleOf":7}`},
		"multipleOf 1e-300":     {`{"type":"number","multipleOf":1e-300,"maximum":1e300,"exclusiveMinimum":0}`, `{"multipleOf":3e-300}`},
		"sparse multiples":      {`{"type":"integer","minimum":1,"maximum":1000000000000}`, `{"anyOf":[` + repeated(300, func(i int) string { return fmt.Sprintf(`{"multipleOf":%d}`, i+2) }) + `,{"const":1}]}`},
		"unevaluated in 8 anyOfs": {`{"type":"object","unevaluatedProperties":false,"allOf":[` + repeated(8, func(i int) string {
			return fmt.Sprintf(`{"anyOf":[{"properties":{"a%d":true}},{"required":["b%d"]}]}`, i, i)
		}) + `]}`, `{"maxProperties":7}`},
		"unevaluated in 30 anyOfs": {`{"type":"object","unevaluatedProperties":false,"allOf":[` + repeated(30, func(i int) string {
			return fmt.Sprintf(`{"anyOf":[{"properties":{"a%d":true}},{"required":["b%d"]}]}`, i, i)
		}) + `]}`, `{"maxProperties":7}`},
		"64 contains":                         {`{"type":"array","allOf":[` + repeated(64, func(i int) string { return fmt.Sprintf(`{"contains":{"multipleOf":%d}}`, i+2) }) + `],"maxItems":10}`, `{"contains":{"const":0}}`},
		"12 contains that exclude each other": {`{"type":"array","allOf":[` + repeated(12, func(i int) string { return fmt.Sprintf(`{"contains":{"const":%d}}`, i) }) + `],"maxItems":11}`, `false`},
		"long names":                          {`{"type":"object","properties":{"` + strings.Repeat("n", 1<<20) + `":{"type":"string"}}}`, `{"properties":{"` + strings.Repeat("n", 1<<20) + `":{"minLength":1}}}`},
		"long strings":                        {`{"const":"` + strings.Repeat("s", 1<<22) + `"}`, `{"pattern":"^s*$","maxLength":4000000}`},
		"a large witness":                     {`{"type":"array","minItems":4000,"items":{"type":"object","required":["a","b","c"]}}`, `{"maxItems":3999}`},
	}
}

// bounds of a hostile question: the time that questions have, on a machine that does
// much else, and all memory that is ever allocated for it.
const (
	hostileTime   = 40 * DefaultTime
	hostileMemory = 600 << 20
)

func TestCompare_HostileSchemasStayWithinTheBudget(t *testing.T) {
	for name, pair := range hostile() {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			a, b := mustRead(t, name, []byte(pair[0])), mustRead(t, name, []byte(pair[1]))
			read := time.Since(start)
			for _, q := range [][2]*Schema{{a, b}, {b, a}, {a, a}} {
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				start := time.Now()
				r := Compare(q[0], q[1], Options{})
				took := time.Since(start)
				runtime.ReadMemStats(&after)
				allocated := after.TotalAlloc - before.TotalAlloc
				t.Logf("%s in %v after %v, %d MB, %d steps, %s %.80s", r.Verdict, took.Round(time.Millisecond), read.Round(time.Millisecond), allocated>>20, r.Steps, r.Reason, r.Witness)
				if took > hostileTime || allocated > hostileMemory {
					t.Errorf("took %v and %d MB", took, allocated>>20)
				}
				if q[0] == q[1] && r.Verdict == NotIncluded {
					t.Errorf("not included in itself: %s", r.Witness)
				}
			}
		})
	}
}

// TestCompare_FollowsTenThousandReferences asks a question without a witness: the reference
// validator takes seconds to compile such a document.
func TestCompare_FollowsTenThousandReferences(t *testing.T) {
	a, b := chain(10_000, `{"type":"string"}`), chain(9_999, `{"type":["string","null"]}`)
	if r := Compare(mustRead(t, "a", []byte(a)), mustRead(t, "b", []byte(b)), Options{Time: hostileTime}); r.Verdict != Included {
		t.Errorf("a in b is %s %s %s", r.Verdict, r.Witness, r.Reason)
	}
}

// FuzzCompare takes any two texts: what comes out is a verdict, in time, and a schema is never
// outside of itself.
func FuzzCompare(f *testing.F) {
	for _, pair := range hostile() {
		if len(pair[0])+len(pair[1]) < 4096 {
			f.Add([]byte(pair[0]), []byte(pair[1]))
		}
	}
	f.Add([]byte(`{"$schema":"http://json-schema.org/draft-04/schema#","id":"#a","$ref":"#a"}`), []byte(`{"$id":"x","$ref":"x#/$defs/1","$defs":[true,{}]}`))
	f.Add([]byte(`{"items":[{}],"additionalItems":false,"dependencies":{"a":["b"]}}`), []byte("{\"pattern\":\"\\ud800\"}"))
	f.Fuzz(func(t *testing.T, textA, textB []byte) {
		a, errA := Parse(textA)
		b, errB := Parse(textB)
		if errA != nil || errB != nil {
			return
		}
		start := time.Now()
		for _, q := range []Question{{Accept: []*Schema{a}, Reject: []*Schema{b}}, {Accept: []*Schema{b, a}}, {Accept: []*Schema{a}, Reject: []*Schema{a}}} {
			r := q.Ask(Options{Time: DefaultTime / 4})
			if r.Verdict == NotIncluded && len(q.Reject) == 1 && q.Reject[0] == a {
				t.Errorf("not included in itself: %s", r.Witness)
			}
			if r.Verdict == Undecided && strings.Contains(r.Reason, "reference validator does not") {
				t.Logf("%s", r.Reason)
			}
		}
		if took := time.Since(start); took > hostileTime {
			t.Errorf("took %v", took)
		}
	})
}
