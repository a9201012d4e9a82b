package cli

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/klauspost/compress/zstd"
)

// input is a file of events, or stdin.
type input struct {
	name string // as it is reported
	path string // empty: stdin
}

// inputs are the files named on a command line; "-" is stdin. Files are looked at
// before any of them is read, so that a wrong name costs no time.
func (app *App) inputs(args []string) ([]input, error) {
	var list []input
	for _, arg := range args {
		if arg == "-" {
			list = append(list, input{name: "stdin"})
			continue
		}
		info, err := os.Stat(app.path(arg))
		if err != nil {
			return nil, fmt.Errorf("read events: %w", err)
		}
		if info.IsDir() {
			return nil, fmt.Errorf("read events: %s is a folder, expected a file", arg)
		}
		list = append(list, input{arg, app.path(arg)})
	}
	return list, nil
}

// open opens an input, decompressed when it starts like gzip or zstd.
func (app *App) open(in input) (io.ReadCloser, error) { return app.openShown(in, nil) }

// openShown is open, with the progress of reading shown.
func (app *App) openShown(in input, shown *progress) (io.ReadCloser, error) {
	if in.path == "" {
		return decompressed(shown.counted(app.Stdin), func() error { return nil })
	}
	f, err := os.Open(in.path)
	if err != nil {
		return nil, err
	}
	r, err := decompressed(shown.counted(f), f.Close)
	if err != nil {
		f.Close()
		return nil, err
	}
	return r, nil
}

// zstdWindow bounds what a zstd stream may ask us to keep, in bytes.
const zstdWindow = 64 << 20

func decompressed(source io.Reader, closeSource func() error) (io.ReadCloser, error) {
	r := bufio.NewReaderSize(source, 64<<10)
	head, _ := r.Peek(4)
	switch {
	case bytes.HasPrefix(head, []byte("\x1f\x8b")):
		z, err := gzip.NewReader(r)
		if err != nil {
			return nil, endsEarly(err)
		}
		return readCloser{unpacked{z}, closeSource}, nil
	case bytes.HasPrefix(head, []byte("\x28\xb5\x2f\xfd")):
		z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(zstdWindow))
		if err != nil {
			return nil, err
		}
		return readCloser{unpacked{z}, func() error {
			z.Close()
			return closeSource()
		}}, nil
	}
	return readCloser{r, closeSource}, nil
}

// unpacked reads unpacked data.
type unpacked struct{ io.Reader }

func (u unpacked) Read(p []byte) (int, error) {
	n, err := u.Reader.Read(p)
	return n, endsEarly(err)
}

// endsEarly says in words what the libraries call an unexpected end of file.
func endsEarly(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("the compressed data ends in the middle")
	}
	return err
}

// readCloser closes what it reads from.
type readCloser struct {
	io.Reader
	close func() error
}

func (r readCloser) Close() error { return r.close() }
