package client

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/evctl/evctl/registry"
	"github.com/evctl/evctl/registry/dir"
)

// source is where bundles come from.
type source interface {
	// fetch returns the bundle, unless it is still the one with the tag. With wait it may
	// take that long to see whether another one comes.
	fetch(ctx context.Context, tag string, wait time.Duration) (fetched, error)
	// String names the source for people, without passwords.
	String() string
}

// fetched is what a source answered.
type fetched struct {
	bundle []byte // nil: still the one with the tag
	tag    string
	// waits reports that the source holds requests, so that it can be asked again at once.
	waits bool
}

// bundlePath is where a bundle is, below the root of an API or of an exported site.
const bundlePath = "v1/bundle.json"

// newSource finds out what a location is.
func newSource(location string, opt Options) (source, error) {
	if scheme, _, found := strings.Cut(location, "://"); found && len(scheme) > 1 && !strings.ContainsAny(scheme, `/\`) {
		return newHost(location, opt)
	}
	info, err := os.Stat(location)
	if err == nil && !info.IsDir() {
		return nil, fmt.Errorf("registry %s is a file, expected a directory or a URL", location)
	}
	return &directory{location, opt.MaxBytes}, nil
}

func newHost(location string, opt Options) (source, error) {
	base, err := url.Parse(location)
	if err != nil || base.Scheme != "http" && base.Scheme != "https" || base.Host == "" || base.RawQuery != "" || base.Fragment != "" {
		return nil, registry.Errorf(registry.CodeRequestInvalid, "location is not the URL of a registry, expected https://host or https://host/folder")
	}
	base.Path = strings.TrimSuffix(strings.TrimSuffix(base.Path, "/"), "/v1")
	h := &host{base: base.String() + "/v1/", name: base.Redacted(), opt: opt}
	if h.client = opt.HTTP; h.client == nil {
		h.client = &http.Client{Transport: http.DefaultTransport.(*http.Transport).Clone()}
	}
	return h, nil
}

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
	return readAll(f, limit)
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

// away describes a source that is not there.
func away(err error) error {
	return &registry.Error{Code: registry.CodeRegistryUnreached, Message: "the registry cannot be reached", Err: err}
}
