package rawjson

import (
	"bytes"
	"encoding/binary"
	"hash/maphash"
	"strings"
	"unsafe"
)

// Kind is the type of a JSON value.
type Kind uint8

const (
	Null Kind = iota
	False
	True
	Number
	String // also the names of an object's members
	Array
	Object
)

var kindNames = [...]string{"null", "boolean", "boolean", "number", "string", "array", "object"}

// String is the type's name in JSON Schema.
func (k Kind) String() string { return kindNames[k] }

// Document is a JSON text that was read. Its tokens are numbered in the order of
// the text, the whole value being token 0. The tokens of an array are followed by
// those of its items, the token of an object by name, value, name, value.
//
// A Document must not be copied; its methods may be called from several goroutines
// until the next Read.
type Document struct {
	data   []byte
	tokens []token
	text   []byte // strings that had escapes, decoded
	table  []uint32
	seed   maphash.Seed
}

// token is 16 bytes, because large documents have many.
type token struct {
	start, end uint32
	// next is the token behind an array or object. Of a string with escapes it is
	// where its text starts in Document.text.
	next uint32
	// info holds the kind, two flags, and a count: of items or members, or of the
	// bytes in Document.text.
	info uint32
}

const (
	kindBits   = 7
	escaped    = 1 << 3
	integer    = 1 << 4
	countShift = 5
	countMax   = 1<<(32-countShift) - 1
)

// Kind is the type of token i.
func (d *Document) Kind(i int) Kind { return Kind(d.tokens[i].info & kindBits) }

// Len counts the items of an array or the members of an object.
func (d *Document) Len(i int) int { return int(d.tokens[i].info >> countShift) }

// Next is the token behind value i and all that is inside of it.
func (d *Document) Next(i int) int {
	t := &d.tokens[i]
	if t.info&kindBits >= uint32(Array) {
		return int(t.next)
	}
	return i + 1
}

// Offset is where value i starts in the text, in bytes.
func (d *Document) Offset(i int) int { return int(d.tokens[i].start) }

// Raw is the text of value i, a slice of what was read.
func (d *Document) Raw(i int) []byte { return d.data[d.tokens[i].start:d.tokens[i].end] }

// Plain reports whether number i is written with digits only, without a fraction
// or an exponent.
func (d *Document) Plain(i int) bool { return d.tokens[i].info&integer != 0 }

// Text is the content of string i. It must not be changed, and is valid until the
// next Read.
func (d *Document) Text(i int) []byte {
	t := &d.tokens[i]
	if t.info&escaped != 0 {
		return d.text[t.next : t.next+t.info>>countShift]
	}
	return d.data[t.start+1 : t.end-1]
}

// TextString is Text as a string that shares its bytes.
func (d *Document) TextString(i int) string {
	b := d.Text(i)
	return unsafe.String(unsafe.SliceData(b), len(b))
}

// Member is the value of object i under a name, or -1.
func (d *Document) Member(i int, name string) int {
	if d.Kind(i) != Object {
		return -1
	}
	for at, n := i+1, d.Len(i); n > 0; n-- {
		if string(d.Text(at)) == name {
			return at + 1
		}
		at = d.Next(at + 1)
	}
	return -1
}

// Find is the value that the tokens of a JSON pointer lead to from value i, or -1.
// Tokens name members of objects; arrays are not entered.
func (d *Document) Find(i int, pointer []string) int {
	for _, token := range pointer {
		if i = d.Member(i, token); i < 0 {
			return -1
		}
	}
	return i
}

// Equal compares two values of the document as JSON Schema does: numbers by value,
// objects without regard to the order of their members.
func (d *Document) Equal(i, j int) bool {
	k := d.Kind(i)
	if k != d.Kind(j) {
		return false
	}
	switch k {
	case Number:
		return ParseDecimal(d.Raw(i)).Cmp(ParseDecimal(d.Raw(j))) == 0
	case String:
		return bytes.Equal(d.Text(i), d.Text(j))
	case Array:
		return d.equalArrays(i, j)
	case Object:
		return d.equalObjects(i, j)
	}
	return true
}

func (d *Document) equalArrays(i, j int) bool {
	n := d.Len(i)
	if n != d.Len(j) {
		return false
	}
	for i, j = i+1, j+1; n > 0; n-- {
		if !d.Equal(i, j) {
			return false
		}
		i, j = d.Next(i), d.Next(j)
	}
	return true
}

// manyMembers is the size from which comparing objects goes through a map.
const manyMembers = 16

func (d *Document) equalObjects(i, j int) bool {
	n := d.Len(i)
	if n != d.Len(j) {
		return false
	}
	find := func(name string) int { return d.Member(j, name) }
	if n > manyMembers {
		members := make(map[string]int, n)
		for at, left := j+1, n; left > 0; left-- {
			members[d.TextString(at)] = at + 1
			at = d.Next(at + 1)
		}
		find = func(name string) int {
			if at, ok := members[name]; ok {
				return at
			}
			return -1
		}
	}
	for at := i + 1; n > 0; n-- {
		other := find(d.TextString(at))
		if other < 0 || !d.Equal(at+1, other) {
			return false
		}
		at = d.Next(at + 1)
	}
	return true
}

// Hash is equal for values that are Equal. It cannot be foreseen, so that nobody can
// write values on purpose that differ and have the same.
func (d *Document) Hash(i int) uint64 {
	switch k := d.Kind(i); k {
	case Number:
		return d.hashNumber(i)
	case String:
		return maphash.Bytes(d.seed, d.Text(i))
	case Array:
		h := d.hashKind(k)
		for at, n := i+1, d.Len(i); n > 0; n-- {
			h = mix(h, d.Hash(at))
			at = d.Next(at)
		}
		return h
	case Object:
		h := d.hashKind(k)
		for at, n := i+1, d.Len(i); n > 0; n-- {
			h += mix(d.Hash(at), d.Hash(at+1)) // the order of members does not count
			at = d.Next(at + 1)
		}
		return h
	default:
		return d.hashKind(k)
	}
}

var kindBytes = [...]byte{byte(Null), byte(False), byte(True), byte(Number), byte(String), byte(Array), byte(Object)}

func (d *Document) hashKind(k Kind) uint64 { return maphash.Bytes(d.seed, kindBytes[k:k+1]) }

func (d *Document) hashNumber(i int) uint64 {
	v := ParseDecimal(d.Raw(i))
	var text [16 + MaxDigits]byte
	b := binary.LittleEndian.AppendUint64(text[:0], uint64(v.exponent))
	if v.negative {
		b = append(b, '-')
	}
	return maphash.Bytes(d.seed, v.appendDigits(b))
}

// mix combines two hashes so that neither order nor repetition cancels out.
func mix(a, b uint64) uint64 {
	a = (a ^ b>>29) * 0x9e3779b97f4a7c15
	return (a ^ a>>32) + b*0xff51afd7ed558ccd
}

// ParsePointer splits a JSON pointer (RFC 6901) into its tokens. The empty
// pointer, which has none, means the whole document.
func ParsePointer(text string) (tokens []string, ok bool) {
	if text == "" {
		return nil, true
	}
	if text[0] != '/' {
		return nil, false
	}
	for token := range strings.SplitSeq(text[1:], "/") {
		for i := range len(token) {
			if token[i] == '~' && (i+1 == len(token) || token[i+1] != '0' && token[i+1] != '1') {
				return nil, false
			}
		}
		tokens = append(tokens, strings.ReplaceAll(strings.ReplaceAll(token, "~1", "/"), "~0", "~"))
	}
	return tokens, true
}
