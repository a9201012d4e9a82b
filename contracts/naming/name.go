package naming

import "strings"

// Name is an identifier before a language gives it a case: lower-case words of
// ASCII letters and digits, at least one, the first of which starts with a letter
// (see Part for the exception).
type Name struct{ words string } // separated by spaces, so that names compare with ==; see Exactly for the equals sign

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
func Of(text string) Name {
	if isSnakeWords(text) {
		return Name{strings.ReplaceAll(text, "_", " ")}
	}
	return New(spaced(text))
}

// isSnakeWords reports whether text is words as they are, with single underscores between
// them, which most texts are.
func isSnakeWords(text string) bool {
	before := byte('_')
	for i := range len(text) {
		if c := text[i]; !isLower(rune(c)) && (c != '_' && !isDigit(rune(c)) || before == '_' && (c == '_' || i == 0)) {
			return false
		}
		before = text[i]
	}
	return before != '_'
}

// Part makes a name that stands after another one, and so may start with a digit.
func Part(text string) Name { return Name{spaced(text)} }

// exact marks, within the words of a name, what somebody chose letter by letter.
const exact = '='

// Exactly makes a name that casings leave as it is where it is in their case already:
// Exactly("HTTPv2") is HTTPv2 in Pascal case, and in others what the words of its text
// are. The text is an identifier: letters of ASCII, digits and underscores.
func Exactly(identifier string) Name { return Name{string(exact) + identifier} }

// IsExact reports whether somebody chose a part of the name letter by letter.
func (n Name) IsExact() bool { return strings.IndexByte(n.words, exact) >= 0 }

// eachPart writes a name with parts that are exact: separated by between, each as cased
// says, those that are exact as they are where fits says so.
func (n Name) eachPart(between string, fits func(identifier string) bool, cased func(Name) string) string {
	var b strings.Builder
	plain := ""
	flush := func(text string) {
		if b.Len() > 0 && text != "" {
			b.WriteString(between)
		}
		b.WriteString(text)
	}
	for word := range strings.SplitSeq(n.words, " ") {
		if word[0] != exact {
			plain = strings.TrimPrefix(plain+" "+word, " ")
			continue
		}
		if plain != "" {
			flush(cased(Name{plain}))
			plain = ""
		}
		if identifier := word[1:]; fits(identifier) {
			flush(identifier)
		} else {
			flush(cased(Of(identifier)))
		}
	}
	if plain != "" {
		flush(cased(Name{plain}))
	}
	return b.String()
}

func isPascal(identifier string) bool { return isUpper(rune(identifier[0])) }
func isSnake(identifier string) bool  { return identifier == strings.ToLower(identifier) }

// Words are the name's words.
func (n Name) Words() []string {
	if !n.IsExact() {
		return strings.Split(n.words, " ")
	}
	return strings.Split(n.eachPart(" ", func(string) bool { return false }, func(n Name) string { return n.words }), " ")
}

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
func (n Name) Key() string {
	if n.IsExact() {
		return strings.ToLower(strings.NewReplacer(" ", "", "_", "", string(exact), "").Replace(n.words))
	}
	return strings.ReplaceAll(n.words, " ", "")
}

// String is the snake_case form, for messages.
func (n Name) String() string { return n.Snake() }

// Snake is order_id.
func (n Name) Snake() string {
	if n.IsExact() {
		return n.eachPart("_", isSnake, Name.Snake)
	}
	return strings.ReplaceAll(n.words, " ", "_")
}

// UpperSnake is ORDER_ID.
func (n Name) UpperSnake() string {
	if n.IsExact() {
		isUpperSnake := func(identifier string) bool { return identifier == strings.ToUpper(identifier) }
		return n.eachPart("_", isUpperSnake, Name.UpperSnake)
	}
	return strings.ToUpper(n.Snake())
}

// Kebab is order-id.
func (n Name) Kebab() string { return strings.ReplaceAll(n.Snake(), "_", "-") }

// Pascal is OrderId, and OrderID when id is among the initialisms. Digits that
// meet are kept apart by an underscore: version 1 2 is Version1_2.
func (n Name) Pascal(capitals Initialisms) string {
	if n.IsExact() {
		return n.eachPart("", isPascal, func(n Name) string { return n.Pascal(capitals) })
	}
	var room [64]byte
	b := room[:0]
	for word := range strings.SplitSeq(n.words, " ") {
		if len(b) > 0 && isDigit(rune(word[0])) && isDigit(rune(b[len(b)-1])) {
			b = append(b, '_')
		}
		b = capitals.append(b, word)
	}
	return string(b)
}

// Camel is orderId, and orderID when id is among the initialisms; the first word
// is lower case. Nothing of it is kept as it is: targets write no name of a contract
// in this case without something of their own around it.
func (n Name) Camel(capitals Initialisms) string {
	if n.IsExact() {
		return Name{strings.Join(n.Words(), " ")}.Camel(capitals)
	}
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

// append writes a word with a capital, or in capitals.
func (set Initialisms) append(b []byte, word string) []byte {
	if capitals, ok := set[word]; ok {
		return append(b, capitals...)
	}
	b = append(b, word...)
	if first := &b[len(b)-len(word)]; isLower(rune(*first)) {
		*first -= 'a' - 'A'
	}
	return b
}
