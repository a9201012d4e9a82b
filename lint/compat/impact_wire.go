package compat

import (
	"fmt"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diff"
	"github.com/evctl/evctl/contracts/numbers"
)

// onProtobuf judges by the numbers of fields and by the types behind them. A field
// whose type changes takes a new number, and readers of the old one find nothing.
func onProtobuf(c diff.Change) Effect {
	if isAnnotation(c) {
		if c, ok := c.(*diff.AnnotationChanged); ok && c.Keyword == "name" {
			return compatible("another name in the code, with the same number")
		}
		return none("numbers and types stay")
	}
	switch c := c.(type) {
	case *diff.EventRenamed:
		return breaking("the numbers of the new event start anew")
	case *diff.PropertyAdded, *diff.PropertyRemoved:
		if from, to, moves := retyped(c.At().In, c.At().In.New); moves && c.At().In.Parent != nil && emptied(c.At().In) {
			return movedTo(from, to)
		}
		if _, added := c.(*diff.PropertyAdded); added {
			return compatible("a new number, which older readers skip")
		}
		return compatible("its number stays reserved, and readers find no value")
	case *diff.PropertyRenamed:
		return compatible("keeps its number, as renamedFrom says")
	case *diff.RequiredAdded, *diff.RequiredRemoved:
		return compatible("same number and type")
	case *diff.VariantAdded:
		return compatible("a new number, which older readers skip")
	case *diff.VariantRemoved:
		return compatible("its number stays reserved, and readers find no variant")
	case *diff.VariantRenamed:
		return breaking("a variant of another name takes a new number")
	case *diff.EnumValueAdded:
		return onValue(c, compatible("a new number, which older readers do not know"))
	case *diff.EnumValueRemoved:
		return onValue(c, compatible("its number stays reserved"))
	}
	return moves(c)
}

// onValue judges a value of an enum: a number where the enum is one on the wire too,
// which takes a first value and a last one.
func onValue(c diff.Change, number Effect) Effect {
	in := c.At().In
	switch {
	case len(in.Old.Enum) == 0 || len(in.New.Enum) == 0:
		return moves(c)
	case kindOf(in.Old).Type().Leaf == numbers.Enum:
		return number
	}
	return none("number and type stay")
}

// moves reports whether a change gives the field that holds it another type.
func moves(c diff.Change) Effect {
	held := holder(c.At().In)
	if from, to, moved := retyped(held, diff.Alone(held, c)); moved {
		return movedTo(from, to)
	}
	return none("number and type stay")
}

func movedTo(from, to numbers.Kind) Effect {
	return breaking(fmt.Sprintf("%s becomes %s, which takes a new number", from, to))
}

// retyped compares the type on the wire of a pair's old schema with that of another
// one. Which definition declares a message does not count: Alone writes it out.
func retyped(p *diff.Pair, new *contracts.Schema) (from, to numbers.Kind, moved bool) {
	from, to = kindOf(p.Old), kindOf(new)
	return from, to, !numbers.Compatible(from, to)
}

func kindOf(s *contracts.Schema) numbers.Kind {
	t := numbers.TypeOf(s)
	t.Definition = ""
	return t.Kind()
}

// onWarehouse judges by columns: one for each property that is a scalar, and for each
// property of a nested object; a list of objects is a table of its own. Maps, unions
// and everything that may be of any type are kept as JSON in one column, in which
// nothing moves. Every column takes null.
func onWarehouse(c diff.Change) Effect {
	if isAnnotation(c) {
		if c, ok := c.(*diff.AnnotationChanged); ok && c.Keyword == "unit" && c.From != "" && c.To != "" {
			return breaking("one column would hold numbers of two units")
		}
		return none("columns stay")
	}
	in := c.At().In
	if keptAsJSON(in) {
		return none("kept as JSON in one column")
	}
	switch c := c.(type) {
	case *diff.EventRenamed:
		return breaking("another table")
	case *diff.PropertyAdded:
		if keptAsJSON(in.Parent) || jsonColumn(in.Old) && in.Parent != nil {
			return compatible("the JSON column holds it")
		}
		return compatible("a new column, null in older rows")
	case *diff.PropertyRemoved:
		return breaking("its column gets no values any more")
	case *diff.PropertyRenamed:
		return breaking("its values go to another column")
	case *diff.RequiredAdded, *diff.NullableRemoved:
		return none("columns take null anyhow")
	case *diff.RequiredRemoved, *diff.NullableAdded:
		return compatible("null where there is no value")
	case *diff.VariantAdded, *diff.VariantRemoved, *diff.VariantRenamed, *diff.UnionChanged, *diff.DiscriminatorChanged:
		return none("kept as JSON in one column")
	case *diff.EnumValueAdded:
		return compatible("the column holds further values")
	case *diff.EnumValueRemoved:
		return none("the column keeps its type")
	case *diff.EnumRemoved, *diff.EnumOpened:
		if effect := onColumn(c); effect.Level == Breaking {
			return effect
		}
		return compatible("the column holds further values")
	}
	return onColumn(c)
}

// keptAsJSON reports whether what a pair describes lies within a value that is kept as
// JSON: in a variant, in a map, or in a member that is not declared.
func keptAsJSON(p *diff.Pair) bool {
	for ; p != nil; p = p.Parent {
		if p.Variant || p.Values() || p.Undeclared() {
			return true
		}
	}
	return false
}

// onColumn compares the type of the column that holds the change.
func onColumn(c diff.Change) Effect {
	held := holder(c.At().In)
	from, to := columnOf(held.Old), columnOf(diff.Alone(held, c))
	switch {
	case from == to:
		return none("the column keeps its type")
	case takes(from, to):
		return compatible(fmt.Sprintf("a column of %s holds %s too", from, to))
	}
	return breaking(fmt.Sprintf("a column of %s does not hold %s", from, to))
}

// columnOf names what a column holds.
func columnOf(s *contracts.Schema) string {
	t := numbers.TypeOf(s)
	prefix := ""
	for _, w := range t.Wraps {
		switch w {
		case numbers.List:
			prefix += "lists of "
		case numbers.Dict:
			return "JSON"
		}
	}
	return prefix + leafColumn(t)
}

func leafColumn(t numbers.Type) string {
	switch t.Leaf {
	case numbers.Text:
		return "text"
	case numbers.Enum:
		if t.Schema.Types == contracts.String {
			return "text"
		}
	case numbers.Int64:
		return "whole numbers"
	case numbers.Uint64:
		return "whole numbers beyond 64 bits with a sign"
	case numbers.Double:
		return "numbers"
	case numbers.Bool:
		return "truth values"
	case numbers.Timestamp:
		return "times"
	case numbers.Message:
		return "nested columns"
	}
	return "JSON"
}

func jsonColumn(s *contracts.Schema) bool { return columnOf(s) == "JSON" }

// takes reports whether a column made for one type holds another one.
func takes(column, values string) bool {
	switch column {
	case "JSON":
		return true
	case "text":
		return values == "times"
	case "numbers":
		return values == "whole numbers" || values == "whole numbers beyond 64 bits with a sign"
	case "whole numbers beyond 64 bits with a sign":
		return values == "whole numbers"
	}
	return false
}
