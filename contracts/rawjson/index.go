package rawjson

import "math/bits"

// Index says where in a text something stands that a plain string does not have in it:
// a quote, a backslash, a control character, or what is not ASCII. Making it costs much
// less than looking at the text byte by byte; with it, most strings end without a loop.
type Index struct {
	stops []uint64 // bits for 64 bytes each, the lowest for the first, and one word more
}

const blockBytes = 64

// Build makes the index of a text, in place of what it was before.
func (x *Index) Build(data []byte) {
	blocks := len(data) / blockBytes
	if size := blocks + 2; cap(x.stops) < size {
		x.stops = make([]uint64, size, size+size/4)
	} else {
		x.stops = x.stops[:size]
	}
	if blocks > 0 {
		markStops(data[:blocks*blockBytes], x.stops[:blocks])
	}
	last := [blockBytes]byte{}
	copy(last[:], data[blocks*blockBytes:])
	markStops(last[:], x.stops[blocks:blocks+1])
	x.stops[blocks+1] = 0
}

// Size is the memory that the index keeps for its next text, in bytes.
func (x *Index) Size() int { return cap(x.stops) * 8 }

// Stop is the first stop from an offset of the text on, if it is one of the next 64 bytes,
// and otherwise the offset behind those.
func (x *Index) Stop(at int) int {
	i, shift := uint(at)/blockBytes, uint(at)%blockBytes
	return at + bits.TrailingZeros64(x.stops[i]>>shift|x.stops[i+1]<<(blockBytes-shift))
}

// StringEnd is the function of that name, for the text of the index.
func (x *Index) StringEnd(data []byte, at int) (end int, traits Traits) {
	if end := x.Stop(at); end < len(data) && data[end] == '"' {
		return end, 0
	}
	return StringEnd(data, at)
}

// markPlainly is markStops in plain Go, eight bytes at a time.
func markPlainly(data []byte, stops []uint64) {
	for i := range stops {
		var m uint64
		for k := 0; k < blockBytes; k += 8 {
			w := word(data, i*blockBytes+k)
			q, b := w^quotes, w^slashes
			// A sum has its highest bit where a byte is not 0, or not less than a space. The
			// highest bits of the bytes are out of the way, so that none carries over.
			others := (q&^highs + ones*0x7f) & (b&^highs + ones*0x7f) & (w&^highs + ones*(0x80-' '))
			m |= gather((^others|w)&highs) << k
		}
		stops[i] = m
	}
}

// gather collects the highest bits of eight bytes, the first byte's lowest.
func gather(w uint64) uint64 { return (w >> 7) * 0x0102040810204080 >> 56 }
