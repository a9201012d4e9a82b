package payload_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/evctl/evctl/contracts/payload"
)

func testKey(t testing.TB) *payload.Key {
	t.Helper()
	key, err := payload.NewKey("k1", []byte("0123456789abcdef0123456789abcdef"))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// The hashes of testKey, computed by
//
//	printf %s VALUE | openssl dgst -sha256 -mac HMAC -macopt key:0123456789abcdef0123456789abcdef -binary | basenc --base64url
var hashes = map[string]string{
	"ann@example.com": `"hmac:k1:CT492d-VHFAIIl1TOgF1R1B191Ue0mnF5h-im8KBmuQ"`,
	"12.5":            `"hmac:k1:2TkonFijb0SfPnzzpE0f2TiebrYN9bUixvI5ItMwQlM"`,
	"7":               `"hmac:k1:llf02wN4pDnQozjVtzbQzpU-DfNU7NsSyA6cVa3uxFQ"`,
	"true":            `"hmac:k1:LrxJKa3x2eCRjNwwnr9kuw9J8F5SAHRXP10QjfJxfd0"`,
	"":                `"hmac:k1:eWzTB4rxRjZ1PSaztVVUIv9Vo-Jhz4R7SOlTcbm9CqI"`,
	`Ö"`:              `"hmac:k1:TmZZT62_4ip8uh1C3yRek7xDcE_5JVpw2PMEBwu7Vik"`,
}

// hashed puts hashes in the place of #7#.
func hashed(text string) string {
	for value, hash := range hashes {
		text = strings.ReplaceAll(text, "#"+value+"#", hash)
	}
	return text
}

func TestRewriter_HashesWhatIsDocumented(t *testing.T) {
	s := newSet(t, envelopeOf(t, nested), versions(t, "properties: {x: {type: any, pii: direct}}")...)
	w := newRewriter(t, s, payload.RewriteOptions{Privacy: &payload.Privacy{Direct: payload.Hash, Key: testKey(t)}})
	for raw, want := range map[string]string{
		`"ann@example.com"`: "#ann@example.com#", `"\u0061nn@example.com"`: "#ann@example.com#",
		`12.5`: "#12.5#", `12.50`: "#12.5#", `1.25e1`: "#12.5#", `125e-1`: "#12.5#", `"12.5"`: "#12.5#",
		`7`: "#7#", `7.0`: "#7#", `"7"`: "#7#", `true`: "#true#", `"true"`: "#true#", `null`: "null", `""`: "##",
		`"Ö\""`: `#Ö"#`, `"\u00d6\u0022"`: `#Ö"#`,
		`[7,[null,{}],{"7":7}]`: `[#7#,[null,{}],{#7#:#7#}]`,
	} {
		out, r := w.Rewrite(nil, []byte(`{"e":"a","v":"1.0.0","p":{"x":`+raw+`}}`))
		if diff := cmp.Diff(`{"e":"a","v":"1.0.0","p":{"x":`+hashed(want)+`}}`, rewritten(out, r)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", raw, diff)
		}
	}
}

// TestRewriter_RedactsByClass hashes what is direct and drops what is sensitive.
func TestRewriter_RedactsByClass(t *testing.T) {
	const definitions = "\ndefinitions:\n  mail: {type: string, pii: direct}\n  plain: {type: object, properties: {s: {type: string}, n: {type: integer, pii: sensitive}}}\n"
	for name, test := range map[string]struct {
		properties string
		raw, want  string
	}{
		"no class":             {`x: {type: string}, y: {type: string, pii: none}, z: {type: string, pii: pseudonymous}`, `{"x":"7","y":"7","z":"7"}`, `{"x":"7","y":"7","z":"7"}`},
		"dropped":              {`a: {type: string}, s: {type: string, pii: sensitive, required: true}, z: {type: string}`, `{"a":"","s":"7","z":""}`, `{"a":"","z":""}`},
		"dropped first":        {`a: {type: string}, s: {type: string, pii: sensitive}`, `{ "s":"7", "a":"" }`, `{ "a":"" }`},
		"dropped last":         {`a: {type: string, pii: direct}, s: {type: string, pii: sensitive}`, `{ "a":"7" , "s":"7" }`, `{ "a":#7# }`},
		"dropped all":          {`s: {type: string, pii: sensitive}, t: {type: string, pii: sensitive}`, `{ "s":"7", "t":"7" }`, `{  }`},
		"dropped in a row":     {`a: {type: string}, s: {type: string, pii: sensitive}, t: {type: string, pii: sensitive}`, `{"s":"7","t":"7","a":""}`, `{"a":""}`},
		"by reference":         {`m: {$ref: mail}, p: {$ref: plain}, q: {$ref: plain, pii: direct}, r: {$ref: mail, pii: sensitive}`, `{"m":"7","p":{"s":"7","n":7},"q":{"n":7,"s":"7"},"r":"7"}`, `{"m":#7#,"p":{"s":"7"},"q":{"s":#7#}}`},
		"stricter inside":      {`o: {type: object, pii: direct, properties: {s: {type: string, pii: sensitive}, n: {type: string, pii: none}}}`, `{"o":{"s":"7","n":"7"}}`, `{"o":{"n":#7#}}`},
		"names are kept":       {`o: {type: object, pii: direct, properties: {p: {type: object, additionalProperties: true, properties: {n: {type: integer}}}}}`, `{"o":{"p":{"n":7,"7":7}}}`, `{"o":{"p":{"n":#7#,#7#:#7#}}}`},
		"items":                {`l: {type: array, items: {type: string, pii: sensitive}}, k: {type: array, items: {$ref: mail}}`, `{"l":["1","2"],"k":[ "7", "" ]}`, `{"l":[],"k":[ #7#, ## ]}`},
		"map values":           {`m: {type: map, values: {type: string, pii: sensitive}}, n: {type: map, values: {type: string, pii: direct}}`, `{"m":{"a":"1"},"n":{"a":"7"}}`, `{"m":{},"n":{"a":#7#}}`},
		"map keys":             {`m: {type: map, keys: {type: string, pii: sensitive}}, n: {type: map, keys: {$ref: mail}, values: {type: integer}}`, `{"m":{"a":"1"},"n":{"7":7}}`, `{"m":{},"n":{#7#:7}}`},
		"a map as a whole":     {`m: {type: map, pii: direct}`, `{"m":{"7":{"7":true}}}`, `{"m":{#7#:{#7#:#true#}}}`},
		"patterns":             {`o: {type: object, properties: {ab: {type: string}}, patternProperties: {^a: {type: string, pii: direct}, b$: {type: string, pii: sensitive}}, additionalProperties: {type: string, pii: direct}}`, `{"o":{"a":"7","ab":"7","b":"7","c":"7"}}`, `{"o":{"a":#7#,"c":#7#}}`},
		"variants":             {`u: {oneOf: {s: {type: string, pii: direct}, n: {type: number, pii: sensitive}, o: {type: object, properties: {x: {type: integer, pii: direct}}}, b: {type: boolean}}}, l: {type: array, items: {anyOf: {s: {type: integer}, n: {type: integer, minimum: 5, pii: direct}, o: {type: number, maximum: 3, pii: sensitive}}}}`, `{"u":{"x":7},"l":[1,4,7]}`, `{"u":{"x":#7#},"l":[4,#7#]}`},
		"a union as a whole":   {`u: {pii: direct, nullable: true, oneOf: {s: {type: string}, o: {type: object, properties: {x: {type: integer}}}}}, v: {nullable: true, pii: sensitive, oneOf: {s: {type: string}}}`, `{"u":{"x":7},"v":null}`, `{"u":{"x":#7#}}`},
		"discriminated":        {`u: {discriminator: k, pii: direct, oneOf: {"7": {type: object, properties: {x: {type: integer}}}, o: {type: object, properties: {x: {type: integer, pii: sensitive}}}}}`, `{"u":{"x":7,"k":"7"}}`, `{"u":{"x":#7#,"k":#7#}}`},
		"discriminated, inner": {`u: {discriminator: k, oneOf: {c: {type: object, properties: {x: {type: integer}}}, o: {type: object, properties: {x: {type: integer, pii: sensitive}}}}}`, `{"u":{"k":"o","x":7}}`, `{"u":{"k":"o"}}`},
		"enum and null":        {`e: {type: string, enum: [a, "7"], pii: direct}, n: {type: integer, nullable: true, pii: direct}, s: {type: integer, nullable: true, pii: sensitive}`, `{"e":"7","n":null,"s":null}`, `{"e":#7#,"n":null}`},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSet(t, envelopeOf(t, nested), versions(t, "properties: {"+test.properties+"}"+definitions)...)
			w := newRewriter(t, s, payload.RewriteOptions{Privacy: &payload.Privacy{Direct: payload.Hash, Sensitive: payload.Drop, Key: testKey(t)}})
			out, r := w.Rewrite(nil, []byte(`{"e":"a","v":"1.0.0","p":`+test.raw+`}`))
			if diff := cmp.Diff(`{"e":"a","v":"1.0.0","p":`+hashed(test.want)+`}`, rewritten(out, r)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			bare, r := w.RewriteAs(nil, []byte(test.raw), "a", "")
			if diff := cmp.Diff(hashed(test.want), rewritten(bare, r)); diff != "" {
				t.Errorf("without an envelope (-want +got):\n%s", diff)
			}
		})
	}
}

func TestRewriter_DropsWhatNoContractDescribes(t *testing.T) {
	const (
		body  = "define: body\ntype: object\nadditionalProperties: true\nproperties:\n  sent: {type: string}\n  who: {type: string, pii: direct}\n"
		order = "additionalProperties: true\nproperties:\n  x: {type: string}\n  m: {type: map}\n  u: {discriminator: k, oneOf: {o: {type: object, additionalProperties: true, properties: {x: {type: integer}}}}}\n"
	)
	privacy := &payload.Privacy{Direct: payload.Hash, Undeclared: payload.Drop, Key: testKey(t)}
	for _, test := range []struct{ envelope, raw, want string }{
		{nested, `{"e":"a","v":"1.0.0","z":1,"who":"7","p":{"x":"","y":1,"m":{"k":1},"u":{"k":"o","x":1,"y":2}}}`,
			`{"e":"a","v":"1.0.0","z":1,"who":"7","p":{"x":"","m":{"k":1},"u":{"k":"o","x":1}}}`},
		{"{name: /e, version: /v, properties: /p, definition: body}", `{"e":"a","v":"1.0.0","z":1,"who":"7","p":{"x":"","y":1}}`,
			`{"e":"a","v":"1.0.0","who":#7#,"p":{"x":""}}`},
		{"{name: /e, version: /h/v, source: /s, properties: /d/p, definition: body}", `{"d":{"z":1,"p":{"x":"","y":1}},"z":1,"e":"a","h":{"z":1,"v":"1.0.0"},"who":"7","s":"z"}`,
			`{"d":{"z":1,"p":{"x":""}},"e":"a","h":{"z":1,"v":"1.0.0"},"who":#7#,"s":"z"}`},
		{"{preset: flat, members: [id], definition: body}", `{"event":"a","y":1,"version":"1.0.0","id":1,"x":"","sent":"1","who":"7","z":1}`,
			`{"event":"a","version":"1.0.0","id":1,"x":"","sent":"1","who":#7#}`},
	} {
		var definitions []string
		if strings.Contains(test.envelope, "body") {
			definitions = []string{body}
		}
		s := newSet(t, envelopeOf(t, test.envelope, definitions...), versions(t, order)...)
		out, r := newRewriter(t, s, payload.RewriteOptions{Privacy: privacy}).Rewrite(nil, []byte(test.raw))
		if diff := cmp.Diff(hashed(test.want), rewritten(out, r)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.envelope, diff)
		}
	}
}

func TestRewriter_RedactsWhatItUpgraded(t *testing.T) {
	s := newSet(t, envelopeOf(t, nested), versions(t,
		"additionalProperties: true\nproperties: {x: {type: string}, gone: {type: string, pii: direct}, harmless: {type: string}}",
		"additionalProperties: true\nproperties: {y: {type: string, format: email, renamedFrom: x, pii: direct}, f: {type: integer, default: 7, required: true, pii: direct}}")...)
	w := newRewriter(t, s, payload.RewriteOptions{Upgrade: true, Privacy: &payload.Privacy{Direct: payload.Hash, Key: testKey(t)}})
	out, r := w.Rewrite(nil, []byte(`{"e":"a","v":"1.0.0","p":{"x":"ann@example.com","gone":"7","harmless":"7"}}`))
	if diff := cmp.Diff(hashed(`{"e":"a","v":"2.0.0","p":{"y":#ann@example.com#,"harmless":"7","f":#7#}}`), rewritten(out, r)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got, want := fmt.Sprintln(r.Renamed, r.Filled, r.Removed, r.Hashed, r.Dropped, r.Target.Version, r.Version, r.Upgraded()), "1 1 1 2 0 2.0.0 1.0.0 true\n"; got != want {
		t.Errorf("counts are %s, expected %s", got, want)
	}
	// What was removed, renamed and hashed is never passed on when the upgrade fails.
	if out, r := w.Rewrite(nil, []byte(`{"e":"a","v":"1.0.0","p":{"x":"ann"}}`)); r.Valid || len(out) > 0 || r.Target == nil || r.Version != "1.0.0" {
		t.Errorf("an email that is none: %s, %+v", out, r)
	}
}

// What the later contract takes and does not describe has no class there.
func TestRewriter_RemovesWhatTheLaterContractForgets(t *testing.T) {
	const later = "additionalProperties: true\npatternProperties: {^q: {type: string, pii: direct}}\nproperties: {y: {type: string}, m: {type: object, additionalProperties: true, properties: {}}, n: {type: map}}"
	s := newSet(t, envelopeOf(t, nested), versions(t,
		"patternProperties: {^x: {type: string, pii: direct}, ^q: {type: string, pii: direct}, ^z: {type: string}}\nproperties: {y: {type: string}, xy: {type: string}, m: {type: object, additionalProperties: {type: string, pii: direct}}, n: {type: map, values: {type: string, pii: direct}}}", later)...)
	raw := []byte(`{"e":"a","v":"1.0.0","p":{"x1":"7","q1":"7","z1":"7","y":"7","xy":"7","m":{"a":"7"},"n":{"a":"7"}}}`)
	for action, want := range map[payload.Action]string{
		payload.Keep: `{"x1":"7","q1":"7","z1":"7","y":"7","xy":"7","m":{"a":"7"},"n":{"a":"7"}}`,
		payload.Hash: `{"q1":#7#,"z1":"7","y":"7","xy":"7","m":{},"n":{}}`,
		payload.Drop: `{"z1":"7","y":"7","xy":"7","m":{},"n":{}}`,
	} {
		w := newRewriter(t, s, payload.RewriteOptions{Upgrade: true, Privacy: &payload.Privacy{Direct: action, Key: testKey(t)}})
		out, r := w.Rewrite(nil, raw)
		if diff := cmp.Diff(`{"e":"a","v":"2.0.0","p":`+hashed(want)+`}`, rewritten(out, r)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", action, diff)
		}
	}
}

func TestKey_DoesNotShowItsSecret(t *testing.T) {
	key := testKey(t)
	text := fmt.Sprintf("%v %+v %#v %s %v", key, key, key, key, &payload.Privacy{Key: key})
	if strings.Contains(text, "0123") || strings.Contains(text, "48 49") || strings.Contains(text, "0x30") {
		t.Error(text)
	}
}

func TestNewRewriter_RefusesWhatCannotProtect(t *testing.T) {
	s := newSet(t, envelopeOf(t, nested))
	for name, options := range map[string]payload.RewriteOptions{
		"no key":         {Privacy: &payload.Privacy{Sensitive: payload.Hash}},
		"no such action": {Privacy: &payload.Privacy{Sensitive: 3, Key: testKey(t)}},
		"no upgrade":     {To: "1"},
	} {
		if _, err := payload.NewRewriter(s, options); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	for name, key := range map[string][2]string{
		"no id": {"", "0123456789abcdef"}, "a colon": {"a:b", "0123456789abcdef"}, "a quote": {`a"`, "0123456789abcdef"},
		"a long id": {strings.Repeat("a", 65), "0123456789abcdef"}, "a short secret": {"a", "0123456789abcde"},
	} {
		if _, err := payload.NewKey(key[0], []byte(key[1])); err == nil || strings.Contains(err.Error(), "0123") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
