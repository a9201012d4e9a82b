package rawjson

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// texts draws texts in which the characters that matter are frequent.
func texts() *rapid.Generator[[]byte] {
	return rapid.SliceOfN(rapid.OneOf(
		rapid.SampledFrom([]byte("\"\\\x00\x1f \x7f\x80\xff!#[]ab")), rapid.Byte(), rapid.Just(byte('a')),
	), 0, 400)
}

func TestText_MarksEachByteForWhatItIs(t *testing.T) {
	var all []byte
	for i := range 256 {
		all = append(all, byte(i))
	}
	check := func(t rapid.TB, data []byte) {
		var x Text
		x.Load(data)
		for i, c := range data {
			stop := x.stops[i/8]>>(i%8)&1 == 1
			if stop != (c == '"' || c == '\\' || c < ' ') {
				t.Fatalf("byte %d (0x%02x): %v", i, c, stop)
			}
		}
	}
	check(t, all)
	rapid.Check(t, func(t *rapid.T) { check(t, texts().Draw(t, "text")) })
}

func TestMarkStops_IsItsTwinInPlainGo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		data := texts().Draw(t, "text")
		blocks := len(data) / blockBytes
		got, want := make([]byte, blocks*blockStops), make([]byte, blocks*blockStops)
		ok := markStops(data[:blocks*blockBytes], got)
		if markPlainly(data[:blocks*blockBytes], want) != ok {
			t.Fatalf("%v in assembly", ok)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
	})
}

// TestMarkStops_FindsWhatIsNotUTF8 has every sequence of up to four bytes that stands for
// its kind, at each place of a block and across its ends, held against unicode/utf8.
func TestMarkStops_FindsWhatIsNotUTF8(t *testing.T) {
	kinds := []byte{'a', 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff}
	blocks := bytes.Repeat([]byte{'a'}, 4*blockBytes)
	stops := make([]byte, 4*blockStops)
	n := len(kinds)
	for i := range n * n * n * n {
		sequence := []byte{kinds[i%n], kinds[i/n%n], kinds[i/n/n%n], kinds[i/n/n/n]}
		at := blockBytes + i*7%(2*blockBytes) - len(sequence)
		copy(blocks[at:], sequence)
		if want := utf8.Valid(blocks); markStops(blocks, stops) != want || markPlainly(blocks, stops) != want {
			t.Fatalf("% x at %d: in assembly %v, in plain Go %v, expected %v", sequence, at, markStops(blocks, stops), markPlainly(blocks, stops), want)
		}
		copy(blocks[at:], "aaaa")
	}
}

func TestText_IsRefusedUnlessItIsUTF8(t *testing.T) {
	pieces := rapid.SampledFrom([]string{"a", "ü", "\u20ac", "😀", "\xed\xa0\x80", "\xf0\x9f\x98", "\xc3", "0123456789012345678901234567890"})
	rapid.Check(t, func(t *rapid.T) {
		data := []byte(strings.Join(rapid.SliceOfN(pieces, 0, 20).Draw(t, "pieces"), ""))
		var x Text
		if got, want := x.Load(data), utf8.Valid(data); got != want {
			t.Fatalf("%q: %v, expected %v", data, got, want)
		}
	})
}

// TestStringEnd_AgreesWithEncodingJSON compares the ways to the end of a string, of a Text
// and of bytes, with a reader that has neither, and that takes broken text for U+FFFD.
func TestStringEnd_AgreesWithEncodingJSON(t *testing.T) {
	pieces := rapid.SampledFrom([]string{`"`, `\"`, `\\`, `\n`, `\u0041`, `\ud83d\ude00`, `\ud83d`, `\ude00`, `\u12`, `\x`, "a", "abcdefgh", "ü", "😀", "\xff", "\xed\xa0\x80", "\x01", "\x7f", " "})
	rapid.Check(t, func(t *rapid.T) {
		data := []byte{'"'}
		for _, p := range rapid.SliceOfN(pieces, 0, 30).Draw(t, "pieces") {
			data = append(data, p...)
		}
		end, traits := StringEnd(data, 1)
		var x Text
		loaded := x.Load(data)
		want := 1
		for want < len(data) && !json.Valid(data[:want+1]) {
			want++
		}
		var text string
		if json.Unmarshal(data[:min(want+1, len(data))], &text) != nil || strings.ContainsRune(text, utf8.RuneError) {
			want = -1
		}
		if end != want {
			t.Fatalf("ends at %d, expected %d", end, want)
		}
		if decoded, e := x.Decode([]byte("in front"), 1); loaded && (e != end || end >= 0 && string(decoded) != "in front"+text) {
			t.Fatalf("decoded to %q, ends at %d; expected %q and %d", decoded, e, text, end)
		}
		if e := x.StringEnd(1); loaded && e != end {
			t.Fatalf("of a Text: %d; of bytes: %d", e, end)
		}
		if end < 0 {
			return
		}
		content := data[1:end]
		if escaped := bytes.IndexByte(content, '\\') >= 0; escaped != (traits&Escaped != 0) {
			t.Fatalf("traits are %d", traits)
		}
		if got := AppendText(nil, content); traits&Escaped != 0 && string(got) != text {
			t.Fatalf("text is %q, expected %q", got, text)
		}
	})
}

// TestText_ValueEndIsWhereTheValueEnds compares with a decoder, for values that are JSON,
// and wants an end of everything else.
func TestText_ValueEndIsWhereTheValueEnds(t *testing.T) {
	pieces := rapid.SampledFrom([]string{`{`, `}`, `[`, `]`, `,`, `:`, `"`, `"a"`, `"k":`, `"]}"`, `"\\"["`, `"\\\\"`, `"ü😀"`, `12.5`, `true`, ` `, "\n", "{}", "[[]]", `{"a":[1,{"b":"}"}]}`, "\x00", "\xff"})
	rapid.Check(t, func(t *rapid.T) {
		data := []byte(strings.Join(rapid.SliceOfN(pieces, 1, 40).Draw(t, "pieces"), ""))
		var x Text
		x.Load(data)
		end := x.ValueEnd(0)
		if end > len(data) {
			t.Fatalf("ends at %d, behind the text", end)
		}
		var value json.RawMessage
		if json.NewDecoder(bytes.NewReader(data)).Decode(&value) != nil || data[0] <= ' ' {
			return
		}
		if rest := data[len(value):]; len(rest) > 0 && !strings.ContainsRune(",]} \n", rune(rest[0])) {
			return // it cannot stand there
		}
		if end != len(value) {
			t.Fatalf("ends at %d, expected %d", end, len(value))
		}
	})
}
