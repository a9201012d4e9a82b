package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/contracts/naming"
	"github.com/evctl/evctl/lint"
)

var propertyNameAbbreviated = lint.Rule{
	ID: "property-name-abbreviated", Group: lint.Naming, Profile: lint.Standard, Severity: diag.Warning,
	Summary: "a property name abbreviates a word",
	Why: "qty, quant and quantity are three columns for one thing. Written out, a name is guessed right the first time. " +
		"naming.abbreviations adds words of your own, and allows a built-in one with an empty replacement.",
	Options:  []string{"naming.abbreviations"},
	Contract: checkPropertyNameAbbreviated,
}

// abbreviated maps abbreviations to the word to write instead.
type abbreviated map[string]string

// commonAbbreviations leaves out what is a word of its own in some trade: id, url, sku,
// vat, min, max, lat, lng, utm, ref, num.
var commonAbbreviations = abbreviated{
	"acct": "account", "addr": "address", "amt": "amount", "avg": "average", "btn": "button", "cfg": "config", "cnt": "count",
	"ctx": "context", "curr": "current", "cust": "customer", "desc": "description", "dest": "destination", "dob": "birth_date",
	"dt": "date", "err": "error", "evt": "event", "flg": "flag", "fname": "first_name", "freq": "frequency", "idx": "index",
	"img": "image", "lname": "last_name", "loc": "location", "lvl": "level", "mgr": "manager", "mgmt": "management", "mob": "mobile",
	"msg": "message", "nbr": "number", "pct": "percent", "phn": "phone", "pmt": "payment", "pos": "position", "pref": "preference",
	"prev": "previous", "prd": "product", "pwd": "password", "qty": "quantity", "quant": "quantity", "req": "request",
	"resp": "response", "sess": "session", "src": "source", "stat": "status", "svc": "service", "tmpl": "template", "tot": "total",
	"ts": "timestamp", "txn": "transaction", "txt": "text", "usr": "user", "ver": "version", "yr": "year",
}

func newAbbreviated(p *lint.Pass) abbreviated {
	all := abbreviated{}
	for _, table := range []abbreviated{commonAbbreviations, p.Config().Naming.Abbreviations} {
		for short, long := range table {
			all[short] = long
		}
	}
	return all
}

func checkPropertyNameAbbreviated(p *lint.Pass) {
	table := lint.Shared(p, newAbbreviated)
	for _, at := range p.Properties() {
		words, meant := table.expand(at.Words)
		if len(meant) == 0 || at.Property.CodeName != "" {
			continue
		}
		better := like(at.Property.Name, words)
		fix := renameFix(p, at, better)
		found := p.Report(at.Property.At(), at.Pointer(),
			fmt.Sprintf("property %s abbreviates %s", document.Quote(at.Property.Name), strings.Join(meant, " and ")), renameHint(p, better, fix))
		found.Fix = fix
	}
}

// expand writes abbreviated words out, and lists what they mean.
func (table abbreviated) expand(words []string) (out, meant []string) {
	for i, word := range words {
		long := table[word]
		if long == "" {
			if out != nil {
				out = append(out, word)
			}
			continue
		}
		if out == nil {
			out = slices.Clone(words[:i])
		}
		out = append(out, naming.Words(long)...)
		meant = append(meant, document.Quote(long))
	}
	return out, meant
}
