//go:build !unix

package sqlddl

import (
	"os"
	"os/exec"
)

const nobody = -1

func asNobody(cmd *exec.Cmd) { cmd.Dir = os.TempDir() }
