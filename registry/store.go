package registry

import (
	"context"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/numbers"
)

// Subject is an event with its released versions, oldest first; it has at least one.
type Subject struct {
	Event    string
	Versions []contracts.Version
}

// Latest is the highest released version.
func (s Subject) Latest() contracts.Version { return s.Versions[len(s.Versions)-1] }

// Reader reads what is released. What it returns was checked against its digest;
// what does not match is an error with CodeReleaseEdited.
type Reader interface {
	// List returns the subjects ordered by event.
	List(ctx context.Context) ([]Subject, error)
	// Versions returns the released versions of an event, oldest first, and none
	// for an event that is not released.
	Versions(ctx context.Context, event string) ([]contracts.Version, error)
	// Head reads a release without its contents. It fails with CodeVersionUnknown.
	Head(ctx context.Context, event string, version contracts.Version) (Head, error)
	// Get reads a release. It fails with CodeVersionUnknown.
	Get(ctx context.Context, event string, version contracts.Version) (*Record, error)
	// Ledger reads the protobuf numbers of a release, of which the rest may go unchecked.
	// It fails with CodeVersionUnknown.
	Ledger(ctx context.Context, event string, version contracts.Version) (numbers.Ledger, error)
}

// Store keeps releases. Every implementation passes registry/storetest, apart from
// registry/remote, which hands them to a server that has one.
type Store interface {
	Reader
	// Update lets plan read and then creates the records that it returns, all of
	// them or none as far as the technology permits. Updates of one store exclude
	// each other, so that what plan has read still holds when its records appear.
	// A record whose version exists already fails with CodeVersionConflict and is
	// never overwritten. The result is the heads of the records as they are stored: a
	// server decides itself when something is released.
	Update(ctx context.Context, plan func(Reader) ([]*Record, error)) ([]Head, error)
}

// Released reads all versions of an event, oldest first.
func Released(ctx context.Context, r Reader, event string) ([]*Record, error) {
	versions, err := r.Versions(ctx, event)
	if err != nil {
		return nil, err
	}
	records := make([]*Record, len(versions))
	for i, v := range versions {
		if records[i], err = r.Get(ctx, event, v); err != nil {
			return nil, err
		}
	}
	return records, nil
}
