package importer

import (
	"slices"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/document"
)

// bundler writes the original for an independent validator: one self-contained
// document of its draft, with references to other documents turned inwards, formats
// that nobody asserts and identifiers left out.
type bundler struct {
	catalogue *catalogue
	root      *Resource
	others    []*Resource
	asserts   func(format string) bool
}

// bundleKey holds the other documents. No draft knows it.
const bundleKey = "x-evctl-bundle"

// bundle is the document as JSON.
func bundle(c *catalogue, root *Resource, asserts func(string) bool) []byte {
	b := &bundler{catalogue: c, root: root, asserts: asserts}
	doc := b.schema(c.root(root))
	doc.Entries = slices.DeleteFunc(doc.Entries, func(e document.Entry) bool { return e.Key == "$schema" })
	doc.Entries = append([]document.Entry{{Key: "$schema", Value: text(root.draft.metaschema())}}, doc.Entries...)
	others := &document.Node{Kind: document.Mapping}
	for i := 0; i < len(b.others); i++ { // grows as documents refer to further ones
		others.Entries = append(others.Entries, document.Entry{Key: b.others[i].Path, Value: b.schema(c.root(b.others[i]))})
	}
	if len(others.Entries) > 0 {
		doc.Entries = append(doc.Entries, document.Entry{Key: bundleKey, Value: others})
	}
	return doc.AppendJSON(nil)
}

func text(s string) *document.Node { return &document.Node{Quoted: true, Text: s} }

// schema copies a schema and rewrites what has to be.
func (b *bundler) schema(p place) *document.Node {
	if p.node.Kind != document.Mapping {
		return p.node
	}
	out := &document.Node{Kind: document.Mapping, Entries: make([]document.Entry, 0, len(p.node.Entries))}
	for _, e := range p.node.Entries {
		switch how := containers[e.Key]; {
		case e.Key == "$id" || e.Key == "id" || e.Key == "$anchor" || e.Key == "$dynamicAnchor" || e.Key == "$schema",
			e.Key == "format" && !b.asserts(e.Value.Text):
			continue
		case e.Key == "$ref":
			e.Value = b.reference(p, e.Value)
		case how != "":
			e.Value = b.container(p, e, how)
		case e.Key == "enum" && e.Value.Kind == document.Sequence:
			e.Value = withoutTwins(e.Value)
		}
		out.Entries = append(out.Entries, e)
	}
	return out
}

// withoutTwins leaves out values that an enum lists again, to which metaschemas object.
func withoutTwins(n *document.Node) *document.Node {
	out := &document.Node{Kind: document.Sequence}
	seen := valueSet{}
	for _, item := range n.Items {
		v := contracts.Value{JSON: item.JSON()}
		if !seen.has(v) {
			seen.add(v)
			out.Items = append(out.Items, item)
		}
	}
	return out
}

func (b *bundler) container(p place, e document.Entry, how string) *document.Node {
	pointer := "/" + escape(e.Key)
	switch {
	case how == "map" && e.Value.Kind == document.Mapping:
		out := &document.Node{Kind: document.Mapping}
		for _, m := range e.Value.Entries {
			m.Value = b.schema(p.child(pointer+"/"+escape(m.Key), m.Value))
			out.Entries = append(out.Entries, m)
		}
		return out
	case e.Value.Kind == document.Sequence:
		out := &document.Node{Kind: document.Sequence}
		for _, item := range e.Value.Items {
			out.Items = append(out.Items, b.schema(p.child(pointer, item)))
		}
		return out
	}
	return b.schema(p.child(pointer, e.Value))
}

func (b *bundler) reference(p place, n *document.Node) *document.Node {
	to, reason := b.catalogue.find(p, n.Text)
	if reason != "" {
		return n
	}
	if to.resource == b.root {
		return text("#" + fragment(to.pointer))
	}
	if !slices.Contains(b.others, to.resource) {
		b.others = append(b.others, to.resource)
	}
	return text("#" + fragment("/"+bundleKey+"/"+escape(to.resource.Path)+to.pointer))
}
