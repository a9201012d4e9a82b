package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"time"
)

// print writes the table.
func (b *bench) print(w io.Writer) {
	printMachine(w)
	b.printWorkload(w)
	fmt.Fprint(w, "| µs for an event |")
	for _, g := range b.groups {
		fmt.Fprintf(w, " %s |", g.name)
	}
	fmt.Fprint(w, " all | × | allocations |\n|---|")
	fmt.Fprintln(w, strings.Repeat("---:|", len(b.groups)+3))
	first := b.all(b.rows[0])
	for _, r := range b.rows {
		b.printRow(w, r, first)
	}
	fmt.Fprintln(w)
}

func (b *bench) printRow(w io.Writer, r *row, first time.Duration) {
	fmt.Fprintf(w, "| %s |", r.name)
	if r.missing != nil {
		fmt.Fprintf(w, " not here: %v |%s\n", r.missing, strings.Repeat(" |", len(b.groups)+2))
		return
	}
	for _, g := range b.groups {
		if c := r.columns[g]; c == nil {
			fmt.Fprint(w, " – |")
		} else {
			fmt.Fprintf(w, " %s |", micros(c.of(len(g.events), b.best)))
		}
	}
	all := b.all(r)
	fmt.Fprintf(w, " %s | %.2f | %s |\n", micros(all), float64(all)/float64(first), b.allocations(r))
}

// all is the time of an event, valid or not, in compact style; of the valid
// ones alone where a yardstick takes no others.
func (b *bench) all(r *row) time.Duration {
	var laps []time.Duration
	events := 0
	for _, g := range b.groups[:2] {
		c := r.columns[g]
		if c == nil {
			continue
		}
		events += len(g.events)
		if laps == nil {
			laps = make([]time.Duration, len(c.laps))
		}
		for i, lap := range c.laps {
			laps[i] += lap
		}
	}
	return (&column{laps: laps}).of(events, b.best)
}

func (b *bench) allocations(r *row) string {
	c := r.columns[b.groups[0]]
	if c.allocations < 0 {
		return "–"
	}
	return fmt.Sprintf("%.1f", float64(c.allocations)/float64(len(b.groups[0].events)))
}

func micros(d time.Duration) string {
	us := float64(d) / float64(time.Microsecond)
	if us < 10 {
		return fmt.Sprintf("%.2f", us)
	}
	return fmt.Sprintf("%.1f", us)
}

func (b *bench) printWorkload(w io.Writer) {
	bytes, count := 0, 0
	for _, g := range b.groups[:2] {
		count += len(g.events)
		for _, e := range g.events {
			bytes += len(e.Raw)
		}
	}
	which := "medians"
	if b.best {
		which = "the best"
	}
	fmt.Fprintf(w, "%d events of %d contracts, %d bytes on average, %d of them invalid; %s of %d laps on one core.\n",
		count, len(b.plan.Events), bytes/count, len(b.groups[1].events), which, b.laps)
	fmt.Fprint(w, "Allocations are those for a valid event; × is the time for all compact events, by that of the first row.\n\n")
}

// printMachine says what was measured with.
func printMachine(w io.Writer) {
	fmt.Fprintf(w, "%s, %s/%s", runtime.Version(), runtime.GOOS, runtime.GOARCH)
	if name := processor(); name != "" {
		fmt.Fprintf(w, ", %s", name)
	}
	fmt.Fprintf(w, "; %s\n\n", strings.Join(versions(), ", "))
}

// processor is its name, where Linux says it.
func processor() string {
	text, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(text)) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// measured are the modules that are yardsticks.
var measured = []string{
	"github.com/bytedance/sonic", "github.com/valyala/fastjson", "google.golang.org/protobuf",
	"github.com/santhosh-tekuri/jsonschema/v6", "github.com/santhosh-tekuri/jsonschema/v5", "github.com/kaptinlin/jsonschema",
}

func versions() []string {
	var out []string
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, m := range info.Deps {
			if slices.Contains(measured, m.Path) {
				out = append(out, strings.TrimPrefix(m.Path, "github.com/")+" "+m.Version)
			}
		}
	}
	if node, err := exec.Command("node", "--version").Output(); err == nil {
		out = append(out, "node "+strings.TrimSpace(string(node)))
	}
	return out
}
