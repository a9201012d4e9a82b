package subschema

import (
	"errors"
	"fmt"
	"math"

	"github.com/evctl/evctl/contracts/subschema/regular"
)

// moments are words of formats whose automata are large, by the source of the language:
// to find another word than those that are excluded takes long there, and a few are
// enough for most arrays of different items.
var moments = map[string][]string{
	"format date":      numbered("2026-01-%02d"),
	"format date-time": numbered("2026-01-%02dT12:00:00Z"),
	"format time":      numbered("12:00:%02dZ"),
}

func numbered(format string) []string {
	words := make([]string, 28)
	for i := range words {
		words[i] = fmt.Sprintf(format, i+1)
	}
	return words
}

// text is the theory of strings: words of regular languages, with a length.
func (s *solver) text(facts []formula) answer {
	q := regular.Query{MaxLength: -1}
	most := math.MaxInt
	for _, f := range facts {
		n := s.at(f)
		switch {
		case n.op == opMinLength && f > 0:
			q.MinLength = max(q.MinLength, n.count)
		case n.op == opMinLength:
			most = min(most, n.count-1)
		case n.op == opMaxLength && f > 0:
			most = min(most, n.count)
		case n.op == opMaxLength:
			q.MinLength = max(q.MinLength, n.count+1)
		case n.op == opLanguage && f > 0:
			q.In = append(q.In, n.language)
			q.Prefer = append(q.Prefer, moments[n.text]...)
			if longest, ok := n.language.Longest(); ok {
				most = min(most, longest)
			}
		case n.op == opLanguage:
			q.Out = append(q.Out, n.language)
		case n.op == opEnum:
			for _, v := range n.values {
				word, _ := v.(string)
				q.Not = append(q.Not, word)
			}
		}
	}
	if most < q.MinLength {
		return none()
	}
	if len(q.Not) == 0 {
		q.Prefer = nil // the shortest word is found at once
	}
	if most != math.MaxInt {
		q.MaxLength = most
	}
	s.spend(len(facts) * len(facts) / 8)
	// One hard language must not use up what other branches need.
	part := s.budget.part(4)
	word, ok, err := q.Find(part)
	s.spend(part.spent())
	switch {
	case errors.Is(err, errBudget) || errors.Is(err, regular.ErrBudget):
		return undecided("patterns, formats or lengths that take too long to compare")
	case err != nil:
		return undecided(err.Error())
	case !ok:
		return none()
	}
	return found(word)
}
