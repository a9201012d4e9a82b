package formats

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// differs are cases of the official suite that we decide otherwise on purpose. The
// suite wants the rules of IDNA for labels that begin with xn--. A host name is a matter
// of letters, digits and hyphens here; what a label decodes to is not checked.
var differs = []string{
	"hostname/invalid Punycode",
	"hostname/Begins with a Spacing Combining Mark",
	"hostname/Begins with a Nonspacing Mark",
	"hostname/Begins with an Enclosing Mark",
	"hostname/Exceptions that are DISALLOWED, right-to-left chars",
	"hostname/Exceptions that are DISALLOWED, left-to-right chars",
	"hostname/MIDDLE DOT with no preceding 'l'",
	"hostname/MIDDLE DOT with nothing preceding",
	"hostname/MIDDLE DOT with no following 'l'",
	"hostname/MIDDLE DOT with nothing following",
	"hostname/Greek KERAIA not followed by Greek",
	"hostname/Greek KERAIA not followed by anything",
	"hostname/Hebrew GERESH not preceded by Hebrew",
	"hostname/Hebrew GERESH not preceded by anything",
	"hostname/Hebrew GERSHAYIM not preceded by Hebrew",
	"hostname/Hebrew GERSHAYIM not preceded by anything",
	"hostname/KATAKANA MIDDLE DOT with no Hiragana, Katakana, or Han",
	"hostname/Arabic-Indic digits mixed with Extended Arabic-Indic digits",
	"hostname/ZERO WIDTH JOINER not preceded by Virama",
	"hostname/ZERO WIDTH JOINER not preceded by anything",
	"hostname/contains illegal char U+302E Hangul single dot tone mark",
	"hostname/KATAKANA MIDDLE DOT with no other characters",
	"hostname/contains \"--\" in the 3rd and 4th position",
}

// TestFormats_AgreeWithTheOfficialSuite runs the format cases of the JSON Schema test
// suite, of the newest draft.
func TestFormats_AgreeWithTheOfficialSuite(t *testing.T) {
	corpora := os.Getenv("EVCTL_CORPORA")
	if corpora == "" {
		t.Skip("EVCTL_CORPORA is not set: the official suite is not run")
	}
	ran, seen := 0, map[string]bool{}
	for _, f := range Table {
		text, err := os.ReadFile(filepath.Join(corpora, "json-schema-test-suite/tests/draft2020-12/optional/format", f.Name+".json"))
		if err != nil {
			t.Fatal(err)
		}
		var groups []struct {
			Tests []struct {
				Description string
				Data        any
				Valid       bool
			}
		}
		if err := json.Unmarshal(text, &groups); err != nil {
			t.Fatal(err)
		}
		for _, g := range groups {
			for _, test := range g.Tests {
				value, ok := test.Data.(string)
				if !ok {
					continue
				}
				ran++
				name := f.Name + "/" + test.Description
				expected := slices.Contains(differs, name)
				if expected {
					seen[name] = true
				}
				if (f.Valid(value) != test.Valid) != expected {
					t.Errorf("%s: %q is %v, listed as a difference: %v", name, value, f.Valid(value), expected)
				}
			}
		}
	}
	for _, name := range differs {
		if !seen[name] {
			t.Errorf("%s is listed and not part of the suite", name)
		}
	}
	t.Logf("%d cases, %d of them decided otherwise on purpose", ran, len(differs))
	if ran < 300 {
		t.Errorf("only %d cases ran", ran)
	}
}
