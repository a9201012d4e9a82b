package subschema

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// suiteGroup is a group of the official test suite of JSON Schema.
type suiteGroup struct {
	Description string
	Schema      json.RawMessage
	Tests       []struct {
		Description string
		Data        json.RawMessage
		Valid       bool
	}
}

// corpus is the folder of real schemas; a test without it says so and stops.
func corpus(t testing.TB, name string) string {
	t.Helper()
	root := os.Getenv("EVCTL_CORPORA")
	if root == "" {
		t.Skip("EVCTL_CORPORA is not set: the real schemas are not here")
	}
	return filepath.Join(root, name)
}

// TestSuite_InstancesAreIncludedAsConstants turns the official suite into questions of
// containment: an instance is valid if and only if the set that holds nothing else is
// included.
func TestSuite_InstancesAreIncludedAsConstants(t *testing.T) {
	root := corpus(t, "json-schema-test-suite/tests")
	for _, d := range []string{"draft4", "draft7", "draft2020-12"} {
		t.Run(d, func(t *testing.T) {
			files, err := filepath.Glob(filepath.Join(root, d, "*.json"))
			if err != nil || len(files) == 0 {
				t.Fatalf("no files of %s: %v", d, err)
			}
			tally := map[Verdict]int{}
			reasons := map[string]int{}
			wrong := 0
			for _, file := range files {
				for _, g := range readSuite(t, file) {
					where := filepath.Base(file) + ": " + g.Description
					schema, err := Parse(withDraft(g.Schema, d))
					if err != nil {
						t.Errorf("%s: %v", where, err)
						continue
					}
					if r := Compare(schema, schema, Options{}); r.Verdict == NotIncluded {
						t.Errorf("%s: not included in itself: %s", where, r.Witness)
					}
					for _, test := range g.Tests {
						single, err := Parse(fmt.Appendf(nil, `{"enum":[%s]}`, test.Data))
						if err != nil {
							t.Errorf("%s: %s: %v", where, test.Description, err)
							continue
						}
						r := Compare(single, schema, Options{})
						tally[r.Verdict]++
						if r.Verdict == Undecided {
							reasons[filepath.Base(file)+": "+r.Reason]++
						}
						if r.Verdict == Included && !test.Valid || r.Verdict == NotIncluded && test.Valid {
							wrong++
							t.Errorf("%s: %s: %s is %s, the suite says valid=%v", where, test.Description, test.Data, r.Verdict, test.Valid)
						}
					}
				}
			}
			t.Logf("%s: %d included, %d not included, %d undecided, %d wrong", d, tally[Included], tally[NotIncluded], tally[Undecided], wrong)
			for reason, n := range reasons {
				t.Logf("  undecided %d: %s", n, reason)
			}
		})
	}
}

func readSuite(t *testing.T, file string) []suiteGroup {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var groups []suiteGroup
	if err := json.Unmarshal(data, &groups); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return groups
}

// withDraft names the draft in schemas that leave it to the folder.
func withDraft(schema json.RawMessage, folder string) []byte {
	var m map[string]json.RawMessage
	if json.Unmarshal(schema, &m) != nil || m == nil || m["$schema"] != nil {
		return schema
	}
	url := map[string]string{"draft4": "http://json-schema.org/draft-04/schema#", "draft7": "http://json-schema.org/draft-07/schema#"}[folder]
	if url == "" {
		return schema
	}
	text := strings.TrimSpace(string(schema))
	if text == "{}" {
		return fmt.Appendf(nil, `{"$schema": %q}`, url)
	}
	return fmt.Appendf(nil, `{"$schema": %q, %s`, url, text[1:])
}
