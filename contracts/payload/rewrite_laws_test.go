package payload_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/contracttest"
	"github.com/evctl/evctl/contracts/envelope"
	"github.com/evctl/evctl/contracts/payload"
)

// as is a contract under another name, version and status.
func as(c *contracts.Contract, version contracts.Version) *contracts.Contract {
	other := *c
	other.Name, other.Version, other.Status = "a", version, contracts.Active
	return &other
}

// enveloped is an event of a set with the envelope of segment.
func enveloped(raw []byte, version contracts.Version) []byte {
	return fmt.Appendf(nil, `{"event":"a", "context":{"protocols":{"event_version":%q}},"properties": %s}`, version, raw)
}

func segment(t testing.TB, list ...*contracts.Contract) *payload.Set {
	return newSet(t, envelopeOf(t, "segment"), list...)
}

func TestRewriter_WithoutOptionsReturnsTheBytes(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		c := contracttest.Contract().Draw(rt, "contract")
		w := newRewriter(t, segment(t, as(c, c.Version)), payload.RewriteOptions{Privacy: &payload.Privacy{}})
		raw := enveloped(contracttest.Payload(c).Draw(rt, "payload"), c.Version)
		out, r := w.Rewrite(nil, raw)
		if r.Valid && !bytes.Equal(out, raw) || !r.Valid && len(out) > 0 {
			rt.Errorf("%s becomes %s", raw, out)
		}
	})
}

// TestRewriter_UpgradesToValidEvents upgrades over versions that were drawn.
func TestRewriter_UpgradesToValidEvents(t *testing.T) {
	upgraded, refused := 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		first := contracttest.Contract().Draw(rt, "contract")
		second := edited(rt, first)
		third := edited(rt, second)
		v1, v2, v3 := contracts.Version{Major: 1}, contracts.Version{Major: 1, Minor: 1}, contracts.Version{Major: 2}
		s := segment(t, as(first, v1), as(second, v2), as(third, v3))
		w := newRewriter(t, s, payload.RewriteOptions{Upgrade: true, Defaults: rapid.Bool().Draw(rt, "defaults")})
		for range 5 {
			raw := enveloped(contracttest.Payload(first).Draw(rt, "payload"), v1)
			out, r := w.Rewrite(nil, raw)
			if !r.Valid {
				if len(out) > 0 || len(r.Violations) == 0 || s.Validate(raw).Valid && r.Target == nil {
					rt.Errorf("%s becomes %s with %+v", raw, out, r)
				}
				refused++
				continue
			}
			upgraded++
			if v := s.Validate(out); !v.Valid || v.Version != "2.0.0" || !s.Validate(raw).Valid {
				rt.Errorf("%s becomes %s, which is %+v", raw, out, v)
			}
			again, r := w.Rewrite(nil, out)
			if !r.Valid || !bytes.Equal(again, out) || r.Upgraded() {
				rt.Errorf("%s becomes %s, and then %s", raw, out, again)
			}
		}
	})
	if upgraded < refused/4 || upgraded < 50 {
		t.Errorf("%d events upgraded, %d refused: nothing is shown", upgraded, refused)
	}
}

// edited is a later version of a contract.
func edited(t *rapid.T, c *contracts.Contract) *contracts.Contract {
	if later := contracttest.Edit(c).Draw(t, "later"); later != nil {
		return later
	}
	return c // not even its canonical form was found to be right
}

// history draws versions of flat objects that are open or closed, and the steps between
// them as a model.
type history struct {
	t     *rapid.T
	names int
	lines [][]string // properties of each version, as YAML
	steps []func(map[string]any)
	open  []bool
}

func (h *history) fresh() string { h.names++; return fmt.Sprintf("p%d", h.names) }

func (h *history) first() {
	var list []string
	for range rapid.IntRange(0, 5).Draw(h.t, "properties") {
		list = append(list, h.fresh()+": {type: integer}")
	}
	h.lines, h.open = append(h.lines, list), append(h.open, rapid.Bool().Draw(h.t, "open"))
}

// next draws a version after the last one.
func (h *history) next() {
	open := rapid.Bool().Draw(h.t, "open")
	var list []string
	var step []func(map[string]any)
	for _, line := range h.lines[len(h.lines)-1] {
		name, _, _ := strings.Cut(line, ":")
		switch c := rapid.SampledFrom([]string{"keep", "keep", "rename", "remove"}).Draw(h.t, "change"); {
		case c == "keep" || c == "remove" && open:
			// What stays in an open object without being declared is what it was; left out
			// here, as a name that comes back is another matter.
			list = append(list, name+": {type: integer}")
		case c == "rename":
			new := h.fresh()
			list = append(list, new+": {type: integer, renamedFrom: "+name+"}")
			step = append(step, func(v map[string]any) {
				if value, ok := v[name]; ok {
					delete(v, name)
					v[new] = value
				}
			})
		default:
			step = append(step, func(v map[string]any) { delete(v, name) })
		}
	}
	for range rapid.IntRange(0, 2).Draw(h.t, "added") {
		name := h.fresh()
		list = append(list, name+": {type: integer, required: true, default: 7}")
		step = append(step, func(v map[string]any) {
			if _, ok := v[name]; !ok {
				v[name] = json.Number("7")
			}
		})
	}
	list = rapid.Permutation(list).Draw(h.t, "order")
	h.lines, h.open = append(h.lines, list), append(h.open, open)
	h.steps = append(h.steps, func(v map[string]any) {
		for _, do := range step {
			do(v)
		}
	})
}

// TestRewriter_UpgradesAsIfStepByStep compares the one pass over all versions with a model
// that goes from version to version.
func TestRewriter_UpgradesAsIfStepByStep(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		h := &history{t: rt}
		h.first()
		for range rapid.IntRange(1, 4).Draw(rt, "steps") {
			h.next()
		}
		var list []*contracts.Contract
		for i, lines := range h.lines {
			list = append(list, event(t, fmt.Sprintf("event: a\nversion: %d.0.0\nadditionalProperties: %v\nproperties: {%s}\n", i+1, h.open[i], strings.Join(lines, ", "))))
		}
		want := map[string]any{}
		var members []string
		for _, line := range h.lines[0] {
			if name, _, _ := strings.Cut(line, ":"); rapid.Bool().Draw(rt, name) {
				want[name] = json.Number(fmt.Sprint(len(members)))
				members = append(members, fmt.Sprintf(`%s"%s"%s:%s%d`, space(rt), name, space(rt), space(rt), len(members)))
			}
		}
		for _, step := range h.steps {
			step(want)
		}
		raw := enveloped([]byte("{"+strings.Join(members, ",")+space(rt)+"}"), contracts.Version{Major: 1})
		out, r := newRewriter(t, segment(t, list...), payload.RewriteOptions{Upgrade: true}).Rewrite(nil, raw)
		if !r.Valid {
			rt.Fatalf("%s: %+v", raw, r.Violations)
		}
		got := decode(rt, out).(map[string]any)["properties"]
		if diff := cmp.Diff(any(want), got); diff != "" {
			rt.Errorf("%s becomes %s (-want +got):\n%s", raw, out, diff)
		}
	})
}

func space(t *rapid.T) string {
	return rapid.SampledFrom([]string{"", "", " ", "\n\t"}).Draw(t, "space")
}

// fataler is a test, or one that rapid runs.
type fataler interface{ Fatalf(string, ...any) }

// decode reads JSON with the digits of its numbers.
func decode(t fataler, raw []byte) any {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%s: %v", raw, err)
	}
	return v
}

// TestRewriter_RedactsAsTheModel marks drawn contracts with classes, and compares with a
// model that works on decoded values.
func TestRewriter_RedactsAsTheModel(t *testing.T) {
	changed := 0
	rapid.Check(t, func(rt *rapid.T) {
		c := as(contracttest.Contract().Draw(rt, "contract"), contracts.Version{Major: 1})
		mark := func(s *contracts.Schema) {
			s.PII = rapid.SampledFrom(append([]contracts.PII{"", "", "", ""}, contracts.PIIClasses...)).Draw(rt, "class")
		}
		for _, p := range c.Payload.Properties {
			contracts.EachSchema(p.Schema, mark)
		}
		for _, d := range c.Definitions {
			contracts.EachSchema(d.Schema, mark)
		}
		action := rapid.SampledFrom([]payload.Action{payload.Keep, payload.Hash, payload.Drop})
		m := model{t: t, key: testKey(t), privacy: payload.Privacy{
			Pseudonymous: action.Draw(rt, "pseudonymous"), Direct: action.Draw(rt, "direct"), Sensitive: action.Draw(rt, "sensitive"),
			Undeclared: action.Draw(rt, "undeclared"), Key: testKey(t),
		}}
		w := newRewriter(t, newSet(t, envelope.Default(), c), payload.RewriteOptions{Privacy: &m.privacy})
		for range 5 {
			raw := contracttest.Payload(c).Draw(rt, "payload")
			out, r := w.RewriteAs(nil, raw, "a", "")
			if !r.Valid {
				continue
			}
			want := m.value([]*contracts.Schema{c.Payload}, decode(rt, raw), payload.Keep)
			if diff := cmp.Diff(want, decode(rt, out)); diff != "" {
				rt.Errorf("%s becomes %s (-want +got):\n%s\n%s", raw, out, diff, c.File.Data)
			}
			if r.Hashed+r.Dropped > 0 {
				changed++
			}
		}
	})
	if changed < 50 {
		t.Errorf("%d payloads had something to redact: nothing is shown", changed)
	}
}

// model redacts decoded values, by every schema that describes them.
type model struct {
	t       testing.TB
	key     *payload.Key
	privacy payload.Privacy
}

// expand is the schemas without references and unions, and the strictest action of all.
func (m model) expand(s *contracts.Schema, v any) (list []*contracts.Schema, action payload.Action) {
	action = map[contracts.PII]payload.Action{
		contracts.Pseudonymous: m.privacy.Pseudonymous, contracts.Direct: m.privacy.Direct, contracts.Sensitive: m.privacy.Sensitive,
	}[s.PII]
	inner := func(s *contracts.Schema) {
		more, a := m.expand(s, v)
		list, action = append(list, more...), max(action, a)
	}
	switch {
	case s.Target != nil:
		inner(s.Target)
	case s.Union != nil:
		for _, variant := range s.Union.Variants {
			if m.accepts(s.Union, variant, v) {
				inner(variant.Schema)
				if variant.TagImplied {
					list[len(list)-1] = declaring(list[len(list)-1], s.Union.Discriminator)
				}
			}
		}
	default:
		list = append(list, s)
	}
	return list, action
}

// declaring is an object that declares one more property.
func declaring(s *contracts.Schema, name string) *contracts.Schema {
	other := *s
	other.Properties = append([]*contracts.Property{{Name: name, Schema: &contracts.Schema{Types: contracts.String}}}, s.Properties...)
	return &other
}

func (m model) accepts(u *contracts.Union, variant *contracts.Variant, v any) bool {
	if u.Discriminator != "" {
		o, _ := v.(map[string]any)
		return o != nil && o[u.Discriminator] == variant.Tag
	}
	check, err := payload.CompileSchema(variant.Schema)
	if err != nil {
		m.t.Fatal(err)
	}
	text, err := json.Marshal(v)
	if err != nil {
		m.t.Fatal(err)
	}
	return check.Valid(text)
}

func (m model) expandAll(schemas []*contracts.Schema, v any, action payload.Action) ([]*contracts.Schema, payload.Action) {
	var list []*contracts.Schema
	for _, s := range schemas {
		more, a := m.expand(s, v)
		list, action = append(list, more...), max(action, a)
	}
	return list, action
}

// value redacts a value that is not dropped.
func (m model) value(schemas []*contracts.Schema, v any, action payload.Action) any {
	schemas, action = m.expandAll(schemas, v, action)
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for name, value := range v {
			m.member(schemas, name, value, action, out)
		}
		return out
	case []any:
		out := []any{}
		for _, item := range v {
			var inner []*contracts.Schema
			for _, s := range schemas {
				if s.Items != nil {
					inner = append(inner, s.Items)
				}
			}
			if _, a := m.expandAll(inner, item, action); a != payload.Drop {
				out = append(out, m.value(inner, item, action))
			}
		}
		return out
	}
	if action == payload.Hash {
		return m.hash(v)
	}
	return v
}

func (m model) member(schemas []*contracts.Schema, name string, v any, action payload.Action, out map[string]any) {
	var inner []*contracts.Schema
	described, declared, undeclared, keys := false, false, payload.Keep, payload.Keep
	for _, s := range schemas {
		known := false
		if p := s.Property(name); p != nil {
			inner, known, declared = append(inner, p.Schema), true, true
		}
		for _, p := range s.PatternProperties {
			if regexp.MustCompile(p.Pattern).MatchString(name) {
				inner, known = append(inner, p.Schema), true
			}
		}
		switch {
		case known:
		case s.Additional.Schema != nil:
			inner, known = append(inner, s.Additional.Schema), true
		case s.Additional.Allowed:
			undeclared = m.privacy.Undeclared
		}
		if s.Values != nil {
			inner = append(inner, s.Values)
		}
		if s.MapKeys != nil {
			_, a := m.expand(s.MapKeys, name)
			keys = max(keys, a)
		}
		described = described || known
	}
	hashed := action == payload.Hash
	if !described {
		action = max(action, undeclared)
	}
	_, a := m.expandAll(inner, v, action)
	if a == payload.Drop || keys == payload.Drop {
		return
	}
	if keys == payload.Hash || hashed && !declared {
		name = m.hash(name).(string)
	}
	out[name] = m.value(inner, v, action)
}

// hash has a payload of its own hashed, which other tests hold to another implementation.
func (m model) hash(v any) any {
	if v == nil {
		return nil
	}
	c := event(m.t, property("{type: any, pii: direct}"))
	w := newRewriter(m.t, newSet(m.t, envelope.Default(), c), payload.RewriteOptions{Privacy: &payload.Privacy{Direct: payload.Hash, Key: m.key}})
	text, err := json.Marshal(map[string]any{"v": v})
	if err != nil {
		m.t.Fatal(err)
	}
	out, r := w.RewriteAs(nil, text, "a", "")
	if !r.Valid {
		m.t.Fatal(r.Violations)
	}
	return decode(m.t, out).(map[string]any)["v"]
}

// classified has direct values wherever a contract can have them.
const classified = `
event: a
version: 1.0.0
additionalProperties: true
properties:
  s: {type: string, pii: direct}
  ref: {$ref: secret}
  l: {type: array, items: {$ref: secret}}
  m: {type: map, keys: {type: string, pii: direct}, values: {type: string, pii: direct}}
  whole: {type: map, pii: direct}
  any: {type: any, pii: direct}
  o: {type: object, properties: {x: {$ref: secret}}, patternProperties: {^p: {$ref: secret}}, additionalProperties: {type: array, items: {$ref: secret}}}
  u: {discriminator: k, oneOf: {c: {type: object, properties: {x: {$ref: secret}}}, d: {type: object, additionalProperties: true, pii: direct, properties: {}}}}
  v: {anyOf: {s: {$ref: secret}, l: {type: array, pii: direct}, o: {type: object, properties: {k: {type: string}, x: {$ref: secret}}}}}
definitions:
  secret: {type: string, pii: direct}
`

// TestRewriter_LeavesNothingOfSecrets puts long random texts wherever something with a class
// can stand, and looks for them in what comes out.
func TestRewriter_LeavesNothingOfSecrets(t *testing.T) {
	c := event(t, classified)
	s := segment(t, c)
	rapid.Check(t, func(rt *rapid.T) {
		var secrets []string
		secret := func() string {
			text := rapid.StringMatching(`[a-z]{20}`).Draw(rt, "secret")
			secrets = append(secrets, text)
			if rapid.Bool().Draw(rt, "escaped") {
				return fmt.Sprintf(`"\u%04x%s"`, text[0], text[1:])
			}
			return `"` + text + `"`
		}
		parts := []string{
			`"s":` + secret(), `"ref":` + secret(), `"l":[` + secret() + `,` + secret() + `]`, `"m":{` + secret() + `:` + secret() + `}`,
			`"whole":{` + secret() + `:[` + secret() + `,{` + secret() + `:` + secret() + `}]}`, `"any":[{` + secret() + `:` + secret() + `}]`,
			`"o":{"x":` + secret() + `,"p1":` + secret() + `,"q":[` + secret() + `]}`,
			rapid.SampledFrom([]string{`"u":{"k":"c","x":` + secret() + `}`, `"u":{` + secret() + `:` + secret() + `,"k":"d"}`}).Draw(rt, "u"),
			`"v":` + rapid.SampledFrom([]string{secret(), `[` + secret() + `]`, `{"x":` + secret() + `,"k":"x"}`}).Draw(rt, "v"),
			secret() + `:` + secret(),
		}
		parts = rapid.Permutation(parts).Draw(rt, "order")[rapid.IntRange(0, len(parts)-1).Draw(rt, "few"):]
		raw := enveloped([]byte("{"+strings.Join(parts, ",")+"}"), c.Version)
		direct := rapid.SampledFrom([]payload.Action{payload.Hash, payload.Drop}).Draw(rt, "action")
		w := newRewriter(t, s, payload.RewriteOptions{Privacy: &payload.Privacy{Direct: direct, Undeclared: payload.Drop, Key: testKey(t)}})
		out, r := w.Rewrite(nil, raw)
		if !r.Valid || !json.Valid(out) {
			rt.Fatalf("%s becomes %s: %+v", raw, out, r.Violations)
		}
		for _, text := range secrets {
			if bytes.Contains(out, []byte(text[1:])) {
				rt.Errorf("%s is still in %s", text, out)
			}
		}
	})
}

// TestRewriter_IsSafeForConcurrentUse rewrites from several goroutines, which share plans.
func TestRewriter_IsSafeForConcurrentUse(t *testing.T) {
	s := segment(t, versions(t, "properties: {x: {type: string}}", "properties: {y: {type: string, renamedFrom: x, pii: direct}, z: {type: integer, default: 1}}")...)
	w := newRewriter(t, s, payload.RewriteOptions{Upgrade: true, Defaults: true, Privacy: &payload.Privacy{Direct: payload.Hash, Key: testKey(t)}})
	raw := enveloped([]byte(`{"x":"ann@example.com"}`), contracts.Version{Major: 1})
	want := string(enveloped([]byte(hashed(`{"y":#ann@example.com#,"z":1}`)), contracts.Version{Major: 2}))
	done := make(chan string)
	for range 8 {
		go func() {
			var out []byte
			for range 200 {
				out, _ = w.Rewrite(out[:0], raw)
				if string(out) != want {
					break
				}
			}
			done <- string(out)
		}()
	}
	for range 8 {
		if got := <-done; got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

func FuzzRewriter(f *testing.F) {
	older := event(f, strings.Replace(classified, "version: 1.0.0", "version: 0.9.0", 1))
	newer := event(f, strings.NewReplacer("version: 1.0.0", "version: 1.1.0", "  s: {type: string, pii: direct}", "  t: {type: string, pii: direct, renamedFrom: s}\n  d: {type: integer, default: 1, required: true}",
		"any: {type: any, pii: direct}", "any2: {type: any, pii: direct}").Replace(classified))
	s := segment(f, older, newer)
	w, err := payload.NewRewriter(s, payload.RewriteOptions{Upgrade: true, Defaults: true})
	if err != nil {
		f.Fatal(err)
	}
	redact := newRewriter(f, s, payload.RewriteOptions{Privacy: &payload.Privacy{Direct: payload.Drop, Undeclared: payload.Hash, Key: testKey(f)}})
	for _, raw := range []string{
		`{}`, `{"s":"a" , "any" :1, "x":2 }`, `{"\u0073":"a"}`, `{"o":{"x":"","p1":"","q":["",""]},"u":{"k":"c","x":""}}`, `{"v":[1,{"a":2}],"l":["",""],"m":{"a":"b"}}`,
		`{"s":"","t":""}`, "{ }", `{"u":{"a":1,"k":"d"},"v":{"x":"","k":""}}`, `[`, `{"d":"x"}`, `{"any":0}`,
	} {
		f.Add([]byte(raw))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		text := enveloped(raw, older.Version)
		before := s.Validate(text)
		out, r := w.Rewrite(nil, text)
		if r.Valid && !before.Valid || !r.Valid && len(out) > 0 || r.Valid != (len(r.Violations) == 0) {
			t.Fatalf("%q becomes %q: %+v, was %+v", text, out, r, before)
		}
		if r.Valid {
			if v := s.Validate(out); !v.Valid || v.Version != "1.1.0" {
				t.Fatalf("%q becomes %q: %+v", text, out, v)
			}
			if again, _ := w.Rewrite(nil, out); !bytes.Equal(again, out) {
				t.Fatalf("%q becomes %q, and then %q", text, out, again)
			}
		}
		out, r = redact.Rewrite(nil, text)
		if r.Valid != before.Valid || r.Valid && !json.Valid(out) || r.Valid && r.Hashed+r.Dropped == 0 && !bytes.Equal(out, text) {
			t.Fatalf("%q is redacted to %q: %+v", text, out, r)
		}
	})
}

// TestRewriter_BoundsWhatItMakes has a default stand in for each of a million objects.
func TestRewriter_BoundsWhatItMakes(t *testing.T) {
	c := event(t, "event: a\nversion: 1.0.0\nproperties:\n  l: {type: array, items: {type: object, additionalProperties: true, properties: {x: {type: string, default: "+strings.Repeat("x", 1000)+"}}}}\n  h: {type: array, items: {type: integer, pii: direct}}\n")
	s := newSet(t, envelope.Default(), c)
	w := newRewriter(t, s, payload.RewriteOptions{Defaults: true, Privacy: &payload.Privacy{Direct: payload.Hash, Key: testKey(t)}})
	for name, raw := range map[string]string{
		"defaults": `{"l":[{}` + strings.Repeat(",{}", 1_000_000) + `]}`,
		"hashes":   `{"h":[1` + strings.Repeat(",1", 1_000_000) + `]}`,
	} {
		out, r := w.RewriteAs(nil, []byte(raw), "a", "")
		if r.Valid || len(out) > 0 || len(r.Violations) != 1 || r.Violations[0].Rule != "json-size" {
			t.Errorf("%s: %d bytes, %+v", name, len(out), r.Violations)
		}
	}
	deep := `{"l":[` + strings.Repeat(`{"o":[`, 60) + strings.Repeat("]}", 60) + `]}`
	if out, r := w.RewriteAs(nil, []byte(deep), "a", ""); !r.Valid || r.Filled != 1 {
		t.Errorf("a deep payload: %s, %+v", out, r.Violations)
	}
}

func TestRewriter_DoesNotAllocatePerEvent(t *testing.T) {
	s := segment(t, versions(t, "properties: {x: {type: string, pii: direct}, y: {type: string, pii: sensitive}, n: {type: integer}}")...)
	w := newRewriter(t, s, payload.RewriteOptions{Privacy: &payload.Privacy{Direct: payload.Hash, Sensitive: payload.Drop, Key: testKey(t)}})
	raw := enveloped([]byte(`{"x":"ann@example.com","n":1,"y":"z"}`), contracts.Version{Major: 1})
	out, r := w.Rewrite(nil, raw)
	if !r.Valid {
		t.Fatal(r.Violations)
	}
	const names = 4 // the name, the version, and the pointer to the properties
	if n := allocations(func() { out, _ = w.Rewrite(out[:0], raw) }); n > names {
		t.Errorf("%v allocations, expected at most %d", n, names)
	}
}

// allocations is the best of some runs: pools of states may drop one at any time.
func allocations(run func()) float64 {
	best := math.Inf(1)
	for range 50 {
		best = min(best, testing.AllocsPerRun(1, run))
	}
	return best
}
