// Command bench measures evctl as people run it: whole processes of the real
// binary, on workspaces of 1,000 and 5,000 contracts that it writes first.
//
//	go build -o bin/evctl ./cmd/evctl && go run ./testdata/bench
//
// Each line of the table is the median of several runs after one that warms the
// caches, with processor time and peak memory as the operating system counts
// them. What a machine can do is measured in the same run by a yardstick, which
// parses the same YAML files on all cores and does nothing else; the last columns
// are the ratios to it, of time and of processor time, and those to compare between
// machines.
//
// A scenario whose command fails, or finds something where nothing is wrong,
// stops the benchmark: a tool that did not do its work is not fast.
package main
