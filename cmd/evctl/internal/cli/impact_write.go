package cli

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/impact"
)

// writeImpact prints a report in one of impactFormats. As JSON it is the report itself.
func writeImpact(w io.Writer, format string, r *impact.Report) error {
	if format == "json" {
		return writeJSON(w, r)
	}
	out := bufio.NewWriter(w)
	t := impactText{out, r}
	for i := range r.Findings {
		f := &r.Findings[i]
		if i == 0 || r.Findings[i-1].Event != f.Event {
			t.event(f.Event, i == 0)
		}
		t.finding(f)
	}
	if len(r.Findings) > 0 {
		fmt.Fprintln(out)
	}
	t.summary()
	if err := t.groups(); err != nil {
		return err
	}
	t.undecided()
	return out.Flush()
}

// impactText prints a report for people.
type impactText struct {
	*bufio.Writer
	report *impact.Report
}

func (t impactText) printf(format string, args ...any) { fmt.Fprintf(t, format, args...) }

func (t impactText) event(name string, first bool) {
	var sum impact.Counts
	for _, g := range t.report.Groups {
		if g.Event == name {
			sum.Events += g.Events
			sum.NewlyRejected += g.NewlyRejected
		}
	}
	if !first {
		t.printf("\n")
	}
	t.printf("%s: %d of %s newly rejected\n", name, sum.NewlyRejected, count(sum.Events, "event"))
}

func (t impactText) finding(f *impact.Finding) {
	switch {
	case f.Events == 0:
		t.printf("  no events%s\n", atPointer(f.Pointer))
	case f.Rule == "":
		t.printf("  %s for further reasons\n", count(f.Events, "time"))
	default:
		t.printf("  %s (%s)%s [%s], expected %s\n", count(f.Events, "event"), percent(f.Share), atPointer(f.Pointer), f.Rule, printable(f.Expected))
	}
	t.changes(f)
	for _, s := range f.Samples {
		t.printf("    %s:%d: %s: found %s\n", s.Path, s.Line, s.Version, printable(s.Found))
		if s.Payload != "" {
			t.printf("      %s\n", printable(s.Payload))
		}
	}
}

// changes say why, or that evctl lint did not see it coming.
func (t impactText) changes(f *impact.Finding) {
	words := "foreseen"
	switch {
	case !f.Foreseen && len(f.Changes) == 0:
		t.printf("    NOT FORESEEN: no change explains it\n")
	case !f.Foreseen:
		words = "NOT FORESEEN, taken for harmless"
	}
	for _, c := range f.Changes {
		t.printf("    %s: %s%s, over %s\n", words, printable(c.Message), inBrackets(c.Rule), versionList(c.Versions))
	}
}

func inBrackets(rule string) string {
	if rule == "" {
		return ""
	}
	return " [" + rule + "]"
}

func atPointer(pointer string) string {
	if pointer == "" {
		return ""
	}
	return " at " + printable(pointer)
}

func versionList(versions []contracts.Version) string {
	words := make([]string, len(versions))
	for i, v := range versions {
		words[i] = v.String()
	}
	return strings.Join(words, ", ")
}

func (t impactText) summary() {
	s := t.report.Summary
	unread := ""
	if !t.report.Complete {
		unread = " before the input broke off"
	}
	t.printf("%s%s compared with %s: %s", count(s.Events, "event"), unread, t.report.Baseline, countWords(s.Counts))
	for _, n := range []struct {
		events int
		word   string
	}{{s.Unknown, "unknown"}, {s.Unreadable, "unreadable"}} {
		if n.events > 0 {
			t.printf(", %d %s", n.events, n.word)
		}
	}
	if s.NewlyRejected > 0 {
		t.printf("; newly rejected are %s", percent(float64(s.NewlyRejected)/float64(s.Events)))
	}
	t.printf("\n")
}

// countWords are the counts that are not 0, and how many are valid and newly rejected.
func countWords(c impact.Counts) string {
	text := fmt.Sprintf("%d valid, %d newly rejected", c.Valid, c.NewlyRejected)
	if c.NewlyAccepted > 0 {
		text += fmt.Sprintf(", %d newly accepted", c.NewlyAccepted)
	}
	if c.Rejected > 0 {
		text += fmt.Sprintf(", %d rejected before and after", c.Rejected)
	}
	return text
}

func (t impactText) groups() error {
	table := tabwriter.NewWriter(t, 0, 0, 2, ' ', 0)
	for _, g := range t.report.Groups {
		fmt.Fprintf(table, "  %s\t%s\t%s\t%s\n", groupName(g), sourceName(g), count(g.Events, "event"), countWords(g.Counts))
	}
	return table.Flush()
}

func sourceName(g impact.Group) string {
	switch {
	case g.Rest:
		return "(other sources)"
	case g.Source == "":
		return "(no source)"
	}
	return printable(g.Source)
}

// groupName is the event with its version before and after, one where they are the same.
func groupName(g impact.Group) string {
	name := g.Event + " "
	switch {
	case g.Version == nil:
		return name + "(not released) -> " + g.New.String()
	case g.New == nil:
		return name + g.Version.String() + " -> (gone)"
	case *g.Version == *g.New:
		return name + g.New.String()
	}
	return name + g.Version.String() + " -> " + g.New.String()
}

func (t impactText) undecided() {
	for _, u := range t.report.Undecided {
		what := strings.TrimSpace(u.Event + " " + u.Version)
		switch {
		case u.Rule == "":
			t.printf("  %s of further names and versions without a contract\n", count(u.Events, "event"))
		case what == "":
			t.printf("  no contract: %s [%s]\n", count(u.Events, "event"), u.Rule)
		default:
			t.printf("  no contract: %s, %s [%s]\n", printable(what), count(u.Events, "event"), u.Rule)
		}
	}
}

// percent prints a part of 1. Only all of it is 100%.
func percent(share float64) string {
	p := share * 100
	switch {
	case p >= 100:
		return "100%"
	case p >= 1:
		return strings.TrimSuffix(fmt.Sprintf("%.1f", min(p, 99.9)), ".0") + "%"
	}
	return fmt.Sprintf("%.2g%%", p)
}
