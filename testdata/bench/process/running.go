package process

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"time"
)

// ticks is how many there are in a second of the times in /proc, on every Linux.
const ticks = 100

// CPUOf is the processor time that a running process took so far, all threads together.
// It is known on Linux only.
func CPUOf(pid int) (time.Duration, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	// The name of the program is in brackets, and may have blanks and brackets itself.
	fields := bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:])
	if len(fields) < 13 {
		return 0, fmt.Errorf("/proc/%d/stat cannot be read", pid)
	}
	sum := int64(0)
	for _, field := range fields[11:13] { // utime, stime
		n, err := strconv.ParseInt(string(field), 10, 64)
		if err != nil {
			return 0, fmt.Errorf("/proc/%d/stat cannot be read: %w", pid, err)
		}
		sum += n
	}
	return time.Duration(sum) * time.Second / ticks, nil
}
