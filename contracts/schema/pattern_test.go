package schema_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/evctl/evctl/contracts/schema"
)

func TestPattern_WritesOutWhatDiffers(t *testing.T) {
	for re2, want := range map[string]string{
		`^[a-z]+$`:               `^[a-z]+$`,
		`^\d{4}-\d{2}$`:          `^\d{4}-\d{2}$`,
		`^[A-Z]{2}(?:-[0-9]+)?$`: `^[A-Z]{2}(?:-[0-9]+)?$`,
		`(a|b)\.c\/d`:            `(a|b)\.c\/d`,
		`^.+$`:                   `^[^\n]+$`,
		`(?s)^.$`:                `^[\s\S]$`,
		`\S\s`:                   `[^\t\n\f\r ][\t\n\f\r ]`,
		`(?i)ab1`:                `[Aa][Bb]1`,
		`(?i)k`:                  "[Kk\u212a]",
		`(?P<year>\d)`:           `(?:[0-9])`,
		`\Aa\z`:                  `^a$`,
		`[[:alpha:]_-]`:          `[\x2dA-Z_a-z]`,
		`[\d.]`:                  `[\.0-9]`,
		`a{,2}`:                  `a\{,2\}`,
		`}]`:                     `\}\]`,
		`\x{1F600}+`:             "\U0001F600+",
		`(?:ab)*?c`:              `(?:ab)*?c`,
		`(?:a.)*?c`:              `(?:a[^\n])*c`,
		`(?U)a+.`:                `a+[^\n]`,
		`(a|)+.`:                 `(?:a|(?:))+[^\n]`,
		`\Q.*\E`:                 `\.\*`,
		`[^a]`:                   `[^a]`,
		`[^\n\s]`:                `[^\t\n\f\r ]`,
		`\pN`:                    "", // long, see the differential tests
		`(?m)^a$`:                `(?m)^a$`,
		`a\-b`:                   `a\x2db`,
		`é`:                      `é`,
		`[^\x00-\x{10FFFF}]`:     `[^\s\S]`,
		`(`:                      `(`,
	} {
		if got := schema.Pattern(re2); got != want && want != "" {
			t.Errorf("%s is written %s, expected %s", re2, got, want)
		}
	}
}

// drawPattern draws RE2 patterns that use most of its syntax.
var drawPattern = rapid.Custom(func(t *rapid.T) string { return drawRegexp(t, 3) })

func drawRegexp(t *rapid.T, depth int) string {
	atoms := []string{"a", "b", "K", "1", " ", `\n`, ".", `\d`, `\D`, `\w`, `\W`, `\s`, `\S`, "[a-c]", "[^a]", `[\d_-]`, "[[:upper:]]", `\.`, `\-`, "é", "ſ", "😀", `\pL`, `[^\s]`, "-", `\x41`, "]", "}", "{", `[.\]]`, "/", `\b`, `\B`, "^", "$"}
	var b strings.Builder
	for range rapid.IntRange(0, 3).Draw(t, "parts") {
		kind := rapid.IntRange(0, 9).Draw(t, "kind")
		if depth == 0 {
			kind = 0
		}
		switch kind {
		default:
			b.WriteString(rapid.SampledFrom(atoms).Draw(t, "atom"))
		case 7:
			b.WriteString("(" + rapid.SampledFrom([]string{"", "?:", "?i:", "?s:", "?P<n>"}).Draw(t, "open") + drawRegexp(t, depth-1) + ")")
		case 8:
			b.WriteString("(?:" + drawRegexp(t, depth-1) + "|" + drawRegexp(t, depth-1) + ")")
		case 9:
			b.WriteString("(?:" + drawRegexp(t, depth-1) + ")" + rapid.SampledFrom([]string{"*", "+", "?", "{2}", "{1,2}", "{1,}", "*?"}).Draw(t, "times"))
		}
	}
	return b.String()
}

var drawSubject = rapid.Custom(func(t *rapid.T) string {
	parts := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "A", "b", "k", "K", "\u212a", "1", " ", "\n", "\u00a0", "\u2028", "\v", "é", "ſ", "s", "😀", "-", ".", "]", "}", "{", "_", "/", "٣"}), 0, 6)
	return strings.Join(parts.Draw(t, "parts"), "")
})

func TestPattern_KeepsItsMeaning(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		original := drawPattern.Draw(t, "pattern")
		re, err := regexp.Compile(original)
		if err != nil {
			t.Skip("not a pattern")
		}
		written := schema.Pattern(original)
		other, err := regexp.Compile(written)
		if err != nil {
			t.Fatalf("%s is written %s: %v", original, written, err)
		}
		for range 8 {
			text := drawSubject.Draw(t, "text")
			if re.MatchString(text) != other.MatchString(text) {
				t.Fatalf("%s and %s disagree on %q", original, written, text)
			}
		}
		if again := schema.Pattern(written); again != written {
			if re2, err := regexp.Compile(again); err != nil || re2.String() == "" && written != "" {
				t.Fatalf("%s is written %s, and then %s", original, written, again)
			}
		}
	})
}

// TestPattern_MeansTheSameInJavaScript asks a JavaScript engine.
func TestPattern_MeansTheSameInJavaScript(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip("node is not installed")
	}
	type question struct {
		Original, Pattern, Text string
		Want                    bool
	}
	var questions []question
	rapid.Check(t, func(t *rapid.T) {
		original := drawPattern.Draw(t, "pattern")
		re, err := regexp.Compile(original)
		if err != nil {
			return
		}
		for range 8 {
			text := drawSubject.Draw(t, "text")
			questions = append(questions, question{original, schema.Pattern(original), text, re.MatchString(text)})
		}
	})
	input, err := json.Marshal(questions)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(node, "-e", `
		let text = ""
		process.stdin.setEncoding("utf8").on("data", d => text += d).on("end", () => {
			for (const q of JSON.parse(text)) {
				let got
				try { got = new RegExp(q.Pattern, "u").test(q.Text) } catch (e) { got = String(e) }
				if (got !== q.Want) { console.log(JSON.stringify([q, got])) }
			}
		})`)
	cmd.Stdin = strings.NewReader(string(input))
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if len(out) > 0 {
		t.Errorf("of %d questions these are answered otherwise:\n%.3000s", len(questions), out)
	}
	if len(questions) < 300 {
		t.Errorf("only %d questions", len(questions))
	}
}
