//go:build !unix

package program

import "os/exec"

// endTogether leaves a command as it is: cancelling it ends the program alone.
func endTogether(*exec.Cmd) {}
