package document

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	yamlv4 "go.yaml.in/yaml/v4"
	"gopkg.in/yaml.v3"

	"github.com/evctl/evctl/contracts/diag"
)

// Rule IDs of what this package reports.
const (
	RuleSyntax    = "yaml-syntax"
	RuleEncoding  = "yaml-encoding"
	RuleLimit     = "yaml-limit"
	RuleFeature   = "yaml-feature"
	RuleDuplicate = "key-duplicate"
)

// Limits of one document. They are far above anything a person writes and low
// enough that the worst input costs milliseconds.
const (
	MaxBytes = 4 << 20
	MaxDepth = 100
	MaxNodes = 200_000 // after expansion of anchors
)

// Parse reads the one document of a file. The node is nil when there is nothing
// to work with; the diagnostics then say why. JSON files are parsed as YAML, of
// which JSON is a subset.
func Parse(f *diag.File) (*Node, []diag.Diagnostic) {
	p := &parser{file: f}
	if !p.checkBytes() {
		return nil, p.diags
	}
	root := p.load()
	if root == nil {
		return nil, p.diags
	}
	n := p.convert(root, 0)
	if p.overLimit {
		return nil, p.diags
	}
	return n, p.diags
}

type parser struct {
	file      *diag.File
	diags     []diag.Diagnostic
	nodes     int
	expanding []*yaml.Node // anchors being expanded, to stop cycles
	overLimit bool
}

func (p *parser) report(rule string, span diag.Span, message, hint string) {
	p.diags = append(p.diags, diag.Diagnostic{
		Rule: rule, Severity: diag.Error, Message: message, Hint: hint,
		Location: diag.Location{File: p.file, Span: span},
	})
}

var bom = []byte("\xef\xbb\xbf")

func (p *parser) checkBytes() bool {
	data := p.file.Data
	switch {
	case len(data) > MaxBytes:
		p.report(RuleLimit, diag.Span{}, fmt.Sprintf("file has %d bytes, expected at most %d", len(data), MaxBytes),
			"a contract describes one event; move data out of the contract file")
		return false
	case bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff")):
		p.report(RuleEncoding, diag.Span{Start: 0, End: 2}, "file is UTF-16, expected UTF-8", "save it as UTF-8")
		return false
	}
	for at := 0; at < len(data); {
		r, size := utf8.DecodeRune(data[at:])
		if r == utf8.RuneError && size <= 1 {
			p.report(RuleEncoding, diag.Span{Start: int32(at), End: int32(at + 1)},
				fmt.Sprintf("byte 0x%02x is not valid UTF-8", data[at]), "save the file as UTF-8")
			return false
		}
		at += size
	}
	return true
}

// load runs the YAML library. Its byte order mark is blanked, not removed, so
// that offsets stay those of the file.
func (p *parser) load() (root *yaml.Node) {
	defer func() {
		// The library reports some broken input by panicking with values of its own.
		if r := recover(); r != nil {
			p.report(RuleSyntax, diag.Span{}, fmt.Sprintf("cannot be parsed as YAML: %v", r), "")
			root = nil
		}
	}()
	if p.tooDeep() {
		return nil
	}
	decoder := yaml.NewDecoder(bytes.NewReader(p.file.Data))
	var doc yaml.Node
	err := decoder.Decode(&doc)
	if errors.Is(err, io.EOF) {
		p.report(RuleSyntax, diag.Span{}, "file is empty", "start it with event:, define: or fragment:")
		return nil
	}
	if err != nil {
		p.syntaxError(err)
		return nil
	}
	var next yaml.Node
	switch err := decoder.Decode(&next); {
	case err == nil:
		p.report(RuleFeature, p.spanOf(&next), "a second YAML document starts here, expected one document in a file",
			"move it to a file of its own")
	case !errors.Is(err, io.EOF):
		p.syntaxError(err)
	}
	if len(doc.Content) == 0 {
		return nil
	}
	return doc.Content[0]
}

// tooDeep refuses flow nesting before the library recurses into it: brackets
// outside quotes are counted, generously.
func (p *parser) tooDeep() bool {
	depth := 0
	for i, c := range p.file.Data {
		switch c {
		case '[', '{':
			depth++
		case ']', '}':
			depth = max(0, depth-1)
		}
		if depth > 20*MaxDepth {
			p.limit(diag.Span{Start: int32(i), End: int32(i + 1)}, fmt.Sprintf("nesting is deeper than %d levels", MaxDepth))
			return true
		}
	}
	return false
}

// syntaxError asks the newer YAML library for the position: yaml.v3 has a line
// at best.
func (p *parser) syntaxError(err error) {
	message := strings.TrimPrefix(err.Error(), "yaml: ")
	at := diag.Position{Line: 1, Column: 1}
	if _, e := fmt.Sscanf(message, "line %d:", &at.Line); e == nil {
		_, message, _ = strings.Cut(message, ": ")
	}
	var ignored yamlv4.Node
	var loadErr *yamlv4.LoadError
	if e := yamlv4.Unmarshal(p.file.Data, &ignored); errors.As(e, &loadErr) && loadErr.Mark.Line > 0 {
		at = diag.Position{Line: loadErr.Mark.Line, Column: max(1, loadErr.Mark.Column)}
		message = loadErr.Message
	}
	start := p.file.Offset(at)
	p.report(RuleSyntax, diag.Span{Start: start, End: p.endOfLine(start)}, message, p.syntaxHint(at))
}

func (p *parser) syntaxHint(at diag.Position) string {
	line := p.file.Line(at.Line)
	indent := line[:len(line)-len(strings.TrimLeft(line, " \t"))]
	switch {
	case strings.Contains(indent, "\t"):
		return "indent with spaces: YAML does not allow tabs there"
	case strings.Count(line, ": ") > 1:
		return "put the text in quotes when it contains \": \""
	}
	return ""
}

func (p *parser) limit(span diag.Span, message string) {
	if !p.overLimit {
		p.overLimit = true
		p.report(RuleLimit, span, message, "a contract of this size is not readable; split it")
	}
}

// convert turns a library node into ours, expanding anchors and merge keys.
func (p *parser) convert(y *yaml.Node, depth int) *Node {
	p.nodes++
	if p.overLimit {
		return &Node{}
	}
	if p.nodes > MaxNodes {
		p.limit(p.spanOf(y), fmt.Sprintf("document has more than %d nodes after its anchors are expanded", MaxNodes))
		return &Node{}
	}
	if depth > MaxDepth {
		p.limit(p.spanOf(y), fmt.Sprintf("nesting is deeper than %d levels", MaxDepth))
		return &Node{}
	}
	if y.Style&yaml.TaggedStyle != 0 && !strings.HasPrefix(y.Tag, "!!str") {
		p.report(RuleFeature, p.spanOf(y), fmt.Sprintf("YAML tag %s is not supported", Quote(y.Tag)), "write the value without a tag")
	}
	switch y.Kind {
	case yaml.AliasNode:
		return p.alias(y, depth)
	case yaml.MappingNode:
		return p.mapping(y, depth)
	case yaml.SequenceNode:
		n := &Node{Kind: Sequence, Span: p.spanOf(y), Items: make([]*Node, len(y.Content))}
		last := n.Span.End
		for i, c := range y.Content {
			n.Items[i] = p.convert(c, depth+1)
			last = n.Items[i].Span.End
		}
		n.Span.End = p.endOfCollection(y, last)
		return n
	}
	return &Node{Kind: Scalar, Quoted: y.Style&quotedStyles != 0, Text: y.Value, Span: p.spanOf(y)}
}

const quotedStyles = yaml.DoubleQuotedStyle | yaml.SingleQuotedStyle | yaml.LiteralStyle | yaml.FoldedStyle | yaml.TaggedStyle

func (p *parser) alias(y *yaml.Node, depth int) *Node {
	for _, open := range p.expanding {
		if open == y.Alias {
			p.report(RuleFeature, p.spanOf(y), fmt.Sprintf("anchor %s contains itself", Quote(y.Value)), "")
			return &Node{Span: p.spanOf(y)}
		}
	}
	p.expanding = append(p.expanding, y.Alias)
	n := *p.convert(y.Alias, depth)
	p.expanding = p.expanding[:len(p.expanding)-1]
	n.Span = p.spanOf(y) // what is wrong with the whole is reported where it is used
	return &n
}

func (p *parser) mapping(y *yaml.Node, depth int) *Node {
	n := &Node{Kind: Mapping, Span: p.spanOf(y), Entries: make([]Entry, 0, len(y.Content)/2)}
	seen := make(map[string]diag.Span, len(y.Content)/2)
	var merges []*yaml.Node
	last := n.Span.End
	for i := 0; i+1 < len(y.Content); i += 2 {
		key, value := y.Content[i], y.Content[i+1]
		if key.Tag == "!!merge" {
			merges = append(merges, value)
			continue
		}
		if key.Kind != yaml.ScalarNode {
			p.report(RuleFeature, p.spanOf(key), "a key is a list or mapping, expected text", "")
			continue
		}
		span := p.spanOf(key)
		if first, twice := seen[key.Value]; twice {
			p.duplicate(key.Value, span, first)
			continue
		}
		seen[key.Value] = span
		n.Entries = append(n.Entries, Entry{
			Key: key.Value, KeySpan: span, KeyQuoted: key.Style&quotedStyles != 0, Value: p.convert(value, depth+1),
		})
		last = max(span.End, n.Entries[len(n.Entries)-1].Value.Span.End)
	}
	for _, m := range merges {
		p.merge(n, m, depth)
	}
	n.Span.End = p.endOfCollection(y, last)
	return n
}

func (p *parser) duplicate(key string, span, first diag.Span) {
	p.report(RuleDuplicate, span, fmt.Sprintf("key %s is written twice in this mapping", Quote(key)), "remove one of the two")
	d := &p.diags[len(p.diags)-1]
	d.Related = append(d.Related, diag.Related{Location: diag.Location{File: p.file, Span: first}, Message: "first written here"})
}

// merge adds the entries of a << value that the mapping does not have itself.
func (p *parser) merge(into *Node, value *yaml.Node, depth int) {
	source := p.convert(value, depth+1)
	parts := []*Node{source}
	if source.Kind == Sequence {
		parts = source.Items
	}
	for _, part := range parts {
		if part.Kind != Mapping {
			p.report(RuleFeature, p.spanOf(value), "merge key << has "+part.Describe()+", expected a mapping", "")
			continue
		}
		for _, e := range part.Entries {
			if into.Get(e.Key) == nil {
				into.Entries = append(into.Entries, e)
			}
		}
	}
}
