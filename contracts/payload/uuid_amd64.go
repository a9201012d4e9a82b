package payload

import (
	"unsafe"

	"golang.org/x/sys/cpu"

	"github.com/evctl/evctl/contracts/formats"
)

// isUUID is formats.UUID for as many bytes as a UUID has.
func isUUID(text []byte) bool {
	if cpu.X86.HasAVX {
		return isUUIDAVX(unsafe.SliceData(text))
	}
	return formats.UUID(textOf(text))
}

//go:noescape
func isUUIDAVX(text *byte) (ok bool)
