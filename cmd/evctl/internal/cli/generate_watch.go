package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"
	"github.com/spf13/cobra"

	"github.com/evctl/evctl/contracts/workspace"
)

// An editor writes a file in several steps, and a checkout many files: generating
// starts when nothing happened for settleQuiet, and after settleLimit at the latest.
const (
	settleQuiet = 100 * time.Millisecond
	settleLimit = 2 * time.Second
)

// watchGenerate generates, and again whenever contracts or evctl.yaml change, until it
// is interrupted. What goes wrong is reported, and the next change tried. It fails
// when there is no workspace to watch.
func watchGenerate(cmd *cobra.Command, app *App, f generateFlags) error {
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		return fmt.Errorf("watch files: %w", err)
	}
	defer watcher.Close()
	watched := watchedFolders{watcher: watcher}
	for ctx := cmd.Context(); ; f.again = true {
		w, err := app.openWorkspace(cmd)
		if w == nil && !f.again {
			return err
		}
		if w != nil {
			if err := watched.follow(w); err != nil { // before reading, so that no change is missed
				return err
			}
		}
		if err := generateOnce(cmd, app, f); err != nil && ctx.Err() == nil {
			if wrongUsage := (usageError{}); !f.again && errors.As(err, &wrongUsage) {
				return err
			}
			app.exitCode(err)
		}
		if err := watched.wait(ctx); err != nil || ctx.Err() != nil {
			return err
		}
	}
}

// watchedFolders are the folders whose changes matter: that of evctl.yaml, and those of
// contracts with all below them.
type watchedFolders struct {
	watcher *fsnotify.Watcher
	config  string   // evctl.yaml
	roots   []string // folders of contracts
	ignored []string // out folders and releases, where a workspace keeps everything in one place
}

// follow watches the folders of a workspace as they are now. Those that are gone stop
// being watched by themselves.
func (s *watchedFolders) follow(w *workspace.Workspace) error {
	s.config, s.roots, s.ignored = filepath.Join(w.Root, workspace.ConfigName), nil, nil
	for _, folder := range w.Config.Contracts {
		s.roots = append(s.roots, filepath.Join(w.Root, filepath.FromSlash(folder)))
	}
	for _, t := range w.Config.Generate {
		s.ignored = append(s.ignored, filepath.Join(w.Root, filepath.FromSlash(t.Out)))
	}
	if !isURL(w.Config.Registry) {
		s.ignored = append(s.ignored, filepath.Join(w.Root, filepath.FromSlash(w.Config.Registry)))
	}
	if err := s.watcher.Add(w.Root); err != nil {
		return fmt.Errorf("watch %s: %w", w.Root, err)
	}
	for _, root := range s.roots {
		if err := filepath.WalkDir(root, s.add); err != nil {
			return fmt.Errorf("watch %s: %w", root, err)
		}
	}
	return nil
}

// add watches a folder. One that went away meanwhile is no error.
func (s *watchedFolders) add(path string, entry fs.DirEntry, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case !entry.IsDir():
		return nil
	case s.skips(path):
		return fs.SkipDir
	}
	if err := s.watcher.Add(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// skips reports whether a folder holds no contracts: hidden ones, packages of npm, and
// what evctl writes itself.
func (s *watchedFolders) skips(path string) bool {
	name := filepath.Base(path)
	if slices.Contains(s.roots, path) {
		return false
	}
	return strings.HasPrefix(name, ".") || name == "node_modules" || slices.Contains(s.ignored, path)
}

// matters reports whether a change is one of evctl.yaml, of a contract or of a folder.
func (s *watchedFolders) matters(e fsnotify.Event) bool {
	if e.Op == fsnotify.Chmod {
		return false
	}
	path := filepath.Clean(e.Name)
	if path == s.config {
		return true
	}
	inRoot := slices.ContainsFunc(s.roots, func(root string) bool {
		rest, err := filepath.Rel(root, path)
		return err == nil && filepath.IsLocal(rest)
	})
	if !inRoot || s.skips(path) {
		return false
	}
	switch filepath.Ext(path) {
	case ".yaml", ".yml", ".json":
		return true
	}
	return !e.Has(fsnotify.Write) // what came or went may be a folder
}

// wait returns when something changed and nothing does any more, or ctx is done. Events
// that the system could not deliver count as a change.
func (s *watchedFolders) wait(ctx context.Context) error {
	var settled, latest <-chan time.Time // nil until something changes
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-settled:
			return nil
		case <-latest:
			return nil
		case e := <-s.watcher.Events:
			if !s.matters(e) {
				continue
			}
		case err := <-s.watcher.Errors:
			if !errors.Is(err, fsnotify.ErrEventOverflow) {
				return fmt.Errorf("watch files: %w", err)
			}
		}
		settled = time.After(settleQuiet)
		if latest == nil {
			latest = time.After(settleLimit)
		}
	}
}
