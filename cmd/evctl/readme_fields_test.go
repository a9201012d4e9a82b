package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/evctl/evctl/contracts/envelope"
	"github.com/evctl/evctl/contracts/payload"
	"github.com/evctl/evctl/contracts/rawjson"
	"github.com/evctl/evctl/registry"
)

// reference is the page with the shapes of all outputs.
const reference = "cmd/evctl/README.md"

// outputs are command lines for every shape of JSON that the reference describes, in the
// order in which they run in the workspace of testdata/readme_fields.txtar.
var outputs = []struct{ shape, command string }{
	{"evctl init --format json", "evctl init another --format json"},
	{"evctl push --format json", "evctl push --format json"},
	{"Release", "cat releases/order.completed/1.0.0.json"},
	{"", "cp next/contracts/* contracts"},
	{"evctl lint --format json", "evctl lint --format json"},
	{"evctl lint --format json", "evctl -C broken lint --format json"},
	{"", "evctl lint --write-baseline baseline.json"},
	{"Baseline file", "cat baseline.json"},
	{"evctl generate --format json", "evctl generate --format json"},
	{"evctl lint --format json", "evctl -C empty lint --format json"},
	{"evctl diff --format json", "evctl -C empty diff --format json"},
	{"evctl generate --list --format json", "evctl generate --list --format json"},
	{"evctl diff --format json", "evctl diff --format json"},
	{"evctl push --format json", "evctl push --format json"},
	{"evctl push --format json", "evctl -C broken push --format json"},
	{"evctl validate --format json", "evctl validate --registry releases --format json events.ndjson"},
	{"evctl validate --format json", "evctl validate --registry releases --format json --quiet events.ndjson"},
	{"evctl validate --format json", "evctl validate --registry releases --unknown-event pass --format json events.ndjson"},
	{"PlacedVerdict", "evctl validate --registry releases --format ndjson events.ndjson"},
	{"PlacedVerdict", "evctl validate --registry releases --unknown-event pass --format ndjson events.ndjson"},
	{"evctl upgrade --format json", "evctl upgrade --format json -o upgraded.ndjson replayed.ndjson"},
	{"evctl upgrade --format json", "evctl redact --drop direct --format json -o redacted.ndjson replayed.ndjson"},
	{"evctl impact --format json", "evctl impact --format json replayed.ndjson"},
	{"evctl import --format json", "evctl import schemas --out imported --format json"},
	{"evctl import --format json", "evctl import iglu --from iglu --all-versions --registry imported-releases --out imported --format json"},
	{"", "evctl -C waived push --format json"},
	{"", "cp waived/next.txt waived/contracts/order.yaml"},
	{"evctl bump --format json", "evctl -C waived bump --dry-run --format json"},
	{"evctl lint --waive --format json", "evctl -C waived lint --waive b760a070754b3f66 --reason wanted --approver Ada --format json"},
	{"evctl push --format json", "evctl -C waived push --format json"},
	{"Release", "cat waived/releases/order.completed/1.1.0.json"},
	{"evctl rules --format json", "evctl rules --format json"},
	{"evctl explain --format json", "evctl explain property-case --format json"},
	{"evctl explain --format json", "evctl explain bound-loosened --format json"},
	{"evctl subschema --format json", "evctl subschema --format json schemas/part.json schemas/whole.json --resource schemas/part.json"},
	{"evctl subschema --batch", "evctl subschema --batch questions.ndjson"},

	{"evctl export --new-key", "evctl export --new-key key.pem --format json"},
	{"evctl export --format json", "evctl export site --format json --sign-key key.pem"},
	{"Bundle", "cat site/v1/bundle.json"},
	{"Index", "cat site/v1/events.json"},

	{"", "evctl serve --addr ADDRESS --allow-push &"},
	{"Bundle", "curl -s http://ADDRESS/v1/bundle.json"},
	{"Bundle", "curl -s http://ADDRESS/v1/watch"},
	{"Index", "curl -s http://ADDRESS/v1/events.json"},
	{"Release", "curl -s http://ADDRESS/v1/events/order.completed/latest.json"},
	{"Compatibility", "curl -s -H Content-Type:application/json -d @compatibility.json http://ADDRESS/v1/compatibility"},
	{"PlacedVerdict", "evctl validate --registry http://ADDRESS --format ndjson events.ndjson"},
	{"Verdict", "head -n 1 events.ndjson | curl -s -d @- http://ADDRESS/v1/validate"},
	{"Error", "curl -s -H Content-Type:application/yaml --data-binary @wrong.yaml http://ADDRESS/v1/events/order.completed/versions"},
	{"Error", "curl -s http://ADDRESS/v1/nowhere"},
	{"Outcome", "curl -s -H Content-Type:application/yaml --data-binary @contracts/fresh.yaml http://ADDRESS/v1/events/order.begun/versions"},
	{"Health", "curl -s http://ADDRESS/healthz"},
	{"Readiness", "curl -s http://ADDRESS/readyz"},
}

// TestReadme_NamesEveryField holds the tables of fields to what is printed: every field
// of an output is in its table with the right type, those that are not optional are always
// there, and no table has a field that is never printed.
func TestReadme_NamesEveryField(t *testing.T) {
	s := newSession(t)
	s.dir = extract(t, filepath.Join("testdata", "readme_fields.txtar"))
	d := parseShapes(t, readDocument(t, reference))
	for _, o := range outputs {
		command := strings.ReplaceAll(o.command, "ADDRESS", s.addr)
		if background, ok := strings.CutSuffix(command, " &"); ok {
			s.start(background)
			continue
		}
		values := s.values(command)
		if o.shape == "" {
			continue
		}
		if len(values) == 0 {
			t.Errorf("%s prints no JSON", o.command)
		}
		for _, v := range values {
			d.check(o.command, o.shape, v)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(d.shapes)) {
		for _, f := range d.shapes[name] {
			if f.name != "" && !d.seen[name+"."+f.name] {
				t.Errorf("field %q of %s is in %s and in no output", f.name, name, reference)
			}
		}
	}
}

// extract writes the files of an archive to a folder.
func extract(t *testing.T, archive string) string {
	t.Helper()
	a, err := txtar.ParseFile(archive)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, f := range a.Files {
		path := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// values runs a command and decodes the JSON values that it prints. A command that could
// not do its job fails the test.
func (s *session) values(command string) []any {
	s.t.Helper()
	cmd := s.command(command)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if exit := (*exec.ExitError)(nil); err != nil && (!errors.As(err, &exit) || exit.ExitCode() > 1) {
		s.t.Fatalf("$ %s: %v\n%s", command, err, stderr.String())
	}
	decoder := json.NewDecoder(bytes.NewReader(out))
	decoder.UseNumber()
	var list []any
	for {
		var v any
		err := decoder.Decode(&v)
		if errors.Is(err, io.EOF) {
			return list
		}
		if err != nil {
			s.t.Fatalf("$ %s prints no JSON: %v\n%s", command, err, out)
		}
		list = append(list, v)
	}
}

// shapes are the tables of fields of a document, by their headings.
type shapes struct {
	t      *testing.T
	shapes map[string][]field
	seen   map[string]bool // "shape.field"
}

// field is a row of a table. A row without a name takes in the fields of another shape.
type field struct {
	name     string
	list     bool
	mapping  bool
	of       string // a scalar, or a shape
	optional bool
}

var (
	anyFence  = regexp.MustCompile("(?ms)^```.*?^```\n")
	shapeLink = regexp.MustCompile(`^\[(\w+)\]\(#(\w+)\)$`)
)

// parseShapes reads the tables that start with | field | type | meaning |.
func parseShapes(t *testing.T, text string) *shapes {
	t.Helper()
	d := &shapes{t: t, shapes: map[string][]field{}, seen: map[string]bool{}}
	heading, in := "", false
	for line := range strings.Lines(anyFence.ReplaceAllString(text, "")) {
		line = strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, "#"):
			heading = strings.Trim(line, "# ")
		case line == "| field | type | meaning |":
			if in = true; d.shapes[heading] != nil {
				t.Fatalf("%s has two tables of fields", heading)
			}
		case !strings.HasPrefix(line, "|"):
			in = false
		case in && !strings.HasPrefix(line, "|---"):
			d.shapes[heading] = append(d.shapes[heading], d.parseField(line))
		}
	}
	if len(d.shapes) < 30 {
		t.Fatalf("found %d tables of fields, expected those of all outputs", len(d.shapes))
	}
	return d
}

func (d *shapes) parseField(line string) field {
	d.t.Helper()
	cells := strings.Split(line, "|")
	if len(cells) != 5 {
		d.t.Fatalf("row of fields %s has %d cells, expected 3", line, len(cells)-2)
	}
	name, kind := strings.TrimSpace(cells[1]), strings.TrimSpace(cells[2])
	if link := shapeLink.FindStringSubmatch(name); link != nil {
		return field{of: link[1]}
	}
	f := field{name: strings.Trim(name, "`")}
	f.of, f.optional = strings.CutSuffix(kind, ", optional")
	f.of, f.list = strings.CutPrefix(f.of, "list of ")
	f.of, f.mapping = strings.CutPrefix(f.of, "map of ")
	if link := shapeLink.FindStringSubmatch(f.of); link != nil {
		f.of = link[1]
	} else if scalars[f.of] == nil {
		d.t.Errorf("row of fields %s has type %q", line, f.of)
	}
	return f
}

// check compares a value with a shape.
func (d *shapes) check(at, shape string, v any) {
	object, ok := v.(map[string]any)
	if !ok {
		d.t.Errorf("%s is %v, expected an object %s", at, v, shape)
		return
	}
	if d.shapes[shape] == nil {
		d.t.Errorf("%s is of shape %s, which has no table of fields", at, shape)
	}
	left := maps.Clone(object)
	d.fields(at, shape, object, left)
	for _, name := range slices.Sorted(maps.Keys(left)) {
		d.t.Errorf("%s has a field %q, which the table of %s does not name", at, name, shape)
	}
}

// fields checks the fields of a shape and takes them out of left.
func (d *shapes) fields(at, shape string, object, left map[string]any) {
	for _, f := range d.shapes[shape] {
		if f.name == "" {
			d.fields(at, f.of, object, left)
			continue
		}
		delete(left, f.name)
		v, ok := object[f.name]
		if !ok {
			if !f.optional {
				d.t.Errorf("%s has no field %q, which the table of %s does not call optional", at, f.name, shape)
			}
			continue
		}
		d.seen[shape+"."+f.name] = true
		d.value(at+"."+f.name, f, v)
	}
}

func (d *shapes) value(at string, f field, v any) {
	switch {
	case f.list:
		items, ok := v.([]any)
		if !ok {
			d.t.Errorf("%s is %v, expected a list", at, v)
		}
		for i, item := range items {
			d.value(fmt.Sprintf("%s[%d]", at, i), field{of: f.of}, item)
		}
	case f.mapping:
		entries, ok := v.(map[string]any)
		if !ok {
			d.t.Errorf("%s is %v, expected a map", at, v)
		}
		for key, entry := range entries {
			d.value(at+"."+key, field{of: f.of}, entry)
		}
	case scalars[f.of] == nil:
		d.check(at, f.of, v)
	case !scalars[f.of](v):
		d.t.Errorf("%s is %v, expected %s", at, v, f.of)
	}
}

// scalars are the types that the tables use, beside shapes.
var scalars = map[string]func(v any) bool{
	"string":  func(v any) bool { _, ok := v.(string); return ok },
	"boolean": func(v any) bool { _, ok := v.(bool); return ok },
	"object":  func(v any) bool { _, ok := v.(map[string]any); return ok },
	"integer": func(v any) bool { n, ok := v.(json.Number); return ok && textLike(`\d+`)(n.String()) },
	"number":  func(v any) bool { _, ok := v.(json.Number); return ok },
	"any":     func(any) bool { return true },
	"version": textLike(`\d+\.\d+\.\d+`),
	"digest":  textLike(`sha256:[0-9a-f]{64}`),
	"bump":    textLike(`none|patch|minor|major`),
	"pointer": textLike(`([^/]+#)?(/.*)?`),
	"time": func(v any) bool {
		text, _ := v.(string)
		at, err := time.Parse(time.RFC3339, text)
		return err == nil && at.Location() == time.UTC
	},
}

func textLike(pattern string) func(any) bool {
	whole := regexp.MustCompile(`^(` + pattern + `)$`)
	return func(v any) bool {
		text, ok := v.(string)
		return ok && whole.MatchString(text)
	}
}

// TestReadme_NamesEveryFlag finds every flag of a command in its section, and no section
// with a flag that no command has.
func TestReadme_NamesEveryFlag(t *testing.T) {
	flag := regexp.MustCompile(`--[a-z][a-z-]+`)
	known := map[string]bool{"--help": true, "--dir": true, "--version": true}
	text := anyFence.ReplaceAllString(readDocument(t, reference), "")
	sections := regexp.MustCompile(`(?m)^## evctl (\w+)$`).FindAllStringSubmatchIndex(text, -1)
	var documented []string
	for i, at := range sections {
		documented = append(documented, text[at[2]:at[3]])
		name, end := text[at[2]:at[3]], len(text)
		if i+1 < len(sections) {
			end = sections[i+1][0]
		}
		out, err := exec.Command("evctl", name, "--help").CombinedOutput()
		if err != nil {
			t.Fatalf("evctl %s --help: %v\n%s", name, err, out)
		}
		_, flags, _ := strings.Cut(string(out), "\nFlags:\n")
		for _, f := range regexp.MustCompile(`(?m)^ +(?:-\w, )?(--[a-z-]+)`).FindAllStringSubmatch(flags, -1) {
			if named := regexp.MustCompile(f[1] + `\b`).MatchString(text[at[1]:end]); !named && !known[f[1]] {
				t.Errorf("section evctl %s does not name %s", name, f[1])
			}
			known[f[1]] = true
		}
	}
	if diff := cmp.Diff(commandsOf(t), slices.Sorted(slices.Values(documented))); diff != "" {
		t.Errorf("sections about commands differ from evctl --help (-want +got):\n%s", diff)
	}
	for _, name := range flag.FindAllString(text, -1) {
		if !known[name] {
			t.Errorf("%s names %s, which no command has", reference, name)
		}
	}
}

// commandsOf lists the commands, sorted, without those that the library adds.
func commandsOf(t *testing.T) []string {
	t.Helper()
	help, err := exec.Command("evctl", "--help").CombinedOutput()
	if err != nil {
		t.Fatalf("evctl --help: %v\n%s", err, help)
	}
	_, list, _ := strings.Cut(string(help), "\nAvailable Commands:\n")
	list, _, _ = strings.Cut(list, "\nFlags:\n")
	var names []string
	for line := range strings.Lines(list) {
		if words := strings.Fields(line); len(words) > 0 && words[0] != "completion" && words[0] != "help" {
			names = append(names, words[0])
		}
	}
	return names
}

// TestReadme_NamesEveryCode compares the tables of codes and rules with those of the
// packages.
func TestReadme_NamesEveryCode(t *testing.T) {
	var codes, rules []string
	for _, k := range registry.ErrorTable {
		status := fmt.Sprint(k.Status)
		if k.Status == 0 {
			status = ""
		}
		codes = append(codes, fmt.Sprintf("| `%s` | %s | %s |", k.Code, status, k.Summary))
	}
	for _, list := range [][]struct{ ID, Summary string }{rawjson.Rules, envelope.Rules, payload.SetRules} {
		for _, r := range list {
			rules = append(rules, fmt.Sprintf("| `%s` | %s |", r.ID, r.Summary))
		}
	}
	text := readDocument(t, reference)
	for title, want := range map[string][]string{"### Errors": codes, "### Rules of verdicts": rules} {
		if diff := cmp.Diff(want, tableBelow(text, title)); diff != "" {
			t.Errorf("table below %s differs (-want +got):\n%s", title, diff)
		}
	}
}

// TestReadme_NamesEveryRoute compares the table of routes with /openapi.json.
func TestReadme_NamesEveryRoute(t *testing.T) {
	s := newSession(t)
	s.start("evctl serve --addr " + s.addr)
	description, _ := s.values("curl -s http://" + s.addr + "/openapi.json")[0].(map[string]any)
	paths, _ := description["paths"].(map[string]any)
	var want, got []string
	for path, operations := range paths {
		methods, _ := operations.(map[string]any)
		for method := range methods {
			want = append(want, strings.ToUpper(method)+" "+path)
		}
	}
	for _, row := range tableBelow(readDocument(t, reference), "## The HTTP API") {
		got = append(got, strings.Split(row, "`")[1])
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("routes differ (-want +got):\n%s", diff)
	}
}

// TestReadme_NamesEveryMetric compares the table of metrics with /metrics, whose order it
// has, and the labels with those that are there.
func TestReadme_NamesEveryMetric(t *testing.T) {
	s := newSession(t)
	s.start("evctl serve --addr " + s.addr)
	s.run("curl -s http://" + s.addr + "/healthz") // counted as a request
	printed := s.run("curl -s http://" + s.addr + "/metrics")
	label := regexp.MustCompile(`(\w+)="`)
	var want, got []string
	for _, found := range regexp.MustCompile(`(?m)^# TYPE (\S+) \w+\n(?:\S+?\{(.*)\})?`).FindAllStringSubmatch(printed, -1) {
		metric := found[1]
		for _, l := range label.FindAllStringSubmatch(found[2], -1) {
			metric += " " + l[1]
		}
		want = append(want, metric)
	}
	for _, row := range tableBelow(readDocument(t, reference), "### Metrics") {
		cells := strings.Split(row, "|")
		metric := strings.Trim(cells[1], " `")
		for _, l := range regexp.MustCompile("`(\\w+)`").FindAllStringSubmatch(cells[2], -1) {
			metric += " " + l[1]
		}
		got = append(got, metric)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("table below ### Metrics differs from /metrics (-want +got):\n%s", diff)
	}
}

// TestReadme_NamesWhatExpressionsKnow compares the tables of custom rules with the
// fields that evctl explain lists.
func TestReadme_NamesWhatExpressionsKnow(t *testing.T) {
	s := newSession(t)
	explained, ok := s.values("evctl explain custom-rule-invalid --format json")[0].(map[string]any)
	if !ok {
		t.Fatal("evctl explain prints no object")
	}
	why, _ := explained["why"].(string)
	text := readDocument(t, reference)
	for _, variable := range []string{"event", "property"} {
		found := regexp.MustCompile(`about ` + variable + `, which has ([\w, ]+?)(?:, and with|\.)`).FindStringSubmatch(why)
		if found == nil {
			t.Fatalf("evctl explain does not list the fields of %s: %s", variable, why)
		}
		var names []string
		for _, row := range tableBelow(text, "#### "+variable) {
			names = append(names, strings.Split(row, "`")[1])
		}
		if diff := cmp.Diff(strings.Split(found[1], ", "), names); diff != "" {
			t.Errorf("fields of %s differ (-want +got):\n%s", variable, diff)
		}
	}
}

// tableBelow are the rows of the first table below a heading, without its head.
func tableBelow(text, heading string) []string {
	_, text, _ = strings.Cut(text, "\n"+heading+"\n")
	var rows []string
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, "|"):
			rows = append(rows, line)
		case len(rows) > 0:
			return rows[2:]
		}
	}
	return nil
}

// TestReadme_LinksLeadSomewhere follows the links inside the documents and between
// files of the repository.
func TestReadme_LinksLeadSomewhere(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)]+)\)`)
	for _, name := range documents {
		for _, found := range link.FindAllStringSubmatch(anyFence.ReplaceAllString(readDocument(t, name), ""), -1) {
			target := found[1]
			if strings.HasPrefix(target, "https://") {
				continue
			}
			file, heading, toHeading := strings.Cut(target, "#")
			path := name
			if file != "" {
				path = filepath.Join(filepath.Dir(name), file)
			}
			if _, err := os.Stat(filepath.Join(repositoryRoot(t), path)); err != nil {
				t.Errorf("%s links to %s: %v", name, target, err)
			} else if toHeading && !anchorsOf(t, path)[heading] {
				t.Errorf("%s links to %s, which is no heading", name, target)
			}
		}
	}
}

// anchorsOf are the headings of a document, as they are linked to.
func anchorsOf(t *testing.T, name string) map[string]bool {
	anchors := map[string]bool{}
	text := anyFence.ReplaceAllString(readDocument(t, name), "")
	for _, heading := range regexp.MustCompile(`(?m)^#+ (.*)$`).FindAllStringSubmatch(text, -1) {
		anchors[anchor(heading[1])] = true
	}
	return anchors
}

// anchor is how a heading is linked to.
func anchor(heading string) string {
	kept := regexp.MustCompile(`[^\p{L}\p{N} _-]`).ReplaceAllString(strings.ToLower(heading), "")
	return strings.ReplaceAll(kept, " ", "-")
}
