package runtime

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// pattern is a regular expression that is compiled when it is used first. Those that are a
// row of characters between both anchors, such as ^[a-z][a-z0-9_]*$, are read as runs, which
// takes a tenth of the time.
type pattern struct {
	text string
	once sync.Once
	runs []run
	re   *regexp.Regexp // nil with runs
}

// run is how many characters of a set follow each other.
type run struct {
	set         [2]uint64 // of ASCII, a bit for each
	least, most int
}

func (p *pattern) matches(text string) bool {
	p.once.Do(func() {
		if p.runs = runsOf(p.text); p.runs == nil {
			p.re = regexp.MustCompile(p.text)
		}
	})
	if p.re != nil {
		return p.re.MatchString(text)
	}
	at := 0
	for i := range p.runs {
		r := &p.runs[i]
		end := at + min(r.most, len(text)-at)
		start := at
		for at < end && r.has(text[at]) {
			at++
		}
		if at-start < r.least {
			return false
		}
	}
	return at == len(text)
}

func (r *run) has(c byte) bool { return c < 128 && r.set[c>>6]&(1<<(c&63)) != 0 }

func (r *run) add(first, last byte) {
	for c := first; c <= last; c++ {
		r.set[c>>6] |= 1 << (c & 63)
	}
}

// runsOf reads a pattern that regexp takes; nil: it is not a row of runs, or one of which
// reading as far as a run goes is not always right.
func runsOf(text string) []run {
	text, anchored := strings.CutPrefix(text, "^")
	text, ended := strings.CutSuffix(text, "$")
	if !anchored || !ended || text == "" {
		return nil
	}
	var list []run
	for text != "" {
		var r run
		if text = r.readSet(text); text == "" {
			return nil
		}
		if text = r.readCount(text[1:]); r.most < r.least {
			return nil
		}
		list = append(list, r)
	}
	for i := range list {
		if !settled(list[i:]) {
			return nil
		}
	}
	return list
}

// settled reports whether what ends the first run is not in its set.
func settled(list []run) bool {
	first := list[0]
	if first.least == first.most {
		return true
	}
	for _, next := range list[1:] {
		if first.set[0]&next.set[0] != 0 || first.set[1]&next.set[1] != 0 {
			return false
		}
		if next.least > 0 {
			break
		}
	}
	return true
}

// special are the characters that mean something else than themselves in a pattern.
const special = `\\.+*?()|[]{}^$`

// readSet reads a character or a class of them, and returns the text from its last byte on;
// empty: it is something else.
func (r *run) readSet(text string) string {
	switch c := text[0]; {
	case c >= 128:
		return ""
	case c == '[':
		return r.readClass(text[1:])
	case c == '\\' && len(text) > 1:
		switch c := text[1]; {
		case c == 'd':
			r.add('0', '9')
		case strings.IndexByte(special+"-/", c) >= 0:
			r.add(c, c)
		default:
			return ""
		}
		return text[1:]
	case strings.IndexByte(special, c) >= 0:
		return ""
	default:
		r.add(c, c)
		return text
	}
}

// readClass reads what stands between brackets, where there are no escapes.
func (r *run) readClass(text string) string {
	for first := true; ; first = false {
		switch {
		case text == "", text[0] >= 128, strings.IndexByte(`\[`, text[0]) >= 0, first && (text[0] == '^' || text[0] == ']'):
			return ""
		case text[0] == ']':
			return text
		case len(text) > 2 && text[1] == '-' && text[2] != ']':
			if text[2] >= 128 || text[2] == '\\' || text[2] == '[' {
				return ""
			}
			r.add(text[0], text[2])
			text = text[3:]
		default:
			r.add(text[0], text[0])
			text = text[1:]
		}
	}
}

// readCount reads how often a set is repeated, and returns what is behind it. The most is
// less than the least when it is something else.
func (r *run) readCount(text string) string {
	r.least, r.most = 1, 1
	if text == "" {
		return text
	}
	switch text[0] {
	case '?':
		r.least = 0
	case '*':
		r.least, r.most = 0, math.MaxInt
	case '+':
		r.most = math.MaxInt
	case '{':
		counts, rest, closed := strings.Cut(text[1:], "}")
		least, most, open := strings.Cut(counts, ",")
		r.least = countOf(least)
		switch {
		case !open:
			r.most = r.least
		case most == "":
			r.most = math.MaxInt
		default:
			r.most = countOf(most)
		}
		if !closed || r.least < 0 {
			r.most = -2
		}
		text = "}" + rest
	default:
		return text
	}
	if text = text[1:]; text != "" && strings.IndexByte("?*+{", text[0]) >= 0 {
		r.most = -2
	}
	return text
}

// countOf reads a number of digits without a zero in front, which would be text; -1: it is
// something else.
func countOf(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil || strconv.Itoa(n) != text {
		return -1
	}
	return n
}
