package payload

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/evctl/evctl/contracts/rawjson"
)

// Fields are values to take out of events while they are judged: what a collector routes,
// partitions and removes duplicates by. Those beside the properties are met in the pass that
// decides, those inside of them are looked for behind it. They may be used from several
// goroutines. Parse them once: a set keeps what it makes of them, of the first few dozen.
type Fields struct {
	pointers [][]string
}

// ParseFields takes JSON pointers (RFC 6901) from the root of the event: "/id",
// "/context/user". They name members of objects; arrays are not entered.
func ParseFields(pointers ...string) (*Fields, error) {
	f := &Fields{}
	for _, text := range pointers {
		tokens, ok := rawjson.ParsePointer(text)
		if !ok {
			return nil, fmt.Errorf("field %q is not a JSON pointer", text)
		}
		f.pointers = append(f.pointers, tokens)
	}
	return f, nil
}

// Judge is Validate, and appends the fields of the event to values, in the order of the
// pointers: of a string its content, of everything else its JSON text, and nil for null and
// for what is not there. They are slices of raw, apart from strings with escapes. Of an event
// that is not valid they are there too, as long as it is JSON.
func (s *Set) Judge(raw []byte, f *Fields, values [][]byte) (Verdict, [][]byte) {
	r := newRun()
	defer r.release()
	m := s.marksOf(f)
	verdict, ok := s.judge(r, raw, m.program)
	if ok {
		return verdict, r.decider.fields(raw, f, m, values)
	}
	verdict = s.explain(r, raw)
	if slices.ContainsFunc(verdict.Violations, unreadable) {
		return verdict, append(values, make([][]byte, len(f.pointers))...)
	}
	for _, pointer := range f.pointers {
		var text []byte
		if i := r.doc.Find(0, pointer); i >= 0 {
			text = r.doc.Raw(i)
		}
		values = append(values, content(text))
	}
	return verdict, values
}

// marks is the program of a set with some fields marked, so that a decider comes across
// them. Those that it does not, because only the contract of the event describes them, are
// looked for afterwards.
type marks struct {
	program *node
	met     []bool
}

// maxMarked bounds how many Fields a set remembers the marks of; whoever parses new ones for
// each event has them made each time.
const maxMarked = 64

func (s *Set) marksOf(f *Fields) *marks {
	if m, ok := s.marks.Load(f); ok {
		return m.(*marks)
	}
	m := &marks{program: s.program, met: make([]bool, len(f.pointers))}
	for i, pointer := range f.pointers {
		if n := marked(m.program, pointer, fieldParts+i); n != nil {
			m.program, m.met[i] = n, true
		}
	}
	if s.marked.Add(1) > maxMarked {
		return m
	}
	kept, _ := s.marks.LoadOrStore(f, m)
	return kept.(*marks)
}

// fields appends the fields of the event that was decided on.
func (q *decider) fields(raw []byte, f *Fields, m *marks, values [][]byte) [][]byte {
	t := q.text.View()
	for i, pointer := range f.pointers {
		var s span
		if !m.met[i] {
			s, _ = q.locate(pointer, t, t.SkipSpace(0))
		} else if at := fieldParts + i; at < len(q.body.parts) {
			s = q.body.parts[at]
		}
		values = append(values, content(raw[s.start:s.end]))
	}
	return values
}

// unreadable reports whether a violation says that the text is not JSON.
func unreadable(v Violation) bool {
	return slices.ContainsFunc(rawjson.Rules, func(r struct{ ID, Summary string }) bool { return r.ID == v.Rule })
}

// content is the content of a string, the text of other values, and nil for null.
func content(text []byte) []byte {
	switch {
	case len(text) == 0 || text[0] == 'n':
		return nil
	case text[0] != '"':
		return text
	case slices.Contains(text, '\\'):
		var decoded string
		if err := json.Unmarshal(text, &decoded); err != nil {
			return nil
		}
		return []byte(decoded)
	}
	return text[1 : len(text)-1]
}
