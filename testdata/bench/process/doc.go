// Package process is what the benchmarks know of the processes that they measure.
package process

import (
	"os"
	"os/exec"
	"strconv"
	"time"
)

// CPU is the processor time that a finished process took.
func CPU(p *os.ProcessState) time.Duration { return p.UserTime() + p.SystemTime() }

// On is the command that runs on one core only, the command itself where there is no
// taskset.
func On(core int, command ...string) []string {
	taskset, err := exec.LookPath("taskset")
	if err != nil {
		return command
	}
	return append([]string{taskset, "-c", strconv.Itoa(core)}, command...)
}
