package rawjson

import (
	"unsafe"

	"golang.org/x/sys/cpu"
)

// markStops marks whole blocks, and reports whether they are UTF-8; data has blockBytes for
// each blockStops of stops.
func markStops(data, stops []byte) (ok bool) {
	if cpu.X86.HasAVX2 {
		return markAVX2(unsafe.SliceData(data), unsafe.SliceData(stops), len(stops)/blockStops)
	}
	return markPlainly(data, stops)
}

//go:noescape
func markAVX2(data, stops *byte, blocks int) (ok bool)
