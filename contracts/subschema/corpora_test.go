package subschema

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/contracts/golden"
)

// labelled is a pair of real schemas, and what people who compared them said.
type labelled struct {
	name string
	a, b []byte
	// included is the label: whether a is included in b; nil when there is none.
	included *bool
	// counterexample is a value that a accepts and b rejects, where one was listed.
	counterexample []byte
	documents      map[string][]byte // that references lead to
}

// TestCompare_AgreesWithWitnessesOfRealVersions compares consecutive versions of real
// events. The oracle found counterexamples by sampling, so that its breaks are certain
// and the others are not.
func TestCompare_AgreesWithWitnessesOfRealVersions(t *testing.T) {
	var times durations
	tally := map[string]int{}
	for _, p := range oraclePairs(t) {
		a, b := mustRead(t, p.name, p.a), mustRead(t, p.name, p.b)
		r := times.compare(a, b)
		label := "no counterexample"
		if p.counterexample != nil {
			label = "breaking"
			if err := (Question{Accept: []*Schema{a}, Reject: []*Schema{b}}).confirm(mustValue(t, p.counterexample)); err != nil {
				t.Errorf("%s: the listed counterexample %s is none: %v", p.name, p.counterexample, err)
			}
		}
		tally[fmt.Sprintf("%s: %s", label, r.Verdict)]++
		switch {
		case r.Verdict == Undecided:
			t.Errorf("%s is undecided: %s", p.name, r.Reason)
		case p.counterexample != nil && r.Verdict != NotIncluded:
			t.Errorf("%s is %s, but there is %s", p.name, r.Verdict, p.counterexample)
		case p.counterexample == nil && r.Verdict == NotIncluded:
			t.Logf("%s has the counterexample that sampling did not find: %s", p.name, r.Witness)
		case p.counterexample != nil:
			t.Logf("%s: ours %s, listed %s", p.name, r.Witness, p.counterexample)
		}
	}
	t.Logf("%v, %s", tally, times)
}

// TestCompare_SettlesLabelsWithWitnesses takes the labelled pairs of two registries. The
// golden file lists each label that is wrong, with the witness that shows it, and each
// break where nobody claimed one way or the other.
func TestCompare_SettlesLabelsWithWitnesses(t *testing.T) {
	for _, source := range []struct {
		name  string
		pairs []labelled
	}{{"apicurio", apicurioPairs(t)}, {"karapace", karapacePairs(t)}} {
		t.Run(source.name, func(t *testing.T) {
			var times durations
			var report bytes.Buffer
			agree := 0
			for _, p := range source.pairs {
				r, err := times.compareTexts(p.a, p.b)
				switch {
				case err != nil:
					fmt.Fprintf(&report, "%s: no schema: %v\n", p.name, err)
				case r.Verdict == Undecided:
					fmt.Fprintf(&report, "%s: undecided: %s\n", p.name, r.Reason)
				case *p.included == (r.Verdict == Included):
					agree++
				case r.Verdict == Included:
					fmt.Fprintf(&report, "%s: labelled incompatible, included\n", p.name)
				default:
					fmt.Fprintf(&report, "%s: labelled compatible, not included: %s\n", p.name, r.Witness)
				}
			}
			head := fmt.Sprintf("%d pairs, %d as labelled\n", len(source.pairs), agree)
			golden.Check(t, filepath.Join("testdata", source.name+".golden"), append([]byte(head), report.Bytes()...))
			t.Log(times)
		})
	}
}

// durations are the times that comparisons took.
type durations []time.Duration

// patient bounds questions by their steps only: a busy machine must not change verdicts.
var patient = Options{Time: time.Minute}

func (d *durations) compare(a, b *Schema) Result {
	start := time.Now()
	r := Compare(a, b, patient)
	*d = append(*d, time.Since(start))
	return r
}

// compareTexts reads and compares.
func (d *durations) compareTexts(textA, textB []byte) (Result, error) {
	start := time.Now()
	a, err := Parse(textA)
	if err != nil {
		return Result{}, err
	}
	b, err := Parse(textB)
	if err != nil {
		return Result{}, err
	}
	r := Compare(a, b, patient)
	*d = append(*d, time.Since(start))
	return r, nil
}

// quantile is the time that a part of the comparisons did not exceed.
func (d durations) quantile(part float64) time.Duration {
	if len(d) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(d))
	return sorted[min(len(sorted)-1, int(part*float64(len(sorted))))].Round(time.Microsecond)
}

func (d durations) String() string {
	return fmt.Sprintf("%d comparisons: median %v, p99 %v, max %v", len(d), d.quantile(0.5), d.quantile(0.99), d.quantile(1))
}

func mustRead(t testing.TB, name string, text []byte) *Schema {
	t.Helper()
	s, err := Parse(text)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return s
}

func mustValue(t testing.TB, text []byte) value {
	t.Helper()
	v, err := readValue(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return v
}

// oraclePairs are the consecutive versions of compat-oracle.jsonl.
func oraclePairs(t testing.TB) []labelled {
	var pairs []labelled
	lines := bufio.NewScanner(bytes.NewReader(mustFile(t, corpus(t, "compat-oracle.jsonl"))))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var c struct {
			Corpus, Name, From, To string
			Witness                json.RawMessage `json:"witness_valid_under_old_invalid_under_new"`
		}
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		pairs = append(pairs, labelled{
			name: c.Name + " " + c.From + " to " + c.To, counterexample: c.Witness,
			a: versionOf(t, c.Corpus, c.Name, c.From), b: versionOf(t, c.Corpus, c.Name, c.To),
		})
	}
	if len(pairs) == 0 || lines.Err() != nil {
		t.Fatalf("%d pairs: %v", len(pairs), lines.Err())
	}
	return pairs
}

// versionOf is the JSON text of one version of a real event.
func versionOf(t testing.TB, from, name, version string) []byte {
	t.Helper()
	if from == "iglu-central" {
		vendor, event, _ := strings.Cut(name, "/")
		return mustFile(t, corpus(t, filepath.Join(from, "schemas", vendor, event, "jsonschema", strings.ReplaceAll(version, ".", "-"))))
	}
	return mustJSON(t, corpus(t, filepath.Join(from, "jsonschema", name, version+".yaml")))
}

// mustJSON reads a file of YAML as JSON.
func mustJSON(t testing.TB, path string) []byte {
	t.Helper()
	n, problems := document.Parse(diag.NewFile(path, mustFile(t, path)))
	if n == nil {
		t.Fatalf("%s: %v", path, problems)
	}
	return n.AppendJSON(nil)
}

func mustFile(t testing.TB, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// apicurioPairs are pairs whose label says which directions are compatible; backward:
// what the original accepts, the update accepts.
func apicurioPairs(t testing.TB) []labelled {
	var document struct {
		Tests []struct {
			ID, Compatibility string
			Original, Updated json.RawMessage
		}
	}
	if err := json.Unmarshal(mustFile(t, corpus(t, "apicurio/json__compatibility-test-data.json")), &document); err != nil {
		t.Fatal(err)
	}
	var pairs []labelled
	for i, test := range document.Tests {
		backward, both := test.Compatibility != "none", test.Compatibility == "both"
		name := fmt.Sprintf("%d %s", i, test.ID)
		pairs = append(pairs,
			labelled{name: name + ", backward", a: test.Original, b: test.Updated, included: &backward},
			labelled{name: name + ", forward", a: test.Updated, b: test.Original, included: &both})
	}
	return pairs
}

// karapacePairs are pairs of the schema of a writer, and of a reader that can read all
// it writes or cannot.
func karapacePairs(t testing.TB) []labelled {
	var tests []struct {
		Test, Reader, Writer string
		Compatible           bool
		WriterSchema         json.RawMessage `json:"writer_schema"`
		ReaderSchema         json.RawMessage `json:"reader_schema"`
	}
	if err := json.Unmarshal(mustFile(t, corpus(t, "karapace/jsonschema-compat-pairs.json")), &tests); err != nil {
		t.Fatal(err)
	}
	var pairs []labelled
	for i, test := range tests {
		// That registry reads what names no draft as draft 7.
		pairs = append(pairs, labelled{
			name: fmt.Sprintf("%d %s in %s", i, test.Writer, test.Reader), included: &test.Compatible,
			a: withDraft(test.WriterSchema, "draft7"), b: withDraft(test.ReaderSchema, "draft7"),
		})
	}
	return pairs
}

// schemasBelow are the JSON files of a folder, by path.
func schemasBelow(t testing.TB, folder string) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.HasSuffix(path, ".json") {
			files[path] = mustFile(t, path)
		}
		return err
	})
	if err != nil || len(files) == 0 {
		t.Fatalf("%s holds %d schemas: %v", folder, len(files), err)
	}
	return files
}

// sortedTexts goes through texts in the order of their names.
func sortedTexts(m map[string][]byte) func(yield func(string, []byte) bool) {
	return func(yield func(string, []byte) bool) {
		for _, name := range slices.Sorted(maps.Keys(m)) {
			if !yield(name, m[name]) {
				return
			}
		}
	}
}
