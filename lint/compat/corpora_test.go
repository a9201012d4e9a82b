package compat_test

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/importer"
	"github.com/evctl/evctl/contracts/payload"
	"github.com/evctl/evctl/lint/compat"
)

// consecutive is a line of compat-oracle.jsonl: two real versions, and whether some
// payload is valid under the first and not under the second.
type consecutive struct {
	Corpus, Name, From, To string
	Backward               string
	Witness                json.RawMessage `json:"witness_valid_under_old_invalid_under_new"`
}

// TestCheck_AgreesWithWitnessesOfRealVersions reads the folder named by EVCTL_CORPORA.
func TestCheck_AgreesWithWitnessesOfRealVersions(t *testing.T) {
	dir := os.Getenv("EVCTL_CORPORA")
	if dir == "" {
		t.Skip("set EVCTL_CORPORA to the folder of real schemas")
	}
	imported := importAll(t, dir)
	verdicts := map[string]int{}
	for _, c := range readOracle(t, filepath.Join(dir, "compat-oracle.jsonl")) {
		old, new := imported[c.Name+" "+c.From], imported[c.Name+" "+c.To]
		if old == nil || new == nil {
			verdicts["not imported"]++
			continue
		}
		id := c.Name + " " + c.From + " " + c.To
		lenient, strict := backward(old, new, false), backward(old, new, true)
		verdicts[c.Backward+" judged "+word(lenient, strict)]++
		switch {
		case c.Backward == "breaking" && lenient == "":
			wantNoWitness(t, id, old, new, c.Witness)
		case c.Backward == "breaking-only-via-undeclared-property" && strict == "":
			t.Errorf("%s is judged harmless even with strict content, and breaks with %s", id, c.Witness)
		case c.Backward == "no-counterexample" && lenient != "":
			t.Errorf("%s has no known counterexample and is judged a break: %s", id, lenient)
		}
	}
	for verdict, n := range verdicts {
		t.Logf("%3d %s", n, verdict)
	}
}

func word(lenient, strict string) string {
	switch {
	case lenient != "":
		return "breaking"
	case strict != "":
		return "breaking with strict content"
	}
	return "harmless"
}

// backward is the first change that breaks payloads, or "".
func backward(old, new *contracts.Contract, strict bool) string {
	for _, f := range compat.Check(old, new, compat.Options{StrictContent: strict}).Findings {
		if f.Backward {
			return f.Message() + " " + f.Note
		}
	}
	return ""
}

// wantNoWitness lets a verdict differ from the oracle only where our own validator
// says that the witness is none, as with formats, which the oracle did not assert.
func wantNoWitness(t *testing.T, id string, old, new *contracts.Contract, witness []byte) {
	t.Helper()
	before, err := payload.Compile(old)
	if err != nil {
		t.Fatal(err)
	}
	after, err := payload.Compile(new)
	if err != nil {
		t.Fatal(err)
	}
	if before.Valid(witness) && !after.Valid(witness) {
		t.Errorf("%s is judged harmless, and %s becomes invalid: %v", id, witness, after.Validate(witness))
	}
}

func readOracle(t *testing.T, path string) []consecutive {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var list []consecutive
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var c consecutive
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		list = append(list, c)
	}
	if len(list) == 0 || lines.Err() != nil {
		t.Fatalf("%s has %d lines: %v", path, len(list), lines.Err())
	}
	return list
}

// importAll imports the corpora of the oracle, keyed by the oracle's names.
func importAll(t *testing.T, dir string) map[string]*contracts.Contract {
	t.Helper()
	all := map[string]*contracts.Contract{}
	for _, c := range []struct{ source, folder string }{{"iglu", "iglu-central/schemas"}, {"wikimedia", "wikimedia-primary/jsonschema"}} {
		source, _ := importer.Lookup(c.source)
		found, err := source.Find(os.DirFS(filepath.Join(dir, c.folder)))
		if err != nil {
			t.Fatal(err)
		}
		for _, candidate := range found.Candidates {
			i := found.Import(candidate, importer.Options{AssumeObject: true})
			if i.Contract == nil {
				continue
			}
			all[strings.ReplaceAll(i.Event, "/jsonschema/", "/")+" "+i.Version.String()] = i.Contract
		}
	}
	return all
}
