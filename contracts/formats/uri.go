package formats

import (
	"strings"
	"unicode/utf8"
)

// URIs of RFC 3986 and, with more characters, IRIs of RFC 3987.

func validURI(s string) bool          { return uri(s, false) }
func validURIReference(s string) bool { return uri(s, false) || relative(s, false) }
func validIRI(s string) bool          { return uri(s, true) }
func validIRIReference(s string) bool { return uri(s, true) || relative(s, true) }

// uri is scheme ":" hier-part [ "?" query ] [ "#" fragment ].
func uri(s string, wide bool) bool {
	if len(s) == 0 || !is(letters, s[0]) {
		return false
	}
	i := 1
	for i < len(s) && is(schemes, s[i]) {
		i++
	}
	return i < len(s) && s[i] == ':' && hierarchy(s[i+1:], wide)
}

// relative is relative-ref: no scheme, and no colon in the first segment.
func relative(s string, wide bool) bool {
	for i := range len(s) {
		switch s[i] {
		case ':':
			return false
		case '/', '?', '#':
			return hierarchy(s, wide)
		}
	}
	return hierarchy(s, wide)
}

// hierarchy is [ "//" authority ] path [ "?" query ] [ "#" fragment ].
func hierarchy(s string, wide bool) bool {
	if len(s) < 2 || s[0] != '/' || s[1] != '/' {
		return locator(s, wide)
	}
	s = s[2:]
	i := 0
	for i < len(s) && is(registered, s[i]) {
		i++
	}
	if i < len(s) && s[i] != '/' && s[i] != '?' && s[i] != '#' { // more than a name in ASCII
		if i = strings.IndexAny(s, "/?#"); i < 0 {
			i = len(s)
		}
		if !authority(s[:i], wide) {
			return false
		}
	}
	return locator(s[i:], wide)
}

// locator is path [ "?" query ] [ "#" fragment ].
func locator(s string, wide bool) bool {
	allowed, query, fragment := paths, false, false
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case is(allowed, c):
			i++
		case c == '%' && escaped(s, i):
			i += 3
		case c == '?': // the first one
			allowed, query = queries, true
			i++
		case c == '#' && !fragment:
			allowed, query, fragment = queries, false, true
			i++
		case c >= utf8.RuneSelf && wide:
			n := wideCharacter(s[i:], query)
			if n == 0 {
				return false
			}
			i += n
		default:
			return false
		}
	}
	return true
}

// escaped reports whether "%" at i has two hexadecimal digits behind it.
func escaped(s string, i int) bool {
	return i+2 < len(s) && is(hex, s[i+1]) && is(hex, s[i+2])
}

// wideCharacter is how many bytes the character at the start has, 0 if it is none of
// RFC 3987.
func wideCharacter(s string, private bool) int {
	r, size := utf8.DecodeRuneInString(s)
	if size == 1 || !ucschar(r) && !(private && privateUse(r)) {
		return 0
	}
	return size
}

// authority is [ userinfo "@" ] host [ ":" port ].
func authority(s string, wide bool) bool {
	if i := strings.LastIndexByte(s, '@'); i >= 0 {
		if !characters(s[:i], ":", wide) {
			return false
		}
		s = s[i+1:]
	}
	if strings.HasPrefix(s, "[") {
		i := strings.IndexByte(s, ']')
		return i > 0 && ipLiteral(s[1:i]) && port(s[i+1:])
	}
	host := s
	if i := strings.IndexByte(s, ':'); i >= 0 {
		if !port(s[i:]) {
			return false
		}
		host = s[:i]
	}
	return characters(host, "", wide)
}

func port(s string) bool {
	if s == "" {
		return true
	}
	if s[0] != ':' {
		return false
	}
	for i := 1; i < len(s); i++ {
		if !digit(s[i]) {
			return false
		}
	}
	return true
}

// ipLiteral is an IPv6 address, or "v" 1*HEXDIG "." and further characters.
func ipLiteral(s string) bool {
	if s == "" || s[0]|0x20 != 'v' {
		return validIPv6(s)
	}
	version, address, ok := strings.Cut(s[1:], ".")
	if !ok || version == "" || address == "" || strings.IndexByte(address, '%') >= 0 {
		return false
	}
	for i := range len(version) {
		if !is(hex, version[i]) {
			return false
		}
	}
	return characters(address, ":", false)
}

// characters reports whether s has only unreserved, percent-encoded, sub-delims
// and extra characters; wide ones of RFC 3987 too.
func characters(s, extra string, wide bool) bool {
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case is(registered, c) || strings.IndexByte(extra, c) >= 0:
			i++
		case c == '%' && escaped(s, i):
			i += 3
		case c >= utf8.RuneSelf && wide:
			n := wideCharacter(s[i:], false)
			if n == 0 {
				return false
			}
			i += n
		default:
			return false
		}
	}
	return true
}

// ucschar is the production of RFC 3987, section 2.2.
func ucschar(r rune) bool {
	switch {
	case r < 0x10000:
		return 0xa0 <= r && r <= 0xd7ff || 0xf900 <= r && r <= 0xfdcf || 0xfdf0 <= r && r <= 0xffef
	case r >= 0xe0000 && r < 0xe1000:
		return false
	}
	return r < 0xf0000 && r&0xffff <= 0xfffd
}

func privateUse(r rune) bool {
	return 0xe000 <= r && r <= 0xf8ff || r >= 0xf0000 && r&0xffff <= 0xfffd
}

// validURITemplate follows RFC 6570, section 2, with its erratum 6937: an apostrophe
// is a literal.
func validURITemplate(s string) bool {
	for i := 0; i < len(s); {
		switch c := s[i]; {
		case c == '{':
			end := strings.IndexByte(s[i:], '}')
			if end < 0 || !templateExpression(s[i+1:i+end]) {
				return false
			}
			i += end + 1
		case c == '%':
			if !escaped(s, i) {
				return false
			}
			i += 3
		case c >= utf8.RuneSelf:
			n := wideCharacter(s[i:], true)
			if n == 0 {
				return false
			}
			i += n
		case c <= ' ' || c == 0x7f || strings.IndexByte("\"<>\\^`|}", c) >= 0:
			return false
		default:
			i++
		}
	}
	return true
}

func templateExpression(s string) bool {
	if s != "" && strings.IndexByte("+#./;?&=,!@|", s[0]) >= 0 {
		s = s[1:]
	}
	for variable := range strings.SplitSeq(s, ",") {
		if !templateVariable(variable) {
			return false
		}
	}
	return true
}

// templateVariable is a name with an optional "*", or ":" and a length below 10000.
func templateVariable(s string) bool {
	name, length, prefixed := strings.Cut(s, ":")
	if prefixed {
		if len(length) == 0 || len(length) > 4 || length[0] == '0' {
			return false
		}
		for i := range len(length) {
			if !digit(length[i]) {
				return false
			}
		}
	} else {
		name = strings.TrimSuffix(name, "*")
	}
	dot := true
	for i := 0; i < len(name); i++ {
		switch c := name[i]; {
		case c == '.':
			if dot {
				return false
			}
			dot = true
			continue
		case c == '%':
			if !escaped(name, i) {
				return false
			}
			i += 2
		case !is(letters|digits, c) && c != '_':
			return false
		}
		dot = false
	}
	return !dot
}
