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
		size := pointers + header + 256 + 80*cap(m.runs.list)
		for _, r := range m.runs.list {
			size += len(r.text) + 4*cap(r.wide)
		}
		return size
	case m.shifts != nil:
		return pointers + header + 256 + 8*len(m.shifts.rows)
	case m.table != nil:
		return pointers + header + 256 + 8 + 2*cap(m.table.next)
	}
	return pointers
}
