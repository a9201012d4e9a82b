package regular_test

import (
	"fmt"
	"testing"

	"github.com/evctl/evctl/contracts/subschema/regular"
)

// BenchmarkPattern compiles a pattern.
func BenchmarkPattern(b *testing.B) {
	for _, pattern := range []string{`^[a-z_]+$`, `^(https?|wss?)://[^/]+/`, `^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`, `\p{L}+`, `^a{1,1000}$`} {
		b.Run(fmt.Sprintf("%.16s", pattern), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				mustPattern(b, pattern)
			}
		})
	}
}

// pairs are questions as schemas ask them.
var pairs = []struct{ name, in, out string }{
	{"wider", `^[a-z_]+$`, `^[a-z]+$`},
	{"equal", `^[a-c]+$`, `^(a|b|c)(a|b|c)*$`},
	{"contained", `^[a-z]+(-[a-z]+)*$`, `^[a-z-]+$`},
	{"version", `^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$`, `^\d+(\.\d+){2}$`},
	{"url", `^https://`, `^https?://[^/]`},
	{"insensitive", `(?i)^(red|green|blue)$`, `^(?i:blue|red|green|black)$`},
	{"letters", `^\p{Lu}\p{L}*$`, `^\p{L}+$`},
	{"counted", `^\d{1,500}$`, `^\d{1,499}$`},
}

// BenchmarkFind answers with patterns that are new, as in a first comparison, and
// with those that other queries have used.
func BenchmarkFind(b *testing.B) {
	for _, p := range pairs {
		b.Run("new/"+p.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				find(b, regular.Query{In: []*regular.Language{mustPattern(b, p.in)}, Out: []*regular.Language{mustPattern(b, p.out)}, MaxLength: -1})
			}
		})
		b.Run("known/"+p.name, func(b *testing.B) {
			in, out := mustPattern(b, p.in), mustPattern(b, p.out)
			b.ReportAllocs()
			for b.Loop() {
				find(b, regular.Query{In: []*regular.Language{in}, Out: []*regular.Language{out}, MaxLength: -1})
			}
		})
	}
}

// BenchmarkFormat compares formats with patterns.
func BenchmarkFormat(b *testing.B) {
	for _, p := range []struct{ format, pattern string }{
		{"date", `^\d{4}-\d\d-\d\d$`},
		{"date-time", `^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$`},
		{"email", `@`},
		{"hostname", `^[A-Za-z0-9.-]{1,253}$`},
		{"uri", `^[A-Za-z][^:]*:`},
		{"uuid", `^[0-9a-fA-F-]{36}$`},
	} {
		l, _ := regular.Format(p.format)
		b.Run(p.format, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if word, found := find(b, regular.Query{In: []*regular.Language{l}, Out: []*regular.Language{mustPattern(b, p.pattern)}, MaxLength: -1}); found {
					b.Fatalf("%q", word)
				}
			}
		})
	}
}

// BenchmarkLength asks for long words.
func BenchmarkLength(b *testing.B) {
	in, out := mustPattern(b, `^[a-z_]+$`), mustPattern(b, `^[a-z]+$`)
	for _, least := range []int{1, 20, 1000, 100_000} {
		b.Run(fmt.Sprint(least), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				find(b, regular.Query{In: []*regular.Language{in}, Out: []*regular.Language{out}, MinLength: least, MaxLength: -1})
			}
		})
	}
}

// BenchmarkContains reads words.
func BenchmarkContains(b *testing.B) {
	for _, p := range []struct{ pattern, word string }{{`^[a-z_]+$`, "search_query_text"}, {`\b\w+@\w+\.\w+\b`, "mail ann@example.com now"}} {
		l := mustPattern(b, p.pattern)
		b.Run(fmt.Sprintf("%.8s", p.pattern), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				l.Contains(p.word)
			}
		})
	}
}
