package golang

import (
	"embed"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/contracts/formats"
)

// runtimeSource is what generated packages share.
//
//go:embed runtime/*.go
var runtimeSource embed.FS

// helperFiles says which file of a generated package holds the declarations of which
// source files: what is there for people, and what works behind it. They are the same in
// every package, so that two branches of a repository do not meet in them.
var helperFiles = []struct {
	name    string
	sources []string
	option  string // that has to be true
}{
	{"evctl_gen.go", []string{"values.go", "texts.go", "privacy.go"}, ""},
	{"evctl_track_gen.go", []string{"track.go", "sinks.go", "queue.go"}, "tracker"},
	{"evctl_runtime_gen.go", nil, ""}, // all others, those of contracts/formats too
}

// helper is one of these files, without its head.
type helper struct {
	name, option string
	imports      []string
	body         []byte
}

// helpers are all of them, made once.
var helpers = sync.OnceValue(func() []helper {
	list := append(declarationsOf(sources(runtimeSource, "runtime/*.go"), ""), declarationsOf(sources(formats.Source, "*.go"), "format")...)
	out := make([]helper, len(helperFiles))
	for i, f := range helperFiles {
		out[i] = helper{name: f.name, option: f.option}
		slices.SortStableFunc(list, func(a, b copied) int { return slices.Index(f.sources, a.source) - slices.Index(f.sources, b.source) })
		for _, d := range list {
			if fileOf(d.source) == f.name {
				out[i].imports = append(out[i].imports, d.imports...)
				out[i].body = append(append(append(out[i].body, '\n'), d.text...), '\n')
			}
		}
		out[i].body = formatted(out[i].body)
	}
	return out
})

// formatted is what gofmt makes of declarations: some stood side by side in their source,
// and were aligned.
func formatted(body []byte) []byte {
	const head = "package p\n"
	content, err := format.Source(append([]byte(head), body...))
	if err != nil {
		panic(err) // compiled with this program
	}
	return content[len(head):]
}

// fileOf is the generated file for a source file.
func fileOf(source string) string {
	for _, f := range helperFiles {
		if f.sources == nil || slices.Contains(f.sources, source) {
			return f.name
		}
	}
	return ""
}

// helperSources are the files for a package.
func (g *generator) helperSources() []codegen.File {
	var files []codegen.File
	for _, h := range helpers() {
		if h.option != "" && g.options[h.option] != "true" {
			continue
		}
		files = append(files, codegen.File{Path: h.name, Content: g.file(nil, h.imports, h.body)})
	}
	return files
}

// file appends a file: its head, and declarations, which start with an empty line.
func (g *generator) file(b []byte, imports []string, body []byte, doc ...string) []byte {
	b = slices.Grow(b, len(body)+512)
	b = fmt.Appendf(b, "// %s\n\n", codegen.Marker)
	for _, line := range doc {
		if line != "" && line[0] != '\t' {
			line = " " + line
		}
		b = append(b, "//"+line+"\n"...)
	}
	b = fmt.Appendf(b, "package %s\n", g.pkg)
	imports = slices.Compact(slices.Sorted(slices.Values(imports)))
	switch len(imports) {
	case 0:
	case 1:
		b = fmt.Appendf(b, "\nimport %q\n", imports[0])
	default:
		b = append(b, "\nimport (\n"...)
		for _, path := range imports {
			b = fmt.Appendf(b, "\t%q\n", path)
		}
		b = append(b, ")\n"...)
	}
	return append(b, body...)
}

// helperNames are the exported names of the helpers, which no type may have.
var helperNames = sync.OnceValue(func() []string {
	var names []string
	for _, s := range sources(runtimeSource, "runtime/*.go") {
		for _, decl := range s.file.Decls {
			for _, name := range declaredNames(decl) {
				if token.IsExported(name) {
					names = append(names, name)
				}
			}
		}
	}
	return append(names, "ParseEvent")
})

// sourceFile is a file that was parsed.
type sourceFile struct {
	name  string
	text  []byte
	file  *ast.File
	files *token.FileSet
}

func sources(fsys fs.FS, glob string) []sourceFile {
	paths, err := fs.Glob(fsys, glob)
	if err != nil {
		panic(err) // the pattern is a constant
	}
	var list []sourceFile
	for _, name := range paths {
		if strings.HasSuffix(name, "_test.go") || name == "formats.go" || name == "source.go" {
			continue
		}
		s := sourceFile{name: path.Base(name), files: token.NewFileSet()}
		if s.text, err = fs.ReadFile(fsys, name); err == nil {
			s.file, err = parser.ParseFile(s.files, s.name, s.text, parser.ParseComments)
		}
		if err != nil {
			panic(err) // embedded, and compiled with this program
		}
		list = append(list, s)
	}
	return list
}

// copied is a top-level declaration that is written into generated packages.
type copied struct {
	source  string // file
	text    string
	imports []string // paths
}

// declarationsOf takes files of one package apart. With a prefix, what is not called
// valid… gets it, so that two packages become one.
func declarationsOf(list []sourceFile, prefix string) []copied {
	renamed := map[string]string{}
	for _, s := range list {
		for _, decl := range s.file.Decls {
			for _, name := range declaredNames(decl) {
				if prefix != "" && !strings.HasPrefix(name, "valid") {
					renamed[name] = prefix + strings.ToUpper(name[:1]) + name[1:]
				}
			}
		}
	}
	var out []copied
	for _, s := range list {
		imports := map[string]string{}
		for _, spec := range s.file.Imports {
			name, _ := strconv.Unquote(spec.Path.Value)
			imports[path.Base(strings.TrimSuffix(name, "/v2"))] = name
		}
		for _, decl := range s.file.Decls {
			if d, ok := decl.(*ast.GenDecl); !ok || d.Tok != token.IMPORT {
				out = append(out, s.copy(decl, imports, renamed))
			}
		}
	}
	return out
}

// declaredNames are the names that a declaration adds to its package.
func declaredNames(decl ast.Decl) []string {
	var names []string
	switch d := decl.(type) {
	case *ast.FuncDecl:
		if d.Recv == nil {
			names = append(names, d.Name.Name)
		}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch s := spec.(type) {
			case *ast.TypeSpec:
				names = append(names, s.Name.Name)
			case *ast.ValueSpec:
				for _, name := range s.Names {
					names = append(names, name.Name)
				}
			}
		}
	}
	return names
}

// copy is a declaration with its documentation and with other names for those of its
// package.
func (s *sourceFile) copy(decl ast.Decl, imports, renamed map[string]string) copied {
	c := copied{source: s.name}
	var b strings.Builder
	at := s.files.Position(startOf(decl)).Offset
	ast.Inspect(decl, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			if x, ok := n.X.(*ast.Ident); ok && x.Obj == nil && imports[x.Name] != "" {
				c.imports = append(c.imports, imports[x.Name])
				return false
			}
		case *ast.Ident:
			if name := renamed[n.Name]; name != "" && !local(n, decl) {
				offset := s.files.Position(n.Pos()).Offset
				b.Write(s.text[at:offset])
				b.WriteString(name)
				at = offset + len(n.Name)
			}
		}
		return true
	})
	b.Write(s.text[at:s.files.Position(decl.End()).Offset])
	c.text = b.String()
	return c
}

// startOf is where a declaration starts, with its documentation.
func startOf(decl ast.Decl) token.Pos {
	var doc *ast.CommentGroup
	switch d := decl.(type) {
	case *ast.FuncDecl:
		doc = d.Doc
	case *ast.GenDecl:
		doc = d.Doc
	}
	if doc != nil {
		return doc.Pos()
	}
	return decl.Pos()
}

// local reports whether a name is that of a parameter or a variable within decl.
func local(n *ast.Ident, decl ast.Decl) bool {
	if n.Obj == nil || n.Obj.Pos() < decl.Pos() || n.Obj.Pos() >= decl.End() {
		return false
	}
	if d, ok := decl.(*ast.GenDecl); ok {
		spec, ok := n.Obj.Decl.(ast.Spec)
		return !ok || !slices.Contains(d.Specs, spec)
	}
	return n.Obj.Decl != decl
}
