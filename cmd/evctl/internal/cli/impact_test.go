package cli

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
	"pgregory.net/rapid"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/contracttest"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/envelope"
	"github.com/evctl/evctl/contracts/impact"
	"github.com/evctl/evctl/contracts/workspace"
)

// TestForesee_ExplainsWhatEventsRunInto draws edits of contracts and payloads of the old
// one: whatever is newly rejected has a change beside it, whether that was expected to
// break payloads or not.
func TestForesee_ExplainsWhatEventsRunInto(t *testing.T) {
	config, diags := workspace.ParseConfig(diag.NewFile("evctl.yaml", []byte("envelope: {name: /e, version: /v, properties: /p}")))
	if len(diags) > 0 {
		t.Fatal(diags[0].Message)
	}
	env, diags := envelope.Parse(config)
	if len(diags) > 0 {
		t.Fatal(diags[0].Message)
	}
	rapid.Check(t, func(t *rapid.T) {
		old := contracttest.Contract().Draw(t, "old")
		new := contracttest.Edit(old).Draw(t, "new")
		if new == nil {
			t.Skip("the edited contract does not parse")
		}
		var text bytes.Buffer
		for range 20 {
			raw := contracttest.Payload(old).Draw(t, "payload")
			fmt.Fprintf(&text, `{"e":%q,"v":%q,"p":%s}`+"\n", old.Name, old.Version, raw)
		}
		r, err := impact.New(impact.Options{
			Envelope: env, Old: []*contracts.Contract{old}, New: []*contracts.Contract{new}, Samples: 1,
			Foresee: func(old, new *contracts.Contract) ([]impact.Change, error) { return foresee(config, old, new) },
		})
		if err != nil {
			t.Fatal(err)
		}
		in := impact.Input{Name: "x", Open: func() (io.ReadCloser, error) { return io.NopCloser(&text), nil }}
		report, err := r.Run(t.Context(), []impact.Input{in})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range report.Findings {
			if len(f.Changes) == 0 {
				t.Fatalf("nothing explains %s at %s (%s): %v\nfindings: %+v\nold: %s\nnew: %s",
					f.Rule, f.Pointer, f.Expected, f.Samples, report.Findings, contracts.Marshal(old), contracts.Marshal(new))
			}
		}
	})
}

// replayable writes a workspace with one release, which its contract differs from, into a
// folder.
func replayable(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	write := func(name, text string) {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("evctl.yaml", "language: v1\nenvelope: {name: /e, version: /v, properties: /p}\n")
	write("old/evctl.yaml", "language: v1\n")
	write("old/contracts/a.yaml", "event: a\nversion: 1.0.0\nproperties: {n: {type: integer}}\n")
	write("contracts/a.yaml", "event: a\nversion: 1.1.0\nproperties: {n: {type: integer, maximum: 5}}\n")
	return dir
}

func TestImpact_ReportsWhatPackedDataHeldBeforeItBrokeOff(t *testing.T) {
	var text strings.Builder
	for i := range 50_000 {
		fmt.Fprintf(&text, `{"e":"a","v":"1.0.0","p":{"n":%d}}`+"\n", i*7919%11)
	}
	for name, pack := range map[string]func(io.Writer) (io.WriteCloser, error){
		"gzip": func(w io.Writer) (io.WriteCloser, error) { return gzip.NewWriter(w), nil },
		"zstd": func(w io.Writer) (io.WriteCloser, error) { return zstd.NewWriter(w) },
	} {
		t.Run(name, func(t *testing.T) {
			var packed bytes.Buffer
			z, err := pack(&packed)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.WriteString(z, text.String()); err != nil {
				t.Fatal(err)
			}
			if err := z.Close(); err != nil {
				t.Fatal(err)
			}
			whole, code, stderr := replayed(t, packed.Bytes())
			if code != exitFindings || stderr != "" || !whole.Complete || whole.Summary.Events != 50_000 {
				t.Errorf("whole: exit code %d, %+v, %q", code, whole.Summary, stderr)
			}
			cut, code, stderr := replayed(t, packed.Bytes()[:packed.Len()*3/4])
			if code != exitFailure || stderr != "evctl: read stdin: the compressed data ends in the middle\n" {
				t.Errorf("cut: exit code %d, %q", code, stderr)
			}
			if n := cut.Summary.Events; cut.Complete || n == 0 || n >= 50_000 || cut.Summary.NewlyRejected == 0 {
				t.Errorf("cut: %+v", cut.Summary)
			}
		})
	}
}

// replayed runs evctl impact on stdin.
func replayed(t *testing.T, stdin []byte) (report impact.Report, code int, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	app := &App{Stdin: bytes.NewReader(stdin), Stdout: &out, Stderr: &errs, Dir: replayable(t), Now: time.Now, Getenv: os.Getenv}
	code = Main(app, []string{"impact", "--against", "old", "--format", "json"})
	if err := json.Unmarshal(out.Bytes(), &report); err != nil {
		t.Fatalf("%v: %s%s", err, out.Bytes(), errs.Bytes())
	}
	return report, code, errs.String()
}

func TestImpact_AReportThatGetsLostIsAFailure(t *testing.T) {
	for _, format := range impactFormats {
		var stderr bytes.Buffer
		app := &App{
			Stdin: strings.NewReader(`{"e":"a","v":"1.0.0","p":{"n":9}}`), Stdout: fullDisk{}, Stderr: &stderr,
			Dir: replayable(t), Now: time.Now, Getenv: os.Getenv,
		}
		code := Main(app, []string{"impact", "--against", "old", "--format", format})
		if code != exitFailure || !strings.Contains(stderr.String(), "no space left on device") {
			t.Errorf("%s: exit code %d with %q", format, code, stderr.String())
		}
	}
}

func TestAllowance_IsExact(t *testing.T) {
	for _, test := range []struct {
		text   string
		n, all int
		want   bool
	}{
		{"0", 0, 10, false}, {"0", 1, 10, true}, {"3", 3, 10, false}, {"3", 4, 10, true},
		{"0%", 0, 10, false}, {"0%", 1, 10, true}, {"0.1%", 1, 1000, false}, {"0.1%", 2, 1000, true}, {"0.1%", 1, 999, true},
		{"100%", 10, 10, false}, {"33.333333333333333%", 1, 3, true}, {"33.333333333333334%", 1, 3, false},
	} {
		a, err := parseAllowance(test.text)
		if err != nil {
			t.Fatal(err)
		}
		if got := a.exceeded(test.n, test.all); got != test.want {
			t.Errorf("%d of %d over %s is %v, expected %v", test.n, test.all, test.text, got, test.want)
		}
	}
}
