//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package dir

import (
	"context"
	"errors"
	"os"
	"syscall"
	"time"
)

// dirLock is a lock on a directory. The system drops it when the process ends,
// however it ends, and it leaves no file behind.
type dirLock struct {
	dir       *os.File
	exclusive bool
}

// openWithoutWaiting keeps open from waiting for the other end of a pipe that stands
// where a release should.
const openWithoutWaiting = syscall.O_NONBLOCK

const lockRetry = 5 * time.Millisecond

// lockDir waits for the lock until ctx ends. File systems that cannot lock give a
// lock that is not exclusive.
func lockDir(ctx context.Context, path string) (*dirLock, error) {
	dir, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	for {
		err := syscall.Flock(int(dir.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		switch {
		case err == nil:
			return &dirLock{dir, true}, nil
		case errors.Is(err, syscall.EINTR):
			continue
		case !errors.Is(err, syscall.EWOULDBLOCK):
			return &dirLock{dir, false}, nil
		}
		select {
		case <-ctx.Done():
			return nil, errors.Join(ctx.Err(), dir.Close())
		case <-time.After(lockRetry):
		}
	}
}

func (l *dirLock) release() { _ = l.dir.Close() }

// syncDir makes names in a directory durable. Some file systems cannot; there is
// nothing to do about it then.
func syncDir(path string) {
	if dir, err := os.Open(path); err == nil {
		_ = dir.Sync()
		_ = dir.Close()
	}
}
