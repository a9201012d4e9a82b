package regular_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/evctl/evctl/contracts/subschema/regular"
)

func TestContains_AgreesWithRegexp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pattern := patterns().Draw(t, "pattern")
		re, l := compile(t, pattern)
		for _, word := range rapid.SliceOfN(words(), 1, 20).Draw(t, "words") {
			if got, want := l.Contains(word), re.MatchString(word); got != want {
				t.Errorf("%q contains %q: %v, regexp says %v", pattern, word, got, want)
			}
		}
	})
}

func TestContains_AgreesWithRegexpOnAssertions(t *testing.T) {
	every := all("a \n", 5)
	for _, pattern := range []string{
		`\b`, `\B`, `^`, `$`, `\ba\b`, `\Ba`, `a\B`, `(?m)^a$`, `(?m)^$`, `(?m)$\n^`, `\A\z`, `^\b`, `\b$`, `\B^`, `$\B`, `(?m)a$`, `(?m)^a`, `(^|\n)a($|\n)`,
		`a\b\n`, `(\b|^)a+(\b|$)`, `\b\B`, `(?m)^\Ba`, `(?m)\b$`, `\bb|^a`, `(?m)(^a|\b )*$`, `a$a`, `a^a`, `(a|$)(a|^)`, `$^`, `(?m)$^`, `(?:^)*a`, `(?:$)*a`, `(?:\b)*\B`, `(?:^a)*`,
	} {
		re, l := regexp.MustCompile(pattern), mustPattern(t, pattern)
		for _, word := range every {
			if got, want := l.Contains(word), re.MatchString(word); got != want {
				t.Errorf("%q contains %q: %v, regexp says %v", pattern, word, got, want)
			}
		}
	}
}

func TestPattern_ReadsTheEscapesOfECMAScript(t *testing.T) {
	for _, c := range []struct{ pattern, in, out string }{
		{`^\u0061$`, "a", "u0061"},
		{`^[\u0061-\u0063]+$`, "abc", "abd"},
		{`^\u{1F600}$`, "😀", "u"},
		{`^\ud83d\ude00$`, "😀", "\ufffd\ufffd"},
		{`^[\uD83D\uDE00]$`, "😀", "\ufffd"},
		{`^\cA\cj$`, "\x01\n", "cAcj"},
		{`^a\/b$`, "a/b", `a\/b`},
		{`^\i\m\é\_\-$`, "imé_-", `\i`},
		{`^\u005c\u002a$`, `\*`, `\`},
		{`^\Q\u0061\i\E\i$`, `\u0061\ii`, "ai"},
		{`^\\u0061$`, `\u0061`, "a"},
		{`(?<year>^\d{4}$)`, "2026", "26"},
	} {
		l := mustPattern(t, c.pattern)
		if !l.Contains(c.in) {
			t.Errorf("%s does not contain %q", c.pattern, c.in)
		}
		if l.Contains(c.out) {
			t.Errorf("%s contains %q", c.pattern, c.out)
		}
	}
}

func TestPattern_NamesWhatIsNotRE2(t *testing.T) {
	for pattern, want := range map[string]string{
		`a(?=b)`:                       "lookahead, (?=, is not part of RE2",
		`(?!b)a`:                       "lookahead, (?!, is not part of RE2",
		`(?<=b)a`:                      "lookbehind, (?<=, is not part of RE2",
		`(?<!b)a`:                      "lookbehind, (?<!, is not part of RE2",
		`(a)\1`:                        "a backreference, \\1, is not part of RE2",
		`(?<n>a)\k<n>`:                 "a backreference, \\k, is not part of RE2",
		`(?>a)`:                        "an atomic group, (?>, is not part of RE2",
		`a++`:                          "a possessive or doubled repetition, \"++\", is not part of RE2",
		`a{0,100000}`:                  `invalid repeat count: "{0,100000}"`,
		`(`:                            `missing closing ): "("`,
		`[b-a]`:                        `invalid character class range: "b-a"`,
		`a\`:                           `trailing backslash at end of expression`,
		`\Z`:                           `invalid escape sequence: "\\Z"`,
		`\u12`:                         `\u without four hexadecimal digits, or a code point in braces, is no character`,
		`\u{110000}`:                   `\u without four hexadecimal digits, or a code point in braces, is no character`,
		`\ud800`:                       `a surrogate on its own is no character`,
		`\x{d800}`:                     `a surrogate on its own is no character`,
		`\c1`:                          `\c without a letter is no control character`,
		`((a{0,1000})b){0,1000}`:       "invalid repeat count",
		strings.Repeat(`a{1000}`, 200): "too large",
		strings.Repeat(`a`, 2_000_000): "…: too large",
		distinctClasses(3000):          "too large",

		"\xff": "invalid UTF-8",
	} {
		l, err := regular.Pattern(pattern)
		if err == nil {
			t.Errorf("%q is a pattern: %v", pattern, l)
			continue
		}
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, expected %s", pattern, err, want)
		}
	}
}

func FuzzPattern(f *testing.F) {
	for _, atom := range atoms {
		f.Add("^(?:"+atom+")+$|"+atom, "ab\n😀")
	}
	f.Add(`(a|a)*b`, "aaa")
	f.Add(`(?m)^\b$\B`, "a\n")
	f.Fuzz(func(t *testing.T, pattern, word string) {
		l, err := regular.Pattern(pattern)
		if err != nil {
			return
		}
		re, err := regexp.Compile(pattern)
		if err != nil {
			return // escapes of ECMA-262
		}
		word = strings.ToValidUTF8(word, "\ufffd")
		if got, want := l.Contains(word), re.MatchString(word); got != want {
			t.Errorf("%q contains %q: %v, regexp says %v", pattern, word, got, want)
		}
	})
}

// distinctClasses is a pattern with so many classes that each cover almost everything.
func distinctClasses(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "[^%c]", 'ㄅ'+rune(i))
	}
	return b.String()
}

func TestPattern_TakesWideAlphabets(t *testing.T) {
	var b strings.Builder
	for i := range 2000 {
		b.WriteRune('一' + rune(i))
	}
	text := b.String()
	l := mustPattern(t, "^"+text+"$")
	if !l.Contains(text) || l.Contains(text+"一") || l.Contains(text[3:]) {
		t.Error("a long text is not what it contains")
	}
	word, found := find(t, regular.Query{In: []*regular.Language{mustPattern(t, "^["+text+"]{2}$")}, Out: []*regular.Language{regular.Words("一一"), l}, MaxLength: -1})
	if !found || word != "一丁" {
		t.Errorf("%q, %v", word, found)
	}
}
