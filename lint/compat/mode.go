package compat

import (
	"fmt"
	"slices"
	"strings"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
)

// Mode says which consumers a new version must not break.
type Mode string

const (
	// Backward: whoever reads with the new version can read what was written with
	// the latest released one.
	Backward           Mode = "BACKWARD"
	BackwardTransitive Mode = "BACKWARD_TRANSITIVE"
	// Forward: whoever still reads with the latest released version can read what
	// is written with the new one.
	Forward           Mode = "FORWARD"
	ForwardTransitive Mode = "FORWARD_TRANSITIVE"
	// Full is both.
	Full           Mode = "FULL"
	FullTransitive Mode = "FULL_TRANSITIVE"
	// None asks for nothing but a new version number.
	None Mode = "NONE"
)

// Modes lists the modes in the order of the documentation.
var Modes = []Mode{Backward, BackwardTransitive, Forward, ForwardTransitive, Full, FullTransitive, None}

// ParseMode reads a mode as it is written in evctl.yaml.
func ParseMode(word string) (Mode, error) {
	if m := Mode(word); slices.Contains(Modes, m) {
		return m, nil
	}
	names := make([]string, len(Modes))
	for i, m := range Modes {
		names[i] = string(m)
	}
	return "", fmt.Errorf("unknown compatibility mode %q, expected one of %s", word, strings.Join(names, ", "))
}

// Backward reports whether the mode protects readers of older payloads.
func (m Mode) Backward() bool {
	return strings.HasPrefix(string(m), string(Backward)) || m.full()
}

// Forward reports whether the mode protects readers with an older version.
func (m Mode) Forward() bool {
	return strings.HasPrefix(string(m), string(Forward)) || m.full()
}

func (m Mode) full() bool { return strings.HasPrefix(string(m), string(Full)) }

// Transitive reports whether all released versions of a major count, not only the latest.
func (m Mode) Transitive() bool { return strings.HasSuffix(string(m), "_TRANSITIVE") }

// breaks reports whether a change that breaks in the given directions is one that
// the mode forbids.
func (m Mode) breaks(backward, forward bool) bool {
	return backward && m.Backward() || forward && m.Forward()
}

// Options are what a workspace decides about compatibility.
type Options struct {
	// Mode is BackwardTransitive when empty.
	Mode Mode
	// StrictContent makes it a break to declare a property of an object that
	// accepted anything under that name. The default is lenient: producers are
	// not expected to have sent something else there.
	StrictContent bool
	// Protobuf makes it an error to give a field another type in protobuf: the workspace
	// generates it.
	Protobuf bool
	// Waived tells whether somebody approved a break that the mode forbids. Nil:
	// nobody approved any.
	Waived Waived
}

// Waived tells whether a finding was approved. It is asked once for every break, from
// several goroutines.
type Waived func(*diag.Diagnostic) bool

func (o Options) mode() Mode {
	if o.Mode == "" {
		return BackwardTransitive
	}
	return o.Mode
}

// bump is the bump that a change asks for in this mode.
func (o Options) bump(backward, forward bool, least contracts.Bump) contracts.Bump {
	switch {
	case o.mode().breaks(backward, forward):
		return contracts.MajorBump
	case backward || forward:
		return max(least, contracts.MinorBump)
	}
	return least
}
