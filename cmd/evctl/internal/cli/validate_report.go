package cli

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/evctl/evctl/contracts/payload"
)

// eventVerdict is a verdict with the place of its event: a line of --format ndjson,
// and an element of "verdicts" of --format json.
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
}

// verdictReport prints verdicts as they come, in one of the formats. It keeps counts
// only. As JSON:
//
//	{"verdicts": [eventVerdict…],          // of the events that are not valid
//	 "groups": [verdictGroup…],            // ordered by event and version
//	 "summary": {"events": 41, "valid": 33, "invalid": 8}}
type verdictReport struct {
	out    *bufio.Writer
	format string
	quiet  bool

	events, invalid int
	printed         int
	groups          map[groupKey]*verdictGroup
}

type groupKey struct{ event, version string }

func newVerdictReport(w io.Writer, f validateFlags) *verdictReport {
	return &verdictReport{
		out: bufio.NewWriterSize(w, 64<<10), format: f.format, quiet: f.quiet,
		groups: map[groupKey]*verdictGroup{},
	}
}

// batch waits for a batch and prints it. When nothing else is ready, what was
// printed goes out, so that a stream that pauses has all its verdicts shown.
func (r *verdictReport) batch(ctx context.Context, b *batch[[]payload.Verdict], idle bool) error {
	if err := b.wait(ctx); err != nil {
		return err
	}
	for i, v := range b.made {
		if err := r.verdict(eventVerdict{b.input, b.Line(i), v}); err != nil {
			return err
		}
	}
	if b.err != nil {
		return b.err
	}
	if idle {
		return r.flush()
	}
	return nil
}

func (r *verdictReport) verdict(v eventVerdict) error {
	r.count(&v)
	switch {
	case r.format == "ndjson":
		return r.json(v)
	case r.quiet || v.Valid:
		return nil
	case r.format == "json":
		r.separate()
		return r.json(v)
	}
	return r.text(v)
}

func (r *verdictReport) count(v *eventVerdict) {
	r.events++
	key := groupKey{}
	if v.Contract != nil {
		key = groupKey{v.Event, v.Version}
	}
	g := r.groups[key]
	if g == nil {
		g = &verdictGroup{Event: key.event, Version: key.version, Rules: map[string]int{}}
		r.groups[key] = g
	}
	g.Events++
	if v.Valid {
		g.Valid++
		return
	}
	r.invalid++
	g.Invalid++
	for i, violation := range v.Violations {
		again := func(w payload.Violation) bool { return w.Rule == violation.Rule }
		if !slices.ContainsFunc(v.Violations[:i], again) {
			g.Rules[violation.Rule]++
		}
	}
}

// json writes a value on one line.
func (r *verdictReport) json(v any) error {
	e := json.NewEncoder(r.out)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// separate starts the list of verdicts, or its next element.
func (r *verdictReport) separate() {
	if r.printed == 0 {
		r.out.WriteString("{\"verdicts\": [\n")
	} else {
		r.out.WriteByte(',')
	}
	r.printed++
}

// text prints one line for each violation, "file:line: event version: pointer:
// message [rule]".
func (r *verdictReport) text(v eventVerdict) error {
	for _, violation := range v.Violations {
		fmt.Fprintf(r.out, "%s:%d: ", v.Path, v.Line)
		if v.Event != "" {
			r.out.WriteString(printable(strings.TrimSuffix(v.Event+" "+v.Version, " ")) + ": ")
		}
		if _, err := fmt.Fprintf(r.out, "%s [%s]\n", printable(violation.String()), violation.Rule); err != nil {
			return err
		}
	}
	return nil
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
	if r.printed == 0 {
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
	_, err := fmt.Fprintf(r.out, "],\n\"summary\": {\"events\": %d, \"valid\": %d, \"invalid\": %d}}\n", r.events, r.events-r.invalid, r.invalid)
	return err
}

func (r *verdictReport) textSummary() error {
	if r.invalid > 0 && !r.quiet {
		r.out.WriteByte('\n')
	}
	fmt.Fprintf(r.out, "%s: %d valid, %d not valid\n", count(r.events, "event"), r.events-r.invalid, r.invalid)
	t := tabwriter.NewWriter(r.out, 0, 0, 2, ' ', 0)
	for _, g := range r.sorted() {
		name := "no contract"
		if g.Event != "" {
			name = printable(g.Event) + " " + g.Version
		}
		fmt.Fprintf(t, "  %s\t%d of %d valid", name, g.Valid, g.Events)
		if len(g.Rules) > 0 {
			fmt.Fprintf(t, "\t%s", ruleCounts(g.Rules))
		}
		fmt.Fprintln(t)
	}
	return t.Flush()
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
