package document

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

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
// enough that the worst input costs a fraction of a second.
const (
	MaxBytes    = 4 << 20
	MaxDepth    = 100
	MaxNodes    = 200_000 // after expansion of anchors
	MaxProblems = 500     // diagnostics of one file; more of them say nothing new
)

// Parse reads the one document of a file. The node is nil when there is nothing
// to work with; the diagnostics then say why. Text that is JSON is read as JSON,
// anything else as YAML; a file whose name ends in .json has to be JSON.
func Parse(f *diag.File) (*Node, []diag.Diagnostic) { return parse(f, &Reader{}) }

func parse(f *diag.File, memory *Reader) (*Node, []diag.Diagnostic) {
	p := &parser{file: f, memory: memory}
	if !p.checkBytes() {
		return nil, p.diags
	}
	if n, isJSON := p.json(); isJSON {
		return n, p.diags
	}
	root := p.load()
	if root == nil {
		return nil, p.diags
	}
	n := p.convert(root, 0)
	if p.overLimit {
		n = nil
	}
	return n, diag.Distinct(p.diags)
}

type parser struct {
	file      *diag.File
	diags     []diag.Diagnostic
	nodes     int
	overLimit bool
	memory    *Reader // of nodes

	yaml yamlState
}

func (p *parser) report(rule string, span diag.Span, message, hint string) *diag.Diagnostic {
	d := diag.Diagnostic{
		Rule: rule, Severity: diag.Error, Message: message, Hint: hint,
		Location: diag.Location{File: p.file, Span: span},
	}
	if len(p.diags) >= MaxProblems {
		return &d
	}
	p.diags = append(p.diags, d)
	return &p.diags[len(p.diags)-1]
}

// limit reports once that the document is too large, and stops the work.
func (p *parser) limit(span diag.Span, message string) {
	if !p.overLimit {
		p.overLimit = true
		p.report(RuleLimit, span, message, "a contract of this size is not readable; split it")
	}
}

func (p *parser) duplicate(key string, span, first diag.Span) {
	d := p.report(RuleDuplicate, span, fmt.Sprintf("key %s is written twice in this mapping", Quote(clip(key))), "remove one of the two")
	d.Related = append(d.Related, diag.Related{Location: diag.Location{File: p.file, Span: first}, Message: "first written here"})
}

// enter counts a node and reports whether the limits leave room for it.
func (p *parser) enter(depth int, span func() diag.Span) bool {
	p.nodes++
	switch {
	case p.overLimit:
	case p.nodes > MaxNodes:
		p.limit(span(), fmt.Sprintf("document has more than %d nodes after its anchors are expanded", MaxNodes))
	case depth > MaxDepth:
		p.limit(span(), fmt.Sprintf("nesting is deeper than %d levels", MaxDepth))
	}
	return !p.overLimit
}

func (p *parser) newNode() *Node { return &p.memory.nodes.take(1)[0] }

// newEntries makes room for n entries of a mapping. The slice has no length yet.
func (p *parser) newEntries(n int) []Entry { return p.memory.entries.take(n)[:0] }

// conflictMark is how git starts the first of two sides that it could not merge.
var conflictMark = []byte("<<<<<<< ")

// mergeConflict reports that a file which is not well formed holds both sides of a merge. Where
// there are marks of one, they are the reason, and what a parser stumbles on is not.
func (p *parser) mergeConflict() bool {
	data := p.file.Data
	for at := 0; at < len(data); at = nextLine(data, at) {
		if bytes.HasPrefix(data[at:], conflictMark) {
			p.report(RuleSyntax, diag.Span{Start: int32(at), End: p.endOfLine(int32(at))}, "a merge conflict starts here",
				"keep what is right of both sides, and remove the lines with <<<<<<<, ======= and >>>>>>>")
			return true
		}
	}
	return false
}

var bom = []byte("\xef\xbb\xbf")

// checkBytes refuses what is too large or is not text.
func (p *parser) checkBytes() bool {
	data := p.file.Data
	switch {
	case len(data) > MaxBytes:
		p.report(RuleLimit, diag.Span{}, fmt.Sprintf("file has more than %d bytes", MaxBytes),
			"a contract describes one event; move data out of the contract file")
		return false
	case bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff")):
		p.report(RuleEncoding, diag.Span{Start: 0, End: 2}, "file is UTF-16, expected UTF-8", "save it as UTF-8")
		return false
	case len(data) > 1 && (data[0] == 0) != (data[1] == 0):
		p.report(RuleEncoding, diag.Span{Start: 0, End: 2}, "file looks like UTF-16, expected UTF-8", "save it as UTF-8")
		return false
	}
	for at := 0; at < len(data); {
		if plainText[data[at]] {
			at++
			continue
		}
		r, size := utf8.DecodeRune(data[at:])
		switch {
		case r == utf8.RuneError && size <= 1:
			p.report(RuleEncoding, spanOf(at, at+1), fmt.Sprintf("byte 0x%02x is not valid UTF-8", data[at]), "save the file as UTF-8")
			return false
		case !printable(r) && !(at == 0 && r == '\ufeff'):
			p.report(RuleEncoding, spanOf(at, at+size), fmt.Sprintf("character U+%04X is not allowed in a text file", r),
				fmt.Sprintf("remove it, or write it as \"%s\" in double quotes", escape(r)))
			return false
		}
		at += size
	}
	return true
}

// plainText holds the ASCII characters that printable allows.
var plainText = func() (plain [256]bool) {
	for c := range rune(utf8.RuneSelf) {
		plain[c] = printable(c)
	}
	return plain
}()

func spanOf(start, end int) diag.Span { return diag.Span{Start: int32(start), End: int32(end)} }

// printable reports whether YAML allows a character outside of escapes
// (YAML 1.2, production c-printable, without the byte order mark). JSON allows
// more of them; files do not need them.
func printable(r rune) bool {
	switch {
	case r < ' ':
		return r == '\n' || r == '\t' || r == '\r'
	case r <= 0x7e || r == 0x85:
		return true
	}
	return r >= 0xa0 && r != '\ufeff' && r != '\ufffe' && r != '\uffff'
}

func escape(r rune) string {
	if r < 0x10000 {
		return fmt.Sprintf(`\u%04x`, r)
	}
	return fmt.Sprintf(`\U%08x`, r)
}

// keyFinder finds keys that a mapping has already. Short mappings are searched;
// a table pays only for long ones.
type keyFinder struct {
	of    *Node
	table map[string]int
}

const searched = 16

// find returns the index of the entry with that key, or -1. The mapping may have
// grown since the last call, at its end.
func (k *keyFinder) find(key string) int {
	entries := k.of.Entries
	if len(entries) <= searched {
		return k.of.index(key)
	}
	if k.table == nil {
		k.table = make(map[string]int, 2*len(entries))
	}
	for i := len(k.table); i < len(entries); i++ {
		k.table[entries[i].Key] = i
	}
	if i, ok := k.table[key]; ok {
		return i
	}
	return -1
}

// emptyHint says how a contract or evctl.yaml starts, unless the file is neither.
func emptyHint(path string) string {
	switch {
	case strings.HasSuffix(path, ".json"):
		return ""
	case strings.HasSuffix(path, "evctl.yaml"):
		return "start it with language: v1"
	}
	return "start it with event:, define: or fragment:"
}
