package main

import "github.com/evctl/evctl/testdata/bench/workload"

// yardstick is something to measure.
type yardstick struct {
	name string
	// judges says that it gives verdicts, which are checked. Others only read.
	judges bool
	// styles says that it is measured on all ways of writing; others on the compact
	// one only.
	styles bool
	// open prepares it; the events of a group are made ready in open's result, which is
	// not measured.
	open func(*workload.Plan) (subject, error)
}

// oursPrefix begins the names of evctl's rows.
const oursPrefix = "**evctl**"

// yardsticks are all of them, evctl first: ratios are those to the first.
var yardsticks = []yardstick{
	{oursPrefix + ", Validator.Valid", true, true, openValid},
	{oursPrefix + ", Set.Valid with the envelope", true, true, openSetValid},
	{oursPrefix + ", Validator.Validate with all reasons", true, true, openReasons},
	{oursPrefix + ", Set.Validate with envelope and reasons", true, true, openSet},
	{"sonic.Valid, reads only", false, true, openSonic},
	{"fastjson Parse, reads only", false, true, openFastjson},
	{"json.Valid, reads only", false, true, openJSONValid},
	{"json.Unmarshal into any, reads only", false, false, openUnmarshal},
	{"protobuf Unmarshal of the same event, reads only", false, false, openProtobuf},
	{"Ajv in Node, JSON.parse and compiled schema", true, false, openAjv},
	{"santhosh-tekuri/jsonschema v6", true, false, openV6},
	{"santhosh-tekuri/jsonschema v5", true, false, openV5},
	{"kaptinlin/jsonschema", true, false, openKaptinlin},
}
