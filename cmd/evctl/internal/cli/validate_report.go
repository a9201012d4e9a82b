package cli

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/payload"
)

// eventVerdict is a verdict with the place of its event: a line of --format ndjson, and
// an element of "verdicts" of --format json.
type eventVerdict struct {
	Path string `json:"path"` // as on the command line; "stdin"
	Line int    `json:"line"` // on which the event starts, from 1
	payload.Verdict
}

// verdictGroup counts the events of one contract: an element of "groups" of
// --format json. Events that no contract decided about are in one group without a
// name.
type verdictGroup struct {
	Event   string `json:"event,omitempty"`
	Version string `json:"version,omitempty"`
	Events  int    `json:"events"`
	Valid   int    `json:"valid"`
	Invalid int    `json:"invalid"`
	// Rules counts the events that violate each rule.
	Rules map[string]int `json:"rules,omitempty"`
	// Flags counts the valid events that the policy let pass, by the rule that they break.
	Flags map[string]int `json:"flags,omitempty"`
}

// verdictCounts counts events by the contract that decided.
type verdictCounts struct {
	events, invalid int
	groups          map[*contracts.Contract]*verdictGroup // nil: no contract decided
	last            *verdictGroup                         // of the contract latest
	latest          *contracts.Contract
}

// group is where the events of a contract are counted. Neighbours are often alike.
func (c *verdictCounts) group(of *contracts.Contract) *verdictGroup {
	if c.last != nil && c.latest == of {
		return c.last
	}
	g := c.groups[of]
	if g == nil {
		g = &verdictGroup{}
		if of != nil {
			g.Event, g.Version = of.Name, of.Version.String()
		}
		if c.groups == nil {
			c.groups = map[*contracts.Contract]*verdictGroup{}
		}
		c.groups[of] = g
	}
	c.last, c.latest = g, of
	return g
}

func (c *verdictCounts) count(v *payload.Verdict) {
	g := c.group(v.Contract)
	c.events++
	g.Events++
	if v.Valid {
		g.Valid++
		if v.Flag != "" {
			g.flagged(v.Flag, 1)
		}
		return
	}
	c.invalid++
	g.Invalid++
	for i, violation := range v.Violations {
		again := func(w payload.Violation) bool { return w.Rule == violation.Rule }
		if !slices.ContainsFunc(v.Violations[:i], again) {
			g.violated(violation.Rule, 1)
		}
	}
}

func (g *verdictGroup) violated(rule string, events int) {
	if g.Rules == nil {
		g.Rules = map[string]int{}
	}
	g.Rules[rule] += events
}

func (g *verdictGroup) flagged(rule string, events int) {
	if g.Flags == nil {
		g.Flags = map[string]int{}
	}
	g.Flags[rule] += events
}

// flagged counts the valid events that the policy let pass, and those of them that were
// not checked since there was no contract to check them with.
func (c *verdictCounts) flagged() (flagged, unchecked int) {
	for of, g := range c.groups {
		for _, n := range g.Flags {
			flagged += n
		}
		if of == nil {
			unchecked = g.Valid
		}
	}
	return flagged, unchecked
}

// add adds the counts of other events.
func (c *verdictCounts) add(more *verdictCounts) {
	c.events += more.events
	c.invalid += more.invalid
	for of, m := range more.groups {
		g := c.group(of)
		g.Events += m.Events
		g.Valid += m.Valid
		g.Invalid += m.Invalid
		for rule, n := range m.Rules {
			g.violated(rule, n)
		}
		for rule, n := range m.Flags {
			g.flagged(rule, n)
		}
	}
}

// verdictReport prints verdicts as they come, in one of the formats. It keeps counts
// only. As JSON:
//
//	{"verdicts": [eventVerdict…],          // of the events that are not valid
//	 "groups": [verdictGroup…],            // ordered by event and version
//	 "summary": {"events": 41, "valid": 33, "invalid": 8, "flagged": 3, "unchecked": 1}}
type verdictReport struct {
	verdictCounts
	out     *bufio.Writer
	format  string
	quiet   bool
	printed bool
}

func newVerdictReport(w io.Writer, f validateFlags) *verdictReport {
	return &verdictReport{out: bufio.NewWriterSize(w, 64<<10), format: f.format, quiet: f.quiet}
}

// all reports whether valid events are printed too.
func (r *verdictReport) all() bool { return r.format == "ndjson" }

// batch takes over what was made of a batch. When nothing else is ready, what was
// printed goes out, so that a stream that pauses has all its verdicts shown.
func (r *verdictReport) batch(b *batch[*checkedBatch], idle bool) error {
	r.add(&b.made.verdictCounts)
	text := b.made.text
	if r.format == "json" && len(text) > 0 && !r.printed {
		r.out.WriteString("{\"verdicts\": [\n")
		text, r.printed = text[1:], true // nothing is before it
	}
	if _, err := r.out.Write(text); err != nil || !idle {
		return err
	}
	return r.flush()
}

// print adds a verdict to what is printed of a batch. It is called from several
// goroutines.
func (r *verdictReport) print(b *checkedBatch, v *eventVerdict) {
	switch {
	case r.quiet:
	case r.format == "text":
		b.text = v.appendText(b.text)
	case r.format == "json":
		b.text = v.appendJSON(append(b.text, ','))
	default:
		b.text = v.appendJSON(b.text)
	}
}

// appendJSON appends the verdict on one line.
func (v *eventVerdict) appendJSON(b []byte) []byte {
	b = payload.AppendText(append(b, `{"path":`...), v.Path)
	b = strconv.AppendInt(append(b, `,"line":`...), int64(v.Line), 10)
	members := len(b)
	b = v.Verdict.AppendJSON(b)
	b[members] = ',' // instead of the bracket
	return append(b, '\n')
}

// appendText appends one line for each violation, "file:line: event version: pointer:
// message [rule]". Where it is not the version that the event names, the flag says why.
func (v *eventVerdict) appendText(b []byte) []byte {
	for _, violation := range v.Violations {
		b = fmt.Appendf(b, "%s:%d: ", v.Path, v.Line)
		if v.Event != "" {
			b = append(b, printable(strings.TrimSuffix(v.Event+" "+v.Version, " "))...)
			if v.Flag != "" {
				b = fmt.Appendf(b, " (%s)", v.Flag)
			}
			b = append(b, ": "...)
		}
		b = fmt.Appendf(b, "%s [%s]\n", printable(violation.String()), violation.Rule)
	}
	return b
}

// printableRunes is how much of a text is printed: names and pointers of senders can
// be megabytes.
const printableRunes = 1000

// printable keeps what senders wrote from moving the cursor, breaking lines, and
// filling the screen.
func printable(text string) string {
	n := 0
	for i := range text {
		if n++; n > printableRunes {
			text = text[:i] + "…"
			break
		}
	}
	return strings.Map(func(r rune) rune {
		if r < ' ' || 0x7f <= r && r < 0xa0 || r == '\u2028' || r == '\u2029' || '\u202a' <= r && r <= '\u202e' || '\u2066' <= r && r <= '\u2069' {
			return '\ufffd'
		}
		return r
	}, text)
}

func (r *verdictReport) flush() error { return r.out.Flush() }

// finish prints the summary.
func (r *verdictReport) finish() error {
	var err error
	switch {
	case r.format == "json":
		err = r.jsonSummary()
	case r.format == "text" && r.events > 0:
		err = r.textSummary()
	}
	if err != nil {
		return err
	}
	return r.flush()
}

func (r *verdictReport) sorted() []*verdictGroup {
	list := slices.Collect(maps.Values(r.groups))
	slices.SortFunc(list, func(a, b *verdictGroup) int {
		return cmp.Or(strings.Compare(a.Event, b.Event), strings.Compare(a.Version, b.Version))
	})
	return list
}

func (r *verdictReport) jsonSummary() error {
	if !r.printed {
		r.out.WriteString("{\"verdicts\": [")
	}
	r.out.WriteString("],\n\"groups\": [")
	for i, g := range r.sorted() {
		if i > 0 {
			r.out.WriteByte(',')
		}
		r.out.WriteByte('\n')
		line, err := json.Marshal(g)
		if err != nil {
			return err
		}
		r.out.Write(line)
	}
	flagged, unchecked := r.flagged()
	_, err := fmt.Fprintf(r.out, "],\n\"summary\": {\"events\": %d, \"valid\": %d, \"invalid\": %d, \"flagged\": %d, \"unchecked\": %d}}\n",
		r.events, r.events-r.invalid, r.invalid, flagged, unchecked)
	return err
}

func (r *verdictReport) textSummary() error {
	if r.invalid > 0 && !r.quiet {
		r.out.WriteByte('\n')
	}
	fmt.Fprintf(r.out, "%s: %d valid%s, %d not valid\n", count(r.events, "event"), r.events-r.invalid, r.passed(), r.invalid)
	t := tabwriter.NewWriter(r.out, 0, 0, 2, ' ', 0)
	for _, g := range r.sorted() {
		name := "no contract"
		if g.Event != "" {
			name = printable(g.Event) + " " + g.Version
		}
		fmt.Fprintf(t, "  %s\t%d of %d valid", name, g.Valid, g.Events)
		if text := g.reasons(); text != "" {
			fmt.Fprintf(t, "\t%s", text)
		}
		fmt.Fprintln(t)
	}
	return t.Flush()
}

// passed is what the summary says of valid events that are flagged.
func (r *verdictReport) passed() string {
	flagged, unchecked := r.flagged()
	switch {
	case flagged == 0:
		return ""
	case unchecked == 0:
		return fmt.Sprintf(" (%d flagged)", flagged)
	}
	return fmt.Sprintf(" (%d flagged, %d unchecked)", flagged, unchecked)
}

// reasons lists the rules that events violate, and those for which valid ones are flagged.
func (g *verdictGroup) reasons() string {
	var list []string
	if len(g.Rules) > 0 {
		list = append(list, ruleCounts(g.Rules))
	}
	if len(g.Flags) > 0 {
		list = append(list, "flagged "+ruleCounts(g.Flags))
	}
	return strings.Join(list, "; ")
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// ruleCounts lists rules, the most frequent first: "required 3, minimum 1".
func ruleCounts(rules map[string]int) string {
	names := slices.Collect(maps.Keys(rules))
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(rules[b]-rules[a], strings.Compare(a, b)) })
	for i, name := range names {
		names[i] = fmt.Sprintf("%s %d", name, rules[name])
	}
	return strings.Join(names, ", ")
}
