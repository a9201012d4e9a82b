package runtime

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"math"
	"slices"
	"strconv"
	"sync"
	"unicode/utf8"
)

// encoder writes JSON. After the first error its methods may write anything.
type encoder struct {
	b       []byte
	err     error
	privacy *Privacy // nil: everything is written
	hashed  bool     // with privacy: scalars are hashed

	tagName, tagValue string // member of the next object that selects a variant
}

func (e *encoder) done() ([]byte, error) {
	if e.err != nil {
		return nil, e.err
	}
	return e.b, nil
}

func (e *encoder) fail(err error) {
	if e.err == nil {
		e.err = err
	}
}

// noValue is a union without a value where the contract wants one.
func (e *encoder) noValue(union string) {
	e.fail(errors.New(union + " has no value"))
	e.null()
}

func (e *encoder) null() { e.b = append(e.b, "null"...) }

// open starts an object or a list, close ends it.
func (e *encoder) open(bracket byte) {
	e.b = append(e.b, bracket)
	if e.tagName != "" {
		e.b = append(e.b, e.tagName...)
		e.tagName = ""
		e.text(e.tagValue)
	}
}

// tag is a member that the next object starts with; name is its name in quotes, with a colon.
func (e *encoder) tag(name, value string) { e.tagName, e.tagValue = name, value }

func (e *encoder) close(bracket byte) { e.b = append(e.b, bracket) }

// comma separates members and items.
func (e *encoder) comma() {
	if last := e.b[len(e.b)-1]; last != '{' && last != '[' {
		e.b = append(e.b, ',')
	}
}

// member starts one; name is its name in quotes, with a colon.
func (e *encoder) member(name string) {
	e.comma()
	e.b = append(e.b, name...)
}

// entry starts a member whose name is data.
func (e *encoder) entry(name string) {
	e.comma()
	e.text(name)
	e.b = append(e.b, ':')
}

// sorted are the members of a map in the order of their names.
func sorted[M ~map[string]T, T any](m M) iter.Seq2[string, T] {
	return func(yield func(string, T) bool) {
		var few [8]string
		names := few[:0]
		for name := range m {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			if !yield(name, m[name]) {
				return
			}
		}
	}
}

// entryHashed is entry for names with a class of their own.
func (e *encoder) entryHashed(name string, hashed bool) {
	e.hashed, hashed = hashed, e.hashed
	e.entry(name)
	e.hashed = hashed
}

func (e *encoder) bool(v bool) {
	if e.hashed {
		e.b = e.privacy.Key.appendHash(e.b, strconv.AppendBool(nil, v))
		return
	}
	e.b = strconv.AppendBool(e.b, v)
}

func (e *encoder) integer(v int64) {
	if e.hashed {
		e.hashNumber(strconv.AppendInt(nil, v, 10))
		return
	}
	e.b = strconv.AppendInt(e.b, v, 10)
}

func (e *encoder) unsigned(v uint64) {
	if e.hashed {
		e.hashNumber(strconv.AppendUint(nil, v, 10))
		return
	}
	e.b = strconv.AppendUint(e.b, v, 10)
}

// float writes a number as encoding/json does.
func (e *encoder) float(f float64) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		e.fail(fmt.Errorf("%v is not a number of JSON", f))
		return
	}
	if e.hashed {
		e.hashNumber(strconv.AppendFloat(nil, f, 'g', -1, 64))
		return
	}
	format := byte('f')
	if size := math.Abs(f); size != 0 && (size < 1e-6 || size >= 1e21) {
		format = 'e'
	}
	e.b = strconv.AppendFloat(e.b, f, format, -1, 64)
	if n := len(e.b); format == 'e' && n >= 4 && e.b[n-4] == 'e' && e.b[n-3] == '-' && e.b[n-2] == '0' {
		e.b[n-2] = e.b[n-1]
		e.b = e.b[:n-1]
	}
}

// number writes digits as they are; none are 0.
func (e *encoder) number(n json.Number) {
	if n == "" {
		n = "0"
	}
	if kindOf([]byte(n)) != isNumber || !json.Valid([]byte(n)) {
		e.fail(fmt.Errorf("%q is not a number of JSON", string(n)))
		return
	}
	if e.hashed {
		e.hashNumber([]byte(n))
		return
	}
	e.b = append(e.b, n...)
}

func (e *encoder) scalar(s Scalar) {
	if s.json == "" {
		e.fail(errors.New("a Scalar has no value"))
		return
	}
	if e.hashed {
		e.hashRaw([]byte(s.json))
		return
	}
	e.b = append(e.b, s.json...)
}

// raw writes JSON as it is; nil is null.
func (e *encoder) raw(text []byte) {
	switch {
	case text == nil:
		e.null()
	case !json.Valid(text):
		e.fail(errors.New("a json.RawMessage is not JSON"))
	case e.hashed:
		e.hashRaw(text)
	default:
		e.b = append(e.b, text...)
	}
}

func (e *encoder) text(s string) {
	if e.hashed {
		e.b = e.privacy.Key.appendHash(e.b, []byte(s))
		return
	}
	e.b = appendText(e.b, s)
}

const hexDigits = "0123456789abcdef"

// appendText writes a string; what is not UTF-8 becomes U+FFFD, as in encoding/json.
func appendText(b []byte, s string) []byte {
	b = append(b, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && size == 1 {
				b = append(append(b, s[start:i]...), "\ufffd"...)
				start = i + 1
			}
			i += size
			continue
		}
		if c >= ' ' && c != '"' && c != '\\' {
			i++
			continue
		}
		b = append(b, s[start:i]...)
		switch c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\n':
			b = append(b, '\\', 'n')
		case '\r':
			b = append(b, '\\', 'r')
		case '\t':
			b = append(b, '\\', 't')
		default:
			b = append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
		i++
		start = i
	}
	return append(append(b, s[start:]...), '"')
}

var encoders = sync.Pool{New: func() any { return new(encoder) }}

// marshal is the text that a function writes.
func marshal(write func(*encoder)) ([]byte, error) {
	e := borrow()
	defer e.giveBack()
	write(e)
	text, err := e.done()
	return bytes.Clone(text), err
}

// borrow is an encoder for text that is thrown away, after giveBack.
func borrow() *encoder { return encoders.Get().(*encoder) }

func (e *encoder) giveBack() {
	if cap(e.b) > maxKept {
		return
	}
	*e = encoder{b: e.b[:0]}
	encoders.Put(e)
}

// maxKept bounds the memory that is kept for the next text, in bytes.
const maxKept = 1 << 16
