package cli

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// at is a clock that stands still.
func at(seconds int) func() time.Time {
	return func() time.Time { return time.Unix(1_800_000_000+int64(seconds), 0) }
}

func TestProgress_SaysHowMuchWasRead(t *testing.T) {
	for want, p := range map[string]*progress{
		"[                        ]   0 % of 4.0 MB, 0 MB/s": {total: 4_000_000},
		"[######                  ]  25 % of 4.0 MB, 0 MB/s": {total: 4_000_000},
		"[########################] 100 % of 1.0 MB, 1 MB/s": {total: 1_000_000},
		"1.0 MB, 0 MB/s": {},
	} {
		seconds := 2
		switch {
		case strings.Contains(want, " 25"):
			p.read.Store(1_000_000)
			seconds = 10
		case strings.Contains(want, "100"):
			p.read.Store(2_000_000) // the file grew
		case p.total == 0:
			p.read.Store(1_000_000)
			seconds = 10
		}
		p.start, p.now = at(0)(), at(seconds)
		if diff := cmp.Diff(want, p.String()); diff != "" {
			t.Errorf("progress (-want +got):\n%s", diff)
		}
	}
}

// TestProgress_MakesRoomForResults has both on one terminal.
func TestProgress_MakesRoomForResults(t *testing.T) {
	var terminal bytes.Buffer
	p := &progress{terminal: &terminal, total: 10, now: at(1), start: at(0)(), stop: make(chan struct{})}
	results := p.besides(&terminal)
	if _, err := io.Copy(io.Discard, p.counted(strings.NewReader("01234"))); err != nil {
		t.Fatal(err)
	}
	p.show()
	bar := "\r\x1b[K[############            ]  50 % of 0.0 MB, 0 MB/s"
	for _, line := range []string{"one\n", "two\n"} {
		if _, err := io.WriteString(results, line); err != nil {
			t.Fatal(err)
		}
	}
	p.show()
	p.done()
	if diff := cmp.Diff(bar+"\r\x1b[Kone\ntwo\n"+bar+"\r\x1b[K", terminal.String()); diff != "" {
		t.Errorf("terminal (-want +got):\n%s", diff)
	}
}

func TestProgress_KnowsTheSizeOfFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events.ndjson")
	if err := os.WriteFile(path, []byte("12345"), 0o644); err != nil {
		t.Fatal(err)
	}
	app := &App{Stderr: io.Discard, Now: time.Now, Progress: true}
	for want, inputs := range map[int64][]input{10: {{path: path}, {path: path}}, 0: {{path: path}, {name: "stdin"}}} {
		p := newProgress(app, inputs)
		p.done()
		if p.total != want {
			t.Errorf("%d inputs have %d bytes, want %d", len(inputs), p.total, want)
		}
	}
	if p := newProgress(&App{}, nil); p != nil || p.besides(io.Discard) != io.Discard {
		t.Error("there is progress where stderr is no terminal")
	}
}
