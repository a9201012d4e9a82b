package payload

import (
	"slices"

	"github.com/evctl/evctl/contracts/rawjson"
)

// edit replaces a range of a text.
type edit struct {
	start, end int
	text       []byte
}

// edits are what changes in a text. They do not overlap; of two that do, the one that
// starts first counts.
type edits struct {
	list   []edit
	length int // of the text with the edits made
}

func (e *edits) reset(length int) { e.list, e.length = e.list[:0], length }

// replace adds an edit. Most come in the order of the text.
func (e *edits) replace(start, end int, text []byte) {
	e.list = append(e.list, edit{start, end, text})
	e.length += len(text) - (end - start)
}

// tooLong reports that the edits make more of a text than can be read again: a default
// for each of a million empty objects.
func (e *edits) tooLong() bool { return e.length > rawjson.MaxBytes }

// apply appends the text with the edits made.
func (e *edits) apply(dst, text []byte) []byte {
	slices.SortStableFunc(e.list, func(a, b edit) int { return a.start - b.start })
	dst = slices.Grow(dst, max(0, e.length))
	at := 0
	for _, edit := range e.list {
		if edit.start < at {
			continue
		}
		dst = append(append(dst, text[at:edit.start]...), edit.text...)
		at = edit.end
	}
	return append(dst, text[at:]...)
}

// removal removes members of an object, or items of an array, together with the commas
// that they need no more. Elements are handed to it in the order of the text.
type removal struct {
	edits   *edits
	pending int // where the run of removed elements starts that is being looked at; -1: none
	last    int // where the last element that stays ends; -1: none stayed yet
	end     int // where the last element ends
}

func newRemoval(e *edits) removal { return removal{edits: e, pending: -1, last: -1} }

// remove takes an element out.
func (r *removal) remove(start, end int) {
	if r.pending < 0 {
		r.pending = start
	}
	r.end = end
}

// keep leaves an element in. It must be called before anything within it is edited.
func (r *removal) keep(start, end int) {
	if r.pending >= 0 {
		r.edits.replace(r.pending, start, nil)
		r.pending = -1
	}
	r.last, r.end = end, end
}

// finish takes out what is removed at the end, and the comma before it.
func (r *removal) finish() {
	switch {
	case r.pending < 0:
	case r.last >= 0:
		r.edits.replace(r.last, r.end, nil)
	default:
		r.edits.replace(r.pending, r.end, nil)
	}
}

// endOf is where value i ends in the text.
func endOf(d *rawjson.Document, i int) int { return d.Offset(i) + len(d.Raw(i)) }
