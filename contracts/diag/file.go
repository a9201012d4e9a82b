package diag

import (
	"bytes"
	"sort"
	"sync"
	"unicode/utf8"
)

// File is a source text and the path it is reported under.
type File struct {
	// Path is slash-separated and relative to the workspace root where there is one.
	Path string
	Data []byte

	once  sync.Once
	lines []int32 // byte offset at which the text of each line starts

	markOnce sync.Once
	marks    []int32 // characters before every markEvery-th byte; made for long lines only
}

// markEvery is the distance in bytes between places whose character count is kept, so
// that the cost of a position does not grow with the length of its line.
const markEvery = 4096

var bom = []byte("\xef\xbb\xbf")

// NewFile wraps data, which must not be changed afterwards.
func NewFile(path string, data []byte) *File {
	return &File{Path: path, Data: data}
}

// Position is a place as people count it: both parts start at 1 and the column
// counts Unicode code points.
type Position struct {
	Line   int `json:"line"`
	Column int `json:"column"`
}

// Position converts a byte offset; offsets outside the file are clamped to it. A
// byte order mark is not a character that people see: it has no column.
func (f *File) Position(offset int32) Position {
	if f == nil {
		return Position{1, 1}
	}
	starts := f.lineStarts()
	offset = max(starts[0], min(offset, int32(len(f.Data))))
	line := sort.Search(len(starts), func(i int) bool { return starts[i] > offset })
	return Position{line, f.characters(starts[line-1], offset) + 1}
}

// characters counts the code points from one offset to another.
func (f *File) characters(from, to int32) int {
	if to-from <= markEvery {
		return utf8.RuneCount(f.Data[from:to])
	}
	f.markOnce.Do(func() {
		count := 0
		for at := 0; at < len(f.Data); at += markEvery {
			f.marks = append(f.marks, int32(count))
			count += starters(f.Data[at:min(at+markEvery, len(f.Data))])
		}
	})
	before := func(at int32) int {
		mark := min(int(at/markEvery), len(f.marks)-1)
		return int(f.marks[mark]) + starters(f.Data[mark*markEvery:at])
	}
	return before(to) - before(from)
}

// starters counts the bytes that start a code point, which works on any part of a text.
func starters(data []byte) (n int) {
	for _, b := range data {
		if utf8.RuneStart(b) {
			n++
		}
	}
	return n
}

// Offset converts a position back to a byte offset, clamped to the line's end.
func (f *File) Offset(p Position) int32 {
	starts := f.lineStarts()
	if p.Line < 1 {
		return starts[0]
	}
	if p.Line > len(starts) {
		return int32(len(f.Data))
	}
	at := int(starts[p.Line-1])
	for column := 1; column < p.Column && at < len(f.Data) && f.Data[at] != '\n'; column++ {
		_, size := utf8.DecodeRune(f.Data[at:])
		at += size
	}
	return int32(at)
}

// Line returns line n, counted from 1, without its line ending.
func (f *File) Line(n int) string {
	starts := f.lineStarts()
	if n < 1 || n > len(starts) {
		return ""
	}
	line := f.Data[starts[n-1]:]
	if i := bytes.IndexByte(line, '\n'); i >= 0 {
		line = line[:i]
	}
	return string(bytes.TrimSuffix(line, []byte{'\r'}))
}

// Lines counts the lines; an empty file has one.
func (f *File) Lines() int { return len(f.lineStarts()) }

func (f *File) lineStarts() []int32 {
	f.once.Do(func() {
		f.lines = append(make([]int32, 0, bytes.Count(f.Data, []byte{'\n'})+1), 0)
		if bytes.HasPrefix(f.Data, bom) {
			f.lines[0] = int32(len(bom))
		}
		for i, b := range f.Data {
			if b == '\n' {
				f.lines = append(f.lines, int32(i+1))
			}
		}
	})
	return f.lines
}

// Span is a half-open range of byte offsets in a file. The zero span means
// "no particular place" and is reported as the file's first character.
type Span struct {
	Start, End int32
}

// IsZero reports whether the span names no place.
func (s Span) IsZero() bool { return s == Span{} }

// Contains reports whether t lies within s.
func (s Span) Contains(t Span) bool { return s.Start <= t.Start && t.End <= s.End }

// Location is a span in a file. A location without a file is nowhere.
type Location struct {
	File *File
	Span Span
}

// Position is where the location starts.
func (l Location) Position() Position { return l.File.Position(l.Span.Start) }

// Text is the source text the location covers.
func (l Location) Text() string {
	if l.File == nil || l.Span.Start < 0 || int(l.Span.End) > len(l.File.Data) || l.Span.Start > l.Span.End {
		return ""
	}
	return string(l.File.Data[l.Span.Start:l.Span.End])
}
