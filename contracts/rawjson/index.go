package rawjson

import "math/bits"

// Index says where in a text there are quotes, and bytes that a plain string cannot have
// in it: backslashes, control characters and all that is not ASCII. Making it costs much
// less than looking at the text byte by byte; with it, most strings end without a loop.
type Index struct {
	marks []mark // of 64 bytes each, and one more that is empty
}

// mark has a bit for each of 64 bytes, the lowest for the first.
type mark struct{ quotes, specials uint64 }

const blockBytes = 64

// Build makes the index of a text, in place of what it was before.
func (x *Index) Build(data []byte) {
	blocks := len(data) / blockBytes
	if size := blocks + 2; cap(x.marks) < size {
		x.marks = make([]mark, size, size+size/4)
	} else {
		x.marks = x.marks[:size]
	}
	if blocks > 0 {
		markBlocks(data[:blocks*blockBytes], x.marks[:blocks])
	}
	var last [blockBytes]byte
	for i := copy(last[:], data[blocks*blockBytes:]); i < blockBytes; i++ {
		last[i] = ' '
	}
	markBlocks(last[:], x.marks[blocks:blocks+1])
	x.marks[blocks+1] = mark{}
}

// Size is the memory that the index keeps for its next text, in bytes.
func (x *Index) Size() int { return cap(x.marks) * 16 }

// StringEnd is the function of that name, for the text of the index.
func (x *Index) StringEnd(data []byte, at int) (end int, traits Traits) {
	if end := x.PlainEnd(at); end >= 0 {
		return end, 0
	}
	return StringEnd(data, at)
}

// PlainEnd is where a string ends whose content starts at an offset of the text, or -1
// when it is longer than 63 bytes or not plain.
func (x *Index) PlainEnd(at int) int {
	i, shift := uint(at)/blockBytes, uint(at)%blockBytes
	a, b := &x.marks[i], &x.marks[i+1]
	quotes := a.quotes>>shift | b.quotes<<(blockBytes-shift)
	specials := a.specials>>shift | b.specials<<(blockBytes-shift)
	if quotes == 0 || specials&(quotes&-quotes-1) != 0 {
		return -1
	}
	return at + bits.TrailingZeros64(quotes)
}

// markPlainly is markBlocks in plain Go, eight bytes at a time.
func markPlainly(data []byte, marks []mark) {
	for i := range marks {
		var m mark
		for k := 0; k < blockBytes; k += 8 {
			w := word(data, i*blockBytes+k)
			q, b := w^quotes, w^slashes
			// These are exact for each byte, unlike those of specialBytes: the highest bits
			// are out of the way while the sums are made.
			isQuote := ^((q&^highs + ones*0x7f) | q) & highs
			isSlash := ^((b&^highs + ones*0x7f) | b) & highs
			isControl := ^(w&^highs + ones*(0x80-' ')) & highs
			m.quotes |= gather(isQuote) << k
			m.specials |= gather(isSlash|isControl|w&highs) << k
		}
		marks[i] = m
	}
}

// gather collects the highest bits of eight bytes, the first byte's lowest.
func gather(w uint64) uint64 { return (w >> 7) * 0x0102040810204080 >> 56 }
