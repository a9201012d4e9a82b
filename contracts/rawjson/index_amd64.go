package rawjson

import "unsafe"

// markBlocks marks whole blocks; data has blockBytes for each mark. It needs what every
// amd64 processor has.
func markBlocks(data []byte, marks []mark) {
	markSSE2(unsafe.SliceData(data), unsafe.SliceData(marks), len(marks))
}

//go:noescape
func markSSE2(data *byte, marks *mark, count int)
