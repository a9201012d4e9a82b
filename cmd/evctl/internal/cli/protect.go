package cli

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/evctl/evctl/contracts/workspace"
)

// belongings names what of the workspace a path lies in: its contracts or its registry;
// empty for none. A contract folder that is the workspace itself holds everything else
// as well and does not count.
func belongings(w *workspace.Workspace, path string) string {
	if !isURL(w.Config.Registry) && within(path, filepath.Join(w.Root, filepath.FromSlash(w.Config.Registry))) {
		return fmt.Sprintf("the registry %s", w.Config.Registry)
	}
	for _, folder := range w.Config.Contracts {
		at := filepath.Join(w.Root, filepath.FromSlash(folder))
		if !within(w.Root, at) && within(path, at) {
			return fmt.Sprintf("the contract folder %s", folder)
		}
	}
	return ""
}

// within reports whether a path is a folder or lies in it, through symbolic links too.
func within(path, folder string) bool {
	path, err := filepath.Abs(path)
	if err != nil {
		return false
	}
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	if folder, err = filepath.Abs(folder); err != nil {
		return false
	}
	at, err := os.Stat(folder)
	for {
		if path == folder {
			return true
		}
		if info, missing := os.Stat(path); err == nil && missing == nil && os.SameFile(at, info) {
			return true
		}
		parent := filepath.Dir(path)
		if parent == path {
			return false
		}
		path = parent
	}
}
