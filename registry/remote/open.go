package remote

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/evctl/evctl/registry"
	"github.com/evctl/evctl/registry/dir"
)

// Options says how to reach a registry.
type Options struct {
	// Token is sent with pushes to a server.
	Token string
	// Create lets a directory that does not exist count as an empty registry; the
	// first release makes it.
	Create bool
	// Display is what files of a directory are reported under; empty: its path.
	Display string
	// Timeout bounds each request; 0 is DefaultTimeout.
	Timeout time.Duration
	// MaxBytes bounds each answer, unpacked; 0 is DefaultMaxBytes.
	MaxBytes int64
	// Client sends the requests; nil: a client of the package's own. Its Timeout is not used.
	Client *http.Client
}

// Defaults of Options.
const (
	DefaultTimeout  = time.Minute
	DefaultMaxBytes = 512 << 20
)

// IsURL reports whether Open takes a location for the URL of a registry. One with
// another scheme than http and https counts too: Open refuses it, where a directory
// of that name would be a surprise.
func IsURL(location string) bool {
	scheme, _, found := strings.Cut(location, "://")
	return found && len(scheme) > 1 && !strings.ContainsAny(scheme, `/\`)
}

// Open opens the registry at a URL or in a directory. Of a URL it reads the index,
// so a registry that is not there is noticed here.
func Open(ctx context.Context, location string, opt Options) (registry.Store, error) {
	if IsURL(location) {
		return openRemote(ctx, location, opt)
	}
	if _, err := os.Stat(location); errors.Is(err, fs.ErrNotExist) && !opt.Create {
		return nil, registry.Errorf(registry.CodeRegistryUnreached, "open registry: %s does not exist", location).
			WithHint("evctl push makes it")
	}
	return dir.Open(location, opt.Display)
}

func openRemote(ctx context.Context, location string, opt Options) (*Remote, error) {
	base, err := url.Parse(location)
	if err != nil || base.Scheme != "http" && base.Scheme != "https" || base.Host == "" || base.RawQuery != "" || base.Fragment != "" {
		return nil, registry.Errorf(registry.CodeRequestInvalid, "%q is not the URL of a registry", location).
			WithHint("write it as https://host or https://host/folder")
	}
	if opt.Timeout <= 0 {
		opt.Timeout = DefaultTimeout
	}
	if opt.MaxBytes <= 0 {
		opt.MaxBytes = DefaultMaxBytes
	}
	if opt.Client == nil {
		opt.Client = &http.Client{Transport: http.DefaultTransport.(*http.Transport).Clone()}
	}
	base.Path = strings.TrimSuffix(strings.TrimSuffix(base.Path, "/"), "/v1") + "/v1/"
	r := &Remote{base: base.String(), display: base.Redacted(), opt: opt}
	if err := r.refresh(ctx); err != nil {
		return nil, fmt.Errorf("open registry %s: %w", strings.TrimSuffix(r.display, "/v1/"), err)
	}
	return r, nil
}
