package payload

import (
	"encoding/binary"
	"math/bits"
)

// nameTable finds a text among those of a contract: the properties of an object, the
// values of an enum, the tags of a union. It looks at the first and the last eight bytes,
// and mostly at one entry: the seed is chosen so that no two names meet. Senders cannot
// make it slow, because only names of the contract are in it.
type nameTable struct {
	names []string
	slots []uint16 // 1 + the index of a name, 0 where there is none
	seed  uint64
	shift uint8
	// many takes the place of slots where there are too many names, or too many that
	// differ in the middle only.
	many map[string]int
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
		t.slots, t.many = nil, make(map[string]int, len(names))
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
	t.slots = make([]uint16, size)
	steps := 0
	for t.seed = range uint64(maxSeeds) {
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
	for i, name := range t.names {
		at := t.slot([]byte(name))
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

func (t *nameTable) slot(name []byte) int {
	var a, b uint64
	switch n := len(name); {
	case n >= 8:
		a, b = binary.LittleEndian.Uint64(name), binary.LittleEndian.Uint64(name[n-8:])
	case n >= 4:
		a, b = uint64(binary.LittleEndian.Uint32(name)), uint64(binary.LittleEndian.Uint32(name[n-4:]))
	case n > 0:
		a = uint64(name[0]) | uint64(name[n/2])<<8 | uint64(name[n-1])<<16
	}
	h := (a ^ t.seed*0x9e3779b97f4a7c15) * 0xff51afd7ed558ccd
	h = (h ^ h>>32 ^ b ^ uint64(len(name))<<56) * 0xc4ceb9fe1a85ec53
	return int(h >> t.shift)
}

// find is the index of a name, or -1.
func (t *nameTable) find(name []byte) int {
	if len(t.slots) == 0 {
		return t.findAmongMany(name)
	}
	for at := t.slot(name); ; at = (at + 1) & (len(t.slots) - 1) {
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
