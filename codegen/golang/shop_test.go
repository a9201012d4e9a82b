package golang

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/evctl/evctl/codegen/codegentest"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/envelope"
	"github.com/evctl/evctl/contracts/payload"
	"github.com/evctl/evctl/contracts/workspace"
	events "github.com/evctl/evctl/testdata/shop/gen/go"
)

// This file uses the code of the shop as a program would.

func order() events.OrderCompleted {
	return events.NewOrderCompleted(
		"7f0c0a6e-9e0a-4c55-8a39-0d5d4f7a2f0b",
		events.NewMoney(1250, events.MoneyCurrencyEUR),
		[]events.LineItem{events.NewLineItem("A-1", 2, events.NewMoney(625, events.MoneyCurrencyEUR))},
		events.NewCardPayment("visa", "4242"),
		"https://shop.example/thanks",
	)
}

func TestShop_ConstructorsMakeValidEvents(t *testing.T) {
	if err := order().Validate(); err != nil {
		t.Error(err)
	}
}

func TestShop_WritesAbsentNullAndValue(t *testing.T) {
	for _, c := range []struct {
		set  func(*events.OrderCompleted)
		want string
	}{
		{func(*events.OrderCompleted) {}, ``},
		{func(o *events.OrderCompleted) { o.CouponCode.SetNull() }, `,"coupon_code":null`},
		{func(o *events.OrderCompleted) { o.CouponCode.Set("SAVE") }, `,"coupon_code":"SAVE"`},
		{func(o *events.OrderCompleted) { o.CouponCode = events.Given("") }, `,"coupon_code":""`},
		{func(o *events.OrderCompleted) { o.FirstOrder.Set(false) }, `,"first_order":false`},
		{func(o *events.OrderCompleted) { o.FirstOrder = events.Some(true) }, `,"first_order":true`},
		{func(o *events.OrderCompleted) { o.Experiments = map[string]string{} }, `,"experiments":{}`},
		{func(o *events.OrderCompleted) { o.Experiments = map[string]string{"b": "2", "a": "1"} }, `,"experiments":{"a":"1","b":"2"}`},
	} {
		o := order()
		c.set(&o)
		data, err := json.Marshal(o)
		if err != nil {
			t.Fatal(err)
		}
		const before = `{"order_id":"7f0c0a6e-9e0a-4c55-8a39-0d5d4f7a2f0b","total":{"amount_minor":1250,"currency":"EUR"},` +
			`"items":[{"sku":"A-1","quantity":2,"unit_price":{"amount_minor":625,"currency":"EUR"}}],` +
			`"payment":{"method":"card","scheme":"visa","last_digits":"4242"}`
		got := strings.Replace(strings.TrimPrefix(string(data), before), `,"page_url":"https://shop.example/thanks"`, "", 1)
		if got != c.want+"}" {
			t.Errorf("got %s, want %s}", data, c.want)
		}
		again, err := events.ParseOrderCompleted(data)
		if err != nil {
			t.Fatalf("%s: %v", data, err)
		}
		if diff := cmp.Diff(o, again); diff != "" {
			t.Errorf("%s came back changed (-want +got):\n%s", data, diff)
		}
	}
}

func TestShop_UnionsAreTypeSwitches(t *testing.T) {
	var payment string
	switch p := order().Payment.(type) {
	case events.CardPayment:
		payment = p.LastDigits
	case events.InvoicePayment:
		payment = string(p.DueOn)
	}
	if payment != "4242" {
		t.Errorf("got %q", payment)
	}
}

func TestShop_EnumsKeepWhatTheyDoNotKnow(t *testing.T) {
	o := order()
	o.Total.Currency = "CHF"
	if o.Total.Currency.IsKnown() || !events.MoneyCurrencyEUR.IsKnown() {
		t.Error("CHF is known, or EUR is not")
	}
	if err := o.Validate(); err != nil {
		t.Errorf("the enum is open: %v", err)
	}
}

// TestShop_UnmarshalReadsLaterVersionsAndParseDoesNot is the difference between the two.
func TestShop_UnmarshalReadsLaterVersionsAndParseDoesNot(t *testing.T) {
	data, err := json.Marshal(order())
	if err != nil {
		t.Fatal(err)
	}
	later := []byte(`{"introduced_later":{"a":[1,2,{"b":null}]},` + string(data[1:]))
	var o events.OrderCompleted
	if err := json.Unmarshal(later, &o); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(order(), o); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	_, err = events.ParseOrderCompleted(later)
	checkViolations(t, err, "/introduced_later: the property is not declared")
}

func checkViolations(t *testing.T, err error, want ...string) {
	t.Helper()
	var invalid *events.ValidationError
	if !errors.As(err, &invalid) {
		t.Fatalf("%v is not a *ValidationError", err)
	}
	var got []string
	for _, v := range invalid.Violations {
		got = append(got, v.String())
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("violations (-want +got):\n%s", diff)
	}
}

func TestShop_ValidateListsAllViolationsWithPointers(t *testing.T) {
	o := order()
	o.OrderID = "7"
	o.Items[0].Quantity = 0
	o.Items = append(o.Items, events.LineItem{Sku: "a b", Quantity: 1, UnitPrice: events.Money{AmountMinor: -1, Currency: "EUR"}})
	o.Payment = nil
	o.Experiments = map[string]string{"A/B": "\xff"}
	o.CouponCode.Set(strings.Repeat("ü", 65))
	checkViolations(t, o.Validate(),
		"/order_id: expected format uuid",
		"/items/0/quantity: expected at least 1",
		"/items/1/sku: expected text that matches ^[A-Z0-9-]+$",
		"/items/1/unit_price/amount_minor: expected at least 0",
		"/payment: expected a variant of OrderCompletedPayment, not nil or a pointer",
		"/coupon_code: expected at most 64 characters",
		"/experiments/A~1B: expected text that matches ^[a-z][a-z0-9_]*$",
		"/experiments/A~1B: expected UTF-8",
	)
	if _, err := json.Marshal(o); err == nil {
		t.Error("an order without a payment was written")
	}
	o.Payment = &events.CardPayment{}
	if _, err := json.Marshal(o); err == nil {
		t.Error("a pointer to a variant was written as a variant")
	}
}

// TestShop_ValidateDoesNotAllocate holds for the examples of every event.
func TestShop_ValidateDoesNotAllocate(t *testing.T) {
	list := []events.Event{fullOrder()}
	for _, c := range codegentest.Workspace(t, shop).Events() {
		for _, x := range c.Payload.Examples {
			e, err := events.ParseEvent(c.Name, []byte(x.JSON))
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, e)
		}
	}
	for _, e := range list {
		if n := allocations(func() {
			if e.Validate() != nil {
				panic("not valid")
			}
		}); n != 0 {
			t.Errorf("%s: %v allocations", events.InfoOf(e).Name, n)
		}
	}
	if len(list) < 16 {
		t.Errorf("only %d events", len(list))
	}
}

// TestShop_AppendJSONDoesNotAllocate holds where there is room for the text.
func TestShop_AppendJSONDoesNotAllocate(t *testing.T) {
	text, err := fullOrder().AppendJSON(nil)
	if err != nil {
		t.Fatal(err)
	}
	o := fullOrder()
	if n := allocations(func() {
		if text, err = o.AppendJSON(text[:0]); err != nil {
			panic(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// allocations is how many a run makes on average. Under the race detector, sync.Pool drops a
// quarter of what it is given at random, of regexp's and of the runtime's own: there it is
// how many every run makes.
func allocations(run func()) float64 {
	if !raceDetector {
		return testing.AllocsPerRun(100, run)
	}
	least := testing.AllocsPerRun(1, run)
	for range 99 {
		least = min(least, testing.AllocsPerRun(1, run))
	}
	return least
}

func fullOrder() events.OrderCompleted {
	o := order()
	o.CheckoutID.Set("7f0c0a6e-9e0a-4c55-8a39-0d5d4f7a2f0c")
	o.DeliveryFee.Set(events.NewMoney(499, events.MoneyCurrencyEUR))
	o.CouponCode.SetNull()
	o.ReceiptEmail.Set("ann@example.com")
	o.FirstOrder.Set(true)
	o.ReferrerURL.Set("https://shop.example/cart")
	o.Locale.Set("de-DE")
	o.Experiments = map[string]string{"new_checkout": "b"}
	return o
}

func TestShop_TimesKeepTheirText(t *testing.T) {
	moment := time.Date(2026, 2, 28, 9, 30, 0, 500e6, time.UTC)
	if got := events.DateOf(moment); got != "2026-02-28" {
		t.Errorf("got %s", got)
	}
	p := events.NewInvoicePayment(events.DateOf(moment), true)
	at, err := p.DueOn.Time()
	if err != nil || !at.Equal(time.Date(2026, 2, 28, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("got %v, %v", at, err)
	}
}

func TestShop_RedactedDropsAndHashes(t *testing.T) {
	key, err := events.NewPrivacyKey("2026-11", []byte("a secret of 24 bytes, ok"))
	if err != nil {
		t.Fatal(err)
	}
	privacy := &events.Privacy{Pseudonymous: events.PrivacyHash, Direct: events.PrivacyDrop, Key: key}
	data, err := fullOrder().AppendRedacted([]byte("order: "), privacy)
	if err != nil {
		t.Fatal(err)
	}
	// printf 4242 | openssl dgst -sha256 -hmac 'a secret of 24 bytes, ok' -binary | basenc --base64url
	const hash = "hmac:2026-11:Dj8L1xphGjR2Ak9S35F-62AhpZrWvCTX0vkH3t223rs"
	if !strings.HasPrefix(string(data), `order: {`) || strings.Contains(string(data), "receipt_email") ||
		strings.Contains(string(data), "4242") || !strings.Contains(string(data), `"last_digits":"`+hash+`"`) {
		t.Errorf("got %s", data)
	}
	want := fullOrder()
	want.ReceiptEmail = events.Optional[string]{}
	want.Payment = events.NewCardPayment("visa", hash)
	if diff := cmp.Diff(want, fullOrder().Redacted(privacy)); diff != "" {
		t.Errorf("as a value (-want +got):\n%s", diff)
	}
}

// TestShop_RedactedHidesWhatItCannotHash is about policies that are not complete, and none.
func TestShop_RedactedHidesWhatItCannotHash(t *testing.T) {
	if _, err := fullOrder().AppendRedacted(nil, &events.Privacy{Direct: events.PrivacyHash}); err == nil {
		t.Error("hashed without a key")
	}
	hidden := fullOrder()
	hidden.ReceiptEmail = events.Optional[string]{}
	for _, p := range []*events.Privacy{{Direct: events.PrivacyHash}, {Direct: 17}} {
		if diff := cmp.Diff(hidden, fullOrder().Redacted(p)); diff != "" {
			t.Errorf("%v (-want +got):\n%s", p, diff)
		}
	}
	hidden.Payment = events.NewCardPayment("visa", "")
	if diff := cmp.Diff(hidden, fullOrder().Redacted(nil)); diff != "" {
		t.Errorf("without a policy (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(fullOrder(), fullOrder().Redacted(&events.Privacy{})); diff != "" {
		t.Errorf("with one that keeps everything (-want +got):\n%s", diff)
	}
}

// TestShop_RedactedLeavesTheOriginalAlone holds for what values share: lists, maps and
// variants.
func TestShop_RedactedLeavesTheOriginalAlone(t *testing.T) {
	original := fullOrder()
	_ = original.Redacted(nil)
	if diff := cmp.Diff(fullOrder(), original); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestShop_LogsHaveNoPersonalData logs an event, a pointer to it, and a part of it.
func TestShop_LogsHaveNoPersonalData(t *testing.T) {
	o := fullOrder()
	o.Experiments = nil
	const properties = `{"order_id":"7f0c0a6e-9e0a-4c55-8a39-0d5d4f7a2f0b","checkout_id":"7f0c0a6e-9e0a-4c55-8a39-0d5d4f7a2f0c",` +
		`"total":{"amount_minor":1250,"currency":"EUR"},"delivery_fee":{"amount_minor":499,"currency":"EUR"},` +
		`"items":[{"sku":"A-1","quantity":2,"unit_price":{"amount_minor":625,"currency":"EUR"}}],` +
		`"payment":{"method":"card","scheme":"visa"},"coupon_code":null,"first_order":true,` +
		`"page_url":"https://shop.example/thanks","referrer_url":"https://shop.example/cart","locale":"de-DE"}`
	for _, c := range []struct {
		name  string
		value any
		want  string
	}{
		{"event", o, `{"event":{"name":"order.completed","version":"2.1.0","properties":` + properties + `}}`},
		{"pointer", &o, `{"event":{"name":"order.completed","version":"2.1.0","properties":` + properties + `}}`},
		{"interface", events.Event(o), `{"event":{"name":"order.completed","version":"2.1.0","properties":` + properties + `}}`},
		{"part", o.Payment, `{"event":{"scheme":"visa"}}`},
	} {
		var text strings.Builder
		without := func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey || a.Key == slog.LevelKey || a.Key == slog.MessageKey {
				return slog.Attr{}
			}
			return a
		}
		slog.New(slog.NewJSONHandler(&text, &slog.HandlerOptions{ReplaceAttr: without})).Info("tracked", "event", c.value)
		if diff := cmp.Diff(c.want+"\n", text.String()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

// collector is a server that takes what evctl serve takes, and keeps the verdicts.
func collector(t *testing.T, env *envelope.Envelope) (url string, verdicts *[]payload.Verdict, requests *[]*http.Request) {
	t.Helper()
	w := codegentest.Workspace(t, shop)
	set, err := payload.NewSet(env, w.Events()...)
	if err != nil {
		t.Fatal(err)
	}
	verdicts, requests = &[]payload.Verdict{}, &[]*http.Request{}
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(rw, err.Error(), http.StatusBadRequest)
			return
		}
		for line := range strings.Lines(string(body)) {
			*verdicts = append(*verdicts, set.Validate([]byte(line)))
		}
		*requests = append(*requests, r)
	}))
	t.Cleanup(server.Close)
	return server.URL, verdicts, requests
}

// presetEnvelope is an envelope as evctl.yaml says it.
func presetEnvelope(t *testing.T, text string) *envelope.Envelope {
	t.Helper()
	config, diags := workspace.ParseConfig(diag.NewFile("evctl.yaml", []byte("language: v1\nenvelope: "+text+"\n")))
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	e, diags := envelope.Parse(config)
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	return e
}

// TestShop_TrackerFillsInTheEnvelope sends events to a collector with each kind of envelope.
func TestShop_TrackerFillsInTheEnvelope(t *testing.T) {
	own := events.EnvelopeNames{ID: "id", Name: "event", Version: "version", Time: "sent_at", Source: "source", Properties: "properties"}
	for _, c := range []struct {
		name     string
		envelope string
		make     events.Envelope
	}{
		{"flat", "flat", events.FlatEnvelope},
		{"segment", "segment", events.SegmentEnvelope},
		{"cloudevents", "cloudevents", events.CloudEventsEnvelope("https://schemas.shop.example/v1/events")},
		{"own", "{name: /event, version: /version, properties: /properties, source: /source}", own.Envelope},
	} {
		t.Run(c.name, func(t *testing.T) {
			url, verdicts, _ := collector(t, presetEnvelope(t, c.envelope))
			tracker := events.NewTracker(events.HTTPSink{URL: url}, c.make, events.WithSource("web"))
			if err := tracker.Track(t.Context(), fullOrder(), events.WithUserID("u-1")); err != nil {
				t.Fatal(err)
			}
			for _, v := range *verdicts {
				if !v.Valid || v.Event != "order.completed" || v.Version != "2.1.0" {
					t.Errorf("got %+v", v)
				}
			}
			if len(*verdicts) != 1 {
				t.Errorf("%d verdicts", len(*verdicts))
			}
		})
	}
}

func TestShop_TrackerSendsNothingThatIsNotValid(t *testing.T) {
	url, verdicts, _ := collector(t, presetEnvelope(t, "flat"))
	tracker := events.NewTracker(events.HTTPSink{URL: url}, events.FlatEnvelope)
	checkViolations(t, tracker.Track(t.Context(), events.OrderCompleted{Payment: order().Payment}),
		"/order_id: expected format uuid", "/items: expected at least 1 item", "/page_url: expected format uri")
	if len(*verdicts) != 0 {
		t.Errorf("%d events were sent", len(*verdicts))
	}
}

func TestShop_TrackerSaysWhatTheServerAnswered(t *testing.T) {
	for body, want := range map[string]string{
		"not today\n":                  "send order.completed: status 503: not today",
		"":                             "send order.completed: status 503",
		"a" + strings.Repeat("ü", 600): "send order.completed: status 503: a" + strings.Repeat("ü", 511), // cut within a character
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusServiceUnavailable)
			_, _ = io.WriteString(w, body)
		}))
		err := events.NewTracker(events.HTTPSink{URL: server.URL}, events.FlatEnvelope).Track(t.Context(), order())
		server.Close()
		var status *events.StatusError
		if !errors.As(err, &status) || status.Code != 503 || err.Error() != want {
			t.Errorf("got %v", err)
		}
	}
}

// TestShop_SinksSpeakTheProtocolOfTheirServers holds what is posted to what the servers
// document.
func TestShop_SinksSpeakTheProtocolOfTheirServers(t *testing.T) {
	var path, user string
	var body map[string]any
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		path = r.URL.Path
		user, _, _ = r.BasicAuth()
		body = nil
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			t.Error(err)
		}
	}))
	defer server.Close()

	segment := events.NewTracker(events.SegmentSink{WriteKey: "key", URL: server.URL + "/v1/batch"}, events.SegmentEnvelope)
	if err := segment.Track(t.Context(), order(), events.WithUserID("u-1"), events.WithID("m-1")); err != nil {
		t.Fatal(err)
	}
	call := body["batch"].([]any)[0].(map[string]any)
	if path != "/v1/batch" || user != "key" || call["type"] != "track" || call["event"] != "order.completed" || call["messageId"] != "m-1" || call["userId"] != "u-1" {
		t.Errorf("segment: %s %s %v", path, user, body)
	}

	snowplow := events.NewTracker(events.SnowplowSink{Collector: server.URL, AppID: "shop"}, events.SnowplowEnvelope("example.shop"))
	if err := snowplow.Track(t.Context(), order(), events.WithID("e-1")); err != nil {
		t.Fatal(err)
	}
	sent := body["data"].([]any)[0].(map[string]any)
	var unstructured struct {
		Schema string
		Data   struct {
			Schema string
			Data   events.OrderCompleted
		}
	}
	if err := json.Unmarshal([]byte(sent["ue_pr"].(string)), &unstructured); err != nil {
		t.Fatal(err)
	}
	if path != "/com.snowplowanalytics.snowplow/tp2" || sent["e"] != "ue" || sent["aid"] != "shop" || sent["eid"] != "e-1" ||
		unstructured.Data.Schema != "iglu:example.shop/order.completed/jsonschema/2-1-0" {
		t.Errorf("snowplow: %s %v", path, body)
	}
	if diff := cmp.Diff(order(), unstructured.Data.Data); diff != "" {
		t.Errorf("snowplow (-want +got):\n%s", diff)
	}
}

// records is a producer that keeps what it is given.
type records struct{ topic, key, value []string }

func (r *records) Produce(_ context.Context, topic string, key, value []byte) error {
	r.topic, r.key, r.value = append(r.topic, topic), append(r.key, string(key)), append(r.value, string(value))
	return nil
}

func TestShop_KafkaSinkProducesOneRecordForEachEvent(t *testing.T) {
	var producer records
	tracker := events.NewTracker(events.KafkaSink{Producer: &producer, Topic: "events"}, events.FlatEnvelope)
	tracker.Privacy = &events.Privacy{Direct: events.PrivacyDrop}
	for _, user := range []string{"u-1", ""} {
		if err := tracker.Track(t.Context(), fullOrder(), events.WithUserID(user), events.WithID("e-1")); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]string{"u-1", "e-1"}, producer.key); diff != "" {
		t.Errorf("keys (-want +got):\n%s", diff)
	}
	if strings.Contains(producer.value[0], "ann@example.com") || !strings.HasPrefix(producer.value[0], `{"event":"order.completed","version":"2.1.0","order_id":`) {
		t.Errorf("got %s", producer.value[0])
	}
}

// stuck is a producer that takes two records.
type stuck struct{ records }

func (s *stuck) Produce(ctx context.Context, topic string, key, value []byte) error {
	if len(s.value) == 2 {
		return errors.New("no broker")
	}
	return s.records.Produce(ctx, topic, key, value)
}

func TestShop_KafkaSinkSaysHowManyWereProduced(t *testing.T) {
	sink := events.KafkaSink{Producer: &stuck{}, Topic: "events"}
	err := sink.Send(t.Context(), make([]events.Message, 3)...)
	var partial *events.PartialError
	if !errors.As(err, &partial) || partial.Sent != 2 || err.Error() != "after 2 messages: no broker" {
		t.Errorf("got %v", err)
	}
	if err := sink.Send(t.Context(), events.Message{}); errors.As(err, &partial) || err == nil || err.Error() != "no broker" {
		t.Errorf("got %v", err)
	}
}

// TestShop_IsUsedFromManyGoroutines is for the race detector.
func TestShop_IsUsedFromManyGoroutines(t *testing.T) {
	key, err := events.NewPrivacyKey("k", []byte("0123456789abcdef"))
	if err != nil {
		t.Fatal(err)
	}
	var producer lockedRecords
	tracker := events.NewTracker(events.KafkaSink{Producer: &producer, Topic: "events"}, events.SegmentEnvelope)
	tracker.Privacy = &events.Privacy{Direct: events.PrivacyHash, Key: key}
	shared := fullOrder()
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 20 {
				data, err := shared.AppendJSON(nil)
				if err == nil {
					_, err = events.ParseOrderCompleted(data)
				}
				if err == nil {
					err = tracker.Track(t.Context(), shared)
				}
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	if n := len(producer.value); n != 160 {
		t.Errorf("%d records", n)
	}
}

type lockedRecords struct {
	sync.Mutex
	records
}

func (r *lockedRecords) Produce(ctx context.Context, topic string, key, value []byte) error {
	r.Lock()
	defer r.Unlock()
	return r.records.Produce(ctx, topic, key, value)
}
