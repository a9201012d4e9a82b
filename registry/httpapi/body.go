package httpapi

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/evctl/evctl/registry"
)

// mediaType is the Content-Type of a request without its parameters.
func mediaType(r *http.Request, accepted ...string) (string, error) {
	header := r.Header.Get("Content-Type")
	if slices.Contains(accepted, header) {
		return header, nil
	}
	media, _, err := mime.ParseMediaType(header)
	known := slices.Contains(accepted, media) ||
		strings.HasPrefix(media, "application/") && strings.HasSuffix(media, "+json") && slices.Contains(accepted, mediaJSON)
	if err == nil && known {
		return media, nil
	}
	found := "no Content-Type"
	if header != "" {
		found = "Content-Type " + header
	}
	return "", registry.Errorf(registry.CodeMediaTypeUnknown, "request has %s, expected %s", found, strings.Join(accepted, " or "))
}

// body is the unpacked body of a request. It counts against the memory that the
// server has for bodies until it is released.
type body struct {
	data   []byte
	room   *room // that data stands in, nil when it is too large to be kept
	server *Server
	source patientReader
}

// room is memory for bodies, which is used again.
type room struct{ data []byte }

// roomSizes are the sizes of rooms; longer bodies have memory of their own.
var roomSizes = [...]int{16 << 10, 64 << 10, 256 << 10, 1 << 20, 4 << 20}

var rooms [len(roomSizes)]sync.Pool

// roomOf is an empty room with at least some bytes, nil when there is none that large.
func roomOf(size int) *room {
	for i, has := range roomSizes {
		if has >= size {
			if r, ok := rooms[i].Get().(*room); ok {
				return r
			}
			return &room{make([]byte, 0, has)}
		}
	}
	return nil
}

// leave gives the memory of the body to bodies to come.
func (b *body) leave() {
	if i := slices.Index(roomSizes[:], cap(b.data)); i >= 0 && b.room != nil {
		rooms[i].Put(b.room)
	}
	b.data, b.room = nil, nil
}

func (b *body) release() {
	b.server.bodies.Add(-int64(cap(b.data)))
	b.leave()
}

// grow makes room for more bytes, as long as the server has memory for bodies. What
// counts is what clients have sent, not what they announce.
func (b *body) grow() error {
	next, data := roomOf(2*cap(b.data)), []byte(nil)
	if next != nil {
		data = next.data
	} else {
		data = make([]byte, 0, 2*cap(b.data))
	}
	more := int64(cap(data) - cap(b.data))
	if b.server.bodies.Add(more) > bodiesInMemory*b.server.opt.MaxBody {
		b.server.bodies.Add(-more)
		return registry.Errorf(registry.CodeNotReady, "the server reads as many bodies as it has memory for").WithHint("try again")
	}
	data = append(data, b.data...)
	b.leave()
	b.data, b.room = data, next
	return nil
}

// readFrom reads everything, or fails with errTooLarge.
func (b *body) readFrom(r io.Reader, limit int64) error {
	for {
		if len(b.data) == cap(b.data) {
			if err := b.grow(); err != nil {
				return err
			}
		}
		n, err := r.Read(b.data[len(b.data):cap(b.data)])
		b.data = b.data[:len(b.data)+n]
		switch {
		case int64(len(b.data)) > limit:
			return errTooLarge
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
	}
}

var errTooLarge = errors.New("too large")

// readBody reads and unpacks a body, bounded in size and in the time that it may
// stand still. The caller releases it.
func (s *Server) readBody(w http.ResponseWriter, r *http.Request, limit int64) (*body, error) {
	limit = min(limit, s.opt.MaxBody)
	if r.ContentLength > limit {
		return nil, tooLarge(limit)
	}
	now := time.Now()
	b := &body{server: s, source: patientReader{
		Reader: r.Body, connection: http.NewResponseController(w), timeout: s.opt.Timeout,
		until: now.Add(bodyTimeouts * s.opt.Timeout), renew: now.Add(s.opt.Timeout / renewals),
	}}
	if r.ContentLength < 0 {
		b.source.Reader = http.MaxBytesReader(w, r.Body, limit)
	}
	unpacked, done, err := unpack(&b.source, r.Header.Values("Content-Encoding"))
	if err != nil {
		return nil, err
	}
	defer done()
	if err := b.readFrom(unpacked, limit); err != nil {
		b.release()
		w.Header().Set("Connection", "close") // the rest of the body may be under way
		return nil, bodyError(err, limit)
	}
	return b, nil // net/http lifts the deadline behind the end of a body
}

func bodyError(err error, limit int64) error {
	var large *http.MaxBytesError
	var known *registry.Error
	switch {
	case errors.As(err, &large), errors.Is(err, errTooLarge), errors.Is(err, zstd.ErrDecoderSizeExceeded), errors.Is(err, zstd.ErrWindowSizeExceeded):
		return tooLarge(limit)
	case errors.As(err, &known):
		return err
	}
	return &registry.Error{Code: registry.CodeRequestInvalid, Message: "body cannot be read", Err: err}
}

func tooLarge(limit int64) error {
	return registry.Errorf(registry.CodeBodyTooLarge, "body is too large, expected at most %d bytes, unpacked too", limit).
		WithHint("send it in parts")
}

// unpack undoes the Content-Encoding, of which there is at most one.
func unpack(r io.Reader, headers []string) (unpacked io.Reader, done func(), err error) {
	if len(headers) == 0 {
		return r, func() {}, nil
	}
	coding := strings.ToLower(strings.TrimSpace(strings.Join(headers, ",")))
	switch coding {
	case "", "identity":
		return r, func() {}, nil
	case "gzip", "x-gzip":
		z, err := gzip.NewReader(r)
		if err != nil {
			return nil, nil, &registry.Error{Code: registry.CodeRequestInvalid, Message: "body is not gzip", Err: err}
		}
		return z, func() { _ = z.Close() }, nil
	case "zstd":
		z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(8<<20))
		if err != nil {
			return nil, nil, &registry.Error{Code: registry.CodeRequestInvalid, Message: "body is not zstd", Err: err}
		}
		return z, z.Close, nil
	}
	return nil, nil, registry.Errorf(registry.CodeEncodingUnknown, "body has Content-Encoding %s, expected gzip or zstd", coding)
}
