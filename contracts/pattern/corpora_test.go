package pattern_test

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/evctl/evctl/contracts/pattern"
)

// written is how a pattern stands in JSON and YAML.
var written = regexp.MustCompile(`\bpattern["']?: *("(?:[^"\\\n]|\\.)*"|'[^'\n]*')`)

// patternsIn lists the patterns in the files of a folder.
func patternsIn(t *testing.T, folder string) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		switch filepath.Ext(path) {
		case ".json", ".yaml", ".yml", ".txtar":
		default:
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, m := range written.FindAllSubmatch(text, -1) {
			word := strings.Trim(string(m[1]), "'")
			if m[1][0] == '"' && json.Unmarshal(m[1], &word) != nil {
				continue
			}
			found[word] = true
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// checkFolder compares with regexp for every pattern of a folder, and returns how many
// there were.
func checkFolder(t *testing.T, folder string) int {
	t.Helper()
	engines, refused := map[string]int{}, 0
	for re2 := range patternsIn(t, folder) {
		m, err := pattern.Compile(re2)
		if err != nil {
			refused++
			compare(t, re2)
			continue
		}
		engines[m.Engine()]++
		compare(t, re2, texts...)
		close := rapid.Custom(func(t *rapid.T) string { return near(t, re2) })
		for seed := range 100 {
			compare(t, re2, close.Example(seed))
		}
	}
	t.Logf("%s: %v, %d are not RE2", folder, engines, refused)
	if engines["regexp"] > 0 {
		t.Errorf("%d patterns are left to regexp", engines["regexp"])
	}
	return engines["runs"] + engines["shifts"] + engines["table"]
}

func TestMatcher_HasTheVerdictsOfRegexpForOwnPatterns(t *testing.T) {
	if n := checkFolder(t, "../../testdata"); n < 10 {
		t.Errorf("only %d patterns were found", n)
	}
}

func TestMatcher_HasTheVerdictsOfRegexpForRealPatterns(t *testing.T) {
	corpora := os.Getenv("EVCTL_CORPORA")
	if corpora == "" {
		t.Skip("EVCTL_CORPORA is not set: patterns of real schemas are not tried")
	}
	if n := checkFolder(t, corpora); n < 20 {
		t.Errorf("only %d patterns were found", n)
	}
}
