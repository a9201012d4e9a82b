package rules

import (
	"strconv"
	"strings"

	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
)

// located is a node of a contract file, or nothing.
type located struct{ *document.Node }

// nodeAt finds the value that starts where span does. Contracts keep values as text;
// the few that are reported are worth reading the file again.
func nodeAt(f *diag.File, span diag.Span) located {
	if f == nil {
		return located{}
	}
	root, _ := document.Parse(f)
	if root == nil {
		return located{}
	}
	return located{findNode(root, span)}
}

func findNode(n *document.Node, span diag.Span) *document.Node {
	if n.Span == span {
		return n
	}
	for i := range n.Entries {
		if found := findNode(n.Entries[i].Value, span); found != nil {
			return found
		}
	}
	for _, item := range n.Items {
		if found := findNode(item, span); found != nil {
			return found
		}
	}
	return nil
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
