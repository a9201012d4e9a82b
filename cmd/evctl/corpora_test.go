package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
)

// importsConfig is a workspace for schemas that were written for other tools: their
// names are theirs, and the profile asks for nothing they could not know.
const importsConfig = `language: v1
teams: {imports: {name: Imported events}}
naming: {event: "/.+/", tense: any, property: any}
lint: {profile: minimal, rules: {secret-property: warning}}
generate:
  - {target: go, out: gen/go, options: {package: events}}
  - {target: typescript, out: gen/ts}
  - {target: protobuf, out: gen/proto, options: {package: imported}}
  - {target: jsonschema, out: gen/jsonschema}
`

// TestCorpora_EndToEnd takes real schemas through the whole tool, as processes: their
// history is imported and released, the contracts are linted, generated and compiled,
// and the examples that Wikimedia keeps in its schemas are validated over HTTP.
func TestCorpora_EndToEnd(t *testing.T) {
	root := os.Getenv("EVCTL_CORPORA")
	if root == "" {
		t.Skip("EVCTL_CORPORA is not set: real schemas are not taken through the tool")
	}
	w := corporaRun{t: t, dir: t.TempDir()}
	w.write("evctl.yaml", importsConfig)
	iglu := w.importHistory("iglu", filepath.Join(root, "iglu-central", "schemas"))
	wikimedia := w.importHistory("wikimedia", filepath.Join(root, "wikimedia-primary", "jsonschema"))
	if latest := iglu.latest(); float64(latest.imported) < 0.95*float64(latest.imported+latest.refused) {
		t.Errorf("%d of the latest iglu-central schemas were imported and %d refused, expected 95 %%", latest.imported, latest.refused)
	}
	w.lint()
	w.evctl(0, "push") // what import released is what the contracts say
	w.generate()
	w.compileGo()
	w.compileTypeScript()
	w.examples(wikimedia, filepath.Join(root, "wikimedia-primary", "jsonschema"))
}

type corporaRun struct {
	t   *testing.T
	dir string
}

func (w *corporaRun) write(name, text string) {
	w.t.Helper()
	path := filepath.Join(w.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		w.t.Fatal(err)
	}
}

// evctl runs a command that must end with the exit code, and returns its stdout.
func (w *corporaRun) evctl(code int, args ...string) []byte {
	w.t.Helper()
	return w.run(w.dir, code, "evctl", args...)
}

func (w *corporaRun) run(dir string, code int, name string, args ...string) []byte {
	w.t.Helper()
	var stdout, stderr bytes.Buffer
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &stdout, &stderr
	err := cmd.Run()
	if cmd.ProcessState == nil || cmd.ProcessState.ExitCode() != code {
		w.t.Fatalf("%s %s: %v, expected exit code %d\n%s%s", name, strings.Join(args, " "), err, code, tail(stdout.Bytes()), tail(stderr.Bytes()))
	}
	return stdout.Bytes()
}

func tail(b []byte) []byte { return b[max(0, len(b)-4000):] }

// corporaImport is what evctl import --format json says.
type corporaImport struct {
	Reasons []struct {
		Keyword, Message string
		Count            int
	}
	Summary struct{ Found, Imported, Refused, Skipped int }
	Schemas []struct{ Path, Event, Version, Status string }
	History struct {
		Released, Refused int
		Renumbered        []struct{ Event, Version, As, Needed string }
	}
}

// importHistory imports every version and releases it.
func (w *corporaRun) importHistory(source, folder string) *corporaImport {
	w.t.Helper()
	args := []string{"import", "--from", source, folder, "--out", "contracts/" + source, "--owner", "imports", "--all-versions", "--samples", "60", "--format", "json"}
	code := 0
	if source == "iglu" {
		code = 1 // some are refused
	}
	var doc corporaImport
	if err := json.Unmarshal(w.evctl(code, args...), &doc); err != nil {
		w.t.Fatal(err)
	}
	if doc.History.Refused > 0 || doc.History.Released != doc.Summary.Imported {
		w.t.Errorf("%s: %d of %d versions were released, %d refused", source, doc.History.Released, doc.Summary.Imported, doc.History.Refused)
	}
	breaks := 0
	for _, r := range doc.History.Renumbered {
		if r.Needed == "major" {
			breaks++
			w.t.Logf("%s: %s %s breaks what came before, released as %s", source, r.Event, r.Version, r.As)
		}
	}
	for _, r := range doc.Reasons {
		w.t.Logf("%s: refused %d times: %s [%s]", source, r.Count, r.Message, r.Keyword)
	}
	fmt.Printf("%s: %d schemas found, %d imported, %d refused, %d no events; %d versions released, %d breaks reported\n",
		source, doc.Summary.Found, doc.Summary.Imported, doc.Summary.Refused, doc.Summary.Skipped, doc.History.Released, breaks)
	return &doc
}

type importCounts struct{ imported, refused int }

// latest counts the highest version of each event.
func (d *corporaImport) latest() importCounts {
	var c importCounts
	for i, s := range d.Schemas {
		switch last := i+1 == len(d.Schemas) || d.Schemas[i+1].Event != s.Event; {
		case !last || s.Status == "skipped":
		case s.Status == "imported":
			c.imported++
		default:
			c.refused++
		}
	}
	return c
}

// releasedAs is the version that a schema was released under.
func (d *corporaImport) releasedAs(event, version string) string {
	for _, r := range d.History.Renumbered {
		if r.Event == event && r.Version == version {
			return r.As
		}
	}
	return version
}

func (w *corporaRun) lint() {
	w.t.Helper()
	out := w.evctl(0, "lint", "--format", "json")
	var report struct {
		Findings []struct{ Rule string }
	}
	if err := json.Unmarshal(out, &report); err != nil {
		w.t.Fatal(err)
	}
	fmt.Printf("lint: no errors, %d lesser findings\n", len(report.Findings))
}

func (w *corporaRun) generate() {
	w.t.Helper()
	w.evctl(0, "generate")
	w.evctl(0, "generate", "--check")
	for _, folder := range []string{"go", "ts", "proto", "jsonschema"} {
		files := 0
		err := filepath.WalkDir(filepath.Join(w.dir, "gen", folder), func(_ string, entry fs.DirEntry, err error) error {
			if err == nil && !entry.IsDir() {
				files++
			}
			return err
		})
		if err != nil {
			w.t.Fatal(err)
		}
		fmt.Printf("generate: %d files in gen/%s\n", files, folder)
	}
}

func (w *corporaRun) compileGo() {
	w.t.Helper()
	w.write("gen/go/go.mod", "module imported\n\ngo 1.26\n")
	w.run(filepath.Join(w.dir, "gen", "go"), 0, "go", "build", "./...")
	w.run(filepath.Join(w.dir, "gen", "go"), 0, "go", "vet", "./...")
}

func (w *corporaRun) compileTypeScript() {
	w.t.Helper()
	if _, err := exec.LookPath("npm"); err != nil {
		if os.Getenv("CI") == "true" {
			w.t.Fatal("npm is not installed, which continuous integration needs for TypeScript")
		}
		w.t.Log("npm is not installed: TypeScript is not compiled")
		return
	}
	pinned := filepath.Join(repositoryRoot(w.t), "codegen", "typescript", "testdata", "node")
	tools := w.t.TempDir()
	for _, name := range []string{"package.json", "package-lock.json"} {
		text, err := os.ReadFile(filepath.Join(pinned, name))
		if err != nil {
			w.t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(tools, name), text, 0o644); err != nil {
			w.t.Fatal(err)
		}
	}
	w.run(tools, 0, "npm", "ci", "--no-audit", "--no-fund", "--prefer-offline")
	files, err := filepath.Glob(filepath.Join(w.dir, "gen", "ts", "*.ts"))
	if err != nil || len(files) == 0 {
		w.t.Fatalf("no TypeScript: %v", err)
	}
	args := []string{filepath.Join(tools, "node_modules", "typescript", "bin", "tsc"), "--noEmit", "--strict", "--target", "es2022", "--module", "nodenext", "--types", ""}
	w.run(w.dir, 0, "node", append(args, files...)...)
}

// servedAt is where evctl serve listens.
var servedAt = regexp.MustCompile(`on (http://\S+)`)

// serve starts the registry on HTTP and returns its URL. It stops with the test.
func (w *corporaRun) serve() string {
	w.t.Helper()
	cmd := exec.Command("evctl", "serve", "--addr", "127.0.0.1:0")
	cmd.Dir = w.dir
	stderr, err := cmd.StderrPipe()
	if err != nil {
		w.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	lines := bufio.NewScanner(stderr)
	for lines.Scan() {
		if m := servedAt.FindStringSubmatch(lines.Text()); m != nil {
			drained := make(chan struct{})
			go func() {
				defer close(drained)
				_, _ = io.Copy(io.Discard, stderr)
			}()
			w.t.Cleanup(func() {
				_ = cmd.Process.Signal(syscall.SIGTERM)
				<-drained
				if err := cmd.Wait(); err != nil {
					w.t.Errorf("evctl serve: %v", err)
				}
			})
			return m[1]
		}
	}
	w.t.Fatalf("evctl serve says no address: %v", cmd.Wait())
	return ""
}

// examples validates the examples of every released Wikimedia version over HTTP: all
// are accepted, and none that lacks one of its required properties.
func (w *corporaRun) examples(imported *corporaImport, folder string) {
	w.t.Helper()
	server := w.serve()
	versions, accepted, rejected := 0, 0, 0
	for _, s := range imported.Schemas {
		if s.Status != "imported" {
			continue
		}
		schema := w.schema(s.Path)
		var good, bad []string
		if list := schema.Get("examples"); list != nil {
			for _, example := range list.Items {
				good = append(good, example.JSON())
				for _, short := range withoutRequired(schema, example) {
					bad = append(bad, short.JSON())
				}
			}
		}
		versions++
		target := server + "/v1/validate?event=" + url.QueryEscape(s.Event) + "&version=" + imported.releasedAs(s.Event, s.Version)
		for i, verdict := range w.validate(target, append(good, bad...)) {
			switch {
			case i < len(good) && verdict.Valid:
				accepted++
			case i < len(good):
				w.t.Errorf("%s: example is rejected: %s", s.Path, verdict.Violations)
			case verdict.Valid:
				w.t.Errorf("%s: accepted without a required property: %s", s.Path, bad[i-len(good)])
			default:
				rejected++
			}
		}
	}
	if accepted == 0 || rejected == 0 {
		w.t.Errorf("%d examples accepted and %d rejected in %s, expected some of both", accepted, rejected, folder)
	}
	fmt.Printf("validate over HTTP: %d examples of %d versions accepted, %d rejected for want of a required property\n", accepted, versions, rejected)
}

func (w *corporaRun) schema(path string) *document.Node {
	w.t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		w.t.Fatal(err)
	}
	node, diags := document.Parse(diag.NewFile(path, text))
	if node == nil || len(diags) > 0 {
		w.t.Fatalf("%s: %v", path, diags)
	}
	return node
}

type httpVerdict struct {
	Valid      bool
	Violations json.RawMessage
}

// validate posts payloads as NDJSON.
func (w *corporaRun) validate(target string, payloads []string) []httpVerdict {
	w.t.Helper()
	if len(payloads) == 0 {
		return nil
	}
	response, err := http.Post(target, "application/x-ndjson", strings.NewReader(strings.Join(payloads, "\n")+"\n"))
	if err != nil {
		w.t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		body, _ := io.ReadAll(response.Body)
		w.t.Fatalf("POST %s: %s\n%s", target, response.Status, body)
	}
	var verdicts []httpVerdict
	for decoder := json.NewDecoder(response.Body); ; {
		var v httpVerdict
		if err := decoder.Decode(&v); err == io.EOF {
			break
		} else if err != nil {
			w.t.Fatal(err)
		}
		verdicts = append(verdicts, v)
	}
	if len(verdicts) != len(payloads) {
		w.t.Fatalf("POST %s: %d verdicts for %d payloads", target, len(verdicts), len(payloads))
	}
	return verdicts
}

// withoutRequired are copies of a value of which each lacks one property that the
// schema requires, at any depth of declared properties.
func withoutRequired(schema, value *document.Node) []*document.Node {
	if value.Kind != document.Mapping {
		return nil
	}
	var copies []*document.Node
	if required := schema.Get("required"); required != nil {
		for _, name := range required.Items {
			if value.Get(name.Text) != nil {
				copies = append(copies, replacedMember(value, name.Text, nil))
			}
		}
	}
	properties := schema.Get("properties")
	for _, e := range value.Entries {
		if below := properties.Get(e.Key); below != nil {
			for _, short := range withoutRequired(below, e.Value) {
				copies = append(copies, replacedMember(value, e.Key, short))
			}
		}
	}
	return copies
}

// replacedMember is a copy of a mapping with another member, or without it.
func replacedMember(n *document.Node, key string, value *document.Node) *document.Node {
	c := &document.Node{Kind: document.Mapping}
	for _, e := range n.Entries {
		switch {
		case e.Key != key:
			c.Entries = append(c.Entries, e)
		case value != nil:
			e.Value = value
			c.Entries = append(c.Entries, e)
		}
	}
	return c
}
