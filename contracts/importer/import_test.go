package importer_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/evctl/evctl/contracts/golden"
	"github.com/evctl/evctl/contracts/importer"
)

// Each schema of testdata has what becomes of it beside it: the contract, the remarks
// and the refusals. Every import is compared with its original on payloads as well.
func TestImport_SaysWhatTheGoldensSay(t *testing.T) {
	source, _ := importer.Lookup("jsonschema")
	found, err := source.Find(os.DirFS("testdata"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range found.Candidates {
		t.Run(c.Path, func(t *testing.T) {
			result := found.Import(c, importer.Options{Owner: "imports", Samples: 1000})
			golden.Check(t, filepath.Join("testdata", c.Path+".golden"), []byte(report(result)))
			if result.Contract != nil && (result.Checked.Accepted < 20 || result.Checked.Payloads-result.Checked.Accepted < 20) {
				t.Errorf("compared on %+v, expected at least 20 of each verdict", result.Checked)
			}
		})
	}
}

func report(i *importer.Import) string {
	var b strings.Builder
	if i.Contract != nil {
		b.Write(i.Text())
	}
	for _, r := range i.Remarks {
		fmt.Fprintf(&b, "# remark %s [%s]: %s\n", r.Pointer, r.Keyword, r.Message)
	}
	for _, r := range i.Refusals {
		fmt.Fprintf(&b, "# refused %s [%s]: %s\n", r.Pointer, r.Keyword, r.Reason)
		if r.Hint != "" {
			fmt.Fprintf(&b, "#   hint: %s\n", r.Hint)
		}
	}
	return b.String()
}

func TestImport_AssumeObjectReadsAnUntypedRootAsAnObject(t *testing.T) {
	i := importText(t, `{"properties": {"a": {"type": "string"}}}`, importer.Options{Samples: 200, AssumeObject: true})
	if i.Contract == nil {
		t.Fatalf("refused: %+v", i.Refusals)
	}
	if len(i.Remarks) != 1 || i.Remarks[0].Keyword != "type" {
		t.Errorf("remarks %+v, expected one about type", i.Remarks)
	}
}

func TestImport_AnnotatedFormatsAreKeptAndNotAsserted(t *testing.T) {
	i := importText(t, `{"type": "object", "properties": {"a": {"type": "string", "format": "email"}}}`, importer.Options{Samples: 200, FormatsAnnotate: true})
	want := "event: e\nversion: 1.0.0\nadditionalProperties: true\nproperties:\n  a: {type: string, x-format: email}\n"
	if i.Contract == nil {
		t.Fatalf("refused: %+v", i.Refusals)
	}
	if diff := cmp.Diff(want, string(i.Text())); diff != "" {
		t.Errorf("contract differs (-want +got):\n%s", diff)
	}
}

func TestImport_IsTheSameOnEveryRun(t *testing.T) {
	text, err := os.ReadFile("testdata/unions.json")
	if err != nil {
		t.Fatal(err)
	}
	first := importText(t, string(text), importer.Options{Samples: 300})
	for range 5 {
		again := importText(t, string(text), importer.Options{Samples: 300})
		if diff := cmp.Diff(report(first), report(again)); diff != "" {
			t.Fatalf("import differs (-first +again):\n%s", diff)
		}
		if first.Checked != again.Checked {
			t.Fatalf("compared %+v, then %+v", first.Checked, again.Checked)
		}
	}
}

// Hostile schemas end in a contract or a refusal after bounded work.
func TestImport_EndsOnHostileSchemas(t *testing.T) {
	deep := func(open, middle, end string, n int) string {
		return strings.Repeat(open, n) + middle + strings.Repeat(end, n)
	}
	var chain, square strings.Builder
	for i := range 60 {
		fmt.Fprintf(&chain, `"d%d": {"allOf": [{"$ref": "#/definitions/d%d"}, {"$ref": "#/definitions/d%d"}, {"properties": {"p%d": {"$ref": "#/definitions/d%d"}}}]},`, i, i+1, i+1, i, i+1)
	}
	for i := range 40 {
		fmt.Fprintf(&square, `{"anyOf": [{"properties": {"a%d": {"type": "string"}}, "required": ["a%d"]}, {"properties": {"b%d": {"type": "string"}}, "required": ["b%d"]}]},`, i, i, i, i)
	}
	for name, property := range map[string]string{
		"deep items":          deep(`{"type":"array","items":`, `{}`, `}`, 90),
		"too deep":            deep(`{"type":"array","items":`, `{}`, `}`, 5000),
		"doubling references": `{"$ref": "#/definitions/d0"}`,
		"multiplied unions":   `{"type": "object", "allOf": [` + strings.TrimSuffix(square.String(), ",") + `]}`,
		"huge numbers":        `{"type": "number", "maximum": 1e999999999, "enum": [1e999999]}`,
		"huge pattern":        `{"type": "string", "pattern": "` + strings.Repeat("(a{0,1000}){0,1000}", 3) + `"}`,
		"self":                `{"$ref": "#"}`,
		"self within allOf":   `{"allOf": [{"$ref": "#/properties/v"}]}`,
		"half a surrogate":    `{"description": "\ud800"}`,
	} {
		t.Run(name, func(t *testing.T) {
			text := `{"type": "object", "properties": {"v": ` + property + `}, "definitions": {` + chain.String() + `"d60": {"type": "object"}}}`
			i := importText(t, text, importer.Options{Samples: 50})
			if (i.Contract == nil) == (len(i.Refusals) == 0) {
				t.Errorf("contract %v with refusals %v", i.Contract, i.Refusals)
			}
		})
	}
}

func TestFind_ReadsReferencesAcrossFiles(t *testing.T) {
	i := importFiles(t, "jsonschema", map[string]string{
		"order/placed.schema.json": `{"type": "object", "properties": {"customer": {"$ref": "../common/person.json"}, "by": {"$ref": "https://example.org/staff#/$defs/clerk"}}}`,
		"common/person.json":       `{"type": "object", "properties": {"name": {"$ref": "name.json#/definitions/full"}}, "additionalProperties": false}`,
		"common/name.json":         `{"$schema": "https://json-schema.org/draft/2020-12/schema", "definitions": {"full": {"type": "string", "minLength": 1}}}`,
		"common/staff.json":        `{"$id": "https://example.org/staff", "$defs": {"clerk": {"type": "string"}}}`,
	})
	want := `event: order.placed
version: 1.0.0
additionalProperties: true
properties: {customer: {$ref: person}, by: {$ref: clerk}}
definitions:
  person: {type: object, properties: {name: {$ref: full}}}
  full: {type: string, minLength: 1}
  clerk: {type: string}
`
	got := i["order.placed"]
	if got.Contract == nil {
		t.Fatalf("refused: %+v", got.Refusals)
	}
	want = strings.Replace(want, "properties: {customer: {$ref: person}, by: {$ref: clerk}}\n", "properties:\n  customer: {$ref: person}\n  by: {$ref: clerk}\n", 1)
	if diff := cmp.Diff(want, string(got.Text())); diff != "" {
		t.Errorf("contract differs (-want +got):\n%s", diff)
	}
}

func TestFind_RefusesReferencesOutOfTheFolder(t *testing.T) {
	i := importFiles(t, "jsonschema", map[string]string{
		"a.json": `{"type": "object", "properties": {"x": {"$ref": "file:///etc/passwd"}, "y": {"$ref": "../../secret.json"}}}`,
	})["a"]
	if len(i.Refusals) != 2 {
		t.Errorf("refusals %+v, expected two", i.Refusals)
	}
}

func TestFind_IgluNamesAndVersions(t *testing.T) {
	self := func(vendor, name, version string) string {
		return fmt.Sprintf(`{"$schema": "http://iglucentral.com/schemas/com.snowplowanalytics.self-desc/schema/jsonschema/1-0-0#", "type": "object",
			"self": {"vendor": %q, "name": %q, "format": "jsonschema", "version": %q}}`, vendor, name, version)
	}
	all := importFiles(t, "iglu", map[string]string{
		"com.acme/click/jsonschema/1-0-0":  self("com.acme", "click", "1-0-0"),
		"com.acme/click/jsonschema/1-0-10": self("com.acme", "click", "1-0-10"),
		"com.acme/click/jsonschema/1-0-9":  self("com.acme", "click", "1-0-9"),
		"com.acme/other/jsonschema/1-0-0":  self("com.acme", "click", "2-0-0"),
		"com.acme/plain/jsonschema/1-0-0":  `{"type": "object"}`,
		"com.acme/click/README.md":         "no schema",
	})
	var got []string
	for id, i := range all {
		got = append(got, fmt.Sprint(id, " ", i.Version, " ", i.Contract != nil))
	}
	slices.Sort(got)
	want := []string{
		"com.acme/click 1.0.10 true",
		"com.acme/click@1.0.0 1.0.0 true",
		"com.acme/click@1.0.9 1.0.9 true",
		"com.acme/other 1.0.0 false",
		"com.acme/plain/jsonschema/1-0-0 0.0.0 false",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("imports differ (-want +got):\n%s", diff)
	}
}

// importFiles imports a folder; older versions of an event are listed as event@version
// and files without an event by their path.
func importFiles(t *testing.T, layout string, files map[string]string) map[string]*importer.Import {
	t.Helper()
	source, ok := importer.Lookup(layout)
	if !ok {
		t.Fatalf("no layout %s", layout)
	}
	found, err := source.Find(mapFS(files))
	if err != nil {
		t.Fatal(err)
	}
	latest := map[string]bool{}
	for _, c := range importer.Latest(found.Candidates) {
		latest[c.Path] = true
	}
	all := map[string]*importer.Import{}
	for _, c := range found.Candidates {
		key := c.Event
		switch {
		case key == "":
			key = c.Path
		case !latest[c.Path]:
			key += "@" + c.Version.String()
		}
		all[key] = found.Import(c, importer.Options{Samples: 50})
	}
	return all
}

func TestFilePaths_AreSafeAndDifferent(t *testing.T) {
	events := []string{"com.acme/click", "com.acme/Click", "a b", "a/../../b", "..", "CON", "com1.x", "日本", "ü", "x/", strings.Repeat("long", 100)}
	got := importer.FilePaths(events)
	want := map[string]string{
		"com.acme/click": "com.acme/click.yaml", "com.acme/Click": "com.acme/Click-2.yaml", "a b": "a-b.yaml", "a/../../b": "a/b.yaml", "..": "event.yaml",
		"CON": "_CON.yaml", "com1.x": "_com1.x.yaml", "日本": "event-2.yaml", "ü": "event-3.yaml", "x/": "x.yaml",
		strings.Repeat("long", 100): strings.Repeat("long", 25) + ".yaml",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("paths differ (-want +got):\n%s", diff)
	}
}

// Comparing pair by pair takes many minutes.
func TestImport_TimeForAnEnumIsLinear(t *testing.T) {
	var values strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&values, `"v%d", %d, `, i, i)
	}
	list := "[" + strings.TrimSuffix(values.String(), ", ") + "]"
	start := time.Now()
	i := importText(t, `{"type": "object", "properties": {"a": {"allOf": [{"enum": `+list+`}, {"enum": `+list+`}], "not": {"enum": ["v1"]}}}}`, importer.Options{Samples: 100})
	if i.Contract == nil {
		t.Fatalf("refused: %+v", i.Refusals)
	}
	if n := len(i.Contract.Payload.Property("a").Schema.Enum); n != 39_999 {
		t.Errorf("%d values, expected 39999", n)
	}
	if took := time.Since(start); took > 30*time.Second {
		t.Errorf("took %s, expected a few seconds", took)
	}
}
