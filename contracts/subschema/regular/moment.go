package regular

import "strings"

// moment is the machine of dates and times of RFC 3339, which no pattern of
// reasonable size describes: whether there may be a leap second depends on the time in
// UTC and, with a date, on the last day of the month.
type moment struct {
	date, time bool
	alphabet   *alphabet
	chars      []byte // of each class; 0 for that of the other characters
}

// memory is what a state knows of the text so far, eight bytes as a key. A key is
// empty where no word is accepted any more.
type memory struct {
	place  byte   // of the next character, see momentLayout
	value  uint16 // of the digits of a number so far
	day    byte   // what is known of the date
	minute uint16 // since midnight, plus one; 0 if there can be no leap second
	offset uint16 // digits still wanted of the offset of a leap second, plus one; or 0
}

// momentLayout has a letter for each place of a text: the numbers that stand there,
// or the character. What follows the seconds has places of its own.
const momentLayout = "yyyy-mm-ddThh:ii:ss"

// Places behind a date and behind the layout.
const (
	behindDate   = byte(10)
	hourPlace    = byte(11)
	behindSecond = byte(len(momentLayout))
)

const (
	behindDot = behindSecond + 1 + iota
	inFraction
	offsetStart
	momentEnd = offsetStart + byte(len(offsetLayout))
)

// offsetLayout is what each digit of an offset counts in a number of four digits, and
// 0 for the colon.
var offsetLayout = [...]uint16{1000, 100, 0, 10, 1}

// What is known of a date: in turn whether the year is a leap year, how many days the
// month has, and where the day stands in it.
const (
	commonYear byte = iota
	leapYear
)

const (
	otherDay byte = iota
	firstDay
	lastDay
)

const minutesOfDay = 24 * 60

// moment is a machine with these letters, and one for all other characters.
const momentChars = "0123456789-:.+TtZz"

func newMoment(date, time bool) *moment {
	m := &moment{date: date, time: time}
	var sets []ranges
	for _, r := range momentChars {
		sets = append(sets, ranges{r, r})
	}
	m.alphabet, _ = newAlphabet(sets, len(sets))
	m.chars = make([]byte, m.alphabet.size)
	for i := range len(momentChars) {
		m.chars[m.alphabet.of(rune(momentChars[i]))] = momentChars[i]
	}
	return m
}

func (m *moment) letters() *alphabet { return m.alphabet }

func (m *moment) start(key []byte, _ *work) []byte {
	if !m.date {
		return appendMemory(key, memory{place: hourPlace})
	}
	return appendMemory(key, memory{})
}

func (m *moment) next(key []byte, from string, class int32, _ *work) []byte {
	c := m.chars[class]
	if from == "" || c == 0 {
		return key
	}
	if s, ok := m.read(memoryOf(from), c); ok {
		return appendMemory(key, s)
	}
	return key
}

func (m *moment) verdict(key string, _ *work) verdict {
	if key == "" {
		return nothing
	}
	if place := key[0]; place == momentEnd || place == behindDate && !m.time {
		return accepts
	}
	return 0
}

func appendMemory(key []byte, s memory) []byte {
	return append(key, s.place, byte(s.value>>8), byte(s.value), s.day, byte(s.minute>>8), byte(s.minute), byte(s.offset>>8), byte(s.offset))
}

func memoryOf(key string) memory {
	number := func(i int) uint16 { return uint16(key[i])<<8 | uint16(key[i+1]) }
	return memory{key[0], number(1), key[3], number(4), number(6)}
}

// read is the memory behind one character more; ok is false if no word goes on so.
func (m *moment) read(s memory, c byte) (next memory, ok bool) {
	switch {
	case s.place == behindDate && !m.time:
		return s, false
	case s.place < behindSecond:
		return m.readLayout(s, c)
	case s.place == behindSecond && c == '.':
		s.place = behindDot
		return s, true
	case s.place == behindDot || s.place == inFraction:
		if isDigit(c) {
			s.place = inFraction
			return s, true
		}
		return m.readOffset(s, c, s.place == inFraction)
	case s.place == behindSecond:
		return m.readOffset(s, c, true)
	}
	return m.readOffsetNumber(s, c)
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// readLayout reads a character up to the seconds.
func (m *moment) readLayout(s memory, c byte) (next memory, ok bool) {
	kind := momentLayout[s.place]
	s.place++
	switch {
	case strings.IndexByte("-:", kind) >= 0:
		return s, c == kind
	case kind == 'T':
		return s, c|0x20 == 't'
	case !isDigit(c):
		return s, false
	}
	s.value = s.value*10 + uint16(c-'0')
	if s.place < behindSecond && momentLayout[s.place] == kind {
		if kind == 's' && c != '6' {
			s.minute, s.day = 0, otherDay
		}
		return s, true // the number goes on
	}
	value := s.value
	s.value = 0
	return m.number(s, kind, value)
}

// number takes a number of the layout.
func (m *moment) number(s memory, kind byte, value uint16) (next memory, ok bool) {
	switch kind {
	case 'y':
		s.day = commonYear
		if value%4 == 0 && (value%100 != 0 || value%400 == 0) {
			s.day = leapYear
		}
	case 'm':
		if value < 1 || value > 12 {
			return s, false
		}
		s.day = daysOf(value, s.day == leapYear)
	case 'd':
		if value < 1 || byte(value) > s.day {
			return s, false
		}
		s.day = standing(byte(value), s.day)
	case 'h':
		if !m.date || s.day != otherDay {
			s.minute = value*60 + 1
		}
		return s, value < 24
	case 'i':
		if s.minute > 0 {
			s.minute += value
		}
		return s, value < 60
	case 's':
		return s, value < 60 || value == 60 && s.minute > 0
	}
	return s, true
}

func daysOf(month uint16, leap bool) byte {
	switch month {
	case 2:
		if leap {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

func standing(day, days byte) byte {
	switch day {
	case 1:
		return firstDay
	case days:
		return lastDay
	}
	return otherDay
}

// readOffset reads Z or a sign, where one may stand.
func (m *moment) readOffset(s memory, c byte, may bool) (next memory, ok bool) {
	switch {
	case !may:
		return s, false
	case c|0x20 == 'z':
		return memory{place: momentEnd}, s.minute == 0 || s.minute == minutesOfDay && m.on(s, lastDay)
	case c != '+' && c != '-':
		return s, false
	case s.minute == 0:
		return memory{place: offsetStart}, true
	}
	return m.wantOffset(s, c == '-')
}

// on reports whether a date, if there is one, is the first or last day of its month.
func (m *moment) on(s memory, day byte) bool { return !m.date || s.day == day }

// wantOffset knows the one offset with which a leap second stands at 23:59 in UTC, and
// whether that is the end of a month there.
func (m *moment) wantOffset(s memory, west bool) (next memory, ok bool) {
	minute := int(s.minute) - 1
	offset, day := minutesOfDay-1-minute, lastDay
	if !west {
		offset = (minute + 1) % minutesOfDay
		if offset > 0 {
			day = firstDay // in UTC it is the day before
		}
	}
	return memory{place: offsetStart, offset: uint16(offset/60*100 + offset%60 + 1)}, m.on(s, day)
}

// readOffsetNumber reads the hours, the colon and the minutes of an offset.
func (m *moment) readOffsetNumber(s memory, c byte) (next memory, ok bool) {
	place := s.place - offsetStart
	s.place++
	switch {
	case int(place) >= len(offsetLayout):
		return s, false
	case offsetLayout[place] == 0:
		return s, c == ':'
	case !isDigit(c):
		return s, false
	case s.offset > 0:
		wanted := s.offset - 1
		s.offset = wanted%offsetLayout[place] + 1
		ok = wanted/offsetLayout[place] == uint16(c-'0')
	case place == 0 || place == 3:
		s.value = uint16(c - '0')
		return s, true
	default:
		value := s.value*10 + uint16(c-'0')
		s.value = 0
		ok = value < 24 || place == 4 && value < 60
	}
	if s.place == momentEnd {
		s = memory{place: momentEnd}
	}
	return s, ok
}
