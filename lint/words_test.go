package lint

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/evctl/evctl/contracts/naming"
)

func TestWordsOf_AgreesWithNaming(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.OneOf(rapid.StringMatching(`[a-z0-9_]{0,12}`), rapid.StringMatching(`[a-zA-Z0-9_ é-]{0,12}`)).Draw(t, "name")
		if diff := cmp.Diff(naming.Words(name), wordsOf(name)); diff != "" {
			t.Fatalf("words of %q differ (-naming +here):\n%s", name, diff)
		}
	})
}
