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
	stops []byte // a bit for each byte of the text, and more behind them
	size  int
}

const (
	blockBytes = 64
	blockStops = blockBytes / 8
	// padding is how far behind the end somebody may look: two blocks and a word.
	padding = 2*blockBytes + 8
)

// Load makes a text ready, in place of what was there before, and reports whether it is
// UTF-8. What else there is to read strings takes that for granted.
func (t *Text) Load(data []byte) (ok bool) {
	blocks := len(data)/blockBytes + 1
	if size := len(data) + padding; cap(t.bytes) < size {
		t.bytes = make([]byte, size, size+size/4)
	} else {
		t.bytes = t.bytes[:size]
	}
	copy(t.bytes, data)
	clear(t.bytes[len(data):])
	// Stops are read eight bytes at once, from any of them on.
	if size := blocks*blockStops + 16; cap(t.stops) < size {
		t.stops = make([]byte, size, size+size/4)
	} else {
		t.stops = t.stops[:size]
	}
	t.size = len(data)
	ok = markStops(t.bytes[:blocks*blockBytes], t.stops[:blocks*blockStops])
	t.stops[blocks*blockStops] = 1
	return ok
}

// Size is the length of the text in bytes.
func (t *Text) Size() int { return t.size }

// Kept is the memory that is kept for the next text, in bytes.
func (t *Text) Kept() int { return cap(t.bytes) + cap(t.stops) }

// View is for reading the text, until the next Load.
func (t *Text) View() View { return View{unsafe.Pointer(unsafe.SliceData(t.bytes))} }

// Stop is the first offset from at on at which there is a quote, a backslash, a control
// character, or the end, when it is one of the next 57; and otherwise one before which there
// is none.
func (t *Text) Stop(at int) int { return at + bits.TrailingZeros64(t.stopsFrom(at)|1<<57) }

// FarStop is Stop without a bound.
func (t *Text) FarStop(at int) int {
	for {
		w := t.stopsFrom(at)
		if w != 0 {
			return at + bits.TrailingZeros64(w)
		}
		at = at&^7 + 64
	}
}

// stopsFrom are the stops among the next 57 to 64 bytes.
func (t *Text) stopsFrom(at int) uint64 {
	return binary.LittleEndian.Uint64((*[8]byte)(unsafe.Add(unsafe.Pointer(unsafe.SliceData(t.stops)), uint(at)/8))[:]) >> (uint(at) % 8)
}

// StringEnd is where the string ends whose content starts at an offset: the offset of its
// closing quote, or -1 when it is no string of JSON with whole surrogate pairs.
func (t *Text) StringEnd(at int) (end int) {
	if end := t.FarStop(at); t.bytes[end] == '"' {
		return end
	}
	end, _ = StringEnd(t.bytes[:t.size], at)
	return end
}

// Decode appends the text of the string whose content starts at an offset, and returns
// the offset of its closing quote, or -1 when it is no string, as StringEnd does.
func (t *Text) Decode(dst []byte, at int) (out []byte, end int) {
	v := t.View()
	for {
		stop := t.FarStop(at)
		if stop > at {
			dst = append(dst, v.Slice(at, stop)...)
		}
		switch v.Byte(stop) {
		case '"':
			return dst, stop
		case '\\':
			n, r := escapeAt(t.bytes[stop:t.size])
			if n == 0 {
				return dst, -1
			}
			dst = utf8.AppendRune(dst, r)
			at = stop + n
		default:
			return dst, -1
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
		at = t.FarStop(at)
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
func markPlainly(data, stops []byte) (ok bool) {
	ok = true
	wide := 0 // how many of the last blocks are not ASCII
	for i := range len(stops) / blockStops {
		b := (*[blockBytes]byte)(data[i*blockBytes:])
		m := goesOn(b[0:])>>7 | goesOn(b[8:])>>6 | goesOn(b[16:])>>5 | goesOn(b[24:])>>4 |
			goesOn(b[32:])>>3 | goesOn(b[40:])>>2 | goesOn(b[48:])>>1 | goesOn(b[56:])
		binary.LittleEndian.PutUint64(stops[i*blockStops:], ^transpose(m))
		switch {
		case isWide(b):
			wide++
		case wide > 0:
			ok = ok && utf8.Valid(data[(i-wide)*blockBytes:i*blockBytes])
			wide = 0
		}
	}
	return ok && utf8.Valid(data[len(data)-wide*blockBytes:])
}

// goesOn has the highest bit of each of eight bytes at which no string ends.
func goesOn(b []byte) uint64 {
	w := binary.LittleEndian.Uint64(b)
	// A sum has its highest bit where a byte is not 0, or not less than a space. The highest
	// bits of the bytes are out of the way, so that none carries over.
	low := w & lows
	return (((low^quotes)+lows)&((low^slashes)+lows)&(low+ones*(0x80-' ')) | w) & highs
}

// isWide reports whether a block has bytes that are not ASCII.
func isWide(b *[blockBytes]byte) bool {
	all := uint64(0)
	for i := 0; i < blockBytes; i += 8 {
		all |= binary.LittleEndian.Uint64(b[i:])
	}
	return all&highs != 0
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
