package importer

import (
	"net/url"
	"path"
	"strconv"
	"strings"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/document"
)

func escape(token string) string { return contracts.EscapePointer(token) }

// Resource is a document that may be imported, or that others refer to.
type Resource struct {
	Path string // slash-separated, as reported
	Root *document.Node

	draft draft
}

// place is a schema within a resource.
type place struct {
	resource *Resource
	node     *document.Node
	pointer  string
	base     string // URI that references are resolved against
}

// key identifies a place.
func (p place) key() string { return p.resource.Path + "#" + p.pointer }

func (p place) child(pointer string, n *document.Node) place {
	return place{p.resource, n, p.pointer + pointer, p.base}.entered()
}

// entered takes the identifier of the schema into the base.
func (p place) entered() place {
	id := p.node.Get(p.resource.draft.idKeyword())
	if id == nil || id.Kind != document.Scalar || strings.HasPrefix(id.Text, "#") {
		return p
	}
	if p.resource.draft <= draft7 && p.node.Get("$ref") != nil {
		return p // beside $ref, everything else is ignored
	}
	if u, err := resolveURI(p.base, id.Text); err == nil {
		u.Fragment = ""
		p.base = u.String()
	}
	return p
}

func resolveURI(base, reference string) (*url.URL, error) {
	b, err := url.Parse(base)
	if err != nil {
		return nil, err
	}
	return b.Parse(reference)
}

// localBase is the base of resources whose identifier is relative. It is an address
// that nothing is ever loaded from.
const localBase = "evctl://import/"

// catalogue finds what references name, among the resources of one import.
type catalogue struct {
	resources []*Resource
	byID      map[string][]place
	byPath    map[string]*Resource
}

func newCatalogue(resources []*Resource) *catalogue {
	c := &catalogue{resources: resources, byID: map[string][]place{}, byPath: map[string]*Resource{}}
	for _, r := range resources {
		c.byPath[r.Path] = r
		c.index(c.root(r), 0)
	}
	return c
}

// root is the whole document.
func (c *catalogue) root(r *Resource) place {
	return place{resource: r, node: r.Root, base: localBase}.entered()
}

func (c *catalogue) index(p place, depth int) {
	if p.node.Kind != document.Mapping || depth > document.MaxDepth {
		return
	}
	if id := p.node.Get(p.resource.draft.idKeyword()); id != nil && id.Kind == document.Scalar {
		if u, err := resolveURI(p.base, id.Text); err == nil {
			c.name(strings.TrimSuffix(u.String(), "#"), p)
		}
	}
	for _, keyword := range []string{"$anchor", "$dynamicAnchor"} {
		if anchor := p.node.Get(keyword); anchor != nil && p.resource.draft >= draft2019 {
			c.name(p.base+"#"+anchor.Text, p)
		}
	}
	for _, ch := range children(p.node) {
		c.index(p.child(ch.pointer, ch.node), depth+1)
	}
}

// references lists the resources that a schema refers to.
func (c *catalogue) references(p place, depth int) []*Resource {
	if p.node.Kind != document.Mapping || depth > document.MaxDepth {
		return nil
	}
	var list []*Resource
	if ref := p.node.Get("$ref"); ref != nil && ref.Kind == document.Scalar {
		if to, reason := c.find(p, ref.Text); reason == "" {
			list = append(list, to.resource)
		}
	}
	for _, ch := range children(p.node) {
		list = append(list, c.references(p.child(ch.pointer, ch.node), depth+1)...)
	}
	return list
}

// name records an address. The same text under one address is one schema.
func (c *catalogue) name(uri string, p place) {
	for _, q := range c.byID[uri] {
		if q.node == p.node || q.node.JSON() == p.node.JSON() {
			return
		}
	}
	c.byID[uri] = append(c.byID[uri], p)
}

// find looks up a reference that stands at from. The reason says why there is nothing.
func (c *catalogue) find(from place, reference string) (to place, reason string) {
	u, err := resolveURI(from.base, reference)
	if err != nil {
		return place{}, "is not a URI"
	}
	fragment := u.Fragment
	if fragment != "" && !strings.HasPrefix(fragment, "/") {
		return c.unique(u.String())
	}
	u.Fragment = ""
	document, reason := c.document(from, u.String(), reference)
	if reason != "" {
		return place{}, reason
	}
	return document.descend(fragment)
}

func (c *catalogue) unique(uri string) (place, string) {
	switch found := c.byID[uri]; len(found) {
	case 0:
		return place{}, "is not among the imported files"
	case 1:
		return found[0], ""
	}
	return place{}, "is the identifier of several different schemas"
}

// document finds a whole document: the one that refers, one with that identifier, or
// the file with that path.
func (c *catalogue) document(from place, uri, reference string) (place, string) {
	if root := c.root(from.resource); uri == root.base || strings.HasPrefix(reference, "#") && uri == from.base && c.byID[uri] == nil {
		return root, ""
	}
	if len(c.byID[uri]) > 0 {
		if strings.HasPrefix(reference, "#") {
			for _, p := range c.byID[uri] {
				if p.resource == from.resource && strings.HasPrefix(from.pointer, p.pointer) {
					return p, ""
				}
			}
		}
		return c.unique(uri)
	}
	file, _, _ := strings.Cut(reference, "#")
	for _, p := range []string{path.Join(path.Dir(from.resource.Path), file), strings.TrimPrefix(uri, localBase)} {
		if r := c.byPath[p]; r != nil {
			return c.root(r), ""
		}
	}
	return place{}, "is not among the imported files"
}

// descend follows a JSON pointer.
func (p place) descend(pointer string) (place, string) {
	if pointer == "" {
		return p, ""
	}
	for _, token := range strings.Split(pointer[1:], "/") {
		token = strings.NewReplacer("~1", "/", "~0", "~").Replace(token)
		var next *document.Node
		if p.node.Kind == document.Sequence {
			if i, err := strconv.Atoi(token); err == nil && i >= 0 && i < len(p.node.Items) {
				next = p.node.Items[i]
			}
		} else {
			next = p.node.Get(token)
		}
		if next == nil {
			return place{}, "points to nothing"
		}
		p = p.child("/"+escape(token), next)
	}
	return p, ""
}

// fragment makes a JSON pointer part of a URI.
func fragment(pointer string) string { return (&url.URL{Path: pointer}).EscapedPath() }
