package main

import (
	"bytes"
	"path/filepath"
	"testing"

	"github.com/evctl/evctl/cmd/evctl/internal/cli"
	"github.com/evctl/evctl/contracts/golden"
)

// TestGenerate_TheDemoWorkspaceHasWhatIsGeneratedNow makes the files below
// testdata/shop/gen the goldens of all targets.
func TestGenerate_TheDemoWorkspaceHasWhatIsGeneratedNow(t *testing.T) {
	var stdout, stderr bytes.Buffer
	app := cli.FromOS()
	app.Dir, app.Stdout, app.Stderr = filepath.Join(repositoryRoot(t), "testdata", "shop"), &stdout, &stderr
	args := []string{"generate", "--check"}
	if golden.Updating() {
		args[1] = "--overwrite"
	}
	if code := cli.Main(app, args); code != 0 {
		t.Errorf("exit code is %d\n%s%s", code, stdout.String(), stderr.String())
	}
}
