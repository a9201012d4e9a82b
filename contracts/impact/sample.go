package impact

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/evctl/evctl/contracts/payload"
	"github.com/evctl/evctl/contracts/rawjson"
)

// samplePayload is how much of a sample's payload is kept, in bytes.
const samplePayload = 400

// hidden stands for what is not shown.
const hidden = `"(hidden)"`

// harmless are the texts of verdicts that tell the type or size of a value only.
var harmless = regexp.MustCompile(`^(an? [a-z]+( of [0-9]+( bytes)?)?|[0-9]+ [a-z]+|null|nothing|none)$`)

// sample fills in what an event shows of a violation.
func (r *Replay) sample(p *pair, s Sample, v payload.Violation, raw []byte) Sample {
	s.Pointer, s.Found = v.Pointer, v.Found
	d, err := rawjson.Parse(raw)
	if err != nil {
		return s // not reached: the event was read before
	}
	l, err := r.envelope.Locate(d)
	if err != nil {
		return s
	}
	if within, ok := strings.CutPrefix(v.Pointer, l.Pointer); ok {
		if at, _ := p.view.at(within); !at.shown() && v.Missing == "" && v.Rule != "additionalProperties" && !harmless.MatchString(v.Found) {
			s.Found = "a value that is not shown"
		}
	}
	m := masker{doc: d, focus: v.Offset}
	m.value(l.Properties, p.view)
	s.Payload = m.excerpt()
	return s
}

// shown reports whether a scalar may be shown.
func (v view) shown() bool { return v.known() && !v.private() }

// masker writes a value without what is private.
type masker struct {
	doc   *rawjson.Document
	out   []byte
	focus int // offset in the document of what the excerpt is about
	at    int // where that came to stand in out
}

func (m *masker) value(i int, v view) {
	if m.doc.Offset(i) <= m.focus {
		m.at = len(m.out)
	}
	switch k := m.doc.Kind(i); {
	case k == rawjson.Null:
		m.write("null")
	case v.private():
		m.write(hidden)
	case k == rawjson.Object:
		m.object(i, v)
	case k == rawjson.Array:
		m.array(i, v)
	case !v.shown():
		m.write(hidden)
	default:
		m.out = append(m.out, m.doc.Raw(i)...)
	}
}

func (m *masker) object(i int, v view) {
	m.write("{")
	hideKeys := v.privateKeys()
	at := i + 1
	for n := range m.doc.Len(i) {
		if n > 0 {
			m.write(",")
		}
		member, declared := v.member(string(m.doc.Text(at)))
		if m.doc.Offset(at) <= m.focus {
			m.at = len(m.out)
		}
		if hideKeys && !declared {
			m.write(hidden)
		} else {
			m.out = append(m.out, m.doc.Raw(at)...)
		}
		m.write(":")
		m.value(at+1, member)
		at = m.doc.Next(at + 1)
	}
	m.write("}")
}

func (m *masker) array(i int, v view) {
	m.write("[")
	items, at := v.item(), i+1
	for n := range m.doc.Len(i) {
		if n > 0 {
			m.write(",")
		}
		m.value(at, items)
		at = m.doc.Next(at)
	}
	m.write("]")
}

func (m *masker) write(text string) { m.out = append(m.out, text...) }

// excerpt cuts what was written to what is around the focus.
func (m *masker) excerpt() string {
	if len(m.out) <= samplePayload {
		return string(m.out)
	}
	start := max(0, min(m.at-samplePayload/4, len(m.out)-samplePayload))
	end := start + samplePayload
	for start > 0 && !utf8.RuneStart(m.out[start]) {
		start++
	}
	for end < len(m.out) && !utf8.RuneStart(m.out[end]) {
		end--
	}
	text := string(m.out[start:end])
	if start > 0 {
		text = "…" + text
	}
	if end < len(m.out) {
		text += "…"
	}
	return text
}
