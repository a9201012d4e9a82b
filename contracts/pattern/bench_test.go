package pattern_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/evctl/evctl/contracts/pattern"
)

// measured are ordinary patterns with texts that are read to their end.
var measured = []struct{ name, pattern, text string }{
	{"runs", `^[a-z][a-z0-9_]{0,63}$`, "checkout_shipping_address_selected"},
	{"runs-long", `^[a-z0-9_]*$`, strings.Repeat("checkout_", 100)},
	{"runs-wide", `^[\p{L}\p{N}' -]{1,100}$`, "Größenangabe für Schuhe"},
	{"runs-any", `^.{1,200}$`, "Größenangabe für Schuhe, 42"},
	{"shifts", `^[a-z]+(\.[a-z]+)*$`, "order.item.shipping.address.selected"},
	{"shifts-long", `^[a-z]+(\.[a-z]+)*$`, strings.Repeat("checkout.", 100) + "x"},
	{"table", `^(\d{1,3}\.){3}\d{1,3}$`, "192.168.200.100"},
	{"table-long", `^(\S+ )*\S{1,9}$`, strings.Repeat("größe ", 130) + "x"},
}

func BenchmarkMatchString(b *testing.B) {
	for _, m := range measured {
		b.Run(m.name, func(b *testing.B) {
			matcher, err := pattern.Compile(m.pattern)
			if err != nil || !matcher.MatchString(m.text) {
				b.Fatalf("%q in %q: %v", m.pattern, m.text, err)
			}
			b.SetBytes(int64(len(m.text)))
			b.ReportMetric(float64(matcher.Size()), "bytes/pattern")
			for b.Loop() {
				matcher.MatchString(m.text)
			}
		})
	}
}

func BenchmarkMatchStringOfRegexp(b *testing.B) {
	for _, m := range measured {
		b.Run(m.name, func(b *testing.B) {
			re := regexp.MustCompile(m.pattern)
			b.SetBytes(int64(len(m.text)))
			for b.Loop() {
				re.MatchString(m.text)
			}
		})
	}
}

func BenchmarkCompile(b *testing.B) {
	for _, text := range []string{`^[a-z][a-z0-9_]{0,63}$`, `^[a-z]+(\.[a-z]+)*$`, `^(\d{1,3}\.){3}\d{1,3}$`, `\bfoo\b`, `^.{1,200}$`, `^\p{L}+$`, `^(.{1,200}|x)$`, `\p{L}$`, `(a|b)*a(a|b){14}`} {
		b.Run(text, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := pattern.Compile(text); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
