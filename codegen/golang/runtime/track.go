package runtime

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Message is an event with what its envelope needs.
type Message struct {
	EventInfo
	ID      string // of this event: a UUID when Track is not told
	Time    time.Time
	Source  string // who sends it
	UserID  string // whom it is about, where that is said
	Payload []byte // JSON text
	Body    []byte // JSON text of the payload in its envelope
}

// A Field sets something of a message, for Track.
type Field func(*Message)

// WithID is the ID of the message.
func WithID(id string) Field { return func(m *Message) { m.ID = id } }

// WithTime is when the event happened; it is now when it is not said.
func WithTime(t time.Time) Field { return func(m *Message) { m.Time = t } }

// WithSource is who sends the event.
func WithSource(source string) Field { return func(m *Message) { m.Source = source } }

// WithUserID is the user that the event is about.
func WithUserID(id string) Field { return func(m *Message) { m.UserID = id } }

// Sink takes messages to where events are collected. It may be used from several
// goroutines.
type Sink interface {
	// Send delivers all of the messages, or says why it did not. A *RejectedError is about the
	// messages that it names; the others were taken. Of a *PartialError, the first were taken. It
	// returns when the context ends, and keeps no reference to the slice.
	Send(ctx context.Context, messages ...Message) error
}

// Tracker validates events, puts them into their envelope and sends them. It may be used
// from several goroutines.
type Tracker struct {
	sink     Sink
	envelope Envelope
	fields   []Field
	// Privacy is what happens to personal data before it is sent; nil keeps all of it.
	Privacy *Privacy
}

// NewTracker makes a tracker. The fields are set in every message, before those of Track.
func NewTracker(sink Sink, envelope Envelope, fields ...Field) *Tracker {
	return &Tracker{sink: sink, envelope: envelope, fields: fields}
}

// Track sends one event. An event that its contract does not accept is not sent: the error
// is a *ValidationError then.
func (t *Tracker) Track(ctx context.Context, e Event, fields ...Field) error {
	m, err := t.Message(e, fields...)
	if err != nil {
		return err
	}
	if err := t.sink.Send(ctx, m); err != nil {
		return fmt.Errorf("send %s: %w", m.Name, err)
	}
	return nil
}

// Message is what Track sends, for those who send many at once.
func (t *Tracker) Message(e Event, fields ...Field) (Message, error) {
	m := Message{EventInfo: e.about(), Time: time.Now()}
	if err := e.Validate(); err != nil {
		return m, fmt.Errorf("%s %s: %w", m.Name, m.Version, err)
	}
	for _, set := range t.fields {
		set(&m)
	}
	for _, set := range fields {
		set(&m)
	}
	if m.ID == "" {
		m.ID = string(NewUUID())
	}
	var err error
	if t.Privacy != nil {
		m.Payload, err = e.AppendRedacted(nil, t.Privacy)
	} else {
		m.Payload, err = e.AppendJSON(nil)
	}
	if err == nil {
		m.Body, err = t.envelope(&m)
	}
	if err != nil {
		return m, fmt.Errorf("%s %s: %w", m.Name, m.Version, err)
	}
	return m, nil
}

// Envelope is the JSON text of a message's payload with what belongs around it.
type Envelope func(*Message) ([]byte, error)

// FlatEnvelope puts event and version beside the properties. Payloads that have such members
// themselves do not go into it.
func FlatEnvelope(m *Message) ([]byte, error) {
	r := reader{data: m.Payload}
	var own members
	for r.next(&own) {
		switch string(own.name) {
		case "event", "version":
			return nil, fmt.Errorf("the payload has a member %s, which the envelope needs", own.name)
		}
		r.skip()
	}
	e := envelopeFor(m)
	e.open('{')
	e.stringMember(`"event":`, m.Name)
	e.stringMember(`"version":`, m.Version)
	if len(m.Payload) > 2 {
		return append(append(e.b, ','), m.Payload[1:]...), nil
	}
	e.close('}')
	return e.b, nil
}

// EnvelopeNames are the names of the members of an envelope of one's own; those that are
// empty are left out.
type EnvelopeNames struct{ Name, Version, Properties, ID, Time, Source, UserID string }

// Envelope is an envelope with these names.
func (n EnvelopeNames) Envelope(m *Message) ([]byte, error) {
	if n.Name == "" || n.Properties == "" {
		return nil, errors.New("an envelope needs names for the name and the properties of events")
	}
	e := envelopeFor(m)
	e.open('{')
	for _, member := range [...][2]string{
		{n.ID, m.ID}, {n.Name, m.Name}, {n.Version, m.Version}, {n.Time, m.timestamp()},
		{n.Source, m.Source}, {n.UserID, m.UserID},
	} {
		if member[0] != "" && member[1] != "" {
			e.entry(member[0])
			e.text(member[1])
		}
	}
	e.entry(n.Properties)
	e.b = append(e.b, m.Payload...)
	e.close('}')
	return e.b, nil
}

// SegmentEnvelope is a track call of Segment, with the version in
// context.protocols.event_version. Segment wants to know a user: where none is said, the ID of
// the message stands for one who is anonymous.
func SegmentEnvelope(m *Message) ([]byte, error) {
	user, id := `"userId":`, m.UserID
	if id == "" {
		user, id = `"anonymousId":`, m.ID
	}
	e := envelopeFor(m)
	e.open('{')
	e.b = append(e.b, `"type":"track"`...)
	e.stringMember(`"event":`, m.Name)
	e.stringMember(`"messageId":`, m.ID)
	e.stringMember(user, id)
	e.stringMember(`"timestamp":`, m.timestamp())
	e.member(`"properties":`)
	e.b = append(e.b, m.Payload...)
	e.member(`"context":{"protocols":{"event_version":`)
	e.text(m.Version)
	e.b = append(e.b, "}}}"...)
	return e.b, nil
}

// envelopeFor has room for a payload and what belongs around it.
func envelopeFor(m *Message) *encoder { return &encoder{b: make([]byte, 0, len(m.Payload)+512)} }

func (e *encoder) stringMember(name, value string) {
	e.member(name)
	e.text(value)
}

// timestamp is the time in UTC by RFC 3339.
func (m *Message) timestamp() string { return m.Time.UTC().Format(time.RFC3339Nano) }

// CloudEventsEnvelope is the structured mode of CloudEvents 1.0. The dataschema is schemas,
// a slash, the name and the version of the event.
func CloudEventsEnvelope(schemas string) Envelope {
	schemas = strings.TrimSuffix(schemas, "/") + "/"
	return func(m *Message) ([]byte, error) {
		if m.Source == "" {
			return nil, errors.New("CloudEvents have a source: see WithSource")
		}
		e := envelopeFor(m)
		e.open('{')
		e.b = append(e.b, `"specversion":"1.0"`...)
		e.stringMember(`"id":`, m.ID)
		e.stringMember(`"source":`, m.Source)
		e.stringMember(`"type":`, m.Name)
		if m.UserID != "" {
			e.stringMember(`"subject":`, m.UserID)
		}
		e.stringMember(`"time":`, m.timestamp())
		e.stringMember(`"datacontenttype":`, "application/json")
		e.stringMember(`"dataschema":`, schemas+m.Name+"/"+m.Version+".json")
		e.member(`"data":`)
		e.b = append(e.b, m.Payload...)
		e.close('}')
		return e.b, nil
	}
}

// SnowplowEnvelope is self-describing JSON. Events whose name has no slash are those of a
// vendor.
func SnowplowEnvelope(vendor string) Envelope {
	return func(m *Message) ([]byte, error) {
		name := m.Name
		if !strings.Contains(name, "/") {
			name = vendor + "/" + name
		}
		return selfDescribing("iglu:"+name+"/jsonschema/"+strings.ReplaceAll(m.Version, ".", "-"), m.Payload), nil
	}
}

// selfDescribing is data, which is JSON, with its schema.
func selfDescribing(schema string, data []byte) []byte {
	e := encoder{b: make([]byte, 0, len(data)+len(schema)+64)}
	e.open('{')
	e.stringMember(`"schema":`, schema)
	e.member(`"data":`)
	e.b = append(e.b, data...)
	e.close('}')
	return e.b
}
