package dir_test

import (
	"path/filepath"
	"testing"

	"github.com/evctl/evctl/registry"
	"github.com/evctl/evctl/registry/dir"
	"github.com/evctl/evctl/registry/storetest"
)

func TestStore_KeepsThePromisesOfStores(t *testing.T) {
	storetest.Run(t, func(t *testing.T) (registry.Store, func() registry.Store) {
		path := filepath.Join(t.TempDir(), "releases")
		again := func() registry.Store {
			s, err := dir.Open(path, "releases")
			if err != nil {
				t.Fatal(err)
			}
			return s
		}
		return again(), again
	})
}
