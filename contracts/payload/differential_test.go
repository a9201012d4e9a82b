package payload_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

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

// FuzzContracts is the same with what the fuzzer draws.
func FuzzContracts(f *testing.F) {
	f.Add(slices.Repeat([]byte{0}, 1024))
	f.Add(slices.Repeat([]byte{0x55, 0xaa, 3}, 4096))
	f.Fuzz(rapid.MakeFuzz(func(t *rapid.T) { disagree(t, map[bool]int{}) }))
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
