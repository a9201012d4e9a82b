package document

import (
	"bytes"

	"gopkg.in/yaml.v3"

	"github.com/evctl/evctl/contracts/diag"
)

// spanOf finds the bytes of a node. The library gives the start; the end is
// found in the text, because re-deriving it from values would lose quotes,
// escapes and folding.
func (p *parser) spanOf(y *yaml.Node) diag.Span {
	if y.Line == 0 {
		return diag.Span{}
	}
	start := p.offset(y.Line, y.Column)
	end := start
	switch {
	case y.Kind == yaml.AliasNode:
		end = start + 1 + int32(len(y.Value))
	case y.Kind != yaml.ScalarNode:
		end = start + 1 // completed by endOfCollection
	case y.Style&yaml.DoubleQuotedStyle != 0:
		end = p.endOfQuoted(start, '"')
	case y.Style&yaml.SingleQuotedStyle != 0:
		end = p.endOfQuoted(start, '\'')
	case y.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		end = p.endOfLine(start)
	case bytes.HasPrefix(p.file.Data[start:], []byte(y.Value)):
		end = start + int32(len(y.Value))
	default:
		end = p.endOfLine(start)
	}
	return diag.Span{Start: start, End: max(start, min(end, int32(len(p.file.Data))))}
}

func (p *parser) offset(line, column int) int32 {
	if line == 1 && bytes.HasPrefix(p.file.Data, bom) {
		return p.file.Offset(diag.Position{Line: 1, Column: column + 1})
	}
	return p.file.Offset(diag.Position{Line: line, Column: column})
}

func (p *parser) endOfQuoted(start int32, quote byte) int32 {
	data := p.file.Data
	open := bytes.IndexByte(data[start:], quote) // an anchor or tag may stand before it
	if open < 0 {
		return start
	}
	for i := int(start) + open + 1; i < len(data); i++ {
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
		case ' ', '\t', '\r', '\n', ',':
			continue
		case ']', '}':
			return int32(i + 1)
		}
		break
	}
	return lastChild
}
