package codegen

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// TestWrap_KeepsWordsAndFillsLines holds that lines have all the words, are no longer than
// asked for unless they are one word, and that no word would have fit on the line before.
func TestWrap_KeepsWordsAndFillsLines(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOfN(rapid.SampledFrom([]rune("aé 日  b\t\u2028\u202e\ufeff.")), 0, 60, -1).Draw(t, "text")
		width := rapid.IntRange(1, 20).Draw(t, "width")
		lines := Wrap(text, width)
		if got, want := strings.Join(lines, " "), strings.Join(strings.Fields(strings.Map(visible, text)), " "); got != want {
			t.Fatalf("words are %q, expected %q", got, want)
		}
		for i, line := range lines {
			if utf8.RuneCountInString(line) > width && strings.Contains(line, " ") {
				t.Errorf("line %q is longer than %d", line, width)
			}
			if i == 0 {
				continue
			}
			word, _, _ := strings.Cut(line, " ")
			if before := lines[i-1] + " " + word; utf8.RuneCountInString(before) <= width {
				t.Errorf("%q would have fit behind %q", word, lines[i-1])
			}
		}
	})
}
