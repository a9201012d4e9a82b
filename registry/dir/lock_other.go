//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package dir

import "context"

// dirLock is nothing here: directories cannot be locked on this system. Linking
// files to names that must be free still keeps writers from overwriting each other.
type dirLock struct{ exclusive bool }

func lockDir(ctx context.Context, _ string) (*dirLock, error) { return &dirLock{}, ctx.Err() }

// openWithoutWaiting is nothing here: there are no pipes among files.
const openWithoutWaiting = 0

func (l *dirLock) release() {}

func syncDir(string) {}
