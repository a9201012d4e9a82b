package rawjson

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
	"unsafe"
)

// Traits say what the content of a string needs beyond a look at its bytes.
type Traits uint8

const (
	// Escaped: it has escape sequences, so its text is another than its bytes.
	Escaped Traits = 1 << iota
	// Wide: it has characters outside of ASCII.
	Wide
)

// Words of eight equal bytes, to look at eight bytes of text at once.
const (
	ones    = 0x0101010101010101
	highs   = ones * 0x80
	lows    = ones * 0x7f
	quotes  = ones * '"'
	slashes = ones * '\\'
	spaces  = ones * ' '
)

// StringEnd is where the string ends whose content starts at data[at]: the offset of
// its closing quote, or -1 when it is no string of JSON in UTF-8 with whole surrogate
// pairs.
func StringEnd(data []byte, at int) (end int, traits Traits) {
	start, high := at, uint64(0)
	for at+8 <= len(data) {
		w := word(data, at)
		if special := specialBytes(w); special != 0 {
			i := bits.TrailingZeros64(special)
			at += i / 8
			high |= w & (1<<(i&^7) - 1)
			if high&highs == 0 && data[at] == '"' {
				return at, 0
			}
			return stringEnd(data, start, at, high)
		}
		high |= w
		at += 8
	}
	return stringEnd(data, start, at, high)
}

// word is the eight bytes from at on, which must be there.
func word(data []byte, at int) uint64 {
	return binary.LittleEndian.Uint64((*[8]byte)(unsafe.Add(unsafe.Pointer(unsafe.SliceData(data)), at))[:])
}

// stringEnd goes on with StringEnd byte by byte, from the first one that is special or
// from one of the last. The highest bits of high tell whether something before it is
// not ASCII.
func stringEnd(data []byte, start, at int, high uint64) (end int, traits Traits) {
	for at < len(data) {
		switch c := data[at]; {
		case c == '"':
			if high&highs == 0 {
				return at, traits
			}
			if !utf8.Valid(data[start:at]) {
				return -1, traits
			}
			return at, traits | Wide
		case c == '\\':
			n, _ := escapeAt(data[at:])
			if n == 0 {
				return -1, traits
			}
			traits = Escaped
			at += n
		case c < ' ':
			return -1, traits
		default:
			var plain uint64
			at, plain = plainEnd(data, at)
			high |= plain
		}
	}
	return -1, traits
}

// specialBytes has the highest bit of each byte of w that is a quote, a backslash or a
// control character. Bits above the lowest one may be wrong.
func specialBytes(w uint64) uint64 {
	q, b := w^quotes, w^slashes
	return ((q-ones)&^q | (b-ones)&^b | (w-spaces)&^w) & highs
}

// plainEnd skips what is no quote, backslash or control character, at least one byte.
// The highest bits of high tell whether some of it was not ASCII.
func plainEnd(data []byte, at int) (end int, high uint64) {
	for at+8 <= len(data) {
		w := word(data, at)
		if special := specialBytes(w); special != 0 {
			i := bits.TrailingZeros64(special) &^ 7
			return at + i/8, high | w&(1<<i-1)
		}
		high |= w
		at += 8
	}
	for at < len(data) && data[at] != '"' && data[at] != '\\' && data[at] >= ' ' {
		high |= uint64(data[at])
		at++
	}
	return at, high
}

// escapes are the characters that an escape sequence of two characters stands for.
var escapes = [256]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// escapeAt reads the escape sequence that the text starts with: how many bytes it has,
// and the character it stands for. n is 0 when it is none, or one half of a surrogate
// pair alone.
func escapeAt(text []byte) (n int, c rune) {
	if len(text) < 2 {
		return 0, 0
	}
	if text[1] != 'u' {
		if c := escapes[text[1]]; c != 0 {
			return 2, rune(c)
		}
		return 0, 0
	}
	c = hexRune(text[2:])
	switch {
	case c < 0 || 0xdc00 <= c && c < 0xe000:
		return 0, 0
	case c < 0xd800 || c >= 0xe000:
		return 6, c
	}
	if len(text) < 12 || text[6] != '\\' || text[7] != 'u' {
		return 0, 0
	}
	low := hexRune(text[8:])
	if low < 0xdc00 || low >= 0xe000 {
		return 0, 0
	}
	return 12, (c-0xd800)<<10 + (low - 0xdc00) + 0x10000
}

// hexDigits are the values of hexadecimal digits, 0xff for other bytes.
var hexDigits = func() (t [256]byte) {
	for i := range t {
		t[i] = 0xff
	}
	for i := range byte(10) {
		t['0'+i] = i
	}
	for i := range byte(6) {
		t['a'+i], t['A'+i] = 10+i, 10+i
	}
	return t
}()

// hexRune is the number that four hexadecimal digits write, or -1.
func hexRune(text []byte) rune {
	if len(text) < 4 {
		return -1
	}
	a, b, c, d := hexDigits[text[0]], hexDigits[text[1]], hexDigits[text[2]], hexDigits[text[3]]
	if a|b|c|d > 0xf {
		return -1
	}
	return rune(a)<<12 | rune(b)<<8 | rune(c)<<4 | rune(d)
}

// AppendText appends the text of a string's content that StringEnd called Escaped.
func AppendText(dst, content []byte) []byte {
	for at := 0; at < len(content); {
		if content[at] == '\\' {
			n, c := escapeAt(content[at:])
			if n == 0 {
				return dst
			}
			dst = utf8.AppendRune(dst, c)
			at += n
			continue
		}
		end, _ := plainEnd(content, at)
		if end == at {
			return dst
		}
		dst = append(dst, content[at:end]...)
		at = end
	}
	return dst
}
