package rules

import (
	"fmt"
	"strings"

	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/contracts/naming"
	"github.com/evctl/evctl/lint"
)

var propertyCase = lint.Rule{
	ID: "property-case", Group: lint.Naming, Profile: lint.Standard, Severity: diag.Error,
	Summary: "a property is written in another case than the workspace's",
	Why: "Queries join events by column names. When one event says orderId and the next order_id, every query has to know both. " +
		"A property that must keep a foreign name on the wire says name: for code and is left alone, as are names that start with $.",
	Options:  []string{"naming.property"},
	Contract: checkPropertyCase,
}

func checkPropertyCase(p *lint.Pass) {
	style := conventionsOf(p).property
	if style == nil {
		return
	}
	for _, at := range p.Properties() {
		name := at.Property.Name
		if style.match(name) || at.Property.CodeName != "" || strings.HasPrefix(name, "$") {
			continue
		}
		better := style.write(naming.New(at.Words...))
		fix := renameFix(p, at, better)
		found := p.Report(at.Property.At(), at.Pointer(),
			fmt.Sprintf("property %s is not %s", document.Quote(name), style.name), renameHint(p, better, fix))
		found.Fix = fix
	}
}
