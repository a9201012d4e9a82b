package numbers

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
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
	return name != "" && !strings.ContainsFunc(name, func(r rune) bool {
		return r == '"' || r == ' ' || r == utf8.RuneError || unicode.IsControl(r)
	})
}

// UnmarshalJSON reads what MarshalJSON wrote, and refuses everything else: keys
// that occur twice, numbers that protobuf does not allow, unknown wire types.
func (l *Ledger) UnmarshalJSON(data []byte) error {
	r := reader{json.NewDecoder(bytes.NewReader(data))}
	scopes := map[string][]Entry{}
	err := r.object(func(key string) error {
		if !scopeKey.MatchString(key) {
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

type reader struct{ *json.Decoder }

// object reads an object; member is called after each key to read its value.
func (r reader) object(member func(key string) error) error {
	if err := r.delim('{'); err != nil {
		return err
	}
	for r.More() {
		key, err := r.text()
		if err != nil {
			return err
		}
		if err := member(key); err != nil {
			return err
		}
	}
	return r.delim('}')
}

func (r reader) delim(want json.Delim) error {
	token, err := r.Token()
	if err != nil {
		return err
	}
	if token != want {
		return fmt.Errorf("found %v, expected %v", token, want)
	}
	return nil
}

func (r reader) text() (string, error) {
	token, err := r.Token()
	if err != nil {
		return "", err
	}
	text, ok := token.(string)
	if !ok {
		return "", fmt.Errorf("found %v, expected a string", token)
	}
	return text, nil
}

func (r reader) end() error {
	if _, err := r.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows the ledger")
	}
	return nil
}

func (r reader) entries() ([]Entry, error) {
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
		text, err := r.text()
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
	if e.Kind != Extra && e.Kind != EnumValue && !fieldKind.MatchString(kind) {
		return e, fmt.Errorf("entry %q has an unknown wire type", text)
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
