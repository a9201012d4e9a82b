package client

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/evctl/evctl/registry"
)

// errTooLarge says that a text is longer than allowed, as sent or unpacked.
var errTooLarge = errors.New("too large")

// zstdWindow is what a zstd stream may ask us to keep, in bytes: what RFC 8878 advises
// everybody to support.
const zstdWindow = 8 << 20

// unpacked reads a body, which is said to have a size, and undoes its Content-Encoding, of
// which there is at most one. A body that is longer than limit, as sent or unpacked, fails
// with CodeBodyTooLarge; no more than that is ever in memory.
func unpacked(body io.Reader, size int64, codings []string, limit int64) ([]byte, error) {
	r, done, err := unpacker(io.LimitReader(body, limit+1), codings)
	if err != nil {
		return nil, err
	}
	defer done()
	data, err := readAll(r, size, limit)
	switch {
	case errors.Is(err, errTooLarge), errors.Is(err, zstd.ErrWindowSizeExceeded), errors.Is(err, zstd.ErrDecoderSizeExceeded):
		return nil, registry.Errorf(registry.CodeBodyTooLarge, "it has more than %d bytes, unpacked", limit)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return nil, fmt.Errorf("it ends in the middle: %w", err)
	}
	return data, err
}

// unpacker undoes a Content-Encoding.
func unpacker(r io.Reader, codings []string) (unpacked io.Reader, done func(), err error) {
	if len(codings) == 0 {
		return r, func() {}, nil
	}
	switch coding := strings.ToLower(strings.TrimSpace(strings.Join(codings, ","))); coding {
	case "", "identity":
		return r, func() {}, nil
	case "gzip", "x-gzip":
		z, _ := gzipReaders.Get().(*gzip.Reader)
		if err := z.Reset(r); err != nil {
			return nil, nil, fmt.Errorf("it is not gzip: %w", err)
		}
		return z, func() { gzipReaders.Put(z) }, nil
	case "zstd":
		z, _ := zstdReaders.Get().(*zstd.Decoder)
		if z == nil {
			return nil, nil, errors.New("zstd cannot be read")
		}
		if err := z.Reset(r); err != nil {
			return nil, nil, fmt.Errorf("it is not zstd: %w", err)
		}
		return z, func() {
			_ = z.Reset(nil) // let go of the body
			zstdReaders.Put(z)
		}, nil
	default:
		return nil, nil, registry.Errorf(registry.CodeEncodingUnknown, "it has Content-Encoding %q, expected gzip or zstd", coding)
	}
}

// Readers are used again: making one costs more than unpacking an event. Those of zstd
// have no goroutines that somebody would have to stop.
var (
	gzipReaders = sync.Pool{New: func() any { return new(gzip.Reader) }}
	zstdReaders = sync.Pool{New: func() any {
		z, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(zstdWindow))
		if err != nil {
			return nil // the options are constants, so this does not happen
		}
		return z
	}}
)

// maxRoom bounds the memory that a body gets because it is said to be large, in bytes.
const maxRoom = 64 << 10

// readAll reads everything, which is said to have a size, or fails with errTooLarge.
func readAll(r io.Reader, size, limit int64) ([]byte, error) {
	// A byte more, so that the end is met without growing.
	data := bytes.NewBuffer(make([]byte, 0, bytes.MinRead+min(max(size, 0), limit, maxRoom)))
	_, err := data.ReadFrom(io.LimitReader(r, limit+1))
	if err == nil && int64(data.Len()) > limit {
		return nil, errTooLarge
	}
	return data.Bytes(), err
}
