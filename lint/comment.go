package lint

import (
	"bytes"
	"cmp"
	"slices"
	"strings"

	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
)

// Comments that silence findings:
//
//	# evctl:ignore rule-a, rule-b: reason
//	# evctl:ignore-file rule-a: reason
//
// The first form covers the line it ends, or, on a line of its own, the entry that
// starts on the next line with everything below it. The second form stands before
// the first key and covers the file.
const (
	marker     = "evctl:"
	ignoreWord = "ignore"
	fileWord   = "ignore-file"
)

// directive is one comment for evctl.
type directive struct {
	file   *diag.File
	span   diag.Span // from # to the end of the comment
	list   diag.Span // the rule IDs in it
	alone  bool      // nothing else is on the line
	word   string    // ignore or ignore-file, or what was written instead
	rules  []string
	reason string
	colon  bool // whether a colon separates rules from a reason

	top    bool      // it stands before the first key
	excess bool      // the file has too many of them
	covers diag.Span // findings that start here are silenced
	used   []bool    // by index in rules
}

func (d *directive) at() diag.Location { return diag.Location{File: d.file, Span: d.span} }

// maxDirectives bounds the comments that are read in one file, and with it the work of
// matching them with findings. Whoever needs more wants evctl.yaml.
const maxDirectives = 1000

// directivesIn finds the comments for evctl in a file, in the order of the file. The last
// one is in excess when there are more than are read.
func directivesIn(f *diag.File) []*directive {
	if !bytes.Contains(f.Data, []byte(marker)) {
		return nil
	}
	root, _ := document.Parse(f)
	if root == nil {
		return nil
	}
	l := layoutOf(f, root)
	var found []*directive
	for from := 0; ; {
		i := bytes.Index(f.Data[from:], []byte(marker))
		if i < 0 {
			return found
		}
		at := from + i
		from = at + len(marker)
		hash, ok := hashBefore(f.Data, at)
		if !ok || l.isText(int32(hash)) {
			continue
		}
		d := parseDirective(f, hash, at)
		d.top = len(root.Entries) == 0 || d.span.Start < root.Entries[0].KeySpan.Start
		d.covers = d.coverage(l)
		found = append(found, d)
		if len(found) > maxDirectives {
			d.excess, d.covers = true, diag.Span{}
			return found
		}
	}
}

// hashBefore finds the # that makes the text at offset the start of a comment.
func hashBefore(data []byte, offset int) (hash int, ok bool) {
	i := offset - 1
	for i >= 0 && (data[i] == ' ' || data[i] == '\t') {
		i--
	}
	if i < 0 || data[i] != '#' {
		return 0, false
	}
	return i, i == 0 || strings.IndexByte(" \t\r\n", data[i-1]) >= 0 || bytes.HasSuffix(data[:i], []byte("\ufeff"))
}

func parseDirective(f *diag.File, hash, at int) *directive {
	end := at + lineLength(f.Data[at:])
	d := &directive{file: f, span: diag.Span{Start: int32(hash), End: int32(end)}}
	lineStart := bytes.LastIndexByte(f.Data[:hash], '\n') + 1
	d.alone = strings.Trim(string(f.Data[lineStart:hash]), " \t\ufeff") == ""

	text := string(f.Data[at+len(marker) : end])
	word := text
	if i := strings.IndexAny(text, " \t:"); i >= 0 {
		word = text[:i]
	}
	d.word = word
	rest := text[len(word):]
	list, reason, colon := strings.Cut(rest, ":")
	d.reason, d.colon = strings.TrimSpace(reason), colon
	trimmed := strings.TrimSpace(list)
	d.list.Start = int32(at + len(marker) + len(word) + strings.Index(list, trimmed))
	d.list.End = d.list.Start + int32(len(trimmed))
	for _, id := range strings.Split(trimmed, ",") {
		if id = strings.TrimSpace(id); id != "" && !slices.Contains(d.rules, id) {
			d.rules = append(d.rules, id)
		}
	}
	d.used = make([]bool, len(d.rules))
	return d
}

// lineLength is the length of the first line without trailing blanks.
func lineLength(data []byte) int {
	if i := bytes.IndexByte(data, '\n'); i >= 0 {
		data = data[:i]
	}
	return len(bytes.TrimRight(data, " \t\r"))
}

// coverage is the part of the file in which findings are silenced; the zero span
// when there is nothing to cover.
func (d *directive) coverage(l *layout) diag.Span {
	data := d.file.Data
	switch {
	case d.word == fileWord:
		return diag.Span{Start: 0, End: int32(len(data)) + 1}
	case !d.alone:
		start := bytes.LastIndexByte(data[:d.span.Start], '\n') + 1
		return diag.Span{Start: int32(start), End: d.span.Start}
	}
	start, ok := nextContent(data, int(d.span.End))
	if !ok {
		return diag.Span{}
	}
	covered := diag.Span{Start: int32(start), End: int32(start + lineLength(data[start:]))}
	return l.entryAt(covered)
}

// nextContent is the offset of the next line behind from that is neither blank nor a
// comment.
func nextContent(data []byte, from int) (start int, ok bool) {
	for from = lineEnd(data, from) + 1; from < len(data); from = lineEnd(data, from) + 1 {
		line := bytes.TrimLeft(data[from:from+lineLength(data[from:])], " \t")
		if len(line) > 0 && line[0] != '#' {
			return from, true
		}
	}
	return 0, false
}

// lineEnd is the offset of the line ending at or behind at, or the end of the data.
func lineEnd(data []byte, at int) int {
	if i := bytes.IndexByte(data[at:], '\n'); i >= 0 {
		return at + i
	}
	return len(data)
}

// layout is where things stand in a file, sorted by their start.
type layout struct {
	texts   []diag.Span // in which # starts no comment
	entries []diag.Span // entries of mappings and items of lists, with their values
}

func layoutOf(f *diag.File, root *document.Node) *layout {
	l := &layout{}
	l.add(f.Data, root)
	for _, list := range [][]diag.Span{l.texts, l.entries} {
		slices.SortFunc(list, func(a, b diag.Span) int { return cmp.Compare(a.Start, b.Start) })
	}
	return l
}

func (l *layout) add(data []byte, n *document.Node) {
	for i := range n.Entries {
		e := &n.Entries[i]
		l.texts = append(l.texts, e.KeySpan)
		l.entries = append(l.entries, diag.Span{Start: e.KeySpan.Start, End: e.Value.Span.End})
		l.add(data, e.Value)
	}
	for _, item := range n.Items {
		l.entries = append(l.entries, item.Span)
		l.add(data, item)
	}
	if n.Kind == document.Scalar && n.Quoted {
		l.texts = append(l.texts, textSpan(data, n.Span))
	}
}

// isText reports whether an offset lies in a key or a quoted text.
func (l *layout) isText(at int32) bool {
	i, _ := slices.BinarySearchFunc(l.texts, at+1, func(s diag.Span, at int32) int { return cmp.Compare(s.Start, at) })
	return i > 0 && at < l.texts[i-1].End
}

// entryAt extends a line by the entries and items that start on it.
func (l *layout) entryAt(line diag.Span) diag.Span {
	i, _ := slices.BinarySearchFunc(l.entries, line.Start, func(s diag.Span, at int32) int { return cmp.Compare(s.Start, at) })
	for ; i < len(l.entries) && l.entries[i].Start < line.End; i++ {
		line.End = max(line.End, l.entries[i].End)
	}
	return line
}

// textSpan is the text of a quoted scalar: of blocks the lines below their header.
func textSpan(data []byte, s diag.Span) diag.Span {
	if header := string(data[s.Start:s.End]); !strings.HasPrefix(header, "|") && !strings.HasPrefix(header, ">") {
		return s
	}
	s.Start = int32(min(lineEnd(data, int(s.Start))+1, len(data)))
	s.End = s.Start
	indent := -1
	for at := int(s.Start); at < len(data); at = lineEnd(data, at) + 1 {
		line := data[at : at+lineLength(data[at:])]
		depth := len(line) - len(bytes.TrimLeft(line, " "))
		if len(line) == depth {
			continue // blank lines belong to the text, whatever their indentation
		}
		if indent < 0 {
			indent = depth
		}
		if depth < indent || indent == 0 {
			break
		}
		s.End = int32(at + len(line))
	}
	return s
}
