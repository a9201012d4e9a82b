package formats

import (
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// cases are texts that have each format, and texts that come close.
var cases = map[string]struct{ valid, invalid []string }{
	"date": {
		[]string{"2026-11-21", "2024-02-29", "2000-02-29", "0000-01-01", "9999-12-31"},
		[]string{"", "2026-13-01", "2026-00-01", "2026-04-31", "2026-01-00", "2023-02-29", "1900-02-29", "2026-1-01", "26-01-01",
			"2026/01/01", "2026-01-01T", "+2026-01-01", "２０２６-01-01"},
	},
	"time": {
		[]string{"00:00:00Z", "23:59:59.999999999z", "12:00:00+23:59", "12:00:00-00:00", "23:59:60Z", "15:59:60-08:00", "01:29:60.5+01:30", "00:29:60+00:30"},
		[]string{"", "12:00:00", "12:00Z", "24:00:00Z", "12:60:00Z", "12:00:61Z", "12:00:60Z", "22:59:60Z", "23:59:60+01:00",
			"12:00:00.Z", "12:00:00+24:00", "12:00:00+01:60", "12:00:00+0100", "12:00:00+01", "12:00:00ZZ", "1:00:00Z", "12:00:00 Z"},
	},
	"date-time": {
		// The examples of RFC 3339, section 5.8, and others.
		[]string{"1985-04-12T23:20:50.52Z", "1996-12-19T16:39:57-08:00", "1990-12-31T23:59:60Z", "1990-12-31T15:59:60-08:00",
			"1937-01-01T12:00:27.87+00:20", "1985-04-12t23:20:50z", "1991-01-01T00:59:60+01:00", "2016-06-30T23:59:60Z"},
		[]string{"", "1985-04-12 23:20:50Z", "1985-04-12T23:20:50", "1985-04-12", "1985-02-29T00:00:00Z", "1990-12-30T23:59:60Z",
			"1990-12-31T22:59:60Z", "1990-12-31T00:59:60+01:00", "1991-01-02T00:59:60+01:00", "1990-12-31T15:59:59−08:00", "1985-04-12T23:20:50.Z"},
	},
	"duration": {
		[]string{"P1Y2M3DT4H5M6S", "P4DT12H30M5S", "PT0S", "P0D", "P1M", "PT1M", "P2W", "P1Y", "PT36H", "P1DT1S", "P1YT1H"},
		[]string{"", "P", "PT", "P1", "1D", "P1YT", "P1D2H", "PT1D", "P2D1Y", "P1W1D", "P1Y1W", "P1Y3D", "PT1H3S", "P0.5D", "PT1.5S", "-P1D", "P-1D", "p1d", "P1D ", "P২Y"},
	},
	"email": {
		[]string{"ann@example.com", "a@localhost", "a.b+c@ex-ample.co", "!#$%&'*+-/=?^_`{|}~@example.com", `"a b"@example.com`, `"a\"b@c"@example.com`, `""@example.com`,
			"a@[192.0.2.1]", "a@[IPv6:2001:db8::1]", "a@[tag:content]", strings.Repeat("a", 64) + "@example.com"},
		[]string{"", "@", "a@", "@example.com", "a", "a b@example.com", ".a@example.com", "a.@example.com", "a..b@example.com", `"a"b@example.com`, `"a@example.com`,
			"a@-example.com", "a@example..com", "a@example.com.", "a@[300.0.0.1]", "a@[IPv6:1]", "a@[]", "a@exam_ple.com", "ann@straße.example", "Ann <ann@example.com>",
			strings.Repeat("a", 65) + "@example.com", "a@b@c"},
	},
	"hostname": {
		[]string{"localhost", "www.example.com", "a", "1.2", "xn--bcher-kva.example", "EXAMPLE.com", "a-b.c-d", strings.Repeat("a", 63) + ".b"},
		[]string{"", ".", "a.", ".a", "a..b", "-a", "a-", "a_b", "a b", "bücher.example", strings.Repeat("a", 64), strings.Repeat("a.", 126) + "ab"},
	},
	"ipv4": {
		[]string{"0.0.0.0", "255.255.255.255", "192.0.2.1"},
		[]string{"", "1.2.3", "1.2.3.4.5", "256.0.0.1", "01.2.3.4", "1.2.3.04", "1.2.3.", "1..2.3", "1.2.3.4 ", "0x1.2.3.4", "1.2.3.4/8", "1２.0.0.1", "1234.0.0.0"},
	},
	"ipv6": {
		// From RFC 4291, section 2.2.
		[]string{"ABCD:EF01:2345:6789:ABCD:EF01:2345:6789", "2001:DB8:0:0:8:800:200C:417A", "2001:DB8::8:800:200C:417A", "FF01::101", "::1", "::",
			"0:0:0:0:0:0:13.1.68.3", "::FFFF:129.144.52.38", "1::", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "1::3:4:5:6:7:8"},
		[]string{"", ":", ":::", "1", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", "12345::", "::g", "::1 ", "fe80::1%eth0", "1:2:3:4:5:6:7:8::",
			"1:2:3:4:5:6:7:1.2.3.4", "::1.2.3", "1.2.3.4", "::1.2.3.4:5", ":1:2:3:4:5:6:7", "1:2:3:4:5:6:7:", "[::1]", "1:2:3:4::5:6:7:8", "::2:3:4:5:6:7:8:9"},
	},
	"uri": {
		// From RFC 3986, section 1.1.2.
		[]string{"ftp://ftp.is.co.za/rfc/rfc1808.txt", "http://www.ietf.org/rfc/rfc2396.txt", "ldap://[2001:db8::7]/c=GB?objectClass?one", "mailto:John.Doe@example.com",
			"news:comp.infosystems.www.servers.unix", "tel:+1-816-555-1212", "telnet://192.0.2.16:80/", "urn:oasis:names:specification:docbook:dtd:xml:4.1.2",
			"a:", "a:/", "a://", "http://a:b@c:80/d;e=f?g=h/i?j#k?l/m", "http://[v1.x:y]/", "file:///etc", "http://a/%41", "http://a:"},
		[]string{"", "a", "//a", "/a", ":a", "1a:b", "a b:c", "http://a b", "http://a/b c", "http://a/%4", "http://a/%zz", "http://[::1", "http://[1]", "http://a:b",
			"http://a/#b#c", "http://a/{b}", "http://a/\\b", "http://a/|", "http://straße.example/", "http://a/\"", "http://a@b@c/", "http://[::1]a/"},
	},
	"uri-reference": {
		[]string{"", "a", "/a", "//a/b", "?a", "#a", "../a", "./a:b", "a/b:c", "http://a"},
		[]string{"a b", "1:b", ":a", "\\a", "#a#b", "/ü", "%", "//a:b"},
	},
	"iri": {
		[]string{"https://straße.example/größe?ключ=значение#片", "http://a/?\ue000", "a:b"},
		[]string{"", "straße", "http://a b/", "http://a/\ue000", "http://a/\ufffe", "http://a/\u200e ", "http://a/\x80"},
	},
	"iri-reference": {
		[]string{"", "größe", "/ключ", "http://straße.example"},
		[]string{"a b", ":größe", "\\größe", "größe#a#b"},
	},
	"uri-template": {
		// From RFC 6570.
		[]string{"", "a'b", "http://example.com/~{username}/", "http://example.com/search{?q,lang}", "{+path}/here", "{/list*,path:4}", "{x,empty}", "{%41b.c_d}", "a%20b", "größe{x}"},
		[]string{"{", "}", "{}", "{?}", "{a", "a}", "{a b}", "{a:}", "{a:0}", "{a:10000}", "{a:3*}", "{a..b}", "{.}", "{a,}", "{*a}", "%", "a b", "<", "{{a}}"},
	},
	"uuid": {
		[]string{"7f0c0a6e-9e0a-4c55-8a39-0d5d4f7a2f0b", "7F0C0A6E-9E0A-4C55-8A39-0D5D4F7A2F0B", "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff"},
		[]string{"", "7f0c0a6e9e0a4c558a390d5d4f7a2f0b", "{7f0c0a6e-9e0a-4c55-8a39-0d5d4f7a2f0b}", "urn:uuid:7f0c0a6e-9e0a-4c55-8a39-0d5d4f7a2f0b",
			"7f0c0a6e-9e0a-4c55-8a39-0d5d4f7a2f0", "7f0c0a6e-9e0a-4c55-8a39-0d5d4f7a2f0bb", "7f0c0a6e-9e0a-4c558-a39-0d5d4f7a2f0b", "7f0c0a6g-9e0a-4c55-8a39-0d5d4f7a2f0b"},
	},
	"json-pointer": {
		// From RFC 6901, section 5.
		[]string{"", "/foo", "/foo/0", "/", "/a~1b", "/c%d", "/e^f", "/g|h", "/i\\j", "/k\"l", "/ ", "/m~0n", "//", "/größe"},
		[]string{"foo", "/~", "/~2", "/a~", "#/foo", "~0", " /"},
	},
}

func TestFormats_FollowTheirGrammar(t *testing.T) {
	for _, f := range Table {
		c, ok := cases[f.Name]
		if !ok || len(c.valid) < 2 || len(c.invalid) < 3 {
			t.Errorf("%s has too few cases", f.Name)
		}
		for _, text := range append(c.valid, f.Example) {
			if !f.Valid(text) {
				t.Errorf("%q has format %s, but is refused", text, f.Name)
			}
		}
		for _, text := range c.invalid {
			if f.Valid(text) {
				t.Errorf("%q does not have format %s, but is accepted", text, f.Name)
			}
		}
	}
}

func TestTable_IsSortedAndFound(t *testing.T) {
	if !slices.IsSorted(Names()) {
		t.Error("names are not sorted")
	}
	for _, name := range Names() {
		if !Known(name) {
			t.Errorf("%s is not known", name)
		}
	}
	if Known("datetime") || Valid("datetime", "") {
		t.Error("a format that is not in the table is known")
	}
}

// TestFormats_AgreeWithTheStandardLibrary compares with parsers that decide the same
// question, where there are any.
func TestFormats_AgreeWithTheStandardLibrary(t *testing.T) {
	address := rapid.Custom(func(t *rapid.T) string {
		parts := rapid.SliceOfN(rapid.SampledFrom([]string{"0", "1", "ab", "ffff", "12345", ":", "::", ":", ":", ".", "255", "256", "1.2.3.4", "g", "01"}), 1, 17)
		return strings.Join(parts.Draw(t, "parts"), "")
	})
	rapid.Check(t, func(t *rapid.T) {
		text := address.Draw(t, "address")
		parsed, err := netip.ParseAddr(text)
		if got, want := Valid("ipv4", text), err == nil && parsed.Is4(); got != want {
			t.Errorf("ipv4 %q: %v, expected %v", text, got, want)
		}
		if got, want := Valid("ipv6", text), err == nil && parsed.Is6() && parsed.Zone() == ""; got != want {
			t.Errorf("ipv6 %q: %v, expected %v", text, got, want)
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[0-9]{4}-[0-3][0-9]-[0-3][0-9]`).Draw(t, "date")
		_, err := time.Parse(time.DateOnly, text)
		if got := Valid("date", text); got != (err == nil) {
			t.Errorf("date %q: %v, %v", text, got, err)
		}
		moment := text + "T" + rapid.StringMatching(`[0-2][0-9]:[0-6][0-9]:[0-5][0-9](\.[0-9]{1,9})?(Z|[+-][01][0-9]:[0-5][0-9])`).Draw(t, "time")
		_, err = time.Parse(time.RFC3339, moment)
		if got := Valid("date-time", moment); got != (err == nil) {
			t.Errorf("date-time %q: %v, %v", moment, got, err)
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[a-c]{0,2}:?/{0,3}[a-c@:\[\]%4#?/]{0,8}`).Draw(t, "uri")
		if _, err := url.Parse(text); err != nil && Valid("uri", text) {
			t.Logf("net/url refuses %q: %v", text, err) // it is stricter about ports and colons
		}
		if Valid("uri", text) && (!Valid("iri", text) || !Valid("uri-reference", text)) {
			t.Errorf("%q is a URI, but no IRI or reference", text)
		}
		if Valid("iri", text) && !Valid("iri-reference", text) {
			t.Errorf("%q is an IRI, but no reference", text)
		}
	})
}

func TestFormats_DoNotAllocate(t *testing.T) {
	for _, f := range Table {
		if n := testing.AllocsPerRun(10, func() { f.Valid(f.Example) }); n != 0 {
			t.Errorf("%s: %v allocations", f.Name, n)
		}
	}
}

func FuzzValid(f *testing.F) {
	for _, c := range cases {
		for _, text := range append(c.valid, c.invalid...) {
			f.Add(text)
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, format := range Table {
			if format.Name != "json-pointer" && format.Valid(text) && len(text) > 0 && format.Valid(text+"\x00") {
				t.Errorf("%q with a NUL behind it still has format %s", text, format.Name)
			}
		}
	})
}
