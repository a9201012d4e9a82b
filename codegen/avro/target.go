package avro

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/contracts"
)

// Target writes Avro schemas.
type Target struct{}

// Name is the word in evctl.yaml.
func (Target) Name() string { return "avro" }

// Describe is the line of evctl generate --list.
func (Target) Describe() string {
	return "an Avro schema for each event, which reads what earlier versions of its major wrote"
}

// Names of options.
const (
	optionNamespace = "namespace"
	optionFormats   = "formats"
)

// logical is the value of optionFormats that makes numbers of times.
const logical = "logical"

// Options lists what evctl.yaml may set.
func (Target) Options() []codegen.Option {
	return []codegen.Option{
		{Name: optionNamespace, Default: "events", Describe: "namespace that the namespaces of the events are in"},
		{Name: optionFormats, Default: "string", Values: []string{"string", logical},
			Describe: "date-time, date and uuid as the string that was sent, or as timestamp-micros, date and uuid"},
	}
}

// Identify tells names what files are called, and records, fields and symbols within each.
func (Target) Identify(m *codegen.Model, options codegen.Options, names *codegen.Names) {
	paths(m, names)
	for _, e := range m.Events {
		_, _ = follow(treeOf(e, options[optionFormats] == logical), nil, names) // nothing was before
	}
}

// paths are the files of the events, without their ending. names learns of them; nil while
// schemas are printed.
func paths(m *codegen.Model, names *codegen.Names) map[*codegen.Event]string {
	all := make(map[*codegen.Event]string, len(m.Events))
	scope := names.Files()
	for _, e := range m.Events {
		all[e] = scope.Name(stem(e), e.Origin())
	}
	return all
}

// stem is the word for an event, of its file and its namespace.
func stem(e *codegen.Event) string { return codegen.Stem(e.Name.Snake()) }

var namespaces = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*$`)

// Generate writes one file for each event.
func (Target) Generate(m *codegen.Model, options codegen.Options, emit codegen.Emit) error {
	namespace := options[optionNamespace]
	if !namespaces.MatchString(namespace) {
		return fmt.Errorf("option %s is %q, expected words of letters, digits and underscores with dots between them, none of which starts with a digit", optionNamespace, namespace)
	}
	words := paths(m, nil)
	one := func(i int) error {
		e := m.Events[i]
		word, major := words[e], "v"+strconv.Itoa(e.Contract.Version.Major)
		s, err := schemaOf(m, e, options[optionFormats] == logical)
		if err != nil {
			return fmt.Errorf("event %q: %w", e.Contract.Name, err)
		}
		return emit(codegen.File{
			Path:    word + "_" + major + ".avsc",
			Content: print(s, namespace+"."+word+"."+major),
		})
	}
	return codegen.Parallel(len(m.Events), func() func(int) error { return one })
}

// schemaOf is the schema of an event after all versions of its major that were released
// before.
func schemaOf(m *codegen.Model, e *codegen.Event, logical bool) (*schema, error) {
	s, err := lineage(e, e.Released, m.Version, logical)
	if err != nil {
		return nil, err
	}
	if plain := m.Unrenamed(e.Contract); plain != nil && releasedUpTo(e) {
		before, err := lineage(plain, e.Released, m.Unrenamed, logical)
		if err != nil {
			return nil, err
		}
		word := ""
		if former := stem(plain); former != stem(e) {
			word = former
		}
		alias(s, before, word)
	}
	return s, nil
}

// lineage is the schema of an event that goes on from released versions of its major, named
// as a function names each of them.
func lineage(e *codegen.Event, released []*contracts.Contract, named func(*contracts.Contract) *codegen.Event, logical bool) (*schema, error) {
	var former *schema
	for _, c := range released {
		if c.Version.Major == e.Contract.Version.Major && c.Version.Compare(e.Contract.Version) < 0 {
			former, _ = follow(treeOf(named(c), logical), former, nil) // released is released
		}
	}
	return follow(treeOf(e, logical), former, nil)
}

// releasedUpTo reports whether a version of the major was released, this one included.
func releasedUpTo(e *codegen.Event) bool {
	return slices.ContainsFunc(e.Released, func(c *contracts.Contract) bool {
		return c.Version.Major == e.Contract.Version.Major && c.Version.Compare(e.Contract.Version) <= 0
	})
}

// treeOf is the schema of one version by itself. Names depend on that version alone, so
// that no other contract can change them.
func treeOf(e *codegen.Event, logical bool) *schema {
	b := &builder{logical: logical, records: map[recordKey]*schema{}, enums: map[*codegen.Type]*schema{}}
	return b.event(e)
}
