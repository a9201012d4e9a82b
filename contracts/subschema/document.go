package subschema

import (
	"errors"
	"fmt"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"sync"

	"github.com/evctl/evctl/contracts/schema"
)

// Schema is a JSON Schema document whose identifiers and anchors are known. It may be
// used from several goroutines.
type Schema struct {
	text      []byte
	root      any
	resources map[string]*resource // by URI without fragment
	owners    map[uintptr]*resource
	formats   bool
	wanted    []want
	further   []further
	external  bool // what the document means depends on others, which may be missing

	once     sync.Once
	compiled *schema.Reference
	failure  error
}

// resource is a schema with a URI of its own: a document, or a part of it with $id.
type resource struct {
	uri            *url.URL
	root           any
	draft          draft
	unknown        string         // the meta-schema it names, when that is none we know
	anchors        map[string]any // by name
	dynamicAnchors map[string]any // those of them that are dynamic
	recursive      bool           // $recursiveAnchor of draft 2019-09
	ambiguous      bool           // another schema has the same URI
}

// defaultURI is the base of documents without $id.
const defaultURI = "https://evctl.invalid/schema.json"

// Parse reads a JSON Schema document of draft 4, 6, 7, 2019-09 or 2020-12, which is
// what it is without $schema. References may lead anywhere within the document.
// Formats are annotations; ParseAsserted makes them constraints.
// Without $schema, a document whose form only older drafts allow is of the newest of those.
func Parse(text []byte) (*Schema, error) { return ParseWith(text, ParseOptions{}) }

// ParseAsserted is Parse for a document whose formats are constraints, decided by
// contracts/formats. The projection of a contract is such a document.
func ParseAsserted(text []byte) (*Schema, error) {
	return ParseWith(text, ParseOptions{AssertFormats: true})
}

// ParseOptions say how a document is read.
type ParseOptions struct {
	// AssertFormats makes formats constraints.
	AssertFormats bool
	// Documents are further JSON Schemas that references may lead to, by absolute URI
	// without fragment; Location is the URI of one without $id. The meta-schemas of the
	// drafts are always there.
	Documents map[string][]byte
}

// Location is the URI of a document without an identifier that stands under a slash-separated
// path; the document that is parsed itself stands beside the path "schema.json".
func Location(path string) string {
	base, err := url.Parse(defaultURI)
	if err != nil {
		return path
	}
	return base.ResolveReference(&url.URL{Path: path}).String()
}

// Identifiers are the URIs under which the Documents of ParseOptions should hold a text that
// stands under a slash-separated path: that of its place, and its $id.
func Identifiers(text []byte, path string) ([]string, error) {
	s, err := Parse(text)
	if err != nil {
		return nil, err
	}
	uris := []string{Location(path)}
	if id := s.owner(s.root, s.resources[defaultURI]).uri; id.String() != defaultURI {
		uris = append(uris, id.String())
	}
	return uris, nil
}

// ParseWith is Parse with options.
func ParseWith(text []byte, opt ParseOptions) (*Schema, error) {
	root, err := readSchema(text)
	if err != nil {
		return nil, fmt.Errorf("read JSON Schema: %w", err)
	}
	s := &Schema{text: text, root: root, formats: opt.AssertFormats, resources: map[string]*resource{}, owners: map[uintptr]*resource{}}
	base, err := url.Parse(defaultURI)
	if err != nil {
		return nil, err
	}
	first := &resource{uri: base, root: root, draft: draftByForm(root)}
	s.resources[base.String()] = first
	if err := s.index(root, first); err != nil {
		return nil, fmt.Errorf("read JSON Schema: %w", err)
	}
	if err := s.fetch(opt.Documents); err != nil {
		return nil, fmt.Errorf("read JSON Schema: %w", err)
	}
	return s, nil
}

func readSchema(text []byte) (any, error) {
	root, err := readValue(text)
	if err != nil {
		return nil, err
	}
	switch root.(type) {
	case bool, map[string]any:
		return root, nil
	}
	return nil, errors.New("a schema is an object, true or false")
}

// identity tells objects of one document apart.
func identity(m map[string]any) uintptr { return reflect.ValueOf(m).Pointer() }

// index finds the resources and anchors of a schema and all schemas inside of it.
// What stands under keywords that the draft does not know is no schema.
func (s *Schema) index(node any, in *resource) error {
	m, ok := node.(map[string]any)
	if !ok {
		return nil
	}
	in, err := s.enter(m, in)
	if err != nil {
		return err
	}
	s.owners[identity(m)] = in
	s.want(m, in)
	if _, ref := m["$ref"]; ref && in.draft <= draft7 && identity(m) != identityOf(in.root) {
		// Everything beside $ref is ignored by these drafts. Definitions at the root
		// are still the target of references.
		return nil
	}
	for _, a := range applicators {
		v, ok := m[a.keyword]
		if !ok || !a.knownTo(in.draft) {
			continue
		}
		for _, sub := range a.schemas(v) {
			if err := s.index(sub, in); err != nil {
				return err
			}
		}
	}
	return nil
}

func identityOf(node any) uintptr {
	if m, ok := node.(map[string]any); ok {
		return identity(m)
	}
	return 0
}

// enter is the resource that a schema belongs to: a new one when it has an identifier.
func (s *Schema) enter(m map[string]any, in *resource) (*resource, error) {
	isRoot := identity(m) == identityOf(in.root)
	d, unknown := in.draft, in.unknown
	if u, ok := m["$schema"].(string); ok {
		if known, ok := draftOf(u); ok {
			d, unknown = known, ""
		} else {
			unknown = u
		}
	}
	if isRoot {
		in.draft, in.unknown = d, unknown
	}
	key := "$id"
	if d == draft4 {
		key = "id"
	}
	id, _ := m[key].(string)
	_, ref := m["$ref"]
	if ref && d <= draft7 {
		id = ""
	}
	if id != "" {
		u, err := url.Parse(id)
		if err != nil {
			return nil, fmt.Errorf("%s %q is no URI", key, id)
		}
		u = in.uri.ResolveReference(u)
		name := u.Fragment
		u.Fragment, u.RawFragment = "", ""
		switch {
		case strings.HasPrefix(id, "#"):
			// Before 2019-09, an $id that is only a fragment is an anchor.
			if d <= draft7 {
				in.anchor(name, m, false)
			}
		case isRoot:
			in.uri = u
			s.resources[u.String()] = in
		default:
			in = &resource{uri: u, root: m, draft: d, unknown: unknown}
			s.name(in)
		}
	}
	if d >= draft2019 {
		if name, ok := m["$anchor"].(string); ok {
			in.anchor(name, m, false)
		}
		if name, ok := m["$dynamicAnchor"].(string); ok && d >= draft2020 {
			in.anchor(name, m, true)
		}
		if recursive, ok := m["$recursiveAnchor"].(bool); ok && d == draft2019 && identity(m) == identityOf(in.root) {
			in.recursive = recursive
		}
	}
	return in, nil
}

// name makes a resource known by its URI. Two that share one must be the same.
func (s *Schema) name(r *resource) {
	uri := r.uri.String()
	known, ok := s.resources[uri]
	if !ok {
		s.resources[uri] = r
	} else if keyOf(known.root) != keyOf(r.root) {
		known.ambiguous = true
	}
}

func (r *resource) anchor(name string, m map[string]any, dynamic bool) {
	if r.anchors == nil {
		r.anchors = map[string]any{}
	}
	r.anchors[name] = m
	if dynamic {
		if r.dynamicAnchors == nil {
			r.dynamicAnchors = map[string]any{}
		}
		r.dynamicAnchors[name] = m
	}
}

// target is what a reference leads to.
type target struct {
	node     any
	resource *resource
	anchor   string // the name, when the fragment is one
	uri      string // of what is not here, without fragment
}

var errLeaves = errors.New("leaves the document")

// resolve follows a reference that stands in a resource.
func (s *Schema) resolve(ref string, from *resource) (target, error) {
	u, err := url.Parse(ref)
	if err != nil {
		return target{}, fmt.Errorf("$ref %q is no URI", ref)
	}
	u = from.uri.ResolveReference(u)
	fragment := u.Fragment
	u.Fragment, u.RawFragment = "", ""
	r, ok := s.resources[u.String()]
	if !ok {
		return target{uri: u.String()}, fmt.Errorf("$ref %q %w", ref, errLeaves)
	}
	if r.ambiguous {
		return target{}, fmt.Errorf("$ref %q: several schemas have that identifier", ref)
	}
	if fragment == "" {
		return target{node: r.root, resource: r}, nil
	}
	if !strings.HasPrefix(fragment, "/") {
		node, ok := r.anchors[fragment]
		if !ok {
			return target{}, fmt.Errorf("$ref %q: there is no anchor %q", ref, fragment)
		}
		return target{node: node, resource: s.owner(node, r), anchor: fragment}, nil
	}
	return s.follow(ref, fragment, r)
}

// owner is the resource that a schema belongs to, or the one it was reached through.
func (s *Schema) owner(node any, reached *resource) *resource {
	if r, ok := s.owners[identityOf(node)]; ok {
		return r
	}
	return reached
}

func (s *Schema) follow(ref, pointer string, r *resource) (target, error) {
	node := r.root
	for token := range strings.SplitSeq(pointer[1:], "/") {
		token = strings.ReplaceAll(strings.ReplaceAll(token, "~1", "/"), "~0", "~")
		var next any
		found := false
		switch v := node.(type) {
		case map[string]any:
			next, found = v[token]
		case []any:
			if i, err := strconv.Atoi(token); err == nil && i >= 0 && i < len(v) {
				next, found = v[i], true
			}
		}
		if !found {
			return target{}, fmt.Errorf("$ref %q: nothing stands there", ref)
		}
		node, r = next, s.owner(next, r)
	}
	return target{node: node, resource: r}, nil
}
