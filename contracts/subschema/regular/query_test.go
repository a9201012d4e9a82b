package regular_test

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/evctl/evctl/contracts/formats"
	"github.com/evctl/evctl/contracts/subschema/regular"
)

func TestFind_ReturnsShortReadableWords(t *testing.T) {
	for _, c := range []struct {
		in, out []string
		least   int
		not     []string
		want    string
	}{
		{nil, nil, 0, nil, ""},
		{nil, nil, 3, nil, "aaa"},
		{nil, nil, 0, []string{"", "a"}, "b"},
		{[]string{`^[a-z_]+$`}, []string{`^[a-z]+$`}, 0, nil, "_"},
		{[]string{`^[a-z_]+$`}, []string{`^[a-z]+$`}, 4, nil, "aaa_"},
		{[]string{`^.+$`}, []string{`[a-zA-Z]`}, 0, nil, "0"},
		{[]string{`^[^a-z]$`}, nil, 0, nil, "A"},
		{[]string{`^[\x00-\x20]$`}, nil, 0, nil, " "},
		{[]string{`^\W$`}, nil, 0, nil, "-"},
		{[]string{`^[^\x00-\x7f]$`}, nil, 0, nil, "À"},
		{[]string{`a`, `b`, `^.{5}$`}, []string{`aa`}, 0, nil, "abaab"},
		{[]string{`^[0-9]{4}-[0-9]{2}$`}, []string{`^0`}, 0, nil, "1000-00"},
		{[]string{`\bcat\b`}, []string{`^cat`, `cat$`}, 0, nil, "-cat-"},
		{[]string{`(?m)^a$`}, []string{`^a`}, 0, nil, "\na"},
		{[]string{`^(ab)*$`}, nil, 3, nil, "abab"},
		{[]string{`^(aaa|bb)*$`}, []string{`bbb`, `^$`}, 0, nil, "bb"},
	} {
		q := regular.Query{MinLength: c.least, MaxLength: -1, Not: c.not}
		for _, p := range c.in {
			q.In = append(q.In, mustPattern(t, p))
		}
		for _, p := range c.out {
			q.Out = append(q.Out, mustPattern(t, p))
		}
		word, found := find(t, q)
		if !found {
			t.Errorf("in %q and not in %q: no word", c.in, c.out)
			continue
		}
		check(t, c.in, c.out, word)
		if word != c.want && !strings.Contains(strings.Join(c.in, ""), `.{5}`) {
			t.Errorf("in %q and not in %q: %q, expected %q", c.in, c.out, word, c.want)
		}
	}
}

func check(t testing.TB, in, out []string, word string) {
	t.Helper()
	for _, p := range in {
		if !regexp.MustCompile(p).MatchString(word) {
			t.Errorf("%q is not in %q", word, p)
		}
	}
	for _, p := range out {
		if regexp.MustCompile(p).MatchString(word) {
			t.Errorf("%q is in %q", word, p)
		}
	}
}

func TestFind_KnowsThatEqualPatternsAreEqual(t *testing.T) {
	for _, pair := range [][2]string{
		{`^[a-c]+$`, `^(a|b|c)(a|b|c)*$`},
		{`^abc$`, `\Aabc\z`},
		{`a`, `^(?s:.*)a(?s:.*)$`},
		{`^$`, `^\z`},
		{`^(ab)*a$`, `^a(ba)*$`},
		{`^[0-9]{2,5}$`, `^[0-9][0-9]([0-9]([0-9]([0-9])?)?)?$`},
		{`(?i)^straße$`, `^[sSſ][tT][rR][aA][ßẞ][eE]$`},
		{`(?m)^a`, `(^|\n)a`},
		{`\ba`, `(^|[^0-9A-Za-z_])a`},
		{`^(a*b*)*$`, `^[ab]*$`},
		{`^[^\n]*$`, `^.*$`},
		{``, `^|a`},
		{`^\d{1000}$`, `^(\d{500}){2}$`},
		{`[^\x00-\x{10ffff}]`, `a\b\Ba`},
	} {
		a, b := mustPattern(t, pair[0]), mustPattern(t, pair[1])
		for _, q := range []regular.Query{
			{In: []*regular.Language{a}, Out: []*regular.Language{b}, MaxLength: -1},
			{In: []*regular.Language{b}, Out: []*regular.Language{a}, MaxLength: -1},
			{In: []*regular.Language{b}, Out: []*regular.Language{a}, MinLength: 2000, MaxLength: -1},
		} {
			if word, found := find(t, q); found {
				t.Errorf("%q and %q differ in %q", pair[0], pair[1], word)
			}
		}
	}
}

func TestFind_AgreesWithRegexp(t *testing.T) {
	every := all("ab \n", 4)
	rapid.Check(t, func(t *rapid.T) {
		var in, out []*regexp.Regexp
		q := regular.Query{MaxLength: -1}
		for range rapid.IntRange(1, 2).Draw(t, "in") {
			re, l := compile(t, patterns().Draw(t, "pattern"))
			in, q.In = append(in, re), append(q.In, l)
		}
		for range rapid.IntRange(0, 2).Draw(t, "out") {
			re, l := compile(t, patterns().Draw(t, "pattern"))
			out, q.Out = append(out, re), append(q.Out, l)
		}
		q.MinLength = rapid.IntRange(0, 4).Draw(t, "least")
		if rapid.Bool().Draw(t, "bounded") {
			q.MaxLength = rapid.IntRange(0, 6).Draw(t, "most")
		}
		q.Not = rapid.SliceOfN(rapid.SampledFrom(every), 0, 3).Draw(t, "not")
		asked := func(word string) bool {
			n := utf8.RuneCountInString(word)
			return n >= q.MinLength && (q.MaxLength < 0 || n <= q.MaxLength) && !slices.Contains(q.Not, word) &&
				!slices.ContainsFunc(in, func(re *regexp.Regexp) bool { return !re.MatchString(word) }) &&
				!slices.ContainsFunc(out, func(re *regexp.Regexp) bool { return re.MatchString(word) })
		}
		word, found, err := q.Find(within(5 * time.Second))
		if err != nil {
			t.Skipf("%v", err)
		}
		if found && !asked(word) {
			t.Fatalf("%q is not asked for", word)
		}
		shortest := math.MaxInt
		if found {
			shortest = utf8.RuneCountInString(word)
		}
		for _, w := range append(rapid.SliceOfN(words(), 0, 50).Draw(t, "words"), every...) {
			if utf8.RuneCountInString(w) < shortest && asked(w) {
				t.Fatalf("found %q (%v), but %q is shorter", word, found, w)
			}
		}
		n, err := q.Count(3, within(5*time.Second))
		if err != nil {
			t.Skipf("%v", err)
		}
		if (n > 0) != found {
			t.Fatalf("found %v, but there are %d", found, n)
		}
		other, otherFound, err := q.FindThreads(within(5 * time.Second))
		if err != nil {
			t.Skipf("%v", err)
		}
		if otherFound != found || found && (!asked(other) || utf8.RuneCountInString(other) != shortest) {
			t.Fatalf("found %q (%v), but thread by thread %q (%v)", word, found, other, otherFound)
		}
		empty, err := q.Empty(within(5 * time.Second))
		if err != nil || empty == found {
			t.Fatalf("found %v, but empty is %v, %v", found, empty, err)
		}
	})
}

func TestFind_DecidesPatternsWithVeryManySetsOfThreads(t *testing.T) {
	for _, c := range []struct {
		in, out string
		least   int
		want    bool
	}{
		{`^(a|b)*a(a|b){30}$`, `^(b|a)*a(a|b){15}(a|b){15}$`, 0, false},
		{`^(a|b)*a(a|b){30}$`, `^(b|a)*a(a|b){15}(a|b){15}$`, 40, false},
		{`^[ab]*a[ab]{16}$`, `^[ab]*a[ab]{15}a$`, 0, true},
		{`a.{25}$`, `[ab].{25}$`, 0, false},
		{`\ba.{25}$`, `a.{25}$`, 0, false},
	} {
		q := regular.Query{In: []*regular.Language{mustPattern(t, c.in)}, Out: []*regular.Language{mustPattern(t, c.out)}, MinLength: c.least, MaxLength: -1}
		word, found := find(t, q)
		if found != c.want {
			t.Errorf("%q, not %q: found %q, %v", c.in, c.out, word, found)
		}
		if found {
			check(t, []string{c.in}, []string{c.out}, word)
		}
	}
}

func TestCount_AgreesWithEnumeration(t *testing.T) {
	every := all("ab_", 6)
	shape := regexp.MustCompile(`^[ab_]{0,6}$`)
	rapid.Check(t, func(t *rapid.T) {
		re, l := compile(t, patterns().Draw(t, "pattern"))
		reOut, lOut := compile(t, patterns().Draw(t, "pattern"))
		least, most := rapid.IntRange(0, 6).Draw(t, "least"), rapid.IntRange(0, 6).Draw(t, "most")
		bounds, err := regular.Pattern(shape.String())
		if err != nil {
			t.Fatal(err)
		}
		not := rapid.SliceOfN(rapid.SampledFrom(every), 0, 5).Draw(t, "not")
		want := 0
		for _, w := range every {
			if len(w) >= least && len(w) <= most && re.MatchString(w) && !reOut.MatchString(w) && !slices.Contains(not, w) {
				want++
			}
		}
		limit := rapid.SampledFrom([]int{1, 2, 100, 100_000}).Draw(t, "limit")
		q := regular.Query{In: []*regular.Language{bounds, l}, Out: []*regular.Language{lOut}, MinLength: least, MaxLength: most, Not: not}
		got, err := q.Count(limit, within(5*time.Second))
		if err != nil {
			t.Skipf("%v", err)
		}
		if got != min(want, limit) {
			t.Errorf("%d words, expected %d", got, min(want, limit))
		}
	})
}

func TestCount_KnowsWhatHasNoEnd(t *testing.T) {
	for _, c := range []struct {
		in, out     string
		least, most int
		want        int
	}{
		{`^a*$`, ``, 0, -1, 0}, // the empty pattern is in all strings
		{`^a*$`, `b`, 0, -1, 1000},
		{`^a*$`, `b`, 0, 9, 10},
		{`^a*$`, `b`, 500, -1, 1000},
		{`^a*$`, `^(aa)*$`, 0, 10, 5},
		{`^[ab]{3}$`, `^a`, 0, -1, 4},
		{`^[ab]{2,}$`, `^(a|b)+$`, 0, -1, 0},
		{`^(a|b)*$`, `^[ab]{4,}$`, 0, -1, 15},
		{`^.$`, `a`, 0, -1, 1000},
		{`^(aa)+$`, `b`, 1001, 1003, 1},
	} {
		q := regular.Query{In: []*regular.Language{mustPattern(t, c.in)}, Out: []*regular.Language{mustPattern(t, c.out)}, MinLength: c.least, MaxLength: c.most}
		got, err := q.Count(1000, within(time.Second))
		if err != nil || got != c.want {
			t.Errorf("in %q and not in %q, %d to %d: %d words (%v), expected %d", c.in, c.out, c.least, c.most, got, err, c.want)
		}
	}
	if n, err := (regular.Query{MaxLength: 1}).Count(math.MaxInt, nil); n != 1+0x110000-0x800 || err != nil {
		t.Errorf("%d characters and the empty word, %v", n, err)
	}
	if n, err := (regular.Query{MinLength: 3, MaxLength: 1_000_000_000}).Count(math.MaxInt, within(time.Second)); n != math.MaxInt || err != nil {
		t.Errorf("%d words, %v", n, err)
	}
}

func TestFind_TakesAnyLength(t *testing.T) {
	for _, c := range []struct {
		in, out     string
		least, most int
		length      int // -1: none, -2: too long
	}{
		{`^[a-z]+$`, `^a`, 100_000, -1, 100_000},
		{`^[a-z]+$`, `^a`, 100_000, 99_999, -1},
		{`^[a-z]+$`, `^a`, 1_000_000_000, -1, -2},
		{`^[a-z]+$`, `^a`, 1_000_000_001, 1_000_000_000, -1},
		{`^(aaa)*$`, `b`, 100_000, -1, 100_002},
		{`^(aaa)*$`, `b`, 100_000, 100_001, -1},
		{`^((aa)*|(aaa)*b|(aaaaa)*c)$`, `^a*$`, 99_999, -1, 100_000},
		{`^(a{7}|b{11})*c?$`, `c`, 999_000, 999_000, 999_000},
		{`^a{0,500}$`, `b`, 400, 1_000_000_000, 400},
		{`^a{0,500}$`, `b`, 501, 1_000_000_000, -1},
		{`^a{0,500}$`, `b`, 100_000, 1_000_000_000, -1},
		{`^(a{97}|b{89})*$`, `b`, 300_000, -1, 300_021},
		{`a`, `b`, 0, 0, -1},
	} {
		q := regular.Query{In: []*regular.Language{mustPattern(t, c.in)}, Out: []*regular.Language{mustPattern(t, c.out)}, MinLength: c.least, MaxLength: c.most}
		word, found, err := q.Find(within(20 * time.Second))
		name := fmt.Sprintf("in %q and not in %q, %d to %d", c.in, c.out, c.least, c.most)
		switch {
		case c.length == -2:
			if !errors.Is(err, regular.ErrTooLong) || !found {
				t.Errorf("%s: %d characters, %v, expected one that is too long", name, len(word), err)
			}
			continue
		case err != nil:
			t.Errorf("%s: %v", name, err)
			continue
		case c.length == -1 && found:
			t.Errorf("%s: %d characters, expected none", name, len(word))
		case c.length >= 0 && (!found || len(word) != c.length):
			t.Errorf("%s: %d characters (%v), expected %d", name, len(word), found, c.length)
		}
		if found {
			check(t, []string{c.in}, []string{c.out}, word)
		}
	}
}

func TestFind_OfNoLanguageCostsNothing(t *testing.T) {
	word, found, err := regular.Query{MinLength: 1_000_000, MaxLength: math.MaxInt}.Find(nil)
	if len(word) != 1_000_000 || !found || err != nil {
		t.Errorf("%d characters, %v, %v", len(word), found, err)
	}
	q := regular.Query{MinLength: 1_000_001, MaxLength: math.MaxInt, Not: []string{"a"}}
	if _, found, err = q.Find(nil); !found || !errors.Is(err, regular.ErrTooLong) {
		t.Errorf("%v, %v", found, err)
	}
	if empty, err := q.Empty(nil); empty || err != nil {
		t.Errorf("empty: %v, %v", empty, err)
	}
}

func TestFind_PrefersWhatLooksLikeData(t *testing.T) {
	q := regular.Query{In: []*regular.Language{mustPattern(t, `^[a-z]+-[0-9]+$`)}, Out: []*regular.Language{regular.Words("sku-1")}, MaxLength: -1, Not: []string{"sku-2"},
		Prefer: []string{"", "sku-1", "sku-2", "SKU-3", "sku-4", "sku-5"}}
	if word, found := find(t, q); !found || word != "sku-4" {
		t.Errorf("%q, %v", word, found)
	}
	q.MaxLength = 3
	if word, found := find(t, q); !found || word != "a-0" {
		t.Errorf("%q, %v", word, found)
	}
}

func TestWords_AreAFiniteLanguage(t *testing.T) {
	colours := regular.Words("red", "green", "blue", "", "größe", "red", "re")
	for _, w := range []string{"red", "", "größe", "re"} {
		if !colours.Contains(w) {
			t.Errorf("%q is missing", w)
		}
	}
	if colours.Contains("r") || colours.Contains("greenish") {
		t.Error("prefixes and longer words are contained")
	}
	out := func(l ...*regular.Language) []*regular.Language { return l }
	for _, c := range []struct {
		q     regular.Query
		word  string
		count int
	}{
		{regular.Query{In: out(colours), MaxLength: -1}, "", 6},
		{regular.Query{In: out(colours), MinLength: 1, MaxLength: -1}, "re", 5},
		{regular.Query{In: out(colours), MinLength: 3, MaxLength: 4}, "red", 2},
		{regular.Query{In: out(colours), Out: out(mustPattern(t, "e")), MinLength: 1, MaxLength: -1}, "none", 0},
		{regular.Query{In: out(colours, regular.Words("green", "black")), MaxLength: -1}, "green", 1},
		{regular.Query{In: out(mustPattern(t, `^(red|re|r)$`)), Out: out(colours), MaxLength: -1}, "r", 1},
		{regular.Query{In: out(mustPattern(t, `^gr[öü]ße$`)), Out: out(colours), MaxLength: -1}, "grüße", 1},
		{regular.Query{In: out(mustPattern(t, `^re?d?$`)), Out: out(colours), MaxLength: -1, Not: []string{"r"}}, "rd", 1},
		{regular.Query{In: out(colours), Out: out(regular.Words("red", "green", "blue", "größe", "", "re")), MaxLength: -1}, "none", 0},
		{regular.Query{In: out(regular.Words()), MaxLength: -1}, "none", 0},
		{regular.Query{Out: out(regular.Words("", "a")), MaxLength: -1}, "b", 1000},
		{regular.Query{In: out(colours), Out: out(regular.Everything()), MaxLength: -1}, "none", 0},
	} {
		word, found := find(t, c.q)
		if !found {
			word = "none"
		}
		if word != c.word {
			t.Errorf("%q, expected %q", word, c.word)
		}
		if n, err := c.q.Count(1000, nil); n != c.count || err != nil {
			t.Errorf("%q: %d words, %v, expected %d", c.word, n, err, c.count)
		}
	}
}

func TestWords_ManyOfThem(t *testing.T) {
	list := make([]string, 0, 100_000)
	for i := range 100_000 {
		list = append(list, fmt.Sprintf("sku-%05d", i))
	}
	many := regular.Words(list...)
	shape := mustPattern(t, `^sku-[0-9]{5}$`)
	q := regular.Query{In: []*regular.Language{shape}, Out: []*regular.Language{many}, MaxLength: -1}
	if word, found := find(t, q); found {
		t.Errorf("%q is no word", word)
	}
	fewer := regular.Words(slices.Concat(list[:77_777], list[77_778:])...)
	q.Out[0] = fewer
	if word, found := find(t, q); !found || word != "sku-77777" {
		t.Errorf("%q, %v", word, found)
	}
	q = regular.Query{In: []*regular.Language{many}, Out: []*regular.Language{fewer}, MaxLength: -1}
	if word, found := find(t, q); !found || word != "sku-77777" {
		t.Errorf("%q, %v", word, found)
	}
}

func TestFind_StaysWithinItsBudget(t *testing.T) {
	for _, c := range []struct{ in, out string }{
		{`(a|a)*b`, `^(a|a)*b$`},
		{`^(a?){1000}$`, `^a{0,1000}$`},
		{`^(.*)*$`, `^((.*)*)*$`},
		{`^(((a{1,9}){1,9})b){1,9}$`, `^[ab]*$`},
		{`^.*a.{300}$`, `^.*a.{299}[^z]$`},
		{`^(a|b)*a(a|b){20}$`, `^(a|b)*a[ab]{20}$`},
		{`^(a|b)*a(a|b){20}$`, `^(b|a)*a(a|b){10}(a|b){10}$`},
		{`^(x+x+)+y$`, `^x*y$`},
		{`^(a{97}|a{89}|a{83}|b)*$`, `^(b|a{97}|a{89}|a{83})*$`},
		{`(\b.\b)*$`, `^(.\B|\b.)*$`},
		{`^(\pL|\pN){1,500}$`, `^[\pL\pN]{1,499}$`},
		{strings.Repeat("(a|b?)*", 50) + "$", "^" + strings.Repeat("(a|b?)*", 50) + "$"},
	} {
		for _, least := range []int{0, 1_000_000} {
			q := regular.Query{In: []*regular.Language{mustPattern(t, c.in)}, Out: []*regular.Language{mustPattern(t, c.out)}, MinLength: least, MaxLength: -1}
			start := time.Now()
			word, found, err := q.Find(within(200 * time.Millisecond))
			took := time.Since(start)
			if decided(t, ignoreTooLong(err)) && found && err == nil && least == 0 {
				check(t, []string{c.in}, []string{c.out}, word)
			}
			if took > 5*time.Second {
				t.Errorf("%q, not %q: took %v", c.in, c.out, took)
			}
			t.Logf("%.40q, not %.40q, from %d on: %v, %v in %v", c.in, c.out, least, found, err, took.Round(time.Microsecond))
			start = time.Now()
			n, err := q.Count(10, within(200*time.Millisecond))
			if took = time.Since(start); took > 5*time.Second {
				t.Errorf("%q, not %q: counting took %v", c.in, c.out, took)
			}
			if decided(t, err) && (n > 0) != found && found {
				t.Errorf("%q, not %q: found %v, counted %d", c.in, c.out, found, n)
			}
		}
	}
}

func ignoreTooLong(err error) error {
	if errors.Is(err, regular.ErrTooLong) {
		return nil
	}
	return err
}

// spender counts what is spent and fails from some point on.
type spender struct{ left int }

var errSpent = errors.New("spent")

func (s *spender) Spend(steps int) error {
	if s.left -= steps; s.left < 0 {
		return errSpent
	}
	return nil
}

func TestFind_SpendsTheBudgetOnPreferredWords(t *testing.T) {
	q := regular.Query{In: []*regular.Language{mustPattern(t, `^(a?b?){500}[ab]*c$`)}, MaxLength: -1, Prefer: []string{strings.Repeat("ab", 100_000)}}
	if _, _, err := q.Find(&spender{100_000}); !errors.Is(err, errSpent) {
		t.Errorf("%v", err)
	}
}

func TestLanguage_ForgetsStatesWhenThereAreMany(t *testing.T) {
	l := mustPattern(t, `^[ab]*a[ab]{14}$`)
	q := regular.Query{In: []*regular.Language{l}, Out: []*regular.Language{mustPattern(t, `^[ab]*a[ab]{13}a$`)}, MaxLength: -1}
	if n, err := q.Count(10_000, nil); n != 10_000 || err != nil {
		t.Errorf("%d words, %v", n, err)
	}
	if n := l.States(); n > 100 {
		t.Errorf("%d states are kept", n)
	}
	if !l.Contains("a" + strings.Repeat("b", 14)) {
		t.Error("a word is missing afterwards")
	}
}

func TestContains_NeedsNoStates(t *testing.T) {
	re, l := regexp.MustCompile(`(?m)\b[ab]*a[ab]{12}$`), mustPattern(t, `(?m)\b[ab]*a[ab]{12}$`)
	l.Limit(0)
	for _, word := range all("ab\n", 4) {
		for _, word := range []string{word, "a" + strings.Repeat("b", 10) + word, word + strings.Repeat("a", 13) + word} {
			if got, want := l.Contains(word), re.MatchString(word); got != want {
				t.Errorf("%q: %v, regexp says %v", word, got, want)
			}
		}
	}
	if _, _, err := (regular.Query{In: []*regular.Language{l}, MaxLength: -1}).Find(nil); !errors.Is(err, regular.ErrBudget) {
		t.Errorf("%v without memory", err)
	}
}

func TestLongest_BoundsTheLengthOfWords(t *testing.T) {
	for pattern, want := range map[string]int{
		`^abc$`: 3, `^$`: 0, `^a{2,5}b?$`: 6, `^(a|bc)(d|e)$`: 3, `^a$|^bcd$`: 3, `(^a{10}$)`: 10, `\A[é😀].\z`: 2, `^(?i:k)$`: 1, `^\b(ab){1,3}\b$`: 6,
		`abc`: -1, `^a`: -1, `a$`: -1, `^a*$`: -1, `^a{2,}$`: -1, `^a|b$`: -1, `(?m)^a$`: -1, ``: -1, `^a+$`: -1, `^(a$|b)`: -1,
	} {
		n, ok := mustPattern(t, pattern).Longest()
		if ok != (want >= 0) || ok && n != want {
			t.Errorf("%q: %d, %v, expected %d", pattern, n, ok, want)
		}
	}
	if n, ok := regular.Words("a", "größe").Longest(); n != 5 || !ok {
		t.Errorf("of words: %d, %v", n, ok)
	}
	for _, f := range formats.Table {
		l, _ := regular.Format(f.Name)
		n, ok := l.Longest()
		if !ok || f.Name == "email" {
			continue // TestFormat_EqualsTheScannersOfPayloads has the longest email
		}
		if _, found, err := l.Longer(n - 1); !found || err != nil {
			t.Errorf("no %s has %d characters: %v", f.Name, n, err)
		}
		if word, found, err := l.Longer(n); found || err != nil {
			t.Errorf("%s %q has more than %d characters: %v", f.Name, word, n, err)
		}
	}
}

func TestFind_ReturnsTheErrorOfItsBudget(t *testing.T) {
	q := regular.Query{In: []*regular.Language{mustPattern(t, `^[ab]*a[ab]{9}$`)}, Out: []*regular.Language{mustPattern(t, `^(a|b)*a[ab]{4}[ab]{5}$`)}, MaxLength: -1}
	for limit := 0; ; limit = limit*2 + 1 {
		_, found, err := q.Find(&spender{limit})
		if err == nil {
			if found || limit < 1000 {
				t.Errorf("decided with %d steps: %v", limit, found)
			}
			break
		}
		if !errors.Is(err, errSpent) || found {
			t.Fatalf("%v, %v", found, err)
		}
	}
	if _, _, err := q.Find(regular.NewBudget(math.MaxInt, time.Unix(1, 0))); !errors.Is(err, regular.ErrBudget) {
		t.Errorf("%v after the deadline", err)
	}
}

func TestLanguage_IsSafeForConcurrentUse(t *testing.T) {
	a, b := mustPattern(t, `^[ab]*a[ab]{6}$`), mustPattern(t, `^(a|b)*a[ab]{2}[ab]{4}$`)
	w := regular.Words("a", "b", "aaaaaaa", "c", "d", "e", "f", "g", "h")
	results := make([]string, 8)
	var group sync.WaitGroup
	for i := range results {
		group.Go(func() {
			word, found, err := regular.Query{In: []*regular.Language{a}, Out: []*regular.Language{b}, MaxLength: -1}.Find(nil)
			other, _, _ := regular.Query{In: []*regular.Language{b}, Out: []*regular.Language{w}, MaxLength: -1}.Find(nil)
			results[i] = fmt.Sprint(word, found, err, other, a.Contains("baaaaaaaa"), w.Contains("c"))
		})
	}
	group.Wait()
	want := slices.Repeat([]string{"false <nil>aaaaaabtrue true"}, len(results))
	for i := range results {
		results[i] = strings.ReplaceAll(results[i], "  ", " ")
	}
	if diff := cmp.Diff(want, results); diff != "" {
		t.Errorf("results (-want +got):\n%s", diff)
	}
}
