package httpapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"runtime/debug"
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
	case media == mediaNDJSON || media == "application/ndjson" || media == "application/jsonl":
		w.Header().Set("Content-Type", mediaNDJSON)
		return s.stream(w, r, lines(b.data), verdict, verdictStyle{last: "\n", between: "\n"})
	case bytes.HasPrefix(bytes.TrimLeft(b.data, " \t\r\n"), []byte("[")):
		events, err := items(b.data)
		if err != nil {
			return err
		}
		w.Header().Set("Content-Type", mediaJSON)
		return s.stream(w, r, events, verdict, verdictStyle{before: "[", between: ",\n", after: "]\n"})
	}
	return writeJSON(w, http.StatusOK, s.safely(verdict, b.data))
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

// lines are the lines of NDJSON that are not empty.
func lines(data []byte) [][]byte {
	var list [][]byte
	for line := range bytes.Lines(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))) {
		if line = bytes.TrimRight(line, "\r\n"); len(bytes.TrimLeft(line, " \t\r")) > 0 {
			list = append(list, line)
		}
	}
	return list
}

// items are the events of an array. An array whose brackets and commas are wrong
// has no events that could be told apart.
func items(data []byte) ([][]byte, error) {
	var list [][]byte
	scanner := payload.NewScanner(bytes.NewReader(data))
	for scanner.Scan() {
		list = append(list, bytes.Clone(scanner.Event()))
	}
	if err := scanner.Err(); err != nil {
		return nil, &registry.Error{Code: registry.CodeRequestInvalid, Message: "array cannot be read", Err: err}
	}
	return list, nil
}

// verdictStyle is what stands around a list of verdicts: before and after the list,
// between two verdicts, and behind the last one.
type verdictStyle struct{ before, between, last, after string }

// chunk is how many events one goroutine judges at a time.
const chunk = 64

// stream judges events on all cores and writes the verdicts in order as they come.
func (s *Server) stream(w http.ResponseWriter, r *http.Request, events [][]byte, verdict func([]byte) payload.Verdict, style verdictStyle) error {
	w.Header().Set("Cache-Control", "no-store")
	connection := http.NewResponseController(w)
	_, err := io.WriteString(w, style.before)
	workers := runtime.GOMAXPROCS(0)
	results := make(chan chan []byte, workers) // in order, at most that many ahead
	stop := make(chan struct{})
	var group sync.WaitGroup
	group.Go(func() {
		defer close(results)
		for start := 0; start < len(events); start += chunk {
			part := events[start:min(start+chunk, len(events))]
			result := make(chan []byte, 1)
			select {
			case results <- result:
			case <-stop:
				return
			}
			last := start+chunk >= len(events)
			group.Go(func() { result <- s.verdicts(part, verdict, style, last) })
		}
	})
	defer group.Wait()
	defer close(stop)
	for result := range results {
		if err == nil {
			_, err = w.Write(<-result)
		}
		if err != nil || connection.Flush() != nil || r.Context().Err() != nil {
			return nil // the client went away
		}
	}
	_, _ = io.WriteString(w, style.after)
	return nil
}

// verdicts judges some events and writes their verdicts.
func (s *Server) verdicts(events [][]byte, verdict func([]byte) payload.Verdict, style verdictStyle, last bool) []byte {
	var out bytes.Buffer
	for i, raw := range events {
		data, err := json.Marshal(s.safely(verdict, raw))
		if err != nil {
			data = []byte(`{"valid":false}`) // a verdict is texts and numbers only
		}
		out.Write(data)
		if last && i == len(events)-1 {
			out.WriteString(style.last)
		} else {
			out.WriteString(style.between)
		}
	}
	return out.Bytes()
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
		s.stats.judged(v.Valid)
	}()
	return verdict(raw)
}
