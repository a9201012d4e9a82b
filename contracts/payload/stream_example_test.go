package payload_test

import (
	"context"
	"fmt"
	"log"
	"strings"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/envelope"
	"github.com/evctl/evctl/contracts/payload"
)

// A stream of events is judged on all cores. What is rejected comes in the order of the
// stream, and a line that is no JSON costs its neighbours nothing.
func ExampleStream() {
	order, diags := contracts.Parse(diag.NewFile("order.yaml", []byte(`
event: order.completed
version: 1.2.0
properties:
  total: {type: number, minimum: 0, required: true}
`)))
	if len(diags) > 0 {
		log.Fatal(diags)
	}
	set, err := payload.NewSet(envelope.Default(), order)
	if err != nil {
		log.Fatal(err)
	}
	events := strings.NewReader(`{"event": "order.completed", "version": "1.2.0", "total": 12.5}
{"event": "order.completed", "version": "1.2.0",
{"event": "order.completed", "version": "1.2.0", "total": -1}
`)
	judge := func(b *payload.Batch) (rejected []string) {
		for i := range b.Len() {
			if set.Valid(b.Event(i)) {
				continue
			}
			for _, v := range set.Validate(b.Event(i)).Violations {
				rejected = append(rejected, fmt.Sprintf("line %d: %s", b.Line(i), v))
			}
		}
		return rejected
	}
	take := func(_ *payload.Batch, rejected []string, _ bool) error {
		for _, line := range rejected {
			fmt.Println(line)
		}
		return nil
	}
	if err := payload.Stream(context.Background(), payload.NewScanner(events), judge, take); err != nil {
		log.Fatal(err)
	}
	// Output:
	// line 2: found the end of the text, expected a name in double quotes
	// line 3: /total: found number -1, expected at least 0
}
