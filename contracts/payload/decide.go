package payload

import (
	"bytes"

	"github.com/evctl/evctl/contracts/rawjson"
)

// A decider says whether a text is valid JSON that satisfies a program, in one pass over
// the bytes and without remembering them. It does not say why not, and leaves a few
// things that are rare and long-winded to the run that explains: such a text is unsure.
//
// Its methods take the offset at which a value starts and return the one behind it, or
// one of the outcomes below. Values contain each other at most rawjson.MaxDepth deep, and
// so do calls.
type decider struct {
	text  rawjson.Text
	body  body
	depth int
	// width is how many times the present value may be read, because of unions inside of
	// unions.
	width int
	// collecting says not to stop at what is rejected. The findings say what that is; behind
	// is the end of the value that was found wrong last.
	collecting bool
	findings   []finding
	behind     int

	name    []byte   // of the member that is read
	names   [][]byte // undeclared names of the objects around
	items   []span   // of the arrays with unique items around
	bits    []uint64
	decoded []byte // strings that had escapes

	deciders [opCount]deciderOf
}

// Outcomes of a value that was not accepted.
const (
	rejected = -1
	unsure   = -2
	// recorded values are rejected as well, by a decider that collects.
	recorded = -3
	// repeated is a member whose name stands twice.
	repeated = -4
)

// Bounds of what is decided here.
const (
	maxWidth      = 32 // how many times a value is read at most
	maxUndeclared = 16 // undeclared names of an object, which are compared pair by pair
)

// span is a part of the text.
type span struct{ start, end int }

func (s span) in(t rawjson.View) []byte { return t.Slice(s.start, s.end) }

func newDecider() *decider {
	q := &decider{}
	for o := range opCount {
		q.deciders[o] = o.decider()
	}
	q.reset()
	return q
}

func (q *decider) reset() {
	q.body = body{parts: append(q.body.parts[:0], noParts[:]...)}
	clear(q.findings)
	q.collecting, q.findings = false, q.findings[:0]
	q.restart()
}

// restart forgets where in the text the decider is.
func (q *decider) restart() {
	q.depth, q.width = 0, 1
	q.names, q.items, q.bits, q.decoded = q.names[:0], q.items[:0], q.bits[:0], q.decoded[:0]
}

// kept is the memory that is kept for the next text, in bytes.
func (q *decider) kept() int {
	return q.text.Kept() + 24*cap(q.names) + 16*cap(q.items) + 8*cap(q.bits) + cap(q.decoded)
}

// load takes a text, unless it is too long or no UTF-8.
func (q *decider) load(data []byte) (rawjson.View, bool) {
	if len(data) > rawjson.MaxBytes {
		return rawjson.View{}, false
	}
	ok := q.text.Load(data)
	return q.text.View(), ok
}

// decide returns the outcome for a whole text: its length when it is valid.
func (q *decider) decide(n *node, data []byte) int {
	t, ok := q.load(data)
	if !ok {
		return rejected
	}
	return q.end(t, q.outermost(n, t, t.SkipSpace(0)))
}

// outermost is value for one that has none around it.
func (q *decider) outermost(n *node, t rawjson.View, at int) int {
	end := q.value(n, t, at)
	if end == recorded && n.masked {
		q.mask(at)
	}
	return end
}

// acceptsPart reports whether a value of the text that was loaded last is known to be
// accepted. How deep it is was checked by whoever asks.
func (q *decider) acceptsPart(n *node, at int) bool {
	q.restart()
	return q.value(n, q.text.View(), at) >= 0
}

// end is the outcome for a text of which the value was read: nothing but white space may be
// left.
func (q *decider) end(t rawjson.View, outcome int) int {
	at := outcome
	if outcome == recorded {
		at = q.behind
	}
	if at < 0 {
		return outcome
	}
	if at = t.SkipSpace(at); at < q.text.Size() {
		return rejected
	}
	if outcome == recorded {
		return recorded
	}
	return at
}

// skip is SkipSpace, with the usual case in front.
func skip(t rawjson.View, at int) int {
	if t.Byte(at) > ' ' {
		return at
	}
	return t.SkipSpace(at)
}

// value decides on a value as the node's op says.
func (q *decider) value(n *node, t rawjson.View, at int) int {
	return q.deciders[n.op](q, n, t, at)
}

// deciderOf decides on the values of a node.
type deciderOf func(q *decider, n *node, t rawjson.View, at int) int

// decider is the function of an op. Going there in one step, and by what the contract
// says before what the text says, is what a processor foresees best.
func (o op) decider() deciderOf {
	switch o {
	case textOp:
		return (*decider).string
	case freeOp:
		return (*decider).free
	case lengthOp:
		return (*decider).measured
	case enumOp:
		return (*decider).listed
	case uuidOp:
		return (*decider).uuid
	case momentOp:
		return (*decider).moment
	case formatOp:
		return (*decider).formatted
	case patternOp:
		return (*decider).patterned
	case boolOp:
		return (*decider).bool
	case numberOp:
		return (*decider).number
	case objectOp:
		return (*decider).object
	case arrayOp:
		return (*decider).array
	case unionOp:
		return (*decider).union
	case partOp:
		return (*decider).part
	}
	return (*decider).mixed
}

// mixed decides on a value by its own type.
func (q *decider) mixed(n *node, t rawjson.View, at int) int {
	switch t.Byte(at) {
	case '"':
		if n.kinds&stringKind != 0 {
			return q.unusual(n, t, at+1)
		}
	case '{':
		if n.kinds&objectKind != 0 && n.enum == nil {
			return q.object(n, t, at)
		}
	case '[':
		if n.kinds&arrayKind != 0 && n.enum == nil {
			return q.array(n, t, at)
		}
	case 't':
		return n.word(1<<rawjson.True, "true", t, at)
	case 'f':
		return n.word(1<<rawjson.False, "false", t, at)
	case 'n':
		return n.word(nullKind, "null", t, at)
	default:
		if n.kinds&numberKind != 0 {
			return n.digits(t, at)
		}
	}
	return rejected
}

// anyObject, anyArray and anyNode take everything.
var (
	anyObject = &objectCheck{open: true, max: -1, table: &nameTable{}, expected: []key{everyKey}}
	anyArray  = &arrayCheck{max: -1, each: anyNode}
	anyNode   = &node{kinds: allKinds, free: true}
)

// booleans are true and false, by the second bit of their first letters.
var booleans = [2]struct {
	word, mask uint64
	size       int
}{{0x65757274, 1<<32 - 1, 4}, {0x65736c6166, 1<<40 - 1, 5}}

// bool decides on a node that takes true and false. It does not branch on which of them it is,
// because that is a matter of chance.
func (q *decider) bool(n *node, t rawjson.View, at int) int {
	w := t.Word(at)
	b := &booleans[w>>1&1]
	if w&b.mask != b.word {
		return q.mixed(n, t, at)
	}
	return at + b.size
}

func (n *node) word(kind kinds, text string, t rawjson.View, at int) int {
	if n.kinds&kind == 0 || string(t.Slice(at, at+len(text))) != text {
		return rejected
	}
	if n.enum != nil && kind != nullKind && n.enum.bools&kind == 0 {
		return rejected
	}
	return at + len(text)
}

// array decides on a node that takes arrays.
func (q *decider) array(n *node, t rawjson.View, at int) int {
	if t.Byte(at) != '[' {
		return q.mixed(n, t, at)
	}
	if q.depth++; q.depth > rawjson.MaxDepth {
		return rejected
	}
	a := n.array
	if a == nil {
		a = anyArray
	}
	if a.unique && q.collecting {
		q.depth--
		return q.aside(n, t, at)
	}
	kept, open, failed := len(q.items), at, false
	count := 0
	at = skip(t, at+1)
	if t.Byte(at) == ']' {
		at++
	} else {
		for more := true; more; count++ {
			start := at
			if at = q.value(a.each, t, at); at < 0 {
				if at = q.resumeItem(a, kept, t, start, count, at); at < 0 {
					return at
				}
				failed = true
			}
			if a.unique {
				q.items = append(q.items, span{start, at})
			}
			if at, more = next(t, at, ']'); at < 0 {
				return at
			}
		}
	}
	q.depth--
	if failed || count < a.min || a.max >= 0 && count > a.max {
		q.items = q.items[:kept]
		return q.miscounted(a, count, open, at)
	}
	if a.unique {
		outcome := q.unique(t, q.items[kept:])
		if q.items = q.items[:kept]; outcome < 0 {
			return outcome
		}
	}
	return at
}

// next goes over what stands between two items or members: to the next one, or behind
// the bracket that closes them all.
func next(t rawjson.View, at int, bracket byte) (int, bool) {
	at = skip(t, at)
	switch t.Byte(at) {
	case ',':
		return skip(t, at+1), true
	case bracket:
		return at + 1, false
	}
	return rejected, false
}

// unique decides whether items differ as far as their texts tell: strings, whole numbers
// and words.
func (q *decider) unique(t rawjson.View, items []span) int {
	if len(items) > fewItems {
		return unsure
	}
	var texts [fewItems][]byte
	for i, item := range items {
		texts[i] = item.in(t)
		isText := t.Byte(item.start) == '"'
		if isText {
			texts[i], _ = q.stringAt(t, item.start+1)
		} else if !telling(texts[i]) {
			return unsure
		}
		for k, other := range texts[:i] {
			if isText == (t.Byte(items[k].start) == '"') && bytes.Equal(texts[i], other) {
				return rejected
			}
		}
	}
	return 0
}

// telling reports whether no other spelling of a number or word means the same, unless
// that is one that does not tell.
func telling(text []byte) bool {
	switch c := text[0]; {
	case c == '0':
		return len(text) == 1
	case c == '-':
		return text[1] != '0' && telling(text[1:])
	case '1' <= c && c <= '9':
		return !bytes.ContainsAny(text, ".eE")
	}
	return text[0] == 't' || text[0] == 'f' || text[0] == 'n'
}
