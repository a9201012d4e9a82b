package formats

// Hosts: names of RFC 1123, addresses of RFC 3986 and RFC 4291.

func letter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

func alphanumeric(c byte) bool { return letter(c) || digit(c) }

func hexDigit(c byte) bool { return digit(c) || 'a' <= c|0x20 && c|0x20 <= 'f' }

// Lengths of RFC 1035, section 2.3.4, in bytes.
const (
	maxHostname = 253
	maxLabel    = 63
)

func validHostname(s string) bool {
	if len(s) == 0 || len(s) > maxHostname {
		return false
	}
	start := 0
	for i := 0; i <= len(s); i++ {
		if i < len(s) && s[i] != '.' {
			continue
		}
		if !validLabel(s[start:i]) {
			return false
		}
		start = i + 1
	}
	return true
}

func validLabel(s string) bool {
	if len(s) == 0 || len(s) > maxLabel || s[0] == '-' || s[len(s)-1] == '-' {
		return false
	}
	for i := range len(s) {
		if !alphanumeric(s[i]) && s[i] != '-' {
			return false
		}
	}
	return true
}

func validIPv4(s string) bool {
	for part := range 4 {
		if part > 0 {
			if s == "" || s[0] != '.' {
				return false
			}
			s = s[1:]
		}
		n, i := 0, 0
		for i < len(s) && i < 3 && digit(s[i]) {
			n = n*10 + int(s[i]-'0')
			i++
		}
		if i == 0 || n > 255 || i > 1 && s[0] == '0' {
			return false
		}
		s = s[i:]
	}
	return s == ""
}

// validIPv6 counts groups of 16 bits: eight, or fewer with one "::", the last two
// possibly written as an IPv4 address.
func validIPv6(s string) bool {
	groups, gap := 0, false
	if len(s) >= 2 && s[:2] == "::" {
		gap = true
		s = s[2:]
		if s == "" {
			return true
		}
	}
	for {
		i := 0
		for i < len(s) && i < 4 && hexDigit(s[i]) {
			i++
		}
		if i < len(s) && s[i] == '.' {
			groups += 2
			return validIPv4(s) && enoughGroups(groups, gap)
		}
		if i == 0 {
			return false
		}
		groups++
		s = s[i:]
		switch {
		case s == "":
			return enoughGroups(groups, gap)
		case s[0] != ':':
			return false
		case len(s) >= 2 && s[1] == ':':
			if gap {
				return false
			}
			gap = true
			if s = s[2:]; s == "" {
				return groups < 8
			}
		default:
			s = s[1:]
		}
	}
}

// enoughGroups reports whether the groups fill an address; a gap stands for at least
// one of them.
func enoughGroups(n int, gap bool) bool { return n == 8 && !gap || n < 8 && gap }
