//go:build unix

package process

import (
	"os"
	"runtime"
	"syscall"
)

// PeakMemory is the most resident memory that a finished process had, in bytes, and 0
// where the system does not say.
func PeakMemory(p *os.ProcessState) int64 {
	usage, ok := p.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	if runtime.GOOS == "darwin" || runtime.GOOS == "ios" {
		return int64(usage.Maxrss)
	}
	return int64(usage.Maxrss) * 1024
}
