package formats

// Hosts: names of RFC 1123, addresses of RFC 3986 and RFC 4291.

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
	for i := range len(s) {
		if is(labels, s[i]) {
			continue
		}
		if s[i] != '.' || !bounded(s, start, i) {
			return false
		}
		start = i + 1
	}
	return bounded(s, start, len(s))
}

// bounded reports whether letters, digits and hyphens from start to end are a label.
func bounded(s string, start, end int) bool {
	return start < end && end-start <= maxLabel && s[start] != '-' && s[end-1] != '-'
}

func validLabel(s string) bool {
	for i := range len(s) {
		if !is(labels, s[i]) {
			return false
		}
	}
	return bounded(s, 0, len(s))
}

// validIPv4 wants four numbers up to 255, without leading zeros.
func validIPv4(s string) bool {
	const longest = 15
	if len(s) > longest {
		return false
	}
	parts, n, width := 1, 0, 0
	for i := range len(s) {
		c := s[i]
		if digit(c) {
			if width > 0 && n == 0 {
				return false
			}
			n = n*10 + int(c-'0')
			if width++; n > 255 {
				return false
			}
			continue
		}
		if c != '.' || width == 0 {
			return false
		}
		parts++
		n, width = 0, 0
	}
	return parts == 4 && width > 0
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
		for i < len(s) && i < 4 && is(hex, s[i]) {
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
