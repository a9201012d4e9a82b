package runtime

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// HTTPSink posts messages to a collector: one as JSON, several as lines of JSON. Of the
// answers, it understands those of evctl, which have a verdict for each event.
type HTTPSink struct {
	URL    string
	Header http.Header  // sent with every request, such as Authorization
	Client *http.Client // nil: http.DefaultClient
}

// Send posts the messages.
func (s HTTPSink) Send(ctx context.Context, messages ...Message) error {
	if len(messages) == 0 {
		return nil
	}
	contentType, body := "application/json", messages[0].Body
	if len(messages) > 1 {
		var lines bytes.Buffer
		for _, m := range messages {
			lines.Write(m.Body)
			lines.WriteByte('\n')
		}
		contentType, body = "application/x-ndjson", lines.Bytes()
	}
	return post(ctx, s.Client, s.URL, contentType, s.Header, body, func(answer io.Reader) error { return readVerdicts(answer, messages) })
}

// RejectedError lists the messages that a collector did not take because of what they say. It
// took the others.
type RejectedError struct{ Rejected []Rejection }

// Rejection is a message that a collector did not take, and what it objects to.
type Rejection struct {
	Message    Message
	Violations []Violation
}

// Error is about the first message, and says how many there are.
func (e *RejectedError) Error() string {
	if len(e.Rejected) == 0 {
		return "rejected"
	}
	first := e.Rejected[0]
	text := fmt.Sprintf("%s %s is rejected: %v", first.Message.Name, first.Message.Version, &ValidationError{first.Violations})
	if n := len(e.Rejected); n > 1 {
		text += fmt.Sprintf(", and %d more", n-1)
	}
	return text
}

func (e *RejectedError) messages() []Message {
	list := make([]Message, len(e.Rejected))
	for i, r := range e.Rejected {
		list[i] = r.Message
	}
	return list
}

// verdict is what evctl answers for an event; a collector's answer has a list of them, and
// lines of events are answered with lines.
type verdict struct {
	Verdicts   []verdict
	Valid      *bool
	Violations []struct{ Pointer, Rule, Expected string }
}

// AnswerError is an answer of a collector that was not read to its end. Whether it took the
// events, and which of them, is not known.
type AnswerError struct{ Err error }

func (e *AnswerError) Error() string { return "read the answer: " + e.Err.Error() }

// Unwrap is what went wrong.
func (e *AnswerError) Unwrap() error { return e.Err }

// errLongAnswer is an answer that is longer than verdicts on so few events ever are.
var errLongAnswer = errors.New("it is longer than " + strconv.Itoa(maxAnswer>>20) + " MiB")

// readVerdicts reads the verdicts of an answer as they come. The error is a *RejectedError when
// there is one for each message, and an *AnswerError when the end is missing. What is no list of
// verdicts is nobody's objection.
func readVerdicts(answer io.Reader, messages []Message) error {
	source := &bounded{from: answer, left: maxAnswer}
	var rejected RejectedError
	n := 0
	for decoder := json.NewDecoder(source); n <= len(messages); {
		var v verdict
		if err := decoder.Decode(&v); err == io.EOF {
			break
		} else if err != nil {
			return source.failure()
		}
		if v.Verdicts == nil {
			v.Verdicts = []verdict{v}
		}
		for _, v := range v.Verdicts {
			if n < len(messages) && v.Valid != nil && !*v.Valid {
				rejected.Rejected = append(rejected.Rejected, Rejection{messages[n], v.violations()})
			}
			n++
		}
	}
	if n != len(messages) || rejected.Rejected == nil {
		return nil
	}
	return &rejected
}

func (v *verdict) violations() []Violation {
	var list []Violation
	for _, found := range v.Violations {
		list = append(list, Violation{found.Pointer, found.Rule, "expected " + found.Expected})
	}
	return list
}

// bounded reads so many bytes, and remembers why it did not read to the end.
type bounded struct {
	from io.Reader
	left int
	err  error
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left == 0 {
		b.err = errLongAnswer
		return 0, b.err
	}
	n, err := b.from.Read(p[:min(len(p), b.left)])
	b.left -= n
	if err != nil && err != io.EOF {
		b.err = err
	}
	return n, err
}

// failure is an *AnswerError, or nil when all was read that there was.
func (b *bounded) failure() error {
	if b.err == nil {
		return nil
	}
	return &AnswerError{b.err}
}

// StatusError is an answer of a server that did not take events.
type StatusError struct {
	Code       int
	Body       string        // its start, without space around it
	RetryAfter time.Duration // what the server asks for; 0: nothing
}

func (e *StatusError) Error() string {
	text := "status " + strconv.Itoa(e.Code)
	if e.Body != "" {
		text += ": " + e.Body
	}
	return text
}

// Bounds of what is read of an answer with verdicts, of what is read of others so that the
// connection can be used again, and of what is shown in an error.
const (
	maxAnswer  = 64 << 20
	maxIgnored = 4 << 20
	maxShown   = 1 << 10
)

// post sends events. Answers of 2xx and 422 are for read to look at, if it is not nil: it says
// what became of the events, but that 422 is a *StatusError where read finds nothing. All other
// answers are a *StatusError.
func post(ctx context.Context, client *http.Client, url, contentType string, header http.Header, body []byte, read func(answer io.Reader) error) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	for name, values := range header {
		request.Header[name] = values
	}
	request.Header.Set("Content-Type", contentType)
	if client == nil {
		client = http.DefaultClient
	}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if last := response.Request; last.Method != http.MethodPost { // 301 to 303: the events were not sent on
		return &StatusError{Code: last.Response.StatusCode, Body: "redirected to " + last.URL.Redacted()}
	}
	taken := response.StatusCode/100 == 2
	var start beginning
	answer := io.TeeReader(response.Body, &start)
	if read != nil && (taken || response.StatusCode == http.StatusUnprocessableEntity) {
		err = read(answer)
	}
	_, _ = io.CopyN(io.Discard, answer, maxIgnored)
	if _, rejected := err.(*RejectedError); taken || rejected {
		return err
	}
	return &StatusError{response.StatusCode, start.text(), retryAfter(response.Header.Get("Retry-After"))}
}

// beginning keeps what an error shows of an answer.
type beginning struct{ kept []byte }

func (b *beginning) Write(p []byte) (int, error) {
	b.kept = append(b.kept, p[:min(len(p), maxShown-len(b.kept))]...)
	return len(p), nil
}

// text is without space around it, and without a part of a character at its end.
func (b *beginning) text() string { return strings.TrimSpace(strings.ToValidUTF8(string(b.kept), "")) }

// retryAfter reads the header of that name: seconds, or a date.
func retryAfter(text string) time.Duration {
	if seconds, err := strconv.Atoi(text); err == nil {
		return time.Duration(min(max(seconds, 0), 1<<20)) * time.Second
	}
	at, err := http.ParseTime(text)
	if err != nil {
		return 0
	}
	return max(time.Until(at), 0)
}

// SegmentSink posts track calls to Segment, or to a server with its HTTP API such as
// RudderStack. It goes with SegmentEnvelope.
type SegmentSink struct {
	WriteKey string
	URL      string       // empty: https://api.segment.io/v1/batch
	Client   *http.Client // nil: http.DefaultClient
}

// Send posts the messages as one batch.
func (s SegmentSink) Send(ctx context.Context, messages ...Message) error {
	if len(messages) == 0 {
		return nil
	}
	body := []byte(`{"batch":[`)
	for i, m := range messages {
		if i > 0 {
			body = append(body, ',')
		}
		body = append(body, m.Body...)
	}
	body = append(body, "]}"...)
	url := s.URL
	if url == "" {
		url = "https://api.segment.io/v1/batch"
	}
	request := http.Request{Header: http.Header{}}
	request.SetBasicAuth(s.WriteKey, "")
	return post(ctx, s.Client, url, "application/json", request.Header, body, nil)
}

// SnowplowSink posts self-describing events to a Snowplow collector. It goes with
// SnowplowEnvelope.
type SnowplowSink struct {
	Collector string // such as https://collector.example.com
	AppID     string
	Client    *http.Client // nil: http.DefaultClient
}

// Send posts the messages as one payload.
func (s SnowplowSink) Send(ctx context.Context, messages ...Message) error {
	if len(messages) == 0 {
		return nil
	}
	var e encoder
	e.open('[')
	for _, m := range messages {
		e.comma()
		e.open('{')
		e.stringMember(`"e":`, "ue")
		e.stringMember(`"p":`, "srv")
		e.stringMember(`"tv":`, "evctl-go")
		e.stringMember(`"eid":`, m.ID)
		e.stringMember(`"dtm":`, strconv.FormatInt(m.Time.UnixMilli(), 10))
		e.stringMember(`"ue_pr":`, string(selfDescribing("iglu:com.snowplowanalytics.snowplow/unstruct_event/jsonschema/1-0-0", m.Body)))
		if s.AppID != "" {
			e.stringMember(`"aid":`, s.AppID)
		}
		if m.UserID != "" {
			e.stringMember(`"uid":`, m.UserID)
		}
		e.close('}')
	}
	e.close(']')
	body := selfDescribing("iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4", e.b)
	url := strings.TrimSuffix(s.Collector, "/") + "/com.snowplowanalytics.snowplow/tp2"
	return post(ctx, s.Client, url, "application/json; charset=utf-8", nil, body, nil)
}

// PartialError is what went wrong behind the first messages, which were delivered.
type PartialError struct {
	Sent int
	Err  error
}

func (e *PartialError) Error() string { return fmt.Sprintf("after %d messages: %v", e.Sent, e.Err) }

// Unwrap is what went wrong.
func (e *PartialError) Unwrap() error { return e.Err }

// KafkaProducer is what a client of Kafka has to do: deliver one record, or say why not.
type KafkaProducer interface {
	Produce(ctx context.Context, topic string, key, value []byte) error
}

// KafkaSink produces messages to a topic, with their user for a key, or their ID where no
// user is said.
type KafkaSink struct {
	Producer KafkaProducer
	Topic    string
}

// Send produces the messages one after the other. The error is a *PartialError when the first
// were delivered.
func (s KafkaSink) Send(ctx context.Context, messages ...Message) error {
	for i, m := range messages {
		key := m.UserID
		if key == "" {
			key = m.ID
		}
		if err := s.Producer.Produce(ctx, s.Topic, []byte(key), m.Body); err != nil {
			if i > 0 {
				err = &PartialError{i, err}
			}
			return err
		}
	}
	return nil
}
