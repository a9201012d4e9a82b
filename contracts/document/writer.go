package document

import "strconv"

// Writer writes JSON without white space, with members in the order in which they are
// written. Whoever uses it opens and closes what it opens. Keywords are words that need
// no escapes; what somebody chose is a key.
type Writer struct {
	// B is what has been written.
	B []byte
}

// Open starts an object.
func (w *Writer) Open() { w.B = append(w.B, '{') }

// Close ends it.
func (w *Writer) Close() { w.B = append(w.B, '}') }

// Key starts a member whose name somebody chose.
func (w *Writer) Key(name string) {
	w.comma()
	w.B = append(AppendQuoted(w.B, name), ':')
}

// Keyword starts a member.
func (w *Writer) Keyword(name string) {
	w.comma()
	w.B = append(append(append(w.B, '"'), name...), '"', ':')
}

func (w *Writer) comma() {
	if w.B[len(w.B)-1] != '{' {
		w.B = append(w.B, ',')
	}
}

// Raw writes a member whose value is JSON.
func (w *Writer) Raw(keyword, json string) {
	w.Keyword(keyword)
	w.B = append(w.B, json...)
}

// Text writes a member with a text, and nothing when it is empty.
func (w *Writer) Text(keyword, value string) {
	if value != "" {
		w.Keyword(keyword)
		w.Quoted(value)
	}
}

// Quoted writes a text as a value.
func (w *Writer) Quoted(value string) { w.B = AppendQuoted(w.B, value) }

// Count writes a member with a number, and nothing for nil.
func (w *Writer) Count(keyword string, n *int) {
	if n != nil {
		w.Raw(keyword, strconv.Itoa(*n))
	}
}

// List writes an array of n items.
func (w *Writer) List(n int, item func(i int)) {
	w.B = append(w.B, '[')
	for i := range n {
		if i > 0 {
			w.B = append(w.B, ',')
		}
		item(i)
	}
	w.B = append(w.B, ']')
}

// Texts writes a member with a list of texts.
func (w *Writer) Texts(keyword string, list []string) {
	w.Keyword(keyword)
	w.List(len(list), func(i int) { w.Quoted(list[i]) })
}
