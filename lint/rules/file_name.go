package rules

import (
	"fmt"
	"path"
	"strings"

	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/contracts/naming"
	"github.com/evctl/evctl/lint"
)

var fileName = lint.Rule{
	ID: "file-name", Group: lint.Files, Profile: lint.Standard, Severity: diag.Warning,
	Summary: "a file is not named after what it declares",
	Why: "People look for the file by the name of the event, and evctl looks for definitions in files of their name before it reads others. " +
		"Folders may hold the first words: order/completed.yaml.",
	Contract: checkFileName,
}

func checkFileName(p *lint.Pass) {
	c := p.Contract
	file := strings.TrimSuffix(c.File.Path, path.Ext(c.File.Path))
	name := naming.Words(c.Name)
	// The words of the path end in those of the name, and the file's own name takes
	// part with all of its words.
	stem := naming.Words(path.Base(file))
	if len(stem) <= len(name) && endsIn(naming.Words(file), name) {
		return
	}
	p.Report(c.Head(), "/file", fmt.Sprintf("%s %s is declared in %s", nounOf(c.Kind), document.Quote(c.Name), document.Quote(path.Base(c.File.Path))),
		fmt.Sprintf("rename the file to %s%s", safeFileName(c.Name), path.Ext(c.File.Path)))
}

// endsIn compares words without separators between them, because order_id and orderid
// are one name for files.
func endsIn(words, end []string) bool {
	return strings.HasSuffix(strings.Join(words, ""), strings.Join(end, ""))
}

// safeFileName keeps what every file system takes.
func safeFileName(name string) string {
	return strings.Map(func(r rune) rune {
		if r == '.' || r == '-' || r == '_' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' {
			return r
		}
		return '_'
	}, name)
}
