package golang

import (
	"os"
	"strings"
	"testing"
)

// TestReadme_CodeIsThatOfTheExamples holds the page to what is compiled and run.
func TestReadme_CodeIsThatOfTheExamples(t *testing.T) {
	examples := read(t, "example_test.go")
	blocks := strings.Split(read(t, "README.md"), "```go\n")[1:]
	if len(blocks) != 4 {
		t.Fatalf("%d blocks of Go", len(blocks))
	}
	for _, block := range blocks {
		code, _, _ := strings.Cut(block, "```")
		var indented strings.Builder
		for line := range strings.Lines(code) {
			if line != "\n" {
				indented.WriteString("\t")
			}
			indented.WriteString(line)
		}
		if !strings.Contains(examples, indented.String()) {
			t.Errorf("this is no example:\n%s", code)
		}
	}
}

// TestReadme_NamesEveryOption holds the table of options to the target's own.
func TestReadme_NamesEveryOption(t *testing.T) {
	page := read(t, "README.md")
	for _, o := range (Target{}).Options() {
		if !strings.Contains(page, "| `"+o.Name+"` | `"+o.Default+"` |") {
			t.Errorf("option %s, default %s, is not in the table", o.Name, o.Default)
		}
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(text), "\r\n", "\n")
}
