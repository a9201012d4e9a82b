package client

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/evctl/evctl/registry"
	"github.com/evctl/evctl/registry/dir"
)

// directory is a directory of releases, or of an exported site. Which of them is seen each
// time: it may not be there yet.
type directory struct {
	path  string
	limit int64
}

func (d *directory) String() string { return d.path }

func (d *directory) fetch(ctx context.Context, tag string, _ time.Duration) (fetched, error) {
	if info, err := os.Stat(filepath.Join(d.path, filepath.FromSlash(bundlePath))); err == nil {
		return d.site(info, tag)
	}
	if _, err := os.Stat(d.path); err != nil {
		return fetched{}, away(err)
	}
	return d.releases(ctx, tag)
}

// site reads the bundle of a site whose file looks otherwise than the tag says.
func (d *directory) site(info fs.FileInfo, tag string) (fetched, error) {
	path := filepath.Join(d.path, filepath.FromSlash(bundlePath))
	stamp := fmt.Sprintf("%d %d", info.Size(), info.ModTime().UnixNano())
	if stamp == tag {
		return fetched{tag: tag}, nil
	}
	data, err := readFile(path, d.limit)
	if err != nil {
		return fetched{}, fmt.Errorf("read %s: %w", path, err)
	}
	return fetched{bundle: data, tag: stamp}, nil
}

// readFile reads a regular file of at most limit bytes.
func readFile(path string, limit int64) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() { // opening a pipe would wait for whoever writes to it
		return nil, errors.New("it is no regular file")
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readAll(f, info.Size(), limit)
}

// releases makes the bundle of releases that look otherwise than the tag says.
func (d *directory) releases(ctx context.Context, tag string) (fetched, error) {
	store, err := dir.Open(d.path, "")
	if err != nil {
		return fetched{}, err
	}
	stamp, err := stampOf(ctx, store)
	if err != nil {
		return fetched{}, err
	}
	if stamp == tag {
		return fetched{tag: tag}, nil
	}
	all, err := registry.PublishAll(ctx, store)
	if err != nil {
		return fetched{}, err
	}
	return fetched{bundle: registry.EncodeBundle(all), tag: stamp}, nil
}

// stampOf changes when a release in a directory does. It looks at names, sizes and times
// only, so that looking often costs little.
func stampOf(ctx context.Context, store *dir.Store) (string, error) {
	subjects, err := store.List(ctx)
	if err != nil {
		return "", err
	}
	sum := sha256.New()
	for _, s := range subjects {
		for _, v := range s.Versions {
			stamp, err := store.Stamp(s.Event, v)
			if err != nil {
				return "", err
			}
			fmt.Fprintf(sum, "%q %s %s\n", s.Event, v, stamp)
		}
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}
