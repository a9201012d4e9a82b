package payload

import (
	"testing"

	"github.com/evctl/evctl/contracts/formats"
)

// TestIsUUID_IsThatOfFormats puts every byte in each place of a UUID.
func TestIsUUID_IsThatOfFormats(t *testing.T) {
	text := []byte("09afAF6e-9e0a-4C55-8a39-0d5d4f7a2fB9")
	if !isUUID(text) {
		t.Fatalf("%s is none", text)
	}
	for at := range text {
		was := text[at]
		for c := range 256 {
			text[at] = byte(c)
			if got, want := isUUID(text), formats.UUID(string(text)); got != want {
				t.Errorf("%q: %v, expected %v", text, got, want)
			}
		}
		text[at] = was
	}
}
