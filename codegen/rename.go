package codegen

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/naming"
	"github.com/evctl/evctl/contracts/numbers"
)

// Renamed is the model with other names for single things, for one target. Keys are those
// of Origin.Key; "event NAME", "define NAME" and "fragment NAME" tell contracts of one name
// apart. A value is written where the thing itself is:
// as the name of a type for events, definitions and what lists and maps hold; as that of a
// field for properties; behind the name of the type for enum values and variants. What is
// written inside of it follows. Names on the wire stay.
func (m *Model) Renamed(rename map[string]string) *Model {
	if len(rename) == 0 {
		return m
	}
	var key strings.Builder
	for _, name := range slices.Sorted(maps.Keys(rename)) {
		fmt.Fprintf(&key, "%q%q", name, rename[name])
	}
	m.renaming.Lock()
	defer m.renaming.Unlock()
	if m.renamed[key.String()] == nil {
		if m.renamed == nil {
			m.renamed = map[string]*Model{}
		}
		src := m.source
		src.Rename = rename
		m.renamed[key.String()] = NewModel(src)
	}
	return m.renamed[key.String()]
}

// Continue says what the events go on from, for callers that read releases while the model is
// made: the same as Source.Ledgers and Source.Released. It comes before whatever generates from
// the model, with other names or without.
func (m *Model) Continue(ledgers map[string][]numbers.Ledger, released map[string][]*contracts.Contract) {
	m.renaming.Lock()
	defer m.renaming.Unlock()
	m.source.Ledgers, m.source.Released = ledgers, released
	m.renamed = nil
	for _, e := range m.Events {
		e.Ledgers, e.Released = ledgers[e.Contract.Name], released[e.Contract.Name]
	}
}

// CollisionsIn are those of the model that show in a job: some targets name less than others,
// and a job can give one of two things another name.
func (m *Model) CollisionsIn(jobs []Job) []Collision {
	var list []Collision
	known := map[string]bool{}
	for _, job := range jobs {
		if len(m.Renamed(job.Rename).Collisions) == 0 {
			continue
		}
		for _, clash := range job.Clashes(m) {
			c := clash.Of.clash()
			if key := clash.Of.What() + clash.Of.Key(); c != nil && c.File != nil && !known[key] {
				known[key] = true
				list = append(list, *c)
			}
		}
	}
	return list
}

// Version is another version of an event, by itself, with the names that it would have in m.
func (m *Model) Version(c *contracts.Contract) *Event {
	return NewModel(Source{Events: []*contracts.Contract{c}, Initialisms: m.source.Initialisms, Rename: m.source.Rename}).Events[0]
}

// Unrenamed is Version with the names that it would have if nothing were renamed; nil when
// nothing is.
func (m *Model) Unrenamed(c *contracts.Contract) *Event {
	if len(m.source.Rename) == 0 {
		return nil
	}
	return NewModel(Source{Events: []*contracts.Contract{c}, Initialisms: m.source.Initialisms}).Events[0]
}

// renames are the entries of Source.Rename; nil when there are none.
type renames struct {
	names map[string]string
	used  map[string]bool
}

func newRenames(names map[string]string) *renames {
	if len(names) == 0 {
		return nil
	}
	return &renames{names, map[string]bool{}}
}

// of is the name for what stands at a pointer, as types have it.
func (r *renames) of(pointer string) (name naming.Name, ok bool) {
	if r == nil {
		return name, false
	}
	explicit := strings.TrimSuffix(pointer, "#")
	if plain(pointer) == pointer {
		explicit = "event " + explicit
	}
	for _, key := range []string{explicit, keyOf(pointer)} {
		if text, ok := r.names[key]; ok && identifier.MatchString(text) {
			r.used[key] = true
			return naming.Exactly(text), true
		}
	}
	return name, false
}

// ofField is the name for a property. Those of fragments are where the fragment is.
func (r *renames) ofField(t *Type, p *contracts.Property) (name naming.Name, ok bool) {
	if r == nil {
		return name, false
	}
	owner := t.Pointer
	if p.From != nil {
		owner = "fragment " + p.From.Name + "#"
	}
	return r.of(owner + "/properties/" + contracts.EscapePointer(p.Name))
}

// part is the name for a variant, or else the one that it has.
func (r *renames) part(has naming.Name, t *Type, step, text string) naming.Name {
	if r == nil {
		return has
	}
	if name, ok := r.of(t.Pointer + "/" + step + "/" + contracts.EscapePointer(text)); ok {
		return name
	}
	return has
}

// value is part for a value of an enum.
func (r *renames) value(t *Type, v contracts.EnumValue) naming.Name {
	if r == nil {
		return valueName(v)
	}
	return r.part(valueName(v), t, "enum", valueKey(t.Schema, v))
}

func (r *renames) unused() []string {
	if r == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Sorted(maps.Keys(r.names)), func(key string) bool { return r.used[key] })
}

// RenamedIn is the name of the contract that a key is about.
func RenamedIn(key string) string {
	name, _, _ := strings.Cut(plain(key), "#")
	return name
}

// plain is a pointer without the word for what it starts with.
func plain(pointer string) string {
	for _, word := range []string{"define ", "fragment ", "event "} {
		if rest, ok := strings.CutPrefix(pointer, word); ok {
			return rest
		}
	}
	return pointer
}

// keyOf is the key of a type by its pointer.
func keyOf(pointer string) string { return strings.TrimSuffix(plain(pointer), "#") }

// identifier is what languages agree on.
var identifier = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]*$`)

// RenameError is an entry of Job.Rename that cannot be carried out.
type RenameError struct {
	Key    string
	Reason string
}

func (e *RenameError) Error() string { return e.Reason }

// CheckRename wants every entry of a job's Rename to name something to which the target
// gives a name, and to be written as the target would write it. The error is a
// *RenameError about the first entry that does not.
func (job Job) CheckRename(m *Model) error {
	if len(job.Rename) == 0 {
		return nil
	}
	for _, key := range slices.Sorted(maps.Keys(job.Rename)) {
		if value := job.Rename[key]; !identifier.MatchString(value) {
			return &RenameError{key, fmt.Sprintf("rename of %q is %q, expected an identifier: a letter, then letters, digits and underscores", key, value)}
		}
	}
	renamed := m.Renamed(job.Rename)
	if len(renamed.unused) > 0 {
		return unknownKey(m, renamed.unused[0])
	}
	found := job.written(renamed)
	for _, key := range slices.Sorted(maps.Keys(job.Rename)) {
		if err := job.checkWritten(key, found[key]); err != nil {
			return err
		}
	}
	return nil
}

// written lists the identifiers of what has another name, by its key; names of files only
// for what has no other.
func (job Job) written(m *Model) map[string][]string {
	found, files := map[string][]string{}, map[string][]string{}
	job.Names(m, &Names{Visit: func(s *Scope, identifier string, of Origin) {
		into := found
		if s.OfFiles() {
			into = files
		}
		for _, key := range []string{of.Key(), of.ExplicitKey()} {
			if _, renamed := job.Rename[key]; renamed {
				into[key] = append(into[key], identifier)
			}
		}
	}})
	for key, list := range files {
		if found[key] == nil {
			found[key] = list
		}
	}
	return found
}

// checkWritten wants one of the identifiers to be, or to end with, what the entry says.
func (job Job) checkWritten(key string, identifiers []string) error {
	value := job.Rename[key]
	switch {
	case len(identifiers) == 0:
		return &RenameError{key, fmt.Sprintf("target %s gives %q no name of its own: it stands there as it is on the wire", job.Target.Name(), key)}
	case slices.ContainsFunc(identifiers, func(identifier string) bool {
		return strings.HasSuffix(strings.TrimSuffix(identifier, variantSuffix), value)
	}):
		return nil
	case numbered(identifiers[0], value):
		return &RenameError{key, fmt.Sprintf("rename of %q is %q, which is the name of something else in target %s", key, value, job.Target.Name())}
	default:
		return &RenameError{key, fmt.Sprintf("rename of %q is %q, which target %s writes as %s; expected it in that form", key, value, job.Target.Name(), identifiers[0])}
	}
}

// variantSuffix stands behind the names of types that are made for variants.
const variantSuffix = "Variant"

// valueKey is the last part of the key of a value: its text, or JSON where a number has the
// same text as a string.
func valueKey(s *contracts.Schema, v contracts.EnumValue) string {
	same := func(other contracts.EnumValue) bool { return !other.IsString() && other.Text() == v.Text() }
	if s.Types != contracts.String && v.IsString() && slices.ContainsFunc(s.Enum, same) {
		return v.JSON
	}
	return v.Text()
}

// numbered reports whether an identifier is the one wanted with a number behind it.
func numbered(identifier, wanted string) bool {
	rest, found := strings.CutPrefix(identifier, wanted)
	rest = strings.TrimPrefix(rest, "_")
	return found && rest != "" && strings.Trim(rest, "0123456789") == ""
}

// unknownKey proposes a key that is near.
func unknownKey(m *Model, key string) error {
	var keys []string
	identify(m, &Names{Visit: func(_ *Scope, _ string, of Origin) { keys = append(keys, of.Key()) }})
	if near := contracts.Nearest(plain(key), keys); near != "" {
		return &RenameError{key, fmt.Sprintf("rename has %q, which names nothing, did you mean %q?", key, near)}
	}
	return &RenameError{key, fmt.Sprintf("rename has %q, expected an event, a definition, or NAME#POINTER of something in it, such as order.completed#/properties/total", key)}
}
