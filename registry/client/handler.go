package client

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"

	"github.com/evctl/evctl/contracts/payload"
	"github.com/evctl/evctl/registry"
)

// Sink takes the events of one request, in order. An error means that none of them is
// kept: the sender is told to send the request again. The events may be kept.
type Sink func(ctx context.Context, events []Event) error

// Collector is a handler that takes events: in a request one event, an array, or NDJSON,
// plain, gzip or zstd. Its answer is an Answer; README.md says which status means what.
type Collector struct {
	Client *Client
	// Accepted takes the events that are valid or pass unchecked.
	Accepted Sink
	// Rejected takes those that are not, for people to look at; nil: they are dropped.
	Rejected Sink
	Limits   Limits
}

// Handler is the Collector that hands valid events to a sink and drops the others.
func Handler(c *Client, sink Sink) *Collector { return &Collector{Client: c, Accepted: sink} }

// Answer says what became of the events of a request. As JSON, fields are only added.
type Answer struct {
	Accepted int `json:"accepted"`
	Rejected int `json:"rejected"`
	// Verdicts are those of all events, in the order of the request.
	Verdicts []AnsweredVerdict `json:"verdicts"`
}

// AnsweredVerdict is a verdict in an Answer.
type AnsweredVerdict struct {
	payload.Verdict
	// Omitted counts violations that are left out, so that a small request cannot have a
	// large answer.
	Omitted int `json:"omitted,omitempty"`
}

// failure is the answer to a request of which nothing was taken.
type failure struct {
	Error failureBody `json:"error"`
}

type failureBody struct {
	Code    registry.Code `json:"code"`
	Message string        `json:"message"`
}

// ServeHTTP implements http.Handler.
func (h *Collector) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		fail(w, refuse(http.StatusMethodNotAllowed, registry.CodeMethodNotAllowed, "method %s is not allowed, expected POST", r.Method))
		return
	}
	events, _, err := h.Client.readEvents(w, r, h.Limits)
	if err != nil {
		fail(w, err)
		return
	}
	accepted, rejected := parted(events)
	if err := hand(r.Context(), h.Rejected, rejected); err != nil {
		fail(w, unsunk)
		return
	}
	if err := hand(r.Context(), h.Accepted, accepted); err != nil {
		fail(w, unsunk)
		return
	}
	status := http.StatusAccepted
	if len(accepted) == 0 {
		status = http.StatusUnprocessableEntity
	}
	writeAnswer(w, status, answerOf(events).appendJSON(nil))
}

// unsunk is the answer when a sink fails; why is not for those who send events.
var unsunk = refuse(http.StatusServiceUnavailable, registry.CodeNotReady, "the events cannot be stored now")

func hand(ctx context.Context, sink Sink, events []Event) error {
	if sink == nil || len(events) == 0 {
		return nil
	}
	return sink(ctx, events)
}

// readEvents reads the events of a request and judges them. It fails with the status for
// who sent it when they cannot be told apart, or when there are no contracts to judge by.
func (c *Client) readEvents(w http.ResponseWriter, r *http.Request, limits Limits) (events []Event, body []byte, err error) {
	f, err := formOf(r.Header.Get("Content-Type"))
	if err != nil {
		return nil, nil, err
	}
	if body, err = readBody(w, r, limits.body()); err != nil {
		return nil, nil, err
	}
	list, err := split(body, f, limits.events())
	if err != nil {
		return nil, nil, err
	}
	events = make([]Event, len(list))
	for i, raw := range list {
		events[i] = Event{raw, c.Validate(raw)}
		if !events[i].Verdict.Valid && events[i].Verdict.Violations[0].Rule == RuleUnavailable {
			return nil, nil, refuse(http.StatusServiceUnavailable, registry.CodeNotReady, "there are no contracts to check the events with")
		}
	}
	return events, body, nil
}

// parted tells the events that pass from the others.
func parted(events []Event) (accepted, rejected []Event) {
	for _, e := range events {
		if e.Verdict.Valid {
			accepted = append(accepted, e)
		} else {
			rejected = append(rejected, e)
		}
	}
	return accepted, rejected
}

// Bounds of the violations in an answer: of one event, and of all.
const (
	shownOfEvent  = 20
	shownOfAnswer = 1000
)

func answerOf(events []Event) *Answer {
	a := &Answer{Verdicts: make([]AnsweredVerdict, len(events))}
	room := shownOfAnswer
	for i, e := range events {
		v := AnsweredVerdict{Verdict: e.Verdict}
		if shown := min(shownOfEvent, room); len(v.Violations) > shown {
			v.Omitted, v.Violations = len(v.Violations)-shown, v.Violations[:shown]
		}
		room -= len(v.Violations)
		if a.Verdicts[i] = v; v.Valid {
			a.Accepted++
		} else {
			a.Rejected++
		}
	}
	return a
}

// appendJSON appends the answer as encoding/json writes it, without reflection.
func (a *Answer) appendJSON(b []byte) []byte {
	const each = 100 // bytes of a verdict that is valid, about
	b = slices.Grow(b, each*(len(a.Verdicts)+1))
	b = strconv.AppendInt(append(b, `{"accepted":`...), int64(a.Accepted), 10)
	b = strconv.AppendInt(append(b, `,"rejected":`...), int64(a.Rejected), 10)
	b = append(b, `,"verdicts":[`...)
	for i := range a.Verdicts {
		if i > 0 {
			b = append(b, ',')
		}
		v := &a.Verdicts[i]
		if b = v.AppendJSON(b); v.Omitted > 0 {
			b = strconv.AppendInt(append(b[:len(b)-1], `,"omitted":`...), int64(v.Omitted), 10)
			b = append(b, '}')
		}
	}
	return append(b, ']', '}')
}

// retryAfter is when to try again what could not be done now, in seconds.
const retryAfter = "5"

// fail answers a request of which nothing was taken.
func fail(w http.ResponseWriter, err error) {
	var known refused
	if !errors.As(err, &known) {
		known = refused{http.StatusInternalServerError, registry.CodeInternal, errors.New("the collector failed")}
	}
	if known.status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", retryAfter)
	}
	data, err := json.Marshal(failure{failureBody{known.code, known.Error()}})
	if err != nil {
		known.status, data = http.StatusInternalServerError, []byte(`{"error":{"code":"internal","message":"the answer cannot be written"}}`)
	}
	writeAnswer(w, known.status, data)
}

func writeAnswer(w http.ResponseWriter, status int, data []byte) {
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = w.Write(append(data, '\n')) // a client that went away is its own business
}
