package payload

import (
	"cmp"
	"fmt"
	"math"
	"math/bits"
	"slices"
	"strconv"
	"sync"
	"unicode/utf8"

	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/contracts/rawjson"
)

// Valid reports whether the payload satisfies the contract. It stops at the first
// violation and does not allocate, apart from numbers that need big arithmetic.
func (v *Validator) Valid(raw []byte) bool {
	r := newRun()
	defer r.release()
	at := r.decider.decide(v.root, raw)
	if at == unsure {
		return r.doc.Read(raw) == nil && r.value(v.root, 0)
	}
	return at >= 0
}

// Validate lists what is wrong with a payload, in the order of its text, at most
// MaxViolations. It is nil when the payload is valid.
func (v *Validator) Validate(raw []byte) []Violation {
	r := newRun()
	defer r.release()
	if found, ok := r.collect(v.root, raw); ok {
		return found
	}
	if err := r.doc.Read(raw); err != nil {
		return []Violation{violationOf(err)}
	}
	return r.violations(v.root, 0)
}

// run is the state of one validation.
type run struct {
	decider decider
	doc     rawjson.Document
	decided bool // the decider has the text of the document, and can say which parts are valid

	// quiet runs return at the first violation and describe nothing.
	quiet   bool
	limit   int
	brief   bool   // do not say what the variants of unions object to
	masked  bool   // inside of a value that must not be shown
	shift   int    // where the document starts in the text
	base    string // pointer that those of the path go on from
	path    []step
	found   []Violation
	tested  map[tested]bool // verdicts of shared nodes while unions try variants
	testing int             // unions that are trying variants
	bits    []uint64        // which properties are there, of objects with many

	// own are members of the object root that belong to the envelope, unless they are
	// declared; with ownAll, every member that is not declared. The value of the member
	// hole is not looked at.
	root   int
	own    []string
	ownAll bool
	hole   string
}

type tested struct {
	node  *node
	token int
}

// maxKept bounds the memory that a run keeps for the next one, in bytes.
const maxKept = 1 << 20

var runs = sync.Pool{New: func() any { return &run{decider: *newDecider()} }}

func newRun() *run {
	r := runs.Get().(*run)
	r.quiet = true
	r.whole()
	return r
}

// whole forgets about envelopes: every member is looked at.
func (r *run) whole() { r.root, r.own, r.ownAll, r.hole = -1, nil, false, "" }

func (r *run) release() {
	if r.doc.Size()+r.decider.kept() > maxKept {
		return
	}
	r.doc.Forget()
	r.decider.reset()
	r.found = nil
	clear(r.path[:cap(r.path)]) // its names are parts of the payload
	r.base, r.path, r.bits, r.decided = "", r.path[:0], r.bits[:0], false
	if len(r.tested) > 0 {
		r.tested = nil
	}
	runs.Put(r)
}

// violations runs a program on a value that a decider did not accept.
func (r *run) violations(n *node, i int) []Violation {
	r.quiet, r.limit = false, MaxViolations
	r.value(n, i)
	r.quiet = true
	sortByPlace(r.found)
	return r.found
}

// sortByPlace puts what is said of one value together, in the order of the text.
func sortByPlace(list []Violation) {
	slices.SortStableFunc(list, func(a, b Violation) int { return cmp.Compare(a.Offset, b.Offset) })
}

// full reports that there is nothing more to find out.
func (r *run) full() bool { return r.quiet || len(r.found) >= r.limit }

// fail records a violation at value i, unless the run is quiet, and returns false.
func (r *run) fail(i int, rule, expected string) bool {
	if r.full() {
		return false
	}
	return r.failAt(r.offset(i), rule, expected, describe(&r.doc, i, r.masked))
}

// failAt records a violation at an offset of the text.
func (r *run) failAt(at int, rule, expected, found string) bool {
	if r.full() {
		return false
	}
	r.found = append(r.found, Violation{Pointer: r.pointer(), Rule: rule, Expected: expected, Found: found, Offset: at})
	return false
}

// offset is where value i starts in the text.
func (r *run) offset(i int) int { return r.shift + r.doc.Offset(i) }

func (r *run) missing(at int, name string) bool {
	if r.full() {
		return false
	}
	r.failAt(at, "required", "property "+document.Quote(name), "nothing")
	r.found[len(r.found)-1].Missing = name
	return false
}

// step is one token of a pointer: a name, or the index of an item where that is nil.
type step struct {
	name  []byte
	index int
}

// enter adds a step to the path and returns the length to cut it back to.
func (r *run) enter(s step) int {
	n := len(r.path)
	if !r.quiet {
		r.path = append(r.path, s)
	}
	return n
}

// pointer is the JSON pointer to the present value.
func (r *run) pointer() string {
	b := []byte(r.base)
	for _, s := range r.path {
		if s.name == nil {
			b = strconv.AppendInt(append(b, '/'), int64(s.index), 10)
			continue
		}
		b = rawjson.AppendPointer(b, s.name)
	}
	return string(b)
}

// value checks token i against n.
func (r *run) value(n *node, i int) bool {
	if r.decided && !r.quiet && i != r.root && r.doc.Kind(i) >= rawjson.Array && r.decider.acceptsPart(n, r.offset(i)) {
		return true
	}
	if n.shared && r.testing > 1 && r.quiet && r.doc.Kind(i) >= rawjson.Array {
		return r.remembered(n, i)
	}
	if !n.masked || r.masked || r.quiet {
		return r.check(n, i)
	}
	r.masked = true
	ok := r.check(n, i)
	r.masked = false
	return ok
}

// remembered checks n at i once, however many variants ask: unions inside of
// unions would otherwise multiply the work.
func (r *run) remembered(n *node, i int) bool {
	key := tested{n, i}
	if ok, done := r.tested[key]; done {
		return ok
	}
	ok := r.check(n, i)
	if r.tested == nil {
		r.tested = map[tested]bool{}
	}
	r.tested[key] = ok
	return ok
}

func (r *run) check(n *node, i int) bool {
	k := r.doc.Kind(i)
	if n.kinds&(1<<k) == 0 {
		return r.fail(i, "type", n.expected)
	}
	if n.union != nil {
		return k == rawjson.Null && n.union.nullable || r.union(n.union, i)
	}
	ok := true
	switch k {
	case rawjson.String:
		if n.text != nil {
			ok = r.text(n.text, i)
		}
	case rawjson.Number:
		ok = r.number(n, i)
	case rawjson.Array:
		if n.array != nil {
			ok = r.array(n.array, i)
		}
	case rawjson.Object:
		if n.object != nil {
			ok = r.object(n.object, i)
		}
	}
	if n.enum != nil && (ok || !r.full()) && !n.enum.has(&r.doc, i, k) {
		return r.fail(i, "enum", n.enum.expected)
	}
	return ok
}

func (e *enumCheck) has(d *rawjson.Document, i int, k rawjson.Kind) bool {
	switch k {
	case rawjson.String:
		return e.table.find(d.Text(i)) >= 0
	case rawjson.Number:
		return e.hasNumber(rawjson.ParseDecimal(d.Raw(i)))
	case rawjson.Null:
		return true // the node's kinds decide
	}
	return e.bools&(1<<k) != 0
}

func (e *enumCheck) hasNumber(v rawjson.Decimal) bool {
	return slices.ContainsFunc(e.numbers, func(w rawjson.Decimal) bool { return v.Cmp(w) == 0 })
}

func (r *run) text(t *textCheck, i int) bool {
	ok := true
	text := r.doc.TextString(i)
	if n := len(text); n < t.min*utf8.UTFMax || t.max >= 0 && n > t.max {
		ok = r.length(t, i, utf8.RuneCountInString(text))
	}
	if t.format != nil && (ok || !r.full()) && !t.format.Valid(text) {
		ok = r.fail(i, "format", t.formatText)
	}
	if t.pattern != nil && (ok || !r.full()) && !t.pattern.MatchString(text) {
		ok = r.fail(i, "pattern", t.patternText)
	}
	return ok
}

func (r *run) length(t *textCheck, i, n int) bool {
	switch {
	case n < t.min:
		return r.count(r.offset(i), "minLength", "at least", t.min, n, "character")
	case t.max >= 0 && n > t.max:
		return r.count(r.offset(i), "maxLength", "at most", t.max, n, "character")
	}
	return true
}

// count records that the value at an offset has n of something, and should have others.
func (r *run) count(at int, rule, words string, limit, n int, noun string) bool {
	if r.full() {
		return false
	}
	return r.failAt(at, rule, words+" "+plural(limit, noun), plural(n, noun))
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

func (r *run) number(n *node, i int) bool {
	if n.integer && !r.doc.Plain(i) && !rawjson.ParseDecimal(r.doc.Raw(i)).IsInteger() {
		return r.fail(i, "type", n.expected)
	}
	if n.number == nil {
		return true
	}
	ok := true
	v := rawjson.ParseDecimal(r.doc.Raw(i))
	for _, b := range n.number.bounds {
		if !b.admits(v) && (ok || !r.full()) {
			ok = r.fail(i, b.rule, b.expected)
		}
	}
	if m := n.number.multipleOf; m != nil && (ok || !r.full()) && !v.IsMultipleOf(*m) {
		ok = r.fail(i, "multipleOf", n.number.multiple)
	}
	return ok
}

func (b *bound) admits(v rawjson.Decimal) bool {
	c := v.Cmp(b.limit) * b.sign
	return c > 0 || c == 0 && b.equal
}

func (r *run) array(a *arrayCheck, i int) bool {
	ok := r.size(a, r.offset(i), r.doc.Len(i))
	if a.items != nil && (ok || !r.full()) {
		ok = r.items(a.items, i) && ok
	}
	if a.unique && (ok || !r.full()) {
		ok = r.unique(i) && ok
	}
	return ok
}

// size checks how many items there are in the array at an offset.
func (r *run) size(a *arrayCheck, at, n int) bool {
	switch {
	case n < a.min:
		return r.count(at, "minItems", "at least", a.min, n, "item")
	case a.max >= 0 && n > a.max:
		return r.count(at, "maxItems", "at most", a.max, n, "item")
	}
	return true
}

func (r *run) items(item *node, i int) bool {
	ok := true
	at := i + 1
	for k := range r.doc.Len(i) {
		cut := r.enter(step{index: k})
		ok = r.value(item, at) && ok
		r.path = r.path[:cut]
		if !ok && r.full() {
			return false
		}
		at = r.doc.Next(at)
	}
	return ok
}

// fewItems is the length up to which items are compared pair by pair.
const fewItems = 8

func (r *run) unique(i int) bool {
	n := r.doc.Len(i)
	if n > fewItems {
		return r.uniqueByHash(i, n)
	}
	var items [fewItems]int
	at := i + 1
	for k := range n {
		for j, other := range items[:k] {
			if r.doc.Equal(at, other) {
				return r.repeated(i, j, k)
			}
		}
		items[k] = at
		at = r.doc.Next(at)
	}
	return true
}

// uniqueByHash enters the items into a table of slots, each with a token and the upper
// half of its hash. A slot of 0 is free: token 0 is no item.
func (r *run) uniqueByHash(i, n int) bool {
	slots := make([]uint64, 1<<bits.Len(uint(2*n)))
	at := i + 1
	for k := range n {
		h := r.doc.Hash(at)
		entry := h&^math.MaxUint32 | uint64(at)
		slot := int(h) & (len(slots) - 1)
		for slots[slot] != 0 {
			other := int(slots[slot] & math.MaxUint32)
			if slots[slot]>>32 == entry>>32 && r.doc.Equal(at, other) {
				return r.repeated(i, r.index(i, other), k)
			}
			slot = (slot + 1) & (len(slots) - 1)
		}
		slots[slot] = entry
		at = r.doc.Next(at)
	}
	return true
}

// index counts the items of array i in front of the one that is a token.
func (r *run) index(i, token int) (n int) {
	for at := i + 1; at < token; at = r.doc.Next(at) {
		n++
	}
	return n
}

func (r *run) repeated(i, first, second int) bool {
	if r.full() {
		return false
	}
	return r.failAt(r.offset(i), "uniqueItems", "unique items", fmt.Sprintf("item %d again as item %d", first, second))
}
