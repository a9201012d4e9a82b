package remote

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/evctl/evctl/registry"
)

// attempts is how often a read is tried, and pause the time before the second try;
// it doubles before each further one.
const (
	attempts = 3
	pause    = 200 * time.Millisecond
)

// get reads a path below the API.
func (r *Remote) get(ctx context.Context, path string) ([]byte, error) {
	for n := 0; ; n++ {
		data, again, err := r.try(ctx, http.MethodGet, path, "", nil)
		if err == nil || !again || n == attempts-1 || ctx.Err() != nil {
			return data, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(pause << n):
		}
	}
}

// post sends a body, once.
func (r *Remote) post(ctx context.Context, path, media string, body []byte) ([]byte, error) {
	data, _, err := r.try(ctx, http.MethodPost, path, media, body)
	return data, err
}

// try sends a request. Its answer is JSON; again reports whether another try makes
// sense.
func (r *Remote) try(ctx context.Context, method, path, media string, body []byte) (data []byte, again bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, r.opt.Timeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, r.base+path, bytes.NewReader(body))
	if err != nil {
		return nil, false, fmt.Errorf("make request: %w", err)
	}
	request.Header.Set("Accept", "application/json")
	if method == http.MethodPost {
		request.Header.Set("Content-Type", media)
		if r.opt.Token != "" {
			request.Header.Set("Authorization", "Bearer "+r.opt.Token)
		}
	}
	response, err := r.opt.Client.Do(request)
	if err != nil {
		return nil, ctx.Err() == nil, unreached(err) // who has waited that long does not wait again
	}
	defer response.Body.Close()
	limit := r.limit(path)
	data, err = io.ReadAll(io.LimitReader(response.Body, limit+1))
	switch {
	case err != nil:
		return nil, ctx.Err() == nil, unreached(err)
	case int64(len(data)) > limit:
		return nil, false, registry.Errorf(registry.CodeRegistryUnreached, "%s %s answers more than %d bytes", method, path, limit)
	case response.StatusCode >= 300:
		return nil, response.StatusCode >= 500 && response.StatusCode != http.StatusInternalServerError, refusal(response, data)
	}
	return data, false, nil
}

// maxIndex is how much of an index is read, in bytes: a hundred thousand versions fit.
const maxIndex = 32 << 20

// limit bounds the answer for a path.
func (r *Remote) limit(path string) int64 {
	if path == indexPath {
		return min(maxIndex, r.opt.MaxBytes)
	}
	return r.opt.MaxBytes
}

// unreached describes a request that got no answer.
func unreached(err error) error {
	e := &registry.Error{Code: registry.CodeRegistryUnreached, Message: "the registry cannot be reached", Err: err}
	var netErr net.Error
	var opErr *net.OpError
	switch {
	case errors.As(err, &netErr) && netErr.Timeout():
		e.Hint = "it did not answer in time"
	case errors.As(err, &opErr) && opErr.Op == "dial":
		e.Hint = "check the URL, and that evctl serve runs there"
	}
	var urlErr *url.Error
	if errors.As(err, &urlErr) {
		e.Err = urlErr.Err // the URL is in the message already, and may hold a password
	}
	return e
}

// refusal is the error in an answer. Answers of other servers, such as a proxy or a
// web server with an exported directory, have none in our form.
func refusal(response *http.Response, data []byte) error {
	var document struct {
		Error struct {
			Code     registry.Code
			Message  string
			Hint     string
			Findings []struct{ Message string }
		}
	}
	if json.Unmarshal(data, &document) == nil && document.Error.Code != "" {
		e := &registry.Error{Code: document.Error.Code, Message: document.Error.Message, Hint: document.Error.Hint}
		for _, f := range document.Error.Findings {
			e.Message += "; " + f.Message
		}
		return e
	}
	media, _, _ := strings.Cut(response.Header.Get("Content-Type"), ";")
	if media == "" {
		media = "nothing"
	}
	return notARegistry(fmt.Sprintf("it answers %s with %s", response.Status, media))
}

func notARegistry(message string) error {
	return registry.Errorf(registry.CodeRegistryUnreached, "no evctl registry is there: %s", message).
		WithHint("the URL is the one that evctl serve prints, or that of an exported directory, without /v1")
}
