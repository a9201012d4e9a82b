package payload

import (
	"encoding/binary"
	"math/bits"

	"github.com/evctl/evctl/contracts/rawjson"
)

// nameTable finds a text among those of a contract: the properties of an object, the
// values of an enum, the tags of a union. It looks at the first and the last eight bytes,
// and mostly at one entry: the seed is chosen so that no two names meet. Senders cannot
// make it slow, because only names of the contract are in it.
type nameTable struct {
	names []string
	ends  []ends   // of the names, where there are slots
	slots []uint16 // 1 + the index of a name, 0 where there is none
	seed  uint64
	shift uint8
	// many takes the place of slots where there are too many names, or too many that
	// differ in the middle only.
	many map[string]int
}

// ends are the first and the last eight bytes of a text, and its size. Of a shorter one both are
// all it has, with zeros behind.
type ends struct {
	first, last uint64
	size        int
}

// endsOf are those of the text from one offset to another. It has no branches that depend
// on the text, because names in random order make those slow.
func endsOf(text rawjson.View, from, to int) ends {
	n := to - from
	back := n - 8
	missing := back & (back >> 63) // of eight bytes, less than 0 where there are fewer
	mask := ^uint64(0) >> uint(-8*missing)
	return ends{text.Word(from) & mask, text.Word(from+back-missing) & mask, n}
}

// endsOfName are those of a name.
func endsOfName(name []byte) ends {
	n := len(name)
	if n >= 8 {
		return ends{binary.LittleEndian.Uint64(name), binary.LittleEndian.Uint64(name[n-8:]), n}
	}
	var b [8]byte
	copy(b[:], name)
	word := binary.LittleEndian.Uint64(b[:])
	return ends{word, word, n}
}

// Seeds are tried for tables of up to fewNames; in others, and after maxSeeds, names
// that meet stand one behind the other.
const (
	maxSeeds = 32
	fewNames = 256
	maxNames = 1<<16 - 2 // what slots can number
)

func newNameTable(names []string) *nameTable {
	t := &nameTable{names: names}
	if len(names) > maxNames || !t.hash() {
		t.slots, t.ends, t.many = nil, nil, make(map[string]int, len(names))
		for i, name := range names {
			t.many[name] = i
		}
	}
	return t
}

// hash makes the slots, and reports whether names seldom meet in them.
func (t *nameTable) hash() bool {
	n := len(t.names)
	if n == 0 {
		return true
	}
	size := 1 << bits.Len(uint(2*n-1))
	t.shift = uint8(64 - bits.TrailingZeros(uint(size)))
	t.slots, t.ends = make([]uint16, size), make([]ends, n)
	for i, name := range t.names {
		t.ends[i] = endsOfName([]byte(name))
	}
	steps := 0
	for i := range uint64(maxSeeds) {
		t.seed = i * 0x9e3779b97f4a7c15
		if steps = t.fill(); steps == 0 || n > fewNames {
			break
		}
	}
	return steps <= 2*n
}

// fill enters the names and counts the steps from where they belong to where they
// stand, up to a limit that is too many.
func (t *nameTable) fill() (steps int) {
	clear(t.slots)
	for i := range t.names {
		at := t.slot(t.ends[i])
		for t.slots[at] != 0 {
			if steps++; steps > 2*len(t.names) {
				return steps
			}
			at = (at + 1) & (len(t.slots) - 1)
		}
		t.slots[at] = uint16(i + 1)
	}
	return steps
}

// slot is where the name with these ends belongs.
func (t *nameTable) slot(e ends) int {
	h := (e.first ^ t.seed) * 0xff51afd7ed558ccd
	h = (h ^ h>>32 ^ e.last ^ uint64(e.size)<<56) * 0xc4ceb9fe1a85ec53
	return int(h >> (t.shift % 64))
}

// guess is the only name of the table that can have these ends, or -1.
func (t *nameTable) guess(e ends) int {
	if len(t.slots) == 0 {
		return -1
	}
	return int(t.slots[t.slot(e)]) - 1
}

// has reports whether the text from one offset to another is in the table.
func (t *nameTable) has(text rawjson.View, from, to int) bool {
	e := endsOf(text, from, to)
	if i := t.guess(e); i >= 0 && t.ends[i] == e && e.size <= 16 {
		return true
	}
	return t.find(text.Slice(from, to)) >= 0
}

// find is the index of a name, or -1.
func (t *nameTable) find(name []byte) int {
	if len(t.slots) == 0 {
		if t.many == nil {
			return -1
		}
		return t.findAmongMany(name)
	}
	for at := t.slot(endsOfName(name)); ; at = (at + 1) & (len(t.slots) - 1) {
		i := int(t.slots[at]) - 1
		if i < 0 || t.names[i] == string(name) {
			return i
		}
	}
}

func (t *nameTable) findAmongMany(name []byte) int {
	if i, ok := t.many[string(name)]; ok {
		return i
	}
	return -1
}
