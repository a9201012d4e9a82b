package jsonschema

import (
	"path"
	"strings"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/contracts/schema"
)

// definitionsFolder is where files of shared definitions are, below the out folder.
const definitionsFolder = "definitions"

// shared are the files of shared definitions; empty when schemas are bundled.
type shared map[*contracts.Schema]string

// newShared names the files. names learns of them; nil while schemas are printed.
func newShared(m *codegen.Model, names *codegen.Names) shared {
	files := shared{}
	scope := names.Files()
	for _, u := range m.Shared {
		for _, t := range u.Types {
			if t.Definition != "" {
				files[t.Schema] = path.Join(definitionsFolder, scope.Name(codegen.Stem(u.Name.Snake()), codegen.Origin{Type: t})+ending)
			}
		}
	}
	return files
}

// definitions are those that get files, in the order of the model.
func (s shared) definitions(m *codegen.Model) []*codegen.Type {
	var list []*codegen.Type
	for _, u := range m.Shared {
		for _, t := range u.Types {
			if s[t.Schema] != "" {
				list = append(list, t)
			}
		}
	}
	return list
}

// library is the files that one schema refers to, by the name of the definition.
type library map[string]string

// reachedFrom is the library of a schema. A name means one definition there.
func (s shared) reachedFrom(schema *contracts.Schema) library {
	l := library{}
	if len(s) == 0 {
		return l
	}
	seen := map[*contracts.Schema]bool{}
	var reach func(*contracts.Schema)
	reach = func(schema *contracts.Schema) {
		contracts.EachSchema(schema, func(at *contracts.Schema) {
			if at.Target != nil && !seen[at.Target] {
				seen[at.Target] = true
				if file := s[at.Target]; file != "" {
					l[at.Ref] = file
				}
				reach(at.Target)
			}
		})
	}
	reach(schema)
	return l
}

// split takes the definitions of the library out of a projection and refers to their
// files instead, seen from the folder of the schema.
func (l library) split(projection []byte, from string) ([]byte, error) {
	if len(l) == 0 {
		return projection, nil
	}
	root, err := parse(projection)
	if err != nil {
		return nil, err
	}
	eachSchema(root, func(s *document.Node) {
		ref := s.Get("$ref")
		if ref == nil {
			return
		}
		if file := l[strings.TrimPrefix(ref.Text, "#/$defs/")]; file != "" {
			ref.Text = strings.TrimPrefix(file, from)
		}
	})
	l.remove(root)
	return root.AppendJSON(nil), nil
}

// remove takes the library's definitions out of $defs.
func (l library) remove(root *document.Node) {
	for i, e := range root.Entries {
		if e.Key != "$defs" {
			continue
		}
		var kept []document.Entry
		for _, d := range e.Value.Entries {
			if l[d.Key] == "" {
				kept = append(kept, d)
			}
		}
		if e.Value.Entries = kept; len(kept) == 0 {
			root.Entries = append(root.Entries[:i:i], root.Entries[i+1:]...)
		}
		return
	}
}

// definition is the file of a shared definition.
func (p *printer) definition(t *codegen.Type) (codegen.File, error) {
	file := p.own[t.Schema]
	projection, err := p.own.reachedFrom(t.Schema).split(schema.ProjectSchema(t.Schema, nil), definitionsFolder+"/")
	if err != nil {
		return codegen.File{}, err
	}
	content, err := p.render(projection, file)
	return codegen.File{Path: file, Content: content}, err
}
