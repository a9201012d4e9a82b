package importer

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/document"
)

// reader turns a schema into a shape. It goes on after a refusal, so that all of
// them are reported.
type reader struct {
	catalogue *catalogue
	root      *Resource
	targets   map[string]*target
	refusals  []Refusal
	remarks   []Remark
	schemas   int
	merge     merger
	asserts   func(format string) bool
}

// maxSchemas bounds the schemas that one import reads, references included once.
const maxSchemas = 100_000

func (r *reader) pointer(p place) string {
	if p.resource == r.root {
		return p.pointer
	}
	return p.resource.Path + "#" + p.pointer
}

func (r *reader) refuse(p place, keyword, reason, hint string) {
	refusal := Refusal{r.pointer(p), keyword, reason, hint}
	if !slices.Contains(r.refusals, refusal) {
		r.refusals = append(r.refusals, refusal)
	}
}

func (r *reader) remark(p place, keyword, message string) {
	remark := Remark{r.pointer(p), keyword, message}
	if !slices.Contains(r.remarks, remark) {
		r.remarks = append(r.remarks, remark)
	}
}

// refused reports an error of the shape algebra and gives something to go on with.
func (r *reader) refused(p place, err error) *shape {
	var cannot *inexpressible
	if errors.As(err, &cannot) {
		r.refuse(p, cannot.keyword, cannot.reason, cannot.hint)
	} else {
		r.refuse(p, "", err.Error(), "")
	}
	return anything()
}

// schema reads the schema at p.
func (r *reader) schema(p place) *shape {
	r.schemas++
	if r.schemas > maxSchemas {
		r.refuse(p, "", "schema is too large", "split it")
		return anything()
	}
	if v, ok := p.node.Bool(); ok && p.resource.draft >= draft6 {
		if v {
			return anything()
		}
		return nothing()
	}
	if p.node.Kind != document.Mapping {
		r.refuse(p, "", "expected a schema, found "+p.node.Describe(), "")
		return anything()
	}
	about := r.about(p)
	if p.node.Get("$ref") != nil && p.resource.draft <= draft7 {
		r.besideReference(p)
		return r.reference(p, "$ref").with(about)
	}
	s := r.own(p)
	for _, part := range r.parts(p) {
		both, err := r.merge.both(s, part.shape)
		if err != nil {
			return r.refused(place{p.resource, part.node, p.pointer + part.pointer, p.base}, err)
		}
		s = both
	}
	s = r.negation(p, s)
	s = r.unevaluated(p, s)
	c := *s
	c.about = about.or(s.about)
	return &c
}

// part is what a schema demands beside its own keywords.
type part struct {
	shape   *shape
	node    *document.Node
	pointer string
}

// parts are the reference, the members of allOf, and the choices.
func (r *reader) parts(p place) []part {
	var parts []part
	if ref := p.node.Get("$ref"); ref != nil {
		parts = append(parts, part{r.reference(p, "$ref"), ref, ""})
	}
	for _, e := range p.node.Entries {
		switch e.Key {
		case "allOf":
			for i, item := range r.schemas_(p, e) {
				pointer := fmt.Sprintf("/allOf/%d", i)
				parts = append(parts, part{r.schema(p.child(pointer, item)), item, pointer})
			}
		case "anyOf", "oneOf":
			parts = append(parts, part{r.choice(p, e), e.Value, "/" + e.Key})
		}
	}
	return parts
}

// schemas_ is the list under allOf, anyOf or oneOf.
func (r *reader) schemas_(p place, e document.Entry) []*document.Node {
	if e.Value.Kind != document.Sequence || len(e.Value.Items) == 0 {
		r.refuse(p, e.Key, "expected a list of schemas", "")
		return nil
	}
	return e.Value.Items
}

func (r *reader) choice(p place, e document.Entry) *shape {
	var variants []*shape
	for i, item := range r.schemas_(p, e) {
		variants = append(variants, r.schema(p.child(fmt.Sprintf("/%s/%d", e.Key, i), item)))
	}
	if len(variants) == 0 {
		return anything()
	}
	if e.Key == "anyOf" {
		if s, ok := alternatives(variants); ok {
			return s
		}
	}
	s, err := newUnion(e.Key == "oneOf", variants, about{})
	if err != nil {
		return r.refused(p, err)
	}
	return s
}

// reference follows $ref. Every place that is referred to is read once.
func (r *reader) reference(p place, keyword string) *shape {
	reference := p.node.Get(keyword)
	if reference.Kind != document.Scalar {
		r.refuse(p, keyword, "expected a URI, found "+reference.Describe(), "")
		return anything()
	}
	to, reason := r.catalogue.find(p, reference.Text)
	if reason != "" {
		r.refuse(p, keyword, fmt.Sprintf("reference %s %s", document.Quote(reference.Text), reason),
			"import the folder that holds both files, or put the schema under definitions")
		return anything()
	}
	if to.resource.draft != p.resource.draft {
		r.refuse(p, keyword, fmt.Sprintf("reference %s leads from %s to %s", document.Quote(reference.Text), p.resource.draft, to.resource.draft), "write both in one draft")
		return anything()
	}
	t := r.targets[to.key()]
	if t == nil {
		t = &target{key: to.key(), name: nameOf(to), reading: true}
		r.targets[t.key] = t
		t.shape = r.schema(to)
		t.reading = false
	}
	if t.reading {
		r.refuse(p, keyword, fmt.Sprintf("reference %s leads back to itself", document.Quote(reference.Text)),
			"events are finite: use an identifier of the other record, or a list of levels")
		return anything()
	}
	if t.shape.everything() || t.shape.never() {
		return t.shape
	}
	return &shape{kinds: t.shape.kinds, ref: t}
}

// nameOf proposes a name for what stands at a place: the last part of its pointer, or
// the name of its file.
func nameOf(p place) string {
	name := p.pointer[strings.LastIndexByte(p.pointer, '/')+1:]
	if name == "" {
		name, _, _ = strings.Cut(path.Base(p.resource.Path), ".")
	}
	return strings.NewReplacer("~1", "/", "~0", "~").Replace(name)
}

// besideReference points out keywords that the drafts up to 7 ignore beside $ref.
func (r *reader) besideReference(p place) {
	for _, e := range p.node.Entries {
		if k, ok := keywords[e.Key]; ok && k.constrains && e.Key != "$ref" {
			r.remark(p, e.Key, fmt.Sprintf("%s beside $ref has no effect in %s", e.Key, p.resource.draft))
		}
	}
}

// own reads the keywords of the schema itself.
func (r *reader) own(p place) *shape {
	s := &shape{kinds: anyKind, text: &texts{}, numbers: &numbers{}, arrays: &arrays{}, objects: &objects{}}
	if t := p.node.Get("type"); t != nil {
		r.types(p, t, s)
	}
	declared := s.kinds
	for _, e := range p.node.Entries {
		k, known := keywords[e.Key]
		switch {
		case !known || k.read == nil:
			continue
		case p.resource.draft < k.since || p.resource.draft > k.until:
			r.remark(p, e.Key, fmt.Sprintf("%s is not part of %s and has no effect", e.Key, p.resource.draft))
		case k.kinds != 0 && k.kinds&declared == 0:
			r.remark(p, e.Key, fmt.Sprintf("%s has no effect on %s", e.Key, typeText(p)))
		default:
			k.read(r, p, e.Value, s)
		}
	}
	if err := r.keyed(s); err != nil {
		return r.refused(p, err)
	}
	s.tidy()
	return s.settled()
}

// keyed says propertyNames, where it lists names or is one pattern, with an object that
// is closed but for those.
func (r *reader) keyed(s *shape) (err error) {
	o := s.objects
	if o.names == nil || o.names.ref != nil || o.names.union != nil {
		return nil
	}
	keys := &objects{additional: nothing()}
	switch {
	case o.names.values != nil && o.names.kinds == isString:
		for _, v := range o.names.values {
			keys.properties = append(keys.properties, property{v.Text(), anything()})
		}
	case o.names.text != nil && o.names.text.pattern != "" && *o.names.text == (texts{pattern: o.names.text.pattern}):
		keys.patterns = []patterned{{o.names.text.pattern, anything()}}
	default:
		return nil
	}
	bare := *o
	bare.names = nil
	s.objects, err = r.merge.objects(&bare, keys)
	return err
}

func typeText(p place) string {
	t := p.node.Get("type")
	if t.Kind == document.Scalar {
		return t.Text
	}
	var names []string
	for _, item := range t.Items {
		names = append(names, item.Text)
	}
	return strings.Join(names, " or ")
}

// tidy makes constraints that do not constrain nil.
func (s *shape) tidy() {
	if *s.text == (texts{}) {
		s.text = nil
	}
	if *s.numbers == (numbers{}) {
		s.numbers = nil
	}
	if *s.arrays == (arrays{}) {
		s.arrays = nil
	}
	if o := s.objects; len(o.properties)+len(o.patterns)+len(o.required)+len(o.requireAny) == 0 &&
		o.additional == nil && o.names == nil && o.least == nil && o.most == nil {
		s.objects = nil
	}
}

// about reads what the schema says beside constraints, and keeps what JSON Schema
// does not know.
func (r *reader) about(p place) about {
	var a about
	for _, e := range p.node.Entries {
		switch {
		case e.Key == "title" && e.Value.Kind == document.Scalar:
			a.title = strings.TrimSpace(e.Value.Text)
		case e.Key == "description" && e.Value.Kind == document.Scalar:
			a.description = strings.TrimSpace(e.Value.Text)
		case e.Key == "default":
			a.fallback = e.Value.JSON()
		case e.Key == "examples" && e.Value.Kind == document.Sequence:
			for _, item := range e.Value.Items {
				a.examples = append(a.examples, item.JSON())
			}
		case e.Key == "deprecated" && p.resource.draft >= draft2019:
			a.deprecated, _ = e.Value.Bool()
		case e.Key == "format" && !r.asserts(e.Value.Text):
			r.remark(p, e.Key, fmt.Sprintf("format %s is not checked; it is kept as x-format", document.Quote(e.Value.Text)))
			a.extensions = append(a.extensions, extension("x-format", e.Value))
		case e.Key == "self" && p.pointer == "", annotations[e.Key]:
		default:
			if _, known := keywords[e.Key]; !known {
				a.extensions = append(a.extensions, r.foreign(p, e))
			}
		}
	}
	return a
}

// annotations are keywords without effect on verdicts that the contract has no use
// for: identifiers and containers of what references name.
var annotations = map[string]bool{
	"$schema": true, "$id": true, "id": true, "$anchor": true, "$dynamicAnchor": true, "$recursiveAnchor": true,
	"$vocabulary": true, "definitions": true, "$defs": true, "title": true, "description": true, "default": true, "examples": true, "deprecated": true,
}

func extension(name string, n *document.Node) contracts.Extension {
	return contracts.Extension{Name: name, Value: contracts.Value{JSON: n.JSON()}}
}

// foreign keeps a keyword that JSON Schema does not know.
func (r *reader) foreign(p place, e document.Entry) contracts.Extension {
	if strings.HasPrefix(e.Key, "x-") {
		return extension(e.Key, e.Value)
	}
	name := "x-" + strings.TrimLeft(e.Key, "$")
	message := fmt.Sprintf("%s is no keyword of JSON Schema and has no effect; it is kept as %s", document.Quote(e.Key), name)
	if near := contracts.Nearest(e.Key, keywordNames()); near != "" && !harmless[e.Key] {
		message = fmt.Sprintf("%s has no effect, did you mean %q? it is kept as %s", document.Quote(e.Key), near, name)
	}
	if !harmless[e.Key] {
		r.remark(p, e.Key, message)
	}
	return extension(name, e.Value)
}

// harmless are annotations of the specification that contracts keep as x- keys.
var harmless = map[string]bool{
	"$comment": true, "readOnly": true, "writeOnly": true, "contentEncoding": true, "contentMediaType": true, "example": true,
}
