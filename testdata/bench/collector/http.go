package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/evctl/evctl/testdata/bench/process"
	"github.com/evctl/evctl/testdata/bench/workload"
)

const (
	mediaJSON   = "application/json"
	mediaNDJSON = "application/x-ndjson"
	// validatePath is where evctl serve takes events; the bare server takes any path.
	validatePath = "/v1/validate"
	// manyConnections are what a collector behind a load balancer has.
	manyConnections = 32
)

// traffic is a line of the table: how many events are in a request.
type traffic struct {
	name   string
	events int
	media  string
	conns  int
}

var traffics = []traffic{
	{"single events", 1, mediaJSON, manyConnections},
	{"NDJSON, 100 events", 100, mediaNDJSON, 4},
	{"NDJSON, 1000 events", 1000, mediaNDJSON, 2},
}

// measureHTTP compares evctl serve with a server that only reads, lap by lap.
func measureHTTP(ctx context.Context, o *options) (err error) {
	plan, err := workload.Load(ctx)
	if err != nil {
		return err
	}
	events, err := workload.New(plan, workload.Standard)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "evctl-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	servers, err := startServers(ctx, o, dir)
	defer func() {
		for _, s := range servers {
			err = errors.Join(err, s.stop())
		}
	}()
	if err != nil {
		return err
	}
	bare, evctl := servers[0], servers[1]
	if err := checkVerdicts(evctl.addr, events); err != nil {
		return err
	}
	fmt.Println("| on one core, requests from another | | requests/s | events/s | of reading only | processor for a request | of reading only |\n|---|---|---:|---:|---:|---:|---:|")
	var singles float64
	for _, t := range traffics {
		rates, err := t.compare(o, servers, events)
		if err != nil {
			return fmt.Errorf("%s: %w", t.name, err)
		}
		for i, r := range rates {
			fmt.Printf("| %s | %s | %.0f | %.0f | %.0f %% | %.1f µs | %.0f %% |\n", t.name, servers[i].name, r.perSecond, r.perSecond*float64(t.events),
				100*r.perSecond/rates[0].perSecond, micros(r.cpu), 100*rates[0].cpu.Seconds()/r.cpu.Seconds())
		}
		if t.events == 1 {
			singles = rates[1].perSecond
		}
	}
	fmt.Println()
	return latencies(o, evctl.addr, bare.addr, events, singles)
}

// startServers releases the plan into a registry and starts the servers: one that only
// reads, evctl, and the rival that was asked for. Those that were started are returned with
// an error too.
func startServers(ctx context.Context, o *options, dir string) (servers []*server, err error) {
	if err := writePlan(dir); err != nil {
		return nil, err
	}
	if err := push(ctx, o.evctl, dir); err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	commands := [][]string{{"reading only", self, bareArgument}, {"evctl serve", o.evctl, "serve", "--addr", "127.0.0.1:0"}}
	if name, command, ok := strings.Cut(o.rival, "="); ok {
		commands = append(commands, append([]string{name}, strings.Fields(command)...))
	}
	for _, c := range commands {
		s, err := startServer(ctx, dir, c[1:]...)
		if err != nil {
			return servers, fmt.Errorf("%s: %w", c[0], err)
		}
		s.name = c[0]
		servers = append(servers, s)
	}
	return servers, nil
}

func writePlan(dir string) error {
	return workload.WriteFiles(func(path string, text []byte) error {
		path = filepath.Join(dir, filepath.FromSlash(path))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		return os.WriteFile(path, text, 0o644)
	})
}

// requests are whole requests of a traffic, with all events once.
func (t *traffic) requests(events []workload.Event) [][]byte {
	var all [][]byte
	for part := range slices.Chunk(events, t.events) {
		body := bodyOf(part)
		head := fmt.Appendf(nil, "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n", validatePath, t.media, len(body))
		all = append(all, append(head, body...))
	}
	return all
}

func bodyOf(events []workload.Event) []byte {
	if len(events) == 1 {
		return events[0].Raw
	}
	var b bytes.Buffer
	_ = workload.WriteNDJSON(&b, events) // a buffer takes everything
	return b.Bytes()
}

// rate is what a server reached: the median of the laps, or the best one, and the processor
// time that it took for each request.
type rate struct {
	perSecond float64
	cpu       time.Duration
}

// compare gives the servers laps in turn.
func (t *traffic) compare(o *options, servers []*server, events []workload.Event) ([]rate, error) {
	laps := make([][]rate, len(servers))
	l := load{requests: t.requests(events), conns: t.conns, lasts: o.lap}
	for lap := range o.laps + 1 {
		for i, s := range servers {
			l.addr = s.addr
			before, err := process.CPUOf(s.command.Process.Pid)
			if err != nil {
				return nil, err
			}
			out, err := l.send()
			if err != nil {
				return nil, err
			}
			after, err := process.CPUOf(s.command.Process.Pid)
			if err != nil {
				return nil, err
			}
			if lap > 0 { // the first warms up
				laps[i] = append(laps[i], rate{out.perSecond(), (after - before) / time.Duration(max(out.answered, 1))})
			}
		}
	}
	rates := make([]rate, len(servers))
	for i := range rates {
		rates[i] = o.ofLaps(laps[i])
	}
	return rates, nil
}

// ofLaps is the median, or the best, of each figure.
func (o *options) ofLaps(laps []rate) (r rate) {
	at := len(laps) / 2
	if o.best {
		at = 0
	}
	slices.SortFunc(laps, func(a, b rate) int { return cmp.Compare(b.perSecond, a.perSecond) })
	r.perSecond = laps[at].perSecond
	slices.SortFunc(laps, func(a, b rate) int { return cmp.Compare(a.cpu, b.cpu) })
	r.cpu = laps[at].cpu
	return r
}

func micros(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }

// latencies sends single events at parts of the rate that evctl serve reached, whether
// answers come or not.
func latencies(o *options, evctl, bare string, events []workload.Event, most float64) error {
	fmt.Println("| single events, open loop | p50 | p99 | p99.9 | only read: p50 | p99 | p99.9 |\n|---|---:|---:|---:|---:|---:|---:|")
	single := traffics[0]
	for _, part := range []float64{0.25, 0.5, 0.75} {
		fmt.Printf("| %.0f requests/s, %.0f %% of the most |", part*most, part*100)
		for _, addr := range []string{evctl, bare} {
			l := load{addr: addr, requests: single.requests(events), conns: manyConnections, rate: part * most, lasts: time.Duration(o.laps) * o.lap}
			out, err := l.send()
			if err != nil {
				return err
			}
			fmt.Printf(" %s | %s | %s |", millis(out.quantile(0.5)), millis(out.quantile(0.99)), millis(out.quantile(0.999)))
		}
		fmt.Println()
	}
	fmt.Println()
	return nil
}

func millis(d time.Duration) string {
	return fmt.Sprintf("%.2f ms", float64(d)/float64(time.Millisecond))
}

// checkVerdicts holds what evctl serve says of all events, in a batch and of some of
// them alone, against what is known.
func checkVerdicts(addr string, events []workload.Event) error {
	lines := slices.DeleteFunc(slices.Clone(events), func(e workload.Event) bool { return bytes.ContainsAny(e.Raw, "\n\r") || len(e.Raw) == 0 })
	if err := verdictsOf(addr, mediaNDJSON, lines); err != nil {
		return err
	}
	for i := range min(len(events), 1000) {
		if err := verdictsOf(addr, mediaJSON, events[i:i+1]); err != nil {
			return err
		}
	}
	return nil
}

func verdictsOf(addr, media string, events []workload.Event) error {
	answer, err := http.Post("http://"+addr+validatePath, media, bytes.NewReader(bodyOf(events)))
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: status %s", media, answer.Status)
	}
	d := json.NewDecoder(answer.Body)
	for _, e := range events {
		var verdict struct{ Valid bool }
		if err := d.Decode(&verdict); err != nil {
			return err
		}
		if verdict.Valid != e.Valid() {
			return fmt.Errorf("wrong verdict %v (mutation %q) on\n%s", verdict.Valid, e.Mutation, e.Raw)
		}
	}
	return nil
}
