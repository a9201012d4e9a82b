package contracttest

import (
	"fmt"
	"strings"
)

// Sample writes the n-th of any number of believable contracts with 13 properties,
// for benchmarks. They need no other files.
func Sample(n int) string {
	var b strings.Builder
	fmt.Fprintf(&b, `# Contract %[1]d of a benchmark.
event: subject_%[1]d.completed
version: 1.%[2]d.0
description: A shopper finished step %[1]d and the shop accepted it.
owner: team_%[3]d
retention: 400d
tags: [revenue, step]
properties:
  event_id:
    type: string
    format: uuid
    required: true
    description: Identifies this occurrence.
  occurred_at: {type: string, format: date-time, required: true, description: When it happened.}
  user_id: {type: string, pii: pseudonymous, minLength: 1, maxLength: 64, description: Who did it.}
  total: {type: number, minimum: 0, unit: EUR, required: true, description: What was paid.}
  currency: {type: string, enum: {EUR: Euro, USD: US dollar, GBP: Pound sterling}, open: true, description: Currency of total.}
  quantity: {type: integer, minimum: 1, maximum: 1000, description: How many.}
  coupon: {type: string, nullable: true, pattern: "^[A-Z0-9-]+$", description: Code that was applied.}
  is_gift: {type: boolean, default: false, description: Whether it was wrapped.}
  items:
    type: array
    minItems: 1
    items: {$ref: line_item}
    description: What was bought.
  labels: {type: map, values: {type: string}, description: Free labels of the shop.}
  payment:
    oneOf:
      card: {type: object, properties: {last_four: {type: string, pattern: "^[0-9]{4}$", description: End of the number.}}}
      invoice: {type: object, properties: {terms_days: {type: integer, description: Days until it is due.}}}
    discriminator: method
    description: How it was paid.
  page_url: {type: string, format: uri, description: Where it happened.}
  referrer: {type: string, deprecated: {since: 1.0.0, sunset: 2027-01-31, replacedBy: page_url, reason: It was always empty.}, description: Where from.}
examples:
  - {event_id: 7f0c0a6e-9e0a-4c55-8a39-0d5d4f7a2f0b, occurred_at: "2024-01-31T10:00:00Z", total: 12.5, items: [{sku: A1, quantity: 1}]}
definitions:
  line_item:
    type: object
    properties:
      sku: {type: string, required: true, description: Stock keeping unit.}
      quantity: {type: integer, minimum: 1, description: How many of it.}
`, n, n%10, n%7)
	return b.String()
}
