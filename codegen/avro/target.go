package avro

import (
	"fmt"
	"regexp"
	"runtime"
	"strconv"

	"golang.org/x/sync/errgroup"

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

var namespaces = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*$`)

// Generate writes one file for each event.
func (Target) Generate(m *codegen.Model, options codegen.Options) ([]codegen.File, error) {
	namespace := options[optionNamespace]
	if !namespaces.MatchString(namespace) {
		return nil, fmt.Errorf("option %s is %q, expected words of letters, digits and underscores with dots between them", optionNamespace, namespace)
	}
	files := make([]codegen.File, len(m.Events))
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, e := range m.Events {
		group.Go(func() error {
			word, major := codegen.Stem(e.Name.Snake()), "v"+strconv.Itoa(e.Contract.Version.Major)
			files[i] = codegen.File{
				Path:    word + "_" + major + ".avsc",
				Content: print(schemaOf(e, options[optionFormats] == logical), namespace+"."+word+"."+major),
			}
			return nil
		})
	}
	return files, group.Wait()
}

// schemaOf is the schema of an event after all versions of its major that were released
// before.
func schemaOf(e *codegen.Event, logical bool) *schema {
	var former *schema
	for _, c := range e.Released {
		if c.Version.Major == e.Contract.Version.Major && c.Version.Compare(e.Contract.Version) < 0 {
			former = follow(treeOf(c, logical), former)
		}
	}
	return follow(treeOf(e.Contract, logical), former)
}

// treeOf is the schema of one version by itself. Names depend on that version alone, so
// that no other contract can change them.
func treeOf(c *contracts.Contract, logical bool) *schema {
	e := codegen.NewModel(codegen.Source{Events: []*contracts.Contract{c}}).Events[0]
	b := &builder{logical: logical, records: map[recordKey]*schema{}, enums: map[*codegen.Type]*schema{}, within: map[*codegen.Type]bool{}}
	return b.event(e)
}
