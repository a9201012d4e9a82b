package httpapi

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/registry"
)

// current is what to serve from. It fails while the registry was never read.
func (s *Server) current() (*view, error) {
	if v := s.view.Load(); v != nil {
		return v, nil
	}
	return nil, s.notReady()
}

func (s *Server) notReady() error {
	err := registry.Errorf(registry.CodeNotReady, "the registry was not read yet")
	if problem := s.problem.Load(); problem != nil {
		err = registry.Errorf(registry.CodeNotReady, "the registry cannot be read: %v", *problem)
		err.Hint = registry.HintOf(*problem)
	}
	return err
}

// parseQuery reads the query; Query of net/url would drop what it cannot read.
func parseQuery(r *http.Request) (url.Values, error) {
	if r.URL.RawQuery == "" {
		return nil, nil
	}
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, &registry.Error{Code: registry.CodeRequestInvalid, Message: "query cannot be read", Err: err}
	}
	return query, nil
}

// GET /v1/bundle.json
func (s *Server) bundle(w http.ResponseWriter, r *http.Request) error {
	v, err := s.current()
	if err != nil {
		return err
	}
	v.bundle().serve(w, r, revalidate)
	return nil
}

// GET /v1/events.json
func (s *Server) events(w http.ResponseWriter, r *http.Request) error {
	v, err := s.current()
	if err != nil {
		return err
	}
	v.index.serve(w, r, revalidate)
	return nil
}

// GET /v1/events/{event}/{version}.json
// GET /v1/events/{event}/latest.json
func (s *Server) release(w http.ResponseWriter, r *http.Request) error {
	v, err := s.current()
	if err != nil {
		return err
	}
	event := r.PathValue("event")
	name, ok := strings.CutSuffix(r.PathValue("file"), ".json")
	if !ok {
		return registry.Errorf(registry.CodePathUnknown, "no such path: %s", r.URL.Path).WithHint("releases end in .json, such as 1.0.0.json or latest.json")
	}
	versions := v.versions(event)
	if len(versions) == 0 {
		return registry.Errorf(registry.CodeEventUnknown, "event %q is not released", event)
	}
	version, caching := versions[len(versions)-1], revalidate
	if name != "latest" {
		version, err = contracts.ParseVersion(name)
		if err != nil || !slices.Contains(versions, version) {
			return registry.Errorf(registry.CodeVersionUnknown, "version %q of %s is not released", name, event).
				WithHint("the latest one is " + versions[len(versions)-1].String())
		}
		caching = immutable
	}
	release := v.releases[releaseKey{event, version}]
	newContent(release.JSON, release.Digest).serve(w, r, caching)
	return nil
}
