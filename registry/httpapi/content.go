package httpapi

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/evctl/evctl/contracts"
)

// content is a JSON text that is served with an ETag, packed as the client likes.
type content struct {
	data       []byte
	digest     contracts.Digest
	gzip, zstd func() []byte // packed when first asked for
}

// newContent wraps a text; its digest is computed when there is none.
func newContent(data []byte, digest contracts.Digest) *content {
	if digest == "" {
		sum := sha256.Sum256(data)
		digest = contracts.Digest("sha256:" + hex.EncodeToString(sum[:]))
	}
	return &content{
		data: data, digest: digest,
		gzip: sync.OnceValue(func() []byte { return packGzip(data) }),
		zstd: sync.OnceValue(func() []byte { return packZstd(data) }),
	}
}

func packGzip(data []byte) []byte {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, _ = w.Write(data) // a buffer takes everything
	_ = w.Close()
	return out.Bytes()
}

// encoder is shared: EncodeAll may be called from several goroutines.
var encoder = sync.OnceValue(func() *zstd.Encoder {
	e, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
	if err != nil {
		panic(err) // the options are constants
	}
	return e
})

func packZstd(data []byte) []byte { return encoder().EncodeAll(data, nil) }

// Caching policies.
const (
	// immutable: what the URL names never changes.
	immutable = "public, max-age=31536000, immutable"
	// revalidate: keep it, and ask each time whether it is current.
	revalidate = "public, no-cache"
)

// packedFrom is the size from which packing is worth it.
const packedFrom = 1 << 10

// serve answers a GET or HEAD with the content, or with 304 when the client has it.
func (c *content) serve(w http.ResponseWriter, r *http.Request, caching string) {
	h := w.Header()
	h.Set("Cache-Control", caching)
	h.Set("Vary", "Accept-Encoding")
	coding := ""
	if len(c.data) >= packedFrom {
		coding = preferred(r.Header.Values("Accept-Encoding"))
	}
	tag := `"` + string(c.digest) + `"`
	if coding != "" {
		tag = `"` + string(c.digest) + "-" + coding + `"`
	}
	h.Set("ETag", tag)
	if c.known(r.Header.Values("If-None-Match")) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	data := c.data
	switch coding {
	case "gzip":
		data = c.gzip()
	case "zstd":
		data = c.zstd()
	}
	if coding != "" {
		h.Set("Content-Encoding", coding)
	}
	h.Set("Content-Type", "application/json")
	h.Set("Content-Length", strconv.Itoa(len(data)))
	if r.Method != http.MethodHead {
		_, _ = w.Write(data) // a client that went away is its own business
	}
}

// known reports whether one of the client's tags is the digest, packed in any way.
func (c *content) known(headers []string) bool {
	for tag := range tokens(headers) {
		tag = strings.TrimPrefix(tag, "W/")
		if tag == "*" {
			return true
		}
		tag = strings.TrimSuffix(strings.TrimSuffix(strings.Trim(tag, `"`), "-gzip"), "-zstd")
		if tag == string(c.digest) {
			return true
		}
	}
	return false
}

// preferred picks the coding of a response, or "" for none. Codings that the
// client refuses (q=0) or does not name are left out.
func preferred(headers []string) string {
	best := ""
	for token := range tokens(headers) {
		name, parameters, _ := strings.Cut(token, ";")
		name = strings.ToLower(strings.TrimSpace(name))
		quality := strings.ReplaceAll(strings.ToLower(parameters), " ", "")
		if q, ok := strings.CutPrefix(quality, "q="); ok && strings.Trim(q, "0.") == "" {
			continue
		}
		switch name {
		case "zstd":
			best = name
		case "gzip", "*":
			if best == "" {
				best = "gzip"
			}
		}
	}
	return best
}

// tokens are the comma-separated parts of a header.
func tokens(headers []string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for _, h := range headers {
			for token := range strings.SplitSeq(h, ",") {
				if token = strings.TrimSpace(token); token != "" && !yield(token) {
					return
				}
			}
		}
	}
}
