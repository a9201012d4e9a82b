package numbers

import (
	"errors"
	"fmt"
	"slices"

	"github.com/evctl/evctl/contracts"
)

// Release is a released version and the ledger it carries.
type Release struct {
	Version contracts.Version
	Ledger  Ledger
}

// Previous is the ledger that version v of an event continues: that of the
// released versions of its major, or when there are none, of the major before it.
// Each major is a protobuf package of its own, so majors that live beside each
// other do not have to agree. Releases may come in any order; newer ones than v
// count, because their numbers are taken.
//
// It fails when two releases of a major contradict each other, which happens when
// they were made side by side and merged.
func Previous(releases []Release, v contracts.Version) (Ledger, error) {
	major := -1
	for _, r := range releases {
		if r.Version.Major <= v.Major {
			major = max(major, r.Version.Major)
		}
	}
	line := slices.DeleteFunc(slices.Clone(releases), func(r Release) bool { return r.Version.Major != major })
	slices.SortFunc(line, func(a, b Release) int { return a.Version.Compare(b.Version) })
	if len(line) == 0 {
		return Ledger{}, nil
	}
	var merged []Ledger // the versions so far as one
	for _, r := range line {
		next, err := Merge(append(merged, r.Ledger)...)
		if err != nil {
			return Ledger{}, fmt.Errorf("field numbers of version %s: %w", r.Version, err)
		}
		merged = []Ledger{next}
	}
	return merged[0], nil
}

// sound reports whether no name of a ledger has two numbers.
func (l Ledger) sound() bool {
	for key, entries := range l.scopes {
		if len(doubles(key, entries)) > 0 {
			return false
		}
	}
	return true
}

// Merge combines the ledgers of several versions of an event. The error names all
// numbers that two of them use for different things, and all names that have two
// numbers.
func Merge(ledgers ...Ledger) (Ledger, error) {
	if len(ledgers) == 1 && ledgers[0].sound() {
		return ledgers[0], nil
	}
	merged := Ledger{scopes: map[string][]Entry{}}
	var conflicts []error
	for _, l := range ledgers {
		for _, key := range l.Keys() {
			entries, errs := mergeScope(key, merged.scopes[key], l.scopes[key])
			merged.scopes[key] = entries
			conflicts = append(conflicts, errs...)
		}
	}
	if len(conflicts) > 0 {
		return Ledger{}, errors.Join(conflicts...)
	}
	return merged, nil
}

// mergeScope combines entries that are both ordered by number.
func mergeScope(key string, a, b []Entry) ([]Entry, []error) {
	if len(a) == 0 {
		return b, doubles(key, b)
	}
	var conflicts []error
	entries := make([]Entry, 0, max(len(a), len(b)))
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0].Number < b[0].Number:
			entries, a = append(entries, a[0]), a[1:]
		case a[0].Number > b[0].Number:
			entries, b = append(entries, b[0]), b[1:]
		default:
			both, ok := mergeEntry(a[0], b[0])
			if !ok {
				conflicts = append(conflicts, fmt.Errorf("number %d of %s is %q in one version and %q in another", b[0].Number, key, a[0].text(), b[0].text()))
				both = a[0]
			}
			entries, a, b = append(entries, both), a[1:], b[1:]
		}
	}
	entries = append(append(entries, a...), b...)
	return entries, append(conflicts, doubles(key, entries)...)
}

// mergeEntry wants one wire class, and one list of names that continues the other.
func mergeEntry(a, b Entry) (Entry, bool) {
	if !compatible(a.Kind, b.Kind) {
		return Entry{}, false
	}
	if len(a.Names) > len(b.Names) {
		a.Names, b.Names = b.Names, a.Names
	}
	return b, slices.Equal(a.Names, b.Names[:len(a.Names)])
}

// doubles finds names that have two numbers for one wire class.
func doubles(key string, entries []Entry) []error {
	type identity struct {
		name  string
		class Kind
	}
	if !anyDouble(entries) {
		return nil
	}
	first := make(map[identity]int, len(entries))
	var conflicts []error
	for _, e := range entries {
		id := identity{e.Name(), wireClass(e.Kind)}
		if n, ok := first[id]; ok {
			conflicts = append(conflicts, fmt.Errorf("%q of %s has number %d in one version and %d in another", e.text(), key, n, e.Number))
			continue
		}
		first[id] = e.Number
	}
	return conflicts
}

// fewEntries is up to how many entries comparing each with each is faster than a map.
const fewEntries = 24

// anyDouble reports whether there may be a name that has two numbers.
func anyDouble(entries []Entry) bool {
	if len(entries) > fewEntries {
		return true
	}
	for i, e := range entries {
		for _, other := range entries[:i] {
			if e.Name() == other.Name() && wireClass(e.Kind) == wireClass(other.Kind) {
				return true
			}
		}
	}
	return false
}
