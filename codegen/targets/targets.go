// Package targets is the table of code generators. Adding one is a package beside
// this one and a line here.
package targets

import (
	"fmt"
	"strings"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/codegen/avro"
	"github.com/evctl/evctl/codegen/dbt"
	"github.com/evctl/evctl/codegen/golang"
	"github.com/evctl/evctl/codegen/jsonschema"
	"github.com/evctl/evctl/codegen/markdown"
	"github.com/evctl/evctl/codegen/protobuf"
	"github.com/evctl/evctl/codegen/python"
	"github.com/evctl/evctl/codegen/sqlddl"
	"github.com/evctl/evctl/codegen/typescript"
	"github.com/evctl/evctl/contracts"
)

// All lists the targets in the order of the documentation.
var All = []codegen.Target{
	golang.Target{},
	typescript.Target{},
	protobuf.Target{},
	jsonschema.Target{},
	python.Target{},
	sqlddl.Target{},
	dbt.Target{},
	avro.Target{},
	markdown.Target{},
}

// Names lists the words for evctl.yaml.
func Names() []string {
	names := make([]string, len(All))
	for i, t := range All {
		names[i] = t.Name()
	}
	return names
}

// Find returns the target of that name. The error proposes a near one.
func Find(name string) (codegen.Target, error) {
	for _, t := range All {
		if t.Name() == name {
			return t, nil
		}
	}
	if near := contracts.Nearest(name, Names()); near != "" {
		return nil, fmt.Errorf("unknown target %q, did you mean %q?", name, near)
	}
	return nil, fmt.Errorf("unknown target %q, expected %s", name, strings.Join(Names(), ", "))
}
