package workload

import "fmt"

// kind is one of the five events.
type kind struct {
	name, version string
	share         int // of 100 events
	channels      []string
	properties    func(maker) *object
}

var kinds = []kind{
	{"page.viewed", "1.4.0", 28, []string{"browser", "browser", "mobile"}, pageViewed},
	{"product.viewed", "2.1.0", 24, []string{"browser", "browser", "mobile"}, productViewed},
	{"search.performed", "1.2.0", 18, []string{"browser", "mobile", "server"}, searchPerformed},
	{"order.completed", "3.0.1", 19, []string{"browser", "server"}, orderCompleted},
	{"experiment.exposed", "1.0.0", 11, []string{"browser", "mobile", "server"}, experimentExposed},
}

// event makes a valid body.
func (m maker) event(k kind) *object {
	channel := pick(m, k.channels)
	o := &object{}
	o.add("event", text(k.name)).add("version", text(k.version)).add("channel", text(channel))
	o.add("message_id", m.uuid()).add("timestamp", m.moment())
	if m.chance(70) {
		o.add("sent_at", m.moment())
	}
	known := m.chance(40)
	if !known || m.chance(80) {
		o.add("anonymous_id", m.uuid())
	}
	if known {
		o.add("user_id", text(fmt.Sprintf("u_%d", m.between(1, 9_999_999))))
	} else if m.chance(60) {
		o.add("user_id", scalar("null"))
	}
	return o.add("context", m.context(channel)).add("properties", k.properties(m))
}

func (m maker) context(channel string) *object {
	o := &object{}
	name := map[string]string{"browser": "web", "mobile": pick(m, []string{"ios", "android", "tablet"}), "server": "backend"}[channel]
	version := fmt.Sprintf("%d.%d.%d", m.between(1, 9), m.IntN(30), m.IntN(10))
	o.add("library", (&object{}).add("name", text(name)).add("version", text(version)))
	if channel == "server" {
		return o
	}
	if channel == "browser" {
		o.add("page", m.page())
	}
	screen := (&object{}).add("width", m.integer(320, 3840)).add("height", m.integer(480, 2160))
	if m.chance(60) {
		screen.add("density", pick(m, []scalar{"1", "1.5", "2", "2.625", "3"}))
	}
	o.add("screen", screen)
	o.add("locale", text(pick(m, []string{"de-DE", "en-GB", "fr", "pl-PL", "ja-JP"})))
	if m.chance(70) {
		o.add("timezone", text(pick(m, []string{"Europe/Berlin", "Europe/London", "America/New_York", "UTC"})))
	}
	if m.chance(60) {
		o.add("ip", text(fmt.Sprintf("%d.%d.%d.%d", m.between(1, 223), m.IntN(256), m.IntN(256), m.IntN(256))))
	}
	o.add("user_agent", text(pick(m, agents)))
	if m.chance(45) {
		o.add("campaign", m.entries(2, 5, campaign))
	}
	return o
}

func (m maker) page() *object {
	path := pick(m, paths)
	o := (&object{}).add("url", m.url(path)).add("path", text(path))
	if m.chance(80) {
		o.add("title", text(pick(m, titles)+" | Shop"))
	}
	return o.add("referrer", m.null(30, m.url(pick(m, paths))))
}

func pageViewed(m maker) *object {
	o := (&object{}).add("view_id", m.uuid()).add("session_id", m.uuid())
	o.add("kind", text(pick(m, []string{"home", "category", "product", "content", "account", "landing"})))
	if m.chance(70) {
		o.add("section", m.texts(1, 4, shelves))
	}
	if m.chance(80) {
		o.add("load_time", m.integer(40, 20_000)).add("layout_shift", m.part(4))
	}
	if m.chance(60) {
		o.add("scroll_depth", m.part(3))
	}
	o.add("logged_in", m.boolean()).add("previous_view_id", m.null(30, m.uuid()))
	if m.chance(40) {
		o.add("search_terms", m.null(60, m.sentence(1, 4)))
	}
	if m.chance(60) {
		o.add("tags", m.texts(1, 6, marks))
	}
	if m.chance(60) {
		o.add("slots", m.entries(2, 6, slots))
	}
	return o
}

func productViewed(m maker) *object {
	currency := m.currency()
	o := (&object{}).add("product_id", m.uuid()).add("sku", m.sku()).add("name", m.sentence(2, 6))
	if m.chance(80) {
		o.add("brand", text(pick(m, brands)))
	}
	o.add("price", m.money(currency)).add("list_price", m.null(70, m.money(currency)))
	if m.chance(80) {
		o.add("categories", m.texts(1, 4, shelves))
	}
	o.add("in_stock", m.boolean()).add("rating", m.null(20, decimal(m.between(10, 50), 1))).add("reviews", m.integer(0, 4000))
	if m.chance(70) {
		o.add("image_url", text(fmt.Sprintf("https://img.shop.example/%x/%x.webp?w=%d", m.Uint32(), m.Uint64(), m.between(200, 2000))))
	}
	if m.chance(70) {
		o.add("variant", m.entries(1, 4, options))
	}
	if m.chance(50) {
		o.add("position", m.integer(1, 200))
	}
	if m.chance(60) {
		similar := &list{}
		for range m.between(4, 24) {
			similar.items = append(similar.items, m.uuid())
		}
		o.add("similar", similar)
	}
	return o
}

func (m maker) currency() string { return pick(m, []string{"EUR", "EUR", "USD", "GBP", "CHF", "SEK"}) }

func searchPerformed(m maker) *object {
	o := (&object{}).add("search_id", m.uuid()).add("query", m.sentence(1, 4)).add("corrected_query", m.null(80, m.sentence(1, 4)))
	o.add("results", m.integer(0, 20_000)).add("page", m.integer(1, 9))
	o.add("sort", text(pick(m, []string{"relevance", "price_up", "price_down", "newest", "rating", "margin"})))
	o.add("duration", decimal(m.between(500, 900_000), 3))
	filters := &list{}
	for range m.IntN(4) {
		filters.items = append(filters.items, m.filter())
	}
	o.add("filters", filters)
	shown := &list{}
	for i := range m.between(2, 28) {
		shown.items = append(shown.items, m.result(i+1))
	}
	return o.add("shown", shown).add("from_suggestion", m.boolean())
}

func (m maker) filter() *object {
	if m.chance(40) {
		prices := &list{[]node{m.integer(1, 50), m.cents(500)}}
		return (&object{}).add("facet", text("price")).add("operator", text("between")).add("chosen", prices)
	}
	chosen := m.texts(1, 4, []string{"red", "blau", "42", "XL", "Føllesdal"})
	return (&object{}).add("facet", text(pick(m, []string{"color", "shoe_size", "brand"}))).add("operator", text("is")).add("chosen", chosen)
}

func (m maker) result(position int) *object {
	o := (&object{}).add("product_id", m.uuid()).add("position", m.integer(position, position))
	if m.chance(70) {
		o.add("score", m.part(6))
	}
	if m.chance(30) {
		o.add("sponsored", m.boolean())
	}
	return o
}

func orderCompleted(m maker) *object {
	currency := m.currency()
	o := (&object{}).add("order_id", m.uuid())
	if m.chance(70) {
		o.add("checkout_id", m.uuid())
	}
	o.add("placed_at", m.moment()).add("total", m.money(currency))
	if m.chance(80) {
		o.add("tax", m.money(currency))
	}
	o.add("shipping_fee", m.null(50, m.money(currency)))
	items := &list{}
	for range m.between(2, 6) + m.IntN(2)*m.IntN(10) {
		items.items = append(items.items, m.item(currency))
	}
	o.add("items", items).add("payment", m.payment(currency)).add("coupon", m.null(70, text(pick(m, []string{"WINTER26", "10€ off", "danke/schön"}))))
	if m.chance(80) {
		o.add("email", text(fmt.Sprintf("%s.%d@%s", pick(m, []string{"ann", "ben.o'hara", "chloe", "d+shop"}), m.IntN(1000), pick(m, []string{"example.com", "mail.example.org"}))))
	}
	if m.chance(80) {
		o.add("address", m.address())
	}
	o.add("deliver_on", m.null(30, m.date())).add("first_order", m.boolean())
	if m.chance(50) {
		o.add("labels", m.entries(1, 5, labels))
	}
	if m.chance(15) {
		o.add("note", m.sentence(3, 20))
	}
	return o
}

func (m maker) item(currency string) *object {
	o := (&object{}).add("product_id", m.uuid()).add("sku", m.sku())
	if m.chance(80) {
		o.add("name", m.sentence(2, 5))
	}
	o.add("quantity", m.integer(1, 6)).add("price", m.money(currency))
	if m.chance(50) {
		o.add("variant", m.entries(1, 3, options))
	}
	if m.chance(30) {
		o.add("gift", m.boolean())
	}
	return o
}

func (m maker) payment(currency string) *object {
	o := &object{}
	switch m.IntN(4) {
	case 0:
		o.add("method", text("invoice")).add("due_on", m.date())
		if m.chance(50) {
			o.add("reference", text(fmt.Sprintf("RE-%08d", m.IntN(100_000_000))))
		}
	case 1:
		o.add("method", text("voucher")).add("code", text(fmt.Sprintf("%04X-%04X-%04X", m.IntN(1<<16), m.IntN(1<<16), m.IntN(1<<16))))
		if m.chance(50) {
			o.add("remaining", m.money(currency))
		}
	default:
		o.add("method", text("card")).add("scheme", text(pick(m, []string{"visa", "mastercard", "amex", "girocard"})))
		o.add("last_digits", text(fmt.Sprintf("%04d", m.IntN(10_000)))).add("wallet", m.null(60, text(pick(m, []string{"apple", "google"}))))
	}
	return o
}

func (m maker) address() *object {
	o := (&object{}).add("country", text(pick(m, []string{"DE", "PL", "FR", "CH", "SE", "GB"})))
	o.add("city", text(pick(m, cities))).add("postcode", text(fmt.Sprintf("%05d", m.IntN(100_000))))
	if m.chance(80) {
		o.add("street", m.null(20, text(pick(m, streets))))
	}
	return o
}

func experimentExposed(m maker) *object {
	variants := []string{"control", "a", "b", "c"}
	o := (&object{}).add("experiment", text(pick(m, []string{"checkout-one-page", "search_vector_2", "price-rounding-eu", "hero-2026"})))
	o.add("variant", text(pick(m, variants))).add("previous_variant", m.null(60, text(pick(m, variants))))
	o.add("bucket", m.integer(0, 9999)).add("allocation", decimal(m.between(1, 100), 2)).add("assigned_at", m.moment()).add("forced", m.boolean())
	if m.chance(60) {
		layers := &list{}
		for _, n := range m.Perm(100)[:m.between(1, 5)] {
			layers.items = append(layers.items, m.integer(n, n))
		}
		o.add("layers", layers)
	}
	if m.chance(70) {
		o.add("features", m.entries(1, 7, switches))
	}
	if m.chance(60) {
		o.add("audience", m.texts(1, 4, []string{"all visitors", "de", "returning", "größere Körbe", "newsletter"}))
	}
	return o
}
