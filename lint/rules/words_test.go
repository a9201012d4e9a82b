package rules

import (
	"testing"

	"github.com/evctl/evctl/contracts/naming"
)

func TestIsPast_KnowsEnglish(t *testing.T) {
	for _, word := range []string{"added", "completed", "sent", "paid", "bought", "seen", "read", "set", "chosen", "shipped", "tried", "signed", "won"} {
		if !isPast(word) {
			t.Errorf("%s is not taken for the past tense", word)
		}
	}
	for _, word := range []string{"add", "complete", "send", "pay", "need", "feed", "speed", "embed", "red", "bed", "view", "id", ""} {
		if isPast(word) {
			t.Errorf("%s is taken for the past tense", word)
		}
	}
}

func TestPastOf_Conjugates(t *testing.T) {
	for verb, want := range map[string]string{
		"add": "added", "complete": "completed", "try": "tried", "play": "played", "stop": "stopped", "submit": "submitted", "view": "viewed",
		"fix": "fixed", "send": "sent", "choose": "chosen", "open": "opened", "tap": "tapped", "cancel": "canceled", "pay": "paid", "added": "added",
	} {
		if got := pastOf(verb); got != want {
			t.Errorf("past of %s is %s, expected %s", verb, got, want)
		}
	}
}

func TestStem_MakesFormsOfOneWordEqual(t *testing.T) {
	for _, forms := range [][]string{
		{"order", "orders", "ordered"}, {"category", "categories"}, {"send", "sent"}, {"complete", "completed"}, {"address", "addresses"}, {"box", "boxes"},
		{"match", "matches", "matched"}, {"try", "tried"},
	} {
		for _, form := range forms[1:] {
			if stem(form) != stem(forms[0]) {
				t.Errorf("stem of %s is %q, that of %s is %q", form, stem(form), forms[0], stem(forms[0]))
			}
		}
	}
	for _, pair := range [][2]string{{"status", "state"}, {"bus", "but"}, {"order", "orderer"}} {
		if stem(pair[0]) == stem(pair[1]) {
			t.Errorf("%s and %s have one stem", pair[0], pair[1])
		}
	}
}

func TestBlurred_ForgivesSlipsOnly(t *testing.T) {
	for _, pair := range [][2]string{{"occurred", "occured"}, {"received", "recieved"}, {"cancelled", "canceled"}, {"referrer", "referer"}} {
		if blurred(pair[0]) != blurred(pair[1]) {
			t.Errorf("%s and %s are different", pair[0], pair[1])
		}
	}
	for _, pair := range [][2]string{{"locked", "blocked"}, {"item", "time"}, {"step1", "step2"}, {"liked", "linked"}, {"sent", "nest"}} {
		if blurred(pair[0]) == blurred(pair[1]) {
			t.Errorf("%s and %s are one word", pair[0], pair[1])
		}
	}
}

func TestStyles_WriteWhatTheyMatch(t *testing.T) {
	names := []string{"order_id", "orderId", "OrderID", "order-id", "Order Id", "ORDER_ID", "$schema", "a", "A", "1st", "utf8", "line_1", "line1_x", "日本", "", "_a", "a__b", "a_"}
	for _, s := range styles {
		for _, name := range names {
			if written := s.write(naming.Of(name)); !s.match(written) {
				t.Errorf("%s writes %q as %q, which it does not match", s.name, name, written)
			}
		}
	}
	for _, c := range []struct {
		style, name string
		want        bool
	}{
		{"snake_case", "order_id", true}, {"snake_case", "orderId", false}, {"snake_case", "order__id", false}, {"snake_case", "_order", false},
		{"snake_case", "order_", false}, {"snake_case", "2nd", false}, {"snake_case", "", false}, {"camelCase", "orderID", true}, {"camelCase", "OrderId", false},
		{"PascalCase", "OrderId", true}, {"kebab-case", "order-id", true}, {"kebab-case", "order_id", false},
	} {
		if got := styleOf(c.style).match(c.name); got != c.want {
			t.Errorf("%q is %s: %t, expected %t", c.name, c.style, got, c.want)
		}
	}
}

func TestKeyOf_AgreesWithNaming(t *testing.T) {
	for _, name := range []string{"order_id", "orderId", "a", "utf8_x", "é", "+1", "", "a_1"} {
		if keyOf(name) != naming.Key(name) {
			t.Errorf("key of %q is %q, naming says %q", name, keyOf(name), naming.Key(name))
		}
	}
}

func TestAnchored_AcceptsWhatSaysItsEnds(t *testing.T) {
	for pattern, want := range map[string]bool{
		"^a$": true, "^a": false, "a$": false, "a": false, "^a.*": true, ".*a$": true, "(?i)^a$": true, `\Aa\z`: true, "(^a$|^b$)": true, "^a|b$": true,
	} {
		if got := anchored(pattern); got != want {
			t.Errorf("%s is anchored: %t, expected %t", pattern, got, want)
		}
	}
}
