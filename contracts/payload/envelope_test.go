package payload_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/google/go-cmp/cmp"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/contracttest"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/contracts/envelope"
	"github.com/evctl/evctl/contracts/payload"
)

// bodyOf are envelopes, each with an event in it: NAME, VERSION and {PROPERTIES} are replaced.
var bodyOf = []struct{ section, body string }{
	{"{preset: flat}", `{"event":NAME,"version":VERSION,PROPERTIES}`},
	{"{preset: flat, members: [sent_at], without_version: latest}", `{"sent_at":"x","event":NAME,"version":VERSION,PROPERTIES}`},
	{"{preset: segment}", `{"type":"track","event":NAME,"context":{"ip":"::","protocols":{"event_version":VERSION}},"properties":{PROPERTIES}}`},
	{"{preset: cloudevents}", `{"specversion":"1.0","type":NAME,"source":"/s","id":"1","dataschema":VERSION,"data":{PROPERTIES}}`},
	{"{preset: snowplow}", `{"schema":SCHEMA,"data":{PROPERTIES}}`},
	{"{name: /e/n, version: /e/v, properties: /e/p, source: /s/id}", `{"s":{"id":"app"},"e":{"n":NAME,"v":VERSION,"p":{PROPERTIES}}}`},
	{"{name: /n, version: /v, properties: /p, without_version: latest, definition: body}", `{"at":1,"n":NAME,"v":VERSION,"p":{PROPERTIES}}`},
	{"{name: /n, version: /v, properties: /d/p, definition: private}", `{"d":{"p":{PROPERTIES}},"u":{"mail":"ann"},"list":["x",2,"y"],"v":VERSION,"n":NAME}`},
	{"{preset: flat, definition: beside}", `{"at":1,"event":NAME,"version":VERSION,"id":"1",PROPERTIES}`},
}

var bodyDefinitions = []string{
	"define: body\ntype: object\nproperties: {at: {type: integer, required: true}, n: {type: string, maxLength: 14}, v: {type: [string, number], nullable: true}}\n",
	"define: private\ntype: object\npii: direct\nproperties: {n: {type: string}, v: {type: string}, d: {type: object, additionalProperties: true}, " +
		"u: {type: object, pii: direct, properties: {mail: {type: string, format: email}}}, list: {type: array, maxItems: 2, items: {type: string}}}\n",
	"define: beside\ntype: object\nproperties: {id: {type: string, required: true}, version: {type: string}, at: {type: integer, required: true}, event: {type: string, required: true}}\n",
}

// TestSet_DoesNotDependOnTheSpelling wants one verdict for all texts of one event: where
// its name, its version and its properties stand, and how they are written, does not
// matter. Events that are written plainly and those that are not go different ways.
func TestSet_DoesNotDependOnTheSpelling(t *testing.T) {
	var envelopes []*envelope.Envelope
	for _, b := range bodyOf {
		envelopes = append(envelopes, envelopeOf(t, b.section, bodyDefinitions...))
	}
	tally := map[bool]int{}
	rapid.Check(t, func(t *rapid.T) {
		c := contracttest.Contract().Draw(t, "contract")
		c.Name, c.Status = "order/completed", contracts.Active
		later := *c
		later.Version.Minor++
		n := newNear(t)
		for range 2 {
			i := n.between(0, len(envelopes)-1)
			s, err := payload.NewSet(envelopes[i], c, &later)
			if err != nil {
				t.Fatal(err)
			}
			for range 4 {
				v := n.body(bodyOf[i].body, c)
				raw := v.text(nil)
				if len(strictness(raw)) > 0 {
					continue
				}
				first := s.Validate(raw)
				sameAsTokens(t, s, raw, first)
				want := rulesOf(t, raw, first)
				tally[first.Valid]++
				for range 3 {
					n.respell(v)
					text := v.text(n.spaces())
					again := s.Validate(text)
					sameAsTokens(t, s, text, again)
					if diff := cmp.Diff(want, rulesOf(t, text, again)); diff != "" || again.Event != first.Event || again.Version != first.Version || again.Contract != first.Contract {
						t.Fatalf("%s\n%s is %s %s\n%s is %s %s (-first +again):\n%s", bodyOf[i].section, raw, first.Event, first.Version, text, again.Event, again.Version, diff)
					}
				}
			}
		}
	})
	t.Logf("%d events valid, %d not", tally[true], tally[false])
	if valid, invalid := tally[true], tally[false]; valid < invalid/4 || invalid < valid/4 {
		t.Errorf("verdicts are one-sided: %d valid, %d not", valid, invalid)
	}
}

// sameAsTokens wants what was said of an event to be all that its tokens say, although
// mostly only some of them were looked at.
func sameAsTokens(t rapid.TB, s *payload.Set, raw []byte, got payload.Verdict) {
	t.Helper()
	if diff := cmp.Diff(s.FromTokens(raw), got, sameContract); diff != "" {
		t.Fatalf("%s\nis said to be (-by its tokens +by Validate):\n%s", raw, diff)
	}
}

// body draws an event: properties near the edge, and now and then a name or version that is
// near one that exists, of another type, or not there.
func (n near) body(text string, c *contracts.Contract) *spelled {
	properties := n.payload(c)
	inner := ""
	if properties.object {
		inner = strings.TrimSuffix(strings.TrimPrefix(string(properties.text(nil)), "{"), "}")
	}
	name, version := c.Name, c.Version.String()
	switch n.between(0, 9) {
	case 0:
		name = n.changed(name)
	case 1:
		version = draw(n, []string{fmt.Sprint(c.Version.Major), fmt.Sprintf("%d.%d", c.Version.Major, c.Version.Minor), "9.9.9", "", "1-0-0", "v1", n.changed(version)})
	}
	schema := document.Quote("https://x/" + version)
	if !strings.Contains(text, "dataschema") {
		schema = document.Quote(version)
	}
	v := strings.NewReplacer("NAME", document.Quote(name), "VERSION", schema, "SCHEMA", document.Quote("iglu:"+name+"/jsonschema/"+strings.ReplaceAll(version, ".", "-")), "PROPERTIES", inner).Replace(text)
	if inner == "" {
		v = strings.NewReplacer(",}", "}", "{,", "{").Replace(v)
	}
	if len(strictness([]byte(v))) > 0 { // the properties have what the envelope has
		return &spelled{scalar: "null"}
	}
	out := spell([]byte(v))
	if n.chance(6) {
		at := draw(n, out.all())
		if at.object && len(at.children) > 0 {
			i := n.between(0, len(at.children)-1)
			at.children = slices.Delete(slices.Clone(at.children), i, i+1)
		} else if at.scalar != "" {
			at.scalar = draw(n, []string{"null", "true", `""`, "[]"})
		}
	}
	return out
}

// rulesOf lists where a verdict says what, whatever the order of the text.
func rulesOf(t *rapid.T, raw []byte, v payload.Verdict) []string {
	if v.Valid != (len(v.Violations) == 0) {
		t.Fatalf("%s: %+v", raw, v)
	}
	if len(v.Violations) == payload.MaxViolations {
		return []string{"too many to compare"} // which of them depends on the order
	}
	list := []string{}
	for _, violation := range v.Violations {
		list = append(list, violation.Pointer+" "+violation.Rule)
	}
	slices.Sort(list)
	return list
}
