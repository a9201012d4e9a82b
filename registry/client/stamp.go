package client

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/evctl/evctl/registry/dir"
)

// stampOf changes when a release in a directory does. It looks at names, sizes and times
// only, so that looking often costs little.
func stampOf(ctx context.Context, store *dir.Store) (string, error) {
	subjects, err := store.List(ctx)
	if err != nil {
		return "", err
	}
	sum := sha256.New()
	for _, s := range subjects {
		for _, v := range s.Versions {
			stamp, err := store.Stamp(s.Event, v)
			if err != nil {
				return "", err
			}
			fmt.Fprintf(sum, "%q %s %s\n", s.Event, v, stamp)
		}
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}
