package runtime

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/evctl/evctl/contracts/formats"
)

func TestTexts_OfValuesHaveTheirFormat(t *testing.T) {
	zone := time.FixedZone("", 5*3600+45*60)
	for _, moment := range []time.Time{time.Date(2026, 2, 28, 9, 30, 0, 5e8, zone), time.Unix(0, 1).UTC(), time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)} {
		at, err := DateTimeOf(moment).Time()
		if err != nil || !at.Equal(moment) || !formats.Valid("date-time", string(DateTimeOf(moment))) {
			t.Errorf("%v becomes %q, and %v again: %v", moment, DateTimeOf(moment), at, err)
		}
		if !formats.Valid("date", string(DateOf(moment))) || !formats.Valid("time", string(TimeOfDayOf(moment))) {
			t.Errorf("%v becomes %q and %q", moment, DateOf(moment), TimeOfDayOf(moment))
		}
	}
	for _, span := range []time.Duration{0, time.Second, 90 * time.Minute, 1000 * time.Hour, -time.Minute, 1500 * time.Millisecond} {
		d := DurationOf(span)
		back, err := d.Span()
		if err != nil || back != span.Abs().Truncate(time.Second) || !formats.Valid("duration", string(d)) {
			t.Errorf("%v becomes %q, and %v again: %v", span, d, back, err)
		}
	}
	if u := NewUUID(); !formats.Valid("uuid", string(u)) || u == NewUUID() || u[14] != '4' {
		t.Errorf("%q is no random UUID", u)
	}
}

func TestTexts_AreReadInEveryFormThatTheFormatHas(t *testing.T) {
	leap, err := DateTime("1990-12-31t23:59:60z").Time()
	if want := time.Date(1991, 1, 1, 0, 0, 0, 0, time.UTC); err != nil || !leap.Equal(want) {
		t.Errorf("a leap second is %v, %v", leap, err)
	}
	for text, want := range map[Duration]time.Duration{"P2W": 14 * 24 * time.Hour, "P1DT1S": 24*time.Hour + time.Second, "PT36H": 36 * time.Hour, "PT0S": 0} {
		if got, err := text.Span(); err != nil || got != want {
			t.Errorf("%s is %v, %v", text, got, err)
		}
	}
	if _, err := Duration("P1M").Span(); !errors.Is(err, ErrCalendar) {
		t.Errorf("a month has a length: %v", err)
	}
	for _, text := range []Duration{"", "P", "1D", "P1", "P-1D", "P999999999999999999999Y", "P99999999999999W", "PT1X"} {
		if span, err := text.Span(); err == nil {
			t.Errorf("%q is %v", text, span)
		}
	}
	b, err := UUID("7F0C0A6E-9e0a-4c55-8a39-0d5d4f7a2f0b").Bytes()
	if err != nil || UUIDOf(b) != "7f0c0a6e-9e0a-4c55-8a39-0d5d4f7a2f0b" {
		t.Errorf("%x, %v", b, err)
	}
	if _, err := UUID("7f0c0a6e").Bytes(); err == nil {
		t.Error("half a UUID was read")
	}
}

// TestWrappers_GoThroughEncodingJSON holds for structs of other people that use them.
func TestWrappers_GoThroughEncodingJSON(t *testing.T) {
	type own struct {
		A Optional[int]         `json:"a,omitzero"`
		B Nullable[string]      `json:"b"`
		C OptionalNullable[int] `json:"c,omitzero"`
	}
	for _, text := range []string{`{"b":null}`, `{"a":0,"b":"","c":null}`, `{"a":1,"b":"x","c":2}`} {
		var v own
		if err := json.Unmarshal([]byte(text), &v); err != nil {
			t.Fatal(err)
		}
		if again, err := json.Marshal(v); err != nil || string(again) != text {
			t.Errorf("%s becomes %s, %v", text, again, err)
		}
	}
	var v own
	if err := json.Unmarshal([]byte(`{"a":null,"b":"x"}`), &v); err != nil || v.A.Present || v.A.Or(7) != 7 || v.B.Or("y") != "x" || v.C.IsNull() {
		t.Errorf("got %+v, %v", v, err)
	}
}

func TestFlatEnvelope_RefusesPayloadsThatLookLikeIt(t *testing.T) {
	m := Message{EventInfo: EventInfo{Name: "a", Version: "1.0.0"}, Payload: []byte(`{"b":1,"version":2}`)}
	if body, err := FlatEnvelope(&m); err == nil {
		t.Errorf("got %s", body)
	}
	m.Payload = []byte(`{}`)
	if body, err := FlatEnvelope(&m); err != nil || string(body) != `{"event":"a","version":"1.0.0"}` {
		t.Errorf("got %s, %v", body, err)
	}
}

func TestScalar_KeepsItsText(t *testing.T) {
	for _, text := range []string{`"a\u00e9\n"`, `1.50`, `true`, `-0`, `""`} {
		var s Scalar
		if err := s.UnmarshalJSON([]byte(text)); err != nil || s.String() != text {
			t.Errorf("%s becomes %s, %v", text, s, err)
		}
	}
	for _, text := range []string{`null`, `{}`, `[]`, `"`, `01`, ``} {
		if err := new(Scalar).UnmarshalJSON([]byte(text)); err == nil {
			t.Errorf("%s is no scalar", text)
		}
	}
	if text, ok := TextScalar("a\"é").Text(); !ok || text != "a\"é" {
		t.Errorf("got %q", text)
	}
	if n, ok := NumberScalar("1e3").Number(); !ok || n != "1e3" {
		t.Errorf("got %q", n)
	}
	if v, ok := BoolScalar(true).Bool(); !ok || !v {
		t.Error("got false")
	}
}
