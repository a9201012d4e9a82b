package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/workspace"
	"github.com/evctl/evctl/lint"
)

// Report is what to print.
type Report struct {
	// Diagnostics in the order in which they are printed; see diag.Sort.
	Diagnostics []diag.Diagnostic
	// Rules describes the rules to formats that carry descriptions; it may be nil.
	Rules *lint.Catalogue
	// Contracts counts what was checked, Ignored the findings that comments silenced,
	// Waived the breaks that waivers.yaml approves, and Known the findings of the baseline.
	Contracts, Ignored, Waived, Known int
	// Prefix is the path from the repository's root to the workspace, with a slash behind
	// it, or empty. Formats that are shown beside a repository's files need it.
	Prefix string
	// Color asks the text format for SGR colours.
	Color bool
	// Max is the largest number of findings to print, the most severe first; 0 prints all.
	Max int
	// Version of evctl, for formats that name their tool.
	Version string
}

// Format is an output format.
type Format struct {
	Name    string
	Summary string
	Write   func(io.Writer, *Report) error
}

// Formats lists every format in the order of the help text. Adding one is a file
// and a line here.
var Formats = []Format{
	{"text", "for people: code frames, hints and a summary", writeText},
	{"json", "for programs: everything there is to know", writeJSON},
	{"sarif", "SARIF 2.1.0, for code scanning and editors", writeSARIF},
	{"github", "annotations of GitHub Actions", writeGitHub},
	{"gitlab", "code quality report of GitLab", writeGitLab},
	{"junit", "JUnit XML, for continuous integration servers", writeJUnit},
	{"markdown", "tables, for comments on pull requests", writeMarkdown},
}

// Names lists the formats.
func Names() []string {
	names := make([]string, len(Formats))
	for i, f := range Formats {
		names[i] = f.Name
	}
	return names
}

// Known is an error for names that are no format.
func Known(format string) error {
	if slices.Contains(Names(), format) {
		return nil
	}
	return fmt.Errorf("unknown format %q, expected one of %s", format, strings.Join(Names(), ", "))
}

// Write prints a report in the format of that name.
func Write(w io.Writer, format string, r *Report) error {
	for _, f := range Formats {
		if f.Name == format {
			return f.Write(w, r)
		}
	}
	return Known(format)
}

// Counts is the number of findings of each severity.
type Counts struct {
	Errors   int `json:"errors"`
	Warnings int `json:"warnings"`
	Infos    int `json:"infos"`
}

// Count counts findings by severity.
func Count(list []diag.Diagnostic) Counts {
	var c Counts
	for i := range list {
		switch list[i].Severity {
		case diag.Error:
			c.Errors++
		case diag.Warning:
			c.Warnings++
		case diag.Info:
			c.Infos++
		}
	}
	return c
}

// shown are the findings to print: all, or the Max most severe ones in their order.
func (r *Report) shown() []diag.Diagnostic {
	if r.Max <= 0 || len(r.Diagnostics) <= r.Max {
		return r.Diagnostics
	}
	order := make([]int, len(r.Diagnostics))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Compare(r.Diagnostics[b].Severity, r.Diagnostics[a].Severity)
	})
	order = order[:r.Max]
	slices.Sort(order)
	out := make([]diag.Diagnostic, len(order))
	for i, at := range order {
		out[i] = r.Diagnostics[at]
	}
	return out
}

// occurrences numbers findings that have one fingerprint: 1 for the first.
func occurrences(list []diag.Diagnostic) []int {
	seen := make(map[string]int, len(list))
	numbers := make([]int, len(list))
	for i := range list {
		fingerprint := list[i].Fingerprint()
		seen[fingerprint]++
		numbers[i] = seen[fingerprint]
	}
	return numbers
}

// repositoryPath is the file of a location for formats that are shown beside a
// repository's files; findings about no file belong to evctl.yaml there.
func (r *Report) repositoryPath(l diag.Location) string {
	path := pathOf(l)
	switch {
	case strings.Contains(path, "://"):
		return path
	case path == "":
		path = workspace.ConfigName
	}
	return r.Prefix + path
}

// pathOf is the file of a location, or "" for findings about no file.
func pathOf(l diag.Location) string {
	if l.File == nil {
		return ""
	}
	return l.File.Path
}

// end is the position behind a location's last character.
func end(l diag.Location) diag.Position { return l.File.Position(l.Span.End) }

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}

// summary says what was found, such as "3 errors, 2 warnings in 14 contracts".
func (r *Report) summary() string {
	c := Count(r.Diagnostics)
	var parts []string
	for _, p := range []struct {
		n    int
		noun string
	}{{c.Errors, "error"}, {c.Warnings, "warning"}, {c.Infos, "info"}} {
		if p.n > 0 {
			parts = append(parts, plural(p.n, p.noun))
		}
	}
	if len(parts) == 0 {
		parts = []string{"no findings"}
	}
	text := strings.Join(parts, ", ")
	if r.Contracts > 0 {
		text += " in " + plural(r.Contracts, "contract")
	}
	var beside []string
	if r.Ignored > 0 {
		beside = append(beside, fmt.Sprintf("%d ignored by comments", r.Ignored))
	}
	if r.Waived > 0 {
		beside = append(beside, fmt.Sprintf("%d waived", r.Waived))
	}
	if r.Known > 0 {
		beside = append(beside, fmt.Sprintf("%d in the baseline", r.Known))
	}
	if len(beside) > 0 {
		text += " (" + strings.Join(beside, ", ") + ")"
	}
	return text
}
