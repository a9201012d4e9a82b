package cli

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/evctl/evctl/contracts/payload"
)

// rewrittenBatch is what was made of a batch: the events that were rewritten, one per line,
// and what became of each.
type rewrittenBatch struct {
	text    []byte
	results []payload.Rewritten
	changed []bool
}

func rewriteBatch(b *payload.Batch, rewrite func(dst, raw []byte) ([]byte, payload.Rewritten)) rewrittenBatch {
	out := rewrittenBatch{results: make([]payload.Rewritten, b.Len()), changed: make([]bool, b.Len())}
	for i := range b.Len() {
		raw, start := b.Event(i), len(out.text)
		out.text, out.results[i] = rewrite(out.text, raw)
		if out.results[i].Valid {
			out.changed[i] = !bytes.Equal(out.text[start:], raw)
			out.text = append(oneLine(out.text, start), '\n')
		}
	}
	return out
}

// oneLine takes the line breaks out of an event that starts there. JSON has none within
// texts.
func oneLine(text []byte, start int) []byte {
	if !bytes.ContainsAny(text[start:], "\r\n") {
		return text
	}
	kept := text[:start]
	for _, c := range text[start:] {
		if c != '\r' && c != '\n' {
			kept = append(kept, c)
		}
	}
	return kept
}

// rejection is an event that was not rewritten, and why: an element of "rejected" of
// --format json.
type rejection struct {
	Path string `json:"path"` // as on the command line; "stdin"
	Line int    `json:"line"` // on which the event starts, from 1
	// Target is the version that the event was to become one of. The violations are then
	// those of what it would be, and have the pointers and offsets of that.
	Target string `json:"target,omitempty"`
	payload.Verdict
}

// rewriteGroup counts the events of one version: an element of "groups" of --format json.
// Events that no contract decided about are in one group without a name.
type rewriteGroup struct {
	Event   string `json:"event,omitempty"`
	Version string `json:"version,omitempty"`
	// Target is the version that they became one of, where that is another one.
	Target   string `json:"target,omitempty"`
	Events   int    `json:"events"`
	Changed  int    `json:"changed"` // events whose text is another one than before
	Rejected int    `json:"rejected"`
	// What was done, counted in members and values.
	Renamed int `json:"renamed"`
	Filled  int `json:"filled"`
	Removed int `json:"removed"` // as the newer version has no place for them
	Dropped int `json:"dropped"`
	Hashed  int `json:"hashed"`
}

// rewriteSummary counts all events.
type rewriteSummary struct {
	Events   int `json:"events"`
	Written  int `json:"written"`
	Changed  int `json:"changed"`
	Rejected int `json:"rejected"`
}

// rewriteReport writes events as they come, and says what was done. As JSON:
//
//	{"rejected": [rejection…], "groups": [rewriteGroup…], "summary": rewriteSummary}
type rewriteReport struct {
	app             *App
	events, rejects io.Writer
	out             *bufio.Writer // of the report
	format          string
	summary         rewriteSummary
	groups          map[rewriteGroup]*rewriteGroup // by the names in them
}

func newRewriteReport(app *App, f rewriteFlags, output, rejects *resultFile) *rewriteReport {
	r := &rewriteReport{app: app, events: app.Stdout, rejects: rejects, format: f.format, groups: map[rewriteGroup]*rewriteGroup{}}
	r.out = bufio.NewWriter(app.Stderr)
	if f.output != "" {
		r.events, r.out = output, bufio.NewWriter(app.Stdout)
	}
	return r
}

func (r *rewriteReport) batch(b *batch[rewrittenBatch], idle bool) error {
	if _, err := r.events.Write(b.made.text); err != nil {
		return fmt.Errorf("write events: %w", err)
	}
	for i := range b.made.results {
		if err := r.event(b, i); err != nil {
			return err
		}
	}
	if idle {
		return r.out.Flush()
	}
	return nil
}

func (r *rewriteReport) event(b *batch[rewrittenBatch], i int) error {
	result := &b.made.results[i]
	r.count(result, b.made.changed[i])
	if result.Valid {
		return nil
	}
	raw := append(oneLine(slices.Clone(b.Event(i)), 0), '\n')
	if _, err := r.rejects.Write(raw); err != nil {
		return fmt.Errorf("write rejected events: %w", err)
	}
	rejected := rejection{Path: b.input, Line: b.Line(i), Target: targetOf(result), Verdict: result.Verdict}
	if r.format == "json" {
		return r.json(rejected)
	}
	return r.text(rejected)
}

// targetOf is the version that an event was to become one of, where that is another one.
func targetOf(result *payload.Rewritten) string {
	if result.Target == nil || result.Target == result.Contract {
		return ""
	}
	return result.Target.Version.String()
}

func (r *rewriteReport) count(result *payload.Rewritten, changed bool) {
	key := rewriteGroup{}
	if result.Contract != nil {
		key = rewriteGroup{Event: result.Event, Version: result.Version, Target: targetOf(result)}
	}
	g := r.groups[key]
	if g == nil {
		g = &rewriteGroup{Event: key.Event, Version: key.Version, Target: key.Target}
		r.groups[key] = g
	}
	g.Events++
	r.summary.Events++
	if !result.Valid {
		g.Rejected++
		r.summary.Rejected++
		return
	}
	r.summary.Written++
	if changed {
		g.Changed++
		r.summary.Changed++
	}
	g.Renamed += result.Renamed
	g.Filled += result.Filled
	g.Removed += result.Removed
	g.Dropped += result.Dropped
	g.Hashed += result.Hashed
}

func (r *rewriteReport) json(v rejection) error {
	if r.summary.Rejected == 1 {
		r.out.WriteString("{\"rejected\": [\n")
	} else {
		r.out.WriteByte(',')
	}
	e := json.NewEncoder(r.out)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// text prints one line for each violation, "file:line: event version: pointer: message
// [rule]", and with what the event was to become before that.
func (r *rewriteReport) text(v rejection) error {
	for _, violation := range v.Violations {
		fmt.Fprintf(r.out, "%s:%d: ", v.Path, v.Line)
		if v.Event != "" {
			r.out.WriteString(printable(strings.TrimSuffix(v.Event+" "+v.Version, " ")))
			if v.Target != "" {
				r.out.WriteString(" cannot become " + v.Target)
			}
			r.out.WriteString(": ")
		}
		if _, err := fmt.Fprintf(r.out, "%s [%s]\n", printable(violation.String()), violation.Rule); err != nil {
			return err
		}
	}
	return nil
}

// finish prints the summary.
func (r *rewriteReport) finish() error {
	var err error
	switch {
	case r.format == "json":
		err = r.jsonSummary()
	case r.summary.Events > 0:
		err = r.textSummary()
	}
	if err != nil {
		return err
	}
	return r.out.Flush()
}

func (r *rewriteReport) sorted() []*rewriteGroup {
	list := slices.Collect(maps.Values(r.groups))
	slices.SortFunc(list, func(a, b *rewriteGroup) int {
		return cmp.Or(strings.Compare(a.Event, b.Event), strings.Compare(a.Version, b.Version), strings.Compare(a.Target, b.Target))
	})
	return list
}

func (r *rewriteReport) jsonSummary() error {
	if r.summary.Rejected == 0 {
		r.out.WriteString("{\"rejected\": [")
	}
	r.out.WriteString("],\n\"groups\": [")
	for i, g := range r.sorted() {
		if i > 0 {
			r.out.WriteByte(',')
		}
		line, err := json.Marshal(g)
		if err != nil {
			return err
		}
		fmt.Fprintf(r.out, "\n%s", line)
	}
	summary, err := json.Marshal(r.summary)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(r.out, "],\n\"summary\": %s}\n", summary)
	return err
}

func (r *rewriteReport) textSummary() error {
	if r.summary.Rejected > 0 {
		r.out.WriteByte('\n')
	}
	s := r.summary
	fmt.Fprintf(r.out, "%s: %d changed, %d left as they were, %d rejected\n", count(s.Events, "event"), s.Changed, s.Written-s.Changed, s.Rejected)
	t := tabwriter.NewWriter(r.out, 0, 0, 2, ' ', 0)
	for _, g := range r.sorted() {
		name := "no contract"
		if g.Event != "" {
			name = printable(g.Event) + " " + g.Version
		}
		if g.Target != "" {
			name += " -> " + g.Target
		}
		fmt.Fprintf(t, "  %s\t%s", name, count(g.Events, "event"))
		if done := g.done(); done != "" {
			fmt.Fprintf(t, "\t%s", done)
		}
		fmt.Fprintln(t)
	}
	return t.Flush()
}

// done says in words what happened to the events: "2 renamed, 1 dropped".
func (g *rewriteGroup) done() string {
	var words []string
	for _, c := range []struct {
		n    int
		word string
	}{
		{g.Rejected, "rejected"}, {g.Renamed, "renamed"}, {g.Filled, "filled in"}, {g.Removed, "removed"}, {g.Dropped, "dropped"}, {g.Hashed, "hashed"},
	} {
		if c.n > 0 {
			words = append(words, fmt.Sprintf("%d %s", c.n, c.word))
		}
	}
	return strings.Join(words, ", ")
}
