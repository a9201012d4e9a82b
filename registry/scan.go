package registry

import (
	"bytes"
	"encoding/binary"
	"math/bits"

	"github.com/evctl/evctl/contracts/rawjson"
)

// span is a part of a text, in bytes.
type span struct{ start, end int }

func (s span) of(text []byte) []byte { return text[s.start:s.end:s.end] }

// member is one member of the outermost object.
type member struct {
	key    []byte // as it is written, without its quotes
	source span   // its value in the text that was read
	packed span   // its value in the text without white space
}

// packer reads JSON strictly and copies it without the white space between its tokens, in
// one scan. Its methods report whether they found what they are called after.
type packer struct {
	src     []byte
	at      int
	dst     []byte
	copied  int // up to where src is in dst
	depth   int
	members []member
}

// maxDepth bounds how deep objects and arrays contain each other, as encoding/json does.
const maxDepth = 10000

// pack appends one JSON object without the white space between its tokens to dst, and
// finds its members. ok is false for everything else.
func pack(dst, src []byte) (text []byte, members []member, ok bool) {
	p := packer{src: src, dst: dst, members: make([]member, 0, 10)}
	ok = p.next() == '{' && p.object(p.listed) && p.next() == 0 && p.at == len(src)
	return p.flushed(), p.members, ok
}

// next is the next byte that is no white space, or 0 at the end.
func (p *packer) next() byte {
	if p.at < len(p.src) && p.src[p.at] > ' ' {
		return p.src[p.at]
	}
	p.dst = appendPart(p.dst, p.src, p.copied, p.at)
	p.at = skipSpace(p.src, p.at)
	p.copied = p.at
	if p.at == len(p.src) {
		return 0
	}
	return p.src[p.at]
}

// flushed is all that was read up to here.
func (p *packer) flushed() []byte {
	p.dst = append(p.dst, p.src[p.copied:p.at]...)
	p.copied = p.at
	return p.dst
}

// length is how long the copy is up to here.
func (p *packer) length() int { return len(p.dst) + p.at - p.copied }

func (p *packer) byte(want byte) bool {
	if p.next() != want {
		return false
	}
	p.at++
	return true
}

func (p *packer) value() bool {
	switch c := p.next(); c {
	case '"':
		return p.string()
	case '{':
		return p.object(p.member)
	case '[':
		return p.array()
	case 't':
		return p.word("true")
	case 'f':
		return p.word("false")
	case 'n':
		return p.word("null")
	default:
		return p.number()
	}
}

func (p *packer) string() bool {
	end, _ := rawjson.StringEnd(p.src, p.at+1)
	if end < 0 {
		return false
	}
	p.at = end + 1
	return true
}

func (p *packer) word(word string) bool {
	if !bytes.HasPrefix(p.src[p.at:], []byte(word)) {
		return false
	}
	p.at += len(word)
	return true
}

func (p *packer) object(member func() bool) bool {
	p.at++
	if p.depth++; p.depth > maxDepth {
		return false
	}
	for p.next() != '}' {
		if !member() {
			return false
		}
		if p.next() == '}' {
			break
		}
		if !p.byte(',') || p.next() != '"' {
			return false
		}
	}
	p.depth--
	p.at++
	return true
}

// member reads a member of an object.
func (p *packer) member() bool {
	return p.next() == '"' && p.string() && p.byte(':') && p.value()
}

// listed reads a member of the outermost object, and remembers it.
func (p *packer) listed() bool {
	if p.next() != '"' {
		return false
	}
	open := p.at
	if !p.string() {
		return false
	}
	m := member{key: p.src[open+1 : p.at-1]}
	if !p.byte(':') {
		return false
	}
	p.next()
	m.source.start, m.packed.start = p.at, p.length()
	if !p.value() {
		return false
	}
	m.source.end, m.packed.end = p.at, p.length()
	p.members = append(p.members, m)
	return true
}

func (p *packer) array() bool {
	p.at++
	if p.depth++; p.depth > maxDepth {
		return false
	}
	if p.next() != ']' {
		for {
			if !p.value() {
				return false
			}
			if p.next() == ']' {
				break
			}
			if !p.byte(',') {
				return false
			}
		}
	}
	p.depth--
	p.at++
	return true
}

// number reads a number by the grammar of RFC 8259.
func (p *packer) number() bool {
	p.skip("-", "-")
	if !p.skip("0", "0") && !p.digits() {
		return false
	}
	if p.skip(".", ".") && !p.digits() {
		return false
	}
	if p.skip("e", "E") {
		p.skip("+", "-")
		return p.digits()
	}
	return true
}

// skip skips a or b, both of one byte.
func (p *packer) skip(a, b string) bool {
	if p.at == len(p.src) || p.src[p.at] != a[0] && p.src[p.at] != b[0] {
		return false
	}
	p.at++
	return true
}

// digits skips at least one.
func (p *packer) digits() bool {
	start := p.at
	for p.at < len(p.src) && p.src[p.at]-'0' <= 9 {
		p.at++
	}
	return p.at > start
}

// compact appends JSON text to dst without the white space between its tokens.
// It does not check the text: what it is compared with was checked.
func compact(dst, src []byte) []byte {
	start := 0 // of what is kept
	for i := 0; i < len(src); {
		switch src[i] {
		case ' ', '\n', '\r', '\t':
			dst = appendPart(dst, src, start, i)
			i = skipSpace(src, i)
			start = i
		case '"':
			i = endOfString(src, i)
		default:
			i++
		}
	}
	return append(dst, src[start:]...)
}

// appendPart appends src[from:to]. Most parts are a name or a value: two words, which it
// copies without asking how long they are.
func appendPart(dst, src []byte, from, to int) []byte {
	n := len(dst)
	if to-from > 16 || from+16 > len(src) || n+16 > cap(dst) {
		return append(dst, src[from:to]...)
	}
	*(*[16]byte)(dst[n : n+16]) = *(*[16]byte)(src[from:])
	return dst[:n+to-from]
}

// spaces are eight of them.
const spaces = 0x2020202020202020

// skipSpace is the offset of the first byte from an offset on that is no white space.
func skipSpace(text []byte, at int) int {
	for at < len(text) {
		switch text[at] {
		case ' ':
			if at+8 > len(text) {
				at++
				continue
			}
			// Indentation: as many spaces as there are among the next eight bytes.
			at += bits.TrailingZeros64(binary.LittleEndian.Uint64(text[at:])^spaces) / 8
		case '\n', '\r', '\t':
			at++
		default:
			return at
		}
	}
	return at
}
