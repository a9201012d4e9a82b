package payload_test

import (
	"fmt"
	"log"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/envelope"
	"github.com/evctl/evctl/contracts/payload"
)

func Example() {
	order, diags := contracts.Parse(diag.NewFile("order.yaml", []byte(`
event: order.completed
version: 1.2.0
properties:
  total: {type: number, minimum: 0, required: true}
  email: {type: string, format: email, pii: direct}
`)))
	definitions, more := contracts.NewLibrary(nil)
	if diags = append(diags, more...); len(diags) == 0 {
		diags = definitions.Link(order)
	}
	if len(diags) > 0 {
		log.Fatal(diags)
	}
	set, err := payload.NewSet(envelope.Default(), order)
	if err != nil {
		log.Fatal(err)
	}
	for _, event := range []string{
		`{"event": "order.completed", "version": "1.2.0", "total": 12.5}`,
		`{"event": "order.completed", "version": "1.2.0", "total": -1, "email": "ann"}`,
		`{"event": "order.completed", "version": "1.2.0", "total": 1, "total": 2}`,
	} {
		if set.Valid([]byte(event)) {
			fmt.Println("valid")
			continue
		}
		for _, v := range set.Validate([]byte(event)).Violations {
			fmt.Printf("[%s] byte %d: %s\n", v.Rule, v.Offset, v)
		}
	}
	// Output:
	// valid
	// [minimum] byte 58: /total: found number -1, expected at least 0
	// [format] byte 71: /email: found a string of 3 bytes, expected format email
	// [json-duplicate] byte 61: /total: found a second "total", expected each name once
}
