package registry

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/contracts/numbers"
)

// ledgerDigestKey is the member that stands before the protobuf numbers: a digest over
// event, version and numbers.
//
// Generating code needs the numbers of every release and nothing else, and numbers that
// somebody changed must never be used. With a digest of their own, the last few hundred
// bytes of a file prove them. What else was edited in the file is for evctl lint to find,
// and for whoever reads the whole release. Releases that were made before this member
// existed are read whole.
const ledgerDigestKey = "protobuf_digest"

// ledgerDigest is the digest of an object of event, version and numbers, which are
// compact JSON: those of another release are no match.
func ledgerDigest(event string, version contracts.Version, protobuf []byte) contracts.Digest {
	text := append(make([]byte, 0, len(protobuf)+len(event)+64), `{"event":`...)
	text = append(document.AppendQuoted(text, event), `,"version":`...)
	text = append(document.AppendQuoted(text, version.String()), `,"protobuf":`...)
	sum := sha256.Sum256(append(append(text, protobuf...), '}'))
	return contracts.Digest("sha256:" + hex.EncodeToString(sum[:]))
}

// checkLedger holds the numbers against their digest, a JSON string.
func (r *Record) checkLedger(quoted []byte) error {
	if got := ledgerDigest(r.Event, r.Version, r.ProtobufJSON); string(quoted) != `"`+string(got)+`"` {
		return Errorf(CodeReleaseEdited, "protobuf numbers have digest %s, expected %s", got, quoted)
	}
	return nil
}

// Ledger reads the protobuf numbers of the release.
func (r *Record) Ledger() (numbers.Ledger, error) {
	var l numbers.Ledger
	if err := l.UnmarshalJSON(r.ProtobufJSON); err != nil {
		return numbers.Ledger{}, describe(r, err)
	}
	return l, nil
}

// PeekLedger reads the protobuf numbers of a version from the end of its release file,
// which may be the whole of it. ok is false when they are not there with a digest that
// proves them: then the file has to be read whole, which says why.
func PeekLedger(tail []byte, event string, version contracts.Version) (l numbers.Ledger, ok bool) {
	at := bytes.LastIndex(tail, []byte(`"`+ledgerDigestKey+`"`))
	if at < 0 {
		return l, false
	}
	buffer := buffers.Get().(*[]byte)
	defer buffers.Put(buffer)
	p := packer{src: tail, at: at, dst: (*buffer)[:0], copied: at, members: make([]member, 0, 2)}
	if !p.listed() || !p.byte(',') || !p.listed() || string(p.members[1].key) != "protobuf" {
		return l, false
	}
	*buffer = p.flushed()
	want, protobuf := p.members[0].packed.of(*buffer), p.members[1].packed.of(*buffer)
	if string(want) != `"`+string(ledgerDigest(event, version, protobuf))+`"` {
		return l, false
	}
	return l, l.UnmarshalJSON(protobuf) == nil
}

// Ledgers reads the protobuf numbers of all versions of an event, oldest first.
func Ledgers(ctx context.Context, r Reader, event string) ([]numbers.Release, error) {
	versions, err := r.Versions(ctx, event)
	if err != nil {
		return nil, err
	}
	releases := make([]numbers.Release, len(versions))
	for i, v := range versions {
		releases[i].Version = v
		if releases[i].Ledger, err = r.Ledger(ctx, event, v); err != nil {
			return nil, err
		}
	}
	return releases, nil
}
