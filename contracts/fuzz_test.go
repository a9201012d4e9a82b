package contracts_test

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/contracttest"
	"github.com/evctl/evctl/contracts/diag"
)

func FuzzParse(f *testing.F) {
	for _, pattern := range []string{"testdata/err/*.yaml", "testdata/ok/*"} {
		for _, path := range fixtures(f, pattern) {
			text, err := os.ReadFile(path)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(text)
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		file := diag.NewFile("x.yaml", bytes.Clone(text))
		all, diags := load(file)
		for _, d := range diags {
			for _, at := range append([]diag.Related{{Location: d.Location}}, d.Related...) {
				if at.Span.Start < 0 || at.Span.End < at.Span.Start || int(at.Span.End) > len(text) {
					t.Fatalf("%s lies outside of the file: %v", d.Message, at.Span)
				}
			}
			if d.Message == "" || d.Rule == "" || d.Fingerprint() == "" {
				t.Fatalf("bad diagnostic %+v", d)
			}
		}
		if len(all) == 0 {
			if len(diags) == 0 {
				t.Fatal("nothing was read and nothing was said")
			}
			return
		}
		c := all[0]
		if c.Broken != (len(diags) > 0) {
			t.Fatalf("broken is %v with %d problems", c.Broken, len(diags))
		}
		contracts.Walk(c.Payload, "", func(pointer string, s *contracts.Schema) bool {
			if s.Span.Start < 0 || int(s.Span.End) > len(text) || s.File != file {
				t.Fatalf("schema %s lies outside of the file: %v", pointer, s.Span)
			}
			_, _ = s.AcceptsNull(), s.Resolved()
			return true
		})
		if c.Kind == contracts.Event && !c.Broken {
			checkReadBack(t, c)
		}
	})
}

// How a contract is spread over files, and how its lines end, is not a part of
// what it means.
func TestDigest_IsOfTheMeaningOnly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		files := contracttest.Files().Draw(t, "files")
		read := func(change func(string) string) *contracts.Contract {
			var all []*diag.File
			for _, f := range files {
				all = append(all, diag.NewFile(f.Path, []byte(change(f.Text))))
			}
			list, diags := load(all...)
			if len(diags) > 0 {
				t.Fatalf("problems:\n%s", render(diags))
			}
			return list[len(list)-1]
		}
		c := read(func(s string) string { return s })
		for name, change := range map[string]func(string) string{
			"CRLF":            func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") },
			"byte order mark": func(s string) string { return "\ufeff" + s },
			"comments":        func(s string) string { return "# first\n" + strings.ReplaceAll(s, "\n", " # comment\n") },
		} {
			other := read(change)
			if contracts.DigestOf(c) != contracts.DigestOf(other) || !contracts.Equal(c, other) {
				t.Fatalf("%s changed the meaning", name)
			}
		}
		alone, diags := load(diag.NewFile("canonical.json", contracts.Marshal(c)))
		if len(diags) > 0 {
			t.Fatalf("the canonical form has problems:\n%s", render(diags))
		}
		if contracts.DigestOf(c) != contracts.DigestOf(alone[0]) {
			t.Fatalf("written into one file it is another contract:\n%s\n%s", contracts.Marshal(c), contracts.Marshal(alone[0]))
		}
	})
}

func TestDigest_DoesNotDependOnTheOrderOfKeys(t *testing.T) {
	const one = `event: a
version: 1.0.0
tags: [x, y]
requireAny: [[b, a], [a]]
properties:
  a: {type: string, enum: [x, {value: y, description: Why.}]}
  b: {oneOf: {p: {type: object}, q: {type: object}}, discriminator: kind}
`
	const other = `properties:
  b: {discriminator: kind, oneOf: {q: {type: object}, p: {type: object}}}
  a: {enum: [{description: Why., value: y}, x], type: string}
requireAny: [[a], [a, b]]
tags: [y, x]
version: 1.0.0
event: a
`
	first, _ := load(diag.NewFile("one.yaml", []byte(one)))
	second, _ := load(diag.NewFile("other.yaml", []byte(other)))
	if contracts.DigestOf(first[0]) != contracts.DigestOf(second[0]) {
		t.Error("the order of keys changed the digest")
	}
	if bytes.Equal(contracts.Marshal(first[0]), contracts.Marshal(second[0])) {
		t.Error("Marshal does not keep the order of the source")
	}
	changed, _ := load(diag.NewFile("one.yaml", []byte(strings.Replace(one, "Why.", "Because.", 1))))
	if contracts.DigestOf(first[0]) == contracts.DigestOf(changed[0]) {
		t.Error("another description has the same digest")
	}
}

// Link runs for many events at once; what they share is only read. The race
// detector checks the rest.
func TestLink_MayRunAtTheSameTime(t *testing.T) {
	text := func(format string, args ...any) *diag.File {
		return diag.NewFile("x.yaml", fmt.Appendf(nil, format, args...))
	}
	var shared, events []*contracts.Contract
	for _, f := range []*diag.File{
		text("define: money\ntype: object\nproperties: {amount: {$ref: amount}}\nrequired: [amount]"),
		text("define: amount\ntype: number"),
		text("define: payment\noneOf: {card: {$ref: money}}\ndiscriminator: method"),
		text("fragment: context\nrequired: [total]\nproperties: {total: {$ref: money}, how: {$ref: payment}}"),
	} {
		c, _ := contracts.Parse(f)
		shared = append(shared, c)
	}
	for i := range 50 {
		c, _ := contracts.Parse(text("event: e%d\nversion: 1.0.0\ninclude: [context]\nrequired: [how]\nproperties: {own: {$ref: money}}", i))
		events = append(events, c)
	}
	library, diags := contracts.NewLibrary(shared)
	if len(diags) > 0 {
		t.Fatalf("problems:\n%s", render(diags))
	}
	var wait sync.WaitGroup
	for _, c := range events {
		wait.Go(func() {
			if diags := library.Link(c); len(diags) > 0 {
				t.Errorf("problems:\n%s", render(diags))
			}
		})
	}
	wait.Wait()
	for _, c := range events {
		how := c.Payload.Property("how")
		if !how.Required || how.From == nil || library.Fragment("context").Payload.Property("how").Required {
			t.Fatal("required of the event was not applied to its own copy of the property")
		}
		if !c.Payload.Property("total").Required {
			t.Fatal("required of the fragment was not applied")
		}
		if got := len(c.Definitions); got != 3 {
			t.Fatalf("%d definitions were collected, want 3", got)
		}
	}
}

func TestLink_JoinsRequireAnyOfFragments(t *testing.T) {
	all, diags := load(
		diag.NewFile("f.yaml", []byte("fragment: f\nrequireAny: [[c], [d]]\nproperties: {c: {type: string}, d: {type: string}}")),
		diag.NewFile("g.yaml", []byte("fragment: g\nrequireAny: [[e]]\nproperties: {e: {type: string}}")),
		diag.NewFile("e.yaml", []byte("event: e\nversion: 1.0.0\ninclude: [f, g]\nrequireAny: [[a], [b, c]]\nproperties: {a: {type: string}, b: {type: string}}")),
	)
	if len(diags) > 0 {
		t.Fatalf("problems:\n%s", render(diags))
	}
	want := [][]string{{"a", "c", "e"}, {"a", "d", "e"}, {"b", "c", "e"}, {"b", "c", "d", "e"}}
	if diff := cmp.Diff(want, all[2].Payload.RequireAny); diff != "" {
		t.Errorf("groups (-want +got):\n%s", diff)
	}
}

// A problem in a shared file breaks every event that uses it, however far away.
func TestLink_EventsThatUseBrokenFilesAreBroken(t *testing.T) {
	all, _ := load(
		diag.NewFile("a.yaml", []byte("define: a\ntype: array\nitems: {$ref: b}")),
		diag.NewFile("b.yaml", []byte("define: b\ntype: strin")),
		diag.NewFile("f.yaml", []byte("fragment: f\nproperties: {x: {type: strin}}")),
		diag.NewFile("g.yaml", []byte("fragment: g\nproperties: {x: {$ref: a}}")),
		diag.NewFile("uses_a.yaml", []byte("event: uses_a\nversion: 1.0.0\nproperties: {x: {$ref: a}}")),
		diag.NewFile("uses_f.yaml", []byte("event: uses_f\nversion: 1.0.0\ninclude: [f]")),
		diag.NewFile("uses_g.yaml", []byte("event: uses_g\nversion: 1.0.0\ninclude: [g]")),
		diag.NewFile("uses_none.yaml", []byte("event: uses_none\nversion: 1.0.0")),
	)
	for _, c := range all {
		if c.Kind == contracts.Event && c.Broken != (c.Name != "uses_none") {
			t.Errorf("%s: broken is %v", c.Name, c.Broken)
		}
	}
}

func repeat(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

// Contracts at the limit of what a file may hold. The deadline is far above what
// they take; work that grows with the square of the input runs into it.
func TestLoad_LargeContractsCostLittle(t *testing.T) {
	const n = 15_000
	head := "event: e\nversion: 1.0.0\n"
	for name, text := range map[string]string{
		"required names":     head + "required: [" + repeat(n, "p%d,") + "]\nproperties:\n" + repeat(n, "  p%d: {type: any}\n"),
		"undeclared names":   head + "required: [" + repeat(n, "q%d,") + "]\nproperties:\n" + repeat(n, "  p%d: {type: any}\n"),
		"tags":               head + "tags: [" + repeat(2*n, "t%d,") + "]",
		"numbers in an enum": head + "properties: {a: {type: number, enum: [" + repeat(2*n, "%d.0,") + "]}}",
		"code names":         head + "properties:\n" + repeat(n, "  p%[1]d: {type: any, name: n%[1]d}\n"),
		"unknown keys":       head + repeat(n, "k%d: 1\n"),
		"extensions":         head + repeat(n, "x-%d: 1\n"),
		"definitions":        head + "properties:\n" + repeat(n/3, "  p%[1]d: {$ref: d%[1]d}\n") + "definitions:\n" + repeat(n/3, "  d%d: {type: any}\n"),
		"a chain":            head + "properties: {a: {$ref: d0}}\ndefinitions:\n" + chain(n/3),
		"doubling":           head + "properties: {a: {$ref: d0}}\ndefinitions:\n" + doubling(60),
		"unresolved":         head + "properties:\n" + repeat(n/3, "  p%[1]d: {$ref: e%[1]d}\n") + "definitions:\n" + repeat(n/3, "  d%d: {type: any}\n"),
		"variants":           head + "properties: {a: {discriminator: k, oneOf: {" + repeat(n, "v%d: {type: object},") + "}}}",
		"groups":             head + "requireAny: [" + repeat(n, "[p%d],") + "]\nproperties:\n" + repeat(n, "  p%d: {type: any}\n"),
		"pattern":            head + "properties: {a: {type: string, pattern: \"" + strings.Repeat("(a{1,30}){1,30}", 60) + "\"}}",
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			done := make(chan []diag.Diagnostic, 1)
			go func() {
				_, diags := load(diag.NewFile("x.yaml", []byte(text)))
				done <- diags
			}()
			select {
			case diags := <-done:
				t.Logf("%d bytes, %d problems: %v", len(text), len(diags), time.Since(start).Round(time.Millisecond))
			case <-time.After(10 * time.Second):
				t.Fatal("not done after 10 seconds")
			}
		})
	}
}

// chain is definitions of which each holds the next.
func chain(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "  d%d: {type: array, items: {$ref: d%d}}\n", i, i+1)
	}
	fmt.Fprintf(&b, "  d%d: {type: any}\n", n)
	return b.String()
}

// doubling is definitions of which each holds the next twice.
func doubling(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "  d%d: {type: object, properties: {a: {$ref: d%d}, b: {$ref: d%d}}}\n", i, i+1, i+1)
	}
	fmt.Fprintf(&b, "  d%d: {type: any}\n", n)
	return b.String()
}
