package dir

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/evctl/evctl/registry"
	"github.com/evctl/evctl/registry/storetest"
)

// Where directories cannot be locked, two writers can both find a name free.
func TestPublish_WithoutALockStillDoesNotOverwrite(t *testing.T) {
	s, err := Open(t.TempDir(), "releases")
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []registry.Code{"", registry.CodeVersionConflict} {
		r := storetest.Record(t, "a.b", "1.0.0", []string{"first", "second"}[i])
		temp, err := s.writeTemp(r)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.publish([]string{temp}, []*registry.Record{r}); err == nil != (want == "") || err != nil && registry.CodeOf(err) != want {
			t.Errorf("publish %d: %v, want %q", i, err, want)
		}
	}
	r, err := s.Get(t.Context(), "a.b", storetest.Record(t, "a.b", "1.0.0", "").Version)
	if err != nil {
		t.Fatal(err)
	}
	if c, err := r.Contract(); err != nil || c.Payload.Description != "first" {
		t.Errorf("the release is %+v, %v, want the first", c, err)
	}
}

func TestLeftovers_OfOthersAreKeptWithoutALock(t *testing.T) {
	s, err := Open(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	temp, err := s.writeTemp(storetest.Record(t, "a.b", "1.0.0", ""))
	if err != nil {
		t.Fatal(err)
	}
	foreign := filepath.Join(s.path, ".gitkeep")
	if err := os.WriteFile(foreign, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ exclusive, stays bool }{{false, true}, {true, false}} {
		if err := s.removeLeftovers(c.exclusive); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(temp); (err == nil) != c.stays {
			t.Errorf("with exclusive=%v the file stays: %v, want %v", c.exclusive, err == nil, c.stays)
		}
		if _, err := os.Stat(foreign); err != nil {
			t.Error(err)
		}
	}
}
