package codegen

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
)

// Scope hands out the identifiers of one namespace of a language: those that a
// target derives from the model's names, such as constants. Identifiers that
// differ only in case count as equal.
type Scope struct{ taken map[string]bool }

// NewScope makes a namespace in which some identifiers are taken from the start.
func NewScope(reserved ...string) *Scope {
	s := &Scope{taken: make(map[string]bool, len(reserved))}
	for _, name := range reserved {
		s.taken[strings.ToLower(name)] = true
	}
	return s
}

// Take returns the identifier wanted, or the first of want2, want3, … that is free.
func (s *Scope) Take(want string) string {
	name := want
	for n := 2; s.taken[strings.ToLower(name)]; n++ {
		name = want + strconv.Itoa(n)
	}
	s.taken[strings.ToLower(name)] = true
	return name
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
