package formats

// Dates and times of RFC 3339, section 5.6 and appendix A.

// Dates and times as templates of words: 0 stands for any digit.
const (
	shortDate = 0x30302d30302d3030 // 00-00-00
	clock     = 0x30303a30303a3030 // 00:00:00
)

// pairs are the three numbers of two digits of a word with separators between them.
func pairs(values uint64) (a, b, c int) {
	values = values*10 + values>>8
	return int(values & 0xff), int(values >> 24 & 0xff), int(values >> 48 & 0xff)
}

func leapYear(century, year int) bool { return year%4 == 0 && (year != 0 || century%4 == 0) }

var monthDays = [12]int{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}

// parseDate reads full-date. The last day is that of the month.
func parseDate(s string) (day, last int, ok bool) {
	if len(s) != 10 || !digit(s[0]) || !digit(s[1]) {
		return 0, 0, false
	}
	values, ok := numerals(word(s, 2), shortDate)
	year, month, day := pairs(values)
	if !ok || month < 1 || month > 12 {
		return 0, 0, false
	}
	last = monthDays[month-1]
	if month == 2 && leapYear(int(s[0]-'0')*10+int(s[1]-'0'), year) {
		last = 29
	}
	return day, last, 1 <= day && day <= last
}

func validDate(s string) bool {
	_, _, ok := parseDate(s)
	return ok
}

const minutesOfDay = 24 * 60

// parseTime reads full-time. The minute is that of UTC, counted from midnight of
// the local day: below 0 or from minutesOfDay on it lies in a neighbouring day.
func parseTime(s string) (minute int, leapSecond, ok bool) {
	if len(s) < 9 {
		return 0, false, false
	}
	values, ok := numerals(word(s, 0), clock)
	hour, min, second := pairs(values)
	if !ok || hour > 23 || min > 59 || second > 60 {
		return 0, false, false
	}
	i := 8
	if s[i] == '.' {
		for i++; i < len(s) && digit(s[i]); i++ {
		}
		if i == 9 {
			return 0, false, false
		}
	}
	offset := 0
	if i+1 != len(s) || s[i]|0x20 != 'z' {
		if offset, ok = parseOffset(s[i:]); !ok {
			return 0, false, false
		}
	}
	return hour*60 + min - offset, second == 60, true
}

// parseOffset reads time-numoffset, in minutes east of UTC.
func parseOffset(s string) (minutes int, ok bool) {
	if len(s) != 6 || s[0] != '+' && s[0] != '-' || s[3] != ':' || !digit(s[1]) || !digit(s[2]) || !digit(s[4]) || !digit(s[5]) {
		return 0, false
	}
	hour, min := int(s[1]-'0')*10+int(s[2]-'0'), int(s[4]-'0')*10+int(s[5]-'0')
	if hour > 23 || min > 59 {
		return 0, false
	}
	if s[0] == '-' {
		return -hour*60 - min, true
	}
	return hour*60 + min, true
}

// endOfDay reports whether a minute is 23:59 in UTC, the only one that can have 61
// seconds.
func endOfDay(minute int) bool {
	return (minute+minutesOfDay)%minutesOfDay == minutesOfDay-1
}

func validTime(s string) bool {
	minute, leap, ok := parseTime(s)
	return ok && (!leap || endOfDay(minute))
}

func validDateTime(s string) bool {
	if len(s) < 20 || s[10]|0x20 != 't' {
		return false
	}
	day, last, ok := parseDate(s[:10])
	if !ok {
		return false
	}
	minute, leap, ok := parseTime(s[11:])
	if !ok || !leap {
		return ok
	}
	// Leap seconds end a month of UTC (ITU-R TF.460).
	switch {
	case !endOfDay(minute):
		return false
	case minute < 0: // the day before
		return day == 1
	case minute >= minutesOfDay: // the day after
		return day+1 == last
	}
	return day == last
}

// validDuration follows the grammar of the appendix: units stand in order, none
// between two others is left out, weeks stand alone, numbers are whole.
func validDuration(s string) bool {
	if len(s) < 3 || s[0] != 'P' {
		return false
	}
	if rest, ok := unit(s[1:], 'W'); ok {
		return rest == ""
	}
	rest, some, ok := units(s[1:], "YMD")
	if !ok {
		return false
	}
	if rest == "" {
		return some
	}
	if rest[0] != 'T' {
		return false
	}
	rest, some, ok = units(rest[1:], "HMS")
	return ok && some && rest == ""
}

// units reads numbers with units in order; after the first one that is there, the
// following may end but not skip.
func units(s, order string) (rest string, some, ok bool) {
	ended := false
	for i := range len(order) {
		next, found := unit(s, order[i])
		switch {
		case found && ended:
			return s, some, false
		case found:
			s, some = next, true
		default:
			ended = some
		}
	}
	return s, some, true
}

func unit(s string, name byte) (rest string, ok bool) {
	i := 0
	for i < len(s) && digit(s[i]) {
		i++
	}
	if i == 0 || i == len(s) || s[i] != name {
		return s, false
	}
	return s[i+1:], true
}
