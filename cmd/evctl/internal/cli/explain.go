package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/evctl/evctl/lint"
	"github.com/evctl/evctl/lint/compat"
)

func newExplain(app *App) *cobra.Command {
	format := "text"
	cmd := &cobra.Command{
		Use:   "explain RULE",
		Short: "Explain a rule with an example",
		Long: `Says what a rule finds and why it matters, shows a contract with the finding, the
report on it and the contract without it, and how to configure the rule.`,
		Example: "  evctl explain property-case",
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			c, err := catalogue()
			if err != nil {
				return err
			}
			rule := c.Rule(args[0])
			if rule == nil {
				if near := c.Nearest(args[0]); near != "" {
					return usagef("unknown rule %q, did you mean %q?", args[0], near)
				}
				return usagef("unknown rule %q; evctl rules lists them", args[0])
			}
			example, err := c.Example(rule.ID)
			if err != nil {
				return err
			}
			return writeExplanation(app.Stdout, format, rule, example)
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return ruleNames(), cobra.ShellCompDirectiveNoFileComp
		},
	}
	cmd.Flags().StringVar(&format, "format", format, "text or json")
	return cmd
}

// ruleNames lists rules for completion: the ID, a tab and what it finds.
func ruleNames() []string {
	c, err := catalogue()
	if err != nil {
		return nil
	}
	var names []string
	for _, r := range c.Rules() {
		names = append(names, r.ID+"\t"+r.Summary)
	}
	return names
}

// explanation is the output of evctl explain --format json.
type explanation struct {
	ruleEntry
	Note   string             `json:"note,omitempty"`
	Old    []lint.ExampleFile `json:"old,omitempty"`    // what was released before
	Bad    []lint.ExampleFile `json:"bad,omitempty"`    // a workspace with the finding
	Report string             `json:"report,omitempty"` // the text report on it
	Good   []lint.ExampleFile `json:"good,omitempty"`
	Fixed  []lint.ExampleFile `json:"fixed,omitempty"` // what evctl lint --fix makes of it
}

func writeExplanation(w io.Writer, format string, r *lint.Rule, e *lint.Example) error {
	if e == nil {
		e = &lint.Example{}
	}
	switch format {
	case "json":
		return writeJSON(w, explanation{entryOf(r), e.Note, e.Old, e.Bad, e.Want, e.Good, e.Fixed})
	case "text":
		explainText(w, r, e)
		return nil
	}
	return usagef("--format is %q, expected text or json", format)
}

func explainText(w io.Writer, r *lint.Rule, e *lint.Example) {
	fmt.Fprintf(w, "%s: %s\n\n", r.ID, r.Summary)
	for _, paragraph := range []string{r.Why, e.Note} {
		if paragraph != "" {
			fmt.Fprintf(w, "%s\n\n", wrap(paragraph, 80))
		}
	}
	exampleFiles(w, "Released before", e.Old)
	exampleFiles(w, "Wrong", e.Bad)
	if e.Want != "" {
		fmt.Fprintf(w, "evctl lint says\n\n%s\n", indent(strings.TrimRight(e.Want, "\n")))
	}
	exampleFiles(w, "Right", e.Good)
	exampleFiles(w, "evctl lint --fix makes it", e.Fixed)
	fmt.Fprintf(w, "How to configure it\n\n%s", indent(configuration(r)))
}

func exampleFiles(w io.Writer, title string, files []lint.ExampleFile) {
	for i, f := range files {
		if i == 0 {
			fmt.Fprintf(w, "%s\n\n", title)
		}
		fmt.Fprintf(w, "    # %s\n%s\n", f.Path, indent(strings.TrimRight(f.Text, "\n")))
	}
}

// indent shifts text by four blanks and ends it with a newline.
func indent(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if strings.TrimSpace(line) != "" {
			b.WriteString("    ")
		}
		b.WriteString(line)
	}
	b.WriteByte('\n')
	return b.String()
}

// wrap breaks a paragraph between words so that lines have at most width bytes.
func wrap(text string, width int) string {
	var b strings.Builder
	column := 0
	for _, word := range strings.Fields(text) {
		if column > 0 && column+1+len(word) > width {
			b.WriteByte('\n')
			column = 0
		} else if column > 0 {
			b.WriteByte(' ')
			column++
		}
		b.WriteString(word)
		column += len(word)
	}
	return b.String()
}

// gateConfiguration says how to go on where lint cannot be quieter than push.
func gateConfiguration(r *lint.Rule) string {
	text := "It is an error in every profile, and evctl.yaml cannot make it less: evctl push refuses what it finds."
	if compat.CanBeWaived(r.ID) {
		text += " One break is approved in waivers.yaml with evctl lint --waive FINGERPRINT. What must not break is said by compatibility.mode, and for some events by compatibility.events."
	}
	return wrap(text, 80) + "\n\nNo comment silences it."
}

func configuration(r *lint.Rule) string {
	if r.Required {
		return "It is always an error: it cannot be configured, and no comment silences it."
	}
	if r.Gate {
		return gateConfiguration(r)
	}
	var b strings.Builder
	switch r.Profile {
	case 0:
		b.WriteString("No profile turns it on. In evctl.yaml:\n\n")
	default:
		fmt.Fprintf(&b, "It is on in profile %s", r.Profile)
		for p := r.Profile + 1; p <= lint.Strict; p++ {
			fmt.Fprintf(&b, ", %s", p)
		}
		fmt.Fprintf(&b, ", with severity %s. In evctl.yaml:\n\n", r.Severity)
	}
	other := "warning"
	if r.Severity.String() == other {
		other = "error"
	}
	fmt.Fprintf(&b, "lint:\n  rules:\n    %s: %s # or off\n", r.ID, other)
	if len(r.Options) > 0 {
		fmt.Fprintf(&b, "\nIt reads %s of evctl.yaml.\n", strings.Join(r.Options, " and "))
	}
	if r.NoIgnore {
		b.WriteString("\nNo comment silences it.")
	} else {
		fmt.Fprintf(&b, "\nFor one place, above it or at the end of its line:\n\n# evctl:ignore %s: why it is right here", r.ID)
	}
	return b.String()
}
