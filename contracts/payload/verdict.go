package payload

import (
	"bytes"
	"encoding/json"
	"strconv"
)

// AppendJSON appends the verdict as encoding/json writes it, without reflection and apart
// from what only matters inside of HTML: <, > and & stay what they are.
func (v *Verdict) AppendJSON(b []byte) []byte {
	b = append(b, '{')
	if v.Event != "" {
		b = append(AppendText(append(b, `"event":`...), v.Event), ',')
	}
	if v.Version != "" {
		b = append(AppendText(append(b, `"version":`...), v.Version), ',')
	}
	b = strconv.AppendBool(append(b, `"valid":`...), v.Valid)
	if v.Flag != "" {
		b = AppendText(append(b, `,"flag":`...), v.Flag)
	}
	if len(v.Violations) > 0 {
		b = append(b, `,"violations":`...)
		for i := range v.Violations {
			b = v.Violations[i].appendJSON(appendComma(b, i))
		}
		b = append(b, ']')
	}
	return append(b, '}')
}

func (v *Violation) appendJSON(b []byte) []byte {
	b = AppendText(append(b, `{"pointer":`...), v.Pointer)
	b = AppendText(append(b, `,"rule":`...), v.Rule)
	b = AppendText(append(b, `,"expected":`...), v.Expected)
	b = AppendText(append(b, `,"found":`...), v.Found)
	b = strconv.AppendInt(append(b, `,"offset":`...), int64(v.Offset), 10)
	if len(v.Tried) > 0 {
		b = append(b, `,"tried":`...)
		for i, t := range v.Tried {
			b = AppendText(append(appendComma(b, i), `{"variant":`...), t.Variant)
			b = append(AppendText(append(b, `,"violation":`...), t.Violation), '}')
		}
		b = append(b, ']')
	}
	return append(b, '}')
}

// appendComma appends what stands before element i of an array.
func appendComma(b []byte, i int) []byte {
	if i == 0 {
		return append(b, '[')
	}
	return append(b, ',')
}

// AppendText appends a text as a JSON string.
func AppendText(b []byte, text string) []byte {
	start := len(b)
	b = append(b, '"')
	for i := range len(text) {
		switch c := text[i]; {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case ' ' <= c && c <= '~':
			b = append(b, c)
		default:
			return appendRareText(b[:start], text)
		}
	}
	return append(b, '"')
}

// appendRareText leaves what is not ASCII to the library.
func appendRareText(b []byte, text string) []byte {
	out := bytes.NewBuffer(b)
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	_ = e.Encode(text) // a buffer takes every text
	return bytes.TrimSuffix(out.Bytes(), newline)
}
