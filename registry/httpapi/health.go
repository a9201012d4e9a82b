package httpapi

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/payload"
	"github.com/evctl/evctl/registry"
)

// GET /healthz
func (s *Server) health(w http.ResponseWriter, _ *http.Request) error {
	return writeJSON(w, http.StatusOK, map[string]string{"status": "ok"})
}

// readiness is the answer of /readyz.
type readiness struct {
	Status   string           `json:"status"`
	Events   int              `json:"events"`
	Versions int              `json:"versions"`
	Digest   contracts.Digest `json:"digest"` // of the index
}

// GET /readyz
func (s *Server) ready(w http.ResponseWriter, _ *http.Request) error {
	v, err := s.current()
	if err != nil {
		return err
	}
	if problem := s.problem.Load(); problem != nil {
		e := registry.Errorf(registry.CodeNotReady, "what is served is older than what is released: %v", *problem)
		e.Hint = registry.HintOf(*problem)
		return e
	}
	return writeJSON(w, http.StatusOK, readiness{"ready", len(v.subjects), len(v.releases), v.index.digest})
}

// stats counts what the server did. Its labels are routes, statuses and rules, which are
// few.
type stats struct {
	valid, invalid, unchecked atomic.Int64
	flagged                   [len(flags)]atomic.Int64
}

// flags are the rules that Options.Unknown can let events break.
var flags = [...]string{payload.RuleEventUnknown, payload.RuleVersionUnknown, payload.RuleVersionMissing}

// verdictCounts counts verdicts on their way into stats.
type verdictCounts struct {
	// Valid and invalid events are those that a contract decided about, and those that
	// name none; unchecked ones passed without a contract.
	valid, invalid, unchecked int64
	// flagged counts the valid and the unchecked ones that break a rule of flags.
	flagged [len(flags)]int64
}

func (c *verdictCounts) count(v *payload.Verdict) {
	switch {
	case !v.Valid:
		c.invalid++
		return
	case v.Contract == nil:
		c.unchecked++
	default:
		c.valid++
	}
	if v.Flag == "" {
		return
	}
	if i := slices.Index(flags[:], v.Flag); i >= 0 {
		c.flagged[i]++
	}
}

// statusCounts counts requests by the status of their answer.
type statusCounts [600]atomic.Int64

func (c *statusCounts) answered(status int) {
	if 0 <= status && status < len(c) {
		c[status].Add(1)
	}
}

func (s *stats) judged(c *verdictCounts) {
	s.valid.Add(c.valid)
	s.invalid.Add(c.invalid)
	if s.unchecked.Add(c.unchecked); c.flagged == [len(flags)]int64{} {
		return
	}
	for i, n := range c.flagged {
		s.flagged[i].Add(n)
	}
}

// GET /metrics
func (s *Server) metrics(w http.ResponseWriter, _ *http.Request) error {
	var b strings.Builder
	metric := func(name, kind, help string) {
		fmt.Fprintf(&b, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind)
	}
	metric("evctl_http_requests_total", "counter", "Requests by route and status.")
	for _, route := range s.table {
		for status := range route.counts {
			if n := route.counts[status].Load(); n > 0 {
				fmt.Fprintf(&b, "evctl_http_requests_total{method=%q,route=%q,status=\"%d\"} %d\n", route.method, route.path, status, n)
			}
		}
	}
	metric("evctl_validated_events_total", "counter", "Events that were validated, by verdict; unchecked ones passed without a contract.")
	fmt.Fprintf(&b, "evctl_validated_events_total{verdict=\"valid\"} %d\n", s.stats.valid.Load())
	fmt.Fprintf(&b, "evctl_validated_events_total{verdict=\"invalid\"} %d\n", s.stats.invalid.Load())
	fmt.Fprintf(&b, "evctl_validated_events_total{verdict=\"unchecked\"} %d\n", s.stats.unchecked.Load())
	metric("evctl_flagged_events_total", "counter", "Valid and unchecked events that passed although they break a rule, by that rule.")
	for i, rule := range flags {
		fmt.Fprintf(&b, "evctl_flagged_events_total{rule=%q} %d\n", rule, s.stats.flagged[i].Load())
	}
	versions, current := 0, 0
	if v := s.view.Load(); v != nil {
		versions = len(v.releases)
		if s.problem.Load() == nil {
			current = 1
		}
	}
	metric("evctl_released_versions", "gauge", "Versions that are served.")
	fmt.Fprintf(&b, "evctl_released_versions %d\n", versions)
	metric("evctl_watchers", "gauge", "Requests that wait for another bundle.")
	fmt.Fprintf(&b, "evctl_watchers %d\n", s.watchers.Load())
	metric("evctl_ready", "gauge", "1 when what is served is what is released.")
	fmt.Fprintf(&b, "evctl_ready %d\n", current)
	h := w.Header()
	h.Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Length", strconv.Itoa(b.Len()))
	_, _ = w.Write([]byte(b.String())) // a client that went away is its own business
	return nil
}
