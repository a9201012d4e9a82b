package importer_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/evctl/evctl/contracts/importer"
)

// FuzzImport reads any bytes as a schema. They end in a contract or in refusals, and
// never in a contract that means something else or that the language objects to.
func FuzzImport(f *testing.F) {
	seeds, err := filepath.Glob("testdata/*.*")
	if err != nil || len(seeds) == 0 {
		f.Fatalf("no seeds: %v", err)
	}
	for _, path := range seeds {
		if strings.HasSuffix(path, ".golden") {
			continue
		}
		text, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte(`{"type":"object","properties":{"":{"$ref":"#"},"$id":{"enum":[]},"\u2028":{"const":"\u0085"}}}`))
	source, _ := importer.Lookup("jsonschema")
	f.Fuzz(func(t *testing.T, text []byte) {
		found, err := source.Find(mapFS(map[string]string{"e.json": string(text)}))
		if err != nil {
			t.Fatal(err)
		}
		i := found.Import(found.Candidates[0], importer.Options{Samples: 20})
		if (i.Contract == nil) == (len(i.Refusals) == 0) {
			t.Fatalf("contract %v with refusals %v", i.Contract, i.Refusals)
		}
		for _, r := range i.Refusals {
			if strings.HasPrefix(r.Reason, "the original") || strings.HasPrefix(r.Reason, "contract:") {
				t.Errorf("%s: %s", r.Pointer, r.Reason)
			}
		}
	})
}
