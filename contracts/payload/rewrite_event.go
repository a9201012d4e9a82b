package payload

import (
	"cmp"
	"fmt"

	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/contracts/envelope"
	"github.com/evctl/evctl/contracts/rawjson"
)

// rewriting is the state of rewriting one event.
type rewriting struct {
	*Rewriter
	*run
	edits  edits
	hasher *hasher
	bare   *version // of an event without an envelope
	tokens bool     // of the event as it is now are there, and at says where its parts are
	at     envelope.Located
	result Rewritten

	texts   [2][]byte // the event between two steps
	present []bool
	plans   []*redaction
}

func (w *Rewriter) newState() *rewriting {
	x := &rewriting{Rewriter: w}
	if p := w.options.Privacy; p != nil && p.Key != nil {
		x.hasher = newHasher(p.Key)
	}
	return x
}

func (w *Rewriter) release(x *rewriting) {
	x.bare, x.result, x.at = nil, Rewritten{}, envelope.Located{}
	size := cap(x.texts[0]) + cap(x.texts[1]) + cap(x.edits.list)*40
	if x.hasher != nil {
		size += cap(x.hasher.text)
		x.hasher.reset()
	}
	if size > maxKept {
		return
	}
	clear(x.edits.list[:cap(x.edits.list)])
	w.states.Put(x)
}

func (x *rewriting) rewrite(dst, raw []byte) ([]byte, Rewritten) {
	x.run = newRun()
	defer x.run.release()
	v := x.read(raw)
	if v == nil {
		return dst, x.result
	}
	p := x.planOf(v)
	if p.target == nil {
		_, problem := x.set.find(v.contract.Name, x.options.To)
		return dst, x.refused(*problem)
	}
	x.result.Target = p.target.contract
	if p.err != nil || p.target.compiled() == nil {
		return dst, x.refused(Violation{Rule: RuleContractBroken, Found: "a contract with errors", Expected: "one that evctl lint accepts"})
	}
	text, ok := x.upgrade(raw, v, p)
	if ok {
		text, ok = x.addDefaults(text, p)
	}
	if !ok {
		return dst, x.result
	}
	return x.redact(dst, text, p)
}

// refused is the result for an event that is valid and cannot be rewritten.
func (x *rewriting) refused(why ...Violation) Rewritten {
	x.result.Valid, x.result.Violations = false, why
	return x.result
}

// read finds the version that the event is valid for, nil when there is none. The verdict is
// in the result then.
func (x *rewriting) read(text []byte) *version {
	x.tokens = false
	v, verdict := x.decide(text)
	if v == nil {
		v, verdict = x.judge(text)
	}
	if x.result.Contract == nil {
		x.result.Verdict = verdict
	}
	if !verdict.Valid {
		x.refused(verdict.Violations...)
		return nil
	}
	return v
}

// decide is judge for what is valid, as most is, without tokens. It returns no version where
// it cannot tell.
func (x *rewriting) decide(text []byte) (*version, Verdict) {
	x.decider.reset()
	if x.bare != nil {
		if x.bare.end != "" || x.bare.compiled() == nil || x.decider.decide(x.bare.program.root, text) < 0 {
			return nil, Verdict{}
		}
		return x.bare, x.valid(x.bare, "")
	}
	c, at := x.set.decideEvent(&x.decider, text, x.set.program)
	if at < 0 || c.version == nil {
		return nil, Verdict{}
	}
	return c.version, x.valid(c.version, c.flag)
}

func (x *rewriting) valid(v *version, flag string) Verdict {
	verdict := v.decided()
	verdict.Valid, verdict.Flag = true, flag
	return verdict
}

// judge is the verdict with all that is wrong.
func (x *rewriting) judge(text []byte) (*version, Verdict) {
	l, err := x.tokenize(text)
	if err != nil {
		return nil, undecided(l, violationOf(err))
	}
	if x.bare != nil {
		return x.bare, x.verdict(x.bare, nil)
	}
	chosen, broken := x.set.choose(l.Name, l.Version)
	if chosen.version == nil {
		// A policy may let it pass, but nobody knows what is in it.
		return nil, undecided(l, *x.set.problem(cmp.Or(broken, chosen.flag), l.Name, l.Version))
	}
	found := x.set.checkRest(x.run)
	x.set.enterProperties(x.run, l)
	verdict := x.verdict(chosen.version, found)
	verdict.Flag = chosen.flag
	return chosen.version, verdict
}

// tokenize makes the tokens that the steps walk over, and finds the parts of the event.
func (x *rewriting) tokenize(text []byte) (l envelope.Located, err *rawjson.Error) {
	x.whole()
	clear(x.tested)
	x.at, x.found = envelope.Located{}, nil
	if err := x.doc.Read(text); err != nil {
		return l, err
	}
	if x.bare == nil {
		if l, err = x.set.envelope.Locate(&x.doc); err != nil {
			return l, err
		}
	}
	x.at, x.tokens = l, true
	return l, nil
}

// walk prepares the tokens of an event that is known to be valid, for a step that needs
// them, and reports whether they are there.
func (x *rewriting) walk(text []byte) bool {
	x.edits.reset(len(text))
	if x.tokens {
		return true
	}
	if _, err := x.tokenize(text); err != nil {
		x.refused(violationOf(err))
		return false
	}
	if x.bare == nil {
		x.set.enterProperties(x.run, x.at)
	}
	return true
}

// verdict is that of the version, which may be retired when the options say so.
func (x *rewriting) verdict(v *version, found []Violation) Verdict {
	if v.end != "" && x.options.Retired {
		alive := &version{contract: v.contract, text: v.text, program: v.compiled()}
		alive.once.Do(func() {})
		v = alive
	}
	return v.verdict(x.run, x.at, found)
}

// upgrade makes the event one of the plan's target, and reports whether that is what it is.
func (x *rewriting) upgrade(raw []byte, v *version, p *rewritePlan) (text []byte, ok bool) {
	if p.target == v {
		return raw, true
	}
	if !x.walk(raw) || !x.recast(p.upgrade) {
		return nil, false
	}
	if x.bare == nil {
		if token, text := x.set.envelope.Reversion(&x.doc, p.target.text); token >= 0 {
			x.edits.replace(x.doc.Offset(token), endOf(&x.doc, token), text)
		}
	} else {
		x.bare = p.target
	}
	text = x.apply(raw)
	switch now := x.read(text); {
	case now == nil:
		return nil, false
	case now != p.target:
		x.refused(Violation{Rule: envelope.RuleVersion, Found: "version " + document.Quote(now.text), Expected: "a place to write " + document.Quote(p.target.text) + " to"})
		return nil, false
	}
	return text, true
}

// addDefaults adds what is missing, and then what is missing in that.
func (x *rewriting) addDefaults(text []byte, p *rewritePlan) (_ []byte, ok bool) {
	for p.defaults != nil {
		if !x.walk(text) || !x.recast(p.defaults) {
			return nil, false
		}
		if len(x.edits.list) == 0 {
			return text, true
		}
		text = x.apply(text)
		if x.read(text) == nil {
			return nil, false
		}
	}
	return text, true
}

// recast notes the edits of a plan.
func (x *rewriting) recast(p *recast) bool {
	c := recaster{r: x.run, edits: &x.edits, root: -1, envelope: x.set.envelope, present: x.present[:0]}
	if x.bare == nil && x.set.envelope.Flat() {
		c.root = x.at.Properties
	}
	c.value(p, x.at.Properties)
	x.present = c.present
	x.result.Renamed += c.renamed
	x.result.Filled += c.filled
	x.result.Removed += c.dropped
	if c.why != nil {
		why := *c.why
		why.Offset, why.Pointer = x.doc.Offset(c.whyAt), x.pointerTo(c.whyAt)
		x.refused(why)
		return false
	}
	return x.fits()
}

// fits reports whether the text with the edits made can be read again.
func (x *rewriting) fits() bool {
	if x.edits.tooLong() {
		x.refused(Violation{Rule: rawjson.RuleSize, Found: "a longer text", Expected: fmt.Sprintf("at most %d bytes", rawjson.MaxBytes)})
		return false
	}
	return true
}

// apply carries the edits out, into the buffer that does not hold the text.
func (x *rewriting) apply(text []byte) []byte {
	x.texts[0], x.texts[1] = x.texts[1], x.texts[0]
	x.texts[0] = x.edits.apply(x.texts[0][:0], text)
	return x.texts[0]
}

// redact appends the event as privacy wants it.
func (x *rewriting) redact(dst, text []byte, p *rewritePlan) ([]byte, Rewritten) {
	x.edits.reset(len(text))
	if x.bare == nil && x.rest != nil || p.privacy != nil {
		if !x.walk(text) {
			return dst, x.result
		}
		if x.redactions(p); !x.fits() {
			return dst, x.result
		}
	}
	return x.edits.apply(dst, text), x.result
}

func (x *rewriting) redactions(p *rewritePlan) {
	w := redacting{
		r: x.run, edits: &x.edits, hasher: x.hasher, root: -1, hole: -1, envelope: x.set.envelope, plans: x.plans[:0],
	}
	properties := x.at.Properties
	switch {
	case x.bare != nil:
		w.envelope = nil
		w.outermost(properties, p.privacy)
	case x.set.envelope.Flat():
		w.root = properties
		w.outermost(properties, x.rest, p.privacy)
	default:
		w.root, w.hole = 0, x.doc.Member(0, x.set.envelope.Members()[0])
		w.outermost(0, x.rest)
		w.root, w.hole = -1, -1
		w.outermost(properties, p.privacy)
	}
	x.plans = w.plans
	x.result.Hashed += w.hashed
	x.result.Dropped += w.dropped
}

// outermost redacts a value that nothing stands around.
func (w *redacting) outermost(i int, plans ...*redaction) {
	w.plans = w.plans[:0]
	for _, p := range plans {
		w.expand(p, i)
	}
	if len(w.plans) > 0 {
		w.value(i, w.plans[:len(w.plans):len(w.plans)], Keep)
	}
}

// pointerTo is the JSON pointer to value i.
func (x *rewriting) pointerTo(i int) string {
	var b []byte
	for at := 0; at != i; {
		b, at = x.stepTo(i, at, b)
	}
	return string(b)
}

// stepTo goes from an array or object into the part of it that holds value i.
func (x *rewriting) stepTo(i, at int, b []byte) ([]byte, int) {
	if x.doc.Kind(at) == rawjson.Array {
		item, k := at+1, 0
		for ; x.doc.Next(item) <= i; k++ {
			item = x.doc.Next(item)
		}
		return fmt.Appendf(b, "/%d", k), item
	}
	name := at + 1
	for x.doc.Next(name+1) <= i {
		name = x.doc.Next(name + 1)
	}
	return rawjson.AppendPointer(b, x.doc.Text(name)), name + 1
}
