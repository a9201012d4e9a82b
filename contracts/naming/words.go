package naming

import (
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Words splits text into lower-case words of ASCII letters and digits. Words end at
// anything that is neither, where lower case turns into upper case, and before
// the last capital of a run (HTTPServer: http, server). Accents are dropped,
// letters of other scripts become their code points in hexadecimal (u65e5). Text
// without letters and digits is spelled (">=": greater, equal); the result is
// never empty.
func Words(text string) []string { return strings.Split(spaced(text), " ") }

// spaced is the words of text with spaces between them.
func spaced(text string) string {
	var room [64]byte
	b := room[:0]
	if isASCII(text) {
		b = appendWords(b, []byte(text))
	} else {
		b = appendWords(b, latin(text))
	}
	if len(b) == 0 {
		return strings.Join(spell(text), " ")
	}
	return string(b)
}

func appendWords[T byte | rune](b []byte, text []T) []byte {
	inside := false // of a word
	for i, c := range text {
		r := rune(c)
		foreign := r > unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsNumber(r))
		if !foreign && !isWord(r) {
			inside = false
			continue
		}
		if len(b) > 0 && (!inside || foreign || startsWord(text, i)) {
			b = append(b, ' ')
		}
		inside = !foreign
		switch {
		case foreign:
			b = fmt.Appendf(b, "u%04x", r)
		case isUpper(r):
			b = append(b, byte(r-'A'+'a'))
		default:
			b = append(b, byte(r))
		}
	}
	return b
}

// latin drops accents and writes ligatures as letters.
func latin(text string) []rune {
	var out []rune
	runes := []rune(norm.NFKD.String(text))
	for i, r := range runes {
		switch letters, ok := ligatures[r]; {
		case ok && i+1 < len(runes) && unicode.IsUpper(runes[i+1]):
			out = append(out, []rune(strings.ToUpper(letters))...)
		case ok:
			out = append(out, []rune(letters)...)
		case unicode.Is(unicode.Mn, r):
		default:
			out = append(out, r)
		}
	}
	return out
}

// ligatures are Latin letters that do not decompose.
var ligatures = map[rune]string{
	'ß': "ss", 'ẞ': "Ss", 'æ': "ae", 'Æ': "Ae", 'œ': "oe", 'Œ': "Oe", 'ø': "o", 'Ø': "O", 'ł': "l", 'Ł': "L",
	'đ': "d", 'Đ': "D", 'ð': "d", 'Ð': "D", 'þ': "th", 'Þ': "Th", 'ħ': "h", 'Ħ': "H", 'ı': "i",
}

func isASCII(text string) bool {
	for i := range len(text) {
		if text[i] > unicode.MaxASCII {
			return false
		}
	}
	return true
}

func isUpper(r rune) bool { return 'A' <= r && r <= 'Z' }
func isLower(r rune) bool { return 'a' <= r && r <= 'z' }
func isDigit(r rune) bool { return '0' <= r && r <= '9' }
func isWord(r rune) bool  { return isUpper(r) || isLower(r) || isDigit(r) }

// startsWord reports whether the capital at i begins a new word.
func startsWord[T byte | rune](text []T, i int) bool {
	if i == 0 || !isUpper(rune(text[i])) {
		return false
	}
	if !isUpper(rune(text[i-1])) {
		return true
	}
	next := i + 1
	if next == len(text) || !isLower(rune(text[next])) {
		return false
	}
	// The plural s of a run of capitals (IDs, URLs) belongs to it.
	plural := text[next] == 's' && (next+1 == len(text) || !isLower(rune(text[next+1])))
	return !plural
}

// symbols are the words for text that consists of signs only.
var symbols = map[rune]string{
	'+': "plus", '-': "minus", '*': "star", '/': "slash", '%': "percent", '=': "equal", '<': "less", '>': "greater",
	'!': "not", '?': "question", '.': "dot", ',': "comma", ':': "colon", ';': "semicolon", '&': "and", '|': "or",
	'#': "hash", '@': "at", '$': "dollar", '€': "euro", '£': "pound", '¥': "yen", '_': "underscore", ' ': "space",
	'~': "tilde", '^': "caret", '(': "open", ')': "close", '[': "open", ']': "close", '{': "open", '}': "close",
	'"': "quote", '\'': "quote", '`': "quote", '\\': "backslash", '\t': "tab", '\n': "newline",
}

// maxSpelled bounds how many signs are spelled.
const maxSpelled = 8

func spell(text string) []string {
	var words []string
	for _, r := range text {
		if len(words) == maxSpelled {
			break
		}
		word, ok := symbols[r]
		if !ok {
			word = fmt.Sprintf("u%04x", r)
		}
		words = append(words, word)
	}
	if len(words) == 0 {
		return []string{"empty"}
	}
	return words
}

// Key is what is left of a name when case and separators are dropped. Two names
// with one key are the same name in some language.
func Key(text string) string { return strings.ReplaceAll(spaced(text), " ", "") }
