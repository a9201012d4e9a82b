package rules

import (
	"fmt"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/lint"
)

var timestampWithoutFormat = lint.Rule{
	ID: "timestamp-without-format", Group: lint.Structure, Profile: lint.Standard, Severity: diag.Warning,
	Summary:  "a text whose name promises a time or date has no format",
	Why:      "\"yesterday\" and 11/12/26 are valid then. Whoever reads the column has to guess and parse every way it was written.",
	Contract: checkTimestampWithoutFormat,
}

func checkTimestampWithoutFormat(p *lint.Pass) {
	for _, at := range p.Properties() {
		s := at.Schema.Resolved()
		if !timestampName(at.Words) || s.Types != contracts.String || s.Format != "" || s.Pattern != "" || s.Enum != nil {
			continue
		}
		format := "date-time"
		if at.Words[len(at.Words)-1] == "date" {
			format = "date"
		}
		p.Report(at.Property.At(), at.Pointer(), fmt.Sprintf("property %s is a text without a format", document.Quote(at.Property.Name)), "add format: "+format)
	}
}

// timestampName reports names that promise a point in time: created_at, timestamp,
// birth_date.
func timestampName(words []string) bool {
	switch words[len(words)-1] {
	case "timestamp", "datetime", "date":
		return true
	case "at":
		return len(words) > 1
	}
	return false
}
