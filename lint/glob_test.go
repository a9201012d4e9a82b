package lint

import (
	"strings"
	"testing"
	"time"
)

func TestGlob_Match(t *testing.T) {
	for _, c := range []struct {
		pattern, path string
		want          bool
	}{
		{"contracts/order.yaml", "contracts/order.yaml", true},
		{"contracts/order.yaml", "contracts/order.yml", false},
		{"contracts", "contracts/a/b.yaml", true},
		{"contracts/", "contracts/a/b.yaml", true},
		{"./contracts", "contracts/b.yaml", true},
		{"contract", "contracts/a.yaml", false},
		{"contracts/*.yaml", "contracts/a.yaml", true},
		{"contracts/*.yaml", "contracts/a/b.yaml", false},
		{"contracts/*", "contracts/a/b.yaml", true},
		{"**/b.yaml", "contracts/a/b.yaml", true},
		{"**/b.yaml", "b.yaml", true},
		{"contracts/**", "contracts/a/b.yaml", true},
		{"contracts/**", "other/b.yaml", false},
		{"contracts/**/b.yaml", "contracts/b.yaml", true},
		{"contracts/**/b.yaml", "contracts/x/y/b.yaml", true},
		{"contracts/**/a/*.yaml", "contracts/a/a/b.yaml", true},
		{"**", "anything/at/all", true},
		{"**/legacy/**", "contracts/legacy/x.yaml", true},
		{"contracts/[ab].yaml", "contracts/b.yaml", true},
		{"contracts/?.yaml", "contracts/ab.yaml", false},
	} {
		g, err := parseGlob(c.pattern)
		if err != nil {
			t.Fatalf("%s: %v", c.pattern, err)
		}
		if got := g.match(c.path); got != c.want {
			t.Errorf("%s matches %s: %t, expected %t", c.pattern, c.path, got, c.want)
		}
	}
}

func TestGlob_ManyStarsCostLittle(t *testing.T) {
	g, err := parseGlob(strings.Repeat("**/a/", 200) + "b")
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	if g.match(strings.Repeat("a/", 2000) + "c") {
		t.Error("it matches")
	}
	if spent := time.Since(start); spent > 2*time.Second {
		t.Errorf("matching took %v", spent)
	}
}
