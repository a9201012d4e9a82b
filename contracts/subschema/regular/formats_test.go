package regular_test

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/evctl/evctl/contracts/formats"
	"github.com/evctl/evctl/contracts/subschema/regular"
)

func TestFormat_KnowsAllThatPayloadsHave(t *testing.T) {
	for _, f := range formats.Table {
		l, ok := regular.Format(f.Name)
		if !ok {
			t.Errorf("%s is not known", f.Name)
			continue
		}
		if !l.Contains(f.Example) {
			t.Errorf("%s does not contain %q", f.Name, f.Example)
		}
		word, found := find(t, regular.Query{In: []*regular.Language{l}, MaxLength: -1})
		if !found || !f.Valid(word) {
			t.Errorf("the shortest %s is %q", f.Name, word)
		}
	}
	if l, ok := regular.Format("datetime"); ok || l != nil {
		t.Error("a format that does not exist is known")
	}
}

// seeds are texts from which near misses are made, by format.
var seeds = map[string][]string{
	"date":          {"2024-02-29", "1900-02-28", "2026-12-31", "0000-04-30"},
	"date-time":     {"1990-12-31T23:59:60Z", "1990-12-31T15:59:60-08:00", "1991-01-01T00:59:60+01:00", "1985-04-12t23:20:50.52z", "2024-02-29T23:59:60.1Z", "2023-03-01T01:29:60+01:30", "2023-02-27T23:59:60+23:59", "2023-02-27T23:58:60+23:59"},
	"time":          {"23:59:60Z", "15:59:60-08:00", "00:29:60+00:30", "12:00:00.5+23:59", "01:29:60.5+01:30", "00:00:60-23:59", "23:58:60+23:59"},
	"duration":      {"P1Y2M3DT4H5M6S", "P2W", "PT1H2M", "P1DT1S", "P10M3D"},
	"email":         {"a.b@example.com", `"a\"b@c"@x.y`, "a@[192.0.2.1]", "a@[IPv6:2001:db8::1]", "a@[tag:content]", "a@[ipv5:x]", "a@[IPv:6]", "a@[Ipv6:::]", `"a"@[x:b@c]`, `"@[x:"@[a:b]`, strings.Repeat("a", 64) + "@b", "a@" + longHost(253), strings.Repeat("a", 64) + "@[t:" + strings.Repeat("c", 251) + "]", strings.Repeat("a", 64) + "@[t:" + strings.Repeat("c", 252) + "]"},
	"hostname":      {"www.example.com", strings.Repeat("a", 63) + ".b", longHost(253), longHost(252), "a-b.c-d.1"},
	"ipv4":          {"192.0.2.1", "255.255.255.255", "0.10.99.249"},
	"ipv6":          {"2001:db8::1", "1:2:3:4:5:6:7:8", "::1.2.3.4", "1:2:3:4:5:6:1.2.3.4", "1::3:4:5:6:7:8", "::", "1:2:3:4:5::1.2.3.4", "1:2:3:4:5:6:7::"},
	"iri":           {"https://straße.example/größe?ключ=\ue000#片", "a:\U000e1000\U000dfffd", "a://ü@[::1]:8/ü"},
	"iri-reference": {"größe/ключ", "//ü@straße:80?\U000f0000#ü", "./a:b", "?", "#"},
	"json-pointer":  {"/items/0/sku", "/a~1b~0", "//", "/größe\n"},
	"uri":           {"http://a:b@c:80/d;e=f?g=h/i?j#k?l/m", "ldap://[2001:db8::7]/c=GB?a?b", "urn:a:%41", "http://[v1.x:y]/", "a:/", "a:///", "tel:+1-8"},
	"uri-reference": {"../a?b", "//a/b", "a/b:c", "?a", "#a", "//[::1]:80", "%41:b", "/%41//a"},
	"uri-template":  {"http://a/{user}{?page,b.c*}", "{+path:40}/x", "{/list*,path:4}", "{%41b.c_d}", "größe{x}%20\ue000"},
	"uuid":          {"7f0c0a6e-9e0a-4c55-8a39-0d5d4f7a2f0b"},
}

// longHost is a host name of a length.
func longHost(length int) string {
	return strings.Repeat("a.", length/2)[:length-1] + "b"
}

// near are characters that near misses are made of.
var near = []rune("0123456789abfvzAFZTtPYMDHSW:.-+/?#@[]{}%,;=*!|&_~$'()\"\\^`<> \n\x00\x7f\x80\u00a0é片\ue000\ufdd0\ufffd\ufffe\U0001f600\U0001ffff\U000e0001\U000f0000\U0010ffff")

// misses are what remains after a few random edits.
func misses(word string, r *rand.Rand) string {
	text := []rune(word)
	for range 1 + r.IntN(3) {
		at := r.IntN(len(text) + 1)
		switch r.IntN(5) {
		case 0:
			text = append(text[:at:at], append([]rune{near[r.IntN(len(near))]}, text[at:]...)...)
		case 1:
			if at < len(text) {
				text = append(text[:at:at], text[at+1:]...)
			}
		case 2:
			if at < len(text) {
				text[at] = near[r.IntN(len(near))]
			}
		case 3:
			if at < len(text) {
				text[at] = rune('0' + r.IntN(10))
			}
		case 4:
			if other := r.IntN(len(text) + 1); at < other {
				text = append(text[:other:other], text[at:]...)
			}
		}
	}
	return string(text)
}

func TestFormat_EqualsTheScannersOfPayloads(t *testing.T) {
	for _, f := range formats.Table {
		t.Run(f.Name, func(t *testing.T) {
			l, _ := regular.Format(f.Name)
			longest, bounded := l.Longest()
			r := rand.New(rand.NewPCG(1, uint64(len(f.Name))))
			accepted, refused := 0, 0
			compare := func(word string) {
				want := f.Valid(word)
				if l.Contains(word) != want {
					t.Errorf("%q: %v, but the scanner says %v", word, !want, want)
				}
				if want && l.Rough() != nil && !l.Rough().Contains(word) {
					t.Errorf("%q is not even roughly one", word)
				}
				if want && bounded && utf8.RuneCountInString(word) > longest {
					t.Errorf("%q has more than %d characters", word, longest)
				}
				if want {
					accepted++
				} else {
					refused++
				}
			}
			for _, seed := range append(seeds[f.Name], f.Example, "") {
				compare(seed)
				for range 2000 {
					compare(misses(seed, r))
				}
			}
			for range 3000 {
				word, ok := l.Walk(1+r.IntN(60), r.IntN)
				if ok != f.Valid(word) {
					t.Errorf("%q: %v, but the scanner says %v", word, ok, !ok)
				}
				compare(word)
				compare(misses(word, r))
			}
			if accepted < 500 || refused < 500 {
				t.Errorf("only %d words were accepted and %d refused", accepted, refused)
			}
			t.Logf("%d accepted, %d refused, %d states", accepted, refused, l.States())
		})
	}
}

func TestFormat_TimesAreRightToTheMinute(t *testing.T) {
	l, _ := regular.Format("time")
	moments, _ := regular.Format("date-time")
	two := func(n int) string { return string([]byte{'0' + byte(n/10), '0' + byte(n%10)}) }
	for local := range 24 * 60 {
		for offset := range 24 * 60 {
			if local%7 != 0 && offset%11 != 0 && (local+offset)%60 != 59 && (local-offset)%60 != 59 {
				continue
			}
			for _, sign := range []string{"+", "-"} {
				word := two(local/60) + ":" + two(local%60) + ":60" + sign + two(offset/60) + ":" + two(offset%60)
				if got, want := l.Contains(word), formats.Valid("time", word); got != want {
					t.Fatalf("%s: %v, expected %v", word, got, want)
				}
				if local%13 != 0 {
					continue
				}
				for _, day := range []string{"2024-02-28T", "2024-02-29T", "2023-03-01T", "2023-02-27T"} {
					if got, want := moments.Contains(day+word), formats.Valid("date-time", day+word); got != want {
						t.Fatalf("%s: %v, expected %v", day+word, got, want)
					}
				}
			}
		}
	}
	dates, _ := regular.Format("date")
	for year := range 10_000 {
		for _, day := range []string{"-02-28", "-02-29", "-02-30", "-12-31"} {
			word := two(year/100) + two(year%100) + day
			if got, want := dates.Contains(word), formats.Valid("date", word); got != want {
				t.Fatalf("%s: %v, expected %v", word, got, want)
			}
		}
	}
}

func TestFormat_ComparesWithPatterns(t *testing.T) {
	for _, c := range []struct{ in, out, want string }{
		{"format uuid", `^[0-9a-fA-F-]{36}$`, "none"},
		{"format uuid", `^[0-9a-f-]{36}$`, "A"},
		{"format date", `^\d{4}-\d\d-\d\d$`, "none"},
		{`^\d{4}-\d\d-\d\d$`, "format date", "0"},
		{"format date", `^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$`, "none"},
		{"format date-time", `^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$`, "none"},
		{"format date-time", `T`, "t"},
		{"format hostname", `^[A-Za-z0-9.-]{1,253}$`, "none"},
		{"format hostname", `^[A-Za-z0-9.-]{1,252}$`, ""},
		{"format uri", "format uri-reference", "none"},
		{"format uri", "format iri", "none"},
		{"format iri", "format iri-reference", "none"},
		{"format uri-reference", "format iri-reference", "none"},
		{"format iri", "format uri", "À"},
		{"format ipv4", "format hostname", "none"},
		{"format hostname", "format ipv4", ""},
		{"format ipv6", `^[0-9A-Fa-f:.]{2,45}$`, "none"},
		{"format ipv6", `^[0-9A-Fa-f:.]{2,44}$`, ""},
		{"format email", `^[^@]+@[^@]+$`, `@`},
		{"format email", `@`, "none"},
		{"format email", `^.+@.+$`, "none"},
		{"format email", `^[!-~ ]{3,320}$`, "none"},
		{"format duration", `^P`, "none"},
		{"format json-pointer", `^(/|$)`, "none"},
		{"format hostname", "format uri", ""},
		{"format date-time", `-0[469]-[0-2]|-0[469]-30|-11-[0-2]|-11-30|-02-[0-2]|-(0[13578]|1[02])-|^.{10}[+-]..:..$`, "none"},
		{"format date", `-(0[1-9]|1[0-2])-([0-2][0-9]|30)|-(0[13578]|1[02])-31`, "none"},
		{"format date", `-(0[1-9]|1[0-2])-([0-2][0-8]|[013][0-9])|-(0[13-9]|1[0-2])-29`, "-02-29"},
		{"format time", `^\d\d:\d\d:[0-5]\d`, "60"},
	} {
		language := func(text string) *regular.Language {
			if name, ok := strings.CutPrefix(text, "format "); ok {
				l, _ := regular.Format(name)
				return l
			}
			return mustPattern(t, text)
		}
		start := time.Now()
		word, found := find(t, regular.Query{In: []*regular.Language{language(c.in)}, Out: []*regular.Language{language(c.out)}, MaxLength: -1})
		if found == (c.want == "none") || found && !strings.Contains(word, c.want) {
			t.Errorf("in %s and not in %s: %q, expected %s", c.in, c.out, word, c.want)
		}
		t.Logf("in %s and not in %s: %q, %d characters, in %v", c.in, c.out, word, utf8.RuneCountInString(word), time.Since(start).Round(time.Microsecond))
	}
}

func TestFormat_FindsWordsOfAnyLength(t *testing.T) {
	for name, most := range map[string]int{"email": 309, "hostname": 253, "uri": 400, "date-time": 400} {
		l, _ := regular.Format(name)
		for least := 30; least <= most; least++ {
			q := regular.Query{In: []*regular.Language{l}, MinLength: least, MaxLength: least}
			word, found := find(t, q)
			if !found || len(word) != least || !formats.Valid(name, word) {
				t.Errorf("%s of %d characters: %q", name, least, word)
			}
		}
	}
	l, _ := regular.Format("email")
	if word, found := find(t, regular.Query{In: []*regular.Language{l.Narrow()}, Out: []*regular.Language{l}, MaxLength: -1}); found {
		t.Errorf("%q is no email", word)
	}
}

func TestFormat_AgreesWithTheOfficialSuite(t *testing.T) {
	corpora := os.Getenv("EVCTL_CORPORA")
	if corpora == "" {
		t.Skip("EVCTL_CORPORA is not set: the official suite is not run")
	}
	paths, err := filepath.Glob(filepath.Join(corpora, "json-schema-test-suite/tests/*/optional/format/*.json"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no files of the suite: %v", err)
	}
	ran := 0
	for _, path := range paths {
		name := strings.TrimSuffix(filepath.Base(path), ".json")
		l, ok := regular.Format(name)
		if !ok {
			continue
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var groups []struct{ Tests []struct{ Data any } }
		if err := json.Unmarshal(text, &groups); err != nil {
			t.Fatal(err)
		}
		for _, g := range groups {
			for _, test := range g.Tests {
				word, ok := test.Data.(string)
				if !ok {
					continue
				}
				if ran++; l.Contains(word) != formats.Valid(name, word) {
					t.Errorf("%s: %q is %v", name, word, l.Contains(word))
				}
			}
		}
	}
	if ran < 1000 {
		t.Errorf("only %d cases ran", ran)
	}
}

func FuzzFormat(f *testing.F) {
	for _, list := range seeds {
		for _, word := range list {
			f.Add(word)
		}
	}
	f.Fuzz(func(t *testing.T, word string) {
		if !utf8.ValidString(word) || len(word) > 1000 {
			return
		}
		for _, format := range formats.Table {
			l, _ := regular.Format(format.Name)
			if got, want := l.Contains(word), format.Valid(word); got != want {
				t.Errorf("%s %q: %v, expected %v", format.Name, word, got, want)
			}
		}
	})
}
