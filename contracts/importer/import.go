package importer

import (
	"fmt"
	"slices"
	"strings"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/contracts/format"
	"github.com/evctl/evctl/contracts/formats"
	"github.com/evctl/evctl/contracts/payload"
)

// Candidate is a schema that describes one version of an event.
type Candidate struct {
	Path    string // file, as reported
	Event   string
	Version contracts.Version
	// Skipped says why the schema does not describe an event at all, or is empty.
	Skipped string

	resource *Resource
	refusal  *Refusal // why it was given up before it was read
	remarks  []Remark
}

// Options are what the schemas do not say.
type Options struct {
	Owner string // team that owns the imported events, or empty
	// FormatsAnnotate keeps formats as x-format: they describe and are not asserted.
	FormatsAnnotate bool
	// AssumeObject reads a root without a type as an object.
	AssumeObject bool
	// Samples is how many payloads the original and the contract are compared on at
	// most; 0 compares nothing.
	Samples int
}

// asserts reports whether a format is checked, in the original and in the contract.
func (o Options) asserts(format string) bool { return !o.FormatsAnnotate && formats.Known(format) }

// Import is what became of one candidate.
type Import struct {
	Candidate
	// Contract is linked and says exactly what the schema says. It is nil when there
	// are refusals, and for skipped schemas.
	Contract *contracts.Contract
	Refusals []Refusal
	Remarks  []Remark
	Checked  Checked
}

// Text is the contract file.
func (i *Import) Text() []byte { return format.Write(i.Contract) }

// Import reads one candidate, and checks the outcome with generated payloads.
func (f *Found) Import(c Candidate, opt Options) *Import {
	out := &Import{Candidate: c}
	if c.Skipped != "" {
		return out
	}
	if c.refusal != nil {
		out.Refusals = []Refusal{*c.refusal}
		return out
	}
	r := &reader{catalogue: f.catalogue, root: c.resource, targets: map[string]*target{}, asserts: opt.asserts}
	root := f.catalogue.root(c.resource)
	shape := r.payload(root, r.schema(root), opt)
	out.Remarks = slices.Concat(c.remarks, r.remarks)
	if out.Refusals = r.refusals; len(out.Refusals) > 0 {
		return out
	}
	draft := draftContract(c, opt, shape)
	e := &emitter{names: map[*target]string{}}
	e.event(draft, shape)
	if out.Refusals = e.refusals; len(out.Refusals) > 0 {
		return out
	}
	out.Remarks = append(out.Remarks, unusedDefinitions(root, r.targets)...)
	if out.Contract = out.accept(draft); out.Contract == nil {
		return out
	}
	out.check(f.catalogue, opt)
	return out
}

// payload makes sure that the schema describes one object.
func (r *reader) payload(p place, s *shape, opt Options) *shape {
	if len(r.refusals) > 0 {
		return s
	}
	s = s.resolved()
	if p.node.Get("type") == nil && s.kinds != isObject && opt.AssumeObject {
		r.remark(p, "type", "the root has no type and was read as an object")
		object, err := r.merge.both(s, &shape{kinds: isObject})
		if err != nil {
			return r.refused(p, err)
		}
		s = object
	}
	switch {
	case s.never():
		r.refuse(p, "", "no payload is valid: something that is required is never allowed", "additionalProperties: false also forbids what allOf, anyOf and oneOf declare")
	case s.kinds != isObject && p.node.Get("type") == nil && s.kinds&isObject != 0:
		r.refuse(p, "type", "the root has no type, so that it accepts values that are no objects", "add type: object, or import it with --assume-object")
	case s.kinds != isObject:
		r.refuse(p, "type", "the root accepts other values than objects", "the payload of an event is one object; wrap the value into a property")
	case s.union != nil:
		r.refuse(p, keywordOf(s), "the root is a choice between objects", "write one event for each choice, or move the choice into a property")
	}
	return s
}

func keywordOf(s *shape) string {
	if s.union.exclusive {
		return "oneOf"
	}
	return "anyOf"
}

func draftContract(c Candidate, opt Options, s *shape) *contracts.Contract {
	if s.about.title == c.Event {
		s.about.title = ""
	}
	if s.about.fallback != "" { // an event has no default
		s.about.extensions = append(s.about.extensions, contracts.Extension{Name: "x-default", Value: contracts.Value{JSON: s.about.fallback}})
		s.about.fallback = ""
	}
	return &contracts.Contract{Kind: contracts.Event, Name: c.Event, Version: c.Version, Owner: opt.Owner, Status: contracts.Active}
}

// event says the payload.
func (e *emitter) event(c *contracts.Contract, s *shape) {
	o := s.objects
	if o == nil {
		o = &objects{}
	}
	c.Payload = e.record(o, "")
	s.about.onto(c.Payload)
	c.Definitions = e.definitions
}

// unusedDefinitions points out definitions that the event does not use.
func unusedDefinitions(root place, used map[string]*target) []Remark {
	var remarks []Remark
	for _, keyword := range []string{"definitions", "$defs"} {
		n := root.node.Get(keyword)
		if n == nil {
			continue
		}
		for _, e := range n.Entries {
			p := root.child("/"+keyword+"/"+escape(e.Key), e.Value)
			if used[p.key()] == nil {
				remarks = append(remarks, Remark{p.pointer, keyword, "definition is not used and left out"})
			}
		}
	}
	return remarks
}

// accept reads the contract as a file, as everybody else will. What the language
// objects to is a refusal; examples that their schemas do not accept step back into
// x- keys first.
func (i *Import) accept(draft *contracts.Contract) *contracts.Contract {
	i.Remarks = append(i.Remarks, demote(draft, false)...)
	c, diags := reread(draft)
	if len(diags) == 0 {
		i.Remarks = append(i.Remarks, demote(c, true)...)
		c, diags = reread(c)
	}
	for _, d := range diags {
		_, pointer, _ := strings.Cut(d.Subject, "#")
		i.Refusals = append(i.Refusals, Refusal{Pointer: pointer, Reason: "contract: " + d.Message, Hint: d.Hint})
	}
	if len(diags) > 0 {
		return nil
	}
	return c
}

func reread(draft *contracts.Contract) (*contracts.Contract, []diag.Diagnostic) {
	c, diags := contracts.Parse(diag.NewFile(draft.Name, format.Write(draft)))
	if c == nil || len(diags) > 0 {
		return c, diags
	}
	library, _ := contracts.NewLibrary(nil)
	return c, library.Link(c)
}

// demote turns examples and defaults that are not valid into x- keys. Before the
// contract is linked, those are numbers and the like where only text is read.
func demote(c *contracts.Contract, linked bool) []Remark {
	var remarks []Remark
	visit := func(pointer string, s *contracts.Schema) bool {
		if len(s.Examples) == 0 && s.Default == nil {
			return true
		}
		invalid := func(x contracts.Value) bool { return s.Types == contracts.String && !x.IsString() && x.JSON != "null" }
		if linked {
			v, err := payload.CompileSchema(s)
			if err != nil {
				return true
			}
			invalid = func(x contracts.Value) bool { return !v.Valid([]byte(x.JSON)) }
		}
		if slices.ContainsFunc(s.Examples, invalid) {
			remarks = append(remarks, Remark{pointer, "examples", "examples are not valid here; they are kept as x-examples"})
			s.Extensions = append(s.Extensions, contracts.Extension{Name: "x-examples", Value: listOf(s.Examples)})
			s.Examples = nil
		}
		if s.Default != nil && invalid(*s.Default) {
			remarks = append(remarks, Remark{pointer, "default", "default is not valid here; it is kept as x-default"})
			s.Extensions = append(s.Extensions, contracts.Extension{Name: "x-default", Value: *s.Default})
			s.Default = nil
		}
		return true
	}
	contracts.Walk(c.Payload, "", visit)
	for _, d := range c.Definitions {
		contracts.Walk(d.Schema, "/definitions/"+escape(d.Name), visit)
	}
	return remarks
}

func listOf(values []contracts.Value) contracts.Value {
	var list []string
	for _, v := range values {
		list = append(list, v.JSON)
	}
	return contracts.Value{JSON: "[" + strings.Join(list, ",") + "]"}
}

// refusedFile is a candidate that could not be read.
func refusedFile(path, reason, hint string) Candidate {
	return Candidate{Path: path, refusal: &Refusal{Reason: reason, Hint: hint}}
}

// resourceOf reads a file as a schema document.
func resourceOf(path string, data []byte) (*Resource, error) {
	root, err := parseText(diag.NewFile(path, data))
	if err != nil {
		return nil, err
	}
	if root.Kind != document.Mapping {
		return nil, fmt.Errorf("file holds %s, expected a schema", root.Describe())
	}
	d, err := draftOf(root)
	if err != nil {
		return nil, err
	}
	return &Resource{Path: path, Root: root, draft: d}, nil
}
