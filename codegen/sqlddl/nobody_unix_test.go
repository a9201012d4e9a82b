//go:build unix

package sqlddl

import (
	"os"
	"os/exec"
	"syscall"
)

const nobody = 65534

// asNobody keeps a command from running as root, which PostgreSQL refuses.
func asNobody(cmd *exec.Cmd) {
	cmd.Dir = os.TempDir()
	if os.Getuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	}
}
