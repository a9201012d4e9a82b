package naming

import "strings"

// Name is an identifier before a language gives it a case: lower-case words of
// ASCII letters and digits, at least one, the first of which starts with a letter
// (see Part for the exception).
type Name struct{ words string } // separated by spaces, so that names compare with ==

// New makes a name of words. A leading digit gets the word n before it.
func New(words ...string) Name {
	text := strings.Join(words, " ")
	if text == "" {
		text = "empty"
	}
	if isDigit(rune(text[0])) {
		text = "n" + text
	}
	return Name{text}
}

// Of makes a name of text.
func Of(text string) Name { return New(Words(text)...) }

// Part makes a name that stands after another one, and so may start with a digit.
func Part(text string) Name { return Name{strings.Join(Words(text), " ")} }

// Words are the name's words.
func (n Name) Words() []string { return strings.Split(n.words, " ") }

// IsZero reports whether there is no name.
func (n Name) IsZero() bool { return n.words == "" }

// With appends words: With("item") of order items is order items item.
func (n Name) With(words ...string) Name {
	if n.words == "" {
		return New(words...)
	}
	return Name{n.words + " " + strings.Join(words, " ")}
}

// Join appends another name's words.
func (n Name) Join(other Name) Name { return n.With(other.words) }

// Key is the name without case and separators.
func (n Name) Key() string { return strings.ReplaceAll(n.words, " ", "") }

// String is the snake_case form, for messages.
func (n Name) String() string { return n.Snake() }

// Snake is order_id.
func (n Name) Snake() string { return strings.ReplaceAll(n.words, " ", "_") }

// UpperSnake is ORDER_ID.
func (n Name) UpperSnake() string { return strings.ToUpper(n.Snake()) }

// Kebab is order-id.
func (n Name) Kebab() string { return strings.ReplaceAll(n.words, " ", "-") }

// Pascal is OrderId, and OrderID when id is among the initialisms. Digits that
// meet are kept apart by an underscore: version 1 2 is Version1_2.
func (n Name) Pascal(capitals Initialisms) string {
	var b strings.Builder
	for word := range strings.SplitSeq(n.words, " ") {
		text := capitals.write(word)
		if b.Len() > 0 && isDigit(rune(text[0])) && isDigit(rune(b.String()[b.Len()-1])) {
			b.WriteByte('_')
		}
		b.WriteString(text)
	}
	return b.String()
}

// Camel is orderId, and orderID when id is among the initialisms; the first word
// is lower case.
func (n Name) Camel(capitals Initialisms) string {
	first, rest, found := strings.Cut(n.words, " ")
	if !found {
		return first
	}
	pascal := Name{rest}.Pascal(capitals)
	if isDigit(rune(pascal[0])) && isDigit(rune(first[len(first)-1])) {
		return first + "_" + pascal
	}
	return first + pascal
}

// Initialisms are the words written in capitals: id, url, http. The nil value has
// none.
type Initialisms map[string]string

// common are the initialisms that Go's own tools agree on.
var common = strings.Fields(`acl api ascii cpu css csv dns eof guid html http https id ip json jwt lhs pdf qps
	ram rhs rpc sdk sla smtp sql ssh ssl tcp tls ttl udp ui uid uri url utf8 utm uuid vm xml xmpp xsrf xss`)

// NewInitialisms is the common initialisms and further ones, in any case.
func NewInitialisms(more ...string) Initialisms {
	set := Initialisms{}
	for _, list := range [][]string{common, more} {
		for _, word := range list {
			word = Key(word)
			set[word] = strings.ToUpper(word)
			set[word+"s"] = strings.ToUpper(word) + "s"
		}
	}
	return set
}

func (set Initialisms) write(word string) string {
	if capitals, ok := set[word]; ok {
		return capitals
	}
	return strings.ToUpper(word[:1]) + word[1:]
}
