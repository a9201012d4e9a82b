package conformance

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/codegen/codegentest"
)

// TestREADME_ListsWhereALanguageCannotTell decides on the payloads of the table.
func TestREADME_ListsWhereALanguageCannotTell(t *testing.T) {
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	contract := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindSubmatch(text)
	rows := regexp.MustCompile("(?m)^\\| `(.*?)` \\| .*$").FindAllStringSubmatch(string(text), -1)
	if contract == nil || len(rows) < 6 {
		t.Fatalf("no contract, or only %d rows", len(rows))
	}
	var samples []codegentest.Sample
	for _, row := range rows {
		samples = append(samples, codegentest.Sample{Event: "a", Raw: row[1]})
	}
	s := newStudy(t, modelOf(t, contract[1]))
	inGo, inNode := s.askGo(t, samples), s.askNode(t, samples)
	for i, row := range rows {
		a := asked{samples[i], s.subjects["a"], true, inGo[i], inNode[i]}
		said := map[string]string{}
		for _, c := range columns {
			said[c.name] = word(c.valid(a))
		}
		for _, name := range []string{"Go, json.Number", "2020-12, santhosh v5", "draft 7, santhosh v5"} {
			if said[name] != said["registry"] {
				t.Errorf("%s: registry: %s, %s: %s", row[1], said["registry"], name, said[name])
			}
		}
		got := "| `" + row[1] + "` | " + strings.Join([]string{said["registry"], said["Go"], said["TypeScript"], said["2020-12, Ajv"]}, " | ") + " | `" + inNode[i].Read + "` |"
		if diff := cmp.Diff(row[0], got); diff != "" {
			t.Errorf("row (-README +found):\n%s", diff)
		}
	}
}

// modelOf is the model of a workspace with one contract.
func modelOf(t *testing.T, contract []byte) *codegen.Model {
	t.Helper()
	dir := t.TempDir()
	codegentest.Write(t, dir, []codegen.File{
		{Path: "evctl.yaml", Content: []byte("language: v1\n")},
		{Path: "contracts/a.yaml", Content: contract},
	})
	return codegentest.Model(t, dir)
}

func word(valid bool) string {
	if valid {
		return "valid"
	}
	return "invalid"
}
