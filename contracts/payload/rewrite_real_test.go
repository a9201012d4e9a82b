package payload_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/contracttest"
	"github.com/evctl/evctl/contracts/importer"
	"github.com/evctl/evctl/contracts/payload"
)

// released reads the contracts of a directory of releases.
func released(t *testing.T, dir string) []*contracts.Contract {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*", "*.json"))
	if err != nil || len(paths) < 20 {
		t.Fatalf("%d releases in %s: %v", len(paths), dir, err)
	}
	var list []*contracts.Contract
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var release struct{ Contract json.RawMessage }
		if err := json.Unmarshal(data, &release); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		list = append(list, event(t, string(release.Contract)))
	}
	return list
}

// TestRewriter_UpgradesEveryReleaseOfTheShop upgrades payloads of each release within its
// major version, which the gate has promised to work.
func TestRewriter_UpgradesEveryReleaseOfTheShop(t *testing.T) {
	list := released(t, "../../testdata/shop/releases")
	s := newSet(t, envelopeOf(t, "{name: /e, version: /v, properties: /p}"), list...)
	w := newRewriter(t, s, payload.RewriteOptions{Upgrade: true, To: payload.SameMajor, Defaults: true})
	upgraded := 0
	for _, c := range list {
		rapid.Check(t, func(rt *rapid.T) {
			raw := []byte(`{"e":"` + c.Name + `","v":"` + c.Version.String() + `","p":` + string(contracttest.Payload(c).Draw(rt, "payload")) + `}`)
			if !s.Validate(raw).Valid {
				return
			}
			out, r := w.Rewrite(nil, raw)
			if !r.Valid || r.Target.Version.Major != c.Version.Major {
				rt.Errorf("%s does not become %s: %v", raw, r.Target.Version, r.Violations)
			} else if v := s.Validate(out); !v.Valid {
				rt.Errorf("%s becomes %s: %v", raw, out, v.Violations)
			}
			if r.Upgraded() {
				upgraded++
			}
		})
	}
	if upgraded < 100 {
		t.Errorf("%d payloads were upgraded: nothing is shown", upgraded)
	}
}

// TestRewriter_UpgradesRealVersions goes through pairs of real versions in the folder named
// by EVCTL_CORPORA: where nothing breaks, every payload can be upgraded.
func TestRewriter_UpgradesRealVersions(t *testing.T) {
	dir := os.Getenv("EVCTL_CORPORA")
	if dir == "" {
		t.Skip("EVCTL_CORPORA is not set: real versions are not upgraded")
	}
	imported := importReal(t, dir)
	counts := map[string]int{}
	for _, pair := range realPairs(t, filepath.Join(dir, "compat-oracle.jsonl")) {
		old, new := imported[pair.Name+" "+pair.From], imported[pair.Name+" "+pair.To]
		if old == nil || new == nil {
			counts["pairs not imported"]++
			continue
		}
		counts["pairs"]++
		s := segment(t, as(old, contracts.Version{Major: 1}), as(new, contracts.Version{Major: 2}))
		w := newRewriter(t, s, payload.RewriteOptions{Upgrade: true})
		var payloads [][]byte
		for seed := range 20 {
			payloads = append(payloads, contracttest.Payload(old).Example(seed))
		}
		if pair.Witness != nil {
			payloads = append(payloads, pair.Witness)
		}
		for _, raw := range payloads {
			event := enveloped(raw, contracts.Version{Major: 1})
			if !s.Validate(event).Valid {
				counts["payloads not valid"]++
				continue
			}
			out, r := w.Rewrite(nil, event)
			switch {
			case r.Valid && (!s.Validate(out).Valid || s.Validate(out).Version != "2.0.0"):
				t.Errorf("%s %s %s: %s becomes %s", pair.Name, pair.From, pair.To, raw, out)
			case r.Valid:
				counts["upgraded"]++
			case s.ValidateAs(raw, "a", "2.0.0").Valid:
				t.Errorf("%s %s %s: %s is valid as it is, and does not become so: %v", pair.Name, pair.From, pair.To, raw, r.Violations)
			case pair.Backward == "no-counterexample":
				counts["refused though the oracle knows no counterexample"]++
			default:
				counts["refused"]++
			}
			if r.Valid && r.Renamed+r.Filled+r.Removed == 0 && !bytes.Contains(out, raw) {
				t.Errorf("%s %s %s: %s becomes %s, and nothing was to do", pair.Name, pair.From, pair.To, raw, out)
			}
		}
	}
	t.Log(counts)
	if counts["upgraded"] < 1000 {
		t.Errorf("%v: nothing is shown", counts)
	}
}

// realPair is a line of compat-oracle.jsonl.
type realPair struct {
	Name, From, To, Backward string
	Witness                  json.RawMessage `json:"witness_valid_under_old_invalid_under_new"`
}

func realPairs(t *testing.T, path string) []realPair {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var list []realPair
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var pair realPair
		if err := json.Unmarshal(lines.Bytes(), &pair); err != nil {
			t.Fatal(err)
		}
		list = append(list, pair)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return list
}

// importReal imports the corpora of the oracle, by the names that it uses.
func importReal(t *testing.T, dir string) map[string]*contracts.Contract {
	t.Helper()
	all := map[string]*contracts.Contract{}
	for name, folder := range map[string]string{"iglu": "iglu-central/schemas", "wikimedia": "wikimedia-primary/jsonschema"} {
		source, _ := importer.Lookup(name)
		found, err := source.Find(os.DirFS(filepath.Join(dir, folder)))
		if err != nil {
			t.Fatal(err)
		}
		for _, candidate := range found.Candidates {
			if i := found.Import(candidate, importer.Options{AssumeObject: true}); i.Contract != nil {
				all[strings.ReplaceAll(i.Event, "/jsonschema/", "/")+" "+i.Version.String()] = i.Contract
			}
		}
	}
	return all
}
