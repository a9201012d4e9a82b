package pattern_test

import (
	"regexp"
	"regexp/syntax"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/evctl/evctl/contracts/pattern"
)

// patterns are of every construct, with the engine that is expected to read texts for
// them.
var patterns = []struct{ text, engine string }{
	{``, "shifts"},
	{`abc`, "shifts"},
	{`^abc`, "shifts"},
	{`abc$`, "shifts"},
	{`^$`, "runs"},
	{`^abc$`, "runs"},
	{`\Aabc\z`, "runs"},
	{`^[a-z][a-z0-9_]{0,63}$`, "runs"},
	{`^[A-Z]{3}-\d{4}$`, "runs"},
	{`^v\d+\.\d+\.\d+$`, "runs"},
	{`^(\d{4})-(\d{2})$`, "runs"},
	{`^-?\d+(\.\d+)?$`, "shifts"},
	{`^a?b?c*d+$`, "runs"},
	{`^a*a$`, "shifts"},
	{`^a?b?a$`, "shifts"},
	{`^a{2}a{3}a*$`, "runs"},
	{`^(?i)abc$`, "runs"},
	{`^(?i)kelvin$`, "runs"}, // K of the unit folds to k
	{`(?i)straße`, "table"},
	{`^[a-z]+(\.[a-z]+)*$`, "shifts"},
	{`^(foo|bar|baz)$`, "shifts"},
	{`foo|bar`, "shifts"},
	{`^.{1,200}$`, "runs"},
	{`^\S+@\S+\.\S+$`, "shifts"},
	{`^[^/]*$`, "runs"},
	{`^\p{L}+$`, "runs"},
	{`\p{Greek}`, "table"},
	{`[^\x00-\x{10FFFF}]`, "shifts"},
	{`[\x{d800}-\x{dfff}]`, "shifts"},
	{`[\x{d000}-\x{e100}]`, "shifts"},
	{`\x{d800}`, "regexp"}, // regexp finds it in U+FFFD
	{`\x{fffd}`, "shifts"},
	{`[\x{10000}-\x{10ffff}]`, "shifts"},
	{`(?s)^.*$`, "runs"},
	{`(?s)^a.b$`, "runs"},
	{`^.*$`, "runs"},
	{`(?m)^a$`, "shifts"},
	{`(?m)^$`, "shifts"},
	{`(?m)a$\n^b`, "shifts"},
	{`\bfoo\b`, "shifts"},
	{`\B`, "shifts"},
	{`^\B$`, "shifts"},
	{`\Bé\b`, "shifts"},
	{`\b`, "shifts"},
	{`a\Bb`, "shifts"},
	{`(?m)(^|\b)é($|\B)`, "shifts"},
	{`a$b`, "shifts"},
	{`a^b`, "shifts"},
	{`(a|b)*abb`, "shifts"},
	{`^(a*)*$`, "shifts"},
	{`(x+x+)+y`, "shifts"},
	{`(a|b)*a(a|b){8}`, "table"},
	{`(a|b)*a(a|b){14}`, "regexp"},
	{`[a-z]{1000}`, "regexp"},
	{`^(\d{1,3}\.){3}\d{1,3}$`, "table"},
	{`^([0-9a-f]{8}-[0-9a-f]{4}|x)$`, "table"},
	{`^[a-zé]{2,4}$`, "runs"},
	{`^日本$`, "runs"},
	{`😀+`, "shifts"},
	{`^\Qa.b\E$`, "runs"},
	{`^urn:example:[a-z]+:\d{2}$`, "runs"},
	{`^[\pL\pN][\pL\pN' -]{0,63}$`, "runs"},
	{`^[^é]*é[^a]$`, "runs"},
	{`^é?日*[^é日]+$`, "runs"},
	{`^é*é$`, "shifts"},
	{`^[é-ü]*[ü-日]$`, "shifts"},
	{`^.*a$`, "shifts"},
	{`^x\x{d800}$`, "regexp"},
	{`^(.{1,200}|x)$`, "table"},
	{`^(\p{L}+)?$`, "table"},
	{`^[\w.+-]+@[\w-]+\.[a-z]{2,}$`, "runs"},
}

// texts are tried with every pattern.
var texts = []string{
	"", "a", "b", "abc", "xabc", "abcx", "ABC", "aBc", "Kelvin", "KELVIN", "\u212aelvin", "straſſe", "STRAẞE", "ABC-1234", "ABC-12345", "v1.22.333", "v1.2", "2026-11",
	"-1.5", "-1.", "aab", "aaa", "aaaa", "aaaaaaaa", "abd", "aba", "a.b", "a.b.c", "a..b", "foo", "bar", "foobar", "x foo y", "xfoo", "foo_", "é", "éé", "aéa", "é a", "aé", " é ",
	"\n", "a\n", "\na", "a\nb", "x\na\ny", "\n\n", "日本", "日本語", "日", "😀", "x😀😀", "\ufffd", "\ud7ff", "\ue000", "\U0010ffff", "\x7f", "\u0080", "\u07ff", "\u0800", "\uffff",
	"\U00010000", "ann@example.com", "a@b", "192.0.2.1", "7f0c0a6e-9e0a", "λόγος", "abababbababaabbab", "\x00", "_", "a-b", "-",
	strings.Repeat("a", 64), strings.Repeat("a", 65), strings.Repeat("é", 200), strings.Repeat("é", 201), strings.Repeat("a", 1000), strings.Repeat("x", 100) + "y",
}

func TestMatcher_UsesTheEngineThatFits(t *testing.T) {
	for _, p := range patterns {
		m, err := pattern.Compile(p.text)
		if err != nil {
			t.Errorf("%q: %v", p.text, err)
			continue
		}
		if m.Engine() != p.engine {
			t.Errorf("%q is read by %s, expected %s", p.text, m.Engine(), p.engine)
		}
		if m.Automaton() != (p.engine != "regexp") {
			t.Errorf("%q: automaton is %v", p.text, m.Automaton())
		}
	}
}

func TestMatcher_HasTheVerdictsOfRegexp(t *testing.T) {
	for _, p := range patterns {
		for _, text := range texts {
			compare(t, p.text, text)
		}
	}
}

// compare wants the verdict of regexp.
func compare(t rapid.TB, re2 string, texts ...string) {
	t.Helper()
	want, wantErr := regexp.Compile(re2)
	m, err := pattern.Compile(re2)
	if (err == nil) != (wantErr == nil) {
		t.Fatalf("%q: error is %v, regexp says %v", re2, err, wantErr)
	}
	if err != nil {
		if err.Error() != wantErr.Error() {
			t.Errorf("%q: error is %v, regexp says %v", re2, err, wantErr)
		}
		return
	}
	for _, text := range texts {
		if got := m.MatchString(text); got != want.MatchString(text) {
			t.Errorf("%q in %q: %v (%s)", re2, text, got, m.Engine())
		}
		if m.Match([]byte(text)) != m.MatchString(text) {
			t.Errorf("%q in %q: bytes and string differ", re2, text)
		}
	}
}

func TestCompile_RefusesWhatRegexpRefuses(t *testing.T) {
	for _, text := range []string{"(", "[", "a**", "(?=a)", `\1`, "a{2,1}", "a{1001}", "\xff", "(?P<a", "((a{1000}){1000}){1000}", `\pX`, strings.Repeat("(", 2000)} {
		compare(t, text)
	}
}

// node draws a pattern. Characters are few, so that patterns and texts meet.
func node(depth int) *rapid.Generator[string] {
	atoms := rapid.SampledFrom([]string{"a", "b", "A", "é", "k", "_", " ", "1", "日", "😀", `\n`, ".", "[ab]", "[^a]", "[a-zé]", `\w`, `\W`, `\d`, `\s`, `\S`, `\pL`, `\PL`,
		"[^\\n]", "[é-日]", "[\\x{7f}-\\x{81}]", "[^é]", "[\\x{d000}-\\x{f000}]", "[^\\x{d7ff}]", "(?s:.)", "^", "$", `\b`, `\B`, `\A`, `\z`, "(?m:^)", "(?m:$)", "(?i:k)", "(?i:é)", "(?i:s)", ""})
	if depth == 0 {
		return atoms
	}
	sub := rapid.Deferred(func() *rapid.Generator[string] { return node(depth - 1) })
	return rapid.Custom(func(t *rapid.T) string {
		switch rapid.IntRange(0, 6).Draw(t, "kind") {
		case 0:
			return atoms.Draw(t, "atom")
		case 1:
			return "(" + sub.Draw(t, "left") + "|" + sub.Draw(t, "right") + ")"
		case 2, 3:
			return "(?:" + sub.Draw(t, "repeated") + ")" + rapid.SampledFrom([]string{"*", "+", "?", "{2}", "{0,2}", "{1,3}", "{2,}", "*?"}).Draw(t, "times")
		}
		return sub.Draw(t, "first") + sub.Draw(t, "second")
	})
}

// row draws a pattern between anchors, most of which are runs.
var row = rapid.Custom(func(t *rapid.T) string {
	var b strings.Builder
	b.WriteString("^")
	for range rapid.IntRange(0, 5).Draw(t, "runs") {
		b.WriteString(rapid.SampledFrom([]string{"a", "b", "[ab]", "[^a]", "-", "[a-z]", `\d`, "ab", "(?i:k)", "(?i:a)", "(a)", "é", "aé", "日", ".", "(?s:.)", "[^é]", "[é-日]", `\pL`, `\W`, "[a日]", "(?i:é)"}).Draw(t, "set"))
		b.WriteString(rapid.SampledFrom([]string{"", "", "*", "+", "?", "{2}", "{1,3}", "{2,}"}).Draw(t, "times"))
	}
	b.WriteString("$")
	return b.String()
})

// near draws texts in which a pattern is found, and changes some of them a little.
func near(t *rapid.T, re2 string) string {
	chars := []rune("aabAékKs_ 1日😀\n-\u212aſ\ufffd\x7f\u0080\ud7ff\ue000")
	text := rapid.StringOfN(rapid.SampledFrom(chars), 0, 12, -1).Draw(t, "text")
	if re, err := syntax.Parse(re2, syntax.Perl); err == nil && rapid.IntRange(0, 2).Draw(t, "near") > 0 {
		text = sample(t, re)
		if rapid.Bool().Draw(t, "changed") && text != "" {
			list := []rune(text)
			list[rapid.IntRange(0, len(list)-1).Draw(t, "at")] = rapid.SampledFrom(chars).Draw(t, "char")
			text = string(list)
		}
	}
	return text
}

// sample draws a text that a pattern reads, apart from its conditions.
func sample(t *rapid.T, re *syntax.Regexp) string {
	times := func(least, most int) string {
		var b strings.Builder
		for range rapid.IntRange(least, most).Draw(t, "times") {
			b.WriteString(sample(t, re.Sub[0]))
		}
		return b.String()
	}
	switch re.Op {
	case syntax.OpLiteral:
		return string(re.Rune)
	case syntax.OpCharClass:
		if len(re.Rune) == 0 {
			return ""
		}
		i := 2 * rapid.IntRange(0, len(re.Rune)/2-1).Draw(t, "range")
		return string(rapid.Int32Range(re.Rune[i], re.Rune[i+1]).Draw(t, "rune"))
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return rapid.SampledFrom([]string{"a", "é", "\n", "日", "😀"}).Draw(t, "any")
	case syntax.OpCapture:
		return sample(t, re.Sub[0])
	case syntax.OpStar:
		return times(0, 3)
	case syntax.OpPlus:
		return times(1, 3)
	case syntax.OpQuest:
		return times(0, 1)
	case syntax.OpRepeat:
		return times(re.Min, max(re.Max, re.Min+1))
	case syntax.OpAlternate:
		return sample(t, rapid.SampledFrom(re.Sub).Draw(t, "branch"))
	case syntax.OpConcat:
		var b strings.Builder
		for _, sub := range re.Sub {
			b.WriteString(sample(t, sub))
		}
		return b.String()
	}
	return ""
}

func TestMatcher_HasTheVerdictsOfRegexpForRandomPatterns(t *testing.T) {
	engines, verdicts := map[string]int{}, map[bool]int{}
	rapid.Check(t, func(t *rapid.T) {
		re2 := rapid.OneOf(node(4), row).Draw(t, "pattern")
		m, err := pattern.Compile(re2)
		if err != nil {
			t.Fatalf("%q: %v", re2, err)
		}
		engines[m.Engine()]++
		for range 8 {
			text := near(t, re2)
			if !utf8.ValidString(text) {
				t.Fatalf("%q is no text", text)
			}
			compare(t, re2, text)
			verdicts[m.MatchString(text)]++
		}
	})
	t.Logf("engines %v, verdicts %v", engines, verdicts)
	for _, engine := range []string{"runs", "shifts", "table"} {
		if engines[engine] == 0 {
			t.Errorf("no pattern was read by %s", engine)
		}
	}
	if verdicts[true] < 50 || verdicts[false] < 50 {
		t.Errorf("verdicts are %v", verdicts)
	}
}

func FuzzMatch(f *testing.F) {
	for i, p := range patterns {
		f.Add(p.text, texts[i%len(texts)])
	}
	f.Fuzz(func(t *testing.T, re2, text string) {
		if len(re2) > 200 || len(text) > 1000 {
			t.Skip("larger than it helps")
		}
		m, err := pattern.Compile(re2)
		if err != nil {
			return
		}
		if m.MatchString(text); utf8.ValidString(text) { // other texts do no harm
			compare(t, re2, text)
		}
	})
}

func TestMatcher_DoesNotAllocate(t *testing.T) {
	for _, p := range patterns {
		m, err := pattern.Compile(p.text)
		if err != nil {
			t.Fatal(err)
		}
		text := []byte(strings.Repeat("aé", 100))
		if n := testing.AllocsPerRun(10, func() { m.Match(text) }); n != 0 && m.Automaton() {
			t.Errorf("%q: %v allocations", p.text, n)
		}
	}
}

// TestMatcher_TakesTextsThatAreNotUTF8 asks for no verdict, only that there is one.
func TestMatcher_TakesTextsThatAreNotUTF8(t *testing.T) {
	for _, p := range patterns {
		m, err := pattern.Compile(p.text)
		if err != nil {
			t.Fatal(err)
		}
		for b := range 256 {
			text := []byte{byte(b), 'a', byte(b), byte(b ^ 0x80)}
			if m.Match(text) != m.MatchString(string(text)) {
				t.Errorf("%q in %q: bytes and string differ", p.text, text)
			}
		}
	}
}

// TestCompile_TakesTimeThatIsBounded compiles patterns that are large, or that become so.
func TestCompile_TakesTimeThatIsBounded(t *testing.T) {
	const large = 1 << 18
	for _, re2 := range []string{
		"^" + strings.Repeat("a", large) + "$",
		"^" + strings.Repeat("a(b)", large/4) + "$",
		"^" + strings.Repeat("[ab]c", large/5) + "$",
		"(?i)^" + strings.Repeat("ak", large/2) + "$",
		strings.Repeat("é", large/2),
		strings.Repeat("a?", 4000) + strings.Repeat("a", 4000),
		strings.Repeat(`\pL?`, 1000),
		strings.Repeat("(a|b)*a(a|b){9}", 100),
		"[" + strings.Repeat("aé日😀", 10_000) + "]{1000}",
	} {
		begin := time.Now()
		m, err := pattern.Compile(re2)
		if err != nil {
			t.Fatal(err)
		}
		own := time.Since(begin)
		begin = time.Now()
		regexp.MustCompile(re2)
		if theirs := time.Since(begin); own > time.Second+10*theirs {
			t.Errorf("%.20q of %d bytes takes %v to compile, regexp %v", re2, len(re2), own, theirs)
		}
		if m.Size() > 200_000+3*len(re2) {
			t.Errorf("%.20q of %d bytes takes %d bytes", re2, len(re2), m.Size())
		}
		t.Logf("%.20q: %s, %v", re2, m.Engine(), own)
	}
}
