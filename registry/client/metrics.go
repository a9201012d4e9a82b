package client

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// WriteMetrics writes the stats and the status in the text format of Prometheus, for a
// /metrics of the collector's own. The values of labels come from contracts and from the
// rules of the language only.
func (c *Client) WriteMetrics(w io.Writer) error {
	var b strings.Builder
	s, status := c.Stats(), c.Status()
	head := func(name, kind, help string) { fmt.Fprintf(&b, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind) }
	head("evctl_events_total", "counter", "Events by version of their contract and verdict.")
	writeEvents(&b, s)
	head("evctl_violations_total", "counter", "Events by version of their contract and rule that they violate.")
	writeRules(&b, "", "", s.Rules)
	for _, e := range s.Events {
		writeRules(&b, e.Event, e.Version, e.Rules)
	}
	head("evctl_flagged_events_total", "counter", "Events that passed although they violate a rule, by that rule.")
	for _, rule := range slices.Sorted(maps.Keys(s.Flags)) {
		fmt.Fprintf(&b, "evctl_flagged_events_total{rule=%q} %d\n", rule, s.Flags[rule])
	}
	head("evctl_contracts_versions", "gauge", "Versions of contracts in use.")
	fmt.Fprintf(&b, "evctl_contracts_versions %d\n", status.Versions)
	head("evctl_contracts_current", "gauge", "1 when the last attempt to ask the registry succeeded.")
	fmt.Fprintf(&b, "evctl_contracts_current %d\n", one(status.Source != FromNowhere && status.Err == nil))
	head("evctl_contracts_confirmed_seconds", "gauge", "When the registry last confirmed the contracts in use, as Unix time.")
	if !status.Confirmed.IsZero() {
		fmt.Fprintf(&b, "evctl_contracts_confirmed_seconds %d\n", status.Confirmed.Unix())
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func writeEvents(b *strings.Builder, s Stats) {
	line := func(event, version, verdict string, n int64) {
		if n > 0 {
			fmt.Fprintf(b, "evctl_events_total{event=%s,version=%s,verdict=%q} %d\n", label(event), label(version), verdict, n)
		}
	}
	line("", "", "unknown", s.Unknown)
	line("", "", "unchecked", s.Unchecked)
	line("", "", "unavailable", s.Unavailable)
	for _, e := range s.Events {
		if e.Version != "" { // the others are among the unknown ones
			line(e.Event, e.Version, "valid", e.Valid)
			line(e.Event, e.Version, "invalid", e.Invalid)
		}
	}
}

func writeRules(b *strings.Builder, event, version string, rules map[string]int64) {
	for _, rule := range slices.Sorted(maps.Keys(rules)) {
		fmt.Fprintf(b, "evctl_violations_total{event=%s,version=%s,rule=%q} %d\n", label(event), label(version), rule, rules[rule])
	}
}

var labelEscapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)

// label quotes a text as the format wants it, in which only three characters are special.
func label(text string) string {
	return `"` + labelEscapes.Replace(strings.ToValidUTF8(text, "�")) + `"`
}

func one(yes bool) int {
	if yes {
		return 1
	}
	return 0
}
