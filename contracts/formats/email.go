package formats

import "strings"

// Lengths of RFC 5321, section 4.5.3.1, in bytes.
const (
	maxLocalPart = 64
	maxDomain    = 255
)

// validEmail follows Mailbox of RFC 5321, section 4.1.2.
func validEmail(s string) bool {
	at := strings.LastIndexByte(s, '@')
	if at < 1 || at > maxLocalPart || len(s)-at-1 > maxDomain {
		return false
	}
	local, domain := s[:at], s[at+1:]
	if local[0] == '"' {
		return quotedLocalPart(local) && mailDomain(domain)
	}
	return dotString(local) && mailDomain(domain)
}

// dotString is atoms with dots between them.
func dotString(s string) bool {
	dot := true
	for i := range len(s) {
		switch c := s[i]; {
		case c == '.':
			if dot {
				return false
			}
			dot = true
		case alphanumeric(c) || strings.IndexByte("!#$%&'*+-/=?^_`{|}~", c) >= 0:
			dot = false
		default:
			return false
		}
	}
	return !dot
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
