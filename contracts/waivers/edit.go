package waivers

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/contracts/format"
)

// ErrNotExtensible is the error of a file that an entry cannot be spliced into.
var ErrNotExtensible = errors.New("its layout leaves no place for another entry")

// Append is the text of the file with one more entry at its end; everything else stays
// as it is, line ends too. A nil file is an empty one. The note becomes a comment beside the
// fingerprint, for those who review the file.
func Append(f *File, w Waiver, note string) ([]byte, error) {
	if f == nil {
		f = &File{File: diag.NewFile(FileName, nil)}
	}
	data := f.File.Data
	var text []byte
	switch {
	case f.Node == nil:
		text = appendBlock(data, w, note, "")
	case f.Node.Kind != document.Sequence:
		return nil, fmt.Errorf("extend %s: it is not a list", f.File.Path)
	case data[f.Node.Span.Start] == '[':
		text = f.appendFlow(w)
	case f.inLines():
		text = appendBlock(data, w, note, f.indent())
	default:
		return nil, fmt.Errorf("extend %s: %w", f.File.Path, ErrNotExtensible)
	}
	if !f.extends(text, w) {
		return nil, fmt.Errorf("extend %s: %w", f.File.Path, ErrNotExtensible)
	}
	return text, nil
}

// extends reports whether a text has the entries of the file and the new one behind them.
func (f *File) extends(text []byte, w Waiver) bool {
	after, diags := Parse(diag.NewFile(f.File.Path, text))
	_, before := Parse(f.File)
	same := func(a, b Waiver) bool {
		a.Span, b.Span = diag.Span{}, diag.Span{}
		return a == b
	}
	return len(diags) <= len(before) && len(after.Waivers) == len(f.Waivers)+1 &&
		slices.EqualFunc(after.Waivers, append(slices.Clip(f.Waivers), w), same)
}

// inLines reports whether the list has a line with a dash for each entry.
func (f *File) inLines() bool {
	return len(f.Node.Items) > 0 && f.File.Data[f.Node.Span.Start] == '-'
}

// indent is what stands before the dash of the first entry.
func (f *File) indent() string {
	dash := f.dash(0)
	start := bytes.LastIndexByte(f.File.Data[:dash], '\n') + 1
	return strings.TrimPrefix(string(f.File.Data[start:dash]), "\ufeff")
}

// dash is where the dash of the i-th entry of a block list stands.
func (f *File) dash(i int) int {
	return bytes.LastIndexByte(f.File.Data[:f.Node.Items[i].Span.Start], '-')
}

// entry is a key with its value.
type entry struct{ key, value string }

func (w *Waiver) entries() []entry {
	return []entry{
		{"fingerprint", w.Fingerprint}, {"rule", w.Rule}, {"event", w.Event}, {"path", w.Path},
		{"reason", w.Reason}, {"approver", w.Approver}, {"created", w.Created}, {"expires", w.Expires},
	}
}

func appendBlock(data []byte, w Waiver, note, indent string) []byte {
	end := "\n"
	if bytes.Contains(data, []byte("\r\n")) {
		end = "\r\n"
	}
	text := slices.Clone(data)
	if len(text) > 0 && text[len(text)-1] != '\n' {
		text = append(text, end...)
	}
	lead := "- "
	for _, e := range w.entries() {
		line := indent + lead + e.key + ": " + scalar(e.value)
		if e.key == "fingerprint" && note != "" {
			line += " # " + oneLine(note)
		}
		text = append(append(text, line...), end...)
		lead = "  "
	}
	return text
}

// appendFlow adds an entry to a list in brackets.
func (f *File) appendFlow(w Waiver) []byte {
	var words []string
	for _, e := range w.entries() {
		words = append(words, document.Quote(e.key)+": "+document.Quote(e.value))
	}
	item := "{" + strings.Join(words, ", ") + "}"
	at := f.Node.Span.End - 1
	if n := len(f.Node.Items); n > 0 {
		at, item = f.Node.Items[n-1].Span.End, ", "+item
	}
	text, _ := diag.Apply(f.File, []diag.Edit{{Location: diag.Location{File: f.File, Span: diag.Span{Start: at, End: at}}, New: item}})
	return text
}

// scalar writes a text so that every version of YAML reads it as that text. Days stand
// bare, as people write them: some readers take them for dates, this one does not.
func scalar(text string) string {
	if isDay(text) {
		return text
	}
	return format.Scalar(text)
}

func isDay(text string) bool {
	_, err := ParseDay(text)
	return err == nil
}

// longestNote is how much of a note is written, in bytes.
const longestNote = 200

// oneLine makes a text fit behind a # sign.
func oneLine(text string) string {
	clean := strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return ' '
	}, text)
	if len(clean) > longestNote {
		clean = strings.ToValidUTF8(clean[:longestNote], "") + "…"
	}
	return strings.Join(strings.Fields(clean), " ")
}

// Without is the edit that takes the i-th entry out of a block list, with its lines. It
// is nil for other layouts.
func (f *File) Without(i int) *diag.Edit {
	data := f.File.Data
	if !f.inLines() {
		return nil
	}
	start := bytes.LastIndexByte(data[:f.dash(i)], '\n') + 1
	end := int(f.Node.Items[i].Span.End)
	if end == 0 || data[end-1] != '\n' {
		if line := bytes.IndexByte(data[end:], '\n'); line >= 0 {
			end += line + 1
		} else {
			end = len(data)
		}
	}
	if strings.TrimSpace(string(data[start:f.dash(i)])) != "" {
		return nil
	}
	return &diag.Edit{Location: diag.Location{File: f.File, Span: diag.Span{Start: int32(start), End: int32(end)}}}
}

// Drop is the file without the entries that are chosen. A nil file has none.
func (f *File) Drop(chosen func(*Waiver) bool) (*File, error) {
	if f == nil {
		return nil, nil
	}
	var edits []diag.Edit
	for i := range f.Waivers {
		if !chosen(&f.Waivers[i]) {
			continue
		}
		edit := f.Without(i)
		if edit == nil {
			return nil, fmt.Errorf("remove %s from %s: its layout does not allow it; remove it by hand", f.Waivers[i].Fingerprint, f.File.Path)
		}
		edits = append(edits, *edit)
	}
	if len(edits) == 0 {
		return f, nil
	}
	text, _ := diag.Apply(f.File, edits)
	after, _ := Parse(diag.NewFile(f.File.Path, text))
	return after, nil
}
