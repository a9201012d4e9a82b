package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// This file makes a company's contracts up: believable in size, names and
// keywords, without findings, and equal from run to run.

var (
	areas = strings.Fields(`account billing booking campaign cart catalog checkout content courier customer delivery document
		inventory invoice loyalty marketing order partner payment product search shipment support survey warehouse`)
	things = strings.Fields(`address agreement alert batch bundle card comment coupon credit draft form image item label list
		message page plan profile review`)
	actions = strings.Fields(`created updated deleted viewed shared approved rejected started completed exported`)
	teams   = strings.Fields(`accounts billing content fulfilment growth identity payments platform search support`)
)

// maxContracts is how many events there are names for.
var maxContracts = len(areas) * len(things) * len(actions)

// property is one that several events may have: always with one meaning.
type property struct{ name, schema, example string }

// keys are the properties that identify; an event has three of them, required.
var keys = []property{
	{"account_id", `{type: string, format: uuid, required: true, description: Account that it belongs to.}`, "7f0c0a6e-9e0a-4c55-8a39-0d5d4f7a2f0b"},
	{"request_id", `{type: string, format: uuid, required: true, description: Request in which it happened.}`, "0b6b3a3e-52d5-4b8e-9d7d-5f2d3c1a9e01"},
	{"tenant_id", `{type: string, required: true, minLength: 1, maxLength: 64, description: Shop of the platform.}`, "shop-42"},
	{"occurred_at", `{type: string, format: date-time, required: true, description: When it happened.}`, `"2026-11-02T09:30:00Z"`},
	{"batch_id", `{type: string, format: uuid, required: true, description: Import that it came with.}`, "5d2a1c1e-53a7-4d5f-8a6c-7c3a5a0f5b11"},
}

var others = []property{
	{"channel", `{type: string, enum: {web: The shop, app: The app, store: A shop in town}, open: true, description: Where it happened.}`, "web"},
	{"reason", `{type: string, nullable: true, maxLength: 200, pii: none, description: "Why it was done, null when nobody said."}`, "null"},
	{"total", `{$ref: money, description: What is to be paid.}`, "{amount_minor: 8480, currency: EUR}"},
	{"discount", `{$ref: money, nullable: true, description: "What was taken off, null when nothing was."}`, "null"},
	{"items", `{type: array, maxItems: 100, items: {$ref: line_item}, description: What it is about.}`, "[]"},
	{"duration", `{type: integer, minimum: 0, unit: ms, description: How long it took.}`, "120"},
	{"attempts", `{type: integer, minimum: 1, maximum: 50, description: How often it was tried.}`, "1"},
	{"score", `{type: number, minimum: 0, maximum: 1, description: How well it fits.}`, "0.5"},
	{"weight", `{type: number, exclusiveMinimum: 0, unit: kg, description: Weight of the parcel.}`, "1.5"},
	{"automatic", `{type: boolean, description: Whether no person was involved.}`, "true"},
	{"first_time", `{type: boolean, description: Whether it never happened before.}`, "false"},
	{"source_system", `{type: string, enum: [erp, crm, shop, import], description: System that knew first.}`, "erp"},
	{"locale", `{type: string, pattern: '^[a-z]{2}-[A-Z]{2}$', description: Language and country of the page.}`, "de-DE"},
	{"labels", `{type: map, values: {type: string, maxLength: 64}, maxProperties: 20, description: Free labels.}`, "{season: winter}"},
	{"position", `{type: integer, minimum: 1, maximum: 1000, description: Place in the list.}`, "3"},
	{"device", `{$ref: device, description: What the shopper used.}`, "{kind: phone}"},
	{"place", `{$ref: place, description: Where it was delivered.}`, "{country: DE}"},
	{"valid_until", `{type: string, format: date, nullable: true, description: "Last day, null when there is none."}`, "null"},
	{"payment", `{oneOf: {card: {$ref: card_payment}, invoice: {$ref: invoice_payment}}, discriminator: method, description: How it is paid.}`, "{method: card, scheme: visa}"},
	{"contact_email", `{type: string, format: email, maxLength: 254, pii: direct, description: Where answers go.}`, "a@shop.example"},
	{"referrer_url", `{type: string, format: uri, maxLength: 2000, pii: pseudonymous, description: Page before.}`, "https://shop.example/"},
	{"previous_status", `{type: string, enum: [open, held, done, null], nullable: true, description: What it was before.}`, "open"},
	{"quantity", `{type: integer, minimum: 0, maximum: 100000, description: How many there are.}`, "2"},
	{"tax_rate", `{type: number, minimum: 0, maximum: 100, unit: "%", description: Share of the tax.}`, "19"},
	{"category_path", `{type: array, items: {type: string, minLength: 1, maxLength: 80}, minItems: 1, maxItems: 6, description: Categories from the top.}`, "[shoes]"},
	{"experiment", `{type: object, description: Variant of the test that was shown., properties: {experiment_key: {type: string, required: true, maxLength: 40, description: Which test.}, variant_index: {type: integer, minimum: 0, description: Which variant.}}}`, "{experiment_key: blue}"},
}

// definitions are the files under contracts/shared, by name.
var definitions = map[string]string{
	"money": `define: money
description: An amount in the smallest unit of its currency.
owner: platform
type: object
properties:
  amount_minor: {type: integer, required: true, minimum: 0, description: "Amount in cents, or what the currency has."}
  currency: {type: string, required: true, pattern: '^[A-Z]{3}$', description: ISO 4217 code.}
`,
	"line_item": `define: line_item
description: One product and how many of it.
owner: platform
type: object
properties:
  sku: {type: string, required: true, minLength: 1, maxLength: 40, description: Number of the product.}
  item_count: {type: integer, required: true, minimum: 1, maximum: 1000, description: How many.}
  unit_price: {$ref: money, description: Price of one.}
`,
	"device": `define: device
description: What somebody holds in their hands.
owner: platform
type: object
properties:
  kind: {type: string, required: true, enum: [phone, tablet, desktop], open: true, description: Form of the device.}
  screen_width: {type: integer, minimum: 0, maximum: 100000, unit: px, description: Width of the screen.}
`,
	"place": `define: place
description: A place without the names of people.
owner: platform
type: object
properties:
  country: {type: string, required: true, pattern: '^[A-Z]{2}$', description: ISO 3166 code.}
  region: {type: string, maxLength: 60, description: Part of the country.}
`,
	"card_payment": `define: card_payment
description: Paid by card.
owner: payments
type: object
properties:
  scheme: {type: string, required: true, enum: [visa, mastercard, amex], open: true, description: Whose card.}
`,
	"invoice_payment": `define: invoice_payment
description: Paid later.
owner: payments
type: object
properties:
  due_on: {type: string, format: date, required: true, description: Last day to pay.}
`,
	"web_context": `fragment: web_context
description: The page on which it happened.
owner: platform
properties:
  page_url: {type: string, format: uri, required: true, maxLength: 2000, pii: pseudonymous, description: Page without its query.}
  session_id: {type: string, format: uuid, pii: pseudonymous, description: Visit of the site.}
`,
}

const config = `language: v1
contracts: [contracts]
registry: releases
teams:
%s
naming:
  event: "{object}.{action}"
  tense: past
  property: snake_case
compatibility:
  mode: BACKWARD_TRANSITIVE
lint:
  profile: standard
generate:
  - {target: go, out: gen/go}
  - {target: typescript, out: gen/ts}
  - {target: protobuf, out: gen/proto, options: {package: events}}
  - {target: jsonschema, out: gen/jsonschema}
`

// contract is one event of a workspace.
type contract struct {
	path string // slash-separated, relative to the workspace
	text string
}

// makeContract makes event number i.
func makeContract(i int) contract {
	random := rand.New(rand.NewPCG(uint64(i), 7))
	area := areas[i%len(areas)]
	thing := things[i/len(areas)%len(things)]
	action := actions[i/(len(areas)*len(things))%len(actions)]
	name := area + "_" + thing + "." + action
	var b strings.Builder
	fmt.Fprintf(&b, "event: %s\nversion: 1.0.0\ndescription: The %s of the %s was %s.\n", name, thing, area, action)
	fmt.Fprintf(&b, "owner: %s\nretention: 400d\ntags: [%s]\n", teams[random.IntN(len(teams))], area)
	if i%3 == 0 {
		b.WriteString("include: [web_context]\n")
	}
	b.WriteString("properties:\n")
	list := slices.Concat(sample(random, keys, 3), sample(random, others, 9+random.IntN(3)))
	for _, p := range list {
		fmt.Fprintf(&b, "  %s: %s\n", p.name, p.schema)
	}
	b.WriteString("examples:\n")
	indent := "  - "
	for _, p := range list {
		fmt.Fprintf(&b, "%s%s: %s\n", indent, p.name, p.example)
		indent = "    "
	}
	if i%3 == 0 {
		b.WriteString("    page_url: https://shop.example/\n")
	}
	return contract{"contracts/" + area + "/" + name + ".yaml", b.String()}
}

// sample draws n different properties and keeps their order.
func sample(random *rand.Rand, from []property, n int) []property {
	picked := random.Perm(len(from))[:n]
	slices.Sort(picked)
	out := make([]property, n)
	for i, at := range picked {
		out[i] = from[at]
	}
	return out
}

// writeWorkspace writes evctl.yaml, the shared definitions and n events to dir.
func writeWorkspace(dir string, n int) error {
	if n < 1 || n > maxContracts {
		return fmt.Errorf("%d contracts are asked for, expected 1 to %d", n, maxContracts)
	}
	var owners strings.Builder
	for _, team := range teams {
		fmt.Fprintf(&owners, "  %s: {name: Team %s, contact: %s@shop.example}\n", team, team, team)
	}
	files := []contract{{"evctl.yaml", fmt.Sprintf(config, owners.String())}}
	for name, text := range definitions {
		files = append(files, contract{"contracts/shared/" + name + ".yaml", text})
	}
	for i := range n {
		files = append(files, makeContract(i))
	}
	for _, f := range files {
		if err := writeFile(filepath.Join(dir, filepath.FromSlash(f.path)), f.text); err != nil {
			return err
		}
	}
	return nil
}

// extend gives event number i an optional property and the version that asks for.
func extend(dir string, i int) error {
	c := makeContract(i)
	text := strings.Replace(c.text, "version: 1.0.0", "version: 1.1.0", 1)
	text = strings.Replace(text, "examples:\n", "  note_count: {type: integer, minimum: 0, since: 1.1.0, description: How many notes there are.}\nexamples:\n", 1)
	return writeFile(filepath.Join(dir, filepath.FromSlash(c.path)), text)
}

func writeFile(path, text string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(text), 0o644)
}
