package markdown

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/contracts"
)

// page is one file being written.
type page struct {
	*book
	bytes.Buffer
	unit *codegen.Unit
}

func (b *book) page(u *codegen.Unit) *page {
	p := &page{book: b, unit: u}
	p.WriteString(header)
	fmt.Fprintf(p, "%s\n\n# %s\n\n", anchor(u.Name.Kebab()), code(b.titles[u]))
	return p
}

// anchor is a target of links that does not depend on headings.
func anchor(id string) string { return `<a id="` + id + `"></a>` }

func (b *book) event(e *codegen.Event) []byte {
	p := b.page(&e.Unit)
	p.doc(e.Payload.Doc)
	p.facts(e)
	p.body(e.Payload)
	p.examples(e.Payload.Schema.Examples)
	p.nested(e.Types[1:])
	return p.end()
}

func (b *book) shared(u *codegen.Unit) []byte {
	p := b.page(u)
	first := u.Types[0]
	if first.Definition == "" {
		p.WriteString("What events share that include this fragment.\n\n")
		p.nested(u.Types)
	} else {
		p.doc(first.Doc)
		p.body(first)
		p.examples(first.Schema.Examples)
		p.nested(u.Types[1:])
	}
	p.WriteString("\n## Used by\n\n")
	for _, e := range b.users[u] {
		fmt.Fprintf(p, "- [%s](%s)\n", code(e.Contract.Name), p.link(b.paths[&e.Unit]))
	}
	return p.end()
}

// end finishes the page; one blank line separates its parts.
func (p *page) end() []byte {
	fmt.Fprintf(p, "\n---\n\n[All events](%s)\n", p.link(index))
	return blankLines.ReplaceAll(p.Bytes(), []byte("\n\n"))
}

var blankLines = regexp.MustCompile(`\n{3,}`)

// link is the way from the page to a file.
func (p *page) link(to string) string {
	if path.Dir(to) == path.Dir(p.paths[p.unit]) {
		return path.Base(to)
	}
	return "../" + to
}

func (p *page) doc(d codegen.Doc) {
	if len(d.Lines) > 0 {
		fmt.Fprintf(p, "%s\n\n", escape(strings.Join(d.Lines, " ")))
	}
	if d.Deprecated != "" {
		fmt.Fprintf(p, "> **Deprecated.** %s\n\n", escape(d.Deprecated))
	}
}

// facts is the table of what holds for the event as a whole.
func (p *page) facts(e *codegen.Event) {
	c := e.Contract
	p.WriteString("| | |\n|---|---|\n")
	fact := func(name, text string) {
		if text != "" {
			fmt.Fprintf(p, "| **%s** | %s |\n", name, text)
		}
	}
	fact("Version", c.Version.String())
	fact("Status", status(c))
	fact("Owner", escape(c.Owner))
	fact("Kept for", retention(c.Retention))
	fact("Tags", codes(c.Tags))
	for _, class := range slices.Backward(contracts.PIIClasses) {
		if class != contracts.NoPII {
			fact("Personal data, "+string(class), codes(personal(e, class)))
		}
	}
	p.WriteByte('\n')
}

// retention says in words how long events are kept.
func retention(r contracts.Retention) string {
	if r == "" || r == "forever" {
		return string(r)
	}
	n, unit := string(r[:len(r)-1]), map[byte]string{'d': "day", 'w': "week", 'm': "month", 'y': "year"}[r[len(r)-1]]
	if n != "1" {
		unit += "s"
	}
	return n + " " + unit
}

// personal lists the paths of the properties with a privacy class, nested ones too.
func personal(e *codegen.Event, class contracts.PII) []string {
	var list []string
	inside := map[*codegen.Type]bool{}
	var follow func(r *codegen.Ref, at string)
	visit := func(t *codegen.Type, at string) {
		if inside[t] {
			return // a definition within itself
		}
		inside[t] = true
		defer delete(inside, t)
		for _, f := range t.Fields {
			here := strings.TrimPrefix(at+"."+f.Wire, ".")
			if f.Property.Schema.PII == class {
				list = append(list, here)
			}
			follow(f.Type, here)
		}
		if t.Extra != nil {
			follow(t.Extra.Type, at+".*")
		}
		for _, v := range t.Variants {
			follow(v.Type, at)
		}
		if t.Of != nil {
			follow(t.Of, at)
		}
	}
	follow = func(r *codegen.Ref, at string) {
		if r.Schema.Resolved() != r.Schema && r.Schema.Resolved().PII == class {
			list = append(list, at)
		}
		switch {
		case r.Named != nil && len(list) < maxPersonal:
			visit(r.Named, at)
		case r.Kind == codegen.Array:
			follow(r.Elem, at+"[]")
		case r.Elem != nil:
			follow(r.Elem, at+".*")
		}
	}
	visit(e.Payload, "")
	slices.Sort(list)
	list = slices.Compact(list)
	if len(list) > maxPersonal {
		list = append(list[:maxPersonal], "…")
	}
	return list
}

// maxPersonal bounds the list of one class: definitions within definitions have a number
// of paths that grows with each level.
const maxPersonal = 50

func codes(list []string) string {
	out := make([]string, len(list))
	for i, text := range list {
		out[i] = code(text)
	}
	return strings.Join(out, ", ")
}

// nested prints types that are written within others, each below an anchor of its own.
func (p *page) nested(types []*codegen.Type) {
	for _, t := range types {
		if p.shown(t) {
			p.WriteByte('\n')
			p.section(t)
		}
	}
}

// shown reports whether a type has a section: enums that say nothing about their values
// are shown where they are used.
func (p *page) shown(t *codegen.Type) bool { return t.Kind != codegen.Enum || !brief(t) }

func (p *page) section(t *codegen.Type) {
	fmt.Fprintf(p, "%s\n\n## %s\n\n", anchor(t.Name.Kebab()), code(where(t)))
	p.doc(t.Doc)
	p.body(t)
	if t.Definition != "" {
		p.examples(t.Schema.Examples)
	}
}

// where is the place of a type as people write paths: items[].unit_price.
func where(t *codegen.Type) string {
	if t.Definition != "" {
		return t.Definition
	}
	_, pointer, _ := strings.Cut(t.Pointer, "#")
	var b strings.Builder
	steps := strings.Split(strings.TrimPrefix(pointer, "/"), "/")
	for i := 0; i < len(steps); i++ {
		step := steps[i]
		next := func() string {
			if i++; i < len(steps) {
				return strings.NewReplacer("~1", "/", "~0", "~").Replace(steps[i])
			}
			return ""
		}
		switch step {
		case "properties":
			if b.Len() > 0 {
				b.WriteByte('.')
			}
			b.WriteString(next())
		case "items":
			b.WriteString("[]")
		case "values", "additionalProperties":
			b.WriteString(".*")
		case "oneOf", "anyOf":
			b.WriteString(" as " + next())
		}
	}
	return cmp.Or(strings.TrimSpace(b.String()), t.Name.Snake())
}

// body prints what a type takes.
func (p *page) body(t *codegen.Type) {
	switch t.Kind {
	case codegen.Object:
		p.properties(t)
	case codegen.Enum:
		p.values(t)
	case codegen.Union:
		p.variants(t)
	default:
		fmt.Fprintf(p, "%s%s\n\n", upper(p.typeOf(t.Of)), ending(limits(t.Of.Schema)))
	}
}

func upper(text string) string {
	if text != "" && 'a' <= text[0] && text[0] <= 'z' {
		return strings.ToUpper(text[:1]) + text[1:]
	}
	return text
}

func ending(limits string) string {
	if limits == "" {
		return "."
	}
	return ": " + limits
}

func (p *page) properties(t *codegen.Type) {
	if len(t.Fields) > 0 {
		p.WriteString("| Property | Type | Required | Privacy | Description |\n|---|---|---|---|---|\n")
	}
	for _, f := range t.Fields {
		required := "no"
		if f.Required {
			required = "**yes**"
		}
		fmt.Fprintf(p, "| %s%s | %s | %s | %s | %s |\n", anchor(t.Name.Kebab()+"."+f.Name.Kebab()), code(f.Wire), p.typeOf(f.Type), required, privacy(f.Property.Schema), p.about(f))
	}
	if len(t.Fields) > 0 {
		p.WriteByte('\n')
	}
	p.members(t)
}

func privacy(s *contracts.Schema) string {
	class := cmp.Or(s.PII, s.Resolved().PII)
	if class == contracts.NoPII {
		return ""
	}
	return string(class)
}

// about is the last cell of a property.
func (p *page) about(f *codegen.Field) string {
	s := f.Property.Schema
	var parts []string
	add := func(format, text string) {
		if text != "" {
			parts = append(parts, fmt.Sprintf(format, text))
		}
	}
	if f.Doc.Deprecated != "" {
		add("**Deprecated.** %s", escape(f.Doc.Deprecated))
	}
	for _, line := range f.Doc.Lines {
		if !strings.HasPrefix(line, "Personal data: ") {
			add("%s", escape(line))
		}
	}
	add("%s", limits(f.Type.Schema))
	if s.Default != nil {
		add("Default: %s.", code(s.Default.JSON))
	}
	if s.Since != "" {
		add("Since %s.", s.Since)
	}
	if s.RenamedFrom != "" {
		add("Formerly %s.", code(s.RenamedFrom))
	}
	for _, x := range s.Examples {
		add("Example: %s.", code(x.JSON))
	}
	return strings.Join(parts, " ")
}

// members says what is true of an object as a whole.
func (p *page) members(t *codegen.Type) {
	if t.Extra != nil {
		names := "Other properties"
		if len(t.Extra.Patterns) > 0 {
			names = "Other properties with names like " + codes(t.Extra.Patterns)
		}
		fmt.Fprintf(p, "%s are taken: %s.\n\n", names, p.typeOf(t.Extra.Type))
	} else if len(t.Fields) == 0 {
		p.WriteString("It has no properties.\n\n")
	}
	if groups := t.Schema.RequireAny; len(groups) > 0 {
		list := make([]string, len(groups))
		for i, g := range groups {
			list[i] = strings.Join(strings.Split(codes(g), ", "), " with ")
		}
		fmt.Fprintf(p, "At least one is present: %s.\n\n", strings.Join(list, ", or "))
	}
	if text := between(t.Schema.MinProperties, t.Schema.MaxProperties, "property", "properties"); text != "" {
		fmt.Fprintf(p, "%s\n\n", text)
	}
}

func (p *page) values(t *codegen.Type) {
	if len(t.Values) == 0 && t.Open {
		p.WriteString("No values are known yet.\n\n")
		return
	}
	if len(t.Values) == 0 {
		p.WriteString("There are no values.\n\n")
		return
	}
	p.WriteString("| Value | Meaning |\n|---|---|\n")
	for _, v := range t.Values {
		text := strings.Join(v.Doc.Lines, " ")
		if v.Doc.Deprecated != "" {
			text = "**Deprecated.** " + escape(v.Doc.Deprecated) + " " + escape(text)
		} else {
			text = escape(text)
		}
		fmt.Fprintf(p, "| %s | %s |\n", valueText(t, v), strings.TrimSpace(text))
	}
	p.WriteByte('\n')
	if t.Open {
		p.WriteString("Other values may come: readers take them.\n\n")
	}
}

// valueText shows a value; a string stands between quotes where other values are valid
// too, since "1" is not 1.
func valueText(t *codegen.Type, v *codegen.Value) string {
	if v.IsString() && t.Base == contracts.String {
		return code(v.Text())
	}
	return code(v.JSON)
}

func (p *page) variants(t *codegen.Type) {
	rule := "At least one of these fits:"
	switch {
	case t.Discriminator != "":
		rule = code(t.Discriminator) + " says which of these it is:"
	case t.Exclusive:
		rule = "Exactly one of these fits:"
	}
	fmt.Fprintf(p, "%s\n\n| Variant | Value | Description |\n|---|---|---|\n", rule)
	for _, v := range t.Variants {
		name := code(v.Variant.Name)
		if t.Discriminator != "" {
			name = code(t.Discriminator + " = " + v.Tag)
		}
		fmt.Fprintf(p, "| %s | %s | %s |\n", name, p.typeOf(v.Type), escape(strings.Join(v.Doc.Lines, " ")))
	}
	p.WriteByte('\n')
}

// examples prints values as JSON, indented.
func (p *page) examples(list []contracts.Value) {
	if len(list) == 0 {
		return
	}
	title := "Example"
	if len(list) > 1 {
		title += "s"
	}
	fmt.Fprintf(p, "## %s\n\n", title)
	for _, x := range list {
		var b bytes.Buffer
		if json.Indent(&b, []byte(x.JSON), "", "  ") != nil {
			continue // contracts hold JSON only
		}
		fence := strings.Repeat("`", max(3, longestRun(x.JSON)+1))
		fmt.Fprintf(p, "%sjson\n%s\n%s\n\n", fence, b.String(), fence)
	}
}
