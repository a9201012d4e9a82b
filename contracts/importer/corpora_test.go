package importer_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"golang.org/x/sync/errgroup"

	"github.com/evctl/evctl/contracts/importer"
)

// corpora is the folder of real schemas. Continuous integration must have it.
func corpora(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("EVCTL_CORPORA")
	if dir == "" {
		t.Skip("EVCTL_CORPORA is not set: real schemas are not imported")
	}
	return dir
}

// TestCorpora_ImportWithoutLoss imports the latest version of every schema. least is the
// share that must be expressible; what is refused is logged.
func TestCorpora_ImportWithoutLoss(t *testing.T) {
	root := corpora(t)
	for _, c := range []struct {
		source, folder string
		least          float64
		samples        int
	}{
		{"iglu", "iglu-central/schemas", 0.95, 200},
		{"wikimedia", "wikimedia-primary/jsonschema", 1, 200},
		{"jsonschema", "octokit-webhooks/payload-schemas/api.github.com", 0.94, 20}, // its payloads are large
		{"jsonschema", "cdevents/schemas", 0.85, 100},                               // some of its files are glossaries
	} {
		t.Run(c.folder, func(t *testing.T) {
			source, _ := importer.Lookup(c.source)
			found, err := source.Find(os.DirFS(filepath.Join(root, c.folder)))
			if err != nil {
				t.Fatal(err)
			}
			all := importAll(t, found, importer.Latest(found.Candidates), c.samples)
			imported, refused, checked := 0, 0, importer.Checked{}
			for _, i := range all {
				switch {
				case i.Skipped != "":
					continue
				case i.Contract == nil:
					refused++
				default:
					imported++
					checked.Payloads += i.Checked.Payloads
					checked.Accepted += i.Checked.Accepted
				}
			}
			fmt.Printf("%s: %d latest schemas, %d imported, %d refused; %d payloads compared, %d of them valid\n",
				c.folder, imported+refused, imported, refused, checked.Payloads, checked.Accepted)
			for _, r := range importer.Reasons(all) {
				t.Logf("refused %d times: %s [%s]", r.Count, r.Reason, r.Keyword)
			}
			if share := float64(imported) / float64(imported+refused); share < c.least {
				t.Errorf("%.1f %% imported, expected at least %.0f %%", 100*share, 100*c.least)
			}
		})
	}
}

func importAll(t *testing.T, found *importer.Found, candidates []importer.Candidate, samples int) []*importer.Import {
	t.Helper()
	all := make([]*importer.Import, len(candidates))
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, c := range candidates {
		group.Go(func() error {
			all[i] = found.Import(c, importer.Options{Samples: samples})
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	return all
}
