package importer_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/evctl/evctl/contracts/importer"
	"github.com/evctl/evctl/contracts/payload"
)

// suiteGroup is a schema of the official test suite with its instances.
type suiteGroup struct {
	Description string          `json:"description"`
	Schema      json.RawMessage `json:"schema"`
	Tests       []struct {
		Description string          `json:"description"`
		Data        json.RawMessage `json:"data"`
		Valid       bool            `json:"valid"`
	} `json:"tests"`
}

// TestSuite_ImportedSchemasHaveTheVerdictsOfTheSpecification puts every schema of the
// official suite under a property. What is imported must agree with the suite; the
// rest must have been refused.
func TestSuite_ImportedSchemasHaveTheVerdictsOfTheSpecification(t *testing.T) {
	root := filepath.Join(corpora(t), "json-schema-test-suite")
	for folder, metaschema := range map[string]string{
		"draft4": "http://json-schema.org/draft-04/schema#", "draft7": "http://json-schema.org/draft-07/schema#", "draft2020-12": "https://json-schema.org/draft/2020-12/schema",
	} {
		t.Run(folder, func(t *testing.T) {
			var imported, refused, tests int
			files, err := filepath.Glob(filepath.Join(root, "tests", folder, "*.json"))
			if err != nil || len(files) == 0 {
				t.Fatalf("no tests in %s: %v", root, err)
			}
			for _, file := range files {
				for _, g := range suiteGroups(t, file) {
					result := importProperty(t, metaschema, g.Schema)
					if result.Contract == nil {
						refused++
						t.Logf("%s: %s: %+v", filepath.Base(file), g.Description, result.Refusals)
						continue
					}
					imported++
					v, err := payload.Compile(result.Contract)
					if err != nil {
						t.Fatal(err)
					}
					for _, test := range g.Tests {
						tests++
						if got := v.Valid([]byte(`{"v":` + string(test.Data) + `}`)); got != test.Valid {
							t.Errorf("%s: %s: %s: got %t, want %t\n%s", filepath.Base(file), g.Description, test.Description, got, test.Valid, result.Text())
						}
					}
				}
			}
			fmt.Printf("json-schema-test-suite %s: %d schemas imported, %d refused, %d verdicts agree\n", folder, imported, refused, tests)
		})
	}
}

func suiteGroups(t *testing.T, file string) []suiteGroup {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var groups []suiteGroup
	if err := json.Unmarshal(data, &groups); err != nil {
		t.Fatal(err)
	}
	return groups
}

// importProperty imports an event whose required property v has the schema, which
// keeps its own base for references.
func importProperty(t *testing.T, metaschema string, schema json.RawMessage) *importer.Import {
	t.Helper()
	text := string(schema)
	if strings.HasPrefix(text, "{") && !strings.Contains(text, `"$id"`) && !strings.Contains(text, `"id"`) {
		id := "$id"
		if strings.Contains(metaschema, "draft-04") {
			id = "id"
		}
		text = strings.TrimSuffix(`{"`+id+`":"http://suite.invalid/s",`+strings.TrimSpace(text[1:]), ",}") // {} has no members to follow
		if !strings.HasSuffix(text, "}") {
			text += "}"
		}
	}
	doc := fmt.Sprintf(`{"$schema":%q,"type":"object","properties":{"v":%s},"required":["v"]}`, metaschema, text)
	return importText(t, doc, importer.Options{Samples: 100, FormatsAnnotate: true})
}

func importText(t *testing.T, text string, opt importer.Options) *importer.Import {
	t.Helper()
	source, _ := importer.Lookup("jsonschema")
	found, err := source.Find(mapFS(map[string]string{"e.json": text}))
	if err != nil {
		t.Fatal(err)
	}
	return found.Import(found.Candidates[0], opt)
}

func mapFS(files map[string]string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for path, text := range files {
		fsys[path] = &fstest.MapFile{Data: []byte(text)}
	}
	return fsys
}
