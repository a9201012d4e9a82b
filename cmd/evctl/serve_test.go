//go:build unix

package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/evctl/evctl/contracts/payload"
)

// served is evctl serve as a process of its own.
type served struct {
	*testing.T
	url     string
	process *exec.Cmd
	log     *bufio.Scanner
}

var servedURL = regexp.MustCompile(`^serving \S+ on (http://\S+)$`)

// evctl runs a command to its end and returns its exit code.
func evctl(t *testing.T, dir string, env []string, args ...string) (code int, output string) {
	t.Helper()
	cmd := exec.Command("evctl", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), env...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), out.String()
}

func serve(t *testing.T, dir string, env []string, args ...string) *served {
	t.Helper()
	s := &served{T: t, process: exec.Command("evctl", append([]string{"serve", "--addr", "127.0.0.1:0"}, args...)...)}
	s.process.Dir = dir
	s.process.Env = append(os.Environ(), env...)
	stderr, err := s.process.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.process.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.process.Process.Kill() })
	s.log = bufio.NewScanner(stderr)
	for s.log.Scan() {
		if m := servedURL.FindStringSubmatch(s.log.Text()); m != nil {
			s.url = m[1]
			return s
		}
		t.Log(s.log.Text())
	}
	t.Fatal("evctl serve did not say where it listens")
	return nil
}

func (s *served) get(path string) (status int, body string) {
	s.Helper()
	response, err := http.Get(s.url + path)
	if err != nil {
		s.Fatal(err)
	}
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	if err != nil {
		s.Fatal(err)
	}
	return response.StatusCode, string(data)
}

// stop sends SIGTERM and wants a clean end.
func (s *served) stop() {
	s.Helper()
	http.DefaultClient.CloseIdleConnections()
	if err := s.process.Process.Signal(syscall.SIGTERM); err != nil {
		s.Fatal(err)
	}
	var last string
	for s.log.Scan() {
		last = s.log.Text()
	}
	if err := s.process.Wait(); err != nil {
		s.Errorf("evctl serve ended with %v, want a clean end", err)
	}
	if last != "stopped" {
		s.Errorf("its last line is %q, want stopped", last)
	}
}

// folder makes a workspace of a text archive's files.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

var shopFiles = map[string]string{
	"evctl.yaml":           "language: v1\n",
	"contracts/order.yaml": "event: order.completed\nversion: 1.0.0\nproperties:\n  total: {type: number, required: true}\n",
	"token":                "s3cret\n",
	"events.ndjson":        `{"event":"order.completed","version":"1.0.0","total":1}` + "\n",
}

func TestPush_ExitCodes(t *testing.T) {
	dir := folder(t, shopFiles)
	write := func(text string) {
		if err := os.WriteFile(filepath.Join(dir, "contracts", "order.yaml"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		contract string
		args     []string
		want     int
	}{
		{shopFiles["contracts/order.yaml"], nil, 0},
		{shopFiles["contracts/order.yaml"], []string{"--format", "json"}, 0},
		{strings.Replace(shopFiles["contracts/order.yaml"], "number", "string", 1), nil, 1},
		{strings.Replace(shopFiles["contracts/order.yaml"], "number", "strin", 1), nil, 1},
		{strings.Replace(shopFiles["contracts/order.yaml"], "number", "strin", 1), []string{"--format", "json"}, 1},
		{shopFiles["contracts/order.yaml"], []string{"order.lost"}, 2},
		{shopFiles["contracts/order.yaml"], []string{"--nothing"}, 2},
		{shopFiles["contracts/order.yaml"], []string{"--registry", "http://127.0.0.1:1"}, 3},
		{shopFiles["contracts/order.yaml"], []string{"--registry", "token"}, 3},
	} {
		write(c.contract)
		if code, out := evctl(t, dir, nil, append([]string{"push"}, c.args...)...); code != c.want {
			t.Errorf("push %v ends with %d, want %d: %s", c.args, code, c.want, out)
		}
	}
}

func TestServe_PushLintAndValidateWorkOverHTTP(t *testing.T) {
	dir := folder(t, shopFiles)
	s := serve(t, dir, nil, "--registry", "server", "--token-file", "token")

	if code, out := evctl(t, dir, nil, "push", "--registry", s.url); code != 3 || !strings.Contains(out, "the token is missing or wrong") {
		t.Errorf("push without a token ends with %d: %s", code, out)
	}
	token := []string{"EVCTL_TOKEN=s3cret"}
	if code, out := evctl(t, dir, token, "push", "--registry", s.url); code != 0 || !strings.HasPrefix(out, "pushed     order.completed 1.0.0\n") {
		t.Errorf("push ends with %d: %s", code, out)
	}
	if code, out := evctl(t, dir, nil, "push", "--registry", s.url); code != 0 || !strings.HasPrefix(out, "unchanged  order.completed 1.0.0\n") {
		t.Errorf("the second push ends with %d: %s", code, out)
	}
	if code, out := evctl(t, dir, nil, "validate", "--registry", s.url, "events.ndjson"); code != 0 {
		t.Errorf("validate ends with %d: %s", code, out)
	}
	broken := "event: order.completed\nversion: 1.1.0\nproperties:\n  total: {type: string, required: true}\n"
	if err := os.WriteFile(filepath.Join(dir, "contracts", "order.yaml"), []byte(broken), 0o644); err != nil {
		t.Fatal(err)
	}
	code, out := evctl(t, dir, token, "push", "--registry", s.url)
	if code != 1 || !strings.Contains(out, "contracts/order.yaml:4:17: error: ") || !strings.Contains(out, s.url+"/v1/events/order.completed/1.0.0.json:") {
		t.Errorf("the push of a break ends with %d and does not show both places: %s", code, out)
	}
	if code, out := evctl(t, dir, nil, "lint", "--against", s.url, "--profile", "minimal"); code != 1 || !strings.Contains(out, "[type-changed]") {
		t.Errorf("lint ends with %d: %s", code, out)
	}
	if status, body := s.get("/v1/bundle.json"); status != http.StatusOK || !strings.Contains(body, `"event":"order.completed"`) {
		t.Errorf("the bundle is %d %s", status, body)
	}
	s.stop()
	if _, err := os.Stat(filepath.Join(dir, "server", "order.completed", "1.0.0.json")); err != nil {
		t.Error(err)
	}
}

func TestServe_SeesReleasesOfOthersAfterSIGHUP(t *testing.T) {
	dir := folder(t, shopFiles)
	if code, out := evctl(t, dir, nil, "push"); code != 0 {
		t.Fatal(out)
	}
	s := serve(t, dir, nil, "--poll", "1h")
	second := strings.Replace(shopFiles["contracts/order.yaml"], "1.0.0", "1.0.1", 1) + "description: Somebody paid.\n"
	if err := os.WriteFile(filepath.Join(dir, "contracts", "order.yaml"), []byte(second), 0o644); err != nil {
		t.Fatal(err)
	}
	if code, out := evctl(t, dir, nil, "push"); code != 0 {
		t.Fatal(out)
	}
	if status, _ := s.get("/v1/events/order.completed/1.0.1.json"); status != http.StatusNotFound {
		t.Errorf("the new release is served before anybody asked, with %d", status)
	}
	if err := s.process.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(10 * time.Second); ; {
		if status, _ := s.get("/v1/events/order.completed/1.0.1.json"); status == http.StatusOK {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the new release is not served")
		}
	}
	s.stop()
}

func TestServe_ValidatesWithTheEnvelopeOfTheWorkspace(t *testing.T) {
	files := map[string]string{
		"evctl.yaml":              "language: v1\nenvelope: {name: /type, version: /v, properties: /data, definition: collector}\n",
		"contracts/order.yaml":    shopFiles["contracts/order.yaml"],
		"contracts/collector.yml": "define: collector\ntype: object\nproperties:\n  type: {type: string, required: true}\n  v: {type: string}\n  data: {type: any}\n  sent: {type: string, format: date-time, required: true}\n",
	}
	dir := folder(t, files)
	if code, out := evctl(t, dir, nil, "push"); code != 0 {
		t.Fatal(out)
	}
	s := serve(t, dir, nil)
	for body, valid := range map[string]bool{
		`{"type":"order.completed","v":"1.0.0","data":{"total":1},"sent":"2026-11-20T12:00:00Z"}`: true,
		`{"type":"order.completed","v":"1.0.0","data":{"total":1}}`:                               false,
		`{"type":"order.completed","v":"1.0.0","data":{},"sent":"2026-11-20T12:00:00Z"}`:          false,
	} {
		response, err := http.Post(s.url+"/v1/validate", "application/json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		var verdict struct{ Valid bool }
		err = json.NewDecoder(response.Body).Decode(&verdict)
		response.Body.Close()
		if err != nil || verdict.Valid != valid {
			t.Errorf("%s: valid is %v (%v), want %v", body, verdict.Valid, err, valid)
		}
	}
	s.stop()
}

func TestServe_TakesWaiversWithAPush(t *testing.T) {
	dir := folder(t, shopFiles)
	s := serve(t, dir, nil, "--registry", "server", "--allow-push")
	evctl(t, dir, nil, "push", "--registry", s.url)
	next := "event: order.completed\nversion: 1.1.0\nproperties: {}\n"
	if err := os.WriteFile(filepath.Join(dir, "contracts", "order.yaml"), []byte(next), 0o644); err != nil {
		t.Fatal(err)
	}
	if code, out := evctl(t, dir, nil, "push", "--registry", s.url); code != 1 || !strings.Contains(out, "refused    order.completed 1.1.0") {
		t.Fatalf("the push of a break ends with %d: %s", code, out)
	}
	_, out := evctl(t, dir, nil, "lint", "--against", s.url)
	fingerprint := regexp.MustCompile(`lint --waive ([0-9a-f]{16})`).FindStringSubmatch(out)
	if fingerprint == nil {
		t.Fatalf("lint prints no fingerprint: %s", out)
	}
	if code, out := evctl(t, dir, nil, "lint", "--against", s.url, "--waive", fingerprint[1], "--reason", "free now", "--approver", "Ada"); code != 0 {
		t.Fatalf("lint --waive ends with %d: %s", code, out)
	}
	if code, out := evctl(t, dir, nil, "push", "--registry", s.url); code != 0 || !strings.Contains(out, "waived: property-removed at /properties/total, by Ada: free now") {
		t.Errorf("the push with a waiver ends with %d: %s", code, out)
	}
	if status, body := s.get("/v1/events/order.completed/1.1.0.json"); status != http.StatusOK || !strings.Contains(body, `"approver":"Ada"`) {
		t.Errorf("the release is %d %s", status, body)
	}
	s.stop()
}

func TestServe_LetsEventsPassAndCountsThem(t *testing.T) {
	dir := folder(t, shopFiles)
	if code, out := evctl(t, dir, nil, "push"); code != 0 {
		t.Fatal(out)
	}
	events := strings.Join([]string{
		`{"event":"order.lost","version":"1.0.0","total":"x"}`,
		`{"event":"order.completed","version":"1.4.0","total":1}`,
		`{"event":"order.completed","total":1}`,
		`{"event":"order.completed","total":"x"}`,
		`{"event":"order.completed","version":"1.0.0","total":1}`,
	}, "\n")
	for _, c := range []struct {
		args    []string
		answer  string // with "ok" for valid events and the flags
		metrics []string
	}{
		{nil, "- - - - ok", []string{`verdict="valid"} 1`, `verdict="invalid"} 4`}},
		{
			[]string{"--unknown-event", "pass", "--unknown-version", "latest", "--missing-version", "pass"},
			"ok:event-unknown ok:version-unknown ok:version-missing ok:version-missing ok",
			[]string{`verdict="valid"} 2`, `verdict="unchecked"} 3`, `rule="event-unknown"} 1`, `rule="version-unknown"} 1`, `rule="version-missing"} 2`},
		},
		{
			[]string{"--missing-version", "latest"}, "- - ok:version-missing -:version-missing ok",
			[]string{`verdict="valid"} 2`, `verdict="invalid"} 3`, `rule="version-missing"} 1`},
		},
	} {
		s := serve(t, dir, nil, c.args...)
		if got := s.verdicts(events); got != c.answer {
			t.Errorf("serve %v answers %s, want %s", c.args, got, c.answer)
		}
		_, metrics := s.get("/metrics")
		var got []string
		for _, m := range regexp.MustCompile(`(?m)^evctl_(?:validated|flagged)_events_total\{(.* [1-9].*)$`).FindAllStringSubmatch(metrics, -1) {
			got = append(got, m[1])
		}
		if diff := cmp.Diff(c.metrics, got); diff != "" {
			t.Errorf("serve %v counts (-want +got):\n%s", c.args, diff)
		}
		s.stop()
	}
}

// verdicts sends lines of events and returns a word for each.
func (s *served) verdicts(events string) string {
	s.Helper()
	response, err := http.Post(s.url+"/v1/validate", "application/x-ndjson", strings.NewReader(events))
	if err != nil {
		s.Fatal(err)
	}
	defer response.Body.Close()
	var words []string
	for lines := json.NewDecoder(response.Body); lines.More(); {
		var v payload.Verdict
		if err := lines.Decode(&v); err != nil {
			s.Fatal(err)
		}
		word := map[bool]string{true: "ok", false: "-"}[v.Valid]
		if v.Flag != "" {
			word += ":" + v.Flag
		}
		words = append(words, word)
	}
	return strings.Join(words, " ")
}

func TestServe_FlagWinsOverWithoutVersionOfTheEnvelope(t *testing.T) {
	dir := folder(t, shopFiles)
	if code, out := evctl(t, dir, nil, "push"); code != 0 {
		t.Fatal(out)
	}
	for _, c := range []struct{ word, answer string }{
		{"", "ok"}, {"latest", "ok:version-missing"}, {"pass", "ok:version-missing"}, {"reject", "-"},
	} {
		args := []string{"--envelope", "segment"}
		if c.word != "" {
			args = append(args, "--missing-version", c.word)
		}
		s := serve(t, dir, nil, args...)
		if got := s.verdicts(`{"type":"track","event":"order.completed","properties":{"total":1}}`); got != c.answer {
			t.Errorf("serve %v answers %s, want %s", args, got, c.answer)
		}
		s.stop()
	}
}
