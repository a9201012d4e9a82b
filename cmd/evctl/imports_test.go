package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/evctl/evctl/"

// mayImport is who may know whom inside the module: a package may import those
// whose path starts with one of the prefixes. The longest matching key counts.
var mayImport = map[string][]string{
	"cmd/evctl":                   {"cmd/evctl/internal", "contracts", "lint", "codegen", "registry"},
	"contracts":                   {"contracts"},
	"contracts/diag":              {},
	"contracts/document":          {"contracts/diag"},
	"contracts/formats":           {},
	"contracts/pattern":           {},
	"contracts/subschema/regular": {},
	"lint":                        {"contracts", "lint"},
	"codegen":                     {"contracts", "codegen"},
	"codegen/codegentest":         {"contracts", "codegen", "registry"},
	"registry":                    {"contracts", "lint/compat", "lint", "registry"},
	"registry/client":             {"contracts", "registry"},
	"registry/remote":             {"contracts", "registry"},
	"testdata":                    {"contracts", "lint", "codegen", "registry"},
}

// neverImport are exceptions to mayImport.
var neverImport = map[string][]string{
	"contracts": {"contracts/workspace", "contracts/schema", "contracts/diff", "contracts/payload"},
}

// fences says which packages may import a library that is kept out of the others.
var fences = map[string][]string{
	"gopkg.in/yaml.v3":                         {"contracts/document"},
	"go.yaml.in/yaml/v4":                       {"contracts/document"},
	"github.com/invopop/jsonschema":            {"contracts/schema"},
	"github.com/santhosh-tekuri/jsonschema/v5": {"contracts/schema", "contracts/importer"},
	"github.com/santhosh-tekuri/jsonschema/v6": {"contracts/contracttest"},
	"github.com/bufbuild/protocompile":         {},
	"buf.build":                                {},
	"google.golang.org/protobuf":               {},
	"github.com/spf13/cobra":                   {"cmd/evctl/internal/cli"},
	"github.com/fsnotify/fsnotify":             {"cmd/evctl/internal/cli"},
	"github.com/expr-lang/expr":                {"lint"},
	"pgregory.net/rapid":                       {"contracts/contracttest"},
	"github.com/google/go-cmp":                 {"contracts/golden", "registry/storetest", "lint/linttest"},
}

type listedPackage struct {
	ImportPath string
	Imports    []string
}

// TestImports_FollowTheTable holds the architecture: who may import whom.
func TestImports_FollowTheTable(t *testing.T) {
	for _, p := range listPackages(t) {
		name := strings.TrimPrefix(p.ImportPath, module)
		for _, imported := range p.Imports {
			if inside, ok := strings.CutPrefix(imported, module); ok {
				checkInside(t, name, inside)
			} else {
				checkFence(t, name, imported)
			}
		}
	}
}

func checkInside(t *testing.T, name, imported string) {
	allowed, found := longest(mayImport, name)
	if !found {
		t.Errorf("%s has no line in the table of who may import whom", name)
	}
	if !slices.ContainsFunc(allowed, func(prefix string) bool { return within(imported, prefix) }) {
		t.Errorf("%s imports %s; it may import %q", name, imported, allowed)
	}
	if slices.Contains(neverImport[name], imported) {
		t.Errorf("%s imports %s", name, imported)
	}
	if sibling(name, imported, "codegen") || sibling(name, imported, "registry") {
		t.Errorf("%s imports %s: a target never knows a target, a store never a store", name, imported)
	}
}

// isolated are the packages that must not know each other.
var isolated = map[string][]string{
	"codegen":  {"golang", "typescript", "protobuf", "jsonschema", "python", "sqlddl", "dbt", "avro", "markdown", "program"},
	"registry": {"dir", "sqlite", "postgres"},
}

func sibling(name, imported, area string) bool {
	a, okA := strings.CutPrefix(name, area+"/")
	b, okB := strings.CutPrefix(imported, area+"/")
	return okA && okB && a != b && slices.Contains(isolated[area], a) && slices.Contains(isolated[area], b)
}

func checkFence(t *testing.T, name, imported string) {
	for library, inside := range fences {
		if within(imported, library) && !slices.ContainsFunc(inside, func(prefix string) bool { return within(name, prefix) }) {
			t.Errorf("%s imports %s, which belongs to %q alone", name, imported, inside)
		}
	}
}

func within(name, prefix string) bool { return name == prefix || strings.HasPrefix(name, prefix+"/") }

func longest(table map[string][]string, name string) (value []string, found bool) {
	best := -1
	for key, v := range table {
		if within(name, key) && len(key) > best {
			best, value, found = len(key), v, true
		}
	}
	return value, found
}

func listPackages(t *testing.T) []listedPackage {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", module+"...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var packages []listedPackage
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listedPackage
		err := d.Decode(&p)
		if errors.Is(err, io.EOF) {
			if len(packages) < 10 {
				t.Fatalf("go list found %d packages, expected the whole module", len(packages))
			}
			return packages
		}
		if err != nil {
			t.Fatal(err)
		}
		packages = append(packages, p)
	}
}
