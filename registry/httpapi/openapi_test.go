package httpapi_test

import (
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/evctl/evctl/contracts/golden"
	"github.com/evctl/evctl/contracts/schema"
	"github.com/evctl/evctl/registry/httpapi"
)

// openAPI is as much of the description as the tests need.
type openAPI struct {
	Paths map[string]map[string]struct {
		Responses map[string]struct {
			Content map[string]struct {
				Schema json.RawMessage
			}
		}
	}
	Components struct{ Schemas json.RawMessage }
}

// described holds an answer against the description that the server gives of itself:
// its status must be there, and its body satisfy the schema.
func (f *fixture) described(method, path string, a answer) {
	f.Helper()
	d := f.description()
	for pattern, item := range d.Paths {
		operation, ok := item[strings.ToLower(method)]
		if !ok || !matches(pattern, path) {
			continue
		}
		response, ok := operation.Responses[strconv.Itoa(a.status)]
		if !ok {
			f.Errorf("%s %s answers %d, which is not described: %s", method, path, a.status, a.body)
			return
		}
		if len(a.body) == 0 || a.header.Get("Content-Encoding") != "" {
			return
		}
		media, _, _ := strings.Cut(a.header.Get("Content-Type"), ";")
		content, ok := response.Content[media]
		if !ok {
			f.Errorf("%s %s answers %s, which is not described", method, path, media)
			return
		}
		f.satisfies(d, content.Schema, media, a.body)
	}
}

func matches(pattern, path string) bool {
	expression := regexp.MustCompile(`\\\{[a-z]+\\\}`).ReplaceAllString(regexp.QuoteMeta(pattern), `[^/]+`)
	return regexp.MustCompile("^" + expression + "$").MatchString(path)
}

var compiled sync.Map // schema text to *schema.Reference

func (f *fixture) satisfies(d openAPI, wanted json.RawMessage, media, body string) {
	f.Helper()
	if media == "text/plain" {
		return
	}
	text := strings.ReplaceAll(`{"allOf":[`+string(wanted)+`],"$defs":`+string(d.Components.Schemas)+`}`, "#/components/schemas/", "#/$defs/")
	known, ok := compiled.Load(text)
	if !ok {
		reference, err := schema.Compile([]byte(text))
		if err != nil {
			f.Fatalf("described schema %s: %v", wanted, err)
		}
		known, _ = compiled.LoadOrStore(text, reference)
	}
	values := []string{body}
	if media == "application/x-ndjson" {
		values = strings.Split(strings.TrimSuffix(body, "\n"), "\n")
	}
	for _, value := range values {
		if err := known.(*schema.Reference).Valid([]byte(value)); err != nil {
			f.Errorf("answer %s is not as described: %v", value, err)
		}
	}
}

func (f *fixture) description() openAPI {
	f.Helper()
	response, err := f.client.Get(f.url + "/openapi.json")
	if err != nil {
		f.Fatal(err)
	}
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	if err != nil {
		f.Fatal(err)
	}
	var d openAPI
	if err := json.Unmarshal(data, &d); err != nil {
		f.Fatal(err)
	}
	return d
}

func TestOpenAPI_IsReviewed(t *testing.T) {
	f := start(t, httpapi.Options{})
	a := f.get("/openapi.json")
	f.wantStatus(a, http.StatusOK)
	var pretty any
	if err := json.Unmarshal([]byte(a.body), &pretty); err != nil {
		t.Fatal(err)
	}
	data, err := json.MarshalIndent(pretty, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	golden.Check(t, "testdata/openapi.json", append(data, '\n'))
}
