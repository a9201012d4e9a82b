package naming

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestWords(t *testing.T) {
	for text, want := range map[string]string{
		"order.completed":  "order completed",
		"orderCompleted":   "order completed",
		"ORDER_COMPLETED":  "order completed",
		"Plan Name":        "plan name",
		"xdm:eventType":    "xdm event type",
		"HTTPServerURL2":   "http server url2",
		"userIDs":          "user ids",
		"URLsOfPages":      "urls of pages",
		"IDsetter":         "i dsetter",
		"v1_2":             "v1 2",
		"1st":              "1st",
		"  --  a":          "a",
		"naïve Straße Ærø": "naive strasse aero",
		"日本":               "u65e5 u672c",
		"a日b":              "a u65e5 b",
		"привет":           "u043f u0440 u0438 u0432 u0435 u0442",
		"🙂":                "u1f642",
		"":                 "empty",
		" ":                "space",
		">=":               "greater equal",
		"-----------":      "minus minus minus minus minus minus minus minus",
		"$schema":          "schema",
	} {
		if got := strings.Join(Words(text), " "); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestName_Cases(t *testing.T) {
	capitals := NewInitialisms("SKU")
	for _, c := range []struct{ text, pascal, camel, snake, upper, kebab string }{
		{"order_id", "OrderID", "orderID", "order_id", "ORDER_ID", "order-id"},
		{"sku_urls", "SKUURLs", "skuURLs", "sku_urls", "SKU_URLS", "sku-urls"},
		{"id", "ID", "id", "id", "ID", "id"},
		{"1st place", "N1stPlace", "n1stPlace", "n1st_place", "N1ST_PLACE", "n1st-place"},
		{"v 1.2", "V1_2", "v1_2", "v_1_2", "V_1_2", "v-1-2"},
		{"v1 2", "V1_2", "v1_2", "v1_2", "V1_2", "v1-2"},
	} {
		n := Of(c.text)
		got := []string{n.Pascal(capitals), n.Camel(capitals), n.Snake(), n.UpperSnake(), n.Kebab()}
		if diff := cmp.Diff([]string{c.pascal, c.camel, c.snake, c.upper, c.kebab}, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.text, diff)
		}
	}
	if got := Part("1st").Pascal(capitals); got != "1st" {
		t.Errorf("a part starts with a digit: got %q", got)
	}
	if got := Of("order").Join(Part("2")).Pascal(nil); got != "Order2" {
		t.Errorf("got %q", got)
	}
}

func TestUnique_FirstOneKeepsItsName(t *testing.T) {
	names, first := Unique([]Name{Of("a_b"), Of("aB"), Of("a_b_2"), Of("AB"), Of("c"), Of("a.b")})
	var got []string
	for _, n := range names {
		got = append(got, n.Snake())
	}
	if diff := cmp.Diff([]string{"a_b", "a_b_3", "a_b_2", "ab_4", "c", "a_b_5"}, got); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]int{-1, 0, -1, 0, -1, 0}, first); diff != "" {
		t.Errorf("owners (-want +got):\n%s", diff)
	}
}

func TestCollisions_GroupsNamesThatAreTheSameForCode(t *testing.T) {
	got := Collisions([]string{"optional any", "x", "optional_any", "Y", "y", "optionalAny"})
	if diff := cmp.Diff([][]int{{0, 2, 5}, {3, 4}}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestUnique_EveryCasingKeepsNamesApart is what generators rely on.
func TestUnique_EveryCasingKeepsNamesApart(t *testing.T) {
	text := rapid.StringOfN(rapid.RuneFrom([]rune("aAbB12_- .é日$")), 0, 8, -1)
	rapid.Check(t, func(t *rapid.T) {
		var candidates []Name
		for _, s := range rapid.SliceOfN(text, 1, 20).Draw(t, "texts") {
			candidates = append(candidates, Of(s))
		}
		names, _ := Unique(candidates)
		capitals := NewInitialisms("ab")
		for _, casing := range []func(Name) string{
			Name.Snake, Name.Kebab, Name.UpperSnake,
			func(n Name) string { return n.Pascal(capitals) }, func(n Name) string { return n.Camel(nil) },
		} {
			seen := map[string]Name{}
			for _, n := range names {
				identifier := casing(n)
				if other, twice := seen[strings.ToLower(identifier)]; twice {
					t.Fatalf("%v and %v are both %q", other, n, identifier)
				}
				seen[strings.ToLower(identifier)] = n
				if strings.Trim(identifier, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") != "" || isDigit(rune(identifier[0])) {
					t.Fatalf("%q is no identifier", identifier)
				}
			}
		}
	})
}

func FuzzWords(f *testing.F) {
	for _, s := range []string{"", "aB", "HTTPServer", "ÀÉ", "\xff", "IDs", "１"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		words := Words(text)
		if len(words) == 0 || slices.Contains(words, "") {
			t.Fatalf("%q: %q", text, words)
		}
		for _, w := range words {
			if strings.Trim(w, "abcdefghijklmnopqrstuvwxyz0123456789") != "" {
				t.Fatalf("%q: %q", text, words)
			}
		}
		// Words of words are the same words.
		if again := Words(strings.Join(words, "_")); !slices.Equal(again, words) {
			t.Fatalf("%q: %q, then %q", text, words, again)
		}
	})
}

func TestExactly_StaysAsItIsInItsOwnCaseAlone(t *testing.T) {
	capitals := NewInitialisms()
	for _, c := range []struct {
		name                               Name
		pascal, camel, snake, upper, kebab string
	}{
		{Exactly("HTTPv2Id"), "HTTPv2Id", "httPv2ID", "htt_pv2_id", "HTT_PV2_ID", "htt-pv2-id"},
		{Exactly("OrderDone").With("item"), "OrderDoneItem", "orderDoneItem", "order_done_item", "ORDER_DONE_ITEM", "order-done-item"},
		{Of("order completed").Join(Exactly("Klass_id")).With("item"), "OrderCompletedKlass_idItem", "orderCompletedKlassIDItem", "order_completed_klass_id_item", "ORDER_COMPLETED_KLASS_ID_ITEM", "order-completed-klass-id-item"},
		{Of("order").Join(Exactly("klass2x")), "OrderKlass2x", "orderKlass2x", "order_klass2x", "ORDER_KLASS2X", "order-klass2x"},
		{Exactly("EUR2Cent"), "EUR2Cent", "eur2Cent", "eur2_cent", "EUR2_CENT", "eur2-cent"},
		{Exactly("EUR2"), "EUR2", "eur2", "eur2", "EUR2", "eur2"},
	} {
		got := []string{c.name.Pascal(capitals), c.name.Camel(capitals), c.name.Snake(), c.name.UpperSnake(), c.name.Kebab()}
		if diff := cmp.Diff([]string{c.pascal, c.camel, c.snake, c.upper, c.kebab}, got); diff != "" {
			t.Errorf("%v (-want +got):\n%s", c.name, diff)
		}
	}
	if !Exactly("OrderDone").IsExact() || Of("=OrderDone").IsExact() {
		t.Error("IsExact is about Exactly alone")
	}
}

// TestOf_IsTheWordsOfItsText compares with the rules for all texts, which most texts need not
// go through.
func TestOf_IsTheWordsOfItsText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOfN(rapid.SampledFrom([]rune("ab1_B.é")), 0, 6, -1).Draw(t, "text")
		if got, want := Of(text), New(Words(text)...); got != want {
			t.Errorf("%q is %v, expected %v", text, got, want)
		}
	})
}
