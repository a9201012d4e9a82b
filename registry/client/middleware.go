package client

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strconv"
)

// Guard is a middleware that judges the events in the bodies of requests before the
// handler behind it sees them.
type Guard struct {
	Client *Client
	// PassAll hands requests on whatever the verdicts are, for handlers that look at
	// EventsOf. Otherwise a request with an event that is not valid is answered here, with
	// 422 and an Answer, as a whole: the handler behind takes all of the body or nothing.
	PassAll bool
	Limits  Limits
}

// Middleware is the Guard that hands on what is valid only.
func Middleware(c *Client) func(http.Handler) http.Handler { return (&Guard{Client: c}).Wrap }

// Wrap puts the guard in front of a handler. Requests without a body, as GET ones are, go
// through untouched. Of others the handler finds the body unpacked, its length right, and
// the events with their verdicts in EventsOf(r.Context()).
func (g *Guard) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Body == nil || r.Body == http.NoBody || r.Method == http.MethodGet || r.Method == http.MethodHead || r.Method == http.MethodOptions {
			next.ServeHTTP(w, r)
			return
		}
		events, body, err := g.Client.readEvents(w, r, g.Limits)
		if err != nil {
			fail(w, err)
			return
		}
		if _, rejected := parted(events); len(rejected) > 0 && !g.PassAll {
			a := answerOf(events)
			a.Accepted, a.Rejected = 0, len(events)
			writeAnswer(w, http.StatusUnprocessableEntity, a.appendJSON(nil))
			return
		}
		next.ServeHTTP(w, withEvents(r, events, body))
	})
}

// withEvents is the request for the handler behind.
func withEvents(r *http.Request, events []Event, body []byte) *http.Request {
	r = r.WithContext(context.WithValue(r.Context(), eventsKey{}, events))
	r.Header = r.Header.Clone()
	r.Header.Del("Content-Encoding")
	r.Header.Set("Content-Length", strconv.Itoa(len(body)))
	r.Body, r.ContentLength, r.TransferEncoding = io.NopCloser(bytes.NewReader(body)), int64(len(body)), nil
	return r
}

type eventsKey struct{}

// EventsOf are the events of a request behind a Guard, in order; none elsewhere.
func EventsOf(ctx context.Context) []Event {
	events, _ := ctx.Value(eventsKey{}).([]Event)
	return events
}
