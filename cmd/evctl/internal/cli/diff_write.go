package cli

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/lint/report"
)

func (d *diffDocument) write(w io.Writer, format string, verbose bool) error {
	if format == "json" {
		return writeJSON(w, d)
	}
	b := bufio.NewWriter(w)
	if format == "markdown" {
		d.markdown(b)
	} else {
		d.text(b, verbose)
	}
	return b.Flush()
}

// summary counts events: "1 event changed, 2 added; 3 are the same".
func (d *diffDocument) summary() string {
	count := map[string]int{}
	for _, e := range d.Events {
		count[e.Status]++
	}
	var parts []string
	for _, status := range []string{"changed", "added", "removed"} {
		n := count[status]
		switch {
		case n > 0 && len(parts) > 0:
			parts = append(parts, fmt.Sprintf("%d %s", n, status))
		case n == 1:
			parts = append(parts, "1 event "+status)
		case n > 0:
			parts = append(parts, fmt.Sprintf("%d events %s", n, status))
		}
	}
	if len(parts) == 0 {
		return "nothing changed"
	}
	text := strings.Join(parts, ", ")
	if d.Unchanged > 0 {
		text += fmt.Sprintf("; %d unchanged", d.Unchanged)
	}
	return text
}

// margin is where the lines below a change start.
const margin = "         "

// The text format:
//
//	order.completed 1.1.0 -> 1.2.0: needs 2.0.0 (major)
//	  major  property "coupon" was removed: breaks payloads  [contracts/order.yaml:3:8]
//	         also breaks Go source, TypeScript source, warehouse
//	         witness: 1.1.0 accepts, 1.2.0 rejects: /coupon: property "coupon" is not declared
//	           {"coupon":""}
//	            ^~~~~~~~
//
// With verbose, a line for each consumer says why.
func (d *diffDocument) text(b *bufio.Writer, verbose bool) {
	for _, e := range d.Events {
		fmt.Fprintf(b, "%s %s\n", e.Event, e.verdict("->"))
		for _, c := range e.Changes {
			fmt.Fprintf(b, "  %-5s  %s%s\n", c.Needed, c.sentence(), c.at())
			if c.Note != "" {
				fmt.Fprintf(b, "%s%s\n", margin, c.Note)
			}
			c.effects(b, verbose)
			for i := range c.Witnesses {
				report.WriteWitness(b, margin, &c.Witnesses[i])
			}
		}
		fmt.Fprintln(b)
	}
	fmt.Fprintln(b, d.summary())
}

// verdict is what the event's heading says behind its name.
func (e *diffEvent) verdict(arrow string) string {
	switch e.Status {
	case "added":
		return e.NewVersion.String() + ": new event"
	case "removed":
		return e.OldVersion.String() + ": removed"
	}
	versions := fmt.Sprintf("%s %s %s: ", e.OldVersion, arrow, e.NewVersion)
	switch {
	case *e.Needed == contracts.NoBump && *e.Claimed == contracts.NoBump:
		return versions + "no change that matters"
	case *e.Needed == contracts.NoBump:
		return versions + "only the version changed"
	case *e.Claimed >= *e.Needed:
		return fmt.Sprintf("%sa %s change, as the version says", versions, *e.Needed)
	}
	return fmt.Sprintf("%sneeds %s (%s)", versions, e.NeededVersion, *e.Needed)
}

// effects names the consumers that a change breaks beside the collector, or, with
// verbose, says of each what becomes of it.
func (c *diffChange) effects(b *bufio.Writer, verbose bool) {
	if also := (&diag.Diagnostic{Effects: c.Effects}).AlsoBreaks(); len(also) > 0 && !verbose {
		fmt.Fprintf(b, "%salso breaks %s\n", margin, strings.Join(also, ", "))
	}
	if verbose {
		for _, e := range c.Effects {
			fmt.Fprintf(b, "%s%-17s  %-10s  %s\n", margin, e.Consumer, e.Effect, e.Why)
		}
	}
}

func (c *diffChange) sentence() string {
	text := c.Message
	if len(c.Uses) > 0 {
		text += fmt.Sprintf(", in %d places", len(c.Uses)+1)
	}
	if len(c.Breaks) > 0 {
		text += ": breaks " + strings.Join(c.Breaks, " and ")
	}
	return text
}

// at is where the change is: in the new file, or in the old one for what is gone.
func (c *diffChange) at() string {
	place := c.New
	if place == nil || c.Old != nil && strings.HasSuffix(c.Kind, "-removed") {
		place = c.Old
	}
	if place == nil {
		return ""
	}
	return fmt.Sprintf("  [%s:%d:%d]", place.Path, place.Start.Line, place.Start.Column)
}

func (d *diffDocument) markdown(b *bufio.Writer) {
	fmt.Fprintf(b, "**%s**\n", d.summary())
	for _, e := range d.Events {
		fmt.Fprintf(b, "\n### %s\n\n%s\n", report.MarkdownCode(e.Event), report.Markdown(e.verdict("→")))
		for i, c := range e.Changes {
			if i == 0 {
				fmt.Fprint(b, "\n| change | breaks | breaks beside | needs |\n|---|---|---|---|\n")
			}
			also := (&diag.Diagnostic{Effects: c.Effects}).AlsoBreaks()
			fmt.Fprintf(b, "| %s | %s | %s | %s |\n", report.Markdown(c.Message)+c.proofs(), strings.Join(c.Breaks, ", "), strings.Join(also, ", "), c.Needed)
		}
	}
}

// proofs are the witnesses in a table's cell.
func (c *diffChange) proofs() string {
	var b strings.Builder
	for i := range c.Witnesses {
		b.WriteString("<br>" + report.MarkdownWitness(&c.Witnesses[i]))
	}
	return b.String()
}
