package report

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/evctl/evctl/lint"
)

// printed is a report in a format, with rules described.
func printed(t *testing.T, format string, r *Report) []byte {
	t.Helper()
	catalogue, err := lint.NewCatalogue()
	if err != nil {
		t.Fatal(err)
	}
	r.Rules = catalogue
	var b bytes.Buffer
	if err := Write(&b, format, r); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// published is the schema of a format in testdata.
func published(t *testing.T, file string) *jsonschema.Schema {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", filepath.FromSlash(file)))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.LoadURL = func(url string) (io.ReadCloser, error) { return nil, fmt.Errorf("%s is not here", url) }
	c.AssertFormat = true
	if err := c.AddResource("schema.json", bytes.NewReader(text)); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func decoded(t *testing.T, text []byte) any {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

// without removes a member from every object that a path of names leads to; a list on
// the way stands for its items. It counts the members that it removed.
func without(v any, path ...string) int {
	switch v := v.(type) {
	case []any:
		n := 0
		for _, item := range v {
			n += without(item, path...)
		}
		return n
	case map[string]any:
		member, found := v[path[0]]
		if len(path) > 1 {
			return without(member, path[1:]...)
		}
		delete(v, path[0])
		if found {
			return 1
		}
	}
	return 0
}

// wantStandard holds reports to a schema, and the schema to noticing what is missing.
func wantStandard(t *testing.T, format, schema string, required []string) {
	t.Helper()
	s := published(t, schema)
	for name, r := range map[string]*Report{"sample": sample(), "no findings": {Contracts: 3}, "in a folder of the repository": {Prefix: "events/", Diagnostics: sample().Diagnostics}} {
		if err := s.Validate(decoded(t, printed(t, format, r))); err != nil {
			t.Errorf("%s: %#v", name, err)
		}
	}
	text := printed(t, format, sample())
	for _, path := range required {
		v := decoded(t, text)
		if without(v, strings.Split(path, ".")...) == 0 {
			t.Errorf("the report has no %s", path)
		} else if s.Validate(v) == nil {
			t.Errorf("a report without %s is valid", path)
		}
	}
}

func TestSARIF_IsValidByThePublishedSchema(t *testing.T) {
	wantStandard(t, "sarif", "sarif/sarif-schema-2.1.0.json", []string{
		"version", "runs", "runs.tool", "runs.tool.driver", "runs.tool.driver.name", "runs.tool.driver.rules.id",
		"runs.tool.driver.rules.shortDescription.text", "runs.invocations.executionSuccessful", "runs.results.message",
		"runs.results.message.text", "runs.results.fixes.artifactChanges", "runs.results.fixes.artifactChanges.artifactLocation",
		"runs.results.fixes.artifactChanges.replacements", "runs.results.fixes.artifactChanges.replacements.deletedRegion",
	})
}

func TestGitLab_HasWhatItsDocumentationAsksFor(t *testing.T) {
	wantStandard(t, "gitlab", "gitlab.schema.json", []string{
		"description", "check_name", "fingerprint", "severity", "location", "location.path", "location.lines", "location.lines.begin",
	})
}

// junitElements says which attributes an element must have, and where it may stand, as
// servers that read JUnit agree on.
var junitElements = map[string]struct {
	within   string
	required []string
}{
	"testsuites": {"", []string{"name", "tests", "failures"}},
	"testsuite":  {"testsuites", []string{"name", "tests", "failures", "errors", "skipped"}},
	"testcase":   {"testsuite", []string{"name", "classname"}},
	"failure":    {"testcase", []string{"message", "type"}},
	"system-out": {"testcase", nil},
}

// wrongInJUnit says what is wrong with the first element that is not as junitElements
// wants it.
func wrongInJUnit(text []byte) error {
	d := xml.NewDecoder(bytes.NewReader(text))
	var open []string
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch e := token.(type) {
		case xml.StartElement:
			if err := wrongElement(e, strings.Join(open[max(0, len(open)-1):], "")); err != nil {
				return err
			}
			open = append(open, e.Name.Local)
		case xml.EndElement:
			open = open[:len(open)-1]
		}
	}
}

func wrongElement(e xml.StartElement, parent string) error {
	rule, known := junitElements[e.Name.Local]
	if !known || rule.within != parent {
		return fmt.Errorf("element %s stands in %q", e.Name.Local, parent)
	}
	for _, name := range rule.required {
		if !slices.ContainsFunc(e.Attr, func(a xml.Attr) bool { return a.Name.Local == name && a.Value != "" }) {
			return fmt.Errorf("element %s has no %s", e.Name.Local, name)
		}
	}
	return nil
}

func TestJUnit_HasTheElementsAndAttributesThatServersRead(t *testing.T) {
	for name, r := range map[string]*Report{"sample": sample(), "no findings": {Contracts: 3}} {
		if err := wrongInJUnit(printed(t, "junit", r)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	text := string(printed(t, "junit", sample()))
	for element, rule := range junitElements {
		for _, attribute := range rule.required {
			start := strings.Index(text, "<"+element+" ")
			at := start + strings.Index(text[max(0, start):], " "+attribute+`="`)
			if start < 0 || at < start {
				t.Errorf("the report has no %s of %s", attribute, element)
				continue
			}
			if broken := text[:at+1] + "x" + text[at+1:]; wrongInJUnit([]byte(broken)) == nil {
				t.Errorf("a report without %s of %s is taken", attribute, element)
			}
		}
	}
}
