package markdown

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/contracts"
)

// Target writes Markdown.
type Target struct{}

// Name is the word in evctl.yaml.
func (Target) Name() string { return "markdown" }

// Describe is the line of evctl generate --list.
func (Target) Describe() string {
	return "a reference of the whole plan for people, one page for each event and definition"
}

const optionTitle = "title"

// Options lists what evctl.yaml may set.
func (Target) Options() []codegen.Option {
	return []codegen.Option{{Name: optionTitle, Default: "Tracking plan", Describe: "heading of the index"}}
}

// Folders and files below the out folder.
const (
	index       = "README.md"
	events      = "events/"
	definitions = "definitions/"
)

const header = "<!-- " + codegen.Marker + " -->\n\n"

// Identify tells names how the pages are called.
func (Target) Identify(m *codegen.Model, _ codegen.Options, names *codegen.Names) { paths(m, names) }

// paths are those of the pages. names learns of them; nil while pages are printed.
func paths(m *codegen.Model, names *codegen.Names) map[*codegen.Unit]string {
	all := map[*codegen.Unit]string{}
	inEvents, inDefinitions := names.Files(), names.Files()
	for _, u := range m.Shared {
		all[u] = definitions + inDefinitions.Name(codegen.Stem(u.Name.Snake()), u.Origin()) + ".md"
	}
	for _, e := range m.Events {
		all[&e.Unit] = events + inEvents.Name(codegen.Stem(e.Name.Snake()), e.Origin()) + ".md"
	}
	return all
}

// Generate returns the index and the pages.
func (Target) Generate(m *codegen.Model, options codegen.Options, emit codegen.Emit) error {
	if oneLine(options[optionTitle]) == "" {
		return fmt.Errorf("option %s is %q, expected a heading", optionTitle, options[optionTitle])
	}
	b := newBook(m)
	one := func(i int) error {
		switch events := len(m.Events); {
		case i < events:
			e := m.Events[i]
			return emit(codegen.File{Path: b.paths[&e.Unit], Content: b.event(e)})
		default:
			u := m.Shared[i-events]
			return emit(codegen.File{Path: b.paths[u], Content: b.shared(u)})
		}
	}
	if err := codegen.Parallel(len(m.Events)+len(m.Shared), func() func(int) error { return one }); err != nil {
		return err
	}
	return emit(codegen.File{Path: index, Content: b.index(options[optionTitle])})
}

// book knows where everything stands.
type book struct {
	model  *codegen.Model
	paths  map[*codegen.Unit]string           // of the pages
	titles map[*codegen.Unit]string           // of the pages, as text
	users  map[*codegen.Unit][]*codegen.Event // events that need something of a shared unit
}

func newBook(m *codegen.Model) *book {
	b := &book{model: m, paths: paths(m, nil), titles: map[*codegen.Unit]string{}, users: map[*codegen.Unit][]*codegen.Event{}}
	for _, u := range m.Shared {
		b.titles[u] = titleOf(u)
	}
	for _, e := range m.Events {
		b.titles[&e.Unit] = e.Contract.Name
		seen := map[*codegen.Unit]bool{&e.Unit: true}
		for _, t := range e.Reach {
			if !seen[t.Unit] {
				seen[t.Unit] = true
				b.users[t.Unit] = append(b.users[t.Unit], e)
			}
		}
	}
	return b
}

// titleOf is what people call a shared unit.
func titleOf(u *codegen.Unit) string {
	if name := u.Types[0].Definition; name != "" {
		return name
	}
	return u.Name.Snake() // a fragment
}

// index lists all events by domain, and what they share.
func (b *book) index(title string) []byte {
	var p bytes.Buffer
	p.WriteString(header)
	fmt.Fprintf(&p, "# %s\n\n", escape(title))
	fmt.Fprintf(&p, "%s in %s.\n", count(len(b.model.Events), "event"), count(len(domains(b.model.Events)), "domain"))
	for _, d := range domains(b.model.Events) {
		fmt.Fprintf(&p, "\n## %s\n\n| Event | Version | Status | Owner | What happened |\n|---|---|---|---|---|\n", escape(d.name))
		for _, e := range d.events {
			fmt.Fprintf(&p, "| [%s](%s) | %s | %s | %s | %s |\n", code(e.Contract.Name), b.paths[&e.Unit],
				e.Contract.Version, status(e.Contract), escape(e.Contract.Owner), escape(firstLine(e.Payload.Doc)))
		}
	}
	if len(b.model.Shared) > 0 {
		p.WriteString("\n## Shared definitions\n\n| Definition | What it is | Used by |\n|---|---|---|\n")
		for _, u := range b.model.Shared {
			fmt.Fprintf(&p, "| [%s](%s) | %s | %s |\n", code(b.titles[u]), b.paths[u], escape(firstLine(u.Types[0].Doc)), count(len(b.users[u]), "event"))
		}
	}
	return p.Bytes()
}

// domain is the events whose names have the same first part.
type domain struct {
	name   string
	events []*codegen.Event
}

// domains groups events, which are ordered by name, in the order of first use.
func domains(events []*codegen.Event) []domain {
	var list []domain
	at := map[string]int{}
	for _, e := range events {
		name, _, found := strings.Cut(e.Contract.Name, ".")
		if !found || strings.TrimSpace(name) == "" {
			name = "Other"
		}
		i, known := at[name]
		if !known {
			i = len(list)
			at[name] = i
			list = append(list, domain{name: name})
		}
		list[i].events = append(list[i].events, e)
	}
	return list
}

func status(c *contracts.Contract) string {
	if c.Status == contracts.Deprecated || c.Status == contracts.Retired {
		return "**" + string(c.Status) + "**"
	}
	return string(c.Status)
}

func firstLine(d codegen.Doc) string {
	if len(d.Lines) == 0 {
		return ""
	}
	return d.Lines[0]
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
