//go:build unix

package program

import (
	"os/exec"
	"syscall"
)

// endTogether makes a command that is cancelled end what it started, too.
func endTogether(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}
