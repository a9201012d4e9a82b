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
	temps := make([]string, 0, len(records))
	defer func() {
		for _, temp := range temps {
			_ = os.Remove(temp)
		}
	}()
	for _, r := range records {
		temp, err := s.writeTemp(r)
		if temp != "" {
			temps = append(temps, temp)
		}
		if err != nil {
			return nil, fmt.Errorf("write release %s %s: %w", r.Event, r.Version, err)
		}
	}
	for i, r := range records {
		if err := s.publish(temps[i], r); err != nil {
			return nil, err
		}
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

// publish gives a complete file its name, which must be free.
func (s *Store) publish(temp string, r *registry.Record) error {
	file, err := s.file(r.Event, r.Version)
	if err != nil {
		return err
	}
	folder := filepath.Dir(file)
	made, err := makeDir(folder)
	if err != nil {
		return fmt.Errorf("release %s %s: %w", r.Event, r.Version, err)
	}
	err = os.Link(temp, file)
	switch {
	case errors.Is(err, fs.ErrExist):
		return registry.Errorf(registry.CodeVersionConflict, "%s %s was released by somebody else meanwhile", r.Event, r.Version).
			WithHint("fetch what was released and push again")
	case err != nil:
		if made {
			_ = os.Remove(folder)
		}
		return fmt.Errorf("release %s %s: %w", r.Event, r.Version, err)
	}
	syncDir(folder)
	if made {
		syncDir(s.path)
	}
	return nil
}
