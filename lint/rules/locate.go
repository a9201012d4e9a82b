package rules

import (
	"strconv"
	"strings"

	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
)

// located is a node of a contract file, or nothing.
type located struct{ *document.Node }

// values finds the values of a contract in its file. Contracts keep values as text; the
// few that are reported are worth reading the file again, once.
type values struct {
	read  bool
	nodes map[diag.Span]*document.Node
}

// at is the value that a span covers.
func (v *values) at(f *diag.File, span diag.Span) located {
	if !v.read && f != nil {
		v.read, v.nodes = true, map[diag.Span]*document.Node{}
		if root, _ := document.Parse(f); root != nil {
			v.add(root)
		}
	}
	return located{v.nodes[span]}
}

// add notes a node and all below it; of several in one place the outermost counts.
func (v *values) add(n *document.Node) {
	if v.nodes[n.Span] == nil {
		v.nodes[n.Span] = n
	}
	for i := range n.Entries {
		v.add(n.Entries[i].Value)
	}
	for _, item := range n.Items {
		v.add(item)
	}
}

var pointerUnescape = strings.NewReplacer("~1", "/", "~0", "~")

// at follows a JSON pointer as far as it leads; nil when there is no node at all.
func (l located) at(pointer string) *document.Node {
	n := l.Node
	for token := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		if n == nil || pointer == "" {
			break
		}
		next := n.Get(pointerUnescape.Replace(token))
		if i, err := strconv.Atoi(token); err == nil && next == nil && 0 <= i && i < len(n.Items) {
			next = n.Items[i]
		}
		if next == nil {
			break
		}
		n = next
	}
	return n
}
