package sqlddl

import (
	"slices"
	"strconv"
	"strings"

	"github.com/evctl/evctl/codegen/warehouse"
)

// reshaped is the expression of a record, or of a list of records, with the parts of
// another type. Those that have no place there, or whose values it does not take, are lost.
func (d *dialect) reshaped(value string, a, b warehouse.Type, depth int) string {
	item := value
	if a.List {
		item = "item"
		if depth > 1 {
			item += strconv.Itoa(depth)
		}
	}
	parts := make([]string, len(b.Members))
	for i, m := range b.Members {
		expression := ""
		if old, found := former(a, b, m); found {
			expression = d.asPart(item, old, m, depth)
		}
		if expression == "" {
			expression = strings.NewReplacer("{type}", d.TypeOfMember(m.Type), "{literal}", d.Literal(d.TypeOfMember(m.Type))).Replace(d.blank)
		}
		parts[i] = strings.NewReplacer("{value}", expression, "{name}", d.Quote(m.Name)).Replace(d.part)
	}
	one := b
	one.List = false
	record := strings.NewReplacer("{value}", item, "{parts}", strings.Join(parts, ", "), "{type}", d.TypeOfMember(one)).Replace(d.record)
	if !a.List {
		return record
	}
	return strings.NewReplacer("{value}", value, "{item}", item, "{record}", record).Replace(d.recordList)
}

// asPart is the expression of a part of a record as one of another.
func (d *dialect) asPart(item string, old, next warehouse.Member, depth int) string {
	value := item + "." + d.Quote(old.Name)
	if d.TypeOfMember(old.Type) == d.TypeOfMember(next.Type) && alike(old.Type, next.Type) {
		return value
	}
	return d.conversion(value, old.Type, next.Type, d.TypeOfMember(next.Type), depth+1)
}

// former is the part of a that has become m of b.
func former(a, b warehouse.Type, m warehouse.Member) (warehouse.Member, bool) {
	for _, wire := range []string{m.Wire, m.Formerly} {
		gone := wire == m.Wire || !slices.ContainsFunc(b.Members, func(o warehouse.Member) bool { return o.Wire == wire })
		if i := slices.IndexFunc(a.Members, func(o warehouse.Member) bool { return o.Wire == wire }); gone && i >= 0 {
			return a.Members[i], true
		}
	}
	return warehouse.Member{}, false
}

// lost names the parts of records that have no place in another type, below a name.
func (d *dialect) lost(name string, a, b warehouse.Type) []string {
	var list []string
	for _, old := range a.Members {
		i := slices.IndexFunc(b.Members, func(m warehouse.Member) bool {
			before, found := former(a, b, m)
			return found && before.Wire == old.Wire
		})
		switch below := name + "." + old.Name; {
		case i < 0, d.asPart("", old, b.Members[i], 1) == "":
			list = append(list, below)
		default:
			list = append(list, d.lost(below, old.Type, b.Members[i].Type)...)
		}
	}
	return list
}
