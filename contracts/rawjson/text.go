package rawjson

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
	"unsafe"
)

// Text is a JSON text made ready to be read fast: a copy with zero bytes behind it, where
// every scan ends of itself, and an index of the bytes at which a plain string can end.
// Making it costs much less than looking at the text byte by byte.
//
// Offsets must lie within the text, or be that of its end.
type Text struct {
	bytes []byte // the text, and zeros
	stops []uint64
	size  int
}

const (
	blockBytes = 64
	// padding is how far behind the end somebody may look: a block and a word.
	padding = 2*blockBytes + 8
)

// Load makes a text ready, in place of what was there before.
func (t *Text) Load(data []byte) {
	blocks := len(data)/blockBytes + 1
	if size := len(data) + padding; cap(t.bytes) < size {
		t.bytes = make([]byte, size, size+size/4)
	} else {
		t.bytes = t.bytes[:size]
	}
	copy(t.bytes, data)
	clear(t.bytes[len(data):])
	if cap(t.stops) < blocks+1 {
		t.stops = make([]uint64, blocks+1, blocks+blocks/4+1)
	} else {
		t.stops = t.stops[:blocks+1]
	}
	markStops(t.bytes[:blocks*blockBytes], t.stops[:blocks])
	t.stops[blocks] = 1
	t.size = len(data)
}

// Size is the length of the text in bytes.
func (t *Text) Size() int { return t.size }

// Kept is the memory that is kept for the next text, in bytes.
func (t *Text) Kept() int { return cap(t.bytes) + 8*cap(t.stops) }

// View is for reading the text, until the next Load.
func (t *Text) View() View { return View{unsafe.Pointer(unsafe.SliceData(t.bytes))} }

// Stop is the first offset from at on at which there is a quote, a backslash, a control
// character, something that is not ASCII, or the end, when it is one of the next 64; and
// otherwise the offset behind those.
func (t *Text) Stop(at int) int {
	i, shift := uint(at)/blockBytes, uint(at)%blockBytes
	return at + bits.TrailingZeros64(t.stops[i]>>shift|t.stops[i+1]<<(blockBytes-shift))
}

// StringEnd is where the string ends whose content starts at an offset: the offset of its
// closing quote, or -1 when it is no string of JSON in UTF-8 with whole surrogate pairs.
func (t *Text) StringEnd(at int) (end int, traits Traits) {
	if end := t.Stop(at); t.bytes[end] == '"' {
		return end, 0
	}
	return StringEnd(t.bytes[:t.size], at)
}

// Decode appends the text of the string whose content starts at an offset, and returns
// the offset of its closing quote, or -1 when it is no string, as StringEnd does.
func (t *Text) Decode(dst []byte, at int) (out []byte, end int) {
	start, v := len(dst), t.View()
	var high byte
	for {
		stop := t.Stop(at)
		if stop > at {
			dst = append(dst, v.Slice(at, stop)...)
		}
		switch c := v.Byte(stop); {
		case c == '"':
			if high&0x80 != 0 && !utf8.Valid(dst[start:]) {
				return dst, -1
			}
			return dst, stop
		case c == '\\':
			n, r := escapeAt(t.bytes[stop:t.size])
			if n == 0 {
				return dst, -1
			}
			dst = utf8.AppendRune(dst, r)
			at = stop + n
		case c < ' ':
			return dst, -1
		default: // not ASCII, or the end of 64 bytes
			high |= c
			dst = append(dst, c)
			at = stop + 1
		}
	}
}

// ValueEnd is behind the value that starts at an offset, if the text is JSON; that is not
// checked, so that it costs a fraction of reading the value. It is -1 where the value has
// no end.
func (t *Text) ValueEnd(at int) int {
	v := t.View()
	switch v.Byte(at) {
	case '"':
		return t.unchecked(at + 1)
	case '{', '[':
		return t.bracketed(at)
	}
	for v.Byte(at) > ' ' && v.Byte(at) != ',' && v.Byte(at)|0x20 != '}' {
		at++
	}
	return at
}

// bracketed is ValueEnd of an object or array.
func (t *Text) bracketed(at int) int {
	v := t.View()
	for depth := 0; at >= 0 && at < t.size; {
		w := v.Word(at)
		// Letters apart, setting bit 5 makes [ into { and ] into }.
		open, closed, quote := w|spaces^ones*'{', w|spaces^ones*'}', w^quotes
		found := ((open-ones)&^open | (closed-ones)&^closed | (quote-ones)&^quote) & highs
		if found == 0 {
			at += 8
			continue
		}
		at += bits.TrailingZeros64(found) / 8
		switch v.Byte(at) {
		case '"':
			at = t.unchecked(at + 1)
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return at + 1
			}
		}
		at++
	}
	return -1
}

// unchecked is behind the string whose content starts at an offset.
func (t *Text) unchecked(at int) int {
	v := t.View()
	for at < t.size {
		at = t.Stop(at)
		switch v.Byte(at) {
		case '"':
			return at + 1
		case '\\':
			at++
		}
		at++
	}
	return -1
}

// View reads a Text without looking where it ends: the zeros behind it are no part of any
// value, so that whoever reads from the front to the back stops there.
type View struct{ start unsafe.Pointer }

// Byte is the byte at an offset.
func (v View) Byte(at int) byte { return *(*byte)(unsafe.Add(v.start, at)) }

// Word is the eight bytes from an offset on, the first one lowest.
func (v View) Word(at int) uint64 {
	return binary.LittleEndian.Uint64((*[8]byte)(unsafe.Add(v.start, at))[:])
}

// Slice is a part of the text. It must not be changed.
func (v View) Slice(from, to int) []byte {
	return unsafe.Slice((*byte)(unsafe.Add(v.start, from)), to-from)
}

// SkipSpace is the offset of the first byte from an offset on that is no white space.
func (v View) SkipSpace(at int) int {
	for {
		switch v.Byte(at) {
		case ' ':
			// Indentation is mostly spaces: as many as there are among the next eight.
			at += bits.TrailingZeros64(v.Word(at)^spaces) / 8
		case '\n', '\t', '\r':
			at++
		default:
			return at
		}
		if v.Byte(at) > ' ' {
			return at
		}
	}
}

// markPlainly is markStops in plain Go, eight bytes at a time.
func markPlainly(data []byte, stops []uint64) {
	for i := range stops {
		b := (*[blockBytes]byte)(data[i*blockBytes:])
		m := goesOn(b[0:])>>7 | goesOn(b[8:])>>6 | goesOn(b[16:])>>5 | goesOn(b[24:])>>4 |
			goesOn(b[32:])>>3 | goesOn(b[40:])>>2 | goesOn(b[48:])>>1 | goesOn(b[56:])
		stops[i] = ^transpose(m)
	}
}

// goesOn has the highest bit of each of eight bytes at which no string ends.
func goesOn(b []byte) uint64 {
	w := binary.LittleEndian.Uint64(b)
	// A sum has its highest bit where a byte is not 0, or not less than a space. The highest
	// bits of the bytes are out of the way, so that none carries over.
	low := w & lows
	return ((low ^ quotes) + lows) & ((low ^ slashes) + lows) & (low + ones*(0x80-' ')) & highs &^ w
}

// transpose takes bit k of byte i to bit i of byte k.
func transpose(x uint64) uint64 {
	t := (x ^ x>>7) & 0x00aa00aa00aa00aa
	x ^= t ^ t<<7
	t = (x ^ x>>14) & 0x0000cccc0000cccc
	x ^= t ^ t<<14
	t = (x ^ x>>28) & 0x00000000f0f0f0f0
	return x ^ t ^ t<<28
}
