package main

import (
	"fmt"

	"google.golang.org/protobuf/proto"

	"github.com/evctl/evctl/testdata/bench/workload"
	"github.com/evctl/evctl/testdata/bench/yardsticks/message"
)

// openProtobuf decodes the same events as messages of evctl's own protobuf target,
// with Go code that protoc-gen-go wrote.
func openProtobuf(p *workload.Plan) (subject, error) {
	if err := message.Check(p.Whole); err != nil {
		return nil, err
	}
	return prepared(func(g *group) (func(int) bool, error) { return decoder(p, g) }), nil
}

func decoder(p *workload.Plan, g *group) (func(int) bool, error) {
	if !g.valid {
		return nil, errNotThese
	}
	encoded := make([][]byte, len(g.events))
	for i, e := range g.events {
		m, err := message.FromJSON(p.Whole[e.Contract].Name, e.Raw)
		if err != nil {
			return nil, fmt.Errorf("event %d as protobuf: %w", i, err)
		}
		if encoded[i], err = proto.Marshal(m); err != nil {
			return nil, err
		}
	}
	return func(i int) bool {
		m := message.New(p.Whole[g.events[i].Contract].Name)
		return proto.Unmarshal(encoded[i], m) == nil
	}, nil
}
