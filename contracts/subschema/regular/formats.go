package regular

import (
	"fmt"
	"strings"
	"sync"
)

// Format is the language of the strings that contracts/formats accepts under that
// name. ok is false for names that it does not know.
func Format(name string) (l *Language, ok bool) {
	build, ok := formatTable[name]
	if !ok {
		return nil, false
	}
	return build(), true
}

// formatTable has a function for each format; languages are built when they are first
// asked for.
var formatTable = map[string]func() *Language{
	"date":          format("date", func() machine { return newMoment(true, false) }),
	"date-time":     format("date-time", func() machine { return newMoment(true, true) }),
	"duration":      format("duration", patterns(durationPattern())),
	"email":         format("email", patterns(emailPattern(), emailLengths)),
	"hostname":      format("hostname", patterns(whole(hostname), hostnameLength)),
	"ipv4":          format("ipv4", patterns(whole(ipv4))),
	"ipv6":          format("ipv6", patterns(whole(ipv6()))),
	"iri":           format("iri", patterns(whole(wideURI.absolute()))),
	"iri-reference": format("iri-reference", patterns(whole(either(wideURI.absolute(), wideURI.relative())))),
	"json-pointer":  format("json-pointer", patterns(`^(?:/(?:[^~]|~[01])*)?$`)),
	"time":          format("time", func() machine { return newMoment(false, true) }),
	"uri":           format("uri", patterns(whole(asciiURI.absolute()))),
	"uri-reference": format("uri-reference", patterns(whole(either(asciiURI.absolute(), asciiURI.relative())))),
	"uri-template":  format("uri-template", patterns(whole(uriTemplate()))),
	"uuid":          format("uuid", patterns(`^[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$`)),
}

// longest is how many code points the words of a format have at most, where there is a
// limit. A mail address has 64 before the @, and an address in brackets with 255 behind it.
var longest = map[string]int{
	"date": 10, "email": 64 + 1 + 255, "hostname": 253, "ipv4": 15, "ipv6": 45, "uuid": 36,
}

func format(name string, build func() machine) func() *Language {
	return sync.OnceValue(func() *Language {
		n, bounded := longest[name]
		l := &Language{source: "format:" + name, machine: build(), kept: keptFormatMemory, bounded: bounded, longest: n}
		if text, ok := roughPatterns[name]; ok {
			l.rough = &Language{source: "rough:" + name, machine: patterns(text)()}
		}
		if text, ok := narrowPatterns[name]; ok {
			l.narrow = &Language{source: "narrow:" + name, machine: patterns(text)()}
		}
		return l
	})
}

// roughPatterns have all words of a format, and some that are wrong in a calendar or
// too long.
var roughPatterns = map[string]string{
	"date":      whole(roughDate),
	"date-time": whole(roughDate + `[Tt]` + roughTime),
	"email":     emailPattern(),
	"hostname":  whole(hostname),
	"time":      whole(roughTime),
}

// narrowPatterns have some words of a format, of each length up to a large one.
var narrowPatterns = map[string]string{
	"email": whole(`[0-9A-Za-z]{1,64}@[0-9A-Za-z]{1,2}|[0-9A-Za-z]{64}@(?:[0-9A-Za-z]{60}\.){0,3}[0-9A-Za-z]{1,61}`),
}

const (
	roughDate = `[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])`
	roughZone = `(?:[01][0-9]|2[0-3]):[0-5][0-9]`
	roughTime = roughZone + `:(?:[0-5][0-9]|60)(?:\.[0-9]+)?(?:[Zz]|[+-]` + roughZone + `)`
)

// patterns is the machine of the words that match all patterns.
func patterns(all ...string) func() machine {
	return func() machine {
		var m machine
		for _, text := range all {
			l, err := Pattern(text)
			if err != nil {
				panic(err) // the table is wrong
			}
			if m == nil {
				m = l.machine
				continue
			}
			m = newBoth(m, l.machine)
		}
		return m
	}
}

// whole is a pattern of a whole text, either of one of two things.
func whole(part string) string { return "^(?:" + part + ")$" }

func either(parts ...string) string { return "(?:" + strings.Join(parts, "|") + ")" }

// durationPattern follows RFC 3339, appendix A: units stand in order, none between two
// others is left out, weeks stand alone.
func durationPattern() string {
	const (
		clock = `T(?:[0-9]+H(?:[0-9]+M(?:[0-9]+S)?)?|[0-9]+M(?:[0-9]+S)?|[0-9]+S)`
		days  = `(?:[0-9]+Y(?:[0-9]+M(?:[0-9]+D)?)?|[0-9]+M(?:[0-9]+D)?|[0-9]+D)`
	)
	return `^P(?:[0-9]+W|` + days + `(?:` + clock + `)?|` + clock + `)$`
}

// Hosts. The lengths of host names are patterns of their own: a word has to match
// both.
const (
	label          = `[0-9A-Za-z](?:[0-9A-Za-z-]{0,61}[0-9A-Za-z])?`
	hostname       = label + `(?:\.` + label + `)*`
	hostnameLength = `^(?s:.{1,253})$`
	octet          = `(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])`
	ipv4           = octet + `(?:\.` + octet + `){3}`
)

// ipv6 is eight groups, or at most seven around a gap; an IPv4 address at the end
// stands for two.
func ipv6() string {
	const group = `[0-9A-Fa-f]{1,4}`
	parts := []string{`(?:` + group + `:){7}` + group, `(?:` + group + `:){6}` + ipv4}
	for before := range 8 {
		head := ""
		if before > 0 {
			head = fmt.Sprintf(`%s(?::%s){%d}`, group, group, before-1)
		}
		tail := ""
		if room := 7 - before; room >= 1 {
			tail = fmt.Sprintf(`(?:%s:){0,%d}%s`, group, room-1, group)
			if room >= 2 {
				tail += fmt.Sprintf(`|(?:%s:){0,%d}%s`, group, room-2, ipv4)
			}
		}
		parts = append(parts, head+`::(?:`+tail+`)?`)
	}
	return either(parts...)
}

// emailPattern follows Mailbox of RFC 5321; lengths are in emailLengths.
func emailPattern() string {
	const (
		atom    = "[0-9A-Za-z!#$%&'*+/=?^_`{|}~-]+"
		dotted  = atom + `(?:\.` + atom + `)*`
		quoted  = `"(?:\\[ -~]|[ !#-\[\]-~])*"`
		content = `[!-?A-Z^-~]+`
	)
	domain := either(hostname, `\[(?:(?i:IPv6:)`+ipv6()+`|`+ipv4+`|`+tag()+`:`+content+`)\]`)
	return `^(?:` + dotted + `|` + quoted + `)@` + domain + `$`
}

// tag is a label other than IPv6, which no address in general form may have.
func tag() string {
	const (
		end    = `[0-9A-Za-z]`
		middle = `[0-9A-Za-z-]`
	)
	return either(
		end+`(?:`+middle+`?`+end+`)?`,
		end+middle+`{3,61}`+end,
		`[0-9A-HJ-Za-hj-z]`+middle+`{2}`+end,
		`[iI][0-9A-OQ-Za-oq-z-]`+middle+end,
		`[iI][pP][0-9A-UW-Za-uw-z-]`+end,
		`[iI][pP][vV][0-57-9A-Za-z]`,
	)
}

// emailLengths are 64 characters before the last @ and 253 of a name or 255 of an
// address in brackets after it.
const emailLengths = `^(?s:.{1,64})@(?:[^@\[][^@]{0,252}|\[[^@]{0,254})$`

// uriSyntax is RFC 3986, or with more characters RFC 3987.
type uriSyntax struct{ wide, private string }

var (
	asciiURI = uriSyntax{}
	wideURI  = uriSyntax{wide: ucschar, private: privateUse}
)

// Characters of RFC 3987, section 2.2, as parts of a class. Like contracts/formats it
// takes the planes from 1 to 14, without the first 4096 characters of the last.
const (
	ucschar = `\x{a0}-\x{d7ff}\x{f900}-\x{fdcf}\x{fdf0}-\x{ffef}` +
		`\x{10000}-\x{1fffd}\x{20000}-\x{2fffd}\x{30000}-\x{3fffd}\x{40000}-\x{4fffd}\x{50000}-\x{5fffd}\x{60000}-\x{6fffd}\x{70000}-\x{7fffd}` +
		`\x{80000}-\x{8fffd}\x{90000}-\x{9fffd}\x{a0000}-\x{afffd}\x{b0000}-\x{bfffd}\x{c0000}-\x{cfffd}\x{d0000}-\x{dfffd}\x{e1000}-\x{efffd}`
	privateUse = `\x{e000}-\x{f8ff}\x{f0000}-\x{ffffd}\x{100000}-\x{10fffd}`
	unreserved = `0-9A-Za-z._~!$&'()*+,;=\-`
	percent    = `%[0-9A-Fa-f]{2}`
)

// chars is one character: unreserved, percent-encoded, a delimiter or extra.
func (u uriSyntax) chars(extra string) string {
	return `(?:[` + unreserved + u.wide + extra + `]|` + percent + `)`
}

// absolute is a URI with its scheme.
func (u uriSyntax) absolute() string {
	path := `/?(?:` + u.chars(`:@`) + u.chars(`:@/`) + `*)?`
	return `[A-Za-z][0-9A-Za-z+.\-]*:` + either(u.authority(), path) + u.rest()
}

// relative has no scheme, and no colon in the first segment.
func (u uriSyntax) relative() string {
	path := either(`/(?:`+u.chars(`:@`)+u.chars(`:@/`)+`*)?`, u.chars(`@`)+`+(?:/`+u.chars(`:@/`)+`*)?`) + `?`
	return either(u.authority(), path) + u.rest()
}

// authority has the path behind it.
func (u uriSyntax) authority() string {
	const version = `[vV][0-9A-Fa-f]+\.[` + unreserved + `:]+`
	user := `(?:` + u.chars(`:`) + `*@)?`
	host := either(`\[(?:`+ipv6()+`|`+version+`)\]`, u.chars(``)+`*`)
	return `//` + user + host + `(?::[0-9]*)?(?:/` + u.chars(`:@/`) + `*)?`
}

// rest is query and fragment.
func (u uriSyntax) rest() string {
	return `(?:\?` + u.chars(`:@/?`+u.private) + `*)?(?:#` + u.chars(`:@/?`) + `*)?`
}

// uriTemplate follows RFC 6570, section 2.
func uriTemplate() string {
	const (
		name       = `(?:[0-9A-Za-z_]|` + percent + `)+`
		variable   = name + `(?:\.` + name + `)*(?:\*|:[1-9][0-9]{0,3})?`
		expression = `\{[+#./;?&=,!@|]?` + variable + `(?:,` + variable + `)*\}`
		literal    = `[!#$&'()*+,\-./0-9:;=?@A-Z\[\]_a-z~` + ucschar + privateUse + `]`
	)
	return `(?:` + literal + `|` + percent + `|` + expression + `)*`
}
