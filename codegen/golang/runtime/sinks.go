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
	answer, err := post(ctx, s.Client, s.URL, contentType, s.Header, body)
	var status *StatusError
	if err != nil && (!errors.As(err, &status) || status.Code != http.StatusUnprocessableEntity) {
		return err
	}
	if rejected := rejectedIn(answer, messages); rejected != nil {
		return rejected
	}
	return err
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

// rejectedIn reads the verdicts of an answer; nil: there are none, or all events are valid.
func rejectedIn(answer []byte, messages []Message) error {
	var list []verdict
	for decoder := json.NewDecoder(bytes.NewReader(answer)); ; {
		var v verdict
		if err := decoder.Decode(&v); err == io.EOF {
			break
		} else if err != nil {
			return nil
		}
		if v.Verdicts == nil {
			v.Verdicts = []verdict{v}
		}
		list = append(list, v.Verdicts...)
	}
	if len(list) != len(messages) {
		return nil
	}
	var rejected RejectedError
	for i, v := range list {
		if v.Valid == nil || *v.Valid {
			continue
		}
		r := Rejection{Message: messages[i]}
		for _, found := range v.Violations {
			r.Violations = append(r.Violations, Violation{found.Pointer, found.Rule, "expected " + found.Expected})
		}
		rejected.Rejected = append(rejected.Rejected, r)
	}
	if rejected.Rejected == nil {
		return nil
	}
	return &rejected
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

// Bounds of what is read of an answer, and shown of it in an error.
const (
	maxAnswer = 4 << 20
	maxShown  = 1 << 10
)

// post returns the answer, with a *StatusError too.
func post(ctx context.Context, client *http.Client, url, contentType string, header http.Header, body []byte) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return nil, err
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
		return nil, err
	}
	defer response.Body.Close()
	if last := response.Request; last.Method != http.MethodPost { // 301 to 303: the events were not sent on
		return nil, &StatusError{Code: last.Response.StatusCode, Body: "redirected to " + last.URL.Redacted()}
	}
	// Reading to the end lets the connection be used again. Events were taken, or not, whether
	// or not all of the answer arrives.
	answer, _ := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if response.StatusCode/100 != 2 {
		shown := strings.TrimSpace(strings.ToValidUTF8(string(answer[:min(len(answer), maxShown)]), ""))
		return answer, &StatusError{response.StatusCode, shown, retryAfter(response.Header.Get("Retry-After"))}
	}
	return answer, nil
}

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
	_, err := post(ctx, s.Client, url, "application/json", request.Header, body)
	return err
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
	_, err := post(ctx, s.Client, url, "application/json; charset=utf-8", nil, body)
	return err
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
