package waivers_test

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/format"
	"github.com/evctl/evctl/contracts/waivers"
)

var one = waivers.Waiver{
	Fingerprint: "47bf64948677551b", Rule: "property-removed", Event: "order.completed", Path: "/properties/coupon",
	Reason: "nobody sends it", Approver: "Ada <ada@shop.example>", Created: "2026-11-20", Expires: "2027-02-18",
}

// text is the entry as Append writes it.
const text = `- fingerprint: 47bf64948677551b
  rule: property-removed
  event: order.completed
  path: /properties/coupon
  reason: nobody sends it
  approver: Ada <ada@shop.example>
  created: 2026-11-20
  expires: 2027-02-18
`

func parse(t testing.TB, data string) *waivers.File {
	t.Helper()
	f, diags := waivers.Parse(diag.NewFile(waivers.FileName, []byte(data)))
	for _, d := range diags {
		t.Fatalf("%q: %s [%s]", data, d.Message, d.Rule)
	}
	return f
}

func TestAppend_KeepsTheLayoutOfTheFile(t *testing.T) {
	other := strings.Replace(text, "47bf64948677551b", "00c0ffee00c0ffee", 1)
	for name, test := range map[string]struct{ before, want string }{
		"empty":              {"", text},
		"comments only":      {"# approved by the council\n\n", "# approved by the council\n\n" + text},
		"document start":     {"---\n", "---\n" + text},
		"behind another":     {other, other + text},
		"no last newline":    {strings.TrimSuffix(other, "\n"), other + text},
		"trailing comment":   {other + "# the end\n", other + "# the end\n" + text},
		"CRLF":               {strings.ReplaceAll(other, "\n", "\r\n"), strings.ReplaceAll(other+text, "\n", "\r\n")},
		"byte order mark":    {"\ufeff" + other, "\ufeff" + other + text},
		"indented":           {indent(other), indent(other + text)},
		"dash on its own":    {strings.Replace(other, "- fingerprint", "-\n  fingerprint", 1), strings.Replace(other, "- fingerprint", "-\n  fingerprint", 1) + text},
		"empty brackets":     {"[]\n", "[" + flow + "]\n"},
		"brackets":           {"[" + strings.Replace(flow, "47bf64948677551b", "00c0ffee00c0ffee", 1) + "]", "[" + strings.Replace(flow, "47bf64948677551b", "00c0ffee00c0ffee", 1) + ", " + flow + "]"},
		"a comma at the end": {"[" + strings.Replace(flow, "47bf64948677551b", "00c0ffee00c0ffee", 1) + " ,\n]", "[" + strings.Replace(flow, "47bf64948677551b", "00c0ffee00c0ffee", 1) + ", " + flow + " ,\n]"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := waivers.Append(parse(t, test.before), one, "")
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(test.want, string(got)); d != "" {
				t.Errorf("file (-want +got):\n%s", d)
			}
		})
	}
}

const flow = `{"fingerprint": "47bf64948677551b", "rule": "property-removed", "event": "order.completed", "path": "/properties/coupon", "reason": "nobody sends it", "approver": "Ada <ada@shop.example>", "created": "2026-11-20", "expires": "2027-02-18"}`

func indent(lines string) string {
	return "  " + strings.ReplaceAll(strings.TrimSuffix(lines, "\n"), "\n", "\n  ") + "\n"
}

func TestAppend_RefusesFilesThatItWouldBreak(t *testing.T) {
	for _, before := range []string{"a: 1\n", text + "...\n", text + "---\n"} {
		f, _ := waivers.Parse(diag.NewFile(waivers.FileName, []byte(before)))
		if got, err := waivers.Append(f, one, ""); err == nil {
			t.Errorf("%q became %q", before, got)
		}
	}
}

func TestAppend_WritesTextsThatReadBack(t *testing.T) {
	for _, reason := range []string{
		"a: b", "# no comment", "yes", "null", "1.10", "0755", "- list", "[x", "{x", "'single", `"double"`, "two\nlines", "tab\there", "ends ", "größer 名前 😀",
		"a\u2028b", "%x", "@x", "&a", "*a", "!tag", "|", ">", "x #y", "2026-11-20", "~", "C:\\path",
	} {
		w := one
		w.Reason, w.Fingerprint = reason, "1234567890123456"
		got, err := waivers.Append(nil, w, "a note\nof two lines # with \x00 signs")
		if err != nil {
			t.Errorf("%q: %v", reason, err)
			continue
		}
		back := parse(t, string(got))
		back.Waivers[0].Span = diag.Span{}
		if d := cmp.Diff([]waivers.Waiver{w}, back.Waivers); d != "" {
			t.Errorf("%q (-want +got):\n%s", reason, d)
		}
		if line := "\n  reason: " + format.Scalar(reason) + "\n"; reason != w.Created && !strings.Contains(string(got), line) {
			t.Errorf("%q is written in\n%s\nexpected%s", reason, got, line)
		}
	}
}

func TestDrop_TakesOutWholeEntries(t *testing.T) {
	other := strings.Replace(text, "47bf64948677551b", "00c0ffee00c0ffee", 1)
	isOne := func(w *waivers.Waiver) bool { return w.Fingerprint == one.Fingerprint }
	for name, test := range map[string]struct{ before, want string }{
		"first":  {"# head\n" + text + "\n# of the other\n" + other, "# head\n\n# of the other\n" + other},
		"last":   {other + text, other},
		"only":   {text, ""},
		"both":   {text + text + other, other},
		"none":   {other, other},
		"CRLF":   {strings.ReplaceAll(text+other, "\n", "\r\n"), strings.ReplaceAll(other, "\n", "\r\n")},
		"no end": {other + strings.TrimSuffix(text, "\n"), other},
	} {
		f, err := parse(t, test.before).Drop(isOne)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(test.want, string(f.File.Data)); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
	if _, err := parse(t, "["+flow+"]").Drop(isOne); err == nil {
		t.Error("an entry in brackets was cut out")
	}
}

func TestParse_ReportsEachKeyAtItsPlace(t *testing.T) {
	f, diags := waivers.Parse(diag.NewFile(waivers.FileName, []byte("- fingerprint: 47BF\n  rule:\n  created: 2026-11-20\n  expires: 2026-11-19\n  reason: ' '\n- 3\n")))
	var got []string
	for _, d := range diags {
		p := d.Position()
		got = append(got, strings.TrimSpace(strings.Join([]string{string(rune('0' + p.Line)), d.Rule, d.Message}, " ")))
	}
	want := []string{
		"6 value-type file has number 3, expected a mapping",
		"1 waiver-invalid waiver has no rule",
		"1 waiver-invalid waiver has no event",
		"5 waiver-invalid waiver has no reason",
		"1 waiver-invalid waiver has no approver",
		`1 waiver-invalid fingerprint "47BF" is not one, expected 16 hexadecimal digits`,
		"4 waiver-invalid waiver expires on 2026-11-19, before it was created on 2026-11-20",
	}
	if d := cmp.Diff(want, got[:min(len(want), len(got))]); d != "" {
		t.Errorf("diagnostics (-want +got):\n%s", d)
	}
	if len(f.Waivers) != 2 || !f.Waivers[0].Malformed() {
		t.Errorf("entries are %+v", f.Waivers)
	}
}

func TestExpired_TheLastDayCounts(t *testing.T) {
	for now, want := range map[string]bool{"2027-02-18T23:59:59Z": false, "2027-02-19T00:00:00Z": true, "2027-02-19T00:30:00+02:00": false} {
		at, err := time.Parse(time.RFC3339, now)
		if err != nil {
			t.Fatal(err)
		}
		if one.Expired(at) != want {
			t.Errorf("expired at %s: %v, want %v", now, !want, want)
		}
	}
}

func TestLoad_OfNoFileIsNothing(t *testing.T) {
	f, diags, err := waivers.Load(fstest.MapFS{})
	if f != nil || diags != nil || err != nil {
		t.Errorf("got %v, %v, %v", f, diags, err)
	}
	if _, _, err := waivers.Load(fstest.MapFS{"waivers.yaml/x": {}}); err == nil {
		t.Error("a folder was read")
	}
}

// FuzzAppend holds that extending a list keeps what it has, and that cutting the new entry
// out again gives the list back.
func FuzzAppend(f *testing.F) {
	for _, seed := range []string{"", text, "# c\n" + text, "[]", "[" + flow + "]", text + "...\n", indent(text), "- a\n", "- ? x\n", "&a []", "!!seq\n- fingerprint: x\n", "- &x {reason: a}\n- *x\n"} {
		f.Add(seed, "a reason", "a note")
	}
	f.Fuzz(func(t *testing.T, before, reason, note string) {
		file, diags := waivers.Parse(diag.NewFile(waivers.FileName, []byte(before)))
		w := one
		w.Reason = reason
		if len(diags) > 0 || strings.TrimSpace(reason) == "" {
			return
		}
		got, err := waivers.Append(file, w, note)
		if err != nil {
			return
		}
		after := parse(t, string(got))
		if n := len(file.Waivers); len(after.Waivers) != n+1 || after.Waivers[n].Reason != reason {
			t.Fatalf("%q became %q", before, got)
		}
		n, i := len(file.Waivers), -1
		short, err := after.Drop(func(*waivers.Waiver) bool { i++; return i == n })
		if err == nil && len(short.Waivers) != n {
			t.Errorf("%q without its last entry is %q", got, short.File.Data)
		}
	})
}
