package numbers

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Ledger holds all numbers an event has used. The zero value is that of an event
// that was never released. Ledgers are immutable.
type Ledger struct {
	scopes map[string][]Entry // ordered by number
}

// Entry is one number that was given away.
type Entry struct {
	Number int
	Kind   Kind
	// Names the number had, the current one last; empty for Extra.
	Names []string
}

// Name is the current name, or empty.
func (e Entry) Name() string {
	if len(e.Names) == 0 {
		return ""
	}
	return e.Names[len(e.Names)-1]
}

func (e Entry) String() string {
	return string(e.text()) + " = " + strconv.Itoa(e.Number)
}

// eventScope is the key of the event's own message.
const eventScope = "event"

// Numbers that protobuf allows for fields.
const (
	maxNumber     = 1<<29 - 1
	reservedFirst = 19000 // protobuf keeps these for itself
	reservedLast  = 19999
)

// IsZero reports whether no number was given away.
func (l Ledger) IsZero() bool { return len(l.scopes) == 0 }

// Keys lists the scopes: the event first, then what is written in it, then
// definitions, each by name.
func (l Ledger) Keys() []string {
	keys := slices.Collect(maps.Keys(l.scopes))
	slices.SortFunc(keys, func(a, b string) int {
		if ea, eb := inEvent(a), inEvent(b); ea != eb {
			if ea {
				return -1
			}
			return 1
		}
		return compareKeys(a, b)
	})
	return keys
}

func inEvent(key string) bool { return key == eventScope || strings.HasPrefix(key, eventScope+"/") }

// compareKeys orders field numbers in keys by value.
func compareKeys(a, b string) int {
	return slices.CompareFunc(strings.Split(a, "/"), strings.Split(b, "/"), func(a, b string) int {
		na, errA := strconv.Atoi(a)
		nb, errB := strconv.Atoi(b)
		if errA == nil && errB == nil {
			return na - nb
		}
		return strings.Compare(a, b)
	})
}

// Entries are the numbers of one scope in ascending order; nil when there are none.
func (l Ledger) Entries(key string) []Entry { return slices.Clone(l.scopes[key]) }

// Equal reports whether both say the same.
func (l Ledger) Equal(m Ledger) bool {
	return maps.EqualFunc(l.scopes, m.scopes, func(a, b []Entry) bool {
		return slices.EqualFunc(a, b, Entry.equal)
	})
}

func (e Entry) equal(f Entry) bool {
	return e.Number == f.Number && e.Kind == f.Kind && slices.Equal(e.Names, f.Names)
}
