package payload

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/evctl/evctl/contracts/rawjson"
)

// Fields are values to take out of events while they are judged: what a collector routes,
// partitions and removes duplicates by. They may be used from several goroutines.
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
	if c, at := s.decideEvent(&r.decider, raw); at >= 0 && c.version != nil {
		verdict := c.version.decided()
		verdict.Valid, verdict.Flag = true, c.flag
		for _, pointer := range f.pointers {
			values = append(values, content(valueAt(raw, pointer)))
		}
		return verdict, values
	}
	verdict := s.explain(r, raw)
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

// unreadable reports whether a violation says that the text is not JSON.
func unreadable(v Violation) bool {
	return slices.ContainsFunc(rawjson.Rules, func(r struct{ ID, Summary string }) bool { return r.ID == v.Rule })
}

// valueAt is the text of the value that a pointer leads to in a text that is known to be
// JSON, and nil where there is none. It looks at names, and passes over all else.
func valueAt(raw []byte, pointer []string) []byte {
	at := spaceEnd(raw, 0)
	for _, token := range pointer {
		if at = memberOf(raw, at, token); at < 0 {
			return nil
		}
	}
	return raw[at:valueEnd(raw, at)]
}

// memberOf is where the value of the member starts, or -1.
func memberOf(raw []byte, at int, name string) int {
	if raw[at] != '{' {
		return -1
	}
	for at = spaceEnd(raw, at+1); raw[at] == '"'; at = spaceEnd(raw, at+1) {
		end := stringEnd(raw, at)
		found := isName(raw[at:end], name)
		at = spaceEnd(raw, spaceEnd(raw, end)+1)
		if found {
			return at
		}
		if at = spaceEnd(raw, valueEnd(raw, at)); raw[at] != ',' {
			return -1
		}
	}
	return -1
}

// isName reports whether a string is a name, which it may spell with escapes.
func isName(text []byte, name string) bool {
	return string(text[1:len(text)-1]) == name || slices.Contains(text, '\\') && string(content(text)) == name
}

func spaceEnd(raw []byte, at int) int { return at + leadingSpace(raw[at:]) }

// stringEnd is behind the string that starts at a place.
func stringEnd(raw []byte, at int) int {
	for at++; ; at++ {
		switch raw[at] {
		case '\\':
			at++
		case '"':
			return at + 1
		}
	}
}

// valueEnd is behind the value that starts at a place.
func valueEnd(raw []byte, at int) int {
	for depth := 0; at < len(raw); at++ {
		switch c := raw[at]; {
		case c == '"':
			if at = stringEnd(raw, at); depth == 0 {
				return at
			}
			at--
		case c == '{' || c == '[':
			depth++
		case (c == '}' || c == ']') && depth > 0:
			if depth--; depth == 0 {
				return at + 1
			}
		case depth == 0 && (c == ',' || c == '}' || c == ']' || isSpace(c)):
			return at
		}
	}
	return at
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
