package golang_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"time"

	events "github.com/evctl/evctl/testdata/shop/gen/go"
)

// The examples are those of README.md; a test compares them.

func Example_send() {
	order := events.NewOrderCompleted(
		events.NewUUID(),
		events.NewMoney(1250, events.MoneyCurrencyEUR),
		[]events.LineItem{events.NewLineItem("A-1", 2, events.NewMoney(625, events.MoneyCurrencyEUR))},
		events.NewCardPayment("visa", "4242"),
		"https://shop.example/thanks",
	)
	order.FirstOrder.Set(true)   // optional
	order.CouponCode.SetNull()   // optional and nullable: null is not the same as left out
	order.Total.Currency = "CHF" // an open enum takes what it does not know

	sink := events.HTTPSink{URL: "https://collector.shop.example/v1/events"}
	tracker := events.NewTracker(sink, events.FlatEnvelope)
	if err := tracker.Track(context.Background(), order); err != nil {
		fmt.Println(err)
	}
}

func Example_queue() {
	queue := events.NewQueue(events.HTTPSink{URL: "https://collector.shop.example/v1/events"}, events.QueueOptions{
		Dropped: func(why error, messages ...events.Message) {
			log.Printf("%d events are lost: %v", len(messages), why)
		},
		Failed: func(err error, pause time.Duration) { // such as a wrong address
			log.Printf("events wait for %v: %v", pause, err)
		},
	})
	tracker := events.NewTracker(queue, events.FlatEnvelope) // Track returns at once
	serve(tracker)

	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := queue.Close(ctx); err != nil { // delivers what is left
		log.Print(err)
	}
}

func serve(*events.Tracker) {}

func Example_read() {
	data := []byte(`{"order_id": "7", "total": {"amount_minor": 1250, "currency": "EUR"},
		"items": [], "payment": {"method": "card", "scheme": "visa", "last_digits": "4242"},
		"page_url": "https://shop.example/thanks", "introduced_later": true}`)

	// A consumer reads what later versions add.
	var order events.OrderCompleted
	if err := json.Unmarshal(data, &order); err != nil {
		fmt.Println(err)
	}
	switch payment := order.Payment.(type) {
	case events.CardPayment:
		fmt.Println("paid by", payment.Scheme)
	case events.InvoicePayment:
		fmt.Println("to be paid until", payment.DueOn)
	}
	if coupon, ok := order.CouponCode.Get(); ok {
		fmt.Println("with", coupon)
	}

	// A collector accepts exactly what the contract accepts.
	_, err := events.ParseOrderCompleted(data)
	fmt.Println(err)
	var invalid *events.ValidationError
	if errors.As(order.Validate(), &invalid) {
		for _, v := range invalid.Violations {
			fmt.Println(v.Pointer, v.Rule)
		}
	}
	// Output:
	// paid by visa
	// /introduced_later: the property is not declared
	// /order_id format
	// /items minItems
}

func Example_privacy() {
	order := events.NewOrderCompleted(
		"7f0c0a6e-9e0a-4c55-8a39-0d5d4f7a2f0b", events.NewMoney(1250, events.MoneyCurrencyEUR), nil, events.NewCardPayment("visa", "4242"),
		"https://shop.example/thanks",
	)
	order.ReceiptEmail.Set("ann@example.com") // pii: direct

	key, err := events.NewPrivacyKey("2026-11", []byte("thirty-two random bytes, really."))
	if err != nil {
		fmt.Println(err)
	}
	privacy := &events.Privacy{Pseudonymous: events.PrivacyHash, Direct: events.PrivacyDrop, Key: key}
	redacted := order.Redacted(privacy) // another OrderCompleted
	fmt.Println(redacted.ReceiptEmail.Present, redacted.Payment)

	data, err := order.AppendRedacted(nil, privacy) // what evctl redact writes
	fmt.Println(string(data), err)
	// Output:
	// false {visa hmac:2026-11:ZyhYQognPDgvriRV70bfNI36n5JxHXZ6ZwrNzu3hYes}
	// {"order_id":"7f0c0a6e-9e0a-4c55-8a39-0d5d4f7a2f0b","total":{"amount_minor":1250,"currency":"EUR"},"items":[],"payment":{"method":"card","scheme":"visa","last_digits":"hmac:2026-11:ZyhYQognPDgvriRV70bfNI36n5JxHXZ6ZwrNzu3hYes"},"page_url":"https://shop.example/thanks"} <nil>
}
