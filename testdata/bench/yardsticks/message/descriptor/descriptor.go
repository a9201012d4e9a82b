// Package descriptor compiles what evctl's protobuf target makes of the workload's
// contracts.
package descriptor

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/bufbuild/protocompile"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/codegen/protobuf"
	"github.com/evctl/evctl/contracts"
)

// GoPackage is the import path of the folder of the generated Go packages.
const GoPackage = "github.com/evctl/evctl/testdata/bench/yardsticks/message/gen"

// Of generates and compiles the .proto files of some events, one for each, in the
// order of their paths.
func Of(ctx context.Context, events []*contracts.Contract) ([]protoreflect.FileDescriptor, error) {
	options := codegen.Options{"package": "bench", "go_package": GoPackage}
	job := codegen.Job{Target: protobuf.Target{}, Out: "gen", Options: options}
	files, err := job.Files(codegen.NewModel(codegen.Source{Events: events}))
	if err != nil {
		return nil, err
	}
	var names []string
	texts := map[string]string{}
	for _, f := range files {
		if strings.HasSuffix(f.Path, ".proto") {
			names = append(names, f.Path)
			texts[f.Path] = string(f.Content)
		}
	}
	if len(names) != len(events) {
		return nil, errors.New("the protobuf target does not write one file for each event")
	}
	compiler := protocompile.Compiler{
		Resolver: protocompile.WithStandardImports(&protocompile.SourceResolver{Accessor: protocompile.SourceAccessorFromMap(texts)}),
	}
	compiled, err := compiler.Compile(ctx, names...)
	if err != nil {
		return nil, fmt.Errorf("compile: %w", err)
	}
	out := make([]protoreflect.FileDescriptor, len(compiled))
	for i, f := range compiled {
		out[i] = f
	}
	return out, nil
}
