package httpapi

import (
	"fmt"
	"net/http"
	"path"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/evctl/evctl/registry"
)

// Media types that bodies have.
const (
	mediaJSON   = "application/json"
	mediaNDJSON = "application/x-ndjson"
	mediaYAML   = "application/yaml"
)

// route is one operation of the API.
type route struct {
	method, path string
	id           string // for clients that are generated from /openapi.json
	summary      string
	query        []parameter
	body         []string // media types, preferred first
	answers      []answer
	fails        []registry.Code // those that every route has left out
	handle       func(*Server, http.ResponseWriter, *http.Request) error
	counts       *statusCounts // of its answers
}

// parameter is a query parameter.
type parameter struct{ name, summary string }

// answer is a status with what its body is.
type answer struct {
	status  int
	summary string
	schema  string // name in /openapi.json; empty: no body
}

// table lists every operation, in the order of the documentation.
func table() []route {
	return []route{
		{
			method: "GET", path: "/v1/bundle.json", id: "getBundle", handle: (*Server).bundle,
			summary: "All live releases: everything a collector needs. The ETag is the bundle's digest.",
			answers: []answer{{200, "the bundle", "Bundle"}, {304, "the client has it", ""}},
			fails:   []registry.Code{registry.CodeNotReady},
		},
		{
			method: "GET", path: "/v1/watch", id: "watchBundle", handle: (*Server).watch,
			summary: "The bundle as soon as it is another one than If-None-Match names; 304 when it stayed the same for a while. Whoever gets an answer asks again.",
			query:   []parameter{{"wait", "how long the answer may take, in whole seconds; the server may answer earlier"}},
			answers: []answer{{200, "another bundle", "Bundle"}, {304, "the client still has the current one", ""}},
			fails:   []registry.Code{registry.CodeNotReady},
		},
		{
			method: "GET", path: "/v1/events.json", id: "listEvents", handle: (*Server).events,
			summary: "What is released, without contents.",
			answers: []answer{{200, "the index", "Index"}, {304, "the client has it", ""}},
			fails:   []registry.Code{registry.CodeNotReady},
		},
		{
			method: "GET", path: "/v1/events/{event}/{file}", id: "getRelease", handle: (*Server).release,
			summary: "One release, as {version}.json or latest.json: contract, JSON Schema and protobuf field numbers.",
			answers: []answer{{200, "the release; by version it is immutable", "Release"}, {304, "the client has it", ""}},
			fails:   []registry.Code{registry.CodeEventUnknown, registry.CodeVersionUnknown, registry.CodePathUnknown, registry.CodeNotReady},
		},
		{
			method: "POST", path: "/v1/events/{event}/versions", id: "pushVersion", handle: (*Server).push,
			summary: `Release a version. The body is its contract, self-contained, or {"contract": …, "waivers": […]} with the approvals of breaks that it needs.`,
			query:   []parameter{{"dry_run", "true: decide, and write nothing"}},
			body:    []string{mediaYAML, mediaJSON, registry.MediaPush},
			answers: []answer{{200, "nothing was to do, or a dry run", "Outcome"}, {201, "released", "Outcome"}},
			fails: []registry.Code{
				registry.CodeRequestInvalid, registry.CodeUnauthorized, registry.CodePushForbidden, registry.CodeVersionConflict,
				registry.CodeVersionTooLow, registry.CodeIncompatible, registry.CodeBodyTooLarge, registry.CodeMediaTypeUnknown,
				registry.CodeEncodingUnknown, registry.CodeContractInvalid, registry.CodeEventDraft, registry.CodeReleaseEdited, registry.CodeNotReady,
			},
		},
		{
			method: "POST", path: "/v1/compatibility", id: "checkCompatibility", handle: (*Server).compatibility,
			summary: `Whether a contract keeps what is released, as {"new": …}, or what another contract promises, as {"old": …, "new": …}. Contracts are objects, or text in YAML.`,
			body:    []string{mediaJSON},
			answers: []answer{{200, "the verdict", "Compatibility"}},
			fails: []registry.Code{
				registry.CodeRequestInvalid, registry.CodeBodyTooLarge, registry.CodeMediaTypeUnknown, registry.CodeEncodingUnknown,
				registry.CodeContractInvalid, registry.CodeReleaseEdited, registry.CodeNotReady,
			},
		},
		{
			method: "POST", path: "/v1/validate", id: "validateEvents", handle: (*Server).validate,
			summary: "A verdict on each event, in the order of the body: one event, an array, or one event per line. Events that name no contract are not valid, unless this server lets them pass, with a flag in the verdict.",
			query: []parameter{
				{"event", "the body holds properties of this event, without an envelope"},
				{"version", "of that event; the newest when it is left out"},
			},
			body:    []string{mediaJSON, mediaNDJSON},
			answers: []answer{{200, "a verdict, an array of verdicts, or one verdict per line, as the body was", "Verdicts"}},
			fails: []registry.Code{
				registry.CodeRequestInvalid, registry.CodeBodyTooLarge, registry.CodeMediaTypeUnknown, registry.CodeEncodingUnknown, registry.CodeNotReady,
			},
		},
		{
			method: "GET", path: "/healthz", id: "getHealth", handle: (*Server).health,
			summary: "Whether the process answers.",
			answers: []answer{{200, "it does", "Health"}},
		},
		{
			method: "GET", path: "/readyz", id: "getReadiness", handle: (*Server).ready,
			summary: "Whether what is served is what is released.",
			answers: []answer{{200, "it is", "Readiness"}},
			fails:   []registry.Code{registry.CodeNotReady},
		},
		{
			method: "GET", path: "/metrics", id: "getMetrics", handle: (*Server).metrics,
			summary: "Counters in the Prometheus text format.",
			answers: []answer{{200, "the counters", "Text"}},
		},
		{
			method: "GET", path: "/openapi.json", id: "getDescription", handle: (*Server).describe,
			summary: "This description.",
			answers: []answer{{200, "OpenAPI 3.1", "Description"}, {304, "the client has it", ""}},
		},
	}
}

// routes makes the handler of all routes. It expects a server that bounds the time for
// headers and the beginning of bodies.
func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	byPath, exact := map[string][]*route{}, map[string][]*route{}
	for i := range s.table {
		s.table[i].counts = &statusCounts{}
		byPath[s.table[i].path] = append(byPath[s.table[i].path], &s.table[i])
	}
	for path, list := range byPath {
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) { s.dispatch(w, r, list) })
		if !strings.Contains(path, "{") {
			exact[path] = list
		}
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		s.fail(w, r, registry.Errorf(registry.CodePathUnknown, "no such path: %s", r.URL.Path).WithHint("/openapi.json lists the paths"))
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := &patientWriter{ResponseWriter: w, connection: *http.NewResponseController(w), timeout: s.opt.Timeout}
		if r.ContentLength == 0 || r.Header["Expect"] != nil {
			answer.extend() // net/http may answer before we do
		}
		defer s.recover(answer, r)
		w.Header()["X-Content-Type-Options"] = noSniff
		// Not by RequestURI: whoever stands in front may have rewritten the path.
		if list := exact[r.URL.Path]; list != nil && r.URL.RawPath == "" {
			s.dispatch(answer, r, list) // as the mux would
			return
		}
		if clean := path.Clean("/" + r.URL.EscapedPath()); r.Method != http.MethodConnect && clean != r.URL.EscapedPath() {
			// The mux would redirect; nobody needs two spellings of a path.
			s.fail(answer, r, registry.Errorf(registry.CodePathUnknown, "no such path: %s", r.URL.Path).WithHint("did you mean "+clean+"?"))
			return
		}
		mux.ServeHTTP(answer, r)
	})
}

var noSniff = []string{"nosniff"}

// dispatch finds the route of a path that takes the method.
func (s *Server) dispatch(w http.ResponseWriter, r *http.Request, list []*route) {
	var allowed []string
	for _, route := range list {
		if route.method == r.Method || route.method == http.MethodGet && r.Method == http.MethodHead {
			s.call(w, r, route)
			return
		}
		allowed = append(allowed, route.method)
		if route.method == http.MethodGet {
			allowed = append(allowed, http.MethodHead)
		}
	}
	w.Header().Set("Allow", strings.Join(allowed, ", "))
	s.fail(w, r, registry.Errorf(registry.CodeMethodNotAllowed, "method %s is not allowed for %s, expected %s", r.Method, r.URL.Path, strings.Join(allowed, " or ")))
}

func (s *Server) call(w http.ResponseWriter, r *http.Request, route *route) {
	if answer, ok := w.(*patientWriter); ok {
		defer func() { route.counts.answered(answer.status) }()
	}
	if err := checkQuery(r, route); err != nil {
		s.fail(w, r, err)
		return
	}
	if err := route.handle(s, w, r); err != nil {
		s.fail(w, r, err)
	}
}

// checkQuery refuses parameters that the route does not have.
func checkQuery(r *http.Request, route *route) error {
	query, err := parseQuery(r)
	if err != nil {
		return err
	}
	for name, values := range query {
		if !slices.ContainsFunc(route.query, func(p parameter) bool { return p.name == name }) {
			return registry.Errorf(registry.CodeRequestInvalid, "unknown query parameter %q", name)
		}
		if len(values) > 1 {
			return registry.Errorf(registry.CodeRequestInvalid, "query parameter %q stands twice", name)
		}
	}
	return nil
}

// recover answers a request whose handler panicked.
func (s *Server) recover(w *patientWriter, r *http.Request) {
	cause := recover()
	if cause == nil {
		return
	}
	if cause == http.ErrAbortHandler {
		panic(cause)
	}
	s.opt.Log.Error("handler panicked", "method", r.Method, "path", r.URL.Path, "panic", fmt.Sprint(cause), "stack", string(debug.Stack()))
	if w.status != 0 {
		panic(http.ErrAbortHandler) // cut the answer off: it is not whole
	}
	s.fail(w, r, registry.Errorf(registry.CodeInternal, "handler panicked"))
}
