package sqlddl

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/evctl/evctl/codegen/codegentest"
)

// engine runs scripts, and returns the rows of the last statement of each.
type engine interface {
	run(t *testing.T, scripts []string) [][][]*string
}

// python runs scripts in an engine that is a package of Python.
type python string

func (name python) run(t *testing.T, scripts []string) [][][]*string {
	t.Helper()
	interpreter := codegentest.Python(t)
	program, err := filepath.Abs("testdata/engine.py")
	if err != nil {
		t.Fatal(err)
	}
	input, err := json.Marshal(scripts)
	if err != nil {
		t.Fatal(err)
	}
	var results [][][]*string
	out := codegentest.Run(t, t.TempDir(), input, interpreter, program, string(name))
	if err := json.Unmarshal(out, &results); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return results
}

// server is a PostgreSQL of its own, stopped with the test.
type server struct{ bin, dir string }

// startPostgres makes a server in a temporary folder that listens on a socket there.
func startPostgres(t *testing.T) server {
	t.Helper()
	initdb, err := exec.LookPath("initdb")
	if err != nil {
		found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
		if len(found) == 0 {
			codegentest.Missing(t, "PostgreSQL")
		}
		initdb = found[len(found)-1]
	}
	dir, err := os.MkdirTemp("", "evctl-pg") // short: the path of a socket has 107 bytes
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if initdb, err = filepath.EvalSymlinks(initdb); err != nil { // psql stands beside the real one
		t.Fatal(err)
	}
	s := server{filepath.Dir(initdb), dir}
	if os.Getuid() == 0 { // which PostgreSQL refuses to run as
		if err := os.Chown(dir, nobody, nobody); err != nil {
			t.Fatal(err)
		}
	}
	data := filepath.Join(dir, "data")
	s.command(t, nil, "initdb", "-D", data, "-U", "evctl", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale", "C")
	s.command(t, nil, "pg_ctl", "-D", data, "-w", "-s", "-l", filepath.Join(dir, "log"), "-o", "-F -k "+dir+" -c listen_addresses='' -c timezone=UTC", "start")
	t.Cleanup(func() {
		cmd := exec.Command(filepath.Join(s.bin, "pg_ctl"), "-D", data, "-w", "-s", "-m", "immediate", "stop")
		asNobody(cmd)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("stop PostgreSQL: %v\n%s", err, out)
		}
	})
	return s
}

func (s server) command(t *testing.T, stdin []byte, program string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), filepath.Join(s.bin, program), args...)
	asNobody(cmd)
	cmd.Stdin = strings.NewReader(string(stdin))
	var out, errors strings.Builder
	if program != "pg_ctl" { // whose server would keep the pipes open
		cmd.Stdout, cmd.Stderr = &out, &errors
	}
	if err := cmd.Run(); err != nil {
		log, _ := os.ReadFile(filepath.Join(s.dir, "log"))
		t.Fatalf("%s: %v\n%s%s%s", program, err, out.String(), errors.String(), log)
	}
	return out.String()
}

func (s server) run(t *testing.T, scripts []string) [][][]*string {
	t.Helper()
	const fence = "\x1e\n"
	var b strings.Builder
	for _, script := range scripts {
		// One line of JSON for each row, so that nothing in a value is a separator.
		b.WriteString(script + "\n\\echo '\x1e'\n")
	}
	out := s.command(t, []byte(b.String()), "psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", s.dir, "-U", "evctl", "postgres")
	var results [][][]*string
	for result := range strings.SplitSeq(strings.TrimSuffix(out, fence), fence) {
		rows := [][]*string{}
		for line := range strings.Lines(result) {
			var row []*string
			if err := json.Unmarshal([]byte(line), &row); err != nil {
				t.Fatalf("%v: %q", err, line)
			}
			rows = append(rows, row)
		}
		results = append(results, rows)
	}
	return results
}
