package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"

	"github.com/evctl/evctl/testdata/bench/workload"
)

// openAjv starts Node with ajv/judge.mjs, and installs what it needs first, as its
// lock file says.
func openAjv(p *workload.Plan) (subject, error) {
	if _, err := os.Stat("ajv/judge.mjs"); err != nil {
		return nil, fmt.Errorf("%w; run the benchmark in its own folder", err)
	}
	if _, err := os.Stat("ajv/node_modules"); errors.Is(err, os.ErrNotExist) {
		install := exec.Command("npm", "ci", "--silent", "--no-audit", "--no-fund")
		install.Dir = "ajv"
		if out, err := install.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("npm ci: %w\n%s", err, out)
		}
	}
	return openExternal(p, "node", "ajv/judge.mjs")
}
