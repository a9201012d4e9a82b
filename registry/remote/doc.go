// Package remote is a registry as a store, wherever it is: the URL of an evctl server
// or of an exported directory, or a directory on disk. For most uses, Open is the
// function to call.
//
// Whatever comes over the network is checked against its digest and bounded in size
// and time. Reads are tried again when the network fails, writes are not.
//
// The package serves the command line. What a collector embeds is registry/client.
package remote
