package cli

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// progress shows on a terminal how much of the inputs was read. Where stderr is none,
// there is no progress, and a nil one does nothing.
type progress struct {
	terminal io.Writer
	total    int64 // bytes of all inputs, 0 when that is not known
	read     atomic.Int64
	now      func() time.Time
	start    time.Time

	mu    sync.Mutex
	shown bool
	stop  chan struct{}
	ended sync.WaitGroup
}

// progressInterval is the time between two looks at the progress.
const progressInterval = 200 * time.Millisecond

// newProgress starts to show the progress of reading inputs.
func newProgress(app *App, inputs []input) *progress {
	if !app.Progress {
		return nil
	}
	p := &progress{terminal: app.Stderr, now: app.Now, start: app.Now(), stop: make(chan struct{})}
	for _, in := range inputs {
		info, err := os.Stat(in.path)
		if err != nil || !info.Mode().IsRegular() {
			p.total = 0
			break
		}
		p.total += info.Size()
	}
	p.ended.Go(func() {
		ticker := time.NewTicker(progressInterval)
		defer ticker.Stop()
		for {
			select {
			case <-ticker.C:
				p.show()
			case <-p.stop:
				return
			}
		}
	})
	return p
}

// done ends the progress and leaves nothing of it on the terminal.
func (p *progress) done() {
	if p == nil {
		return
	}
	close(p.stop)
	p.ended.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.hide()
}

const clearLine = "\r\x1b[K"

func (p *progress) show() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.shown = true
	_, _ = io.WriteString(p.terminal, clearLine+p.String()) // it is decoration
}

func (p *progress) hide() {
	if p.shown {
		_, _ = io.WriteString(p.terminal, clearLine)
		p.shown = false
	}
}

// String is the progress on one line: a bar where the size is known, what was read, and how
// fast.
func (p *progress) String() string {
	read := p.read.Load()
	rate := 0.0
	if elapsed := p.now().Sub(p.start).Seconds(); elapsed > 0 {
		rate = float64(read) / elapsed / 1e6
	}
	if p.total == 0 {
		return fmt.Sprintf("%s, %.0f MB/s", megabytes(read), rate)
	}
	const width = 24
	part := min(float64(read)/float64(p.total), 1)
	bar := strings.Repeat("#", int(part*width))
	return fmt.Sprintf("[%-*s] %3.0f %% of %s, %.0f MB/s", width, bar, 100*part, megabytes(p.total), rate)
}

func megabytes(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/1e6) }

// counted is a reader whose bytes count as read.
func (p *progress) counted(r io.Reader) io.Reader {
	if p == nil {
		return r
	}
	return countedReader{r, &p.read}
}

type countedReader struct {
	io.Reader
	read *atomic.Int64
}

func (c countedReader) Read(b []byte) (int, error) {
	n, err := c.Reader.Read(b)
	c.read.Add(int64(n))
	return n, err
}

// besides is a writer of results, which may go to the same terminal: the progress makes
// room for them.
func (p *progress) besides(w io.Writer) io.Writer {
	if p == nil {
		return w
	}
	return besideWriter{w, p}
}

type besideWriter struct {
	io.Writer
	progress *progress
}

func (b besideWriter) Write(text []byte) (int, error) {
	b.progress.mu.Lock()
	defer b.progress.mu.Unlock()
	b.progress.hide()
	return b.Writer.Write(text)
}
