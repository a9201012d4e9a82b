package golang

import (
	"go/token"
	"slices"
	"strings"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/contracts/naming"
)

// domain is the events of one package, with what they are made of. Packages do not import
// each other: each has what it needs of the shared definitions.
type domain struct {
	name  string // of the package and its folder
	model *codegen.Model
}

// domains splits a model by what stands before the first separator of the events' names,
// in the order of their first events. Events without one are in the package called rest.
func domains(m *codegen.Model, rest string) []domain {
	var list []domain
	for _, e := range m.Events {
		name := domainOf(e.Contract.Name, rest)
		i := slices.IndexFunc(list, func(d domain) bool { return d.name == name })
		if i < 0 {
			i = len(list)
			list = append(list, domain{name, &codegen.Model{Initialisms: m.Initialisms}})
		}
		list[i].model.Events = append(list[i].model.Events, e)
	}
	for i := range list {
		list[i].model.Shared = reached(list[i].model.Events, m.Shared)
	}
	return list
}

// domainOf is the name of an event's package.
func domainOf(event, rest string) string {
	first := firstPart(event)
	if first == "" {
		return rest
	}
	name := strings.Join(naming.Of(first).Words(), "")
	if !token.IsIdentifier(name) || predeclared[name] || slices.Contains(unfit, name) {
		name += "events"
	}
	return codegen.Stem(name)
}

// firstPart is what stands before the first separator, or empty.
func firstPart(event string) string {
	first, _, found := strings.Cut(strings.Map(separated, event), " ")
	if !found {
		return ""
	}
	return first
}

// separated turns what separates the parts of events' names into spaces.
func separated(r rune) rune {
	if strings.ContainsRune(".:/_-", r) {
		return ' '
	}
	return r
}

// unfit are names of folders that the Go command gives a meaning.
var unfit = []string{"internal", "vendor", "testdata", "main", "test", "documentation"}

// reached are the units that events use.
func reached(events []*codegen.Event, shared []*codegen.Unit) []*codegen.Unit {
	used := map[*codegen.Unit]bool{}
	for _, e := range events {
		for _, t := range e.Reach {
			used[t.Unit] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(shared), func(u *codegen.Unit) bool { return !used[u] })
}
