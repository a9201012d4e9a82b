package process

import (
	"os"
	"syscall"
	"testing"
	"time"
)

func TestCPUOf_IsWhatTheSystemSaysOfUs(t *testing.T) {
	const enough = 50 * time.Millisecond
	usage := func() time.Duration {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			t.Fatal(err)
		}
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	for usage() < enough { // works until there is something to see
	}
	before := usage()
	got, err := CPUOf(os.Getpid())
	if after := usage(); err != nil || got < before-2*time.Second/ticks || got > after+2*time.Second/ticks {
		t.Errorf("CPUOf is %s, %v; want %s to %s", got, err, before, after)
	}
	if _, err := CPUOf(-1); err == nil {
		t.Error("there is a process -1")
	}
}
