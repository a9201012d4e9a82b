package subschema

import (
	"errors"
	"time"
)

// budget bounds the work for one question: in steps, so that the same question has
// the same answer on most machines, and in time, so that no machine waits.
type budget struct {
	left     int
	allowed  int // where it is a part of another one
	deadline time.Time
	tick     int
}

// errBudget ends a search that takes too long. The solver panics with it and recovers at
// its entrance: every step of the search can run out, and none has anything to clean up.
var errBudget = errors.New("it would take too long to decide")

// Spend takes steps from the budget; regular counts its own with it.
func (b *budget) Spend(steps int) error {
	b.left -= steps
	b.tick += steps
	if b.left < 0 {
		return errBudget
	}
	if b.tick >= 1<<12 {
		b.tick = 0
		if !b.deadline.IsZero() && time.Now().After(b.deadline) {
			return errBudget
		}
	}
	return nil
}

// part is a budget with a fraction of what is left of b.
func (b *budget) part(n int) *budget {
	return &budget{left: b.left / n, allowed: b.left / n, deadline: time.Now().Add(time.Until(b.deadline) / time.Duration(n))}
}

// spent is how much of a part was used.
func (b *budget) spent() int { return b.allowed - max(b.left, 0) }

func (s *solver) spend(steps int) {
	if err := s.budget.Spend(steps); err != nil {
		panic(errBudget)
	}
}
