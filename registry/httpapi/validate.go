package httpapi

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"

	"github.com/evctl/evctl/contracts/payload"
	"github.com/evctl/evctl/registry"
)

// POST /v1/validate
func (s *Server) validate(w http.ResponseWriter, r *http.Request) error {
	v, err := s.current()
	if err != nil {
		return err
	}
	verdict, err := s.judgeOf(r, v.set)
	if err != nil {
		return err
	}
	media, err := eventsMedia(r)
	if err != nil {
		return err
	}
	b, err := s.readBody(w, r, s.opt.MaxBody)
	if err != nil {
		return err
	}
	defer b.release()
	switch {
	case media != mediaJSON && !strings.HasSuffix(media, "+json"):
		return s.verdicts(w, r, b.data, verdict, &listOfLines)
	case bytes.HasPrefix(bytes.TrimLeft(b.data, " \t\r\n"), []byte("[")):
		if err := checkArray(b.data); err != nil {
			return err
		}
		return s.verdicts(w, r, b.data, verdict, &listOfItems)
	}
	s.answerOne(w, verdict, b.data)
	return nil
}

// eventsMedia is the Content-Type of events. What curl -d calls a form is taken for
// JSON: verdicts change nothing, so there is nothing that a forged form could do.
func eventsMedia(r *http.Request) (string, error) {
	if r.Header.Get("Content-Type") == "application/x-www-form-urlencoded" {
		return mediaJSON, nil
	}
	return mediaType(r, mediaJSON, mediaNDJSON, "application/ndjson", "application/jsonl")
}

// judgeOf is what gives the verdict on one event: by its envelope, or as
// properties of the event that the query names.
func (s *Server) judgeOf(r *http.Request, set *payload.Set) (func([]byte) payload.Verdict, error) {
	query, err := parseQuery(r)
	if err != nil {
		return nil, err
	}
	event, version := query.Get("event"), query.Get("version")
	switch {
	case query.Has("event"):
		return func(raw []byte) payload.Verdict { return set.ValidateAs(raw, event, version) }, nil
	case query.Has("version"):
		return nil, registry.Errorf(registry.CodeRequestInvalid, "query parameter version needs event")
	}
	return set.Validate, nil
}

// checkArray refuses an array whose brackets and commas are wrong: it has no events that
// could be told apart.
func checkArray(data []byte) error {
	events := payload.NewTextScanner(data)
	for events.Scan() {
	}
	if err := events.Err(); err != nil {
		return &registry.Error{Code: registry.CodeRequestInvalid, Message: "array cannot be read", Err: err}
	}
	return nil
}

// verdictList is how a list of events is read and one of verdicts written: what stands
// before it, between two verdicts, behind each of them, and behind it.
type verdictList struct {
	scan                           func(text []byte) *payload.Scanner
	media                          []string
	before, between, behind, after string
}

var (
	listOfLines = verdictList{scan: scanLines, media: []string{mediaNDJSON}, behind: "\n"}
	listOfItems = verdictList{scan: payload.NewTextScanner, media: jsonMedia, before: "[", between: ",\n", after: "]\n"}
)

func scanLines(text []byte) *payload.Scanner { return payload.NewTextScanner(text).Lines() }

// Values of headers, which net/http only reads.
var (
	noStore   = []string{"no-store"}
	jsonMedia = []string{mediaJSON}
)

// answers keeps the memory of answers.
var answers = sync.Pool{New: func() any { return &answerText{} }}

// answerText is what was not sent yet of an answer, and how many verdicts are in it.
type answerText struct {
	text   []byte
	counts verdictCounts
}

const (
	// answerPortion is how much of an answer is sent at once.
	answerPortion = 32 << 10
	// sharedFrom is the size of a body from which on several cores work on it.
	sharedFrom = 256 << 10
)

func newAnswer() *answerText {
	a := answers.Get().(*answerText)
	a.text, a.counts = a.text[:0], verdictCounts{}
	return a
}

// release gives the memory back.
func (a *answerText) release() {
	if cap(a.text) <= 8*answerPortion {
		answers.Put(a)
	}
}

// send counts the verdicts and sends all but the beginning of the text.
func (a *answerText) send(s *Server, w io.Writer, but int) error {
	s.stats.judged(&a.counts)
	_, err := w.Write(a.text[but:])
	a.text, a.counts = a.text[:0], verdictCounts{}
	return err
}

// add judges an event and appends the verdict.
func (a *answerText) add(s *Server, verdict func([]byte) payload.Verdict, raw []byte) {
	v := s.safely(verdict, raw)
	a.counts.count(&v)
	a.text = v.AppendJSON(a.text)
}

func (s *Server) answerOne(w http.ResponseWriter, verdict func([]byte) payload.Verdict, raw []byte) {
	a := newAnswer()
	defer a.release()
	a.add(s, verdict, raw)
	a.text = append(a.text, '\n')
	h := w.Header()
	h["Content-Type"], h["Cache-Control"] = jsonMedia, noStore
	_ = a.send(s, w, 0) // a client that went away is its own business
}

// verdicts judges events and writes the verdicts in order as they come.
func (s *Server) verdicts(w http.ResponseWriter, r *http.Request, text []byte, verdict func([]byte) payload.Verdict, list *verdictList) error {
	h := w.Header()
	h["Content-Type"], h["Cache-Control"] = list.media, noStore
	if runtime.GOMAXPROCS(0) > 1 && len(text) >= sharedFrom {
		s.onAllCores(w, r, list.scan(text), verdict, list)
	} else {
		s.inTurn(w, r, list.scan(text), verdict, list)
	}
	return nil
}

// inTurn judges one event after the other. An answer that is short has its length in front.
func (s *Server) inTurn(w http.ResponseWriter, r *http.Request, events *payload.Scanner, verdict func([]byte) payload.Verdict, list *verdictList) {
	a := newAnswer()
	defer a.release()
	a.text = append(a.text, list.before...)
	whole := true
	for between := ""; events.Scan(); between = list.between {
		a.text = append(a.text, between...)
		a.add(s, verdict, events.Event())
		a.text = append(a.text, list.behind...)
		if len(a.text) < answerPortion {
			continue
		}
		if err := a.send(s, w, 0); err != nil || r.Context().Err() != nil {
			return // the client went away
		}
		whole = false
	}
	if a.text = append(a.text, list.after...); whole {
		w.Header()["Content-Length"] = []string{strconv.Itoa(len(a.text))}
	}
	_ = a.send(s, w, 0)
}

// onAllCores judges events side by side.
func (s *Server) onAllCores(w http.ResponseWriter, r *http.Request, events *payload.Scanner, verdict func([]byte) payload.Verdict, list *verdictList) {
	work := func(b *payload.Batch) *answerText {
		a := newAnswer()
		for i := range b.Len() {
			a.text = append(a.text, list.between...)
			a.add(s, verdict, b.Event(i))
			a.text = append(a.text, list.behind...)
		}
		return a
	}
	between := len(list.between) // nothing stands between what is before the first verdict and it
	_, err := io.WriteString(w, list.before)
	take := func(_ *payload.Batch, a *answerText, _ bool) error {
		defer a.release()
		but := between
		between = 0
		return a.send(s, w, but)
	}
	if err == nil {
		err = payload.Stream(r.Context(), events, work, take)
	}
	if err == nil {
		_, _ = io.WriteString(w, list.after)
	}
}

// safely judges one event. Should that panic, the others still get their verdict:
// the goroutine is not one that net/http watches.
func (s *Server) safely(verdict func([]byte) payload.Verdict, raw []byte) (v payload.Verdict) {
	defer func() {
		if cause := recover(); cause != nil {
			s.opt.Log.Error("validation panicked", "panic", fmt.Sprint(cause), "stack", string(debug.Stack()))
			v = payload.Verdict{Violations: []payload.Violation{{
				Rule: string(registry.CodeInternal), Found: "an event that makes the server fail", Expected: "a verdict; the server's log says more",
			}}}
		}
	}()
	return verdict(raw)
}
