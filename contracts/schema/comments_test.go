package schema

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"strings"
	"testing"

	"github.com/evctl/evctl/contracts/golden"
)

// structFiles declare the structs whose comments become descriptions, by package.
var structFiles = map[string]string{
	"workspace": "../workspace/config.go",
	"envelope":  "../envelope/config.go",
	"waivers":   "../waivers/waiver.go",
	"schema":    "language.go",
}

// TestComments_AreThoseOfTheSource writes comments.json when goldens are updated.
func TestComments_AreThoseOfTheSource(t *testing.T) {
	comments := map[string]string{}
	for name, file := range structFiles {
		collectComments(t, comments, name, file)
	}
	text, err := json.MarshalIndent(comments, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	golden.Check(t, "comments.json", append(text, '\n'))
}

func collectComments(t *testing.T, comments map[string]string, name, file string) {
	source, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	for _, decl := range source.Decls {
		types, ok := decl.(*ast.GenDecl)
		if !ok || types.Tok != token.TYPE {
			continue
		}
		for _, spec := range types.Specs {
			spec := spec.(*ast.TypeSpec)
			fields, ok := spec.Type.(*ast.StructType)
			if !ok {
				continue
			}
			for _, field := range fields.Fields.List {
				for _, id := range field.Names {
					if text := oneLine(field.Doc.Text()); text != "" {
						comments[name+"."+spec.Name.Name+"."+id.Name] = text
					}
				}
			}
		}
	}
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
