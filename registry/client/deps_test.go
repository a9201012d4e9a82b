package client_test

import (
	"os/exec"
	"strings"
	"testing"
)

// TestImports_NeitherCommandLineNorDatabases looks at everything that a collector links.
func TestImports_NeitherCommandLineNorDatabases(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	packages := strings.Fields(string(out))
	if len(packages) < 50 {
		t.Fatalf("go list found %d packages, expected all that are linked", len(packages))
	}
	for _, p := range packages {
		for _, unwanted := range []string{"database/sql", "github.com/spf13/", "modernc.org/", "github.com/jackc/", "github.com/evctl/evctl/cmd", "github.com/evctl/evctl/codegen", "github.com/evctl/evctl/registry/httpapi", "github.com/evctl/evctl/registry/remote"} {
			if strings.HasPrefix(p, unwanted) {
				t.Errorf("a collector links %s", p)
			}
		}
	}
}
