package payload_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"math"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
	"weak"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/payload"
	"github.com/evctl/evctl/contracts/rawjson"
)

// attack is a payload that grows with n.
type attack struct {
	name string
	text func(n int) string
	// n is with what it has some kilobytes: so few that even eight times as much is read
	// in memory that is kept.
	n int
	// valid says whether it satisfies the contract of attacks; rule is what it breaks if
	// not.
	valid bool
	rule  string
}

const attacked = `
event: attacked
version: 1.0.0
properties:
  s:    {type: string, minLength: 1}
  max:  {type: string, maxLength: 10}
  re1:  {type: string, pattern: '^(a*)*b$'}
  re2:  {type: string, pattern: '(x+x+)+y'}
  re3:  {type: string, pattern: '^(a|a)*(a|aa)*c'}
  mail: {type: string, format: email}
  uri:  {type: string, format: uri}
  host: {type: string, format: hostname}
  ip:   {type: string, format: ipv6}
  dur:  {type: string, format: duration}
  tmpl: {type: string, format: uri-template}
  en:   {type: string, enum: [a, b]}
  n:    {type: number, multipleOf: 0.01, maximum: 10}
  i:    {type: integer, enum: [1, 2]}
  any:  {type: any}
  list: {type: array, items: {type: integer}}
  uniq: {type: array, uniqueItems: true}
  map:  {type: map, values: {type: integer}}
  keys: {type: map, keys: '^[a-zA-Z0-9_.~-]*$'}
  open: {type: object, additionalProperties: true, properties: {a: {type: integer}, aaaaaaaa00000000zzzzzzzz: {type: integer}}}
  shut: {type: object, properties: {a: {type: integer}}}
  rec:  {type: array, items: {type: object, properties: {a: {type: integer, required: true}}}}
  u:    {oneOf: {a: {type: array, items: {type: object, properties: {x: {type: integer}}}}, b: {type: array, items: {type: object, properties: {x: {type: string}}}}}}
  tag:  {oneOf: {a: {type: object, additionalProperties: true}, b: {type: object}}, discriminator: kind}
  pp:   {type: object, patternProperties: {'^a': {type: integer}, 'b$': {type: integer}}, additionalProperties: true}
`

// many writes n parts with what makes them different.
func many(n int, format string) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

func of(property, open, part, close string) func(n int) string {
	return func(n int) string { return `{"` + property + `":` + open + strings.Repeat(part, n) + close + `}` }
}

func manyOf(property, open, format, close string) func(n int) string {
	return func(n int) string { return `{"` + property + `":` + open + many(n, format) + close + `}` }
}

var attacks = []attack{
	{"long string", of("s", `"`, "x", `"`), 13333, true, ""},
	{"long string beyond ASCII", of("s", `"`, "名", `"`), 6666, true, ""},
	{"long string of escapes", of("s", `"`, `\n`, `"`), 6666, true, ""},
	{"long string of pairs", of("s", `"`, `\ud83d\ude00`, `"`), 1333, true, ""},
	{"long string of backslashes", of("s", `"`, `\\`, `"`), 6666, true, ""},
	{"long string that is too long", of("max", `"`, "x", `"`), 13333, false, "maxLength"},
	{"long string without an end", of("s", `"`, "x", ``), 13333, false, "json-syntax"},
	{"backslashes without an end", of("s", `"`, `\\`, ``), 6666, false, "json-syntax"},
	{"half a pair at the end", of("s", `"`, "x", `\ud800"`), 13333, false, "json-encoding"},
	{"quadratic pattern 1", of("re1", `"`, "a", `"`), 30000, false, "pattern"},
	{"quadratic pattern 2", of("re2", `"`, "x", `"`), 30000, false, "pattern"},
	{"quadratic pattern 3", of("re3", `"`, "a", `"`), 30000, false, "pattern"},
	{"quadratic pattern that matches", of("re1", `"`, "a", `b"`), 30000, true, ""},
	{"long mail", of("mail", `"`, "a.", `a@b"`), 6666, false, "format"},
	{"long mail with many domains", of("mail", `"a@`, "a.", `a"`), 6666, false, "format"},
	{"long mail in quotes", of("mail", `"\"`, `\\a`, `\"@b"`), 3333, false, "format"},
	{"long URI", of("uri", `"a:`, "/%20", `"`), 3333, true, ""},
	{"long URI of colons", of("uri", `"`, "a:", `"`), 6666, true, ""},
	{"long host", of("host", `"`, "a.", `a"`), 6666, false, "format"},
	{"long address", of("ip", `"`, "1:", `:"`), 6666, false, "format"},
	{"long duration", of("dur", `"P`, "1", `D"`), 13333, true, ""},
	{"long template", of("tmpl", `"`, "{a}", `"`), 4666, true, ""},
	{"long word of an enum", of("en", `"`, "a", `"`), 13333, false, "enum"},
	{"many digits", of("n", "", "1", ""), 34952, false, "json-number"},
	{"many digits of an integer", of("i", "", "1", ""), 34952, false, "json-number"},
	{"many zeros behind a point", of("n", "0.", "0", "1"), 34952, false, "json-number"},
	{"many digits of an exponent", of("n", "1e", "9", ""), 34952, false, "json-number"},
	{"many digits of nothing", of("any", "[", "0", "]"), 34952, false, "json-syntax"},
	{"many long numbers", manyOf("list", "[", "1"+strings.Repeat("0", 300)+"%06d", "]"), 66, true, ""},
	{"many long decimals", manyOf("any", "[", "0."+strings.Repeat("1", 350)+"%06d", "]"), 66, true, ""},
	{"many items", of("list", "[1", ",1", "]"), 6666, true, ""},
	{"many items of a wrong type", of("list", "[null", ",null", "]"), 3333, false, "type"},
	{"many wrong objects", of("rec", "[{}", `,{"b":1}`, "]"), 666, false, "required"},
	{"many unique numbers", manyOf("uniq", "[", "%d", "]"), 1111, true, ""},
	{"many unique numbers and one again", manyOf("uniq", "[1.0,", "%d", "]"), 1111, false, "uniqueItems"},
	{"many unique texts", manyOf("uniq", "[", `"x%d"`, "]"), 888, true, ""},
	{"many unique objects", manyOf("uniq", "[", `{"a":%d,"b":[{}]}`, "]"), 444, true, ""},
	{"many unique lists of lists", func(n int) string { return `{"uniq":[` + bracketed(n) + `]}` }, 222, true, ""},
	{"many unique lists of words", func(n int) string { return `{"uniq":[` + worded(n) + `]}` }, 111, true, ""},
	{"many members of a map", manyOf("map", "{", `"k%d":1`, "}"), 666, true, ""},
	{"many members of any", manyOf("any", "{", `"k%d":1`, "}"), 666, true, ""},
	{"many keys of a pattern", manyOf("keys", "{", `"k%d":1`, "}"), 2000, true, ""},
	{"many members that patterns describe", manyOf("pp", "{", `"a%db":1`, "}"), 666, true, ""},
	{"many members that are not declared", manyOf("shut", "{", `"k%d":1`, "}"), 666, false, "additionalProperties"},
	{"a name twice at the end", manyOf("map", "{", `"k%d":1`, `,"k\u0030":1}`), 666, false, "json-duplicate"},
	{"a name twice at the start", manyOf("map", `{"k":1,"\u006b":1,`, `"k%d":1`, `}`), 666, false, "json-duplicate"},
	{"a name twice everywhere", of("open", `{"a":1`, `,"a":1`, `}`), 1111, false, "json-duplicate"},
	{"names that meet in FNV-1a", func(n int) string { return `{"map":{` + members(fnvKeys(n)) + `}}` }, 546, true, ""},
	{"names that meet in FNV-1a, declared or not", func(n int) string { return `{"open":{` + members(fnvKeys(n)) + `}}` }, 546, true, ""},
	{"names with the same beginning and end", manyOf("open", "{", `"aaaaaaaa%08dzzzzzzzz":1`, "}"), 666, true, ""},
	{"names that differ by their length", func(n int) string { return `{"open":{` + members(lengthKeys(n)) + `}}` }, 66, true, ""},
	{"names with the same sum", func(n int) string { return `{"map":{` + members(sumKeys(n)) + `}}` }, 666, true, ""},
	{"unions that read everything", manyOf("u", "[", `{"x":"%d"}`, "]"), 444, true, ""},
	{"unions that fail at the end", manyOf("u", "[", `{"x":"%d"}`, `,{"x":1}]`), 444, false, "oneOf"},
	{"a discriminator behind everything", manyOf("tag", "{", `"k%d":1`, `,"kind":"a"}`), 2000, true, ""},
	{"no discriminator", manyOf("tag", "{", `"k%d":1`, `}`), 2000, false, "required"},
	{"white space", of("any", "", " ", "1"), 20000, true, ""},
	{"lines", of("any", "", "\r\n", "1"), 10000, true, ""},
	{"objects in an array", of("any", "[{}", ",{}", "]"), 6666, true, ""},
	{"arrays in an array", of("any", "[[]", ",[[]]", "]"), 4000, true, ""},
	{"empty names", of("any", `[{"":1}`, `,{"":1}`, "]"), 2666, true, ""},
	{"commas", of("any", "[", ",", "]"), 20000, false, "json-syntax"},
	{"quotes", of("any", "[", `"",`, "0]"), 6666, true, ""},
}

// TestHostile_CostsWhatItIsLong wants eight times the text to cost about eight times as
// much, in all ways to validate, and no more memory than some times the text. A cost that
// grows with the square of the length would be 64 times as much.
func TestHostile_CostsWhatItIsLong(t *testing.T) {
	v := newAttacked(t)
	for _, a := range attacks {
		small, large := []byte(a.text(a.n)), []byte(a.text(8*a.n))
		if len(large) > rawjson.MaxBytes {
			t.Fatalf("%s has %d bytes", a.name, len(large))
		}
		found := v.Validate(small)
		if rule := firstRule(found); v.Valid(small) != a.valid || (found == nil) != a.valid || rule != a.rule {
			t.Errorf("%s: valid %v, rule %q, expected %v and %q", a.name, v.Valid(small), rule, a.valid, a.rule)
		}
		for name, judge := range map[string]func([]byte){
			"Valid":    func(raw []byte) { v.Valid(raw) },
			"Validate": func(raw []byte) { v.Validate(raw) },
		} {
			if r := ratio(32, func() { judge(large) }, func() { judge(small) }); r > 0 {
				t.Errorf("%s: %s of eight times the text costs %.1f times as much", a.name, name, r)
			}
			if bytes := allocated(func() { judge(large) }); bytes > 64*len(large)+1<<20 {
				t.Errorf("%s: %s of %d bytes allocates %d", a.name, name, len(large), bytes)
			}
		}
	}
}

func newAttacked(t testing.TB) *payload.Validator {
	t.Helper()
	v, err := payload.Compile(event(t, attacked))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func firstRule(found []payload.Violation) string {
	if len(found) == 0 {
		return ""
	}
	return found[0].Rule
}

// ratio is how many times as long one thing takes as another. A busy machine makes some
// runs long, so that the shortest of each count, and as long as the ratio is not below
// enough both are run again. What takes next to no time is not compared. A machine can be
// too busy even for that, so that times are compared by make fuzz alone.
func ratio(enough float64, f, yardstick func()) float64 {
	if os.Getenv("EVCTL_FUZZ_TIMES") == "" {
		return 0
	}
	took, unit := time.Duration(math.MaxInt64), time.Duration(math.MaxInt64)
	for range 30 {
		took, unit = min(took, once(f)), min(unit, once(yardstick))
		if took < 200*time.Microsecond || float64(took) < enough*float64(unit) {
			return 0
		}
	}
	return float64(took) / float64(max(unit, 1))
}

func once(f func()) time.Duration {
	start := time.Now()
	f()
	return time.Since(start)
}

// allocated is what a call allocates, the memory that the pool of states hands out not
// counted.
func allocated(f func()) int {
	var before, after runtime.MemStats
	least := math.MaxInt
	for range 2 {
		runtime.ReadMemStats(&before)
		f()
		runtime.ReadMemStats(&after)
		least = min(least, int(after.TotalAlloc-before.TotalAlloc))
	}
	return least
}

// bracketed are n different values made of brackets only: the bits of their numbers.
func bracketed(n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('[')
		for k := n; k > 0; k /= 2 {
			if k < n {
				b.WriteByte(',')
			}
			b.WriteString([]string{"[]", "{}"}[i&1])
			i /= 2
		}
		b.WriteByte(']')
	}
	return b.String()
}

// worded are n different values made of null, true and false.
func worded(n int) string {
	r := strings.NewReplacer("[]", "true", "{}", "null")
	return r.Replace(bracketed(n))
}

func members(names []string) string {
	var b strings.Builder
	for i, name := range names {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(`"` + name + `":1`)
	}
	return b.String()
}

// fnvKeys are n names with the same FNV-1a, of 32 bits and in the lower 32 of 64: pairs of
// blocks that lead from one state to another, put together in all ways. Where buckets
// are found by such hashes, all names are in one.
func fnvKeys(n int) []string { return allFnvKeys()[:n] }

var allFnvKeys = sync.OnceValue(func() []string {
	const n = 16384
	keys := []string{""}
	state := func(prefix string) uint64 {
		a, b := fnv.New32a(), fnv.New64a()
		a.Write([]byte(prefix))
		b.Write([]byte(prefix))
		return uint64(a.Sum32()&0xffff)<<16 | b.Sum64()&0xffff
	}
	for len(keys) < n {
		seen := map[uint64]string{}
		for i := 0; ; i++ {
			block := fmt.Sprintf("%05x", i)
			h := state(keys[0] + block)
			other, meets := seen[h]
			seen[h] = block
			if !meets {
				continue
			}
			var longer []string
			for _, key := range keys {
				longer = append(longer, key+block, key+other)
			}
			keys = longer
			break
		}
	}
	return keys
})

// lengthKeys begin and end alike and have different lengths.
func lengthKeys(n int) []string {
	keys := make([]string, n)
	for i := range keys {
		keys[i] = strings.Repeat("a", 16+i%350) + strings.Repeat("b", i/350) + "zzzzzzzz"
	}
	return keys
}

// sumKeys have the same letters in another order, for hashes that add them up.
func sumKeys(n int) []string {
	keys := make([]string, n)
	for i := range keys {
		b := bytes.Repeat([]byte("ab"), 16)
		for k := range 16 {
			if i>>k&1 != 0 {
				b[2*k], b[2*k+1] = 'b', 'a'
			}
		}
		keys[i] = string(b)
	}
	return keys
}

// TestFnvKeys_Meet wants the names to be what they are called.
func TestFnvKeys_Meet(t *testing.T) {
	keys := fnvKeys(1000)
	want := fnv.New64a()
	want.Write([]byte(keys[0]))
	seen := map[string]bool{}
	for _, key := range keys {
		h := fnv.New64a()
		h.Write([]byte(key))
		if h.Sum64()&0xffff != want.Sum64()&0xffff || seen[key] {
			t.Fatalf("%q has another hash than %q, or stands twice", key, keys[0])
		}
		seen[key] = true
	}
}

// TestHostile_KeysCostNoMoreThanOthers compares names that meet in simple hashes with
// ordinary ones of the same length.
func TestHostile_KeysCostNoMoreThanOthers(t *testing.T) {
	v := newAttacked(t)
	const n = 10_000
	for name, keys := range map[string][]string{"FNV-1a": fnvKeys(n), "sums": sumKeys(n), "both ends": endKeys(n)} {
		ordinary := make([]string, n)
		for i := range ordinary {
			ordinary[i] = fmt.Sprintf("%0*x", len(keys[0]), i*0x9e3779b1)
		}
		for _, property := range []string{"map", "open", "any", "keys"} {
			bad, good := []byte(`{"`+property+`":{`+members(keys)+`}}`), []byte(`{"`+property+`":{`+members(ordinary)+`}}`)
			if !v.Valid(bad) || !v.Valid(good) {
				t.Fatalf("%s: %v %v", name, v.Validate(bad), v.Validate(good))
			}
			if r := ratio(6, func() { v.Valid(bad) }, func() { v.Valid(good) }); r > 0 {
				t.Errorf("%s of %s: cost %.1f times as much as others", name, property, r)
			}
		}
	}
}

func endKeys(n int) []string {
	keys := make([]string, n)
	for i := range keys {
		keys[i] = fmt.Sprintf("aaaaaaaa%08dzzzzzzzz", i)
	}
	return keys
}

// TestHostile_BeyondTheLimitsIsRefused has texts that are too long or nested too deeply.
// They are not taken apart: what they cost is to look for quotes and brackets once, or
// nothing.
func TestHostile_BeyondTheLimitsIsRefused(t *testing.T) {
	v := newAttacked(t)
	s := newSet(t, envelopeOf(t, "{name: /event, version: /version, properties: /p}"), event(t, attacked))
	const million = 1_000_000
	flat := bytes.Repeat([]byte(`"`), rawjson.MaxBytes)
	copy(flat[1:], bytes.Repeat([]byte("x"), rawjson.MaxBytes)) // an unfinished string of any length
	for _, test := range []struct{ name, raw, rule string }{
		{"100 MB", `{"s":"` + strings.Repeat("x", 100<<20) + `"}`, "json-size"},
		{"arrays", strings.Repeat("[", million), "json-depth"},
		{"arrays with ends", strings.Repeat("[", million) + strings.Repeat("]", million), "json-depth"},
		{"objects", strings.Repeat(`{"a":`, million), "json-depth"},
		{"objects with ends", strings.Repeat(`{"a":`, million) + "1" + strings.Repeat("}", million), "json-depth"},
		{"both", strings.Repeat(`[{"a":`, million/2) + "1" + strings.Repeat("}]", million/2), "json-depth"},
		{"arrays in a property", `{"any":` + strings.Repeat("[", million) + strings.Repeat("]", million) + "}", "json-depth"},
		{"objects in a property", `{"any":` + strings.Repeat(`{"any":`, million) + "1" + strings.Repeat("}", million+1), "json-depth"},
		{"in a property that is not declared", `{"xyz":` + strings.Repeat("[", million) + strings.Repeat("]", million) + "}", "json-depth"},
		{"in a discriminated object", `{"tag":{"x":` + strings.Repeat("[", million) + strings.Repeat("]", million) + `,"kind":"a"}}`, "json-depth"},
	} {
		raw := []byte(test.raw)
		if found := v.Validate(raw); len(found) != 1 || found[0].Rule != test.rule || v.Valid(raw) {
			t.Errorf("%s: %.200v, expected %s", test.name, found, test.rule)
		}
		if verdict := s.Validate(raw); verdict.Valid || firstRule(verdict.Violations) != test.rule {
			t.Errorf("%s: Set says %+v, expected %s", test.name, verdict, test.rule)
		}
		for how, judge := range map[string]func(){
			"Valid": func() { v.Valid(raw) }, "Validate": func() { v.Validate(raw) }, "Set": func() { s.Validate(raw) },
		} {
			readable := len(raw) * btoi(len(raw) <= rawjson.MaxBytes)
			// A text is copied once, in front of anything else.
			if bytes := allocated(judge); bytes > 3*readable/2+1<<17 {
				t.Errorf("%s: %s allocates %d bytes for %d", test.name, how, bytes, len(raw))
			}
			if r := ratio(20, judge, func() { json.Valid(flat[:readable]) }); r > 0 {
				t.Errorf("%s: %s takes %.1f times as long as reading a string of its length", test.name, how, r)
			}
		}
	}
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// TestHostile_WithinTheLimitsIsRead has what is as large as it may be.
func TestHostile_WithinTheLimitsIsRead(t *testing.T) {
	v := newAttacked(t)
	letters := rawjson.MaxBytes - len(`{"s":""}`)
	for name, raw := range map[string]string{
		"string":        `{"s":"` + strings.Repeat("x", letters) + `"}`,
		"escapes":       `{"s":"` + strings.Repeat(`\\`, letters/2) + `"}`,
		"depth":         `{"any":` + strings.Repeat("[", rawjson.MaxDepth-1) + strings.Repeat("]", rawjson.MaxDepth-1) + `}`,
		"unique items":  `{"uniq":[` + many(100_000, "%d") + `]}`,
		"a million map": `{"map":{` + members(shortKeys(1_000_000)) + `}}`,
		"number":        `{"any":0.` + strings.Repeat("1", rawjson.MaxDigits-2) + `}`,
	} {
		text := []byte(raw)
		if len(text) > rawjson.MaxBytes {
			t.Fatalf("%s has %d bytes", name, len(text))
		}
		valid := false
		if bytes := allocated(func() { valid = v.Valid(text) }); !valid || bytes > 64*len(text)+1<<20 {
			t.Errorf("%s: valid %v, allocates %d bytes for %d: %.300v", name, valid, bytes, len(text), v.Validate(text))
		}
		if r := ratio(30, func() { v.Valid(text) }, func() { json.Valid(text) }); r > 0 {
			t.Errorf("%s: takes %.1f times as long as json.Valid", name, r)
		}
	}
}

// shortKeys are the n shortest names of printable ASCII that need no escape.
func shortKeys(n int) []string {
	keys := []string{""}
	for from := 0; len(keys) < n; from++ {
		for c := byte(' '); c <= '~' && len(keys) < n; c++ {
			if c != '"' && c != '\\' {
				keys = append(keys, keys[from]+string(c))
			}
		}
	}
	return keys
}

// TestHostile_LeavesNoMemoryBehind wants what a large payload needed to be let go of,
// although validation goes on.
func TestHostile_LeavesNoMemoryBehind(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1)) // one pool, which always hands out what it has
	v := newAttacked(t)
	small := []byte(`{"s":"x"}`)
	held := func() int {
		for range 3 { // what a pool holds it may hand out once more behind a collection
			runtime.GC()
			v.Valid(small)
		}
		return heap()
	}
	for name, raw := range map[string]string{
		"escapes":      `{"s":"` + strings.Repeat(`\\`, 4_000_000) + `"}`,
		"names":        `{"open":{"` + strings.Repeat(`\\`, 4_000_000) + `":1}}`,
		"tokens":       `{"list":[1` + strings.Repeat(",1", 1_000_000) + `]}`,
		"unique items": `{"uniq":[1` + strings.Repeat(",1", 1_000_000) + `]}`,
		"members":      `{"map":{` + many(200_000, `"k%d":1`) + `}}`,
		"violations":   `{"rec":[{}` + strings.Repeat(",{}", 500_000) + `]}`,
	} {
		text := []byte(raw)
		for how, judge := range map[string]func(){"Valid": func() { v.Valid(text) }, "Validate": func() { v.Validate(text) }} {
			before := held()
			judge()
			if after := held(); after-before > 3<<20 {
				t.Errorf("%s: %s holds %d kB more than before", name, how, (after-before)>>10)
			}
		}
		runtime.KeepAlive(text)
	}
}

// TestValidate_KeepsNothingOfThePayload wants payloads to be collected although the
// states that validated them are kept, and what is said of them is, too.
func TestValidate_KeepsNothingOfThePayload(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	v := newAttacked(t)
	nested, flat := wholeEvents()
	inside, beside := newSet(t, nested, event(t, attacked)), newSet(t, flat, event(t, attacked))
	long := strings.Repeat("x", 50_000)
	var said []any
	for _, raw := range []string{
		`{"s":"` + long + `"}`, `{"max":"` + long + `"}`, `{"s":"\n` + long + `"}`, `{"` + long + `":1}`, `{"open":{"` + long + `":1}}`, `{"s":"` + long,
		`{"tag":{"x":"` + long + `","kind":"` + long + `"}}`, `{"uniq":["` + long + `","a","` + long + `"]}`, `{"event":"` + long + `","version":"` + long + `"}`,
		`{"event":"attacked","version":"1.0.0","s":"` + long + `"}`, `{"event":"attacked","version":"1.0.0","p":{"s":"` + long + `"}}`,
	} {
		for how, judge := range map[string]func([]byte) any{
			"Valid":    func(raw []byte) any { return v.Valid(raw) },
			"Validate": func(raw []byte) any { return v.Validate(raw) },
			"Set":      func(raw []byte) any { return inside.Validate(raw) },
			"flat Set": func(raw []byte) any { return beside.Validate(raw) },
		} {
			text := []byte(raw)
			kept := weak.Make(&text[0])
			said = append(said, judge(text))
			for range 3 {
				runtime.GC()
				v.Valid([]byte("{}"))
			}
			if kept.Value() != nil {
				t.Errorf("%s keeps %.30s…", how, raw)
			}
		}
	}
	runtime.KeepAlive(said)
}

// TestHostile_NestedUnionsDoNotMultiply has unions inside of unions, as deep as the
// language allows them, of which every variant fits up to the innermost value.
func TestHostile_NestedUnionsDoNotMultiply(t *testing.T) {
	few, most := nestedUnions(t, 2), nestedUnions(t, 11)
	for i, what := range []string{"Valid of a valid one", "Validate of a valid one", "Valid of one that is not", "Validate of one that is not"} {
		if r := ratio(40, most[i], few[i]); r > 0 {
			t.Errorf("%s: 11 levels cost %.0f times as much as 2", what, r)
		}
	}
}

// nestedUnions judges a value below so many unions, and one with a mistake at its end.
func nestedUnions(t *testing.T, levels int) (judge []func()) {
	t.Helper()
	definitions := []string{"define: d0\ntype: array\nitems: {type: integer}\n"}
	for i := 1; i <= levels; i++ {
		x := fmt.Sprintf("{$ref: d%d, required: true}", i-1)
		definitions = append(definitions, fmt.Sprintf("define: d%d\noneOf:\n  a: {type: object, properties: {x: %s, a: {type: integer, required: true}}}\n  b: {type: object, properties: {x: %s}}\n", i, x, x))
	}
	v, err := payload.Compile(event(t, property(fmt.Sprintf("{$ref: d%d}", levels)), definitions...))
	if err != nil {
		t.Fatal(err)
	}
	for _, last := range []string{"1", `"x"`} {
		raw := []byte(`{"v":` + strings.Repeat(`{"x":`, levels) + "[" + strings.Repeat("1,", 20_000) + last + "]" + strings.Repeat("}", levels) + "}")
		if v.Valid(raw) != (last == "1") || (v.Validate(raw) == nil) != (last == "1") {
			t.Fatalf("%d levels with %s: %v", levels, last, v.Validate(raw))
		}
		judge = append(judge, func() { v.Valid(raw) }, func() { v.Validate(raw) })
	}
	return judge
}

// TestHostile_UnknownEventsAreCheap sends names that a large set does not have.
func TestHostile_UnknownEventsAreCheap(t *testing.T) {
	var versions []*contracts.Contract
	for i := range 5000 {
		versions = append(versions, event(t, fmt.Sprintf("event: subject_%d.action_%d\nversion: 1.0.0\nproperties:\n  n: {type: integer}\n", i, i*7919)))
	}
	s := newSet(t, envelopeOf(t, "{name: /event, version: /version, properties: /p}"), versions...)
	known := []byte(`{"event":"subject_7.action_55433","version":"1.0.0","p":{"n":1}}`)
	if v := s.Validate(known); !v.Valid {
		t.Fatal(v)
	}
	for _, name := range []string{"subject_7.action_55434", "x", strings.Repeat("subject_", 30), strings.Repeat("é", 100_000)} {
		raw := []byte(`{"event":"` + name + `","version":"1.0.0","p":{"n":1}}`)
		if v := s.Validate(raw); v.Valid || firstRule(v.Violations) != payload.RuleEventUnknown {
			t.Errorf("%.20s: %+v", name, v)
		}
		// A known event with as long a text.
		plain := []byte(`{"event":"subject_7.action_55433","version":"1.0.0","p":{"n":1},"x":"` + name + `"}`)
		many := func(raw []byte) func() {
			return func() {
				for range 10 {
					s.Validate(raw)
				}
			}
		}
		if r := ratio(400, many(raw), many(plain)); r > 0 {
			t.Errorf("%.20s: costs %.0f times as much as a known event", name, r)
		}
	}
}

// TestHostile_SpellingsAreNotKeptForEver sends one event under ever new long spellings of
// its version.
func TestHostile_SpellingsAreNotKeptForEver(t *testing.T) {
	s := newSet(t, envelopeOf(t, "{preset: cloudevents}"), event(t, orderV1))
	before := heap()
	for i := range 150 {
		raw := fmt.Sprintf(`{"type":"order.completed","dataschema":"https://%d/%s/1.0.0","data":{"total":1}}`, i, strings.Repeat("x", 50_000))
		if v := s.Validate([]byte(raw)); !v.Valid {
			t.Fatal(v)
		}
	}
	if after := heap(); after-before > 4<<20 {
		t.Errorf("the set holds %d kB more than before", (after-before)>>10)
	}
	runtime.KeepAlive(s)
}

// heap is how much memory is in use.
func heap() int {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}
