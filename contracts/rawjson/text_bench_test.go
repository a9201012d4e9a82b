package rawjson

import (
	"bytes"
	"testing"
)

func BenchmarkText_Load(b *testing.B) {
	data := bytes.Repeat([]byte(`{"name":"value","other":12.5},`), 50)
	var x Text
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		x.Load(data)
	}
}

func BenchmarkMarkPlainly(b *testing.B) {
	data := bytes.Repeat([]byte(`{"name":"value","other":12.5},`), 64)
	stops := make([]byte, len(data)/blockBytes*blockStops)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		markPlainly(data, stops)
	}
}
