package runtime

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"strings"
	"time"
)

// DateTime is a moment, date-time of RFC 3339, as it is written: the text that was read is
// the text that is written.
type DateTime string

// DateTimeOf writes a moment with the offset of its location and as many digits as it needs.
func DateTimeOf(t time.Time) DateTime { return DateTime(t.Format(time.RFC3339Nano)) }

// Time is the moment. A leap second is the second after it; what stands behind
// nanoseconds is cut off.
func (d DateTime) Time() (time.Time, error) {
	text := strings.ToUpper(string(d))
	if len(text) > 19 && text[17:19] == "60" {
		t, err := time.Parse(time.RFC3339, text[:17]+"59"+text[19:])
		return t.Add(time.Second), err
	}
	return time.Parse(time.RFC3339, text)
}

// Date is a calendar date, full-date of RFC 3339.
type Date string

// DateOf is the date of a moment in its location.
func DateOf(t time.Time) Date { return Date(t.Format(time.DateOnly)) }

// Time is midnight of the date in UTC.
func (d Date) Time() (time.Time, error) { return time.Parse(time.DateOnly, string(d)) }

// TimeOfDay is a time with an offset and without a date, full-time of RFC 3339.
type TimeOfDay string

// TimeOfDayOf is the time of a moment in its location.
func TimeOfDayOf(t time.Time) TimeOfDay { return TimeOfDay(t.Format("15:04:05.999999999Z07:00")) }

// Duration is a span of time as in ISO 8601 (RFC 3339, appendix A), such as P1DT12H.
type Duration string

// DurationOf writes a span of whole seconds; what is less is cut off, and so is the sign.
func DurationOf(d time.Duration) Duration {
	d = d.Abs().Truncate(time.Second)
	return Duration("PT" + strings.ToUpper(d.String()))
}

// ErrCalendar is a duration with months or years, which are not always of one length.
var ErrCalendar = errors.New("months and years have no fixed length")

// Span is the length of the duration, where a day has 24 hours.
func (d Duration) Span() (time.Duration, error) {
	rest, ok := strings.CutPrefix(string(d), "P")
	var span, n time.Duration
	clock := false
	for _, c := range []byte(rest) {
		unit := time.Duration(0)
		switch {
		case '0' <= c && c <= '9' && n < 1<<50:
			n = n*10 + time.Duration(c-'0')
			continue
		case c == 'T':
			clock = true
			continue
		case c == 'W':
			unit = 7 * 24 * time.Hour
		case c == 'D':
			unit = 24 * time.Hour
		case c == 'H':
			unit = time.Hour
		case c == 'M' && clock:
			unit = time.Minute
		case c == 'S':
			unit = time.Second
		case c == 'M', c == 'Y':
			return 0, ErrCalendar
		}
		if unit == 0 || n > (1<<63-1-span)/unit {
			return 0, errors.New("not a duration, or too long a one")
		}
		span += n * unit
		n = 0
	}
	if !ok || rest == "" || n != 0 {
		return 0, errors.New("not a duration")
	}
	return span, nil
}

// UUID is one of RFC 9562, as it is written.
type UUID string

// NewUUID is a random one, version 4.
func NewUUID() UUID {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails: see crypto/rand
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return UUIDOf(b)
}

// UUIDOf writes the bytes of one in lower case.
func UUIDOf(b [16]byte) UUID {
	h := hex.EncodeToString(b[:])
	return UUID(h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:])
}

// Bytes are those of the UUID.
func (u UUID) Bytes() (b [16]byte, err error) {
	data, err := hex.DecodeString(strings.ReplaceAll(string(u), "-", ""))
	if err != nil || len(data) != len(b) {
		return b, errors.New("not a UUID")
	}
	return [16]byte(data), nil
}
