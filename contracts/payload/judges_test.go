package payload_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/google/go-cmp/cmp"
	v6 "github.com/santhosh-tekuri/jsonschema/v6"
	"pgregory.net/rapid"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/contracttest"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/contracts/envelope"
	"github.com/evctl/evctl/contracts/payload"
	"github.com/evctl/evctl/contracts/schema"
	"github.com/evctl/evctl/contracts/workspace"
)

var sameContract = cmp.Comparer(func(a, b *contracts.Contract) bool { return a == b })

// judges are all that give a verdict on the payloads of one contract: ours in every way
// that it can be asked, and two independent validators with the contract's projection.
type judges struct {
	contract   *contracts.Contract
	projection []byte
	own        *payload.Validator
	set, flat  *payload.Set
	succession *payload.Succession
	first      *schema.Reference // santhosh v5
	second     *v6.Schema
}

// wholeEvents are envelopes for the payloads under test: with the properties in a member,
// and beside what says which event it is.
var wholeEvents = sync.OnceValues(func() (nested, flat *envelope.Envelope) {
	text := "envelope: {name: /event, version: /version, properties: /p}"
	cfg, diags := workspace.ParseConfig(diag.NewFile("evctl.yaml", []byte(text)))
	nested, more := envelope.Parse(cfg)
	if len(diags)+len(more) > 0 {
		panic(fmt.Sprint(diags, more))
	}
	return nested, envelope.Default()
})

func newJudges(t rapid.TB, c *contracts.Contract) *judges {
	j := &judges{contract: c, projection: schema.Project(c)}
	fail := func(err error) {
		if err != nil {
			t.Fatalf("%v\n%s", err, j.projection)
		}
	}
	var err error
	j.own, err = payload.Compile(c)
	fail(err)
	nested, flat := wholeEvents()
	j.set, err = payload.NewSet(nested, c)
	fail(err)
	j.flat, err = payload.NewSet(flat, c)
	fail(err)
	j.succession = payload.NewSuccession(j.set, j.set, func(c *contracts.Contract) *contracts.Contract { return c })
	j.first, err = schema.Compile(j.projection)
	fail(err)
	j.second, err = contracttest.SecondValidator(j.projection)
	fail(err)
	return j
}

// judge fails the test unless all agree on a payload, and returns what they say. What
// strictness lists is refused by ours alone, for one of the rules listed.
func (j *judges) judge(t rapid.TB, raw []byte) bool {
	t.Helper()
	valid, found := j.own.Valid(raw), j.own.Validate(raw)
	if valid != (len(found) == 0) {
		j.fatal(t, raw, "Valid says %v, Validate %v", valid, found)
	}
	if diff := cmp.Diff(j.own.FromTokens(raw), found); diff != "" {
		j.fatal(t, raw, "it is said to be (-by its tokens +by Validate):\n%s", diff)
	}
	broken := strictness(raw)
	if rule := jsonRule(found); rule != "" || len(broken) > 0 {
		if !slices.Contains(broken, rule) {
			j.fatal(t, raw, "payload is refused by %q, expected one of %q", rule, broken)
		}
	} else {
		j.compare(t, raw, found)
	}
	j.places(t, raw, found)
	if !slices.Contains(broken, "json-syntax") {
		j.judgeWhole(t, raw, found, broken)
	}
	return valid
}

func (j *judges) fatal(t rapid.TB, raw []byte, format string, args ...any) {
	t.Helper()
	if len(raw) > 4000 {
		raw = append(slices.Clone(raw[:4000]), "…"...)
	}
	t.Fatalf(format+"\npayload: %s\nquoted: %.2000q\ncontract: %.4000s", append(args, raw, raw, contracts.Marshal(j.contract))...)
}

// compare asks the independent validators.
func (j *judges) compare(t rapid.TB, raw []byte, found []payload.Violation) {
	t.Helper()
	if err := j.first.Valid(raw); (err == nil) != (len(found) == 0) {
		j.fatal(t, raw, "payload says %v, the first reference %v", found, err)
	}
	value, err := v6.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		j.fatal(t, raw, "payload is read, but: %v", err)
	}
	if err := j.second.Validate(value); (err == nil) != (len(found) == 0) {
		j.fatal(t, raw, "payload says %v, the second reference %v", found, err)
	}
}

// places wants violations in the order of the text, within it, bounded and complete.
func (j *judges) places(t rapid.TB, raw []byte, found []payload.Violation) {
	t.Helper()
	if len(found) > payload.MaxViolations {
		j.fatal(t, raw, "%d violations", len(found))
	}
	for i, v := range found {
		if v.Offset < 0 || v.Offset > len(raw) || v.Rule == "" || v.Expected == "" || v.Found == "" {
			j.fatal(t, raw, "violation %+v", v)
		}
		if i > 0 && v.Offset < found[i-1].Offset {
			j.fatal(t, raw, "violation %+v stands behind %+v", v, found[i-1])
		}
	}
}

// judgeWhole puts the payload into an envelope, before and behind what says which event
// it is, and wants the same verdict with the same violations.
func (j *judges) judgeWhole(t rapid.TB, raw []byte, found []payload.Violation, broken []string) {
	t.Helper()
	name, version := document.Quote(j.contract.Name), document.Quote(j.contract.Version.String())
	j.judgeFlat(t, raw, `"event":`+name+`,"version":`+version, found, broken)
	for _, before := range []string{`{"p":`, `{"event":` + name + `,"version":` + version + `,"p":`} {
		after := `}`
		if before == `{"p":` {
			after = ` , "\u0065vent" : ` + name + `, "more" : [{}], "version": ` + version + `}`
		}
		whole := slices.Concat([]byte(before), raw, []byte(after))
		v := j.set.Validate(whole)
		sameAsTokens(t, j.set, whole, v)
		if v.Valid != (len(v.Violations) == 0) {
			j.fatal(t, whole, "Set says %+v", v)
		}
		broken := broken
		if len(broken) == 0 {
			broken = strictness(whole) // one level deeper than the payload
		}
		switch compared := j.succession.Compare(whole); {
		case len(broken) > 0:
			if rule := jsonRule(v.Violations); !slices.Contains(broken, rule) || compared.Undecided != rule {
				j.fatal(t, whole, "Set refuses it by %q, Succession by %q, expected one of %q", rule, compared.Undecided, broken)
			}
		case j.contract.Status == contracts.Retired:
			if len(v.Violations) != 1 || v.Violations[0].Rule != payload.RuleEventRetired || compared.OldValid {
				j.fatal(t, whole, "the event is retired, but Set says %+v, Succession %+v", v, compared)
			}
		case v.Valid != (len(found) == 0) || compared.OldValid != v.Valid || compared.NewValid != v.Valid:
			j.fatal(t, whole, "Set says %+v, Succession %+v, Validate %+v", v, compared, found)
		default:
			j.sameViolations(t, whole, len(before), found, v.Violations)
		}
	}
}

// sameViolations wants what is said of a payload to be said of it in an envelope.
func (j *judges) sameViolations(t rapid.TB, whole []byte, shift int, alone, inside []payload.Violation) {
	t.Helper()
	if len(alone) != len(inside) {
		j.fatal(t, whole, "alone %+v\ninside %+v", alone, inside)
	}
	for i := range alone {
		want, err := json.Marshal(alone[i])
		if err != nil {
			t.Fatal(err)
		}
		v := inside[i]
		v.Pointer = strings.TrimPrefix(v.Pointer, "/p")
		v.Offset -= shift
		if got, err := json.Marshal(v); err != nil || !bytes.Equal(got, want) || !strings.HasPrefix(inside[i].Pointer, "/p") {
			j.fatal(t, whole, "alone %s\ninside %s at %s", want, got, inside[i].Pointer)
		}
	}
}

// judgeFlat writes what says which event it is into the payload itself, at its beginning
// and at its end.
func (j *judges) judgeFlat(t rapid.TB, raw []byte, own string, found []payload.Violation, broken []string) {
	t.Helper()
	begin, end := bytes.IndexByte(raw, '{')+1, bytes.LastIndexByte(raw, '}')
	var members map[string]json.RawMessage
	if len(broken) > 0 || j.contract.Status == contracts.Retired || json.Unmarshal(raw, &members) != nil || members == nil {
		return
	}
	for _, name := range []string{"event", "version"} {
		if _, there := members[name]; there || j.contract.Payload.Property(name) != nil {
			return
		}
	}
	comma := ","
	if len(members) == 0 {
		comma = ""
	}
	for _, whole := range [][]byte{
		slices.Concat(raw[:begin], []byte(own+comma), raw[begin:]),
		slices.Concat(raw[:end], []byte(comma+own), raw[end:]),
	} {
		v := j.flat.Validate(whole)
		if v.Valid != (len(found) == 0) || len(v.Violations) != len(found) {
			j.fatal(t, whole, "flat Set says %+v, Validate %+v", v, found)
		}
		for i := range found {
			if v.Violations[i].Pointer != found[i].Pointer || v.Violations[i].Rule != found[i].Rule {
				j.fatal(t, whole, "flat Set says %+v, Validate %+v", v.Violations[i], found[i])
			}
		}
	}
}
