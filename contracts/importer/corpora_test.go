package importer_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/evctl/evctl/contracts/importer"
)

func corpora(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("EVCTL_CORPORA")
	if dir == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal("EVCTL_CORPORA is not set")
		}
		t.Skip("set EVCTL_CORPORA to the folder of real schemas")
	}
	return dir
}

func TestCorpora(t *testing.T) {
	for _, c := range []struct{ source, folder string }{
		{"iglu", "iglu-central/schemas"}, {"wikimedia", "wikimedia-primary/jsonschema"},
		{"jsonschema", "octokit-webhooks/payload-schemas/api.github.com"}, {"jsonschema", "cdevents/schemas"},
	} {
		t.Run(filepath.Dir(c.folder), func(t *testing.T) {
			source, _ := importer.Lookup(c.source)
			found, err := source.Find(os.DirFS(filepath.Join(corpora(t), c.folder)))
			if err != nil {
				t.Fatal(err)
			}
			var all []*importer.Import
			for _, candidate := range found.Candidates {
				all = append(all, found.Import(candidate, importer.Options{Samples: 50}))
			}
			fmt.Printf("%s: found %d\n", c.folder, len(all))
			for _, r := range importer.Reasons(all) {
				t.Logf("%d %s: %s", r.Count, r.Keyword, r.Reason)
			}
			for _, i := range all {
				if i.Contract == nil {
					t.Logf("%s %s: %+v", i.Path, i.Event, i.Refusals)
				}
			}
			if out := os.Getenv("OUT"); out != "" {
				for _, i := range all {
					if i.Contract != nil {
						os.MkdirAll(out, 0o755)
						os.WriteFile(filepath.Join(out, filepath.Base(i.Event)+"-"+i.Version.String()+".yaml"), i.Text(), 0o644)
					}
				}
			}
		})
	}
}
