package document

import (
	"bytes"
	"encoding/binary"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"github.com/evctl/evctl/contracts/diag"
)

// spanOfNode finds the bytes of a node. The library gives the start; the end is
// found in the text, because re-deriving it from values would lose quotes,
// escapes and folding.
func (p *parser) spanOfNode(y *yaml.Node) diag.Span {
	if y.Line == 0 {
		return diag.Span{}
	}
	start := p.yaml.lines.offset(y.Line, y.Column)
	end := start
	switch y.Kind {
	case yaml.AliasNode:
		end = start + 1 + int32(len(y.Value))
	case yaml.ScalarNode:
		if y.Anchor != "" || y.Style&yaml.TaggedStyle != 0 {
			start = p.skipProperties(start)
		}
		end = p.endOfScalar(y, start)
	default:
		end = start + 1 // completed by endOfCollection
	}
	return diag.Span{Start: start, End: max(start, min(end, int32(len(p.file.Data))))}
}

// skipProperties moves over the anchor and tag before a scalar.
func (p *parser) skipProperties(at int32) int32 {
	data := p.file.Data
	for i := int(at); i < len(data); i++ {
		switch c := data[i]; {
		case c == '&' || c == '!':
			for i+1 < len(data) && data[i+1] > ' ' && data[i+1] != ',' {
				i++
			}
		case c > ' ':
			return int32(i)
		case c == '\n' || c == '\r':
			return int32(i) // nothing behind it: an anchored null
		}
	}
	return int32(len(data))
}

func (p *parser) endOfScalar(y *yaml.Node, start int32) int32 {
	switch {
	case y.Style&yaml.DoubleQuotedStyle != 0:
		return p.endOfQuoted(start, '"')
	case y.Style&yaml.SingleQuotedStyle != 0:
		return p.endOfQuoted(start, '\'')
	case y.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		return p.endOfBlock(start)
	}
	return p.endOfPlain(y.Value, start)
}

func (p *parser) endOfQuoted(start int32, quote byte) int32 {
	data := p.file.Data
	for i := int(start) + 1; i < len(data); i++ {
		switch {
		case data[i] == '\\' && quote == '"':
			i++
		case data[i] == quote && quote == '\'' && i+1 < len(data) && data[i+1] == quote:
			i++
		case data[i] == quote:
			return int32(i + 1)
		}
	}
	return int32(len(data))
}

// endOfPlain follows the words of a plain scalar, which may be folded over lines.
func (p *parser) endOfPlain(value string, start int32) int32 {
	data := p.file.Data
	if bytes.HasPrefix(data[start:], []byte(value)) {
		return start + int32(len(value))
	}
	at := int(start)
	for i := 0; i < len(value); i++ {
		if value[i] == ' ' || value[i] == '\n' {
			continue
		}
		for at < len(data) && data[at] <= ' ' {
			at++
		}
		if at == len(data) || data[at] != value[i] {
			return p.endOfLine(start)
		}
		at++
	}
	return int32(at)
}

// endOfBlock is the end of a block scalar's last line that is not blank: its lines
// are indented like the first one, or deeper.
func (p *parser) endOfBlock(start int32) int32 {
	data := p.file.Data
	end := p.endOfLine(start)
	if bytes.ContainsAny(data[start:min(int(start)+3, len(data))], "123456789") {
		return end // the indentation is said, not shown
	}
	indent := -1
	for at := nextLine(data, int(end)); at < len(data); at = nextLine(data, at) {
		first := at
		for first < len(data) && data[first] == ' ' {
			first++
		}
		if first == len(data) || data[first] == '\n' || data[first] == '\r' {
			continue
		}
		if indent < 0 {
			indent = first - at
		}
		if first-at < indent || indent == 0 {
			break
		}
		end = p.endOfLine(int32(at))
	}
	return end
}

// nextLine is the offset at which the line after at starts.
func nextLine(data []byte, at int) int {
	if i := bytes.IndexByte(data[at:], '\n'); i >= 0 {
		return at + i + 1
	}
	return len(data)
}

func (p *parser) endOfLine(start int32) int32 {
	rest := p.file.Data[start:]
	if i := bytes.IndexByte(rest, '\n'); i >= 0 {
		rest = rest[:i]
	}
	return start + int32(len(bytes.TrimRight(rest, " \t\r")))
}

// endOfCollection is the end of the last child, or for flow style the closing
// bracket behind it.
func (p *parser) endOfCollection(y *yaml.Node, lastChild int32) int32 {
	if y.Style&yaml.FlowStyle == 0 {
		return lastChild
	}
	data := p.file.Data
	for i := int(lastChild); i < len(data); i++ {
		switch data[i] {
		case ' ', '\t', '\r', '\n', ',', ':', '?':
			continue
		case '#':
			i = nextLine(data, i) - 1
			continue
		case ']', '}':
			return int32(i + 1)
		}
		break
	}
	return lastChild
}

// lineTable converts the library's lines and columns to byte offsets. YAML 1.1,
// which the library follows, breaks lines at more characters than editors do.
type lineTable struct {
	data   []byte
	starts []int32
	ascii  bool
	marks  map[int][]int32 // offsets of every 64th character of long lines
}

const markEvery = 64

func newLineTable(data []byte) lineTable {
	t := lineTable{data: data, ascii: isASCII(data)}
	t.starts = append(make([]int32, 0, 1+bytes.Count(data, []byte{'\n'})), 0)
	if bytes.HasPrefix(data, bom) {
		t.starts[0] = int32(len(bom)) // columns do not count the byte order mark
	}
	if t.ascii && bytes.IndexByte(data, '\r') < 0 {
		for at := nextLine(data, 0); at < len(data); at = nextLine(data, at) {
			t.starts = append(t.starts, int32(at))
		}
		if bytes.HasSuffix(data, []byte{'\n'}) {
			t.starts = append(t.starts, int32(len(data)))
		}
		return t
	}
	for i := 0; i < len(data); i++ {
		switch {
		case data[i] == '\n':
			t.starts = append(t.starts, int32(i+1))
		case data[i] == '\r' && (i+1 == len(data) || data[i+1] != '\n'):
			t.starts = append(t.starts, int32(i+1))
		case data[i] == 0xc2 && data[i+1] == 0x85: // next line
			t.starts = append(t.starts, int32(i+2))
		case data[i] == 0xe2 && data[i+1] == 0x80 && data[i+2]&0xfe == 0xa8: // line, paragraph separator
			t.starts = append(t.starts, int32(i+3))
		}
	}
	return t
}

func isASCII(data []byte) bool {
	for ; len(data) >= 8; data = data[8:] {
		if binary.NativeEndian.Uint64(data)&0x8080808080808080 != 0 {
			return false
		}
	}
	for _, c := range data {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// offset is the place of a line and column, both counted from 1, clamped to the text.
func (t *lineTable) offset(line, column int) int32 {
	if line < 1 {
		return 0
	}
	if line > len(t.starts) {
		return int32(len(t.data))
	}
	start := int(t.starts[line-1])
	if t.ascii {
		return int32(min(start+column-1, len(t.data)))
	}
	ahead := column - 1
	if ahead > 4*markEvery {
		marks := t.marksOf(line)
		i := min(ahead/markEvery, len(marks)-1)
		start, ahead = int(marks[i]), ahead-i*markEvery
	}
	for ; ahead > 0 && start < len(t.data); ahead-- {
		_, size := utf8.DecodeRune(t.data[start:])
		start += size
	}
	return int32(start)
}

// marksOf measures a long line once, so that finding its columns stays cheap.
func (t *lineTable) marksOf(line int) []int32 {
	if marks, done := t.marks[line]; done {
		return marks
	}
	if t.marks == nil {
		t.marks = map[int][]int32{}
	}
	end := len(t.data)
	if line < len(t.starts) {
		end = int(t.starts[line])
	}
	var marks []int32
	for at, n := int(t.starts[line-1]), 0; at <= end; n++ {
		if n%markEvery == 0 {
			marks = append(marks, int32(at))
		}
		if at == end {
			break
		}
		_, size := utf8.DecodeRune(t.data[at:])
		at += size
	}
	t.marks[line] = marks
	return marks
}
