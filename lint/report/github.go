package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/evctl/evctl/contracts/diag"
)

// writeGitHub prints workflow commands, which GitHub Actions shows beside the lines of a
// pull request:
// https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
func writeGitHub(w io.Writer, r *Report) error {
	b := bufio.NewWriter(w)
	shown := r.shown()
	for i := range shown {
		r.writeCommand(b, &shown[i])
	}
	fmt.Fprintln(b, r.summary())
	return b.Flush()
}

// gitHubLevels are the commands by severity.
var gitHubLevels = map[diag.Severity]string{diag.Error: "error", diag.Warning: "warning", diag.Info: "notice"}

func (r *Report) writeCommand(b *bufio.Writer, d *diag.Diagnostic) {
	var properties []string
	set := func(name, value string) { properties = append(properties, name+"="+escapeProperty(value)) }
	if d.File != nil {
		start, stop := d.Position(), end(d.Location)
		set("file", r.repositoryPath(d.Location))
		set("line", fmt.Sprint(start.Line))
		set("col", fmt.Sprint(start.Column))
		set("endLine", fmt.Sprint(max(start.Line, stop.Line)))
		if stop.Line == start.Line && stop.Column > start.Column {
			set("endColumn", fmt.Sprint(stop.Column))
		}
	}
	set("title", d.Rule)
	message := d.Message
	if d.Hint != "" {
		message += "\n" + d.Hint
	}
	fmt.Fprintf(b, "::%s %s::%s\n", gitHubLevels[d.Severity], strings.Join(properties, ","), escapeData(message))
}

var (
	dataEscape     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	propertyEscape = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

func escapeData(s string) string     { return dataEscape.Replace(s) }
func escapeProperty(s string) string { return propertyEscape.Replace(s) }
