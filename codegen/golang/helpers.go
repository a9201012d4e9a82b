package golang

import (
	"bytes"
	"cmp"
	"embed"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
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
//go:embed runtime/values.go runtime/texts.go runtime/read.go runtime/write.go runtime/check.go runtime/decimal.go runtime/schema.go runtime/privacy.go runtime/track.go
var runtimeSource embed.FS

// helperFiles says which file of a generated package holds the declarations of which
// source files: what is there for people, and what works behind it.
var helperFiles = []struct {
	name    string
	sources []string
}{
	{"evctl_gen.go", []string{"values.go", "texts.go", "privacy.go"}},
	{"evctl_track_gen.go", []string{"track.go"}},
	{"evctl_runtime_gen.go", nil}, // all others, those of contracts/formats too
}

// helper is a top-level declaration of the runtime or of contracts/formats.
type helper struct {
	source   string // file
	names    []string
	receiver string // of a method: the type
	public   bool   // an exported method, or an exported function that makes something
	makes    []string
	text     string
	uses     []string // names outside of itself
	selects  []string // names behind a dot, methods among them
	imports  []string // paths
}

// helpers are all of them, read once.
var helpers = sync.OnceValue(func() []helper {
	return append(parseHelpers(sources(runtimeSource, "runtime/*.go"), ""), parseHelpers(sources(formats.Source, "*.go"), "format")...)
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

// parseHelpers takes files of one package apart. With a prefix, what is not called valid…
// gets it, so that two packages become one.
func parseHelpers(list []sourceFile, prefix string) []helper {
	renamed := map[string]string{}
	if prefix != "" {
		for _, s := range list {
			for _, decl := range s.file.Decls {
				for _, name := range newHelper(s.name, decl).names {
					if !strings.HasPrefix(name, "valid") {
						renamed[name] = prefix + strings.ToUpper(name[:1]) + name[1:]
					}
				}
			}
		}
	}
	var helpers []helper
	for _, s := range list {
		helpers = append(helpers, s.helpers(renamed)...)
	}
	return helpers
}

func (s *sourceFile) helpers(renamed map[string]string) []helper {
	imports := map[string]string{}
	for _, spec := range s.file.Imports {
		name, _ := strconv.Unquote(spec.Path.Value)
		imports[path.Base(name)] = name
	}
	var list []helper
	for _, decl := range s.file.Decls {
		h := newHelper(s.name, decl)
		if h.names == nil {
			continue
		}
		start := decl.Pos()
		if doc := docOf(decl); doc != nil {
			start = doc.Pos()
		}
		h.references(decl, imports)
		h.text = s.rename(decl, start, renamed)
		for _, names := range [][]string{h.names, h.uses, h.makes} {
			for i, name := range names {
				names[i] = cmp.Or(renamed[name], name)
			}
		}
		list = append(list, h)
	}
	return list
}

func docOf(decl ast.Decl) *ast.CommentGroup {
	switch d := decl.(type) {
	case *ast.FuncDecl:
		return d.Doc
	case *ast.GenDecl:
		return d.Doc
	}
	return nil
}

// rename is the text of a declaration with other names for those of the package.
func (s *sourceFile) rename(decl ast.Decl, start token.Pos, renamed map[string]string) string {
	var b strings.Builder
	at := s.files.Position(start).Offset
	ast.Inspect(decl, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			// What stands behind the dot is no name of the package.
			if x, ok := n.X.(*ast.Ident); ok && renamed[x.Name] == "" {
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
	return b.String()
}

// local reports whether a name is that of a parameter or variable within decl.
func local(n *ast.Ident, decl ast.Decl) bool {
	if n.Obj == nil || n.Obj.Pos() < decl.Pos() || n.Obj.Pos() >= decl.End() {
		return false
	}
	if d, ok := decl.(*ast.FuncDecl); ok {
		return n.Pos() != d.Name.Pos() && n.Obj.Decl != ast.Node(d)
	}
	switch d := n.Obj.Decl.(type) {
	case *ast.ValueSpec:
		return !slices.Contains(decl.(*ast.GenDecl).Specs, ast.Spec(d))
	case *ast.TypeSpec:
		return !slices.Contains(decl.(*ast.GenDecl).Specs, ast.Spec(d))
	}
	return true
}

// newHelper is a declaration with its names; imports have none.
func newHelper(source string, decl ast.Decl) helper {
	h := helper{source: source}
	switch d := decl.(type) {
	case *ast.FuncDecl:
		h.function(d)
	case *ast.GenDecl:
		if d.Tok != token.IMPORT {
			h.declared(d)
		}
	}
	return h
}

func (h *helper) function(d *ast.FuncDecl) {
	h.names = []string{d.Name.Name}
	if d.Recv != nil {
		h.receiver = typeName(d.Recv.List[0].Type)
		h.public = d.Name.IsExported()
		return
	}
	if d.Name.IsExported() && d.Type.Results != nil {
		for _, result := range d.Type.Results.List {
			h.makes = append(h.makes, typeName(result.Type))
		}
	}
}

func (h *helper) declared(d *ast.GenDecl) {
	for _, spec := range d.Specs {
		switch s := spec.(type) {
		case *ast.TypeSpec:
			h.names = append(h.names, s.Name.Name)
		case *ast.ValueSpec:
			for _, name := range s.Names {
				h.names = append(h.names, name.Name)
			}
		}
	}
}

// typeName is the name in *T, T[X] and T.
func typeName(x ast.Expr) string {
	switch x := x.(type) {
	case *ast.StarExpr:
		return typeName(x.X)
	case *ast.IndexExpr:
		return typeName(x.X)
	case *ast.Ident:
		return x.Name
	}
	return ""
}

// references notes what a declaration needs. Names of its own parameters and variables
// do not count.
func (h *helper) references(decl ast.Decl, imports map[string]string) {
	ast.Inspect(decl, func(n ast.Node) bool { return h.reference(n, decl, imports) })
}

func (h *helper) reference(n ast.Node, decl ast.Decl, imports map[string]string) bool {
	switch n := n.(type) {
	case *ast.SelectorExpr:
		h.selects = append(h.selects, n.Sel.Name)
		if x, ok := n.X.(*ast.Ident); ok && x.Obj == nil && imports[x.Name] != "" {
			h.imports = append(h.imports, imports[x.Name])
			return false
		}
		ast.Inspect(n.X, func(n ast.Node) bool { return h.reference(n, decl, imports) })
		return false
	case *ast.Ident:
		if local(n, decl) {
			return true
		}
		h.uses = append(h.uses, n.Name)
	}
	return true
}

// helperNames are the exported names of the runtime, which no type may have.
var helperNames = sync.OnceValue(func() []string {
	var names []string
	for _, h := range helpers() {
		for _, name := range h.names {
			if h.receiver == "" && token.IsExported(name) {
				names = append(names, name)
			}
		}
	}
	return names
})

// words are the identifiers of generated code that a helper may be meant by.
type words map[string]bool

// known are the words that helpers are called by.
var known = sync.OnceValue(func() words {
	set := words{}
	for _, h := range helpers() {
		for _, name := range h.names {
			set[name] = true
		}
	}
	return set
})

// scan adds the words of generated code that are names of helpers.
func (w words) scan(source []byte) {
	known := known()
	for i := 0; i < len(source); {
		if !isWord(source[i]) {
			i++
			continue
		}
		start := i
		for i < len(source) && isWord(source[i]) {
			i++
		}
		if known[string(source[start:i])] {
			w[string(source[start:i])] = true
		}
	}
}

func isWord(c byte) bool {
	return c == '_' || '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z'
}

// needed chooses the helpers that used names lead to.
func needed(used words) []bool {
	list := helpers()
	keep := make([]bool, len(list))
	names := maps.Clone(used)
	kept := words{}
	for again := true; again; {
		again = false
		for i := range list {
			if keep[i] || !list[i].needed(names, kept) {
				continue
			}
			keep[i], again = true, true
			for _, name := range list[i].uses {
				names[name] = true
			}
			for _, name := range list[i].selects {
				names["."+name] = true
			}
			if list[i].receiver == "" {
				for _, name := range list[i].names {
					kept[name] = true
				}
			}
		}
	}
	return keep
}

// needed reports whether used names, or types that are kept, lead to a helper.
func (h *helper) needed(names, kept words) bool {
	if h.receiver != "" {
		return kept[h.receiver] && (h.public || names["."+h.names[0]] || names[h.names[0]])
	}
	return slices.ContainsFunc(h.names, func(name string) bool { return names[name] }) ||
		slices.ContainsFunc(h.makes, func(name string) bool { return kept[name] })
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

// helperSources are the files with what a package needs of the helpers.
func (g *generator) helperSources(used words) ([]codegen.File, error) {
	keep := needed(used)
	var files []codegen.File
	for _, f := range helperFiles {
		var imports []string
		var body bytes.Buffer
		for i, h := range helpers() {
			if keep[i] && fileOf(h.source) == f.name {
				imports = append(imports, h.imports...)
				fmt.Fprintf(&body, "\n%s\n", h.text)
			}
		}
		if body.Len() == 0 {
			continue
		}
		// Declarations that stood side by side were aligned.
		content, err := format.Source(g.file(imports, body.Bytes()))
		if err != nil {
			return nil, fmt.Errorf("format %s: %w", f.name, err)
		}
		files = append(files, codegen.File{Path: f.name, Content: content})
	}
	return files, nil
}

// file puts the head of a file in front of declarations, which start with an empty line.
func (g *generator) file(imports []string, body []byte) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "// %s\n\npackage %s\n", codegen.Marker, g.options["package"])
	slices.Sort(imports)
	imports = slices.Compact(imports)
	switch len(imports) {
	case 0:
	case 1:
		fmt.Fprintf(&b, "\nimport %q\n", imports[0])
	default:
		b.WriteString("\nimport (\n")
		for _, path := range imports {
			fmt.Fprintf(&b, "\t%q\n", path)
		}
		b.WriteString(")\n")
	}
	b.Write(body)
	return b.Bytes()
}
