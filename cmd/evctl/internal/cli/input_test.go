package cli

import (
	"bytes"
	"compress/gzip"
	"io"
	"strings"
	"testing"
)

func TestDecompressed_SaysThatPackedDataEndsEarly(t *testing.T) {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := io.WriteString(z, strings.Repeat(`{"event":"a"}`, 100)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	for size := 2; size < packed.Len(); size++ {
		r, err := decompressed(bytes.NewReader(packed.Bytes()[:size]), func() error { return nil })
		if err == nil {
			_, err = io.ReadAll(r)
		}
		if err == nil || err.Error() != "the compressed data ends in the middle" {
			t.Fatalf("after %d of %d bytes the error is %v", size, packed.Len(), err)
		}
	}
}
