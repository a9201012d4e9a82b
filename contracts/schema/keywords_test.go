package schema_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"testing"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/schema"
)

// parserKeywords reads the keys of the parser's table of schema keywords.
func parserKeywords(t *testing.T) []string {
	source, err := parser.ParseFile(token.NewFileSet(), "../keywords.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
	ast.Inspect(source, func(n ast.Node) bool {
		assignment, ok := n.(*ast.AssignStmt)
		if !ok || len(assignment.Lhs) != 1 {
			return true
		}
		name, ok := assignment.Lhs[0].(*ast.Ident)
		table, isLiteral := assignment.Rhs[0].(*ast.CompositeLit)
		if !ok || name.Name != "schemaKeywords" || !isLiteral {
			return true
		}
		for _, element := range table.Elts {
			key, err := strconv.Unquote(element.(*ast.KeyValueExpr).Key.(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			keys = append(keys, key)
		}
		return false
	})
	if len(keys) < 40 {
		t.Fatalf("found %d keywords in the parser's table, expected more", len(keys))
	}
	return keys
}

func TestContractSchema_HasTheKeywordsOfTheParser(t *testing.T) {
	var document struct {
		Defs map[string]struct {
			Properties map[string]any
		} `json:"$defs"`
	}
	if err := json.Unmarshal(schema.ContractSchema(), &document); err != nil {
		t.Fatal(err)
	}
	keywords := parserKeywords(t)
	for _, keyword := range keywords {
		if _, ok := document.Defs["schema"].Properties[keyword]; !ok {
			t.Errorf("schema does not know %s", keyword)
		}
		if _, ok := document.Defs["definition"].Properties[keyword]; !ok && keyword != "name" {
			t.Errorf("schema of definitions does not know %s", keyword)
		}
	}
	for keyword := range document.Defs["schema"].Properties {
		if !slices.Contains(keywords, keyword) {
			t.Errorf("the parser does not know %s", keyword)
		}
	}
	if got := document.Defs["event"].Properties; got[string(contracts.Event)] == nil || got["enum"] != nil {
		t.Errorf("events have keys %v", got)
	}
}
