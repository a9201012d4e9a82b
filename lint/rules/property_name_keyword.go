package rules

import (
	"fmt"
	"strings"

	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/lint"
)

var propertyNameKeyword = lint.Rule{
	ID: "property-name-keyword", Group: lint.Naming, Profile: lint.Strict, Severity: diag.Info,
	Summary: "a property name is a reserved word of SQL or of programming languages",
	Why: "Such a column has to be quoted in every query, and code has to write it in another way. " +
		"Generated code works; handwritten queries are where it fails.",
	Contract: checkPropertyNameKeyword,
}

// keywordsOf lists reserved words by where they hurt.
var keywordsOf = []struct {
	language string
	words    map[string]bool
}{
	{"SQL", wordSet(`all alter and any as asc between by case cast check column constraint create cross current current_date current_time
		current_timestamp current_user cursor database default delete desc distinct drop else end exists false fetch for foreign from full
		grant group having if in index inner insert intersect interval into is join key left like limit natural not null offset on or order
		outer over partition primary range references revoke right row rows select set table then to trigger true union unique update
		user using values view when where window with`)},
	{"programming languages", wordSet(`abstract async await break case catch class const continue def default del do elif else enum export
		extends final finally for from func function global goto if implements import in instanceof interface internal is lambda let new
		nil none null package pass private protected public raise return self static struct super switch this throw try typeof union
		var void volatile while with yield`)},
}

func checkPropertyNameKeyword(p *lint.Pass) {
	for _, at := range p.Properties() {
		name := strings.ToLower(at.Property.Name)
		for _, k := range keywordsOf {
			if k.words[name] {
				p.Report(at.Property.At(), at.Pointer(), fmt.Sprintf("property %s is a reserved word of %s", document.Quote(at.Property.Name), k.language),
					"add the word that says whose or of what it is")
				break
			}
		}
	}
}
