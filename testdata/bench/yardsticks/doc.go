// Command yardsticks measures how long it takes from the bytes of an event to a
// verdict, on one core: evctl's validator beside other validators, and beside what
// merely reads JSON or protobuf and judges nothing.
//
//	cd testdata/bench/yardsticks && go run .
//
// It is a module of its own, so that evctl depends on none of what it is compared
// with. All run on the workload of testdata/bench/workload, take turns, and are
// measured in the same run. Before that, every validator has to give the verdict that
// is known of every event: one that is fast and wrong stops the benchmark, with the
// event.
//
// A yardstick is an entry of the table in table.go. Programs of other languages are
// yardsticks too: see external.go for what they have to answer.
package main
