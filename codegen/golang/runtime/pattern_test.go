package runtime

import (
	"regexp"
	"testing"

	"pgregory.net/rapid"
)

func TestPattern_ReadsRowsOfCharactersWithoutRegexp(t *testing.T) {
	for text, want := range map[string]bool{
		`^[A-Z0-9-]+$`:           true,
		`^[0-9]{4}$`:             true,
		`^[a-z][a-z0-9_]*$`:      true,
		`^\d{3}-\d{2,}\.[ab]?$`:  true,
		`^a{2,3}b+c*$`:           true,
		`^[a-z]+_[a-z]+$`:        true,
		`^x$`:                    true,
		`^[a-z]{2}(-[A-Z]{2})?$`: false, // groups
		`^[a-z]+[a-z0-9]$`:       false, // the last may be taken by the first
		`^a?b?a$`:                false,
		`^[^a]+$`:                false,
		`^[a-zé]+$`:              false,
		`^é$`:                    false,
		`[a-z]+`:                 false,
		`^[a-z]+`:                false,
		`^.+$`:                   false,
		`^a|b$`:                  false,
		`^a\$`:                   false,
		`^[[:alpha:]]$`:          false,
		`^[\d]$`:                 false,
		`^a+?$`:                  false,
		`^a{,2}$`:                false,
		`^$`:                     false,
		`(?i)^a$`:                false,
		`^\Aa\z$`:                false,
		`^a{2}{2}$`:              false,
		`^[]a]$`:                 false,
	} {
		if got := runsOf(text) != nil; got != want {
			t.Errorf("%s is read as runs: %v", text, got)
		}
	}
}

// TestPattern_HasTheVerdictsOfRegexp draws patterns that are runs, and others that look
// like them.
func TestPattern_HasTheVerdictsOfRegexp(t *testing.T) {
	part := rapid.SampledFrom([]string{
		"a", "b", "-", "_", "[a-c]", "[ab]", "[^a]", "[c-]", "[-b]", "[a-b-c]", "[+--]", "[]a]", `\d`, `\.`, `\-`, `\w`, `\$`, ".", "é", "[é]", "(a)", "|", "^", "$", "{", "}", ",", "[", "]", `\`,
	})
	count := rapid.SampledFrom([]string{"", "", "", "?", "*", "+", "{2}", "{1,2}", "{0,1}", "{2,}", "{,2}", "+?", "{2}{2}", "{a}", "{01}", "{+1}"})
	plain := rapid.SampledFrom([]string{"a", "b", "-", "_", "[a-c]", "[0-9]", `\d`, `\.`})
	plainCount := rapid.SampledFrom([]string{"", "?", "*", "+", "{2}", "{1,2}", "{2,}"})
	letters := rapid.StringOfN(rapid.SampledFrom([]rune("aabbcc0-_+.,é${}\n")), 0, 8, -1)
	asRuns := 0
	rapid.Check(t, func(t *rapid.T) {
		text := ""
		parts := rapid.IntRange(1, 4).Draw(t, "parts")
		if rapid.Bool().Draw(t, "plain") {
			for range parts {
				text += plain.Draw(t, "part") + plainCount.Draw(t, "count")
			}
			text = "^" + text + "$"
		} else {
			for range parts {
				text += part.Draw(t, "part") + count.Draw(t, "count")
			}
			text = rapid.SampledFrom([]string{"^", "^", "^", ""}).Draw(t, "start") + text + rapid.SampledFrom([]string{"$", "$", "$", ""}).Draw(t, "end")
		}
		re, err := regexp.Compile(text)
		if err != nil {
			return
		}
		p := pattern{text: text}
		for range 10 {
			s := letters.Draw(t, "text")
			if got, want := p.matches(s), re.MatchString(s); got != want {
				t.Fatalf("%s matches %q: %v, want %v", text, s, got, want)
			}
		}
		if p.runs != nil {
			asRuns++
		}
	})
	if asRuns < 10 {
		t.Errorf("only %d patterns were read as runs", asRuns)
	}
}

func TestPattern_DoesNotAllocate(t *testing.T) {
	p := pattern{text: `^[a-z][a-z0-9_]*$`}
	if n := testing.AllocsPerRun(100, func() {
		if !p.matches("order_completed_2") || p.matches("order-completed") {
			panic("wrong")
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
