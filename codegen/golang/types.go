package golang

import (
	"math"
	"math/big"
	"strconv"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/contracts"
)

// formatTypes are the types of strings with a format; the others are strings.
var formatTypes = map[string]string{
	"date-time": "DateTime", "date": "Date", "time": "TimeOfDay", "duration": "Duration", "uuid": "UUID",
}

var textTypes = map[string]bool{"DateTime": true, "Date": true, "TimeOfDay": true, "Duration": true, "UUID": true}

// goType is the Go type of the values in a place, null left aside.
func (g *generator) goType(r *codegen.Ref) string {
	switch r.Kind {
	case codegen.String:
		if typ := formatTypes[r.Schema.Format]; typ != "" && g.options["formats"] == "typed" {
			return typ
		}
		return "string"
	case codegen.Integer:
		return g.integer(r.Schema)
	case codegen.Number:
		return g.options["number"]
	case codegen.Boolean:
		return "bool"
	case codegen.Scalar:
		return "Scalar"
	case codegen.Array:
		return "[]" + g.element(r.Elem)
	case codegen.Map:
		return "map[string]" + g.element(r.Elem)
	case codegen.Named:
		return g.types[r.Named]
	}
	return "json.RawMessage"
}

// maxInt64 is the largest int64.
var maxInt64 = contracts.Decimal(strconv.Itoa(math.MaxInt64))

// integer is int64 unless only uint64 holds what the contract's bounds allow.
func (g *generator) integer(s *contracts.Schema) string {
	base := g.options["integer"]
	if base != "int64" || s.Minimum == nil || s.Maximum == nil {
		return base
	}
	if s.Maximum.Cmp(maxInt64) > 0 && s.Minimum.Cmp("0") >= 0 {
		return "uint64"
	}
	return base
}

// element is the Go type of a place in which a value always stands: null has to
// be one of the type's values.
func (g *generator) element(r *codegen.Ref) string {
	if r.Nullable && !nilable(r) {
		return "Nullable[" + g.goType(r) + "]"
	}
	return g.goType(r)
}

// nilable reports whether the Go type has nil, which stands for null or absent.
func nilable(r *codegen.Ref) bool {
	r = r.Underlying()
	switch r.Kind {
	case codegen.Array, codegen.Map, codegen.Any:
		return true
	}
	return r.Kind == codegen.Named && r.Named.Kind == codegen.Union
}

// presence is how a field tells that it is absent.
type presence uint8

const (
	always    presence = iota // required
	unlessNil                 // nil is absent
	ifPresent                 // an Optional or OptionalNullable
)

// field is the Go type of a property.
func (g *generator) field(f *codegen.Field) (typ string, when presence) {
	isAny := f.Type.Underlying().Kind == codegen.Any
	switch {
	case f.Required:
		return g.element(f.Type), always
	case nilable(f.Type) && (isAny || !f.Type.Nullable):
		return g.goType(f.Type), unlessNil
	case f.Type.Nullable:
		return "OptionalNullable[" + g.goType(f.Type) + "]", ifPresent
	}
	return "Optional[" + g.goType(f.Type) + "]", ifPresent
}

// enumBase is the Go type under an enum's name.
func (g *generator) enumBase(t *codegen.Type) string {
	switch t.Base {
	case contracts.String:
		return "string"
	case contracts.Boolean:
		return "bool"
	case contracts.Integer:
		if g.options["integer"] == "int64" && allValues(t, fitsInt64) {
			return "int64"
		}
		return "json.Number"
	case contracts.Number:
		if g.options["number"] == "float64" && allValues(t, fitsFloat64) && distinctFloats(t) {
			return "float64"
		}
		return "json.Number"
	}
	return "Scalar"
}

func allValues(t *codegen.Type, ok func(contracts.Decimal) bool) bool {
	for _, v := range t.Values {
		if !ok(contracts.Decimal(v.JSON)) {
			return false
		}
	}
	return true
}

func fitsInt64(d contracts.Decimal) bool {
	r := d.Rat()
	return r.IsInt() && r.Num().IsInt64()
}

func fitsFloat64(d contracts.Decimal) bool {
	f, err := strconv.ParseFloat(string(d), 64)
	return err == nil && !math.IsInf(f, 0)
}

// distinctFloats reports whether the values stay apart when they are rounded.
func distinctFloats(t *codegen.Type) bool {
	seen := map[float64]bool{}
	for _, v := range t.Values {
		f := contracts.Decimal(v.JSON).Float64()
		if seen[f] {
			return false
		}
		seen[f] = true
	}
	return true
}

// floatText is the decimal as a Go literal when float64 tells numbers on both sides of it
// apart as exactly as the decimal does.
func floatText(d contracts.Decimal) (text string, ok bool) {
	f, err := strconv.ParseFloat(string(d), 64)
	if err != nil {
		return "", false
	}
	shortest := strconv.FormatFloat(f, 'g', -1, 64)
	if shortest == string(d) {
		return shortest, true
	}
	r, parsed := new(big.Rat).SetString(shortest)
	return shortest, parsed && r.Cmp(d.Rat()) == 0
}
