//go:build unix

package program

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/evctl/evctl/codegen"
)

func TestGenerate_EndsWhatAProgramStarted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	target := shell(t, `tail -f /dev/null & echo $! > child.tmp; mv child.tmp child; mkfifo fifo; cat fifo`)
	target.Context = ctx
	child := filepath.Join(target.Dir, "child")
	done := make(chan error)
	go func() {
		_, err := codegen.Job{Target: target}.Files(&codegen.Model{})
		done <- err
	}()
	var pid int
	for pid == 0 {
		select {
		case err := <-done:
			t.Fatalf("ended before it was cancelled: %v", err)
		default:
		}
		text, _ := os.ReadFile(child) // not there yet
		pid, _ = strconv.Atoi(string(bytes.TrimSpace(text)))
	}
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v", err)
	}
	for deadline := time.Now().Add(10 * time.Second); alive(pid); {
		if time.Now().After(deadline) {
			t.Fatalf("process %d is still there", pid)
		}
	}
}

// alive reports whether a process runs; one that has ended may wait for its parent.
func alive(pid int) bool {
	if syscall.Kill(pid, 0) != nil {
		return false
	}
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	return err != nil || !bytes.Contains(stat, []byte(") Z "))
}
