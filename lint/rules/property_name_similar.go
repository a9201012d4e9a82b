package rules

import (
	"fmt"
	"strings"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/contracts/naming"
	"github.com/evctl/evctl/lint"
)

var propertyNameSimilar = lint.Rule{
	ID: "property-name-similar", Group: lint.Naming, Profile: lint.Standard, Severity: diag.Warning,
	Summary: "a property name is nearly that of other properties",
	Why: "zipcode and zip_code are two columns. Whoever queries one of them misses what is in the other. " +
		"The name that is used less is reported.",
	Workspace: checkPropertyNameSimilar,
}

func checkPropertyNameSimilar(p *lint.Pass) {
	style := conventionsOf(p).property
	index := indexOf(p)
	best := map[string]string{} // by key, the name that is used most
	for _, name := range index.names {
		for _, key := range similarKeys(name, index.uses[name]) {
			if other, ok := best[key]; !ok || len(index.uses[name]) > len(index.uses[other]) {
				best[key] = name
			}
		}
	}
	for _, name := range index.names {
		if style != nil && !style.match(name) { // property-case speaks of those
			continue
		}
		for _, key := range similarKeys(name, index.uses[name]) {
			if best[key] != name {
				reportSimilar(p, index, name, best[key])
				break
			}
		}
	}
}

func reportSimilar(p *lint.Pass, index *propertyIndex, name, usual string) {
	first := index.uses[name][0]
	found := p.ReportIn(first.contract, first.at(), first.pointer(),
		fmt.Sprintf("property name %s is nearly %s, which is used %s", document.Quote(name), document.Quote(usual), times(len(index.uses[usual]))),
		fmt.Sprintf("use %q, or a name that shows the difference", usual))
	found.Related = []diag.Related{{Location: index.uses[usual][0].at(), Message: "such as here"}}
}

// similarKeys returns two keys, one of which is equal for names that are most likely
// one: the words run together, and the words with their slips forgiven. Lists have
// keys of their own, and so have names that start with a sign. The plural is not
// forgiven: page and pages are the place and the count.
func similarKeys(name string, uses []propertyUse) [2]string {
	mark := ""
	if uses[0].schema().Types&contracts.Array != 0 {
		mark = "[]"
	}
	if name != "" && strings.IndexByte("_$@#", name[0]) >= 0 {
		mark += name[:1]
	}
	words := naming.Words(name)
	together := mark + strings.Join(words, "")
	for i := range words {
		words[i] = blurred(words[i])
	}
	return [2]string{together, mark + strings.Join(words, " ")}
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}
