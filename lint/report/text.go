package report

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/evctl/evctl/contracts/diag"
)

// The text format:
//
//	contracts/order.yaml:14:3: error: property "Total" is not snake_case [property-case]
//	  14 |   Total: {type: number}
//	     |   ^~~~~
//	  hint: rename it to "total", or run evctl lint --fix
func writeText(w io.Writer, r *Report) error {
	b := bufio.NewWriter(w)
	p := printer{Writer: b, color: r.Color}
	shown := r.shown()
	for i := range shown {
		p.diagnostic(&shown[i])
	}
	if left := len(r.Diagnostics) - len(shown); left > 0 {
		fmt.Fprintf(b, "… and %d more; --max-findings 0 shows all\n\n", left)
	}
	fmt.Fprintln(b, r.summary())
	return b.Flush()
}

// WriteFindings prints diagnostics as the text format does, without its summary.
func WriteFindings(w io.Writer, list []diag.Diagnostic, color bool) error {
	b := bufio.NewWriter(w)
	p := printer{Writer: b, color: color}
	for i := range list {
		p.diagnostic(&list[i])
	}
	return b.Flush()
}

// WriteWitness prints a witness as the text format does, each line behind the margin.
// The writer keeps its first error, as bufio.Writer does.
func WriteWitness(w *bufio.Writer, margin string, witness *diag.Witness) {
	p := printer{Writer: w}
	p.witness(margin, witness)
}

type printer struct {
	*bufio.Writer
	color bool
}

// SGR parameters.
const (
	bold   = "1"
	red    = "1;31"
	yellow = "1;33"
	blue   = "1;34"
	cyan   = "36"
)

func (p *printer) paint(sgr, text string) string {
	if !p.color || text == "" {
		return text
	}
	return "\x1b[" + sgr + "m" + text + "\x1b[0m"
}

func severityColor(s diag.Severity) string {
	switch s {
	case diag.Error:
		return red
	case diag.Warning:
		return yellow
	}
	return blue
}

func (p *printer) diagnostic(d *diag.Diagnostic) {
	color := severityColor(d.Severity)
	if d.File != nil {
		fmt.Fprintf(p, "%s: ", p.paint(bold, place(d.Location)))
	}
	fmt.Fprintf(p, "%s: %s %s\n", p.paint(color, d.Severity.String()), clean(d.Message), p.paint(cyan, "["+d.Rule+"]"))
	gutter := p.gutter(d)
	p.frame(d.Location, gutter, color)
	for _, r := range d.Related {
		fmt.Fprintf(p, "  %s: %s\n", place(r.Location), clean(r.Message))
		p.frame(r.Location, gutter, blue)
	}
	if also := d.AlsoBreaks(); len(also) > 0 {
		fmt.Fprintf(p, "  also breaks %s\n", strings.Join(also, ", "))
	}
	p.witness("  ", d.Witness)
	if d.Hint != "" {
		fmt.Fprintf(p, "  %s %s\n", p.paint(cyan, "hint:"), clean(d.Hint))
	}
	p.WriteByte('\n')
}

// witness prints the payload that proves a break, with what is rejected underlined:
//
//	witness: 1.0.0 accepts, 1.1.0 rejects: /total: found -1, expected at least 0
//	  {"order_id":"A-1","total":-1}
//	                            ^~
//
// Every line starts with the margin.
func (p *printer) witness(margin string, w *diag.Witness) {
	if w == nil {
		return
	}
	at := ""
	if w.Pointer != "" {
		at = w.Pointer + ": "
	}
	accepts, rejects := w.Sides()
	fmt.Fprintf(p, "%s%s %s accepts, %s rejects: %s\n", margin, p.paint(cyan, "witness:"), accepts, rejects, clean(at+w.Message))
	start := max(0, min(w.Offset, len(w.Payload)))
	line, before, width := layout(string(w.Payload), start, start+valueLength(w.Payload[start:]))
	fmt.Fprintf(p, "%s  %s\n%s  %s%s\n", margin, line, margin, strings.Repeat(" ", before), p.paint(red, "^"+strings.Repeat("~", max(0, width-1))))
}

// valueLength is the length of the JSON value that a text begins with; of an object or
// array, it is only the bracket.
func valueLength(text []byte) int {
	if len(text) == 0 || text[0] == '{' || text[0] == '[' {
		return min(1, len(text))
	}
	var v json.RawMessage
	d := json.NewDecoder(bytes.NewReader(text))
	if d.Decode(&v) != nil {
		return 1
	}
	return len(v)
}

func place(l diag.Location) string {
	at := l.Position()
	return fmt.Sprintf("%s:%d:%d", clean(pathOf(l)), at.Line, at.Column)
}

// gutter is the width of the line numbers of one diagnostic.
func (p *printer) gutter(d *diag.Diagnostic) int {
	last := d.Position().Line
	for _, r := range d.Related {
		last = max(last, r.Position().Line)
	}
	return max(4, len(fmt.Sprint(last))+2)
}

// frame prints the line a location starts in, with its part underlined.
func (p *printer) frame(l diag.Location, gutter int, color string) {
	if l.File == nil || len(l.File.Data) == 0 {
		return
	}
	at := l.Position()
	line, start := window(l, at.Line)
	stop := max(start, min(start+int(l.Span.End-l.Span.Start), len(line)))
	text, before, width := layout(line, start, stop)
	if strings.TrimSpace(text) == "" {
		return
	}
	fmt.Fprintf(p, "%*d | %s\n", gutter, at.Line, text)
	fmt.Fprintf(p, "%*s | %s%s\n", gutter, "", strings.Repeat(" ", before), p.paint(color, "^"+strings.Repeat("~", max(0, width-1))))
}

// windowBytes is how much of a line is looked at on each side of a location. It is more
// than a frame can show, and less than lines may have.
const windowBytes = 2000

// window is the part of a line around the start of a location, and where in it the
// location starts.
func window(l diag.Location, number int) (line string, start int) {
	data := l.File.Data
	first := int(l.File.Offset(diag.Position{Line: number, Column: 1}))
	at := max(first, min(int(l.Span.Start), len(data)))
	from, to := max(first, at-windowBytes), min(at+windowBytes, len(data))
	for from < at && !utf8.RuneStart(data[from]) {
		from++
	}
	for to < len(data) && to > at && !utf8.RuneStart(data[to]) {
		to--
	}
	rest := data[at:to]
	if i := bytes.IndexByte(rest, '\n'); i >= 0 {
		rest = bytes.TrimSuffix(rest[:i], []byte{'\r'})
	}
	return string(data[from:at]) + string(rest), at - from
}
