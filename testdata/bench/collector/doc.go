// Command collector measures what validating costs whoever runs it: compiling ten
// thousand contracts and keeping them, events over HTTP, and a large file.
//
//	go build -o bin/evctl ./cmd/evctl && go run ./testdata/bench/collector
//
// A section is an entry of the table in main.go, and runs in a process of its own.
// Requests go over loopback from one core to a server on another one, which is the
// real evctl serve; what the machine can do is measured in the same run by a server
// that reads the body of a request and nothing more.
//
// A verdict that is not the known one stops the benchmark, and so does a server that
// answers anything but success.
package main
