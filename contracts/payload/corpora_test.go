package payload_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/contracttest"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/contracts/importer"
)

// corpora is the folder of real schemas and payloads. Continuous integration must have it.
func corpora(t testing.TB, folder string) fs.FS {
	t.Helper()
	dir := os.Getenv("EVCTL_CORPORA")
	if dir == "" {
		t.Skip("EVCTL_CORPORA is not set: real payloads are not judged")
	}
	return os.DirFS(filepath.Join(dir, filepath.FromSlash(folder)))
}

// corpus is a folder of schemas, each imported when the first payload asks for it.
type corpus struct {
	t          testing.TB
	name       string
	found      *importer.Found
	candidates map[string]importer.Candidate // by the path of the schema
	judges     map[string]*judges            // nil where the schema was refused
	why        map[string]string             // it was refused

	payloads, mutated, valid, invalid int
	unjudged                          map[string]int // by reason
	// take gets the payloads and mutations instead of the judges, which would say whether
	// they are valid; nil in tests.
	take func(j *judges, raw []byte)
}

func openCorpus(t testing.TB, source, folder string) *corpus {
	t.Helper()
	s, _ := importer.Lookup(source)
	found, err := s.Find(corpora(t, folder))
	if err != nil {
		t.Fatal(err)
	}
	c := &corpus{
		t: t, name: folder, found: found, candidates: map[string]importer.Candidate{},
		judges: map[string]*judges{}, why: map[string]string{}, unjudged: map[string]int{},
	}
	for _, candidate := range found.Candidates {
		if candidate.Skipped == "" { // a part of others
			c.candidates[candidate.Path] = candidate
		}
	}
	return c
}

// paths lists the schemas.
func (c *corpus) paths() []string { return slices.Sorted(maps.Keys(c.candidates)) }

// judgesOf are the judges of a schema, nil where it was refused.
func (c *corpus) judgesOf(schema string) *judges {
	if j, ok := c.judges[schema]; ok {
		return j
	}
	c.judges[schema], c.why[schema] = nil, "there is no schema"
	if candidate, ok := c.candidates[schema]; ok {
		i := c.found.Import(candidate, importer.Options{AssumeObject: true})
		if i.Contract == nil {
			c.why[schema] = i.Refusals[0].Reason
			return nil
		}
		c.judges[schema] = newJudges(c.t, i.Contract)
	}
	return c.judges[schema]
}

// judge asks all judges of a schema for their verdict on a payload and on mutations of
// it, and returns that on the payload. It is true for schemas that were refused.
func (c *corpus) judge(schema string, raw []byte, mutations int) bool {
	c.t.Helper()
	j := c.judgesOf(schema)
	if j == nil {
		c.unjudged[c.why[schema]]++
		return true
	}
	c.payloads++
	valid := c.count(j, raw)
	for _, text := range mutationsOf(j.contract, raw, mutations, c.payloads) {
		c.mutated++
		c.count(j, text)
	}
	return valid
}

func (c *corpus) count(j *judges, raw []byte) bool {
	c.t.Helper()
	if c.take != nil {
		c.take(j, raw)
		return true
	}
	if j.judge(c.t, raw) {
		c.valid++
		return true
	}
	c.invalid++
	return false
}

// report prints the counts, and wants at least so many payloads to be judged, and all but
// some to have judges.
func (c *corpus) report(least, most int) {
	c.t.Helper()
	unjudged := 0
	for _, why := range slices.Sorted(maps.Keys(c.unjudged)) {
		unjudged += c.unjudged[why]
		fmt.Printf("%s: not judged %d times: %.150s\n", c.name, c.unjudged[why], why)
	}
	fmt.Printf("%s: %d schemas; %d payloads and %d mutations of them judged alike by all, %d valid and %d not; %d payloads without a contract\n",
		c.name, len(c.judges), c.payloads, c.mutated, c.valid, c.invalid, unjudged)
	if c.payloads < least || unjudged > most {
		c.t.Errorf("%s: %d payloads judged and %d not, expected %d and %d", c.name, c.payloads, unjudged, least, most)
	}
	if c.valid < c.mutated/4 || c.invalid < c.mutated/4 {
		c.t.Errorf("%s: verdicts are one-sided: %d valid, %d not", c.name, c.valid, c.invalid)
	}
}

// mutationsOf are texts near to a payload: respelled, with values at the edge of what
// their schemas accept, and with some bytes changed. They are the same on every run.
func mutationsOf(c *contracts.Contract, raw []byte, count, seed int) [][]byte {
	if count == 0 {
		return nil
	}
	return rapid.Custom(func(t *rapid.T) [][]byte {
		n := newNear(t)
		var list [][]byte
		for i := range count {
			v := spell(raw)
			for range i % 3 {
				n.nudge(draw(n, placesOf(nil, c.Payload, v)))
			}
			if n.chance(2) {
				n.respell(v)
			}
			text := v.text(n.spaces())
			if n.chance(6) {
				text = n.corrupted(text)
			}
			list = append(list, text)
		}
		return list
	}).Example(seed)
}

// realPayloads are the corpora: where their schemas are, what reads the payloads, and how many
// payloads have a contract at least, and have none at most.
var realPayloads = []struct {
	name, source, folder string
	read                 func(c *corpus)
	least, most          int
}{
	{"wikimedia", "wikimedia", "wikimedia-primary/jsonschema", (*corpus).wikimedia, 60, 0},
	{"octokit", "jsonschema", "octokit-webhooks/payload-schemas/api.github.com", (*corpus).octokit, 265, 8},
	{"cdevents", "jsonschema", "cdevents/schemas", (*corpus).cdevents, 48, 0},
	{"iglu", "iglu", "iglu-central/schemas", (*corpus).iglu, 950, 8},
}

// TestCorpora judges real payloads, and mutations of them.
func TestCorpora(t *testing.T) {
	for _, r := range realPayloads {
		t.Run(r.name, func(t *testing.T) {
			c := openCorpus(t, r.source, r.folder)
			t.Parallel() // behind the tests that measure time
			r.read(c)
			c.report(r.least, r.most)
		})
	}
}

// wikimedia has every example of every version of every stream.
func (c *corpus) wikimedia() {
	for _, schema := range c.paths() {
		for i, raw := range examplesIn(c.t, c.name, schema) {
			if !c.judge(schema, raw, 12) {
				c.t.Errorf("%s: example %d is not valid: %v", schema, i, c.judges[schema].own.Validate(raw))
			}
		}
	}
}

// examplesIn are the examples that a schema has at its root.
func examplesIn(t testing.TB, folder, schema string) [][]byte {
	t.Helper()
	text, err := fs.ReadFile(corpora(t, folder), schema)
	if err != nil {
		t.Fatal(err)
	}
	root, diags := document.Parse(diag.NewFile(schema, text))
	if root == nil || len(diags) > 0 {
		t.Fatalf("%s: %v", schema, diags)
	}
	var list [][]byte
	if examples := root.Get("examples"); examples != nil {
		for _, e := range examples.Items {
			list = append(list, []byte(e.JSON()))
		}
	}
	return list
}

// octokit has every payload with the schema of its event and action, and with that of the
// action before it, which mostly refuses it. Some payloads have times that are none.
func (c *corpus) octokit() {
	last := ""
	walk(c.t, corpora(c.t, "octokit-webhooks/payload-examples/api.github.com"), func(name string, raw []byte) {
		var body struct{ Action string }
		if err := json.Unmarshal(raw, &body); err != nil {
			c.t.Fatalf("%s: %v", name, err)
		}
		event := path.Dir(name)
		schema := event + "/" + cmp.Or(body.Action, "event") + ".schema.json"
		if !c.judge(schema, raw, 3) {
			for _, v := range c.judges[schema].own.Validate(raw) {
				if v.Rule != "format" {
					c.t.Errorf("%s: %v", name, v)
				}
			}
		}
		if last != schema && path.Dir(last) == event && c.judgesOf(last) != nil {
			c.count(c.judgesOf(last), raw)
		}
		last = schema
	})
}

// cdevents has every conformance case.
func (c *corpus) cdevents() {
	walk(c.t, corpora(c.t, "cdevents/conformance"), func(name string, raw []byte) {
		if strings.HasPrefix(name, "formats/") {
			return // a schema that all of them use
		}
		if schema := strings.ReplaceAll(name, "_", ""); !c.judge(schema, raw, 15) {
			c.t.Errorf("%s is not valid: %v", name, c.judges[schema].own.Validate(raw))
		}
	})
}

// iglu has payloads made for every schema that can be imported.
func (c *corpus) iglu() {
	for seed, schema := range c.paths() {
		j := c.judgesOf(schema)
		if j == nil {
			c.unjudged[c.why[schema]]++
			continue
		}
		for k := range 4 {
			c.judge(schema, contracttest.Payload(j.contract).Example(4*seed+k), 4)
		}
	}
}

// walk calls back with all JSON files.
func walk(t testing.TB, dir fs.FS, visit func(name string, raw []byte)) {
	t.Helper()
	err := fs.WalkDir(dir, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(name, ".json") {
			return err
		}
		raw, err := fs.ReadFile(dir, name)
		if err == nil {
			visit(name, raw)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
