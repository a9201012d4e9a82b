package formats

import "strings"

// Lengths of RFC 5321, section 4.5.3.1, in bytes.
const (
	maxLocalPart = 64
	maxDomain    = 255
)

// validEmail follows Mailbox of RFC 5321, section 4.1.2.
func validEmail(s string) bool {
	at, ok := dotString(s)
	if !ok || at+1 == len(s) || s[at+1] == '[' {
		return unusualEmail(s)
	}
	return at <= maxLocalPart && validHostname(s[at+1:])
}

// dotString reads atoms with dots between them, up to the "@" behind them.
func dotString(s string) (at int, ok bool) {
	start := 0 // of the atom
	for i := range len(s) {
		if is(atoms, s[i]) {
			continue
		}
		if i == start || s[i] != '.' {
			return i, i > start && s[i] == '@'
		}
		start = i + 1
	}
	return len(s), false
}

// unusualEmail is a mailbox with a quoted local part or a domain in brackets.
func unusualEmail(s string) bool {
	at := strings.LastIndexByte(s, '@')
	if at < 1 || at > maxLocalPart || len(s)-at-1 > maxDomain {
		return false
	}
	if s[0] == '"' {
		return quotedLocalPart(s[:at]) && mailDomain(s[at+1:])
	}
	end, ok := dotString(s)
	return ok && end == at && mailDomain(s[at+1:])
}

func quotedLocalPart(s string) bool {
	if len(s) < 2 || s[len(s)-1] != '"' {
		return false
	}
	s = s[1 : len(s)-1]
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\':
			if i++; i == len(s) || s[i] < ' ' || s[i] > '~' {
				return false
			}
		case c < ' ' || c > '~' || c == '"':
			return false
		}
	}
	return true
}

func mailDomain(s string) bool {
	if len(s) < 2 || s[0] != '[' {
		return validHostname(s)
	}
	if s[len(s)-1] != ']' {
		return false
	}
	s = s[1 : len(s)-1]
	if len(s) > 5 && strings.EqualFold(s[:5], "IPv6:") {
		return validIPv6(s[5:])
	}
	return validIPv4(s) || generalLiteral(s)
}

// generalLiteral is a tag, a colon and printable text without brackets.
func generalLiteral(s string) bool {
	tag, content, ok := strings.Cut(s, ":")
	if !ok || !validLabel(tag) || content == "" {
		return false
	}
	for i := range len(content) {
		if c := content[i]; c <= ' ' || c > '~' || '[' <= c && c <= ']' {
			return false
		}
	}
	return true
}
