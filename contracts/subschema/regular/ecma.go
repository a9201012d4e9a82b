package regular

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// harmless are letters that mean themselves when they are escaped: in ECMA-262
// without the u flag, and nothing else in any other dialect.
const harmless = "ijmqyFIJMOTY"

// translate writes the escapes of ECMA-262 that regexp/syntax does not read as those
// it does. All else stays as it is.
func translate(pattern string) (string, error) {
	if !strings.Contains(pattern, `\`) {
		return pattern, nil
	}
	var b strings.Builder
	for i := 0; i < len(pattern); {
		if pattern[i] != '\\' || i+1 == len(pattern) {
			b.WriteByte(pattern[i])
			i++
			continue
		}
		if strings.HasPrefix(pattern[i:], `\Q`) {
			n := quoted(pattern[i:])
			b.WriteString(pattern[i : i+n])
			i += n
			continue
		}
		n, err := translateEscape(&b, pattern[i:])
		if err != nil {
			return "", err
		}
		i += n
	}
	return b.String(), nil
}

// quoted is the length of \Q…\E at the start of a text.
func quoted(text string) int {
	if end := strings.Index(text, `\E`); end >= 0 {
		return end + 2
	}
	return len(text)
}

// translateEscape writes the escape at the start of a text and returns its length.
func translateEscape(b *strings.Builder, text string) (n int, err error) {
	switch c := text[1]; {
	case c == 'u':
		return translateUnicode(b, text)
	case c == 'c':
		if len(text) < 3 || text[2]|0x20 < 'a' || text[2]|0x20 > 'z' {
			return 0, fmt.Errorf(`\c without a letter is no control character`)
		}
		fmt.Fprintf(b, `\x%02x`, text[2]&0x1f)
		return 3, nil
	case c >= utf8.RuneSelf || strings.IndexByte(harmless, c) >= 0:
		_, width := utf8.DecodeRuneInString(text[1:])
		b.WriteString(text[1 : 1+width])
		return 1 + width, nil
	}
	b.WriteString(text[:2])
	return 2, nil
}

// translateUnicode writes \uXXXX, two of them that are a pair of surrogates, or \u{X}.
func translateUnicode(b *strings.Builder, text string) (n int, err error) {
	r, n, ok := unicodeEscape(text)
	if !ok {
		return 0, fmt.Errorf(`\u without four hexadecimal digits, or a code point in braces, is no character`)
	}
	if low, m, ok := unicodeEscape(text[n:]); ok && m == 6 && n == 6 && utf16.IsSurrogate(r) {
		if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
			r, n = pair, n+m
		}
	}
	if utf16.IsSurrogate(r) {
		return 0, errSurrogate
	}
	fmt.Fprintf(b, `\x{%x}`, r)
	return n, nil
}

func unicodeEscape(text string) (r rune, n int, ok bool) {
	if !strings.HasPrefix(text, `\u`) {
		return 0, 0, false
	}
	digits, n := text[2:], 6
	if strings.HasPrefix(digits, "{") {
		end := strings.IndexByte(digits, '}')
		if end < 0 {
			return 0, 0, false
		}
		digits, n = digits[1:end], end+3
	} else {
		if len(digits) < 4 {
			return 0, 0, false
		}
		digits = digits[:4]
	}
	v, err := strconv.ParseUint(digits, 16, 32)
	if err != nil || v > utf8.MaxRune {
		return 0, 0, false
	}
	return rune(v), n, true
}
