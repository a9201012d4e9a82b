// Package client reads and writes a registry, wherever it is: the URL of an evctl
// server or of an exported directory, or a directory on disk. For most uses, Open is
// the function to call.
//
// Whatever comes over the network is checked against its digest and bounded in size
// and time. Reads are tried again when the network fails, writes are not.
//
// The package imports no database drivers and no command line, so that a collector
// can use it.
package client
