package client

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode"
)

// cache keeps the last good bundle in a file, so that a collector can start while the
// registry is away.
//
// The file is a line of text with a SHA-256 over all that follows, a line of JSON with the
// tag of the bundle, and the bundle. One file, so that no tag is ever beside a bundle that
// it does not belong to. It appears complete or not at all, and what is found in it is
// checked as if it came over the network.
type cache struct {
	folder, path string
	limit        int64
}

// kept is what a cache holds.
type kept struct {
	tag    string
	bundle []byte
}

// cacheHead is the second line of the file.
type cacheHead struct {
	Tag string `json:"tag"`
}

const (
	cacheMark  = "evctl bundle cache 1 sha256:"
	tempPrefix = ".evctl-"
	// staleAfter is the age from which files of writers that were killed are removed.
	staleAfter = time.Hour
)

// newCache makes the cache of a location; several share a folder.
func newCache(folder, location string, opt Options) *cache {
	sum := sha256.Sum256([]byte(location))
	name := "bundle-" + hex.EncodeToString(sum[:8]) + ".cache"
	return &cache{folder: folder, path: filepath.Join(folder, name), limit: opt.MaxBytes + 1<<16}
}

// load reads the file, nil when there is none.
func (c *cache) load() (*kept, error) {
	data, err := readFile(c.path, c.limit)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return decodeCache(data)
}

func decodeCache(data []byte) (*kept, error) {
	mark, rest, _ := bytes.Cut(data, []byte("\n"))
	want, ok := strings.CutPrefix(string(mark), cacheMark)
	if !ok {
		return nil, errors.New("it does not start like a cache")
	}
	sum := sha256.Sum256(rest)
	if want != hex.EncodeToString(sum[:]) {
		return nil, errors.New("it is damaged: its contents do not match their digest")
	}
	line, bundle, _ := bytes.Cut(rest, []byte("\n"))
	var head cacheHead
	if err := json.Unmarshal(line, &head); err != nil {
		return nil, fmt.Errorf("it cannot be read: %w", err)
	}
	if strings.ContainsFunc(head.Tag, unicode.IsControl) { // no request could carry it
		return nil, errors.New("it has a tag with control characters")
	}
	return &kept{head.Tag, bundle}, nil
}

// save replaces the file. When it fails, the file is the one that was there before.
func (c *cache) save(k kept) error {
	if err := c.write(k); err != nil {
		return fmt.Errorf("keep the bundle in %s: %w", c.folder, err)
	}
	return nil
}

func (c *cache) write(k kept) error {
	head, err := json.Marshal(cacheHead{k.tag})
	if err != nil {
		return err
	}
	head = append(head, '\n')
	if err := os.MkdirAll(c.folder, 0o700); err != nil {
		return err
	}
	c.removeLeftovers()
	f, err := os.CreateTemp(c.folder, tempPrefix+"*") // readable for its owner only
	if err != nil {
		return err
	}
	sum := sha256.New()
	sum.Write(head)
	sum.Write(k.bundle)
	_, err = fmt.Fprintf(f, "%s%s\n", cacheMark, hex.EncodeToString(sum.Sum(nil)))
	for _, part := range [][]byte{head, k.bundle} {
		if err == nil {
			_, err = f.Write(part)
		}
	}
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), c.path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
		return err
	}
	syncFolder(c.folder)
	return nil
}

// syncFolder makes a new name durable. Not every system can, and there is nothing to do
// about those: the name is there, or the one before it is.
func syncFolder(path string) {
	if d, err := os.Open(path); err == nil {
		_ = d.Sync()
		_ = d.Close()
	}
}

// removeLeftovers removes what killed processes left. Others may be at work in the
// folder, so only old files go.
func (c *cache) removeLeftovers() {
	entries, err := os.ReadDir(c.folder)
	if err != nil {
		return
	}
	for _, entry := range entries {
		if !strings.HasPrefix(entry.Name(), tempPrefix) || !entry.Type().IsRegular() {
			continue
		}
		if info, err := entry.Info(); err == nil && time.Since(info.ModTime()) > staleAfter {
			_ = os.Remove(filepath.Join(c.folder, entry.Name()))
		}
	}
}
