package site

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"golang.org/x/sync/errgroup"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/registry"
)

// Options says how to write a site.
type Options struct {
	// SignKeys sign the bundle; none: it is not signed.
	SignKeys []ed25519.PrivateKey
	// Compress writes bundle.json.gz and bundle.json.zst too, for web servers that send
	// files which are packed already.
	Compress bool
}

// Status is what became of a file.
type Status string

const (
	Written   Status = "written"
	Unchanged Status = "unchanged"
)

// File is a file of a site.
type File struct {
	Path   string `json:"path"` // below the folder of the site, with slashes
	Status Status `json:"status"`
}

// Report says what was written.
type Report struct {
	Digest contracts.Digest // of the bundle
	Files  []File           // in the order in which they were written
}

// Count counts the files with a status.
func (r *Report) Count(status Status) int {
	n := 0
	for _, f := range r.Files {
		if f.Status == status {
			n++
		}
	}
	return n
}

// Write writes what is published, ordered by event and version, into a folder, which is
// made when it is not there. Files that it would not write are left alone. When ctx ends
// in between, the bundle is the one that was there before.
func Write(ctx context.Context, folder string, all []registry.Published, opt Options) (*Report, error) {
	folders, err := foldersOf(all)
	if err != nil {
		return nil, fmt.Errorf("name folders: %w", err)
	}
	w, err := newWriter(folder)
	if err != nil {
		return nil, fmt.Errorf("write site: %w", err)
	}
	defer w.close()
	if err := w.releases(ctx, all, folders); err != nil {
		return nil, fmt.Errorf("write site: %w", err)
	}
	index, err := json.Marshal(registry.NewIndex(all, func(event string, v contracts.Version) string {
		return urlOf(path.Join("events", folders[event], v.String()+".json"))
	}))
	if err != nil {
		return nil, fmt.Errorf("list releases: %w", err)
	}
	bundle := registry.EncodeBundle(all, opt.SignKeys...)
	w.Digest = registry.DigestOf(bundle)
	err = w.file("v1/events.json", index)
	if opt.Compress && err == nil {
		err = w.packed("v1/bundle.json", bundle)
	}
	if err == nil {
		err = w.file("v1/bundle.json", bundle)
	}
	if err != nil {
		return nil, fmt.Errorf("write site: %w", err)
	}
	return &w.Report, nil
}

// writer writes files into a folder.
type writer struct {
	Report
	folder string
	temp   string // folder of files that are not whole
}

const (
	tempPrefix = ".evctl-export-"
	// staleAfter is the age from which what a killed process left is removed.
	staleAfter = time.Hour
)

func newWriter(folder string) (*writer, error) {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, err
	}
	removeLeftovers(folder)
	temp, err := os.MkdirTemp(folder, tempPrefix+"*")
	if err != nil {
		return nil, err
	}
	return &writer{folder: folder, temp: temp}, nil
}

func (w *writer) close() { _ = os.RemoveAll(w.temp) }

func removeLeftovers(folder string) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return
	}
	for _, entry := range entries {
		if !strings.HasPrefix(entry.Name(), tempPrefix) || !entry.IsDir() {
			continue
		}
		if info, err := entry.Info(); err == nil && time.Since(info.ModTime()) > staleAfter {
			_ = os.RemoveAll(filepath.Join(folder, entry.Name()))
		}
	}
}

// writers is how many files are written at once. Syncing a file is waiting, and the
// disk syncs many in the time of one.
const writers = 16

func (w *writer) releases(ctx context.Context, all []registry.Published, folders map[string]string) error {
	type file struct {
		name string
		data []byte
	}
	var list []file
	for i, p := range all {
		folder := path.Join("v1/events", folders[p.Event])
		list = append(list, file{path.Join(folder, p.Version.String()+".json"), p.JSON})
		if i == len(all)-1 || all[i+1].Event != p.Event {
			list = append(list, file{path.Join(folder, "latest.json"), p.JSON})
		}
	}
	w.Files = make([]File, len(list))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(writers)
	for i, f := range list {
		group.Go(func() (err error) {
			if err = ctx.Err(); err == nil {
				w.Files[i], err = w.put(f.name, f.data)
			}
			return err
		})
	}
	return group.Wait()
}

// packed writes a file packed in each way, under its name with what servers look for.
func (w *writer) packed(name string, data []byte) error {
	var out bytes.Buffer
	z, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return err
	}
	if _, err := z.Write(data); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	if err := w.file(name+".gz", out.Bytes()); err != nil {
		return err
	}
	e, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedBestCompression), zstd.WithWindowSize(8<<20))
	if err != nil {
		return err
	}
	defer e.Close()
	return w.file(name+".zst", e.EncodeAll(data, nil))
}

// file puts a file behind those that are there.
func (w *writer) file(name string, data []byte) error {
	f, err := w.put(name, data)
	if err == nil {
		w.Files = append(w.Files, f)
	}
	return err
}

// put writes a file unless it is there with these contents.
func (w *writer) put(name string, data []byte) (File, error) {
	target := filepath.Join(w.folder, filepath.FromSlash(name))
	if same(target, data) {
		return File{name, Unchanged}, nil
	}
	if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
		return File{}, err
	}
	return File{name, Written}, w.replace(target, data)
}

// same reports whether a file has these contents.
func same(path string, data []byte) bool {
	info, err := os.Lstat(path)
	if err != nil || !info.Mode().IsRegular() || info.Size() != int64(len(data)) {
		return false
	}
	found, err := os.ReadFile(path)
	return err == nil && bytes.Equal(found, data)
}

func (w *writer) replace(target string, data []byte) error {
	f, err := os.CreateTemp(w.temp, "*")
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Chmod(0o644)
	}
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	err = os.Rename(f.Name(), target)
	var link *os.LinkError
	if errors.As(err, &link) {
		return &fs.PathError{Op: "replace", Path: target, Err: link.Err}
	}
	return err
}
