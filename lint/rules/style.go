package rules

import (
	"github.com/evctl/evctl/contracts/naming"
)

// style is a way to write the words of a name.
type style struct {
	name  string
	match func(name string) bool
	write func(naming.Name) string
}

var styles = []style{
	{"snake_case", func(name string) bool { return isLower(first(name)) && separated(name, '_', isLower) }, naming.Name.Snake},
	{"camelCase", func(name string) bool { return isLower(first(name)) && together(name) }, func(n naming.Name) string { return n.Camel(nil) }},
	{"PascalCase", func(name string) bool { return isUpper(first(name)) && together(name) }, func(n naming.Name) string { return n.Pascal(nil) }},
	{"kebab-case", func(name string) bool { return isLower(first(name)) && separated(name, '-', isLower) }, naming.Name.Kebab},
}

func isLower(c byte) bool { return 'a' <= c && c <= 'z' }
func isUpper(c byte) bool { return 'A' <= c && c <= 'Z' }
func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// first is the first byte of a name, and 0 when it is empty.
func first(name string) byte {
	if name == "" {
		return 0
	}
	return name[0]
}

// separated reports names of letters and digits with single separators between them.
func separated(name string, separator byte, letter func(byte) bool) bool {
	for i := range len(name) {
		c := name[i]
		if c == separator && i > 0 && i+1 < len(name) && name[i-1] != separator {
			continue
		}
		if !letter(c) && !isDigit(c) {
			return false
		}
	}
	return true
}

// together reports names of letters and digits alone.
func together(name string) bool {
	return separated(name, 0, func(c byte) bool { return isLower(c) || isUpper(c) })
}

func styleNames() []string {
	var names []string
	for _, s := range styles {
		names = append(names, s.name)
	}
	return names
}

func styleOf(name string) *style {
	for i := range styles {
		if styles[i].name == name {
			return &styles[i]
		}
	}
	return nil
}

// like writes words in the style that an existing name has; snake_case when it
// could be several.
func like(existing string, words []string) string {
	for _, s := range styles {
		if s.match(existing) {
			return s.write(naming.New(words...))
		}
	}
	return naming.New(words...).Snake()
}
