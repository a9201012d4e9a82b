package client

import (
	"bytes"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"strings"

	"github.com/evctl/evctl/contracts/payload"
	"github.com/evctl/evctl/registry"
)

// Event is an event of a request with the verdict on it.
type Event struct {
	// Raw is the text of the event as it was sent, without white space around it. It is
	// part of the request's body.
	Raw     []byte
	Verdict payload.Verdict
}

// Limits bound what is read of a request.
type Limits struct {
	// MaxBody bounds the body in bytes, as sent and unpacked; 0 is DefaultMaxBody.
	MaxBody int64
	// MaxEvents bounds the events of a body; 0 is DefaultMaxEvents.
	MaxEvents int
}

// Defaults of Limits.
const (
	DefaultMaxBody   = 4 << 20
	DefaultMaxEvents = 10_000
)

func (l Limits) body() int64 {
	if l.MaxBody > 0 {
		return l.MaxBody
	}
	return DefaultMaxBody
}

func (l Limits) events() int {
	if l.MaxEvents > 0 {
		return l.MaxEvents
	}
	return DefaultMaxEvents
}

// refused is a request that holds no events that could be told apart, with the status
// that says so.
type refused struct {
	status int
	code   registry.Code
	error
}

func refuse(status int, code registry.Code, format string, args ...any) error {
	return refused{status, code, fmt.Errorf(format, args...)}
}

// readBody reads and unpacks the body of a request.
func readBody(w http.ResponseWriter, r *http.Request, limit int64) ([]byte, error) {
	if r.ContentLength > limit {
		return nil, tooLarge(limit)
	}
	data, err := unpacked(http.MaxBytesReader(w, r.Body, limit), r.ContentLength, r.Header.Values("Content-Encoding"), limit)
	var long *http.MaxBytesError
	switch code := registry.CodeOf(err); {
	case err == nil:
		return data, nil
	case errors.As(err, &long), code == registry.CodeBodyTooLarge:
		return nil, tooLarge(limit)
	case code == registry.CodeEncodingUnknown:
		return nil, refuse(http.StatusUnsupportedMediaType, code, "body cannot be read: %w", err)
	}
	return nil, refuse(http.StatusBadRequest, registry.CodeRequestInvalid, "body cannot be read: %w", err)
}

func tooLarge(limit int64) error {
	return refuse(http.StatusRequestEntityTooLarge, registry.CodeBodyTooLarge, "body is too large, expected at most %d bytes, unpacked too", limit)
}

// form is how the events of a body are put together.
type form int

const (
	oneOrArray form = iota
	onePerLine
)

// forms are the media types of bodies. Browsers send beacons as text, curl as a form.
var forms = map[string]form{
	"application/json": oneOrArray, "text/plain": oneOrArray, "application/x-www-form-urlencoded": oneOrArray, "": oneOrArray,
	"application/x-ndjson": onePerLine, "application/ndjson": onePerLine, "application/jsonl": onePerLine,
}

func formOf(header string) (form, error) {
	if f, known := forms[header]; known {
		return f, nil
	}
	media, _, err := mime.ParseMediaType(header)
	f, known := forms[media]
	if err == nil && (known || strings.HasPrefix(media, "application/") && strings.HasSuffix(media, "+json")) {
		return f, nil
	}
	return 0, refuse(http.StatusUnsupportedMediaType, registry.CodeMediaTypeUnknown,
		"body has Content-Type %q, expected application/json or application/x-ndjson", header)
}

// split tells the events of a body apart.
func split(data []byte, f form, most int) ([][]byte, error) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	var list [][]byte
	var err error
	switch trimmed := bytes.Trim(data, " \t\r\n"); {
	case len(trimmed) == 0:
		err = errors.New("found no event, expected at least one")
	case f == onePerLine:
		list, err = lines(data, most)
	case trimmed[0] == '[':
		list, err = items(trimmed, most)
	default:
		list = [][]byte{trimmed}
	}
	var known refused
	if err != nil && !errors.As(err, &known) {
		err = refuse(http.StatusBadRequest, registry.CodeRequestInvalid, "body cannot be read: %w", err)
	}
	return list, err
}

func tooMany(most int) error {
	return refuse(http.StatusRequestEntityTooLarge, registry.CodeBodyTooLarge, "body has more than %d events; send it in parts", most)
}

// lines are the lines that are not empty.
func lines(data []byte, most int) ([][]byte, error) {
	list := make([][]byte, 0, 16)
	for line := range bytes.Lines(data) {
		if line = bytes.Trim(line, " \t\r\n"); len(line) == 0 {
			continue
		}
		if len(list) == most {
			return nil, tooMany(most)
		}
		list = append(list, line)
	}
	return list, nil
}

// items are the elements of an array. Only brackets, commas and strings are looked at:
// an element that is no JSON is one bad event, but where the array itself is torn nothing
// can be told apart.
func items(data []byte, most int) ([][]byte, error) {
	var list [][]byte
	rest := skipSpace(data[1:])
	if len(rest) > 0 && rest[0] == ']' {
		return nil, errors.Join(endOfArray(rest[1:]), errors.New("found an empty array, expected at least one event"))
	}
	for {
		n := elementEnd(rest)
		element := bytes.TrimRight(rest[:n], " \t\r\n")
		switch {
		case n == len(rest):
			return nil, errors.New("the array is not closed")
		case len(element) == 0, rest[n] == '}':
			return nil, fmt.Errorf("found %q, expected an event", rest[n])
		case len(list) == most:
			return nil, tooMany(most)
		}
		list = append(list, element)
		if rest[n] == ']' {
			return list, endOfArray(rest[n+1:])
		}
		rest = skipSpace(rest[n+1:])
	}
}

func endOfArray(rest []byte) error {
	if len(skipSpace(rest)) > 0 {
		return errors.New("found text behind the array")
	}
	return nil
}

func skipSpace(data []byte) []byte { return bytes.TrimLeft(data, " \t\r\n") }

// elementEnd is where the element of an array ends that starts here: at the comma or
// bracket behind it, or at the end of the text.
func elementEnd(text []byte) int {
	depth := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '"':
			i = stringEnd(text, i)
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 {
				return i
			}
			depth--
		case ',':
			if depth == 0 {
				return i
			}
		}
	}
	return len(text)
}

// stringEnd is where the string ends whose quote is at open.
func stringEnd(text []byte, open int) int {
	for i := open + 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i
		}
	}
	return len(text)
}
