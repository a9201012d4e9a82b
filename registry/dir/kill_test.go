package dir_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/registry"
	"github.com/evctl/evctl/registry/dir"
	"github.com/evctl/evctl/registry/storetest"
)

const (
	writerDir  = "EVCTL_TEST_WRITER"
	writerMark = "EVCTL_TEST_WRITER_MARK"
	batch      = 8
)

// TestMain is also the writer that the tests start and kill.
func TestMain(m *testing.M) {
	if path := os.Getenv(writerDir); path != "" {
		if err := write(path, os.Getenv(writerMark)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// write releases version 1.0.0, 1.1.0 and so on of a batch of events that all
// writers share, with the writer's mark as description. It says "write" before
// each batch and "won" or "lost" behind it.
func write(path, mark string) error {
	s, err := dir.Open(path, "")
	if err != nil {
		return err
	}
	var t writerT
	for n := 0; n < 60; n++ {
		var records []*registry.Record
		for i := range batch {
			records = append(records, storetest.Record(&t, fmt.Sprintf("e%d.changed", i), fmt.Sprintf("1.%d.0", n), mark))
		}
		_, err := s.Update(context.Background(), func(registry.Reader) ([]*registry.Record, error) {
			fmt.Println("write", n)
			return records, nil
		})
		switch {
		case registry.CodeOf(err) == registry.CodeVersionConflict:
			fmt.Println("lost", n)
		case err != nil:
			return err
		default:
			fmt.Println("won", n)
		}
	}
	return nil
}

// writerT lets the writer use the helpers of tests outside of one.
type writerT struct{ testing.TB }

func (*writerT) Helper()                   {}
func (*writerT) Fatal(args ...any)         { panic(fmt.Sprint(args...)) }
func (*writerT) Fatalf(f string, a ...any) { panic(fmt.Sprintf(f, a...)) }

func startWriter(t *testing.T, path, mark string) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), writerDir+"="+path, writerMark+"="+mark)
	cmd.Stderr = os.Stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd, bufio.NewScanner(stdout)
}

func TestStore_KilledWritersLeaveWholeReleasesOnly(t *testing.T) {
	folder := t.TempDir()
	leftovers := 0
	for round := range 12 {
		path := filepath.Join(folder, fmt.Sprint(round))
		s, err := dir.Open(path, "")
		if err != nil {
			t.Fatal(err)
		}
		cmd, lines := startWriter(t, path, "w")
		for i := 0; i < 1+2*(round%4) && lines.Scan(); i++ {
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait()
		leftovers += len(temporary(t, path))
		if err := readEverything(s); err != nil {
			t.Fatalf("after kill %d: %v", round, err)
		}
		if err := storetest.Create(s, storetest.Record(t, "last.one", "1.0.0", "")); err != nil {
			t.Fatal(err)
		}
		if left := temporary(t, path); len(left) > 0 {
			t.Errorf("the next writer left %v", left)
		}
	}
	t.Logf("%d files were left by 12 killed writers", leftovers)
}

func temporary(t *testing.T, path string) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(path, ".evctl-*"))
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func readEverything(s *dir.Store) error {
	subjects, err := s.List(context.Background())
	if err != nil {
		return err
	}
	for _, subject := range subjects {
		records, err := registry.Released(context.Background(), s, subject.Event)
		if err != nil {
			return err
		}
		for _, r := range records {
			if _, err := r.Contract(); err != nil {
				return err
			}
		}
	}
	return nil
}

func TestStore_OfTwoProcessesOneWinsEachVersion(t *testing.T) {
	path := filepath.Join(t.TempDir(), "releases")
	winners := map[string]string{}
	marks := []string{"first", "second"}
	var writers []*exec.Cmd
	var outputs []*bufio.Scanner
	for _, mark := range marks {
		cmd, lines := startWriter(t, path, mark)
		writers, outputs = append(writers, cmd), append(outputs, lines)
	}
	for i, lines := range outputs {
		for lines.Scan() {
			if n, won := strings.CutPrefix(lines.Text(), "won "); won {
				if other := winners[n]; other != "" {
					t.Errorf("batch %s was won by %s and by %s", n, other, marks[i])
				}
				winners[n] = marks[i]
			}
		}
		if err := writers[i].Wait(); err != nil {
			t.Errorf("writer %s: %v", marks[i], err)
		}
	}
	if len(winners) != 60 {
		t.Errorf("%d batches were won, want 60", len(winners))
	}
	s, err := dir.Open(path, "")
	if err != nil {
		t.Fatal(err)
	}
	for n, mark := range winners {
		for i := range batch {
			wantMark(t, s, fmt.Sprintf("e%d.changed", i), n, mark)
		}
	}
}

func wantMark(t *testing.T, s *dir.Store, event, minor, mark string) {
	t.Helper()
	n, err := strconv.Atoi(minor)
	if err != nil {
		t.Fatal(err)
	}
	r, err := s.Get(context.Background(), event, contracts.Version{Major: 1, Minor: n})
	if err != nil {
		t.Fatal(err)
	}
	c, err := r.Contract()
	if err != nil {
		t.Fatal(err)
	}
	if c.Payload.Description != mark {
		t.Errorf("%s is that of %s, want %s", c.ID(), c.Payload.Description, mark)
	}
}
