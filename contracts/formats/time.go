package formats

// Dates and times of RFC 3339, section 5.6 and appendix A.

// two reads two digits at i, or returns -1.
func two(s string, i int) int {
	if i+2 > len(s) || !digit(s[i]) || !digit(s[i+1]) {
		return -1
	}
	return int(s[i]-'0')*10 + int(s[i+1]-'0')
}

func digit(c byte) bool { return '0' <= c && c <= '9' }

func leapYear(year int) bool { return year%4 == 0 && (year%100 != 0 || year%400 == 0) }

var monthDays = [...]int{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}

func daysIn(year, month int) int {
	if month == 2 && leapYear(year) {
		return 29
	}
	return monthDays[month-1]
}

func parseDate(s string) (year, month, day int, ok bool) {
	if len(s) != 10 || s[4] != '-' || s[7] != '-' {
		return 0, 0, 0, false
	}
	century, rest := two(s, 0), two(s, 2)
	month, day = two(s, 5), two(s, 8)
	if century < 0 || rest < 0 || month < 1 || month > 12 || day < 1 {
		return 0, 0, 0, false
	}
	year = century*100 + rest
	return year, month, day, day <= daysIn(year, month)
}

func validDate(s string) bool {
	_, _, _, ok := parseDate(s)
	return ok
}

const minutesOfDay = 24 * 60

// parseTime reads full-time. The minute is that of UTC, counted from midnight of
// the local day: below 0 or from minutesOfDay on it lies in a neighbouring day.
func parseTime(s string) (minute int, leapSecond, ok bool) {
	if len(s) < 9 || s[2] != ':' || s[5] != ':' {
		return 0, false, false
	}
	hour, min, second := two(s, 0), two(s, 3), two(s, 6)
	if hour < 0 || hour > 23 || min < 0 || min > 59 || second < 0 || second > 60 {
		return 0, false, false
	}
	i := 8
	if s[i] == '.' {
		start := i + 1
		for i = start; i < len(s) && digit(s[i]); i++ {
		}
		if i == start {
			return 0, false, false
		}
	}
	offset, ok := parseOffset(s[i:])
	return hour*60 + min - offset, second == 60, ok
}

// parseOffset reads time-offset, in minutes east of UTC.
func parseOffset(s string) (minutes int, ok bool) {
	if s == "Z" || s == "z" {
		return 0, true
	}
	if len(s) != 6 || s[0] != '+' && s[0] != '-' || s[3] != ':' {
		return 0, false
	}
	hour, min := two(s, 1), two(s, 4)
	if hour < 0 || hour > 23 || min < 0 || min > 59 {
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
	if len(s) < 20 || s[10] != 'T' && s[10] != 't' {
		return false
	}
	year, month, day, ok := parseDate(s[:10])
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
		return day+1 == daysIn(year, month)
	}
	return day == daysIn(year, month)
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
