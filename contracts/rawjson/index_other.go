//go:build !amd64

package rawjson

// markBlocks marks whole blocks; data has blockBytes for each mark.
func markBlocks(data []byte, marks []mark) { markPlainly(data, marks) }
