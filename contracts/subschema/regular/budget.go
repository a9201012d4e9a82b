package regular

import (
	"errors"
	"time"
)

// ErrBudget says that a question was not decided within its budget, or within the
// memory that a search may take.
var ErrBudget = errors.New("the budget of steps or time is used up")

// ErrTooLong says that there are words, but the shortest has more than [MaxWord]
// characters and was not built.
var ErrTooLong = errors.New("the shortest word is too long to be built")

// MaxWord is how many code points a word may have that [Query.Find] builds.
const MaxWord = 1_000_000

// Budget bounds a search. Spend takes steps, each of them some ten nanoseconds of
// work, and returns an error when the search must end; the search returns that error.
// A nil Budget has no bounds in time; memory is bounded even so.
type Budget interface {
	Spend(steps int) error
}

// NewBudget allows a number of steps until a deadline. No deadline is the zero time.
// The budget is not safe for concurrent use; several searches in turn may share it.
func NewBudget(steps int, deadline time.Time) Budget {
	return &budget{left: steps, deadline: deadline}
}

// checkEvery is after how many steps the clock is read.
const checkEvery = 1 << 12

type budget struct {
	left, unchecked int
	deadline        time.Time
}

func (b *budget) Spend(steps int) error {
	b.left -= steps
	if b.left < 0 {
		return ErrBudget
	}
	if b.deadline.IsZero() {
		return nil
	}
	if b.unchecked -= steps; b.unchecked > 0 {
		return nil
	}
	if time.Now().After(b.deadline) {
		b.left = -1
		return ErrBudget
	}
	b.unchecked = checkEvery
	return nil
}

type unlimited struct{}

func (unlimited) Spend(int) error { return nil }
