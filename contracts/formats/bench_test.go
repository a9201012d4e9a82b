package formats

import (
	"strings"
	"testing"
)

// measured are ordinary texts of the formats that events are full of.
var measured = []struct{ name, format, text string }{
	{"uuid", "uuid", "7f0c0a6e-9e0a-4c55-8a39-0d5d4f7a2f0b"},
	{"date-time", "date-time", "2026-02-28T09:30:00Z"},
	{"date-time-fraction", "date-time", "2026-02-28T09:30:00.123456+01:00"},
	{"date", "date", "2026-02-28"},
	{"time", "time", "09:30:00.5Z"},
	{"email", "email", "first.last@mail.example.com"},
	{"uri", "uri", "https://www.example.com/shop/shoes/red-42?utm_source=mail&utm_medium=x#reviews"},
	{"uri-long", "uri", "https://www.example.com/" + strings.Repeat("abc/", 250)},
	{"uri-reference", "uri-reference", "/shop/shoes/red-42?utm_source=mail"},
	{"hostname", "hostname", "www.mail.example.com"},
	{"ipv4", "ipv4", "192.168.200.100"},
	{"ipv6", "ipv6", "2001:db8:85a3::8a2e:370:7334"},
	{"duration", "duration", "P1DT12H"},
	{"json-pointer", "json-pointer", "/items/0/sku"},
}

func BenchmarkValid(b *testing.B) {
	for _, m := range measured {
		b.Run(m.name, func(b *testing.B) {
			f, _ := Find(m.format)
			if !f.Valid(m.text) {
				b.Fatalf("%q has no format %s", m.text, m.format)
			}
			b.SetBytes(int64(len(m.text)))
			for b.Loop() {
				f.Valid(m.text)
			}
		})
	}
}
