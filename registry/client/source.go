package client

import (
	"context"
	"fmt"
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
	path := filepath.Join(location, filepath.FromSlash(bundlePath))
	if _, err := os.Stat(path); err == nil {
		return &site{path: path, limit: opt.MaxBytes}, nil
	}
	return &folder{path: location}, nil
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

// site is an exported site in a directory.
type site struct {
	path  string
	limit int64
}

func (s *site) String() string { return filepath.Dir(filepath.Dir(s.path)) }

func (s *site) fetch(_ context.Context, tag string, _ time.Duration) (fetched, error) {
	f, err := os.Open(s.path)
	if err != nil {
		return fetched{}, away(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return fetched{}, away(err)
	}
	stamp := fmt.Sprintf("%d %d", info.Size(), info.ModTime().UnixNano())
	if stamp == tag {
		return fetched{tag: tag}, nil
	}
	data, err := readAll(f, s.limit)
	if err != nil {
		return fetched{}, fmt.Errorf("read %s: %w", s.path, err)
	}
	return fetched{bundle: data, tag: stamp}, nil
}

// folder is a directory of releases.
type folder struct{ path string }

func (d *folder) String() string { return d.path }

func (d *folder) fetch(ctx context.Context, tag string, _ time.Duration) (fetched, error) {
	if _, err := os.Stat(d.path); err != nil {
		return fetched{}, away(err)
	}
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
