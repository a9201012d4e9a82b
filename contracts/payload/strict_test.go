package payload_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/evctl/evctl/contracts/payload"
	"github.com/evctl/evctl/contracts/rawjson"
)

// strictness lists which of rawjson.Rules a text breaks, up to its first mistake of
// syntax, or to where it is nested too deeply. It reads JSON a second way, without
// rawjson, so that what is refused beyond JSON Schema is refused for the reason given,
// and nothing else is.
func strictness(raw []byte) []string {
	if len(raw) > rawjson.MaxBytes {
		return []string{rawjson.RuleSize}
	}
	s := strictReader{rest: raw, broken: map[string]bool{}}
	s.space()
	if s.value(1) {
		s.space()
		if len(s.rest) > 0 {
			s.broken[rawjson.RuleSyntax] = true
		}
	}
	return slices.Sorted(maps.Keys(s.broken))
}

// strictReader reads on behind everything that is no mistake of syntax. Its methods
// return false where they cannot.
type strictReader struct {
	rest   []byte
	broken map[string]bool
}

func (s *strictReader) breaks(rule string) bool {
	s.broken[rule] = true
	return false
}

func (s *strictReader) space() { s.rest = bytes.TrimLeft(s.rest, " \t\r\n") }

func (s *strictReader) skip(text string) bool {
	rest, ok := bytes.CutPrefix(s.rest, []byte(text))
	s.rest = rest
	return ok
}

func (s *strictReader) value(depth int) bool {
	switch {
	case len(s.rest) == 0:
		return s.breaks(rawjson.RuleSyntax)
	case s.skip("null") || s.skip("true") || s.skip("false"):
		return true
	case s.rest[0] == '"':
		_, ok := s.string()
		return ok
	case s.rest[0] == '[' || s.rest[0] == '{':
		if depth > rawjson.MaxDepth {
			return s.breaks(rawjson.RuleDepth)
		}
		return s.children(depth)
	}
	return s.number()
}

// children reads an array or an object.
func (s *strictReader) children(depth int) bool {
	object := s.rest[0] == '{'
	end := map[bool]string{false: "]", true: "}"}[object]
	names := map[string]bool{}
	s.rest = s.rest[1:]
	for first := true; ; first = false {
		s.space()
		if s.skip(end) {
			return true
		}
		if !first && !s.skip(",") {
			return s.breaks(rawjson.RuleSyntax)
		}
		if s.space(); object && !s.name(names) || !s.value(depth+1) {
			return false
		}
	}
}

func (s *strictReader) name(names map[string]bool) bool {
	if !bytes.HasPrefix(s.rest, []byte(`"`)) {
		return s.breaks(rawjson.RuleSyntax)
	}
	name, ok := s.string()
	if !ok {
		return false
	}
	if names[name] {
		s.broken[rawjson.RuleDuplicate] = true
	}
	names[name] = true
	if s.space(); !s.skip(":") {
		return s.breaks(rawjson.RuleSyntax)
	}
	s.space()
	return true
}

// string reads a string into UTF-16, in which halves of pairs find each other.
func (s *strictReader) string() (text string, ok bool) {
	var units []uint16
	defer func() { text = s.joined(units) }() // of a string without end, too
	for s.rest = s.rest[1:]; len(s.rest) > 0; {
		c, size := utf8.DecodeRune(s.rest)
		switch {
		case c == '"':
			s.rest = s.rest[1:]
			return "", true
		case c == '\\':
			unit, ok := s.escape()
			if !ok {
				return "", false
			}
			units = append(units, unit)
			continue
		case c < ' ':
			return "", s.breaks(rawjson.RuleSyntax)
		case c == utf8.RuneError && size == 1:
			s.broken[rawjson.RuleEncoding] = true
		}
		units = utf16.AppendRune(units, c)
		s.rest = s.rest[size:]
	}
	return "", s.breaks(rawjson.RuleSyntax)
}

func (s *strictReader) escape() (unit uint16, ok bool) {
	for i, c := range []byte("\"\\/\b\f\n\r\t") {
		if s.skip(`\` + `"\/bfnrt`[i:i+1]) {
			return uint16(c), true
		}
	}
	if !s.skip(`\u`) || len(s.rest) < 4 {
		return 0, s.breaks(rawjson.RuleSyntax)
	}
	n, err := strconv.ParseUint(string(s.rest[:4]), 16, 16)
	if err != nil || bytes.ContainsAny(s.rest[:4], "+_") {
		return 0, s.breaks(rawjson.RuleSyntax)
	}
	s.rest = s.rest[4:]
	return uint16(n), true
}

// joined notes halves of pairs without the other.
func (s *strictReader) joined(units []uint16) string {
	runes := utf16.Decode(units)
	halves := 0
	for _, u := range units {
		if utf16.IsSurrogate(rune(u)) {
			halves++
		}
	}
	for _, r := range runes {
		if r > 0xffff {
			halves -= 2
		}
	}
	if halves > 0 {
		s.broken[rawjson.RuleEncoding] = true
	}
	return string(runes)
}

// number reads by the grammar of RFC 8259 as encoding/json has it.
func (s *strictReader) number() bool {
	n := 0
	for n < len(s.rest) && strings.IndexByte("+-.0123456789eE", s.rest[n]) >= 0 {
		n++
	}
	for n > 0 && !json.Valid(s.rest[:n]) {
		n-- // what follows is no part of the number
	}
	if n == 0 {
		return s.breaks(rawjson.RuleSyntax)
	}
	text := string(s.rest[:n])
	s.rest = s.rest[n:]
	_, exponent, _ := strings.Cut(strings.ToLower(text), "e")
	if digits := strings.TrimLeft(exponent, "+-0"); n > rawjson.MaxDigits || len(digits) > 3 || digits != "" && atoi(digits) > rawjson.MaxDigits {
		s.broken[rawjson.RuleNumber] = true
	}
	if v, _ := strconv.ParseFloat(text, 64); math.IsInf(v, 0) {
		s.broken[rawjson.RuleNumber] = true
	}
	return true
}

func atoi(digits string) int {
	n, _ := strconv.Atoi(digits)
	return n
}

// hostile are texts that JSON readers disagree about, with the rules that they break.
var hostile = map[string][]string{
	"":                                     {"json-syntax"},
	" \t\r\n":                              {"json-syntax"},
	"\ufeff{}":                             {"json-syntax"},
	"{}\x00":                               {"json-syntax"},
	"{}\v":                                 {"json-syntax"},
	"{}{}":                                 {"json-syntax"},
	"{}\n{}":                               {"json-syntax"},
	"{} // end":                            {"json-syntax"},
	"/**/{}":                               {"json-syntax"},
	`{'v':1}`:                              {"json-syntax"},
	`{v:1}`:                                {"json-syntax"},
	`{"v":1,}`:                             {"json-syntax"},
	`{,"v":1}`:                             {"json-syntax"},
	`{"v":1 "w":1}`:                        {"json-syntax"},
	`{"v" "w"}`:                            {"json-syntax"},
	`{"v":1]`:                              {"json-syntax"},
	`{"v":[1}`:                             {"json-syntax"},
	`{"v":[1,]}`:                           {"json-syntax"},
	`{"v":[,1]}`:                           {"json-syntax"},
	`{"v":[1,,1]}`:                         {"json-syntax"},
	`{"v":NaN}`:                            {"json-syntax"},
	`{"v":Infinity}`:                       {"json-syntax"},
	`{"v":-Infinity}`:                      {"json-syntax"},
	`{"v":nul}`:                            {"json-syntax"},
	`{"v":nulll}`:                          {"json-syntax"},
	`{"v":True}`:                           {"json-syntax"},
	`{"v":undefined}`:                      {"json-syntax"},
	`{"v":01}`:                             {"json-syntax"},
	`{"v":-01}`:                            {"json-syntax"},
	`{"v":00}`:                             {"json-syntax"},
	`{"v":-}`:                              {"json-syntax"},
	`{"v":+1}`:                             {"json-syntax"},
	`{"v":.5}`:                             {"json-syntax"},
	`{"v":5.}`:                             {"json-syntax"},
	`{"v":1e}`:                             {"json-syntax"},
	`{"v":1e+}`:                            {"json-syntax"},
	`{"v":1e1.0}`:                          {"json-syntax"},
	`{"v":1.2.3}`:                          {"json-syntax"},
	`{"v":0x10}`:                           {"json-syntax"},
	`{"v":1_000}`:                          {"json-syntax"},
	`{"v":1 000}`:                          {"json-syntax"},
	`{"v":１}`:                              {"json-syntax"},
	"{\"v\":\"a\nb\"}":                     {"json-syntax"},
	"{\"v\":\"a\tb\"}":                     {"json-syntax"},
	"{\"v\":\"\x00\"}":                     {"json-syntax"},
	"{\"v\":\"\x1f\"}":                     {"json-syntax"},
	"{\"a\nb\":1}":                         {"json-syntax"},
	`{"v":"\x41"}`:                         {"json-syntax"},
	`{"v":"\'"}`:                           {"json-syntax"},
	`{"v":"\U0041"}`:                       {"json-syntax"},
	`{"v":"\u004"}`:                        {"json-syntax"},
	`{"v":"\u+041"}`:                       {"json-syntax"},
	`{"v":"\`:                              {"json-syntax"},
	`{"v":"\"}`:                            {"json-syntax"},
	"{\u00a0\"v\":1}":                      {"json-syntax"},
	"\u2028{}":                             {"json-syntax"},
	"\xff{}":                               {"json-syntax"},
	"{\"v\":\xff}":                         {"json-syntax"},
	`{"v":"\ud800"}`:                       {"json-encoding"},
	`{"v":"\udfff"}`:                       {"json-encoding"},
	`{"v":"\udc00\ud800"}`:                 {"json-encoding"},
	`{"v":"\ud800\ud800"}`:                 {"json-encoding"},
	`{"v":"\ud83d\u0041"}`:                 {"json-encoding"},
	`{"v":"\ud83d \ude00"}`:                {"json-encoding"},
	`{"v":"\ud83d\n"}`:                     {"json-encoding"},
	`{"\ud800":1}`:                         {"json-encoding"},
	"{\"v\":\"\xff\"}":                     {"json-encoding"},
	"{\"v\":\"\xc0\xaf\"}":                 {"json-encoding"},
	"{\"v\":\"\xe0\x80\"}":                 {"json-encoding"},
	"{\"v\":\"\xed\xa0\x80\xed\xb0\x80\"}": {"json-encoding"},
	"{\"v\":\"\xf4\x90\x80\x80\"}":         {"json-encoding"},
	"{\"v\":\"\xf8\x88\x80\x80\x80\"}":     {"json-encoding"},
	"{\"v\":\"\x80\"}":                     {"json-encoding"},
	"{\"v\":\"abcdefgh\xe2\x82\"}":         {"json-encoding"},
	"{\"\xff\":1}":                         {"json-encoding"},
	`{"v":1,"v":1}`:                        {"json-duplicate"},
	`{"v":1,"\u0076":2}`:                   {"json-duplicate"},
	`{"":1,"":2}`:                          {"json-duplicate"},
	`{"x":{"y":1,"y":1}}`:                  {"json-duplicate"},
	`{"x":[[{"y":1,"y":1}]]}`:              {"json-duplicate"},
	`{"é":1,"\u00e9":1}`:                   {"json-duplicate"},
	`{"😀":1,"\ud83d\ude00":1}`:             {"json-duplicate"},
	`{"v":1e401}`:                          {"json-number"},
	`{"v":1e-401}`:                         {"json-number"},
	`{"v":-1.7976931348623159e308}`:        {"json-number"},
	`{"v":1e400}`:                          {"json-number"},
	`{"v":1e9999999}`:                      {"json-number"},
	`{"v":-1e99999999999999999999}`:        {"json-number"},
	`{"v":0e18446744073709551617}`:         {"json-number"},
	`{"v":"\ud800","w":1e999,"w":1}`:       {"json-duplicate", "json-encoding", "json-number"},
	`{"v":"\ud800",`:                       {"json-encoding", "json-syntax"},
	// What only looks bad.
	`{"v":1.7976931348623158e308}`: nil, `{"v":1E-0400}`: nil, `{"v":-0}`: nil, `{"v":-0.0e-0}`: nil, `{"v":1e+00000000000000000000001}`: nil,
	`{"e":"é","e\u0301":1}`: nil, `{"V":1,"v":1}`: nil, `{"v":"\u0000\u007f"}`: nil, "{\"v\":\"\x7f\u0080\u2028\ufeff\ufffd\U0010ffff\"}": nil,
	"\r\n\t {\"v\"\r:\n1\t}\n": nil, `{"v":"\ud83d\ude00\uD83D\uDE00"}`: nil, `{"v":"\\ud800"}`: nil, `{"v\u0000":1,"v":1}`: nil, `{"v":"\/"}`: nil,
}

// TestStrictness_IsExactlyClassified wants each hostile text refused by one of the rules
// that it breaks, in all three ways, and texts that break none to be read.
func TestStrictness_IsExactlyClassified(t *testing.T) {
	j := newJudges(t, event(t, property(`{type: any}`)+"additionalProperties: true\n"))
	for text, want := range hostile {
		if got := strictness([]byte(text)); !slices.Equal(got, want) {
			t.Errorf("%q breaks %q, expected %q", text, got, want)
		}
		if valid := j.judge(t, []byte(text)); valid != (want == nil) {
			t.Errorf("%q is valid: %v", text, valid)
		}
	}
	for _, rule := range rawjson.Rules {
		if rule.ID != rawjson.RuleDepth && rule.ID != rawjson.RuleSize && !slices.Contains(slices.Concat(slices.Collect(maps.Values(hostile))...), rule.ID) {
			t.Errorf("no text breaks %s", rule.ID)
		}
	}
}

// TestStrictness_HoldsInEveryPlace puts each hostile value where a contract says nothing,
// where it says something else, and where nothing is declared.
func TestStrictness_HoldsInEveryPlace(t *testing.T) {
	for _, schema := range []string{
		`{type: any}`, `{type: string}`, `{type: map}`, `{type: map, values: {type: number}}`, `{type: array, items: {type: integer}}`,
		`{type: object, additionalProperties: true}`, `{type: object, properties: {v: {type: number}}}`, `{type: object}`,
		`{oneOf: {a: {type: string}, b: {type: map}}}`, `{oneOf: {a: {type: object}}, discriminator: v}`,
	} {
		j := newJudges(t, event(t, property(schema)))
		for text, rules := range hostile {
			for _, around := range []string{`{"v":%}`, `{"v":[%]}`, `{"v":{"v":%,"w":1}}`, `{"x":%,"v":1}`, `{"v":{"x":{"y":%}}}`} {
				raw := []byte(strings.Replace(around, "%", text, 1))
				if valid := j.judge(t, raw); valid && len(rules) > 0 && !slices.Contains(rules, rawjson.RuleSyntax) {
					t.Errorf("%s: %q is valid, although it breaks %q", schema, raw, rules)
				}
			}
		}
	}
}

// TestStrictness_CountsLevelsInEveryEnvelope nests a payload as deeply as is allowed, and
// a level more, alone and in the envelopes, which are levels, too.
func TestStrictness_CountsLevelsInEveryEnvelope(t *testing.T) {
	j := newJudges(t, event(t, property(`{type: any}`)+"  u: {oneOf: {a: {type: array}, b: {type: map}}}\nadditionalProperties: true\n"))
	for levels := rawjson.MaxDepth - 3; levels < rawjson.MaxDepth+3; levels++ {
		for _, name := range []string{"v", "u", "x"} {
			for _, brackets := range []string{"[]", "{}"} {
				open, end := brackets[:1], brackets[1:]
				if open == "{" {
					open = `{"a":`
				}
				raw := `{"` + name + `":` + strings.Repeat(open, levels-2) + brackets + strings.Repeat(end, levels-2) + `}`
				if valid := j.judge(t, []byte(raw)); valid != (levels <= rawjson.MaxDepth) {
					t.Errorf("%d levels of %s in %s: valid is %v", levels, brackets, name, valid)
				}
			}
		}
	}
}

// jsonRule is the rule of rawjson.Rules that a payload was refused by, empty when it was
// read.
func jsonRule(found []payload.Violation) string {
	if len(found) == 1 && strings.HasPrefix(found[0].Rule, "json-") {
		return found[0].Rule
	}
	return ""
}
