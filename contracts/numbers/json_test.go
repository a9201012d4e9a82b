package numbers

import (
	"regexp"
	"testing"

	"pgregory.net/rapid"
)

// What keys of scopes and wire types look like, as grammars.
var (
	scopeKey  = regexp.MustCompile(`^(event|(message|enum|union):[A-Za-z_][A-Za-z0-9_]*)(/[1-9][0-9]{0,8})*$`)
	fieldKind = regexp.MustCompile(`^(\[\]|\{\}|\?)*(string|bool|int64|uint64|double|timestamp|any|struct|message|enum|union|(message|enum|union):[A-Za-z_][A-Za-z0-9_]*)$`)
)

func TestUnmarshal_KeysAndKindsFollowTheirGrammars(t *testing.T) {
	part := rapid.SampledFrom([]string{
		"event", "message", "enum", "union", "string", "timestamp", "value", ":", "/", "[]", "{}", "?", "[", "}", "a", "Z", "_", "0", "9", "12", "999999999", "-", " ", "é", "@", "`", "{", "\n",
	})
	text := rapid.Custom(func(t *rapid.T) string {
		out := ""
		for _, p := range rapid.SliceOfN(part, 0, 6).Draw(t, "parts") {
			out += p
		}
		return out
	})
	check := func(t rapid.TB, s string) {
		if got, want := isScopeKey(s), scopeKey.MatchString(s); got != want {
			t.Errorf("%q is the key of a scope: %v, expected %v", s, got, want)
		}
		if got, want := isFieldKind(s), fieldKind.MatchString(s); got != want {
			t.Errorf("%q is a wire type: %v, expected %v", s, got, want)
		}
	}
	for _, s := range []string{"", "event", "event/", "event/0", "event/12/3", "event/1234567890", "message:money", "message:money/1", "message:", "message", "message:9a", "union:a:b", "enum:_", "[]?message:a", "{}[]string", "?", "[]", "[]event", "/1"} {
		check(t, s)
	}
	rapid.Check(t, func(t *rapid.T) { check(t, text.Draw(t, "text")) })
}
