package subschema

import (
	"embed"
	"fmt"
	"net/url"
	"strings"
)

// want is a document that a reference leads to, from a schema of a draft.
type want struct {
	uri   string
	draft draft
}

// further is a document that was found for a reference.
type further struct {
	uri     string
	root    *resource
	builtIn bool
}

// metaSchemas are the drafts' own schemas, without what is no constraint.
//
//go:embed metaschema/*.json
var metaSchemas embed.FS

// metaSchema is the text of the meta-schema with a URI.
func metaSchema(uri string) ([]byte, bool) {
	for d, name := range draftURLs {
		if strings.TrimSuffix(name, "#") == uri {
			text, err := metaSchemas.ReadFile(fmt.Sprintf("metaschema/%d.json", d))
			return text, err == nil
		}
	}
	return nil, false
}

// want notes where the references of a schema lead.
func (s *Schema) want(m map[string]any, in *resource) {
	for _, keyword := range []string{"$ref", "$dynamicRef", "$recursiveRef"} {
		ref, ok := m[keyword].(string)
		if !ok || strings.HasPrefix(ref, "#") {
			continue
		}
		if u, err := url.Parse(ref); err == nil {
			u = in.uri.ResolveReference(u)
			u.Fragment, u.RawFragment = "", ""
			s.wanted = append(s.wanted, want{u.String(), in.draft})
		}
	}
}

// fetch adds the documents that references lead to, and those that these lead to.
func (s *Schema) fetch(documents map[string][]byte) error {
	for len(s.wanted) > 0 {
		w := s.wanted[0]
		s.wanted = s.wanted[1:]
		if s.resources[w.uri] != nil {
			continue
		}
		text, ok := documents[w.uri]
		builtIn := false
		if !ok {
			text, builtIn = metaSchema(w.uri)
		}
		s.external = s.external || !builtIn
		if !ok && !builtIn {
			continue
		}
		u, err := url.Parse(w.uri)
		if err != nil {
			return err
		}
		root, err := readSchema(text)
		if err != nil {
			return fmt.Errorf("%s: %w", w.uri, err)
		}
		r := &resource{uri: u, root: root, draft: w.draft}
		s.resources[w.uri] = r
		s.further = append(s.further, further{w.uri, r, builtIn})
		if err := s.index(root, r); err != nil {
			return fmt.Errorf("%s: %w", w.uri, err)
		}
	}
	return nil
}
