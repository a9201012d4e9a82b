package httpapi

import (
	"net/http"
	"strconv"
	"time"

	"github.com/evctl/evctl/registry"
)

// GET /v1/watch
//
// The same answers as those of /v1/bundle.json, only that 304 is put off. A host of
// static files that lacks the path loses nothing but time: whoever watches asks it for
// the bundle instead.
func (s *Server) watch(w http.ResponseWriter, r *http.Request) error {
	wait, err := s.waitOf(r)
	if err != nil {
		return err
	}
	defer s.watchers.Add(-1)
	if s.watchers.Add(1) > maxWatchers {
		wait = 0
	}
	if answer, ok := w.(*patientWriter); ok {
		answer.holdFor(wait)
	}
	until := time.NewTimer(wait)
	defer until.Stop()
	for {
		v, err := s.current()
		if err != nil {
			return err
		}
		bundle := v.bundle()
		if !bundle.known(r.Header.Values("If-None-Match")) || !s.newsWithin(until, v, r) {
			bundle.serve(w, r, "no-store")
			return nil
		}
	}
}

// waitOf is how long the client wants to wait, and may.
func (s *Server) waitOf(r *http.Request) (time.Duration, error) {
	query, err := parseQuery(r)
	if err != nil || !query.Has("wait") {
		return s.opt.MaxWait, err
	}
	seconds, err := strconv.ParseUint(query.Get("wait"), 10, 31)
	if err != nil {
		return 0, registry.Errorf(registry.CodeRequestInvalid, "query parameter wait is %q, expected whole seconds", query.Get("wait"))
	}
	return min(time.Duration(seconds)*time.Second, s.opt.MaxWait), nil
}

// newsWithin waits for another view, and reports whether there is one.
func (s *Server) newsWithin(until *time.Timer, v *view, r *http.Request) bool {
	select {
	case <-v.replaced:
		return true
	case <-until.C:
	case <-s.stopping:
	case <-r.Context().Done():
	}
	return false
}
