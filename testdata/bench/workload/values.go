package workload

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
)

// maker makes the values of one event up.
type maker struct{ *rand.Rand }

// chance is true in p of 100 cases.
func (m maker) chance(p int) bool { return m.IntN(100) < p }

// between is a number from low to high, both included.
func (m maker) between(low, high int) int { return low + m.IntN(high-low+1) }

func pick[T any](m maker, from []T) T { return from[m.IntN(len(from))] }

func (m maker) uuid() text {
	const digits = "0123456789abcdef"
	b := []byte("xxxxxxxx-xxxx-4xxx-axxx-xxxxxxxxxxxx")
	for i, c := range b {
		if c == 'x' {
			b[i] = digits[m.IntN(16)]
		}
	}
	return text(b)
}

func (m maker) date() text {
	return text(fmt.Sprintf("2026-%02d-%02d", m.between(1, 12), m.between(1, 28)))
}

func (m maker) moment() text {
	zone := "Z"
	if m.chance(20) {
		zone = pick(m, []string{"+01:00", "+02:00", "-05:00", "+05:30"})
	}
	return text(fmt.Sprintf("%sT%02d:%02d:%02d.%03d%s", m.date(), m.IntN(24), m.IntN(60), m.IntN(60), m.IntN(1000), zone))
}

func (m maker) integer(low, high int) scalar { return scalar(strconv.Itoa(m.between(low, high))) }

func (m maker) boolean() scalar { return scalar(strconv.FormatBool(m.chance(50))) }

// cents is an amount with at most two decimals, written as most programs do.
func (m maker) cents(high int) scalar { return decimal(m.IntN(high*100), 2) }

// part is a number from 0 to 1 with up to as many decimals.
func (m maker) part(decimals int) scalar {
	high := 1
	for range decimals {
		high *= 10
	}
	return decimal(m.between(0, high), decimals)
}

// decimal is n divided by a power of ten, without zeros at the end.
func decimal(n, decimals int) scalar {
	s := fmt.Sprintf("%0*d", decimals+1, n)
	s = s[:len(s)-decimals] + "." + s[len(s)-decimals:]
	return scalar(strings.TrimSuffix(strings.TrimRight(s, "0"), "."))
}

func (m maker) money(currency string) *object {
	return (&object{}).add("amount", m.cents(500)).add("currency", text(currency))
}

// null is v, and null in p of 100 cases.
func (m maker) null(p int, v node) node {
	if m.chance(p) {
		return scalar("null")
	}
	return v
}

func (m maker) texts(low, high int, from []string) *list {
	l := &list{}
	for _, i := range m.Perm(len(from))[:min(m.between(low, high), len(from))] {
		l.items = append(l.items, text(from[i]))
	}
	return l
}

func (m maker) sku() text {
	return text(fmt.Sprintf("%s-%d-%s", pick(m, []string{"SHOE", "SOCK", "LAMP", "MUG", "BAG"}), m.between(10, 9999), pick(m, []string{"RED", "BLU", "XL", "42", "A7"})))
}

func (m maker) url(path string) text {
	query := ""
	if m.chance(50) {
		query = fmt.Sprintf("?page=%d&sort=%s", m.between(1, 40), pick(m, []string{"price", "new", "top%20rated"}))
	}
	if m.chance(25) {
		query = fmt.Sprintf("?utm_source=newsletter&utm_campaign=winter-sale-2026&click_id=%x%x", m.Uint64(), m.Uint64())
	}
	return text(pick(m, hosts) + path + query)
}

// sentence is some words, sometimes with what needs an escape.
func (m maker) sentence(low, high int) text {
	n := m.between(low, high)
	said := make([]string, n)
	for i := range said {
		said[i] = pick(m, words)
	}
	s := strings.Join(said, " ")
	if m.chance(10) {
		s = pick(m, []string{"\"" + s + "\"", s + "\n" + pick(m, words), s + " \\o/"})
	}
	return text(s)
}

// entries is a map of some of the pairs.
func (m maker) entries(low, high int, from []entry) *object {
	o := &object{}
	for _, i := range m.Perm(len(from))[:min(m.between(low, high), len(from))] {
		o.add(from[i].key, from[i].value(m))
	}
	return o
}

// entry is a member that a map may have.
type entry struct {
	key   string
	value func(maker) node
}

func oneOf(from ...string) func(maker) node {
	return func(m maker) node { return text(pick(m, from)) }
}

var (
	hosts   = []string{"https://shop.example", "https://www.shop.example", "https://m.shop.example"}
	paths   = []string{"/", "/women/shoes", "/men/bags/travel", "/sale", "/p/12345-running-shoe", "/account/orders", "/help/returns", "/de/k%C3%BCche"}
	titles  = []string{"Start", "Shoes for women", "Küche & Wohnen", "24\" screens", "Koszyk", "ランニングシューズ", "Help: returns", "Soldes d’été"}
	words   = strings.Fields("red running shoe blue kitchen lamp groß für schön été small 24\" wool travel bag the of with new 靴 light winter mug")
	brands  = []string{"Norrland", "Føllesdal", "Acme", "Müller & Söhne", "Kite", "Tokyo Works"}
	cities  = []string{"Berlin", "München", "Kraków", "Lyon", "Zürich", "Malmö", "Leeds"}
	streets = []string{"Hauptstraße 12", "12 High Street", "Rue de l’Église 3", "ul. Długa 7/4"}
	shelves = []string{"women", "men", "shoes", "Küche", "sale", "travel", "outdoor & more", "bags", "lamps", "new"}
	marks   = []string{"sale", "ab:checkout-2", "season:winter", "promo", "lang:de", "template:7", "cached", "newsletter", "a11y", "consent:all"}
	agents  = []string{
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1",
		"Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0",
		"shop-backend/4.2 (linux; amd64)",
	}
	campaign = []entry{
		{"source", oneOf("newsletter", "search", "social", "partner_42")},
		{"medium", oneOf("email", "cpc", "referral")},
		{"name", oneOf("winter-sale-2026", "Frühlingsangebote", "brand")},
		{"content", oneOf("header", "footer/link 3", "button")},
		{"term", oneOf("running shoes", "lampe küche")},
	}
	options = []entry{
		{"color", oneOf("red", "blue", "grün", "black")},
		{"size", oneOf("42", "XL", "one size")},
		{"material", oneOf("wool", "Leder", "steel")},
		{"length", oneOf("regular", "long")},
	}
	labels = []entry{
		{"source", oneOf("app", "web", "phone")},
		{"season", oneOf("winter", "été")},
		{"sales_region", oneOf("dach", "nordics", "uk/ie")},
		{"warehouse", oneOf("W1", "W2")},
		{"ab_group", oneOf("17", "control")},
	}
	slots = []entry{
		{"hero", oneOf("winter-sale", "brand week")},
		{"teaser_1", func(m maker) node { return m.integer(1, 9999) }},
		{"teaser_2", oneOf("lamps", "Küche")},
		{"banner", func(m maker) node { return m.boolean() }},
		{"footer ratio", func(m maker) node { return m.part(2) }},
		{"recommendations", func(m maker) node { return m.integer(0, 24) }},
	}
	switches = []entry{
		{"checkout.one_page", func(m maker) node { return m.boolean() }},
		{"search.vector", func(m maker) node { return m.boolean() }},
		{"price.rounding", func(m maker) node { return m.part(3) }},
		{"theme", oneOf("light", "dark")},
		{"images.lazy", func(m maker) node { return m.boolean() }},
		{"cart.limit", func(m maker) node { return m.integer(1, 99) }},
		{"headline", oneOf("Neu für Sie", "New for you", "Découvrez")},
	}
)
