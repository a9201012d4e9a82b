package codegen

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Scope hands out the identifiers of one namespace of a language: those that a
// target derives from the model's names, such as constants.
type Scope struct {
	outer *Scope         // whose identifiers are taken too; nil for most
	taken map[string]int // by identifier: where owners holds what it stands for, plus one
	// names learns of all identifiers, and owners is what they stand for; both are nil
	// while code is generated.
	names  *Names
	owners []Origin
	files  bool // what is handed out are the names of files
}

// NewScope makes a namespace in which some identifiers are taken from the start, by what
// the target itself puts there.
func NewScope(reserved ...string) *Scope { return (*Names)(nil).Scope(reserved...) }

// Inner makes a namespace within one that does not change any more: what is taken there
// cannot be taken here. It is for identifiers that nobody outside of the generated code sees.
func (s *Scope) Inner() *Scope { return &Scope{outer: s, taken: map[string]int{}} }

// Grow makes room for n more identifiers.
func (s *Scope) Grow(n int) {
	taken := make(map[string]int, len(s.taken)+n)
	maps.Copy(taken, s.taken)
	s.taken = taken
}

// Take returns the identifier wanted, or the first of want2, want3, … that is free. It is
// for identifiers that nobody outside of the generated code sees.
func (s *Scope) Take(want string) string {
	name := want
	for n := 2; s.has(name); n++ {
		name = want + strconv.Itoa(n)
	}
	s.taken[name] = 0
	return name
}

// Name is Take for an identifier that stands for something of the model. That it got a
// number, here or in the model, is a clash of names.
func (s *Scope) Name(want string, of Origin) string {
	name := s.Take(want)
	if s.names != nil {
		s.names.add(s, want, name, of)
	}
	return name
}

// OfFiles reports whether a scope, which may be nil, hands out the names of files.
func (s *Scope) OfFiles() bool { return s != nil && s.files }

func (s *Scope) has(name string) bool {
	_, taken := s.taken[name]
	return taken || s.outer != nil && s.outer.has(name)
}

// maxStem bounds the length of file names, which file systems limit to 255 bytes.
const maxStem = 120

// devices are the names that no file may have on Windows, whatever its extension.
var devices = []string{
	"aux", "con", "nul", "prn", "com0", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9",
	"lpt0", "lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9",
}

// Stem makes a file name without extension that every file system takes: long
// names end with a digest, names of devices with an underscore.
func Stem(text string) string {
	if slices.Contains(devices, strings.ToLower(text)) {
		return text + "_"
	}
	if len(text) <= maxStem {
		return text
	}
	sum := sha256.Sum256([]byte(text))
	return text[:maxStem-17] + "_" + hex.EncodeToString(sum[:8])
}
