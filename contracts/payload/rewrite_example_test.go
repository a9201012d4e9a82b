package payload_test

import (
	"fmt"
	"log"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/envelope"
	"github.com/evctl/evctl/contracts/payload"
)

// An event of the first version becomes one of the second, and its address a hash.
func ExampleRewriter() {
	var versions []*contracts.Contract
	library, _ := contracts.NewLibrary(nil)
	for _, text := range []string{
		"event: account.created\nversion: 1.0.0\nproperties:\n  mail: {type: string, format: email, pii: direct}\n",
		"event: account.created\nversion: 2.0.0\nproperties:\n  email: {type: string, format: email, pii: direct, renamedFrom: mail}\n  plan: {type: string, required: true, default: free}\n",
	} {
		c, diags := contracts.Parse(diag.NewFile("account.created.yaml", []byte(text)))
		if diags = append(diags, library.Link(c)...); len(diags) > 0 {
			log.Fatal(diags)
		}
		versions = append(versions, c)
	}
	set, err := payload.NewSet(envelope.Default(), versions...)
	if err != nil {
		log.Fatal(err)
	}
	key, err := payload.NewKey("k1", []byte("0123456789abcdef0123456789abcdef"))
	if err != nil {
		log.Fatal(err)
	}
	w, err := payload.NewRewriter(set, payload.RewriteOptions{Upgrade: true, Privacy: &payload.Privacy{Direct: payload.Hash, Key: key}})
	if err != nil {
		log.Fatal(err)
	}
	out, r := w.Rewrite(nil, []byte(`{"event": "account.created", "version": "1.0.0", "mail": "ann@example.com"}`))
	fmt.Println(r.Valid, r.Version, "->", r.Target.Version)
	fmt.Println(string(out))
	// Output:
	// true 1.0.0 -> 2.0.0
	// {"event": "account.created", "version": "2.0.0", "email": "hmac:k1:CT492d-VHFAIIl1TOgF1R1B191Ue0mnF5h-im8KBmuQ","plan":"free"}
}
