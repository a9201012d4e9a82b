//go:build !amd64

package payload

import "github.com/evctl/evctl/contracts/formats"

// isUUID is formats.UUID for as many bytes as a UUID has.
func isUUID(text []byte) bool { return formats.UUID(textOf(text)) }
