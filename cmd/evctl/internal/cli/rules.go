package cli

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/evctl/evctl/lint"
	"github.com/evctl/evctl/lint/compat"
	"github.com/evctl/evctl/lint/generated"
	"github.com/evctl/evctl/lint/rules"
	"github.com/evctl/evctl/lint/waive"
)

// catalogue is every rule of evctl.
func catalogue() (*lint.Catalogue, error) {
	return lint.NewCatalogue(compat.Set(), waive.Set(), generated.Set(), rules.Set())
}

func newRules(app *App) *cobra.Command {
	var format, group string
	cmd := &cobra.Command{
		Use:   "rules",
		Short: "List the rules of evctl lint",
		Long: `Lists every rule with its group, the smallest profile that turns it on, and its
severity. Profiles contain each other: minimal, standard, strict. Rules without a
profile are on when evctl.yaml asks for them; required ones are always errors.`,
		Example: "  evctl rules --group privacy\n  evctl rules --format markdown > RULES.md",
		RunE: func(*cobra.Command, []string) error {
			c, err := catalogue()
			if err != nil {
				return err
			}
			list, err := rulesOf(c, group)
			if err != nil {
				return err
			}
			return writeRules(app.Stdout, format, list)
		},
	}
	cmd.Flags().StringVar(&format, "format", "text", "text, json or markdown")
	cmd.Flags().StringVar(&group, "group", "", "only the rules of this `group`")
	return cmd
}

func rulesOf(c *lint.Catalogue, group string) ([]*lint.Rule, error) {
	if group == "" {
		return c.Rules(), nil
	}
	var list []*lint.Rule
	var groups []string
	for _, g := range lint.Groups {
		groups = append(groups, string(g))
	}
	for _, r := range c.Rules() {
		if string(r.Group) == group {
			list = append(list, r)
		}
	}
	if len(list) == 0 {
		return nil, usagef("no rules are in group %q, expected one of %s", group, strings.Join(groups, ", "))
	}
	return list, nil
}

// rulesDocument is the output of evctl rules --format json. Members are only ever
// added.
type rulesDocument struct {
	Rules []ruleEntry `json:"rules"` // in the order of the text
}

// ruleEntry is a rule in the output of evctl rules --format json, and part of evctl
// explain --format json.
type ruleEntry struct {
	ID       string `json:"id"`
	Group    string `json:"group"`
	Profile  string `json:"profile"`  // the smallest that turns it on, or "" for none
	Severity string `json:"severity"` // where evctl.yaml does not say otherwise
	// Required rules cannot be configured, and no comment silences them.
	Required bool `json:"required"`
	// Gate rules decide what may be released: they can be turned up, and not be made less
	// than an error.
	Gate bool `json:"gate"`
	// Ignorable rules can be silenced by a comment in the contract.
	Ignorable bool     `json:"ignorable"`
	Summary   string   `json:"summary"`
	Why       string   `json:"why"`
	Options   []string `json:"options"` // keys of evctl.yaml that it reads
}

func entryOf(r *lint.Rule) ruleEntry {
	return ruleEntry{
		ID: r.ID, Group: string(r.Group), Profile: r.Profile.String(), Severity: r.Severity.String(),
		Required: r.Required, Gate: r.Gate, Ignorable: !r.Required && !r.NoIgnore,
		Summary: r.Summary, Why: r.Why, Options: append([]string{}, r.Options...),
	}
}

func writeRules(w io.Writer, format string, list []*lint.Rule) error {
	switch format {
	case "text":
		return writeRulesText(w, list)
	case "markdown":
		return writeRulesMarkdown(w, list)
	case "json":
		entries := make([]ruleEntry, len(list))
		for i, r := range list {
			entries[i] = entryOf(r)
		}
		return writeJSON(w, rulesDocument{entries})
	}
	return usagef("--format is %q, expected text, json or markdown", format)
}

// profileOf is how lists show when a rule is on.
func profileOf(r *lint.Rule) string {
	switch {
	case r.Required:
		return "always"
	case r.Profile == 0:
		return "on request"
	}
	return r.Profile.String()
}

func writeRulesText(w io.Writer, list []*lint.Rule) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	group := lint.Group("")
	for _, r := range list {
		if r.Group != group {
			if group != "" {
				fmt.Fprintln(t)
			}
			group = r.Group
			fmt.Fprintf(t, "%s\n", strings.ToUpper(string(group)))
		}
		fmt.Fprintf(t, "  %s\t%s\t%s\t%s\n", r.ID, profileOf(r), r.Severity, r.Summary)
	}
	return t.Flush()
}

func writeRulesMarkdown(w io.Writer, list []*lint.Rule) error {
	group := lint.Group("")
	for _, r := range list {
		if r.Group != group {
			if group != "" {
				fmt.Fprintln(w)
			}
			group = r.Group
			fmt.Fprintf(w, "## %s\n\n| rule | profile | severity | finds |\n|---|---|---|---|\n", group)
		}
		fmt.Fprintf(w, "| `%s` | %s | %s | %s |\n", r.ID, profileOf(r), r.Severity, strings.ReplaceAll(r.Summary, "|", `\|`))
	}
	return nil
}
