package pattern

// Engine names what reads texts for a matcher.
func (m *Matcher) Engine() string {
	switch {
	case m.runs != nil:
		return "runs"
	case m.shifts != nil:
		return "shifts"
	case m.table != nil:
		return "table"
	}
	return "regexp"
}

// Size is about how many bytes a matcher takes, apart from regexp's.
func (m *Matcher) Size() int {
	const pointers, header = 32, 24
	switch {
	case m.runs != nil:
		return pointers + header + 256 + 24*cap(m.runs.list)
	case m.shifts != nil:
		return pointers + header + 256 + 8*len(m.shifts.rows)
	case m.table != nil:
		return pointers + header + 256 + 8 + 2*cap(m.table.next)
	}
	return pointers
}
