package numbers

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/evctl/evctl/contracts/document"
)

// MarshalJSON writes the ledger in the form of the package documentation. Equal
// ledgers give equal bytes.
func (l Ledger) MarshalJSON() ([]byte, error) {
	b := []byte{'{'}
	for i, key := range l.Keys() {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(document.AppendQuoted(b, key), ':', '{')
		for j, e := range l.scopes[key] {
			if j > 0 {
				b = append(b, ',')
			}
			b = append(document.AppendQuoted(b, strconv.Itoa(e.Number)), ':')
			b = document.AppendQuoted(b, e.text())
		}
		b = append(b, '}')
	}
	return append(b, '}'), nil
}

// text is the entry without its number: kind, name, earlier names.
func (e Entry) text() string {
	b := []byte(e.Kind)
	for _, name := range slices.Backward(e.Names) {
		b = append(b, ' ')
		if plain(name) {
			b = append(b, name...)
		} else {
			b = document.AppendQuoted(b, name)
		}
	}
	return string(b)
}

// plain reports whether a name can stand in an entry without quotes.
func plain(name string) bool {
	if isWord(name) {
		return true
	}
	return name != "" && !strings.ContainsFunc(name, func(r rune) bool {
		return r == '"' || r == ' ' || r == utf8.RuneError || unicode.IsControl(r)
	})
}

// isWord reports whether a name is made of what most names are made of.
func isWord(name string) bool {
	for i := range len(name) {
		if b := name[i]; b != '_' && (b < '0' || b > '9') && (b|0x20 < 'a' || b|0x20 > 'z') {
			return false
		}
	}
	return name != ""
}

// UnmarshalJSON reads what MarshalJSON wrote, and refuses everything else: keys
// that occur twice, numbers that protobuf does not allow, unknown wire types.
func (l *Ledger) UnmarshalJSON(data []byte) error {
	r := reader{text: string(data)}
	scopes := map[string][]Entry{}
	err := r.object(func(key string) error {
		if !isScopeKey(key) {
			return fmt.Errorf("%q is not the key of a scope", key)
		}
		if _, twice := scopes[key]; twice {
			return fmt.Errorf("scope %q occurs twice", key)
		}
		entries, err := r.entries()
		scopes[key] = entries
		if err != nil {
			return fmt.Errorf("scope %s: %w", key, err)
		}
		return nil
	})
	if err == nil {
		err = r.end()
	}
	if err != nil {
		return fmt.Errorf("ledger of field numbers: %w", err)
	}
	*l = Ledger{scopes: scopes}
	return nil
}

// isScopeKey matches the key of a scope: that of the event, or of a definition, and the
// numbers of the fields that lead to what is written in place.
func isScopeKey(key string) bool {
	place, path, nested := strings.Cut(key, "/")
	if place != eventScope && !isDefined(place) {
		return false
	}
	for nested {
		var number string
		number, path, nested = strings.Cut(path, "/")
		if !isPathNumber(number) {
			return false
		}
	}
	return true
}

// isDefined matches the leaf of a definition: what it is, and its name.
func isDefined(text string) bool {
	leaf, name, ok := strings.Cut(text, ":")
	switch Leaf(leaf) {
	case Message, Enum, Union:
		return ok && isWord(name) && (name[0] < '0' || name[0] > '9')
	}
	return false
}

// isPathNumber matches the number of a field in a key.
func isPathNumber(text string) bool {
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return false
		}
	}
	return text != "" && text[0] != '0' && len(text) <= 9
}

// isFieldKind matches the wire type of a field: its layers and its leaf.
func isFieldKind(kind string) bool {
	for wrapped := true; wrapped; {
		kind, wrapped = cutWrap(kind)
	}
	switch Leaf(kind) {
	case Text, Bool, Int64, Uint64, Double, Timestamp, Any, Struct, Message, Enum, Union:
		return true
	}
	return isDefined(kind)
}

// cutWrap takes the outermost layer off, if there is one.
func cutWrap(kind string) (rest string, found bool) {
	for _, w := range [...]Wrap{List, Dict, Maybe} {
		if rest, found = strings.CutPrefix(kind, string(w)); found {
			return rest, true
		}
	}
	return kind, false
}

// reader reads objects and strings of JSON, which is all that a ledger is made of.
// What it returns are parts of the text.
type reader struct {
	text    string
	at      int
	names   []string // memory for the names of entries, most of which have one
	scratch []Entry
}

// object reads an object; member is called after each key to read its value.
func (r *reader) object(member func(key string) error) error {
	if err := r.byte('{'); err != nil {
		return err
	}
	for r.next() != '}' {
		key, err := r.string()
		if err == nil {
			err = r.byte(':')
		}
		if err == nil {
			err = member(key)
		}
		if err != nil {
			return err
		}
		if r.next() == '}' {
			break
		}
		if err := r.byte(','); err != nil {
			return err
		}
		if r.next() == '}' {
			return r.unexpected("a string")
		}
	}
	return r.byte('}')
}

// next is the next byte that is no white space, or 0 at the end.
func (r *reader) next() byte {
	for ; r.at < len(r.text); r.at++ {
		switch b := r.text[r.at]; b {
		case ' ', '\t', '\r', '\n':
		default:
			return b
		}
	}
	return 0
}

func (r *reader) byte(want byte) error {
	if r.next() != want {
		return r.unexpected(string(want))
	}
	r.at++
	return nil
}

func (r *reader) unexpected(want string) error {
	if r.at >= len(r.text) {
		return fmt.Errorf("found the end, expected %s", want)
	}
	found, _ := utf8.DecodeRuneInString(r.text[r.at:])
	return fmt.Errorf("found %c, expected %s", found, want)
}

// string reads a string. Those with escapes, and those that are no plain ASCII, are left
// to encoding/json.
func (r *reader) string() (string, error) {
	if r.next() != '"' {
		return "", r.unexpected("a string")
	}
	for end := r.at + 1; end < len(r.text); end++ {
		switch b := r.text[end]; {
		case b == '"':
			text := r.text[r.at+1 : end]
			r.at = end + 1
			return text, nil
		case b < ' ', b == '\\', b >= utf8.RuneSelf:
			return r.decoded()
		}
	}
	return "", r.unexpected("a string that ends")
}

func (r *reader) decoded() (text string, err error) {
	d := json.NewDecoder(strings.NewReader(r.text[r.at:]))
	err = d.Decode(&text)
	r.at += int(d.InputOffset())
	return text, err
}

func (r *reader) end() error {
	if r.next() != 0 || r.at < len(r.text) {
		return errors.New("something follows the ledger")
	}
	return nil
}

func (r *reader) entries() ([]Entry, error) {
	entries := r.scratch[:0]
	err := r.object(func(key string) error {
		number, err := strconv.Atoi(key)
		if err != nil || strconv.Itoa(number) != key || number < 1 || number > maxNumber {
			return fmt.Errorf("%q is not a field number", key)
		}
		if reservedFirst <= number && number <= reservedLast {
			return fmt.Errorf("number %d belongs to protobuf itself", number)
		}
		if n := len(entries); n > 0 && entries[n-1].Number >= number {
			return fmt.Errorf("number %d follows %d, expected ascending numbers", number, entries[n-1].Number)
		}
		text, err := r.string()
		if err != nil {
			return err
		}
		e, err := r.entry(text)
		e.Number = number
		entries = append(entries, e)
		return err
	})
	r.scratch = entries
	return slices.Clone(entries), err
}

// entry reads kind, name and earlier names.
func (r *reader) entry(text string) (Entry, error) {
	kind, rest, more := strings.Cut(text, " ")
	e := Entry{Kind: Kind(kind)}
	if e.Kind != Extra && e.Kind != EnumValue && !isFieldKind(kind) {
		return e, fmt.Errorf("entry %q has an unknown wire type", text)
	}
	if more && plain(rest) {
		r.names = append(r.names, rest)
		n := len(r.names)
		e.Names, more = r.names[n-1:n:n], false
	}
	for more {
		var name string
		var err error
		if name, rest, more, err = cutName(rest); err != nil {
			return e, fmt.Errorf("entry %q: %w", text, err)
		}
		e.Names = append(e.Names, name)
	}
	slices.Reverse(e.Names)
	if (e.Kind == Extra) != (len(e.Names) == 0) {
		return e, fmt.Errorf("entry %q has %d names", text, len(e.Names))
	}
	return e, nil
}

// cutName takes the first name off text.
func cutName(text string) (name, rest string, more bool, err error) {
	if !strings.HasPrefix(text, `"`) {
		name, rest, more = strings.Cut(text, " ")
		if !plain(name) {
			return "", "", false, fmt.Errorf("name %q needs quotes", name)
		}
		return name, rest, more, nil
	}
	d := json.NewDecoder(strings.NewReader(text))
	if err := d.Decode(&name); err != nil {
		return "", "", false, err
	}
	rest = text[d.InputOffset():]
	if rest == "" {
		return name, "", false, nil
	}
	if rest[0] != ' ' {
		return "", "", false, errors.New("something follows a quoted name")
	}
	return name, rest[1:], true, nil
}
