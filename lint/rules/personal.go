package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/lint"
)

// This file holds the rules about properties that look like personal data and do not
// say their privacy class. They differ in what they look for only, so one table
// describes them.

// personalKind is one kind of personal data.
type personalKind struct {
	id, what string
	class    contracts.PII // what it most likely is
	profile  lint.Profile
	severity diag.Severity
	formats  []string
	names    []string // words that stand together in the name, singular
	phrases  []string // in the description; the first letter may be a capital there
	types    contracts.Types
	unless   string // words in the name that make it something else
}

// aboutIt are last words of names that say something about personal data without
// holding it: email_count, phone_type, address_id. Descriptions do not count there.
var aboutIt = wordSet(`id ids count type kind status state verified valid enabled consent given hash hashed domain template provider length format
	language locale version at on date time code index position score reason source channel label opt changed updated present missing agent
	known shared visible confirmed reached field fields required key section step tab button link page form`)

// stillIt are words that may follow the name of personal data that is still held.
var stillIt = wordSet("number raw full new old previous current original primary secondary normalized lowercase text value override string 1 2 3 v4 v6 home work mobile")

const (
	text    = contracts.String
	numbers = contracts.Number | contracts.Integer
)

var personalKinds = []personalKind{
	{
		id: "personal-email", what: "an email address", class: contracts.Direct, profile: lint.Standard, severity: diag.Warning,
		formats: []string{"email"}, names: []string{"email", "e mail", "mail address"}, phrases: []string{"email address", "e-mail address"}, types: text,
		unless: "campaign newsletter subject sender_domain",
	}, {
		id: "personal-phone", what: "a phone number", class: contracts.Direct, profile: lint.Standard, severity: diag.Warning,
		names:   []string{"phone", "telephone", "phone number", "mobile number", "cell number", "msisdn", "fax", "fax number", "whatsapp"},
		phrases: []string{"phone number", "telephone number", "mobile number"}, types: text | numbers,
		unless: "model brand os make support",
	}, {
		id: "personal-ip-address", what: "an IP address", class: contracts.Pseudonymous, profile: lint.Standard, severity: diag.Warning,
		formats: []string{"ipv4", "ipv6"}, names: []string{"ip", "ip address", "ip addr", "ipv4", "ipv6", "ipaddress", "remote addr", "client addr"},
		phrases: []string{"ip address", "IP address"}, types: text,
		unless: "server host gateway node pod",
	}, {
		id: "personal-name", what: "the name of a person", class: contracts.Direct, profile: lint.Standard, severity: diag.Warning,
		names: []string{"first name", "firstname", "last name", "lastname", "full name", "fullname", "surname", "given name", "family name", "middle name",
			"maiden name", "nickname", "username", "user name", "customer name", "recipient name", "person name", "contact name", "buyer name", "guest name",
			"driver name", "patient name", "employee name", "cardholder", "card holder name", "holder name", "passenger name", "author name", "member name", "student name"},
		phrases: []string{"first name", "last name", "full name of", "name of the customer", "name of the person"}, types: text,
	}, {
		id: "personal-postal-address", what: "a postal address", class: contracts.Direct, profile: lint.Standard, severity: diag.Warning,
		names: []string{"street", "street address", "postal address", "home address", "mailing address", "shipping address", "billing address", "delivery address",
			"address line", "house number", "zip", "zip code", "zipcode", "postcode", "post code", "postal code"},
		phrases: []string{"postal address", "street address", "home address"}, types: text | numbers,
		unless: "store shop warehouse branch office archive file",
	}, {
		id: "personal-birth-date", what: "a date of birth", class: contracts.Direct, profile: lint.Standard, severity: diag.Warning,
		names:   []string{"birth date", "birthdate", "date of birth", "birthday", "birth day", "dob", "birth year", "year of birth"},
		phrases: []string{"date of birth", "birth date", "birthday"}, types: text | numbers,
	}, {
		id: "personal-device-id", what: "an identifier of a device", class: contracts.Pseudonymous, profile: lint.Standard, severity: diag.Warning,
		names: []string{"device id", "advertising id", "advertiser id", "ad id", "idfa", "idfv", "gaid", "aaid", "imei", "mac address", "android id", "browser fingerprint",
			"device fingerprint", "device token", "push token", "cookie id", "installation id", "install id"},
		phrases: []string{"advertising id", "advertising ID", "device id", "device ID", "MAC address", "device identifier", "advertising identifier"}, types: text | numbers,
	}, {
		id: "personal-user-id", what: "an identifier of a person", class: contracts.Pseudonymous, profile: lint.Strict, severity: diag.Info,
		names: []string{"user id", "customer id", "account id", "member id", "visitor id", "anonymous id", "shopper id", "patient id", "employee id", "subscriber id", "guest id",
			"client id", "person id", "student id", "player id", "userid"},
		types: text | numbers,
	}, {
		id: "personal-location", what: "where a person is", class: contracts.Direct, profile: lint.Standard, severity: diag.Warning,
		names:   []string{"latitude", "longitude", "lat", "lng", "lon", "geo location", "geolocation", "geo point", "gps", "coordinate", "geohash"},
		phrases: []string{"GPS position", "geographic position of the"}, types: text | numbers | contracts.Object | contracts.Array,
		unless: "store shop warehouse venue airport station branch office event place restaurant hotel",
	}, {
		id: "personal-free-text", what: "text that a person wrote", class: contracts.Direct, profile: lint.Standard, severity: diag.Info,
		names: []string{"comment", "note", "feedback", "free text", "freetext", "review text", "review body", "message text", "message body", "bio", "remark", "search query", "search term",
			"search text", "question text", "answer text", "user input", "chat message"},
		phrases: []string{"free text", "what the customer wrote", "what the user wrote", "what the user typed", "entered by the user", "typed by the user"}, types: text,
		unless: "release system code commit",
	}, {
		id: "personal-government-id", what: "a number of an identity document", class: contracts.Sensitive, profile: lint.Minimal, severity: diag.Warning,
		names: []string{"ssn", "social security number", "social security", "passport", "passport number", "tax id", "tin", "national id", "driving licence", "driving license",
			"driver license", "drivers license", "driver licence", "id card number", "personal number", "identity card"},
		phrases: []string{"social security number", "passport number", "national id", "national ID", "tax number of the"}, types: text | numbers,
	}, {
		id: "personal-bank-details", what: "an account or card number", class: contracts.Sensitive, profile: lint.Minimal, severity: diag.Warning,
		names:   []string{"iban", "card number", "credit card", "credit card number", "bank account", "bank account number", "pan", "sort code", "routing number"},
		phrases: []string{"card number", "bank account number", "IBAN"}, types: text | numbers,
	}, {
		id: "personal-special-category", what: "data of a special category", class: contracts.Sensitive, profile: lint.Minimal, severity: diag.Warning,
		names: []string{"diagnosis", "medication", "blood type", "blood group", "religion", "ethnicity", "ethnic origin", "sexual orientation", "political opinion", "political view",
			"trade union", "union membership", "health condition", "disability", "pregnancy", "medical history", "biometric", "genetic"},
		types: contracts.Scalars,
	},
}

// personalRules makes the rules of the table.
func personalRules() []lint.Rule {
	rules := make([]lint.Rule, len(personalKinds))
	for i := range personalKinds {
		k := &personalKinds[i]
		find := newPersonalFinder(k)
		rules[i] = lint.Rule{
			ID: k.id, Group: lint.Privacy, Profile: k.profile, Severity: k.severity,
			Summary: fmt.Sprintf("a property looks like %s and does not say its privacy class", k.what),
			Why: "What is not marked is not masked, not deleted on request and not kept out of exports. pii: none is a good answer " +
				"too: it says that somebody looked.",
			Contract: find.check,
		}
	}
	return rules
}

// personalFinder looks for one kind.
type personalFinder struct {
	*personalKind
	byFirst map[string][][]string // word sequences by their first word
	unless  map[string]bool
}

func newPersonalFinder(k *personalKind) *personalFinder {
	f := &personalFinder{personalKind: k, byFirst: map[string][][]string{}, unless: wordSet(k.unless)}
	for _, name := range k.names {
		words := strings.Fields(name)
		f.byFirst[words[0]] = append(f.byFirst[words[0]], words)
	}
	return f
}

func (f *personalFinder) check(p *lint.Pass) {
	for _, at := range p.Properties() {
		value := valueOf(at.Schema)
		if value.Types&f.types == 0 || saysClass(at, value) || len(value.Enum) > 0 {
			continue
		}
		if found, evidence := f.recognise(at, value); found {
			p.Report(at.Property.At(), at.Pointer(),
				fmt.Sprintf("property %s looks like %s%s and has no pii", document.Quote(at.Property.Name), f.what, evidence),
				fmt.Sprintf("add pii: %s, or pii: none when it is about no person", f.class))
		}
	}
}

// valueOf is what a property holds: for lists what their items are.
func valueOf(s *contracts.Schema) *contracts.Schema {
	s = s.Resolved()
	if s.Types == contracts.Array && s.Items != nil {
		return s.Items.Resolved()
	}
	return s
}

// saysClass reports whether a property, its items, its definition or the object around
// it says a privacy class.
func saysClass(at *lint.Place, value *contracts.Schema) bool {
	return at.Schema.PII != "" || value.PII != "" || at.Schema.Resolved().PII != "" || at.Parent != nil && at.Parent.PII != "" ||
		at.Schema.Items != nil && at.Schema.Items.PII != ""
}

// recognise says whether a property is of this kind, and by what when it is not its
// name.
func (f *personalFinder) recognise(at *lint.Place, value *contracts.Schema) (found bool, evidence string) {
	switch {
	case slices.ContainsFunc(at.Words, func(word string) bool { return f.unless[word] }):
		return false, ""
	case slices.Contains(f.formats, value.Format):
		return true, fmt.Sprintf(" (format %s)", value.Format)
	case value.Format != "" && !(f.id == "personal-birth-date" && value.Format == "date"):
		return false, ""
	case f.named(at.Words):
		return true, ""
	}
	return f.described(at.Schema.Description) && !aboutIt[at.Words[len(at.Words)-1]], " (by its description)"
}

// named looks for the word sequences of the kind. They end the name, but for words that
// leave it what it is: phone_number_home, but not phone_brand.
func (f *personalFinder) named(words []string) bool {
	for i, word := range words {
		for _, sequence := range f.byFirst[singularWord(word)] {
			if startsWith(words[i:], sequence) && !slices.ContainsFunc(words[i+len(sequence):], func(rest string) bool { return !stillIt[rest] }) {
				return true
			}
		}
	}
	return false
}

func startsWith(words, sequence []string) bool {
	if len(words) < len(sequence) {
		return false
	}
	for i, word := range sequence {
		if words[i] != word && singularWord(words[i]) != word {
			return false
		}
	}
	return true
}

// singularWord is singular for words that are not singular on their own.
func singularWord(word string) string {
	if word == "address" || word == "gps" || word == "diagnosis" {
		return word
	}
	return singular(word)
}

// described looks for the phrases of the kind near the start of a description.
func (f *personalFinder) described(description string) bool {
	const looked = 300
	if description == "" {
		return false
	}
	description = description[:min(len(description), looked)]
	return slices.ContainsFunc(f.phrases, func(phrase string) bool { return says(description, phrase) }) && !says(description, "hash")
}

// says reports whether a text contains a phrase, whose first letter may be a capital.
func says(text, phrase string) bool {
	for from := 1; from < len(text); {
		i := strings.Index(text[from:], phrase[1:])
		if i < 0 {
			return false
		}
		at := from + i
		if text[at-1]|0x20 == phrase[0]|0x20 {
			return true
		}
		from = at + 1
	}
	return false
}
