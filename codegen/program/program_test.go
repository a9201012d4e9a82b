package program

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/codegen/codegentest"
	"github.com/evctl/evctl/contracts/golden"
)

var _ codegen.Target = Target{}

const (
	torture = "../testdata/torture"
	shop    = "../../testdata/shop"
)

// shell is a program that is a line of shell.
func shell(t *testing.T, line string) Target {
	t.Helper()
	return Target{Context: t.Context(), Word: "own", Command: []string{"sh", "-c", line}, Dir: t.TempDir()}
}

func TestGenerate_TheExampleMakesASheetOfTheShop(t *testing.T) {
	binary := filepath.Join(t.TempDir(), "example")
	if out, err := exec.Command("go", "build", "-o", binary, "./example").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	target := Target{Context: t.Context(), Word: "sheet", Command: []string{binary}, Dir: t.TempDir()}
	files := codegentest.Files(t, target, codegentest.Model(t, shop), nil)
	if len(files) != 1 || files[0].Path != "properties.csv" {
		t.Fatalf("files are %v", files)
	}
	golden.Check(t, "testdata/shop/properties.csv", files[0].Content)

	for separator, want := range map[string]string{
		"two": ": exit status 1: option separator is \"two\", expected separator with one character",
		`"`:   ": exit status 1: write the sheet: csv: invalid field or comment delimiter",
	} {
		target.Given = map[string]string{"separator": separator}
		if _, err := (codegen.Job{Target: target, Options: target.Given}).Files(codegentest.Model(t, shop)); err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("error is %v, expected %q at its end", err, want)
		}
	}
}

func TestNewRequest_HasEveryNameThatItRefersTo(t *testing.T) {
	for _, dir := range []string{torture, shop} {
		r := NewRequest("own", codegentest.Model(t, dir), nil)
		types := map[string]*Type{}
		for i := range r.Types {
			if name := r.Types[i].Name; types[name] != nil {
				t.Errorf("%s: two types %s", dir, name)
			}
			types[r.Types[i].Name] = &r.Types[i]
		}
		seen := 0
		var follow func(at string, ref *Ref)
		follow = func(at string, ref *Ref) {
			seen++
			if ref.Kind == "" || (ref.Kind == "named") != (ref.Named != "") || ref.Named != "" && types[ref.Named] == nil {
				t.Errorf("%s: %s refers to %q of kind %q", dir, at, ref.Named, ref.Kind)
			}
			if ref.Elem != nil {
				follow(at, ref.Elem)
			}
		}
		for _, typ := range r.Types {
			if typ.Kind == "" {
				t.Errorf("%s: %s has no kind", dir, typ.Name)
			}
			for _, f := range typ.Fields {
				follow(typ.Name+"."+f.Name, &f.Type)
			}
			for _, v := range typ.Variants {
				follow(typ.Name+"."+v.Name, &v.Type)
			}
			if typ.Of != nil {
				follow(typ.Name, typ.Of)
			}
		}
		for _, e := range r.Events {
			if types[e.Payload] == nil || len(e.Types) == 0 || e.Types[0] != e.Payload || !json.Valid(e.Schema) {
				t.Errorf("%s: event %s has the payload %q of %q", dir, e.Event, e.Payload, e.Types)
			}
			for _, name := range e.Types {
				if types[name] == nil {
					t.Errorf("%s: event %s needs %q, which is not there", dir, e.Event, name)
				}
			}
		}
		if seen < 50 || len(r.Events) == 0 {
			t.Errorf("%s: only %d places in %d events", dir, seen, len(r.Events))
		}
	}
}

// TestNewRequest_IsDocumentedByAnExample keeps the document from changing unnoticed.
func TestNewRequest_IsDocumentedByAnExample(t *testing.T) {
	r := NewRequest("sheet", codegentest.Model(t, "testdata/plan"), codegen.Options{"separator": ";"})
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	golden.Check(t, "testdata/plan/request.json", append(text, '\n'))
}

func TestGenerate_RunsInTheWorkspaceAndReadsTheModel(t *testing.T) {
	target := shell(t, `read -r model; case "$model" in '{"version":1,"target":"own",'*) ;; *) exit 9;; esac; printf '{"version":1,"files":[{"path":"%s","content":"é %s"}]}' "$(basename "$PWD")" "`+codegen.Marker+`"`)
	files, err := codegen.Job{Target: target}.Files(&codegen.Model{})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != 1 || files[0].Path != filepath.Base(target.Dir) || string(files[0].Content) != "é "+codegen.Marker {
		t.Errorf("files are %q", files)
	}
}

func TestGenerate_FindsProgramsWithASlashInTheWorkspace(t *testing.T) {
	target := shell(t, "")
	if err := os.WriteFile(filepath.Join(target.Dir, "own.sh"), []byte("#!/bin/sh\ncat >/dev/null\necho '{\"version\":1,\"files\":[]}'\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	target.Command = []string{"./own.sh"}
	if files, err := (codegen.Job{Target: target}).Files(&codegen.Model{}); err != nil || len(files) != 0 {
		t.Errorf("files are %v, error is %v", files, err)
	}
	target.Command = []string{"./absent.sh"}
	if _, err := (codegen.Job{Target: target}).Files(&codegen.Model{}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error is %v, expected one about a missing file", err)
	}
}

func TestGenerate_RefusesWhatIsNoAnswer(t *testing.T) {
	for _, c := range []struct{ line, want string }{
		{`true`, "sh printed something else than files: nothing, expected JSON with version and files"},
		{`echo hello`, "sh printed something else than files: invalid character 'h' looking for beginning of value"},
		{`echo '{}'`, "sh printed something else than files: version is 0, expected 1"},
		{`echo '{"version":2,"files":[]}'`, "sh printed something else than files: version is 2, expected 1"},
		{`echo '{"version":1}'`, "sh printed something else than files: no member files"},
		{`echo '{"version":1,"files":[],"more":1}'`, `sh printed something else than files: json: unknown field "more"`},
		{`echo '{"version":1,"files":[]} {}'`, "sh printed something else than files: more text behind the JSON"},
		{`echo '{"version":1,"files":[{"path":"a"'`, "sh printed something else than files: unexpected EOF"},
		{`printf '"\377"'`, "sh printed something else than files: text is not UTF-8"},
		{`echo '[]'`, "sh printed something else than files: JSON is array, expected an object with version and files"},
		{`echo '{"version":"1"}'`, "sh printed something else than files: member version is string, expected a whole number"},
		{`echo '{"version":1,"files":{}}'`, "sh printed something else than files: member files is object, expected a list"},
		{`echo '{"version":1,"files":["a"]}'`, "sh printed something else than files: member files is string, expected an object"},
		{`echo '{"version":1,"files":[{"path":1}]}'`, "sh printed something else than files: member files.path is number, expected a string"},
		{`sleep 20 & echo '{"version":1,"files":[]}'`, "sh ended, and something that it started may still print"},
		{`exit 7`, "run sh: exit status 7"},
		{`echo 'no such option' >&2; exit 1`, "run sh: exit status 1: no such option"},
		{`kill -9 $$`, "run sh: signal: killed"},
		{`cat /dev/zero`, "sh printed more than 1000000 bytes"},
		{`printf '{"version":1,"files":[]}'; cat /dev/zero >&2 & wait`, "sh did not end within 200ms: "},
	} {
		target := shell(t, c.line)
		target.MaxOutput, target.Timeout = 1_000_000, time.Minute
		if strings.Contains(c.want, "200ms") {
			target.Timeout = 200 * time.Millisecond
		}
		_, err := codegen.Job{Target: target}.Files(&codegen.Model{})
		if err == nil || !strings.HasPrefix(err.Error(), "generate own: "+c.want) || len(err.Error()) > 2*tailSize+200 {
			t.Errorf("%s: error is %.300v, expected %s", c.line, err, c.want)
		}
	}
}

// TestJob_KeepsFilesOfProgramsInTheOutFolder holds what Plan refuses for every target.
func TestJob_KeepsFilesOfProgramsInTheOutFolder(t *testing.T) {
	for path, want := range map[string]string{
		"../a": "not allowed", "/etc/a": "not allowed", `a\\b`: "not allowed", "": "not allowed", "a/../../b": "not allowed",
		codegen.ManifestName: "keeps for itself", "a": "without the marker",
	} {
		target := shell(t, `cat >/dev/null; printf %s '{"version":1,"files":[{"path":"`+path+`","content":"x"}]}'`)
		_, err := codegen.Job{Target: target, Out: "out"}.Files(&codegen.Model{})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error is %v, expected %q in it", path, err, want)
		}
	}
}
