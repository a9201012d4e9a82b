package main

import (
	"encoding/json"

	"github.com/bytedance/sonic"
	"github.com/valyala/fastjson"

	"github.com/evctl/evctl/testdata/bench/workload"
)

func openSonic(*workload.Plan) (subject, error) {
	return inProcess(func(e *workload.Event) bool { return sonic.Valid(e.Raw) }), nil
}

func openFastjson(*workload.Plan) (subject, error) {
	var parser fastjson.Parser
	return inProcess(func(e *workload.Event) bool {
		_, err := parser.ParseBytes(e.Raw)
		return err == nil
	}), nil
}

func openJSONValid(*workload.Plan) (subject, error) {
	return inProcess(func(e *workload.Event) bool { return json.Valid(e.Raw) }), nil
}

func openUnmarshal(*workload.Plan) (subject, error) {
	return inProcess(func(e *workload.Event) bool {
		var v any
		return json.Unmarshal(e.Raw, &v) == nil
	}), nil
}
