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
			stop := x.stops[i/blockBytes]>>(i%blockBytes)&1 == 1
			if stop != (c == '"' || c == '\\' || c < ' ' || c >= 0x80) {
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
		got, want := make([]uint64, blocks), make([]uint64, blocks)
		markStops(data[:blocks*blockBytes], got)
		markPlainly(data[:blocks*blockBytes], want)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
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
		x.Load(data)
		if e, f := x.StringEnd(1); e != end || f != traits {
			t.Fatalf("of a Text: %d, %d; of bytes: %d, %d", e, f, end, traits)
		}
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
		decoded, e := x.Decode([]byte("in front"), 1)
		if e != end || end >= 0 && string(decoded) != "in front"+text {
			t.Fatalf("decoded to %q, ends at %d; expected %q and %d", decoded, e, text, end)
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
