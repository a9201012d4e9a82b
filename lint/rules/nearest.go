package rules

import (
	"slices"

	"github.com/evctl/evctl/contracts"
)

// nearestOther is the name that a misspelled one most likely means, leaving out the
// names of the thing itself; names come in any order.
func nearestOther(word, self, event string, names []string) string {
	names = slices.DeleteFunc(names, func(name string) bool { return name == self || name == event || name == word })
	slices.Sort(names)
	return contracts.Nearest(word, names)
}
