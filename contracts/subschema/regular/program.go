package regular

import (
	"encoding/binary"
	"regexp/syntax"
	"slices"
	"unicode"
)

// program is a pattern as a machine: instructions that threads run through.
//
// The key of a state is what is known of the characters before it, one byte, and the
// numbers of the instructions where threads wait, ascending, four bytes each. Threads
// wait for a character, or at a condition that depends on the next one.
type program struct {
	alphabet *alphabet
	insts    []inst
	entry    uint32
	anchored bool       // every match begins at the beginning of the text
	sets     [][]uint64 // classes, by set
	newline  int32      // the class of "\n", or noClass if no condition asks for it
	word     []bool     // whether a class is of word characters; nil if no condition asks for it
}

type instKind uint8

const (
	instFail  instKind = iota
	instMatch          // the pattern was found
	instSplit          // go on at out and at other
	instRead           // read a character of the set other, go on at out
	instCheck          // check the conditions other, go on at out
)

type inst struct {
	kind       instKind
	out, other uint32
}

// What is known of the place before a state, the first byte of its key.
const (
	atBegin byte = 1 << iota
	afterNewline
	afterWord
	// conditional says that a thread waits at a condition: without one, nothing else
	// needs to be known.
	conditional
	// matched is the key of the state in which the pattern was found.
	matched byte = 0xff
)

// Bounds of the size of a pattern in bytes, of a program in instructions, and of the
// work to find its alphabet.
const (
	maxPattern      = 1 << 20
	maxProgram      = 100_000
	maxAlphabetWork = 1_000_000
)

func (p *program) letters() *alphabet { return p.alphabet }

// newProgram translates a compiled pattern. ok is false if it has too many different
// classes of characters.
func newProgram(prog *syntax.Prog) (p *program, ok bool) {
	p = &program{insts: make([]inst, len(prog.Inst)), entry: uint32(prog.Start), newline: noClass}
	var sets []ranges
	index := map[string]uint32{}
	conditions := syntax.EmptyOp(0)
	for i := range prog.Inst {
		in := &prog.Inst[i]
		switch in.Op {
		case syntax.InstAlt, syntax.InstAltMatch:
			p.insts[i] = inst{instSplit, in.Out, in.Arg}
		case syntax.InstCapture, syntax.InstNop:
			p.insts[i] = inst{instSplit, in.Out, in.Out}
		case syntax.InstEmptyWidth:
			conditions |= syntax.EmptyOp(in.Arg)
			p.insts[i] = inst{instCheck, in.Out, in.Arg}
		case syntax.InstMatch:
			p.insts[i] = inst{kind: instMatch}
		case syntax.InstFail:
		default:
			set := rangesOf(in)
			if len(set) == 0 {
				continue
			}
			n, known := index[string(set)]
			if !known {
				n = uint32(len(sets))
				index[string(set)] = n
				sets = append(sets, set)
			}
			p.insts[i] = inst{instRead, in.Out, n}
		}
	}
	if !p.setAlphabet(sets, conditions) {
		return nil, false
	}
	p.dropUseless()
	p.anchored = !p.startsLater()
	return p, true
}

// rangesOf lists the characters that an instruction reads, without surrogates.
func rangesOf(in *syntax.Inst) ranges {
	switch in.Op {
	case syntax.InstRuneAny:
		return ranges{0, firstSurrogate - 1, lastSurrogate + 1, unicode.MaxRune}
	case syntax.InstRuneAnyNotNL:
		return ranges{0, '\n' - 1, '\n' + 1, firstSurrogate - 1, lastSurrogate + 1, unicode.MaxRune}
	}
	if len(in.Rune) != 1 {
		return withoutSurrogates(in.Rune)
	}
	r := in.Rune[0]
	folded := []rune{r}
	if syntax.Flags(in.Arg)&syntax.FoldCase != 0 && in.Op == syntax.InstRune {
		for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
			folded = append(folded, f)
		}
	}
	slices.Sort(folded)
	var set []rune
	for _, f := range folded {
		set = append(set, f, f)
	}
	return withoutSurrogates(set)
}

func withoutSurrogates(set []rune) ranges {
	out := make(ranges, 0, len(set)+2)
	for i := 0; i+1 < len(set); i += 2 {
		first, last := set[i], set[i+1]
		if first < firstSurrogate {
			out = append(out, first, min(last, firstSurrogate-1))
		}
		if last > lastSurrogate {
			out = append(out, max(first, lastSurrogate+1), last)
		}
	}
	return out
}

var (
	wordSet    = ranges{'0', '9', 'A', 'Z', '_', '_', 'a', 'z'}
	newlineSet = ranges{'\n', '\n'}
)

func (p *program) setAlphabet(sets []ranges, conditions syntax.EmptyOp) (ok bool) {
	asksWord := conditions&(syntax.EmptyWordBoundary|syntax.EmptyNoWordBoundary) != 0
	asksLine := conditions&(syntax.EmptyBeginLine|syntax.EmptyEndLine) != 0
	every := slices.Clone(sets)
	if asksWord {
		every = append(every, wordSet)
	}
	if asksLine {
		every = append(every, newlineSet)
	}
	if p.alphabet, ok = newAlphabet(every, maxAlphabetWork); !ok {
		return false
	}
	for _, set := range sets {
		p.sets = append(p.sets, p.alphabet.members(set))
	}
	if asksLine {
		p.newline = p.alphabet.of('\n')
	}
	if asksWord {
		members := p.alphabet.members(wordSet)
		p.word = make([]bool, p.alphabet.size)
		for c := range p.word {
			p.word[c] = members[c/64]>>(c%64)&1 != 0
		}
	}
	return true
}

// dropUseless turns instructions from which no match can be reached into failures, so
// that a state without hope has no threads.
func (p *program) dropUseless() {
	before := newArrows(len(p.insts))
	var queue []uint32
	for i, in := range p.insts {
		switch in.kind {
		case instMatch:
			queue = append(queue, uint32(i))
		case instSplit:
			before.add(in.out, uint32(i))
			before.add(in.other, uint32(i))
		case instRead, instCheck:
			before.add(in.out, uint32(i))
		}
	}
	useful := make([]bool, len(p.insts))
	for len(queue) > 0 {
		i := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		if !useful[i] {
			useful[i] = true
			queue = before.appendTo(queue, i)
		}
	}
	for i := range p.insts {
		if !useful[i] {
			p.insts[i] = inst{}
		}
	}
}

// arrows are edges of a graph, as lists in two arrays.
type arrows struct {
	first []int32 // of each node, plus one; 0 for none
	list  []arrow
}

type arrow struct {
	to   uint32
	next int32 // plus one
}

func newArrows(nodes int) *arrows {
	return &arrows{first: make([]int32, nodes), list: make([]arrow, 0, nodes)}
}

func (a *arrows) add(from, to uint32) {
	a.list = append(a.list, arrow{to, a.first[from]})
	a.first[from] = int32(len(a.list))
}

func (a *arrows) appendTo(nodes []uint32, from uint32) []uint32 {
	for i := a.first[from]; i > 0; i = a.list[i-1].next {
		nodes = append(nodes, a.list[i-1].to)
	}
	return nodes
}

// startsLater reports whether a match can begin behind the beginning of the text.
func (p *program) startsLater() bool {
	seen := make([]bool, len(p.insts))
	stack := []uint32{p.entry}
	for len(stack) > 0 {
		i := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if seen[i] {
			continue
		}
		seen[i] = true
		switch in := p.insts[i]; in.kind {
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

// threads is a set of instructions, with those where threads wait as a list.
type threads struct {
	mark    []uint32
	round   uint32
	waiting []uint32
	checks  bool // a thread waits at a condition
	found   bool // a thread matched
	stack   []uint32
}

func (t *threads) reset(size int) {
	if len(t.mark) < size {
		t.mark = make([]uint32, size)
		t.round = 0
	}
	if t.round++; t.round == 0 {
		clear(t.mark)
		t.round = 1
	}
	t.waiting, t.checks, t.found = t.waiting[:0], false, false
}

// place is what is known of a place between two characters: the conditions that hold
// there and those that are not known yet.
type place struct{ holds, open syntax.EmptyOp }

// dependsOnNext are the conditions that the next character decides.
const dependsOnNext = syntax.EmptyEndLine | syntax.EmptyEndText | syntax.EmptyWordBoundary | syntax.EmptyNoWordBoundary

// enter follows a thread through what needs no character.
func (p *program) enter(t *threads, at uint32, here place) {
	t.stack = append(t.stack[:0], at)
	for len(t.stack) > 0 {
		i := t.stack[len(t.stack)-1]
		t.stack = t.stack[:len(t.stack)-1]
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

// behind is what the characters before a place say of it.
func behind(context byte) place {
	here := place{open: dependsOnNext}
	if context&atBegin != 0 {
		here.holds |= syntax.EmptyBeginText | syntax.EmptyBeginLine
	}
	if context&afterNewline != 0 {
		here.holds |= syntax.EmptyBeginLine
	}
	return here
}

// between is what holds between the characters before and one of the class, or the
// end of the text if the class is noClass.
func (p *program) between(context byte, class int32) place {
	here := place{holds: behind(context).holds}
	if class == noClass {
		here.holds |= syntax.EmptyEndText | syntax.EmptyEndLine
	} else if class == p.newline {
		here.holds |= syntax.EmptyEndLine
	}
	word := class != noClass && p.word != nil && p.word[class]
	if word != (context&afterWord != 0) {
		here.holds |= syntax.EmptyWordBoundary
	} else {
		here.holds |= syntax.EmptyNoWordBoundary
	}
	return here
}

// after is what is known behind a character of the class.
func (p *program) after(class int32) byte {
	context := byte(0)
	if class == p.newline {
		context |= afterNewline
	}
	if p.word != nil && p.word[class] {
		context |= afterWord
	}
	return context
}

func (p *program) start(key []byte, w *work) []byte {
	w.new.reset(len(p.insts))
	p.enter(&w.new, p.entry, behind(atBegin))
	return w.new.appendKey(key, atBegin)
}

func (p *program) next(key []byte, from string, class int32, w *work) []byte {
	if from[0] == matched {
		return append(key, matched)
	}
	w.cost += len(from) / 4
	if p.resume(from, class, w) {
		return append(key, matched)
	}
	w.new.reset(len(p.insts))
	context := p.after(class)
	here := behind(context)
	for _, i := range w.current.waiting {
		in := &p.insts[i]
		if in.kind == instRead && p.sets[in.other][class/64]>>(class%64)&1 != 0 {
			p.enter(&w.new, in.out, here)
		}
	}
	if !p.anchored {
		p.enter(&w.new, p.entry, here)
	}
	w.cost += len(w.new.waiting)
	return w.new.appendKey(key, context)
}

// resume puts the threads of a state into w.current, those at a condition as far as
// they come when the next character is of the class. It reports whether one matched.
func (p *program) resume(from string, class int32, w *work) (found bool) {
	t := &w.current
	t.reset(len(p.insts))
	here := p.between(from[0], class)
	for k := 1; k < len(from); k += 4 {
		i := number(from, k)
		if p.insts[i].kind == instCheck {
			p.enter(t, i, here)
		} else if t.mark[i] != t.round {
			t.mark[i] = t.round
			t.waiting = append(t.waiting, i)
		}
	}
	return t.found
}

// appendKey is the key of the state in which these threads wait. The context is part
// of it as far as a condition still asks for it.
func (t *threads) appendKey(key []byte, context byte) []byte {
	if t.found {
		return append(key, matched)
	}
	if t.checks {
		context |= conditional
	} else {
		context = 0
	}
	key = append(key, context)
	slices.Sort(t.waiting)
	for _, i := range t.waiting {
		key = binary.BigEndian.AppendUint32(key, i)
	}
	return key
}

func (p *program) verdict(key string, w *work) verdict {
	switch {
	case key[0] == matched:
		return accepts | all
	case len(key) == 1 && p.anchored:
		return nothing
	case p.resume(key, noClass, w):
		return accepts
	}
	return 0
}
