package rules

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/lint"
)

// conventions is the naming section of evctl.yaml, compiled.
type conventions struct {
	event    *eventPattern // nil when the pattern is wrong
	tense    string        // past, present or any
	property *style        // nil for any
	words    map[string]map[string]bool
	problems []problem
}

// problem is something wrong with the naming section.
type problem struct{ key, message, hint string }

func conventionsOf(p *lint.Pass) *conventions { return lint.Shared(p, newConventions) }

func newConventions(p *lint.Pass) *conventions {
	cfg := p.Config().Naming
	c := &conventions{tense: cfg.Tense, words: map[string]map[string]bool{}}
	for name, list := range cfg.Words {
		set := map[string]bool{}
		for _, word := range list {
			set[word] = true
		}
		c.words[name] = set
	}
	event, err := parseEventPattern(cfg.Event)
	if err != nil {
		c.problems = append(c.problems, problem{"event", err.Error(), "write words in braces, such as {object}.{action}, or a regular expression between slashes"})
	}
	c.event = event
	c.checkWords()
	if !slices.Contains(tenses, cfg.Tense) {
		c.choice("tense", cfg.Tense, tenses)
	}
	if cfg.Property != "any" {
		if c.property = styleOf(cfg.Property); c.property == nil {
			c.choice("property", cfg.Property, append(styleNames(), "any"))
		}
	}
	return c
}

var tenses = []string{"past", "present", "any"}

func (c *conventions) choice(key, found string, expected []string) {
	hint := ""
	if near := contracts.Nearest(found, expected); near != "" {
		hint = fmt.Sprintf("did you mean %q?", near)
	}
	c.problems = append(c.problems, problem{key,
		fmt.Sprintf("naming.%s is %s, expected one of %s", key, document.Quote(found), strings.Join(expected, ", ")), hint})
}

// checkWords reports word lists that no brace of the pattern names.
func (c *conventions) checkWords() {
	if c.event == nil {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(c.words)) {
		if !slices.Contains(c.event.names, name) {
			c.problems = append(c.problems, problem{"words",
				fmt.Sprintf("naming.words lists words for %s, which naming.event does not have", document.Quote(name)),
				"write {" + name + "} into the pattern, or remove the list"})
		}
	}
}

// eventPattern is the shape of event names.
type eventPattern struct {
	text  string
	names []string // of the braces, in lower case, by group of the expression
	match *regexp.Regexp
}

var braces = regexp.MustCompile(`\{([^{}]*)\}`)

// parseEventPattern reads words in braces with separators, or a regular expression
// between slashes. How the word in braces is written says how the words of events are:
// {object} for snake_case, {Object} for PascalCase, {OBJECT} for UPPER_CASE.
func parseEventPattern(text string) (*eventPattern, error) {
	if len(text) > 1 && strings.HasPrefix(text, "/") && strings.HasSuffix(text, "/") {
		match, err := regexp.Compile(text[1 : len(text)-1])
		if err != nil {
			return nil, fmt.Errorf("naming.event: %s", strings.TrimPrefix(err.Error(), "error parsing regexp: "))
		}
		return &eventPattern{text: text, match: match, names: match.SubexpNames()[1:]}, nil
	}
	p := &eventPattern{text: text}
	var b strings.Builder
	b.WriteString("^")
	at := 0
	for _, m := range braces.FindAllStringSubmatchIndex(text, -1) {
		name := text[m[2]:m[3]]
		if !words.MatchString(name) {
			return nil, fmt.Errorf("naming.event has {%s}, expected a word in the braces", name)
		}
		separator := text[at:m[0]]
		if len(p.names) > 0 && separator == "" {
			return nil, fmt.Errorf("naming.event has %s without a separator before it", text[m[0]:m[1]])
		}
		b.WriteString(regexp.QuoteMeta(separator))
		b.WriteString(wordExpression(name))
		p.names = append(p.names, strings.ToLower(name))
		at = m[1]
	}
	rest := text[at:]
	if len(p.names) == 0 || strings.ContainsAny(rest, "{}") {
		return nil, fmt.Errorf("naming.event is %s, expected words in braces", document.Quote(text))
	}
	b.WriteString(regexp.QuoteMeta(rest) + "$")
	p.match = regexp.MustCompile(b.String())
	return p, nil
}

var words = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]*$`)

func wordExpression(name string) string {
	switch {
	case name == strings.ToLower(name):
		return `([a-z][a-z0-9]*(?:_[a-z0-9]+)*)`
	case name == strings.ToUpper(name):
		return `([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*)`
	case name[0] >= 'A' && name[0] <= 'Z':
		return `([A-Z][A-Za-z0-9]*)`
	}
	return `([a-z][A-Za-z0-9]*)`
}

// parts are the words of an event name by their place in the pattern, and nil for a
// name of another shape.
func (p *eventPattern) parts(name string) []string {
	if m := p.match.FindStringSubmatch(name); m != nil {
		return m[1:]
	}
	return nil
}

// action is the word of an event name that says what happened: {action}, or else the
// last one. It is "" when the pattern has no words.
func (p *eventPattern) action(name string) string {
	parts := p.parts(name)
	if len(parts) == 0 {
		return ""
	}
	if i := slices.Index(p.names, "action"); i >= 0 {
		return parts[i]
	}
	return parts[len(parts)-1]
}
