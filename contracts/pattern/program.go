package pattern

import (
	"regexp/syntax"
	"slices"
	"unicode/utf8"
)

// program is a pattern as instructions that threads run through, a byte at a time.
//
// The first instructions are those of regexp/syntax. A thread that waits there stays
// while continuation bytes are read: they belong to a character that was read before.
// The instructions behind those read continuation bytes, where it depends on them which
// character it is.
type program struct {
	insts    []inst
	within   uint16 // the first instruction that waits within a character
	entry    uint16
	anchored bool // every match begins at the beginning of the text
	known    map[string]uint16
	full     bool // there were too many instructions

	class    [256]uint8
	classes  int
	samples  []byte // one of each class
	steps    []uint16
	contexts []byte // what is known behind a byte of each class
}

type instKind uint8

const (
	instFail  instKind = iota
	instMatch          // the pattern was found
	instSplit          // go on at out and at other
	instRead           // read a byte on one of the edges
	instCheck          // check the conditions other, go on at out
)

type inst struct {
	kind       instKind
	out, other uint16
	edges      []edge
}

// Bounds of a program.
const (
	maxInsts = 8_000
	maxSteps = 1 << 20 // instructions times classes
)

// newProgram spells a compiled pattern in bytes. ok is false if that takes too many
// instructions, or if the pattern names a surrogate: regexp looks for U+FFFD then.
func newProgram(prog *syntax.Prog) (p *program, ok bool) {
	if len(prog.Inst) > maxInsts {
		return nil, false
	}
	p = &program{insts: make([]inst, len(prog.Inst), 2*len(prog.Inst)), entry: uint16(prog.Start), known: map[string]uint16{}}
	p.within = uint16(len(prog.Inst))
	conditions := syntax.EmptyOp(0)
	for i := range prog.Inst {
		in := &prog.Inst[i]
		switch in.Op {
		case syntax.InstAlt, syntax.InstAltMatch:
			p.insts[i] = inst{kind: instSplit, out: uint16(in.Out), other: uint16(in.Arg)}
		case syntax.InstCapture, syntax.InstNop:
			p.insts[i] = inst{kind: instSplit, out: uint16(in.Out), other: uint16(in.Out)}
		case syntax.InstEmptyWidth:
			conditions |= syntax.EmptyOp(in.Arg)
			p.insts[i] = inst{kind: instCheck, out: uint16(in.Out), other: uint16(in.Arg)}
		case syntax.InstMatch:
			p.insts[i] = inst{kind: instMatch}
		case syntax.InstFail:
		default:
			if len(in.Rune) == 1 && firstSurrogate <= in.Rune[0] && in.Rune[0] <= lastSurrogate {
				return nil, false
			}
			edges := p.spell(intervalsOf(in), uint16(in.Out))
			p.insts[i] = inst{kind: instRead, edges: edges}
		}
		if p.full {
			return nil, false
		}
	}
	p.anchored = !p.startsLater()
	p.classify(conditions)
	if len(p.insts)*p.classes > maxSteps {
		return nil, false
	}
	p.tabulate()
	return p, true
}

// read is the instruction with these edges.
func (p *program) read(edges []edge) uint16 {
	var room [64]byte
	key := room[:0]
	for _, e := range edges {
		key = append(key, e.first, e.last, byte(e.to), byte(e.to>>8))
	}
	if i, found := p.known[string(key)]; found {
		return i
	}
	if len(p.insts) >= maxInsts {
		p.full = true
		return 0
	}
	i := uint16(len(p.insts))
	p.insts = append(p.insts, inst{kind: instRead, edges: edges})
	p.known[string(key)] = i
	return i
}

// startsLater reports whether a match can begin behind the beginning of the text.
func (p *program) startsLater() bool {
	seen := make([]bool, len(p.insts))
	stack := []uint16{p.entry}
	for len(stack) > 0 {
		i := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if seen[i] {
			continue
		}
		seen[i] = true
		switch in := &p.insts[i]; in.kind {
		case instMatch, instRead:
			return true
		case instSplit:
			stack = append(stack, in.out, in.other)
		case instCheck:
			if syntax.EmptyOp(in.other)&syntax.EmptyBeginText == 0 {
				stack = append(stack, in.out)
			}
		}
	}
	return false
}

const (
	wordConditions = syntax.EmptyWordBoundary | syntax.EmptyNoWordBoundary
	lineConditions = syntax.EmptyBeginLine | syntax.EmptyEndLine
)

// classify finds the classes of bytes that the program does not tell apart.
func (p *program) classify(conditions syntax.EmptyOp) {
	var cuts [257]bool
	cut := func(first, last byte) { cuts[first], cuts[int(last)+1] = true, true }
	for i := range p.insts {
		for _, e := range p.insts[i].edges {
			cut(e.first, e.last)
		}
	}
	if conditions&wordConditions != 0 {
		cut('0', '9')
		cut('A', 'Z')
		cut('_', '_')
		cut('a', 'z')
	}
	if conditions&lineConditions != 0 {
		cut('\n', '\n')
	}
	cut(utf8.RuneSelf, lastContinuation)
	for b := range 256 {
		if b == 0 || cuts[b] {
			p.samples = append(p.samples, byte(b))
		}
		p.class[b] = uint8(len(p.samples) - 1)
	}
	p.classes = len(p.samples)
	p.contexts = make([]byte, p.classes)
	for c, b := range p.samples {
		if b == '\n' && conditions&lineConditions != 0 {
			p.contexts[c] |= afterNewline
		}
		if isWord(b) && conditions&wordConditions != 0 {
			p.contexts[c] |= afterWord
		}
	}
}

func isWord(b byte) bool {
	return '0' <= b && b <= '9' || 'a' <= b|0x20 && b|0x20 <= 'z' || b == '_'
}

// lastContinuation ends the bytes that continue a character; utf8.RuneSelf begins them.
const lastContinuation = 0xbf

func continues(b byte) bool { return utf8.RuneSelf <= b && b <= lastContinuation }

// nowhere is the step of an instruction that does not read the class.
const nowhere = ^uint16(0)

// tabulate writes down where each instruction goes with each class.
func (p *program) tabulate() {
	p.steps = slices.Repeat([]uint16{nowhere}, len(p.insts)*p.classes)
	for i := range p.insts {
		row := p.steps[i*p.classes : (i+1)*p.classes]
		for _, e := range p.insts[i].edges {
			for c := int(p.class[e.first]); c <= int(p.class[e.last]); c++ {
				row[c] = e.to
			}
		}
	}
}

// What is known of the place before a state.
const (
	atBegin byte = 1 << iota
	afterNewline
	afterWord
	// conditional says that a thread waits at a condition: without one, nothing else
	// needs to be known.
	conditional
)

// place is what is known of a place between two bytes: the conditions that hold there
// and those that are not known yet.
type place struct{ holds, open syntax.EmptyOp }

// dependsOnNext are the conditions that the next byte decides.
const dependsOnNext = syntax.EmptyEndLine | syntax.EmptyEndText | wordConditions

// behind is what the bytes before a place say of it.
func behind(context byte) place {
	here := place{open: dependsOnNext}
	if context&atBegin != 0 {
		here.holds = syntax.EmptyBeginText | syntax.EmptyBeginLine
	}
	if context&afterNewline != 0 {
		here.holds |= syntax.EmptyBeginLine
	}
	return here
}

// between is what holds before a byte that begins a character.
func between(context, next byte) place {
	here := place{holds: behind(context).holds}
	if next == '\n' {
		here.holds |= syntax.EmptyEndLine
	}
	return here.bounded(isWord(next), context)
}

// atEnd is what holds at the end of the text.
func atEnd(context byte) place {
	here := place{holds: behind(context).holds | syntax.EmptyEndText | syntax.EmptyEndLine}
	return here.bounded(false, context)
}

func (here place) bounded(word bool, context byte) place {
	if word != (context&afterWord != 0) {
		here.holds |= syntax.EmptyWordBoundary
	} else {
		here.holds |= syntax.EmptyNoWordBoundary
	}
	return here
}

// threads is a set of instructions, with those where threads wait as a list.
type threads struct {
	mark    []uint32
	round   uint32
	waiting []uint16
	checks  bool // a thread waits at a condition
	found   bool // a thread matched
	stack   []uint16
	work    int // threads that were followed since the beginning
}

func (t *threads) reset() {
	t.round++
	t.waiting, t.checks, t.found = t.waiting[:0], false, false
}

// enter follows a thread through what reads no byte.
func (p *program) enter(t *threads, at uint16, here place) {
	t.stack = append(t.stack[:0], at)
	for len(t.stack) > 0 {
		i := t.stack[len(t.stack)-1]
		t.stack = t.stack[:len(t.stack)-1]
		t.work++
		if t.mark[i] == t.round {
			continue
		}
		t.mark[i] = t.round
		switch in := &p.insts[i]; in.kind {
		case instMatch:
			t.found = true
		case instSplit:
			t.stack = append(t.stack, in.other, in.out)
		case instRead:
			t.waiting = append(t.waiting, i)
		case instCheck:
			switch asked := syntax.EmptyOp(in.other); {
			case asked&^here.holds == 0:
				t.stack = append(t.stack, in.out)
			case asked&^here.holds&^here.open == 0:
				t.waiting = append(t.waiting, i)
				t.checks = true
			}
		}
	}
}
