package runtime

import (
	"encoding/json"
	"hash/maphash"
	"math"
	"strconv"
	"sync"
	"unicode/utf8"
)

// checker collects what a contract objects to. It allocates nothing until there is
// something.
type checker struct {
	found  []Violation
	tagged int // members of the next object that belong to its union
}

// members adds what the union put into an object to the count of the others.
func (c *checker) members(n int) int {
	n += c.tagged
	c.tagged = 0
	return n
}

func (c *checker) err() error {
	if len(c.found) == 0 {
		return nil
	}
	return &ValidationError{c.found}
}

// fail notes a violation, up to a bound.
func (c *checker) fail(pointer, rule, message string) {
	if len(c.found) < maxViolations {
		c.found = append(c.found, Violation{pointer, rule, message})
	}
}

// within puts a token in front of the pointers from number n on.
func (c *checker) within(n int, token string) {
	for i := n; i < len(c.found); i++ {
		c.found[i].Pointer = token + c.found[i].Pointer
	}
}

// item puts a list and an index in front of the pointers from number n on.
func (c *checker) item(n int, list string, i int) {
	if len(c.found) > n {
		c.within(n, list+"/"+strconv.Itoa(i))
	}
}

// entry puts a map and a name in front of the pointers from number n on.
func (c *checker) entry(n int, entries, name string) {
	if len(c.found) > n {
		c.within(n, entries+pointerToken(name))
	}
}

// text wants UTF-8, as JSON does.
func (c *checker) text(pointer, text string) {
	if !utf8.ValidString(text) {
		c.fail(pointer, "json-encoding", "expected UTF-8")
	}
}

// length bounds the characters of a text; most below 0: no bound.
func (c *checker) length(pointer, text string, least, most int) {
	if len(text) >= least*utf8.UTFMax && (most < 0 || len(text) <= most) {
		return
	}
	c.size(pointer, "Length", "character", utf8.RuneCountInString(text), least, most)
}

// size bounds a count of something; most below 0: no bound.
func (c *checker) size(pointer, what, noun string, n, least, most int) {
	switch {
	case n < least:
		c.fail(pointer, "min"+what, "expected at least "+plural(least, noun))
	case most >= 0 && n > most:
		c.fail(pointer, "max"+what, "expected at most "+plural(most, noun))
	}
}

func plural(n int, noun string) string {
	switch {
	case n == 1:
		return "1 " + noun
	case noun == "property":
		return strconv.Itoa(n) + " properties"
	}
	return strconv.Itoa(n) + " " + noun + "s"
}

// finite refuses what JSON has no text for.
func (c *checker) finite(pointer string, f float64) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		c.fail(pointer, "type", "expected number")
	}
}

// decimal holds a number that is not compared in its own type to its limits.
func (c *checker) decimal(pointer string, f float64, l *limits) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		c.fail(pointer, "type", "expected number")
		return
	}
	var text [32]byte
	if rule, message := l.broken(decimalOf(strconv.AppendFloat(text[:0], f, 'g', -1, 64))); rule != "" {
		c.fail(pointer, rule, message)
	}
}

// number wants the text of a JSON number within limits, which may be nil. No text is 0, as
// it is written.
func (c *checker) number(pointer string, text json.Number, whole bool, l *limits) {
	if text == "" {
		text = "0"
	}
	r := reader{data: []byte(text)}
	if kindOf(r.data) != isNumber {
		c.fail(pointer, "type", "expected number")
		return
	}
	if _, ok := r.number(); !ok || r.at < len(text) {
		c.fail(pointer, "type", "expected number")
		return
	}
	d := decimalOf([]byte(text))
	if whole && !d.whole() {
		c.fail(pointer, "type", "expected integer")
		return
	}
	if l == nil {
		return
	}
	if rule, message := l.broken(d); rule != "" {
		c.fail(pointer, rule, message)
	}
}

// raw wants one JSON value; nil is null.
func (c *checker) raw(pointer string, text []byte) {
	if text == nil {
		return
	}
	e := borrow() // for strings with escapes
	r := reader{data: text, strict: true, buffer: e.b}
	r.skip()
	c.failed(pointer, &r)
	e.b = r.buffer
	e.giveBack()
}

// scalar wants a value that a schema accepts.
func (c *checker) scalar(pointer string, v Scalar, s *schema) {
	if text, ok := v.plain(); ok && s.kinds&isText != 0 {
		if rule, message := s.objectTo(text); rule != "" {
			c.fail(pointer, rule, message)
		}
		return
	}
	e := borrow()
	e.b = append(e.b, v.json...)
	s.fits(c, pointer, e.b)
	e.giveBack()
}

// failed notes what was wrong with a text.
func (c *checker) failed(pointer string, r *reader) {
	if r.done() != nil {
		c.fail(pointer+r.failed.Pointer, r.failed.Rule, r.failed.Message)
	}
}

// fewItems is the length up to which items are compared with each other.
const fewItems = 16

var hashSeed = maphash.MakeSeed()

// tables are hash tables of indexes plus one.
var tables = sync.Pool{New: func() any { return new([]uint32) }}

// unique wants no two equal items.
func unique[T comparable](c *checker, pointer string, list []T) {
	if len(list) <= fewItems {
		for i := range list {
			for j := range i {
				if list[i] == list[j] {
					c.fail(pointer, "uniqueItems", "expected unique items")
					return
				}
			}
		}
		return
	}
	if !uniqueByHash(list) {
		c.fail(pointer, "uniqueItems", "expected unique items")
	}
}

func uniqueByHash[T comparable](list []T) bool {
	table := tables.Get().(*[]uint32)
	defer tables.Put(table)
	size := 1
	for size < 2*len(list) {
		size *= 2
	}
	if cap(*table) < size {
		*table = make([]uint32, size)
	}
	*table = (*table)[:size]
	clear(*table)
	for i := range list {
		slot := int(maphash.Comparable(hashSeed, list[i])) & (size - 1)
		for ; (*table)[slot] != 0; slot = (slot + 1) & (size - 1) {
			if list[(*table)[slot]-1] == list[i] {
				return false
			}
		}
		(*table)[slot] = uint32(i + 1)
	}
	return true
}
