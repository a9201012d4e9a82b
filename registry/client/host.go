package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/evctl/evctl/registry"
)

// host is a registry behind a URL: a server, or an exported site on any web server.
type host struct {
	base   string // of the API, with /v1/ at its end
	name   string // without a password
	opt    Options
	client *http.Client
	// still counts down the polls of a host that does not know /v1/watch, until it is asked
	// for it again: it may only have been behind something that did not.
	still atomic.Int32
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

// pollsUntilWatch is how often the bundle itself is asked for, before /v1/watch is tried
// again.
const pollsUntilWatch = 20

func (h *host) String() string { return h.name }

func (h *host) fetch(ctx context.Context, tag string, wait time.Duration) (fetched, error) {
	if wait <= 0 || tag == "" || h.still.Add(-1) >= 0 {
		return h.get(ctx, "bundle.json", tag, 0)
	}
	h.still.Store(0)
	seconds := max(1, int(wait/time.Second))
	f, err := h.get(ctx, "watch?wait="+strconv.Itoa(seconds), tag, time.Duration(seconds)*time.Second)
	if !errors.Is(err, errNoWatch) {
		f.waits = err == nil
		return f, err
	}
	h.still.Store(pollsUntilWatch)
	return h.get(ctx, "bundle.json", tag, 0)
}

// errNoWatch says that a host does not know /v1/watch: it has no such path, or has a page
// for every path.
var errNoWatch = errors.New("nothing to watch")

// get asks for the bundle under a path. The host may take as long as it is asked to wait
// and the timeout of the client.
func (h *host) get(ctx context.Context, path, tag string, wait time.Duration) (fetched, error) {
	asked := ctx
	ctx, cancel := context.WithTimeout(ctx, h.opt.Timeout+wait)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, h.base+path, nil)
	if err != nil {
		return fetched{}, fmt.Errorf("make request: %w", err)
	}
	request.Header.Set("Accept", "application/json")
	request.Header.Set("Accept-Encoding", "zstd, gzip")
	if since, ok := strings.CutPrefix(tag, modifiedPrefix); ok {
		request.Header.Set("If-Modified-Since", since)
	} else if tag != "" {
		request.Header.Set("If-None-Match", tag)
	}
	response, err := h.client.Do(request)
	if err != nil {
		return fetched{}, unreached(asked, "the registry cannot be reached", err)
	}
	defer response.Body.Close()
	switch {
	case response.StatusCode == http.StatusNotModified && tag != "":
		return fetched{tag: tag}, nil
	case strings.HasPrefix(path, "watch") && !answersJSON(response):
		return fetched{}, errNoWatch
	case strings.HasPrefix(path, "watch") && noSuchPath[response.StatusCode]:
		return fetched{}, errNoWatch
	case response.StatusCode != http.StatusOK:
		return fetched{}, refusal(response)
	}
	data, err := unpacked(response.Body, response.ContentLength, response.Header.Values("Content-Encoding"), h.opt.MaxBytes)
	if err != nil {
		return fetched{}, unreached(asked, "the answer of the registry cannot be read", err)
	}
	return fetched{bundle: data, tag: tagOf(response.Header)}, nil
}

// modifiedPrefix starts a tag that is a time; ETags start with a quote or W/.
const modifiedPrefix = "modified "

// tagOf is what a host knows the bundle by: its ETag, or when it was modified. Such a time
// counts whole seconds, so one that has only just passed may belong to two bundles; it is
// no tag then.
func tagOf(h http.Header) string {
	if tag := h.Get("ETag"); tag != "" {
		return tag
	}
	modified, err := http.ParseTime(h.Get("Last-Modified"))
	if err != nil {
		return ""
	}
	if now, err := http.ParseTime(h.Get("Date")); err != nil || now.Sub(modified) < 2*time.Second {
		return ""
	}
	return modifiedPrefix + h.Get("Last-Modified")
}

// noSuchPath are the statuses of hosts that do not know a path.
var noSuchPath = map[int]bool{
	http.StatusNotFound: true, http.StatusMethodNotAllowed: true, http.StatusGone: true, http.StatusForbidden: true,
	http.StatusBadRequest: true, http.StatusNotImplemented: true,
}

func answersJSON(response *http.Response) bool {
	media, _, err := mime.ParseMediaType(response.Header.Get("Content-Type"))
	return response.StatusCode >= http.StatusInternalServerError || err == nil && media == "application/json"
}

// unreached describes a request that got no whole answer.
func unreached(asked context.Context, what string, err error) error {
	if asked.Err() != nil {
		return asked.Err()
	}
	e := &registry.Error{Code: registry.CodeRegistryUnreached, Message: what, Err: err, Hint: registry.HintOf(err)}
	var netErr net.Error
	if errors.As(err, &netErr) && netErr.Timeout() {
		e.Hint = "it did not answer in time"
	}
	var urlErr *url.Error
	if errors.As(err, &urlErr) {
		e.Err = urlErr.Err // the URL may hold a password
	}
	return e
}

// maxRefusal is how much of an answer is read that holds no bundle, in bytes.
const maxRefusal = 64 << 10

// refusal describes an answer without a bundle. Servers say why in JSON.
func refusal(response *http.Response) error {
	var document struct {
		Error struct{ Code, Message, Hint string }
	}
	data, err := unpacked(response.Body, response.ContentLength, response.Header.Values("Content-Encoding"), maxRefusal)
	if err == nil && json.Unmarshal(data, &document) == nil && document.Error.Message != "" {
		return registry.Errorf(registry.CodeRegistryUnreached, "the registry answers %s: %s", response.Status, document.Error.Message).
			WithHint(document.Error.Hint)
	}
	return registry.Errorf(registry.CodeRegistryUnreached, "the registry answers %s", response.Status)
}
