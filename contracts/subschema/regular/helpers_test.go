package regular_test

import (
	"errors"
	"regexp"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/evctl/evctl/contracts/subschema/regular"
)

// letters are those of random words: what patterns tell apart by cases, word
// boundaries, lines and planes.
var letters = []rune{'a', 'b', 'B', '0', '_', ' ', '\n', 'é', 'K', '\u212a', 'ſ', '😀', '\ufffd', '\x00', '\U0010ffff'}

// atoms are the smallest parts of random patterns.
var atoms = []string{
	"a", "b", "B", "0", "_", " ", `\n`, "é", "K", "k", "s", "😀", ".", `\d`, `\D`, `\w`, `\W`, `\s`, `\S`, "[ab]", "[^ab]", "[a-c0]", "[^\\n]", `[\w-]`, `[^\W_]`,
	`\pL`, `\PL`, `\p{Greek}`, "[[:upper:]]", `[^\x00-\x{10FFFF}]`, `\x{fffd}`, `[\x{d000}-\x{e000}]`,
	"^", "$", `\A`, `\z`, `\b`, `\B`, "(?i:b)", "(?i:K)", "(?i)", "(?s:.)", "(?m:^)", "(?m:$)", "(?-s:.)", "", "ab", "aab", "()",
}

// patterns are random RE2 patterns.
func patterns() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string { return drawPattern(t, rapid.IntRange(0, 4).Draw(t, "depth")) })
}

func drawPattern(t *rapid.T, depth int) string {
	if depth == 0 {
		return rapid.SampledFrom(atoms).Draw(t, "atom")
	}
	sub := func() string { return drawPattern(t, depth-1) }
	switch rapid.IntRange(0, 6).Draw(t, "shape") {
	case 0:
		return sub() + sub()
	case 1:
		return sub() + sub() + sub()
	case 2:
		return "(" + sub() + "|" + sub() + ")"
	case 3:
		return "^" + sub() + "$"
	case 4:
		flags := rapid.SampledFrom([]string{"i", "s", "m", "ims", "U", "-m", "im-s"}).Draw(t, "flags")
		return "(?" + flags + ":" + sub() + ")"
	case 5:
		return sub() + "|" + sub()
	}
	count := rapid.SampledFrom([]string{"*", "+", "?", "{0}", "{2}", "{1,3}", "{2,}", "*?", "+?", "??", "{0,2}?"}).Draw(t, "count")
	return "(?:" + sub() + ")" + count
}

// words are random words over letters.
func words() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		return string(rapid.SliceOfN(rapid.SampledFrom(letters), 0, 8).Draw(t, "word"))
	})
}

// compile is a pattern for both engines, or skips those that both refuse.
func compile(t *rapid.T, pattern string) (*regexp.Regexp, *regular.Language) {
	re, reErr := regexp.Compile(pattern)
	l, err := regular.Pattern(pattern)
	if (err == nil) != (reErr == nil) {
		t.Fatalf("%q: %v, but regexp says %v", pattern, err, reErr)
	}
	if err != nil {
		t.Skipf("%q is no pattern", pattern)
	}
	return re, l
}

func mustPattern(t testing.TB, pattern string) *regular.Language {
	t.Helper()
	l, err := regular.Pattern(pattern)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// all are the words over an alphabet of at most length characters, the shortest first.
func all(alphabet string, length int) []string {
	every, last := []string{""}, []string{""}
	for range length {
		var next []string
		for _, w := range last {
			for _, c := range alphabet {
				next = append(next, w+string(c))
			}
		}
		every, last = append(every, next...), next
	}
	return every
}

// within is a budget for one question of a test.
func within(d time.Duration) regular.Budget {
	return regular.NewBudget(1<<40, time.Now().Add(d))
}

// find fails the test on any error.
func find(t testing.TB, q regular.Query) (string, bool) {
	t.Helper()
	word, found, err := q.Find(within(20 * time.Second))
	if err != nil {
		t.Fatalf("%v", err)
	}
	return word, found
}

// decided reports whether a search had an answer, and fails on errors other than that
// of the budget.
func decided(t testing.TB, err error) bool {
	t.Helper()
	if err != nil && !errors.Is(err, regular.ErrBudget) {
		t.Fatal(err)
	}
	return err == nil
}
