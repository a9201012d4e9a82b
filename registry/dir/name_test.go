package dir

import (
	"strings"
	"testing"

	"github.com/evctl/evctl/registry/storetest"
)

func TestEscape_IsReadable(t *testing.T) {
	for event, want := range map[string]string{
		"order.completed":  "order.completed",
		"order_line-item2": "order_line-item2",
		"Order Completed":  "%4Frder%20%43ompleted",
		"com.acme/click":   "com.acme%2Fclick",
		"100%":             "100%25",
		"..":               "%2E%2E",
		".git":             "%2Egit",
		"a.":               "a%2E",
		"aux.opened":       "%61ux.opened",
		"auxiliary.opened": "auxiliary.opened",
		"com1":             "%63om1",
		"com10":            "com10",
		"ü":                "%C3%BC",
	} {
		got, err := Escape(event)
		if err != nil || got != want {
			t.Errorf("Escape(%q) = %q, %v, want %q", event, got, err, want)
		}
	}
}

func TestEscape_RefusesWhatNoFolderCanHold(t *testing.T) {
	for _, event := range []string{"", strings.Repeat("a", maxName+1), strings.Repeat("Ü", 41)} {
		if folder, err := Escape(event); err == nil {
			t.Errorf("Escape of %d bytes = %q, want an error", len(event), folder)
		}
	}
}

func TestUnescape_RefusesOtherSpellings(t *testing.T) {
	for _, folder := range []string{"", ".", "..", "A", "%4f", "%61", "a b", "%", "%2", "%zz", "con", ".a", "a.", "a/b", "%2F%2f"} {
		if event, err := Unescape(folder); err == nil {
			t.Errorf("Unescape(%q) = %q, want an error", folder, event)
		}
	}
}

func FuzzEscape_IsReversibleAndSafe(f *testing.F) {
	for _, name := range storetest.Names {
		f.Add(name)
	}
	f.Add("nul.x")
	f.Add("tab\there")
	f.Add("\u2028")
	f.Add("\xff")
	f.Fuzz(func(t *testing.T, event string) {
		folder, err := Escape(event)
		if err != nil {
			return
		}
		if back, err := Unescape(folder); err != nil || back != event {
			t.Fatalf("Unescape(Escape(%q)) = %q, %v", event, back, err)
		}
		for i := 0; i < len(folder); i++ {
			c := folder[i]
			hex := i > 0 && (folder[i-1] == '%' || i > 1 && folder[i-2] == '%')
			if !plain(c) && c != '%' && !(hex && 'A' <= c && c <= 'F') {
				t.Fatalf("Escape(%q) = %q has %q", event, folder, c)
			}
		}
		if folder[0] == '.' || folder[len(folder)-1] == '.' || reservedPrefix(folder) {
			t.Fatalf("Escape(%q) = %q is reserved on some system", event, folder)
		}
	})
}
