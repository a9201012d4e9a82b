package payload_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/contracttest"
)

// TestValid_AgreesWithTwoReferences compares all judges on random contracts and payloads
// near to the edge of what those accept, whole and with some bytes changed.
func TestValid_AgreesWithTwoReferences(t *testing.T) {
	tally := map[bool]int{}
	rapid.Check(t, func(t *rapid.T) { disagree(t, tally) })
	t.Logf("%d payloads valid, %d not", tally[true], tally[false])
	if valid, invalid := tally[true], tally[false]; valid < invalid/3 || invalid < valid/3 {
		t.Errorf("verdicts are one-sided: %d valid, %d not", valid, invalid)
	}
}

// FuzzContracts is the same for the contracts and payloads that a seed stands for, each
// payload once more with what the fuzzer writes into it.
func FuzzContracts(f *testing.F) {
	type drawn struct {
		contract *contracts.Contract
		texts    [][]byte
	}
	from := rapid.Custom(func(t *rapid.T) drawn {
		d := drawn{contract: contracttest.Contract().Draw(t, "contract")}
		n := newNear(t)
		for range 4 {
			d.texts = append(d.texts, n.payload(d.contract).text(n.spaces()))
		}
		return d
	})
	for seed := range 8 {
		f.Add(seed, uint(seed), []byte(`"\u0000":[`))
	}
	f.Fuzz(func(t *testing.T, seed int, at uint, written []byte) {
		d := from.Example(seed)
		j := newJudges(t, d.contract)
		for _, raw := range d.texts {
			j.judge(t, raw)
			start := int(at % uint(len(raw)))
			j.judge(t, slices.Concat(raw[:start], written, raw[start:]))
			j.judge(t, slices.Concat(raw[:start], written, raw[min(len(raw), start+len(written)):]))
		}
	})
}

// payloadsOfOne is how many payloads a contract is compared on: compiling it for the
// references costs as much as some dozens of verdicts.
const payloadsOfOne = 24

// disagree looks for a payload on which the judges of a random contract disagree.
func disagree(t *rapid.T, tally map[bool]int) {
	c := contracttest.Contract().Draw(t, "contract")
	j := newJudges(t, c)
	n := newNear(t)
	for range payloadsOfOne {
		v := n.payload(c)
		raw := v.text(nil)
		tally[j.judge(t, raw)]++
		if n.chance(3) {
			j.judge(t, n.corrupted(raw))
		}
	}
}

// TestValid_DoesNotDependOnTheSpelling wants one verdict for all texts of one value:
// white space, the order of members, escapes and the spelling of numbers mean nothing.
func TestValid_DoesNotDependOnTheSpelling(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := contracttest.Contract().Draw(t, "contract")
		j := newJudges(t, c)
		n := newNear(t)
		for range 8 {
			v := n.payload(c)
			raw := v.text(nil)
			if len(strictness(raw)) > 0 {
				continue
			}
			want := j.judge(t, raw)
			again := v.clone()
			n.respell(again)
			for _, text := range [][]byte{again.text(nil), v.text(n.spaces()), again.text(n.spaces())} {
				if got := j.judge(t, text); got != want {
					t.Fatalf("valid is %v of\n%s\nand %v of\n%s", want, raw, got, text)
				}
			}
		}
	})
}

// TestValid_IsNeverSoForAPartOrForMore cuts payloads at every byte and puts texts one
// behind the other.
func TestValid_IsNeverSoForAPartOrForMore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := contracttest.Contract().Draw(t, "contract")
		j := newJudges(t, c)
		n := newNear(t)
		raw := n.payload(c).text(n.spaces())
		trimmed := len(raw)
		for trimmed > 0 && slices.Contains([]byte(" \t\r\n"), raw[trimmed-1]) {
			trimmed--
		}
		for _, text := range [][]byte{raw, {'{', '}'}, {'n', 'u', 'l', 'l'}, {','}, {0}, {']'}} {
			if more := slices.Concat(raw, text); j.own.Valid(more) || j.own.Validate(more) == nil {
				t.Fatalf("%q is valid", more)
			}
		}
		for cut := range trimmed {
			if j.own.Valid(raw[:cut]) {
				t.Fatalf("%q is valid", raw[:cut])
			}
			if cut%7 == 0 { // explaining costs more
				j.judge(t, raw[:cut])
			}
		}
	})
}

// TestValid_VariantsThatFailLeaveNothingBehind has values that a variant of a union refuses
// in the middle, below open objects, arrays with unique items, objects with many properties
// and many levels. What it left there must not count for the next variant or for what
// stands around the union.
func TestValid_VariantsThatFailLeaveNothingBehind(t *testing.T) {
	var wide strings.Builder
	for i := range 130 {
		fmt.Fprintf(&wide, "p%d: {type: any}, ", i)
	}
	union := `{oneOf: {a: {type: object, additionalProperties: true, properties: {in: {type: any}, bad: {type: object, additionalProperties: true, properties: {x: {type: array, uniqueItems: true, items: {type: integer}}}}}}, b: {type: object, additionalProperties: true, properties: {` +
		wide.String() + `bad: {type: object, additionalProperties: true, properties: {x: {type: array, uniqueItems: true, items: {type: string}}}}}}}}`
	j := newJudges(t, event(t, "event: a\nversion: 1.0.0\nadditionalProperties: true\nproperties:\n"+
		"  u: "+union+"\n  list: {type: array, uniqueItems: true, items: "+union+"}\n"+
		"  many: {type: object, additionalProperties: true, properties: {"+wide.String()+"u: "+union+"}}\n"))
	value := func(x string) string {
		return `{"z":1,"y":{"z":2},"p3":0,"p129":{"q":[]},"bad":{"w":3,"x":[` + x + `]}}`
	}
	var items []string
	for i := range 300 {
		items = append(items, strings.Replace(value(`"a","b"`), `"z":1`, fmt.Sprintf(`"z":%d`, i), 1))
	}
	for raw, want := range map[string]bool{
		`{"u":` + value(`"a","b"`) + `,"z":1,"y":2,"w":3,"p3":4,"bad":5}`:                        true,
		`{"z":1,"u":` + value(`"a","b"`) + `,"y":2,"q":[],"x":[]}`:                               true,
		`{"u":` + value(`1,2`) + `,"z":1,"w":1}`:                                                 true,
		`{"u":` + value(`1,"a"`) + `,"z":1}`:                                                     false,
		`{"u":` + value(``) + `}`:                                                                false,
		`{"u":` + value(`"a","b"`) + `,"z":1,"z":1}`:                                             false,
		`{"many":{"p3":1,"u":` + value(`"a","b"`) + `,"p129":1,"z":1}}`:                          true,
		`{"many":{"u":` + value(`"a","b"`) + `,"p0":1,"p64":1,"p128":1,"p3":1,"y":2}}`:           true,
		`{"many":{"p129":1,"u":` + value(`"a","b"`) + `,"p129":1}}`:                              false,
		`{"list":[` + value(`"a","b"`) + `,` + value(`1,2`) + `,` + value(`"b","a"`) + `]}`:      true,
		`{"list":[` + value(`"a","b"`) + `,` + value(`1,2`) + `,` + value(`"a","b"`) + `]}`:      false,
		`{"list":[` + strings.Join(items, ",") + `]}`:                                            true,
		`{"list":[` + strings.Join(items, ",") + `],"u":` + value(`"a"`) + `,"z":1,"y":2,"w":3}`: true,
		`{"list":[` + strings.Join(items, ",") + `,` + items[7] + `]}`:                           false,
	} {
		if got := j.judge(t, []byte(raw)); got != want {
			t.Errorf("%.300s: valid is %v %v", raw, got, j.own.Validate([]byte(raw)))
		}
	}
}
