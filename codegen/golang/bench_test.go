package golang

import (
	"encoding/json"
	"errors"
	"regexp"
	"testing"
	"unicode/utf8"

	"github.com/evctl/evctl/codegen/codegentest"
	"github.com/evctl/evctl/contracts/payload"
	events "github.com/evctl/evctl/testdata/shop/gen/go"
)

// These are the structs that one would write by hand for order.completed, with the usual
// way of JSON and validation.
type (
	handOrder struct {
		OrderID      string            `json:"order_id"`
		CheckoutID   *string           `json:"checkout_id,omitempty"`
		Total        handMoney         `json:"total"`
		DeliveryFee  *handMoney        `json:"delivery_fee,omitempty"`
		Items        []handItem        `json:"items"`
		Payment      handPayment       `json:"payment"`
		CouponCode   *string           `json:"coupon_code"`
		ReceiptEmail *string           `json:"receipt_email,omitempty"`
		FirstOrder   *bool             `json:"first_order,omitempty"`
		PageURL      string            `json:"page_url"`
		ReferrerURL  *string           `json:"referrer_url,omitempty"`
		Locale       *string           `json:"locale,omitempty"`
		Experiments  map[string]string `json:"experiments,omitempty"`
	}
	handMoney struct {
		AmountMinor int64  `json:"amount_minor"`
		Currency    string `json:"currency"`
	}
	handItem struct {
		SKU       string    `json:"sku"`
		Quantity  int64     `json:"quantity"`
		UnitPrice handMoney `json:"unit_price"`
	}
	handPayment struct {
		Method     string `json:"method"`
		Scheme     string `json:"scheme"`
		LastDigits string `json:"last_digits"`
	}
)

var (
	handUUID   = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)
	handSKU    = regexp.MustCompile(`^[A-Z0-9-]+$`)
	handLocale = regexp.MustCompile(`^[a-z]{2}(-[A-Z]{2})?$`)
)

// validate checks about half of what the contract asks.
func (o *handOrder) validate() error {
	switch {
	case !handUUID.MatchString(o.OrderID), o.CheckoutID != nil && !handUUID.MatchString(*o.CheckoutID):
		return errors.New("not a UUID")
	case o.Total.AmountMinor < 0, len(o.Items) < 1, len(o.Items) > 100, len(o.Experiments) > 50:
		return errors.New("out of range")
	case o.ReceiptEmail != nil && utf8.RuneCountInString(*o.ReceiptEmail) > 254:
		return errors.New("too long")
	case o.Locale != nil && !handLocale.MatchString(*o.Locale):
		return errors.New("not a locale")
	}
	for i := range o.Items {
		if !handSKU.MatchString(o.Items[i].SKU) || o.Items[i].Quantity < 1 {
			return errors.New("not an item")
		}
	}
	return nil
}

func benchOrder(b *testing.B) (generated events.OrderCompleted, hand handOrder, data []byte) {
	b.Helper()
	generated = fullOrder()
	data, err := generated.AppendJSON(nil)
	if err != nil {
		b.Fatal(err)
	}
	if err := json.Unmarshal(data, &hand); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.ResetTimer()
	return generated, hand, data
}

func BenchmarkValidate(b *testing.B) {
	b.Run("generated", func(b *testing.B) {
		o, _, _ := benchOrder(b)
		for b.Loop() {
			if o.Validate() != nil {
				b.Fatal("not valid")
			}
		}
	})
	b.Run("by hand", func(b *testing.B) {
		_, o, _ := benchOrder(b)
		for b.Loop() {
			if o.validate() != nil {
				b.Fatal("not valid")
			}
		}
	})
}

// BenchmarkVerdict has the registry's validator, which reads the text, beside Validate.
func BenchmarkVerdict(b *testing.B) {
	validator := orderValidator(b)
	_, _, data := benchOrder(b)
	for b.Loop() {
		if !validator.Valid(data) {
			b.Fatal("not valid")
		}
	}
}

func orderValidator(b *testing.B) *payload.Validator {
	b.Helper()
	for _, c := range codegentest.Workspace(b, shop).Events() {
		if c.Name != events.EventOrderCompleted {
			continue
		}
		v, err := payload.Compile(c)
		if err != nil {
			b.Fatal(err)
		}
		return v
	}
	b.Fatal("the shop has no such event")
	return nil
}

// BenchmarkTrack is all of it but the sending: check, write, put into an envelope.
func BenchmarkTrack(b *testing.B) {
	for name, envelope := range map[string]events.Envelope{
		"flat": events.FlatEnvelope, "segment": events.SegmentEnvelope, "cloudevents": events.CloudEventsEnvelope("https://schemas.shop.example"),
	} {
		b.Run(name, func(b *testing.B) {
			o, _, _ := benchOrder(b)
			tracker := events.NewTracker(nil, envelope, events.WithSource("web"))
			for b.Loop() {
				if _, err := tracker.Message(o); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkEncode(b *testing.B) {
	b.Run("generated/AppendJSON", func(b *testing.B) {
		o, _, data := benchOrder(b)
		b.SetBytes(int64(len(data)))
		for b.Loop() {
			data, _ = o.AppendJSON(data[:0])
		}
	})
	b.Run("generated/MarshalJSON", func(b *testing.B) {
		o, _, data := benchOrder(b)
		b.SetBytes(int64(len(data)))
		for b.Loop() {
			_, _ = o.MarshalJSON()
		}
	})
	b.Run("generated/json.Marshal", func(b *testing.B) {
		o, _, data := benchOrder(b)
		b.SetBytes(int64(len(data)))
		for b.Loop() {
			_, _ = json.Marshal(o)
		}
	})
	b.Run("by hand/json.Marshal", func(b *testing.B) {
		_, o, data := benchOrder(b)
		b.SetBytes(int64(len(data)))
		for b.Loop() {
			_, _ = json.Marshal(o)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	b.Run("generated/Parse", func(b *testing.B) {
		_, _, data := benchOrder(b)
		b.SetBytes(int64(len(data)))
		for b.Loop() {
			if _, err := events.ParseOrderCompleted(data); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("generated/json.Unmarshal", func(b *testing.B) {
		_, _, data := benchOrder(b)
		b.SetBytes(int64(len(data)))
		for b.Loop() {
			var o events.OrderCompleted
			if err := json.Unmarshal(data, &o); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("generated/UnmarshalJSON", func(b *testing.B) {
		_, _, data := benchOrder(b)
		b.SetBytes(int64(len(data)))
		for b.Loop() {
			var o events.OrderCompleted
			if err := o.UnmarshalJSON(data); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("by hand/json.Unmarshal", func(b *testing.B) {
		_, _, data := benchOrder(b)
		b.SetBytes(int64(len(data)))
		for b.Loop() {
			var o handOrder
			if err := json.Unmarshal(data, &o); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("by hand/json.Unmarshal and validate", func(b *testing.B) {
		_, _, data := benchOrder(b)
		b.SetBytes(int64(len(data)))
		for b.Loop() {
			var o handOrder
			if err := json.Unmarshal(data, &o); err != nil || o.validate() != nil {
				b.Fatal(err)
			}
		}
	})
}
