package protobuf

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"buf.build/gen/go/bufbuild/protovalidate/protocolbuffers/go/buf/validate"
	"github.com/bufbuild/protocompile"
	"github.com/bufbuild/protocompile/linker"
	"github.com/bufbuild/protocompile/reporter"

	"github.com/evctl/evctl/codegen"
)

// batch is how many files are compiled at once. What a batch was compiled to is
// dropped before the next one, so that memory does not grow with their number.
const batch = 64

// compile checks files with the compiler. Imports of well-known types come with
// it; nothing is read from disk.
func compile(files []codegen.File) error {
	var problems []string
	for part := range slices.Chunk(files, batch) {
		_, found, err := compileBatch(part)
		if err != nil {
			return err
		}
		problems = append(problems, found...)
	}
	if len(problems) > 0 {
		return fmt.Errorf("generated protobuf does not compile: %s", strings.Join(problems, "; "))
	}
	return nil
}

// compileBatch compiles files that do not import each other. problems are in the
// form "path:line:column: message", ordered by place.
func compileBatch(files []codegen.File) (compiled linker.Files, problems []string, err error) {
	contents := make(map[string][]byte, len(files))
	paths := make([]string, len(files))
	for i, f := range files {
		contents[f.Path], paths[i] = f.Content, f.Path
	}
	var found []reporter.ErrorWithPos
	compiler := protocompile.Compiler{
		Resolver: protocompile.WithStandardImports(protocompile.ResolverFunc(func(path string) (protocompile.SearchResult, error) {
			if content, ok := contents[path]; ok {
				return protocompile.SearchResult{Source: bytes.NewReader(content)}, nil
			}
			if path == validateFile {
				return protocompile.SearchResult{Desc: validate.File_buf_validate_validate_proto}, nil
			}
			return protocompile.SearchResult{}, fmt.Errorf("%s is not generated", path)
		})),
		Reporter: reporter.NewReporter(func(e reporter.ErrorWithPos) error {
			found = append(found, e)
			return nil // go on and collect all of them
		}, nil),
	}
	compiled, err = compiler.Compile(context.Background(), paths...)
	if err != nil && !errors.Is(err, reporter.ErrInvalidSource) {
		return nil, nil, fmt.Errorf("compile generated protobuf: %w", err)
	}
	return compiled, problemsOf(found), nil
}

func problemsOf(found []reporter.ErrorWithPos) []string {
	slices.SortStableFunc(found, func(a, b reporter.ErrorWithPos) int {
		p, q := a.GetPosition(), b.GetPosition()
		if c := strings.Compare(p.Filename, q.Filename); c != 0 {
			return c
		}
		return p.Offset - q.Offset
	})
	var problems []string
	for _, e := range found {
		at := e.GetPosition()
		problems = append(problems, fmt.Sprintf("%s:%d:%d: %v", at.Filename, at.Line, at.Col, e.Unwrap()))
	}
	return problems
}
