package rawjson

import (
	"unsafe"

	"golang.org/x/sys/cpu"
)

// markStops marks whole blocks; data has blockBytes for each word of stops.
func markStops(data []byte, stops []uint64) {
	if cpu.X86.HasAVX2 {
		markAVX2(unsafe.SliceData(data), unsafe.SliceData(stops), len(stops))
		return
	}
	markPlainly(data, stops)
}

//go:noescape
func markAVX2(data *byte, stops *uint64, count int)
