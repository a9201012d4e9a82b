package rules

import (
	"regexp"

	"github.com/evctl/evctl/contracts/naming"
)

// style is a way to write the words of a name.
type style struct {
	name  string
	match *regexp.Regexp
	write func(naming.Name) string
}

var styles = []style{
	{"snake_case", regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`), naming.Name.Snake},
	{"camelCase", regexp.MustCompile(`^[a-z][A-Za-z0-9]*$`), func(n naming.Name) string { return n.Camel(nil) }},
	{"PascalCase", regexp.MustCompile(`^[A-Z][A-Za-z0-9]*$`), func(n naming.Name) string { return n.Pascal(nil) }},
	{"kebab-case", regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`), naming.Name.Kebab},
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
		if s.match.MatchString(existing) {
			return s.write(naming.New(words...))
		}
	}
	return naming.New(words...).Snake()
}
