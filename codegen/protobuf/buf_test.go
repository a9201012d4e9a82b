package protobuf

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/codegen/codegentest"
	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/numbers"
)

// bufModule is the version of buf that generated files are held to.
const bufModule = "github.com/bufbuild/buf/cmd/buf@v1.50.0"

// bufConfig makes a folder of files a module.
const bufConfig = "version: v2\nmodules: [{path: .}]\nlint: {use: [STANDARD]}\nbreaking: {use: [WIRE_JSON]}\n"

// module writes files into a folder that buf takes for a module.
func module(t *testing.T, files []codegen.File) string {
	t.Helper()
	dir := t.TempDir()
	codegentest.Write(t, dir, append(slices.Clone(files), codegen.File{Path: "buf.yaml", Content: []byte(bufConfig)}))
	return dir
}

// buf runs the tool in a folder and returns what it found.
func buf(t *testing.T, dir string, args ...string) (found string, ok bool) {
	t.Helper()
	cmd := exec.Command(codegentest.GoTool(t, bufModule), args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "BUF_CACHE_DIR="+t.TempDir())
	out, err := cmd.CombinedOutput()
	return string(out), err == nil
}

func TestBuf_LintsAndFormatsEveryWorkspace(t *testing.T) {
	for _, dir := range []string{"../../testdata/shop", "../testdata/torture"} {
		for _, given := range []map[string]string{nil, {"timestamps": "string", "go_package": "example.com/gen", "java_package": "com.example"}} {
			at := module(t, codegentest.Files(t, Target{}, codegentest.Model(t, dir), given))
			if found, ok := buf(t, at, "lint"); !ok {
				t.Errorf("%s %v: buf lint:\n%s", dir, given, found)
			}
			if found, ok := buf(t, at, "format", "--diff", "--exit-code"); !ok {
				t.Errorf("%s %v: buf format:\n%.2000s", dir, given, found)
			}
		}
		at := module(t, codegentest.Files(t, Target{}, codegentest.Model(t, dir), withRules)) // whose import buf would fetch for lint
		if found, ok := buf(t, at, "format", "--diff", "--exit-code"); !ok {
			t.Errorf("%s with rules: buf format:\n%.2000s", dir, found)
		}
	}
}

// release is a released version: its contract, and the numbers it was released with.
type release struct {
	contract *contracts.Contract
	ledger   numbers.Ledger
}

// releases reads the directory of the demo workspace, by event and ordered by version.
func releases(t *testing.T) map[string][]release {
	t.Helper()
	paths, err := filepath.Glob("../../testdata/shop/releases/*/*.json")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no releases: %v", err)
	}
	all := map[string][]release{}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var file struct {
			Contract json.RawMessage
			Protobuf numbers.Ledger
		}
		if err := json.Unmarshal(data, &file); err != nil {
			t.Fatal(err)
		}
		c := read(t, path, file.Contract)
		all[c.Name] = append(all[c.Name], release{c, file.Protobuf})
	}
	for _, list := range all {
		slices.SortFunc(list, func(a, b release) int { return a.contract.Version.Compare(b.contract.Version) })
	}
	return all
}

func (r release) file(t *testing.T) codegen.File {
	t.Helper()
	return codegentest.Files(t, Target{}, model([]numbers.Ledger{r.ledger}, r.contract), nil)[0]
}

// steps are the files of releases and of those that came after them, and what stands in
// the workspace after all of them. Majors are packages of their own, in which nothing
// came before.
func steps(t *testing.T) (before, after []codegen.File) {
	t.Helper()
	all := releases(t)
	for _, e := range codegentest.Model(t, "../../testdata/shop").Events {
		if list := all[e.Contract.Name]; len(list) > 0 {
			all[e.Contract.Name] = append(list, release{e.Contract, list[len(list)-1].ledger})
		}
	}
	for _, list := range all {
		for i := 1; i < len(list); i++ {
			if a, b := list[i-1], list[i]; a.contract.Version.Major == b.contract.Version.Major {
				before, after = append(before, inStep(a.file(t), i)), append(after, inStep(b.file(t), i))
			}
		}
	}
	return before, after
}

// inStep moves a file into a package of its own, so that several steps of one event fit
// into a module.
func inStep(f codegen.File, i int) codegen.File {
	step := "step" + string(rune('a'+i))
	content := strings.Replace(string(f.Content), "\npackage events.", "\npackage "+step+".events.", 1)
	return codegen.File{Path: step + "/" + f.Path, Content: []byte(content)}
}

func TestBuf_FindsNothingBreakingBetweenReleases(t *testing.T) {
	before, after := steps(t)
	if len(before) < 15 {
		t.Fatalf("only %d steps from one version to the next", len(before))
	}
	old := module(t, before)
	if found, ok := buf(t, module(t, after), "breaking", "--against", old); !ok {
		t.Errorf("buf breaking:\n%s", found)
	}
}

// TestBuf_FindsWhatTheLedgerPrevents shows that the comparison above can fail: without
// the numbers of the releases, removing a property moves all that come after it.
func TestBuf_FindsWhatTheLedgerPrevents(t *testing.T) {
	list := releases(t)["order.completed"]
	r := list[len(list)-1]
	moved := *r.contract
	payload := *moved.Payload
	payload.Properties = payload.Properties[1:]
	moved.Payload = &payload
	old := module(t, []codegen.File{r.file(t)})
	kept := release{&moved, r.ledger}
	if found, ok := buf(t, module(t, []codegen.File{kept.file(t)}), "breaking", "--against", old); !ok {
		t.Errorf("with the ledger:\n%s", found)
	}
	files := codegentest.Files(t, Target{}, model(nil, &moved), nil)
	if _, ok := buf(t, module(t, files), "breaking", "--against", old); ok {
		t.Error("without the ledger nothing is found")
	}
}
