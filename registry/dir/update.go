package dir

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/evctl/evctl/registry"
)

// staleAfter is the age from which a left-over is removed where writers cannot
// lock each other out.
const staleAfter = time.Hour

// Update implements registry.Store. All records are written under temporary names
// before the first appears under its own, so that a full disk is noticed early.
// Should the process end in between, the versions that appeared are complete and
// the others are not there.
func (s *Store) Update(ctx context.Context, plan func(registry.Reader) ([]*registry.Record, error)) (stored []registry.Head, err error) {
	made, err := makeDir(s.path)
	if err != nil {
		return nil, fmt.Errorf("make registry: %w", err)
	}
	defer func() {
		if made && len(stored) == 0 {
			_ = os.Remove(s.path) // only when it is empty
		}
	}()
	lock, err := lockDir(ctx, s.path)
	if err != nil {
		return nil, fmt.Errorf("lock registry %s: %w", s.path, err)
	}
	defer lock.release()

	records, err := plan(s)
	if err == nil {
		err = ctx.Err()
	}
	if err != nil || len(records) == 0 {
		return nil, err
	}
	if err := s.removeLeftovers(lock.exclusive); err != nil {
		return nil, err
	}
	if err := s.free(records); err != nil {
		return nil, err
	}
	temps := make([]string, len(records))
	defer func() {
		for _, temp := range temps {
			if temp != "" {
				_ = os.Remove(temp)
			}
		}
	}()
	if err := s.writeTemps(ctx, records, temps); err != nil {
		return nil, err
	}
	folders, err := s.publish(temps, records)
	s.sync(folders)
	if err != nil {
		return nil, err
	}
	if made {
		syncDir(filepath.Dir(s.path))
	}
	for _, r := range records {
		stored = append(stored, r.Head)
	}
	return stored, nil
}

// free checks that none of the records has a name that is taken.
func (s *Store) free(records []*registry.Record) error {
	names := make(map[string]bool, len(records))
	for _, r := range records {
		file, err := s.file(r.Event, r.Version)
		if err != nil {
			return err
		}
		if _, err := os.Lstat(file); !errors.Is(err, fs.ErrNotExist) || names[file] {
			return registry.Errorf(registry.CodeVersionConflict, "%s %s is released already", r.Event, r.Version)
		}
		names[file] = true
	}
	return nil
}

// makeDir makes a directory and its parents, and reports whether it was not there.
func makeDir(path string) (made bool, err error) {
	if _, err := os.Stat(path); err == nil {
		return false, nil
	}
	return true, os.MkdirAll(path, 0o755)
}

// removeLeftovers removes what killed writers left. Without an exclusive lock
// another writer may be at work, so only old files go.
func (s *Store) removeLeftovers(exclusive bool) error {
	entries, err := os.ReadDir(s.path)
	if err != nil {
		return fmt.Errorf("clean registry: %w", err)
	}
	for _, entry := range entries {
		if !strings.HasPrefix(entry.Name(), tempPrefix) || entry.IsDir() {
			continue
		}
		if info, err := entry.Info(); !exclusive && (err != nil || time.Since(info.ModTime()) < staleAfter) {
			continue
		}
		if err := os.Remove(filepath.Join(s.path, entry.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("clean registry: %w", err)
		}
	}
	return nil
}

// writers is how many files are written at once. Syncing a file is waiting, and the
// disk syncs many in the time of one.
const writers = 16

// writeTemps writes the records to files whose names it notes in temps.
func (s *Store) writeTemps(ctx context.Context, records []*registry.Record, temps []string) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(writers)
	for i, r := range records {
		group.Go(func() error {
			err := ctx.Err()
			if err == nil {
				temps[i], err = s.writeTemp(r)
			}
			if err != nil {
				return fmt.Errorf("write release %s %s: %w", r.Event, r.Version, err)
			}
			return nil
		})
	}
	return group.Wait()
}

func (s *Store) writeTemp(r *registry.Record) (path string, err error) {
	f, err := os.CreateTemp(s.path, tempPrefix+"*")
	if err != nil {
		return "", err
	}
	_, err = f.Write(r.File.Data)
	if err == nil {
		err = f.Chmod(0o644)
	}
	if err == nil {
		err = f.Sync()
	}
	return f.Name(), errors.Join(err, f.Close())
}

// publish gives complete files their names, which must be free, in the order of the
// records. It returns the folders that changed, also when it fails.
func (s *Store) publish(temps []string, records []*registry.Record) (folders map[string]bool, err error) {
	folders = map[string]bool{}
	for i, r := range records {
		file, err := s.file(r.Event, r.Version)
		if err != nil {
			return folders, err
		}
		folder := filepath.Dir(file)
		made, err := makeDir(folder)
		if err != nil {
			return folders, fmt.Errorf("release %s %s: %w", r.Event, r.Version, err)
		}
		if err := os.Link(temps[i], file); err != nil {
			if made {
				_ = os.Remove(folder)
			}
			return folders, linkError(r, err)
		}
		folders[folder] = true
		if made {
			folders[s.path] = true
		}
	}
	return folders, nil
}

func linkError(r *registry.Record, err error) error {
	if errors.Is(err, fs.ErrExist) {
		return registry.Errorf(registry.CodeVersionConflict, "%s %s was released by somebody else meanwhile", r.Event, r.Version).
			WithHint("fetch what was released and push again")
	}
	return fmt.Errorf("release %s %s: %w", r.Event, r.Version, err)
}

// sync makes the new names in folders durable.
func (s *Store) sync(folders map[string]bool) {
	var group errgroup.Group
	group.SetLimit(writers)
	for folder := range folders {
		group.Go(func() error {
			syncDir(folder)
			return nil
		})
	}
	_ = group.Wait() // syncing names has no errors that anybody could act on
}
