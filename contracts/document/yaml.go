package document

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	yamlv4 "go.yaml.in/yaml/v4"
	"gopkg.in/yaml.v3"

	"github.com/evctl/evctl/contracts/diag"
)

// yamlState is what reading YAML needs beside the parser itself.
type yamlState struct {
	lines     lineTable
	expanding []*yaml.Node // anchors being expanded, to stop cycles
}

// load runs the YAML library.
func (p *parser) load() (root *yaml.Node) {
	defer func() {
		// The library reports some broken input by panicking with values of its own.
		if r := recover(); r != nil {
			p.report(RuleSyntax, diag.Span{}, fmt.Sprintf("cannot be parsed as YAML: %v", r), "")
			root = nil
		}
	}()
	if p.tooMany() {
		return nil
	}
	decoder := yaml.NewDecoder(bytes.NewReader(p.file.Data))
	var doc yaml.Node
	err := decoder.Decode(&doc)
	if errors.Is(err, io.EOF) {
		p.report(RuleSyntax, diag.Span{}, "file is empty", emptyHint(p.file.Path))
		return nil
	}
	if err != nil {
		p.syntaxError(err)
		return nil
	}
	p.yaml.lines = newLineTable(p.file.Data)
	p.checkEnd(decoder)
	if len(doc.Content) == 0 {
		return nil
	}
	return doc.Content[0]
}

// checkEnd wants nothing behind the first document.
func (p *parser) checkEnd(decoder *yaml.Decoder) {
	var next yaml.Node
	err := decoder.Decode(&next)
	switch {
	case errors.Is(err, io.EOF):
	case err != nil:
		p.syntaxError(err)
	default:
		start := p.yaml.lines.offset(next.Line, next.Column)
		p.report(RuleFeature, diag.Span{Start: start, End: p.endOfLine(start)}, "a second YAML document starts here, expected one document in a file",
			"move it to a file of its own")
	}
}

// tooMany estimates from the text how many nodes the library would build, because
// each costs it 200 bytes: every node but the first needs a separator before it.
func (p *parser) tooMany() bool {
	separators, directives := 0, 0
	data := p.file.Data
	for i, c := range data {
		if !mayCount[c] {
			continue
		}
		switch c {
		case ',', '[', '{':
			separators++
		case ':', '-', '?':
			if i+1 == len(data) || data[i+1] <= ' ' {
				separators++
			}
		case '%':
			if i == 0 || data[i-1] == '\n' || data[i-1] == '\r' {
				directives++
			}
		}
		switch {
		case separators > MaxNodes:
			p.limit(spanOf(i, i+1), fmt.Sprintf("document has more than %d nodes", MaxNodes))
			return true
		case directives > 10:
			p.limit(spanOf(i, i+1), "file has more than 10 lines that start with %")
			return true
		}
	}
	return false
}

// mayCount holds the bytes that tooMany looks at.
var mayCount = [256]bool{',': true, '[': true, '{': true, ':': true, '-': true, '?': true, '%': true}

// syntaxError asks the newer YAML library for the position: yaml.v3 has a line
// at best.
func (p *parser) syntaxError(err error) {
	if p.mergeConflict() {
		return
	}
	message := strings.TrimPrefix(err.Error(), "yaml: ")
	line, column := 1, 1
	if _, e := fmt.Sscanf(message, "line %d:", &line); e == nil {
		_, message, _ = strings.Cut(message, ": ")
	}
	var ignored yamlv4.Node
	var loadErr *yamlv4.LoadError
	if e := yamlv4.Unmarshal(p.file.Data, &ignored); errors.As(e, &loadErr) && loadErr.Mark.Line > 0 {
		line, column = loadErr.Mark.Line, max(1, loadErr.Mark.Column)
		message = loadErr.Message
	}
	lines := newLineTable(p.file.Data)
	start := lines.offset(line, column)
	p.report(RuleSyntax, diag.Span{Start: start, End: max(start, p.endOfLine(start))}, message, p.syntaxHint(start))
}

func (p *parser) syntaxHint(at int32) string {
	line := p.file.Line(p.file.Position(at).Line)
	indent := line[:len(line)-len(strings.TrimLeft(line, " \t"))]
	switch {
	case strings.Contains(indent, "\t"):
		return "indent with spaces: YAML does not allow tabs there"
	case strings.HasPrefix(line, "%"):
		return "remove this line: contracts need no directives"
	case strings.Count(line, ": ") > 1:
		return "put the text in quotes when it contains \": \""
	}
	return ""
}

// convert turns a library node into ours, expanding anchors and merge keys.
func (p *parser) convert(y *yaml.Node, depth int) *Node {
	if !p.enter(depth, func() diag.Span { return p.spanOfNode(y) }) {
		return &Node{}
	}
	p.checkTag(y)
	switch y.Kind {
	case yaml.AliasNode:
		return p.alias(y, depth)
	case yaml.MappingNode:
		return p.mapping(y, depth)
	case yaml.SequenceNode:
		return p.sequence(y, depth)
	}
	n := p.newNode()
	n.Quoted, n.Text, n.Span = y.Style&quotedStyles != 0, y.Value, p.spanOfNode(y)
	return n
}

const quotedStyles = yaml.DoubleQuotedStyle | yaml.SingleQuotedStyle | yaml.LiteralStyle | yaml.FoldedStyle | yaml.TaggedStyle

func (p *parser) checkTag(y *yaml.Node) {
	if y.Style&yaml.TaggedStyle != 0 && y.Tag != "!!str" {
		p.report(RuleFeature, p.spanOfNode(y), fmt.Sprintf("YAML tag %s is not supported", Quote(clip(y.Tag))), "write the value without a tag")
	}
}

func (p *parser) sequence(y *yaml.Node, depth int) *Node {
	n := p.newNode()
	n.Kind, n.Span, n.Items = Sequence, p.spanOfNode(y), p.memory.items.take(len(y.Content))
	last := n.Span.End
	for i, c := range y.Content {
		n.Items[i] = p.convert(c, depth+1)
		last = max(last, n.Items[i].Span.End)
	}
	n.Span.End = p.endOfCollection(y, last)
	return n
}

func (p *parser) alias(y *yaml.Node, depth int) *Node {
	for _, open := range p.yaml.expanding {
		if open == y.Alias {
			p.report(RuleFeature, p.spanOfNode(y), fmt.Sprintf("anchor %s contains itself", Quote(clip(y.Value))), "")
			return &Node{Span: p.spanOfNode(y)}
		}
	}
	p.yaml.expanding = append(p.yaml.expanding, y.Alias)
	n := p.convert(y.Alias, depth+1)
	p.yaml.expanding = p.yaml.expanding[:len(p.yaml.expanding)-1]
	n.Span = p.spanOfNode(y) // what is wrong with the whole is reported where it is used
	return n
}

func (p *parser) mapping(y *yaml.Node, depth int) *Node {
	n := p.newNode()
	n.Kind, n.Span, n.Entries = Mapping, p.spanOfNode(y), p.newEntries(len(y.Content)/2)
	var merges []*yaml.Node
	last, known := n.Span.End, keyFinder{of: n}
	for i := 0; i+1 < len(y.Content); i += 2 {
		key, value := y.Content[i], y.Content[i+1]
		if key.Tag == "!!merge" {
			merges = append(merges, value)
			last = max(last, p.spanOfNode(value).End)
			continue
		}
		if end, ok := p.entry(&known, key, value, depth); ok {
			last = max(last, end)
		}
	}
	for _, m := range merges {
		p.merge(&known, m, depth)
	}
	n.Span.End = p.endOfCollection(y, last)
	return n
}

// entry adds a key with its value to a mapping, and returns where it ends.
func (p *parser) entry(known *keyFinder, key, value *yaml.Node, depth int) (end int32, ok bool) {
	span := p.spanOfNode(key)
	if key.Kind != yaml.ScalarNode {
		p.report(RuleFeature, span, "a key is "+describeKey(key)+", expected text", "")
		return 0, false
	}
	p.checkTag(key)
	n := known.of
	if i := known.find(key.Value); i >= 0 {
		p.duplicate(key.Value, span, n.Entries[i].KeySpan)
		return 0, false
	}
	v := p.convert(value, depth+1)
	n.Entries = append(n.Entries, Entry{Key: key.Value, KeySpan: span, KeyQuoted: key.Style&quotedStyles != 0, Value: v})
	return max(span.End, v.Span.End), true
}

func describeKey(key *yaml.Node) string {
	switch key.Kind {
	case yaml.AliasNode:
		return "an alias"
	case yaml.MappingNode:
		return "a mapping"
	}
	return "a list"
}

// merge adds the entries of a << value that the mapping does not have itself.
func (p *parser) merge(into *keyFinder, value *yaml.Node, depth int) {
	source := p.convert(value, depth+1)
	parts := []*Node{source}
	if source.Kind == Sequence {
		parts = source.Items
	}
	for _, part := range parts {
		if part.Kind != Mapping {
			p.report(RuleFeature, p.spanOfNode(value), "merge key << has "+part.Describe()+", expected a mapping", "")
			continue
		}
		for _, e := range part.Entries {
			if into.find(e.Key) < 0 {
				into.of.Entries = append(into.of.Entries, e)
			}
		}
	}
}
