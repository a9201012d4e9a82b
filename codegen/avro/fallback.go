package avro

import (
	"slices"
	"strconv"

	"github.com/evctl/evctl/contracts"
)

// withFallback is the type of a field with the default that Avro gives it, as JSON; empty
// where it has none. That of a union is one of its first branch: null, which takes nothing
// else, goes behind it.
func (f *field) withFallback() (typ *schema, value string) {
	switch {
	case f.value != "" || f.fallback == nil:
		return f.typ, f.value
	case f.typ.kind != "union":
		return f.typ, fallback(f.typ, *f.fallback)
	}
	first := slices.IndexFunc(f.typ.branches, func(b *schema) bool { return b.kind != "null" })
	if value = fallback(f.typ.branches[first], *f.fallback); value == "" || first == 0 {
		return f.typ, value
	}
	branches := slices.Clone(f.typ.branches)
	branches[0], branches[first] = branches[first], branches[0]
	return &schema{kind: "union", branches: branches}, value
}

// fallback is the default of a contract as one of Avro, or empty where Avro has no way to
// write it. Readers do not agree on defaults of dates and decimals.
func fallback(s *schema, v contracts.Value) string {
	switch {
	case s.kind == "enum":
		if i := slices.IndexFunc(s.symbols, func(symbol symbol) bool { return v.IsString() && symbol.text == v.Text() }); i >= 0 {
			return quoted(s.symbols[i].name).text
		}
	case s.logical != "" && s.logical != "uuid":
	case s.kind == "string" && v.IsString(), s.kind == "boolean" && v.Type() == contracts.Boolean:
		return v.JSON
	case v.Type()&contracts.Numeric == 0:
	case s.kind == "double":
		return strconv.FormatFloat(contracts.Decimal(v.JSON).Float64(), 'g', -1, 64)
	case (s.kind == "int" || s.kind == "long") && contracts.Decimal(v.JSON).IsInteger():
		if r := contracts.Decimal(v.JSON).Rat(); r.Num().IsInt64() {
			return r.Num().String()
		}
	}
	return ""
}
