package numbers

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
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
	r := reader{text: data}
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

var (
	scopeKey  = regexp.MustCompile(`^(event|(message|enum|union):[A-Za-z_][A-Za-z0-9_]*)(/[1-9][0-9]{0,8})*$`)
	fieldKind = regexp.MustCompile(`^(\[\]|\{\}|\?)*(string|bool|int64|uint64|double|timestamp|any|struct|message|enum|union|(message|enum|union):[A-Za-z_][A-Za-z0-9_]*)$`)
)

// isScopeKey matches the key of a scope. Most of them are that of an event.
func isScopeKey(key string) bool { return key == eventScope || scopeKey.MatchString(key) }

// isFieldKind matches the wire type of a field. Most of them are one word.
func isFieldKind(kind string) bool {
	switch Leaf(kind) {
	case Text, Bool, Int64, Uint64, Double, Timestamp, Any, Struct, Message, Enum, Union:
		return true
	}
	return fieldKind.MatchString(kind)
}

// reader reads objects and strings of JSON, which is all that a ledger is made of.
type reader struct {
	text []byte
	at   int
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
	found, _ := utf8.DecodeRune(r.text[r.at:])
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
			text := string(r.text[r.at+1 : end])
			r.at = end + 1
			return text, nil
		case b < ' ', b == '\\', b >= utf8.RuneSelf:
			return r.decoded()
		}
	}
	return "", r.unexpected("a string that ends")
}

func (r *reader) decoded() (text string, err error) {
	d := json.NewDecoder(bytes.NewReader(r.text[r.at:]))
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
	var entries []Entry
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
		e, err := parseEntry(text)
		e.Number = number
		entries = append(entries, e)
		return err
	})
	return entries, err
}

// parseEntry reads kind, name and earlier names.
func parseEntry(text string) (Entry, error) {
	kind, rest, more := strings.Cut(text, " ")
	e := Entry{Kind: Kind(kind)}
	if e.Kind != Extra && e.Kind != EnumValue && !isFieldKind(kind) {
		return e, fmt.Errorf("entry %q has an unknown wire type", text)
	}
	if more && plain(rest) {
		e.Names, more = []string{rest}, false
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
