package client

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/evctl/evctl/registry"
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

// away describes a source that is not there.
func away(err error) error {
	return &registry.Error{Code: registry.CodeRegistryUnreached, Message: "the registry cannot be reached", Err: err}
}
