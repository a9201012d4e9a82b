package payload_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	v5 "github.com/santhosh-tekuri/jsonschema/v5"
	v6 "github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/evctl/evctl/contracts/envelope"
	"github.com/evctl/evctl/contracts/formats"
	"github.com/evctl/evctl/contracts/golden"
	"github.com/evctl/evctl/contracts/payload"
	"github.com/evctl/evctl/contracts/rawjson"
)

// ruling is a payload about which validators disagree, or could.
type ruling struct {
	question string
	schema   string // of property v, in words that contracts and JSON Schema share
	payload  string
	want     string // the rule that we find broken, empty: valid
	decides  string // why
	shown    string // in the table, where the payload itself is no pleasure to read
}

const (
	dateTime   = `{"type": "string", "format": "date-time"}`
	clock      = `{"type": "string", "format": "time"}`
	span       = `{"type": "string", "format": "duration"}`
	uuid       = `{"type": "string", "format": "uuid"}`
	uri        = `{"type": "string", "format": "uri"}`
	uriRef     = `{"type": "string", "format": "uri-reference"}`
	iri        = `{"type": "string", "format": "iri"}`
	email      = `{"type": "string", "format": "email"}`
	hostname   = `{"type": "string", "format": "hostname"}`
	ipv4       = `{"type": "string", "format": "ipv4"}`
	ipv6       = `{"type": "string", "format": "ipv6"}`
	text       = `{"type": "string"}`
	number     = `{"type": "number"}`
	integer    = `{"type": "integer"}`
	cents      = `{"type": "number", "multipleOf": 0.01}`
	numberList = `{"type": "array", "items": {"type": "number"}, "uniqueItems": true}`
	anyList    = `{"type": "array", "items": {"type": "any"}, "uniqueItems": true}`
	free       = `{"type": "any"}`
)

// rulings is the table of the README, by what decides.
var rulings = []struct {
	title string
	list  []ruling
}{
	{"Formats", []ruling{
		{"a leap second that was", dateTime, `{"v": "1990-12-31T23:59:60Z"}`, "", "RFC 3339, 5.7", ""},
		{"the same, in another offset", dateTime, `{"v": "1990-12-31T15:59:60-08:00"}`, "", "RFC 3339, 5.8", ""},
		{"a leap second within a month", dateTime, `{"v": "1990-12-30T23:59:60Z"}`, "format", "RFC 3339, 5.7: only months end with them", ""},
		{"a leap second at noon", dateTime, `{"v": "1990-12-31T12:00:60Z"}`, "format", "RFC 3339, 5.7", ""},
		{"a leap second without a date", clock, `{"v": "23:59:60Z"}`, "", "RFC 3339, 5.6", ""},
		{"the same at noon", clock, `{"v": "12:00:60Z"}`, "format", "RFC 3339, 5.7", ""},
		{"small letters in a moment", dateTime, `{"v": "2026-02-28t09:30:00z"}`, "", "RFC 3339, 5.6", ""},
		{"a space instead of the T", dateTime, `{"v": "2026-02-28 09:30:00Z"}`, "format", "RFC 3339, 5.6", ""},
		{"no offset", dateTime, `{"v": "2026-02-28T09:30:00"}`, "format", "RFC 3339, 4.4", ""},
		{"an offset without a colon", dateTime, `{"v": "2026-02-28T09:30:00+0100"}`, "format", "RFC 3339, 5.6", ""},
		{"an unknown offset", dateTime, `{"v": "2026-02-28T09:30:00-00:00"}`, "", "RFC 3339, 4.3", ""},
		{"24 o'clock", dateTime, `{"v": "2026-02-28T24:00:00Z"}`, "format", "RFC 3339, 5.7", ""},
		{"a comma before the fraction", dateTime, `{"v": "2026-02-28T09:30:00,5Z"}`, "format", "RFC 3339, 5.6", ""},
		{"the year 0000", dateTime, `{"v": "0000-02-29T00:00:00Z"}`, "", "RFC 3339, 1", ""},
		{"a duration with a fraction", span, `{"v": "PT1.5S"}`, "format", "RFC 3339, A", ""},
		{"a duration that skips a unit", span, `{"v": "P1Y3D"}`, "format", "RFC 3339, A", ""},
		{"a UUID in capital letters", uuid, `{"v": "7F0C0A6E-9E0A-4C55-8A39-0D5D4F7A2F0B"}`, "", "RFC 9562, 4", ""},
		{"a UUID as a URN", uuid, `{"v": "urn:uuid:7f0c0a6e-9e0a-4c55-8a39-0d5d4f7a2f0b"}`, "format", "RFC 9562, 4: that is a URN of a UUID", ""},
		{"a UUID in braces", uuid, `{"v": "{7f0c0a6e-9e0a-4c55-8a39-0d5d4f7a2f0b}"}`, "format", "RFC 9562, 4", ""},
		{"a UUID of no version", uuid, `{"v": "00000000-0000-0000-0000-000000000000"}`, "", "RFC 9562, 5.9", ""},
		{"a space in a URI", uri, `{"v": "https://example.com/a b"}`, "format", "RFC 3986, 2", ""},
		{"ü in a URI", uri, `{"v": "https://example.com/ü"}`, "format", "RFC 3986, 2; format iri takes it", ""},
		{"ü in an IRI", iri, `{"v": "https://example.com/ü"}`, "", "RFC 3987, 2.2", ""},
		{"a URI without a scheme", uri, `{"v": "//example.com/a"}`, "format", "RFC 3986, 3; format uri-reference takes it", ""},
		{"braces in a URI", uri, `{"v": "https://example.com/{id}"}`, "format", "RFC 3986, 2", ""},
		{"a percent sign alone", uri, `{"v": "https://example.com/100%"}`, "format", "RFC 3986, 2.1", ""},
		{"a port that is no number", uri, `{"v": "https://example.com:http/"}`, "format", "RFC 3986, 3.2.3", ""},
		{"a backslash in a reference", uriRef, `{"v": "a\\b"}`, "format", "RFC 3986, 2", ""},
		{"a host without a dot", email, `{"v": "a@localhost"}`, "", "RFC 5321, 4.1.2: one sub-domain is enough", ""},
		{"ü in an address", email, `{"v": "jürgen@example.com"}`, "format", "RFC 5321, 4.1.2", ""},
		{"a quoted local part", email, `{"v": "\"a b\"@example.com"}`, "", "RFC 5321, 4.1.2", ""},
		{"two dots in a local part", email, `{"v": "a..b@example.com"}`, "format", "RFC 5321, 4.1.2", ""},
		{"an underscore in a domain", email, `{"v": "a@ex_ample.com"}`, "format", "RFC 5321, 4.1.2", ""},
		{"a name with an address", email, `{"v": "Ann <ann@example.com>"}`, "format", "RFC 5321, 4.1.2", ""},
		{"a dot behind a host", hostname, `{"v": "example.com."}`, "format", "RFC 1123, 2.1; RFC 952", ""},
		{"an underscore in a host", hostname, `{"v": "a_b.example.com"}`, "format", "RFC 1123, 2.1", ""},
		{"a leading zero", ipv4, `{"v": "192.0.2.01"}`, "format", "RFC 3986, 3.2.2: dec-octet", ""},
		{"a zone", ipv6, `{"v": "fe80::1%eth0"}`, "format", "RFC 4291, 2.2; zones are RFC 4007", ""},
	}},
	{"Numbers", []ruling{
		{"2^53+1 against a maximum of 2^53", `{"type": "integer", "maximum": 9007199254740992}`, `{"v": 9007199254740993}`, "maximum", "Validation, 6.2.2: numbers of any precision", ""},
		{"2^53+1 as 2^53 in an enum", `{"type": "integer", "enum": [9007199254740992]}`, `{"v": 9007199254740993}`, "enum", "Validation, 6.1.2", ""},
		{"the largest float64", number, `{"v": 1.7976931348623157e308}`, "", "RFC 8259, 6", ""},
		{"beyond float64", number, `{"v": 1e400}`, "json-number", "our limit, as RFC 8259, 6 advises", ""},
		{"an exponent of -401", number, `{"v": 1e-401}`, "json-number", "our limit", ""},
		{"an exponent beyond 400", number, `{"v": 1e401}`, "json-number", "our limit, as RFC 8259, 6 allows", ""},
		{"seven digits of exponent", integer, `{"v": 1e9999999}`, "json-number", "our limit", ""},
		{"a number of 401 digits", number, `{"v": ` + strings.Repeat("1", 401) + `}`, "json-number", "our limit", "`111…` of 401 digits"},
		{"a fraction that vanishes", `{"type": "number", "exclusiveMinimum": 0}`, `{"v": 1e-400}`, "", "Validation, 6.2.5", ""},
		{"0.07 as a multiple of 0.01", cents, `{"v": 0.07}`, "", "Validation, 6.2.1: decimals, not floats", ""},
		{"19.99 as a multiple of 0.01", cents, `{"v": 19.99}`, "", "the same", ""},
		{"0.075 as a multiple of 0.01", cents, `{"v": 0.075}`, "multipleOf", "the same", ""},
		{"1.0 as an integer", integer, `{"v": 1.0}`, "", "Validation, 6.1.1", ""},
		{"1e2 as an integer", integer, `{"v": 1e2}`, "", "Validation, 6.1.1", ""},
		{"1.5 as an integer", integer, `{"v": 1.5}`, "type", "Validation, 6.1.1", ""},
		{"minus zero", `{"type": "integer", "minimum": 0}`, `{"v": -0}`, "", "RFC 8259, 6; it equals 0", ""},
		{"not a number", number, `{"v": NaN}`, "json-syntax", "RFC 8259, 6", ""},
		{"infinity", number, `{"v": Infinity}`, "json-syntax", "RFC 8259, 6", ""},
		{"a plus sign", number, `{"v": +1}`, "json-syntax", "RFC 8259, 6", ""},
		{"a leading zero", number, `{"v": 01}`, "json-syntax", "RFC 8259, 6", ""},
		{"nothing behind the point", number, `{"v": 1.}`, "json-syntax", "RFC 8259, 6", ""},
		{"a number in quotes", number, `{"v": "1"}`, "type", "Validation, 6.1.1", ""},
	}},
	{"Texts", []ruling{
		{"an emoji against a minimum of 2", `{"type": "string", "minLength": 2}`, `{"v": "😀"}`, "minLength", "Validation, 6.3.2: characters of RFC 8259, not UTF-16", ""},
		{"an emoji in escapes", `{"type": "string", "maxLength": 1}`, `{"v": "\ud83d\ude00"}`, "", "Validation, 6.3.1", ""},
		{"a letter with an accent of its own", `{"type": "string", "maxLength": 1}`, `{"v": "e\u0301"}`, "maxLength", "Validation, 6.3.1: code points, not graphemes", ""},
		{"a line feed for `.`", `{"type": "string", "pattern": "^.$"}`, `{"v": "\n"}`, "pattern", "RE2", ""},
		{"a carriage return for `.`", `{"type": "string", "pattern": "^.$"}`, `{"v": "\r"}`, "", "RE2; not in ECMA-262", ""},
		{"U+2028 for `.`", `{"type": "string", "pattern": "^.$"}`, `{"v": "\u2028"}`, "", "RE2; not in ECMA-262", ""},
		{"an emoji for `.`", `{"type": "string", "pattern": "^.$"}`, `{"v": "😀"}`, "", "RE2; ECMA-262 with the u flag", ""},
		{"a no-break space for `\\s`", `{"type": "string", "pattern": "^\\s$"}`, `{"v": "\u00a0"}`, "pattern", "RE2; ECMA-262 takes it", ""},
		{"a vertical tab for `\\s`", `{"type": "string", "pattern": "^\\s$"}`, `{"v": "\u000b"}`, "pattern", "RE2; ECMA-262 takes it", ""},
		{"٣ for `\\d`", `{"type": "string", "pattern": "^\\d$"}`, `{"v": "٣"}`, "pattern", "RE2 and ECMA-262", ""},
		{"é for `\\w`", `{"type": "string", "pattern": "^\\w$"}`, `{"v": "é"}`, "pattern", "RE2 and ECMA-262", ""},
		{"`$` before a line feed", `{"type": "string", "pattern": "^a$"}`, `{"v": "a\n"}`, "pattern", "RE2 and ECMA-262", ""},
		{"a pattern within a text", `{"type": "string", "pattern": "b"}`, `{"v": "abc"}`, "", "Validation, 6.3.3: not anchored", ""},
		{"half of a surrogate pair", text, `{"v": "\ud800"}`, "json-encoding", "RFC 8259, 8.2; RFC 7493, 2.1", ""},
		{"surrogates the wrong way round", text, `{"v": "\ude00\ud83d"}`, "json-encoding", "RFC 8259, 8.2", ""},
		{"a byte that is not UTF-8", text, "{\"v\": \"\xff\"}", "json-encoding", "RFC 8259, 8.1", ""},
		{"an overlong slash", text, "{\"v\": \"\xc0\xaf\"}", "json-encoding", "RFC 3629, 3", ""},
		{"a surrogate in UTF-8", text, "{\"v\": \"\xed\xa0\x80\"}", "json-encoding", "RFC 3629, 3", ""},
		{"a tab that is not escaped", text, "{\"v\": \"\t\"}", "json-syntax", "RFC 8259, 7", ""},
		{"NUL that is not escaped", text, "{\"v\": \"\x00\"}", "json-syntax", "RFC 8259, 7", ""},
		{"NUL that is escaped", text, `{"v": "\u0000"}`, "", "RFC 8259, 7", ""},
		{"DEL", text, "{\"v\": \"\x7f\"}", "", "RFC 8259, 7", ""},
		{"an escape that is none", text, `{"v": "\x41"}`, "json-syntax", "RFC 8259, 7", ""},
	}},
	{"Names", []ruling{
		{"a name twice", integer, `{"v": 1, "v": 2}`, "json-duplicate", "RFC 8259, 4; RFC 7493, 2.3", ""},
		{"a name twice, once in escapes", integer, `{"v": 1, "\u0076": 2}`, "json-duplicate", "RFC 8259, 8.3", ""},
		{"a name in escapes", integer, `{"\u0076": 1}`, "", "RFC 8259, 8.3", ""},
		{"a name twice, in what is not described", free, `{"v": {"a": 1, "a": 2}}`, "json-duplicate", "RFC 7493, 2.3", ""},
		{"a name in another case", integer, `{"V": 1}`, "additionalProperties", "RFC 8259, 8.3", ""},
		{"null for a property that is optional", integer, `{"v": null}`, "type", "Validation, 6.1.1", ""},
		{"nothing for it", integer, `{}`, "", "Validation, 6.5.3", ""},
		{"a name that objects of JavaScript have", integer, `{"__proto__": 1}`, "additionalProperties", "Core, 10.3.2.3", ""},
	}},
	{"Equality", []ruling{
		{"1 and 1.0 as items", numberList, `{"v": [1, 1.0]}`, "uniqueItems", "Core, 4.2.2: mathematical value", ""},
		{"1 and 10e-1 as items", numberList, `{"v": [1, 10e-1]}`, "uniqueItems", "Core, 4.2.2", ""},
		{"0 and -0 as items", numberList, `{"v": [0, -0]}`, "uniqueItems", "Core, 4.2.2", ""},
		{"2^53 and 2^53+1 as items", numberList, `{"v": [9007199254740992, 9007199254740993]}`, "", "Core, 4.2.2", ""},
		{"1 and true as items", anyList, `{"v": [1, true]}`, "", "Core, 4.2.2", ""},
		{"1 and \"1\" as items", anyList, `{"v": [1, "1"]}`, "", "Core, 4.2.2", ""},
		{"objects in another order", anyList, `{"v": [{"a": 1, "b": 2}, {"b": 2, "a": 1.0}]}`, "uniqueItems", "Core, 4.2.2", ""},
		{"a text and its escapes", anyList, `{"v": ["a", "\u0061"]}`, "uniqueItems", "RFC 8259, 8.3", ""},
		{"é in one code point and in two", anyList, `{"v": ["\u00e9", "e\u0301"]}`, "", "Core, 4.2.2: nothing is normalised", ""},
		{"1.0 for an enum of 1", `{"type": "integer", "enum": [1]}`, `{"v": 1.0}`, "", "Validation, 6.1.2", ""},
		{"\"1\" for an enum of 1", `{"type": ["integer", "string"], "enum": [1]}`, `{"v": "1"}`, "enum", "Validation, 6.1.2", ""},
		{"escapes for an enum", `{"type": "string", "enum": ["a"]}`, `{"v": "\u0061"}`, "", "RFC 8259, 8.3", ""},
	}},
	{"Documents", []ruling{
		{"nothing", integer, ``, "json-syntax", "RFC 8259, 2", "no bytes"},
		{"white space", integer, " \n", "json-syntax", "RFC 8259, 2", ""},
		{"a byte order mark", integer, "\ufeff{\"v\": 1}", "json-syntax", "RFC 8259, 8.1", "U+FEFF before `{\"v\": 1}`"},
		{"UTF-16", integer, "{\x00\"\x00v\x00\"\x00:\x001\x00}\x00", "json-syntax", "RFC 8259, 8.1", "`{\"v\":1}` in UTF-16"},
		{"text behind the value", integer, `{"v": 1} x`, "json-syntax", "RFC 8259, 2", ""},
		{"two values", integer, `{"v": 1} {"v": 1}`, "json-syntax", "RFC 8259, 2; NDJSON is for batches", ""},
		{"NUL behind the value", integer, "{\"v\": 1}\x00", "json-syntax", "RFC 8259, 2", ""},
		{"a comma too many", integer, `{"v": 1,}`, "json-syntax", "RFC 8259, 4", ""},
		{"a comment", integer, `{"v": 1} // one`, "json-syntax", "RFC 8259, 2", ""},
		{"single quotes", integer, `{'v': 1}`, "json-syntax", "RFC 8259, 7", ""},
		{"a form feed as white space", integer, "{\"v\":\f1}", "json-syntax", "RFC 8259, 2", ""},
		{"True", `{"type": "boolean"}`, `{"v": True}`, "json-syntax", "RFC 8259, 3", ""},
		{"no object", integer, `[1]`, "type", "the payload is the object of properties", ""},
		{"128 levels", free, deep(rawjson.MaxDepth), "", "our limit", "128 levels"},
		{"129 levels", free, deep(rawjson.MaxDepth + 1), "json-depth", "our limit, as RFC 8259, 9 allows", "129 levels"},
		{"a million levels", free, deep(1_000_000), "json-depth", "our limit", "1,000,000 levels"},
		{"8 MiB", text, long(rawjson.MaxBytes), "", "our limit", "8,388,608 bytes"},
		{"a byte more", text, long(rawjson.MaxBytes + 1), "json-size", "our limit, as RFC 8259, 9 allows", "8,388,609 bytes"},
	}},
}

// deep is a payload with as many levels, itself the first of them.
func deep(levels int) string {
	return `{"v":` + strings.Repeat("[", levels-1) + strings.Repeat("]", levels-1) + "}"
}

// long is a payload of as many bytes.
func long(size int) string {
	const around = `{"v":""}`
	return `{"v":"` + strings.Repeat("a", size-len(around)) + `"}`
}

// TestRules_AreThoseOfTheReadme carries out every row of the table, by all who are named
// there, and holds the other parts of the README that follow from the code.
func TestRules_AreThoseOfTheReadme(t *testing.T) {
	const path = "README.md"
	readme, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	example, err := os.ReadFile("example_test.go")
	if err != nil {
		t.Fatal(err)
	}
	text := string(readme)
	text = replace(t, text, "example", "```go\n"+string(example)+"```\n")
	text = replace(t, text, "limits", limits())
	text = replace(t, text, "codes", codes())
	text = replace(t, text, "rulings", table(t))
	golden.Check(t, path, []byte(text))
}

// replace puts other text between the comments that name a part of a page.
func replace(t *testing.T, page, part, text string) string {
	t.Helper()
	begin, end := "<!-- "+part+" -->\n", "<!-- end of "+part+" -->\n"
	before, rest, found := strings.Cut(page, begin)
	_, after, ended := strings.Cut(rest, end)
	if !found || !ended {
		t.Fatalf("there is no place for the %s", part)
	}
	return before + begin + "\n" + text + "\n" + end + after
}

// limits is the table of what bounds an event and its verdict.
func limits() string {
	return fmt.Sprintf(`| what | limit | code beyond it |
|---|---|---|
| an event | %d bytes (%d MiB) | %s |
| arrays and objects within each other | %d levels | %s |
| a number | %d characters, an exponent of at most %d, and what a float64 can hold (about 1.8e308) | %s |
| violations of one event | %d, in the order of the text | |
`, rawjson.MaxBytes, rawjson.MaxBytes>>20, code(rawjson.RuleSize), rawjson.MaxDepth, code(rawjson.RuleDepth),
		rawjson.MaxDigits, rawjson.MaxDigits, code(rawjson.RuleNumber), payload.MaxViolations)
}

// codes is the table of what can be wrong beside the keywords of contracts.
func codes() string {
	var b strings.Builder
	b.WriteString("| code | what is wrong | raised by |\n|---|---|---|\n")
	for _, source := range []struct {
		name  string
		rules []struct{ ID, Summary string }
	}{{"reading the text", rawjson.Rules}, {"the envelope", envelope.Rules}, {"the set", payload.SetRules}} {
		for _, r := range source.rules {
			fmt.Fprintf(&b, "| %s | %s | %s |\n", code(r.ID), r.Summary, source.name)
		}
	}
	return b.String()
}

// table is what all who are named in it say of the rulings.
func table(t *testing.T) string {
	var b strings.Builder
	for i, section := range rulings {
		if i > 0 {
			b.WriteString("\n")
		}
		fmt.Fprintf(&b, "### %s\n\n| question | property `v` | payload | evctl | encoding/json reads | santhosh v5 | santhosh v6 | decided by |\n|---|---|---|---|---|---|---|---|\n", section.title)
		for _, r := range section.list {
			own := "valid"
			if rule := r.own(t); rule != "" {
				own = code(rule)
			}
			cells := []string{r.question, code(r.schema), r.payloadCell(), own, r.read(), r.fifth(t), r.sixth(t), r.decides}
			for i := range cells {
				cells[i] = strings.ReplaceAll(cells[i], "|", `\|`)
			}
			fmt.Fprintf(&b, "| %s |\n", strings.Join(cells, " | "))
		}
	}
	return b.String()
}

func code(text string) string { return "`" + text + "`" }

// payloadCell shows bytes that are no plain text as Go does.
func (r ruling) payloadCell() string {
	if r.shown != "" {
		return r.shown
	}
	for _, c := range r.payload {
		if c < ' ' || c == 0x7f || c == 0xfffd {
			return code(strconv.Quote(r.payload)) + " in Go"
		}
	}
	return code(r.payload)
}

// own is the rule that we find broken, and must be what the row wants.
func (r ruling) own(t *testing.T) string {
	t.Helper()
	c := event(t, property(r.schema))
	v, err := payload.Compile(c)
	if err != nil {
		t.Fatal(err)
	}
	rule := ""
	found := v.Validate([]byte(r.payload))
	if len(found) > 0 {
		rule = found[0].Rule
	}
	if len(found) > 1 || rule != r.want {
		t.Errorf("%s: %v, expected one violation of %q", r.question, found, r.want)
	}
	if v.Valid([]byte(r.payload)) != (r.want == "") {
		t.Errorf("%s: Valid says %v", r.question, r.want != "")
	}
	return rule
}

// read is what becomes of the value, or of all there is, when encoding/json reads it into
// an any.
func (r ruling) read() string {
	var value any
	if err := json.Unmarshal([]byte(r.payload), &value); err != nil {
		return differing("error", r.want == "")
	}
	ours := !strings.HasPrefix(r.want, "json-")
	var before bytes.Buffer
	if err := json.Compact(&before, []byte(r.payload)); err == nil && before.String() == encode(value) {
		return differing("as it is", !ours)
	}
	if object, ok := value.(map[string]any); ok && object["v"] != nil {
		value = object["v"]
	}
	return differing(code(encode(value)), !ours)
}

// encode writes a value so that every character of it can be seen.
func encode(value any) string {
	var b, visible strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil {
		return err.Error()
	}
	for _, c := range strings.TrimSuffix(b.String(), "\n") {
		if unicode.IsPrint(c) {
			visible.WriteRune(c)
			continue
		}
		fmt.Fprintf(&visible, `\u%04x`, c)
	}
	return visible.String()
}

// differing marks what is not as we see it.
func differing(text string, differs bool) string {
	if differs {
		return "**" + text + "**"
	}
	return text
}

// jsonSchema is a schema for the payload. The language's any is a schema without a type.
func (r ruling) jsonSchema() string {
	schema := strings.ReplaceAll(r.schema, `{"type": "any"}`, "{}")
	return `{"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "properties": {"v": ` + schema + `}, "additionalProperties": false}`
}

const rulingURL = "https://evctl.invalid/ruling.json"

// fifth is the verdict of santhosh v5 with formats asserted, on what encoding/json reads
// with numbers as they are written.
func (r ruling) fifth(t *testing.T) string {
	t.Helper()
	c := v5.NewCompiler()
	c.AssertFormat = true
	c.LoadURL = func(url string) (io.ReadCloser, error) { return nil, fmt.Errorf("%s is not read", url) }
	if err := c.AddResource(rulingURL, strings.NewReader(r.jsonSchema())); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(rulingURL)
	if err != nil {
		t.Fatal(err)
	}
	return r.verdict(s.Validate)
}

// sixth is that of santhosh v6.
func (r ruling) sixth(t *testing.T) string {
	t.Helper()
	document, err := v6.UnmarshalJSON(strings.NewReader(r.jsonSchema()))
	if err != nil {
		t.Fatal(err)
	}
	c := v6.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource(rulingURL, document); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(rulingURL)
	if err != nil {
		t.Fatal(err)
	}
	return r.verdict(s.Validate)
}

func (r ruling) verdict(validate func(any) error) (verdict string) {
	defer func() {
		if recover() != nil {
			verdict = "**panics**"
		}
	}()
	value, err := v6.UnmarshalJSON(strings.NewReader(r.payload))
	switch {
	case err != nil:
		return differing("not read", r.want == "")
	case validate(value) != nil:
		return differing("invalid", r.want == "")
	}
	return differing("valid", r.want != "")
}

// TestRules_CoverWhatTheTableIsFor wants a row for every rule of reading, and for every
// format about which texts are known to divide validators.
func TestRules_CoverWhatTheTableIsFor(t *testing.T) {
	rules := map[string]bool{}
	var used []string
	for _, section := range rulings {
		for _, r := range section.list {
			rules[r.want] = true
			used = append(used, r.schema)
		}
	}
	for _, rule := range rawjson.Rules {
		if !rules[rule.ID] {
			t.Errorf("no row breaks %s", rule.ID)
		}
	}
	for _, name := range []string{"date-time", "time", "duration", "uuid", "uri", "uri-reference", "iri", "email", "hostname", "ipv4", "ipv6"} {
		if !formats.Known(name) || !slices.ContainsFunc(used, func(s string) bool { return strings.Contains(s, `"`+name+`"`) }) {
			t.Errorf("no row is about format %s", name)
		}
	}
}
