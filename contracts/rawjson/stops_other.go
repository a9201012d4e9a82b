//go:build !amd64

package rawjson

// markStops marks whole blocks, and reports whether they are UTF-8; data has blockBytes for
// each blockStops of stops.
func markStops(data, stops []byte) (ok bool) { return markPlainly(data, stops) }
