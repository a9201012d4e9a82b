package rules

import "strings"

// unitSpellings lists units with the spellings that are in use; the first one is shown.
// Spellings are compared in lower case.
var unitSpellings = [][]string{
	{"ns", "nanos", "nanosecond", "nanoseconds"}, {"us", "µs", "micros", "microsecond", "microseconds"},
	{"ms", "msec", "millis", "millisecond", "milliseconds"}, {"s", "sec", "secs", "second", "seconds"},
	{"min", "mins", "minute", "minutes"}, {"h", "hr", "hrs", "hour", "hours"}, {"d", "day", "days"}, {"w", "week", "weeks"},
	{"months", "month"}, {"years", "year", "yr", "yrs"},
	{"B", "byte", "bytes"}, {"kB", "kilobyte", "kilobytes"}, {"MB", "megabyte", "megabytes"}, {"GB", "gigabyte", "gigabytes"}, {"bits", "bit"},
	{"mm", "millimeter", "millimeters", "millimetre", "millimetres"}, {"cm", "centimeter", "centimeters", "centimetre", "centimetres"},
	{"m", "meter", "meters", "metre", "metres"}, {"km", "kilometer", "kilometers", "kilometre", "kilometres"},
	{"mi", "mile", "miles"}, {"ft", "foot", "feet"}, {"inches", "inch"}, {"px", "pixel", "pixels"},
	{"g", "gram", "grams"}, {"kg", "kilogram", "kilograms", "kilo", "kilos"}, {"lb", "lbs", "pound", "pounds"}, {"oz", "ounce", "ounces"},
	{"%", "percent", "pct", "percentage"}, {"°C", "celsius", "degc"}, {"°F", "fahrenheit", "degf"},
	{"EUR", "euro", "euros", "€"}, {"USD", "dollar", "dollars", "$", "us dollar", "us dollars"}, {"GBP", "£"}, {"JPY", "yen", "¥"},
	{"cents", "cent"}, {"rpm"}, {"kWh"}, {"W", "watt", "watts"}, {"V", "volt", "volts"}, {"Hz", "hertz"},
}

// unitBySpelling maps spellings to the unit as it is shown.
var unitBySpelling = func() map[string]string {
	units := map[string]string{}
	for _, spellings := range unitSpellings {
		for _, s := range spellings {
			units[strings.ToLower(s)] = spellings[0]
		}
	}
	return units
}()

// canonicalUnit is the unit that a spelling means; unknown ones stay.
func canonicalUnit(unit string) string {
	if known, ok := unitBySpelling[strings.ToLower(strings.TrimSpace(unit))]; ok {
		return known
	}
	return unit
}

// unitInName is the unit that a property name ends in, or "". Short words that mean
// something else as often (in, m, s, min, second) do not count.
func unitInName(words []string) string {
	if len(words) < 2 {
		return ""
	}
	last := words[len(words)-1]
	if !unitWords[last] {
		return ""
	}
	return canonicalUnit(last)
}

var unitWords = wordSet(`ns nanos nanoseconds us micros microseconds ms msec millis milliseconds sec secs seconds mins minutes hrs hours days weeks
	bytes kilobytes megabytes gigabytes mm millimeters cm centimeters meters metres km kilometers kilometres miles feet inches px pixels
	grams kg kilograms lbs pounds percent pct percentage celsius fahrenheit eur usd gbp jpy cents kwh hertz`)
