package golang

import (
	"math"
	"math/big"
	"strconv"
	"strings"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/contracts"
)

func (p *printer) checkInteger(s *contracts.Schema, base, typ, x, at string) {
	if base == "json.Number" {
		p.line("c.number(", at, ", ", p.convert("json.Number", typ, x), ", true, ", p.limitsArgument(s, nil), ")")
		return
	}
	least, most := big.NewInt(math.MinInt64), big.NewInt(math.MaxInt64)
	if base == "uint64" {
		least, most = new(big.Int), new(big.Int).SetUint64(math.MaxUint64)
	}
	for _, b := range []struct {
		limit         *contracts.Decimal
		rule, words   string
		lower, strict bool
	}{
		{s.Minimum, "minimum", "at least", true, false},
		{s.ExclusiveMinimum, "exclusiveMinimum", "more than", true, true},
		{s.Maximum, "maximum", "at most", false, false},
		{s.ExclusiveMaximum, "exclusiveMaximum", "less than", false, true},
	} {
		if b.limit == nil {
			continue
		}
		message := "expected " + b.words + " " + string(*b.limit)
		n := wholeLimit(*b.limit, b.lower, b.strict)
		switch {
		case b.lower && n.Cmp(least) <= 0, !b.lower && n.Cmp(most) >= 0: // every value of the type fits
		case b.lower && n.Cmp(most) > 0, !b.lower && n.Cmp(least) < 0:
			p.line("c.fail(", at, ", ", strconv.Quote(b.rule), ", ", strconv.Quote(message), ")")
		case b.lower:
			p.fail(x+" < "+n.String(), at, b.rule, message)
		default:
			p.fail(x+" > "+n.String(), at, b.rule, message)
		}
	}
	p.checkMultiple(s, x, at, most)
}

// wholeLimit is the first integer within a bound.
func wholeLimit(limit contracts.Decimal, lower, strict bool) *big.Int {
	n, whole := new(big.Int).SetString(string(limit), 10)
	if !whole {
		r := limit.Rat()
		n, whole = new(big.Int).Div(r.Num(), r.Denom()), r.IsInt() // rounded down
	}
	switch {
	case lower && (!whole || strict):
		n.Add(n, big.NewInt(1))
	case !lower && whole && strict:
		n.Sub(n, big.NewInt(1))
	}
	return n
}

// checkMultiple asks for multiples of p/q in lowest terms, which integers are when they
// are multiples of p.
func (p *printer) checkMultiple(s *contracts.Schema, x, at string, most *big.Int) {
	if s.MultipleOf == nil {
		return
	}
	n := s.MultipleOf.Rat().Num()
	message := "expected a multiple of " + string(*s.MultipleOf)
	switch {
	case n.Cmp(big.NewInt(1)) == 0:
	case n.Cmp(most) > 0:
		p.fail(x+" != 0", at, "multipleOf", message)
	default:
		p.fail(x+"%"+n.String()+" != 0", at, "multipleOf", message)
	}
}

func (p *printer) checkNumber(u *codegen.Ref, typ, x, at string) {
	if p.options["number"] == "json.Number" {
		p.line("c.number(", at, ", ", p.convert("json.Number", typ, x), ", false, ", p.limitsArgument(u.Schema, nil), ")")
		return
	}
	p.checkFloat(u.Schema, p.convert("float64", typ, x), at)
}

func (p *printer) checkFloat(s *contracts.Schema, x, at string) {
	type bound struct{ operator, text, rule, words string }
	var list []bound
	simple := s.MultipleOf == nil
	for _, b := range []struct {
		limit                 *contracts.Decimal
		operator, rule, words string
	}{
		{s.Minimum, " < ", "minimum", "at least "},
		{s.ExclusiveMinimum, " <= ", "exclusiveMinimum", "more than "},
		{s.Maximum, " > ", "maximum", "at most "},
		{s.ExclusiveMaximum, " >= ", "exclusiveMaximum", "less than "},
	} {
		if b.limit == nil {
			continue
		}
		text, ok := floatText(*b.limit)
		simple = simple && ok
		list = append(list, bound{b.operator, text, b.rule, b.words + string(*b.limit)})
	}
	if !simple {
		p.line("c.decimal(", at, ", ", x, ", &", p.limitsVariable(s, nil), ")")
		return
	}
	p.line("c.finite(", at, ", ", x, ")")
	for _, b := range list {
		p.fail(x+b.operator+b.text, at, b.rule, "expected "+b.words)
	}
}

// floatLimits is the variable with the limits of a number that is a float64, or empty.
func (p *printer) floatLimits(u *codegen.Ref) string {
	switch {
	case u.Kind == codegen.Number && p.options["number"] == "float64":
		if limitsLiteral(u.Schema, nil) != "limits{}" {
			return p.limitsVariable(u.Schema, nil)
		}
	case u.Kind == codegen.Named && u.Named.Kind == codegen.Enum && !u.Named.Open && p.enumBase(u.Named) == "float64":
		return p.limitsVariable(u.Named.Schema, u.Named.Schema.Enum)
	}
	return ""
}

// limitsArgument is a pointer to limits, or nil when there are none.
func (p *printer) limitsArgument(s *contracts.Schema, values []contracts.EnumValue) string {
	if limitsLiteral(s, values) == "limits{}" {
		return "nil"
	}
	return "&" + p.limitsVariable(s, values)
}

func (p *printer) limitsVariable(s *contracts.Schema, values []contracts.EnumValue) string {
	return p.variable("limitsOf", limitsLiteral(s, values))
}

// limitsLiteral is what a schema asks of numbers; values are nil when any are listed.
func limitsLiteral(s *contracts.Schema, values []contracts.EnumValue) string {
	var parts []string
	for _, l := range []struct {
		name  string
		value *contracts.Decimal
	}{
		{"minimum", s.Minimum}, {"maximum", s.Maximum}, {"above", s.ExclusiveMinimum}, {"below", s.ExclusiveMaximum}, {"multipleOf", s.MultipleOf},
	} {
		if l.value != nil {
			parts = append(parts, l.name+": "+strconv.Quote(string(*l.value)))
		}
	}
	if values != nil {
		var list []string
		for _, v := range values {
			if v.Type()&contracts.Numeric != 0 {
				list = append(list, strconv.Quote(v.JSON))
			}
		}
		parts = append(parts, "values: []string{"+strings.Join(list, ", ")+"}")
	}
	return "limits{" + strings.Join(parts, ", ") + "}"
}
