//go:build !amd64

package rawjson

// markStops marks whole blocks; data has blockBytes for each word of stops.
func markStops(data []byte, stops []uint64) { markPlainly(data, stops) }
