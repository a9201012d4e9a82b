package registry

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"time"

	"github.com/evctl/evctl/contracts"
)

// Bundle is everything that a collector needs. It is one JSON object, whose members
// come in this order:
//
//	digest      over all that follows but the signatures, by the rule of release files
//	signatures  of the digest; left out where nobody signed
//	format      of this layout: BundleFormat
//	released    when the newest version was released, of retired events too; left out of
//	            an empty registry. It never goes back while a registry only grows
//	releases    all live releases, whole, ordered by event and version
//
// Live are all versions of an event, until its latest one is retired.
type Bundle struct {
	Digest     contracts.Digest
	Signatures []Signature
	Format     int
	Released   time.Time // zero for an empty registry
	Releases   [][]byte  // compact; Peek and Decode read them and check their digests
}

// BundleFormat is the layout that EncodeBundle writes and DecodeBundle reads. Another
// layout takes another number, and never means something else under this one.
const BundleFormat = 1

// EncodeBundle makes the bundle of all that is published, ordered by event and version,
// and signs it with each of the keys.
func EncodeBundle(all []Published, keys ...ed25519.PrivateKey) []byte {
	body := fmt.Appendf(nil, `{"format":%d`, BundleFormat)
	if newest := newestOf(all); !newest.IsZero() {
		body = fmt.Appendf(body, `,"released":"%s"`, newest.UTC().Format(time.RFC3339))
	}
	body = append(body, `,"releases":[`...)
	for i, p := range live(all) {
		if i > 0 {
			body = append(body, ',')
		}
		body = append(body, p.JSON...)
	}
	body = append(body, "]}"...)
	return signed(sealed(body), keys)
}

func newestOf(all []Published) time.Time {
	var newest time.Time
	for _, p := range all {
		if p.Released.After(newest) {
			newest = p.Released
		}
	}
	return newest
}

// live leaves out the events that are retired.
func live(all []Published) []Published {
	list := make([]Published, 0, len(all))
	for versions := range byEvent(all) {
		if versions[len(versions)-1].Status != contracts.Retired {
			list = append(list, versions...)
		}
	}
	return list
}

// signed puts signatures between the digest of a compact bundle and its contents.
func signed(text []byte, keys []ed25519.PrivateKey) []byte {
	if len(keys) == 0 {
		return text
	}
	head := len(digestPrefix) + digestSize + len(`"`)
	out := append(append(make([]byte, 0, len(text)+len(keys)*192), text[:head]...), signaturesMember...)
	for i, key := range keys {
		s := sign(key, DigestOf(text))
		out = fmt.Appendf(out, `%c{"key":"%s","signature":"%s"}`, "[,"[min(i, 1)], s.Key, base64.StdEncoding.EncodeToString(s.Signature))
	}
	return append(append(out, ']'), text[head:]...)
}

const signaturesMember = `,"signatures":`

// DecodeBundle reads a bundle of BundleFormat and checks its digest. Signatures are for
// Verify to check, releases for Decode. It fails with CodeReleaseEdited when the text is
// not what was published, and with CodeBundleRefused when it has another format.
func DecodeBundle(data []byte) (*Bundle, error) {
	digest, body, err := splitDigest(Compact(data), data)
	if err != nil {
		return nil, fmt.Errorf("bundle: %w", err)
	}
	b := &Bundle{Digest: digest}
	if body, err = b.cutSignatures(body); err != nil {
		return nil, err
	}
	if err := matchesDigest(data, body, digest); err != nil {
		return nil, fmt.Errorf("bundle: %w", err)
	}
	return b, b.readContents(body)
}

// cutSignatures takes the signatures out of a body.
func (b *Bundle) cutSignatures(body []byte) ([]byte, error) {
	rest, found := bytes.CutPrefix(body[1:], []byte(signaturesMember[1:]))
	if !found {
		return body, nil
	}
	decoder := json.NewDecoder(bytes.NewReader(rest))
	if err := decoder.Decode(&b.Signatures); err != nil {
		return nil, &Error{Code: CodeReleaseEdited, Message: "bundle has signatures that cannot be read", Err: err}
	}
	rest = rest[decoder.InputOffset():]
	if len(rest) == 0 || rest[0] != ',' {
		return nil, Errorf(CodeReleaseEdited, "bundle ends behind its signatures")
	}
	rest[0] = '{'
	return rest, nil
}

func (b *Bundle) readContents(body []byte) error {
	var contents struct {
		Format   *int
		Released time.Time
		Releases []json.RawMessage
	}
	if err := json.Unmarshal(body, &contents); err != nil {
		return &Error{Code: CodeReleaseEdited, Message: "bundle cannot be read", Err: err}
	}
	if contents.Format == nil || *contents.Format != BundleFormat {
		found := "no format"
		if contents.Format != nil {
			found = fmt.Sprintf("format %d", *contents.Format)
		}
		return Errorf(CodeBundleRefused, "bundle has %s, expected format %d", found, BundleFormat).
			WithHint("the registry and who reads it are different versions of evctl")
	}
	if contents.Releases == nil {
		return Errorf(CodeReleaseEdited, "bundle has no releases member")
	}
	b.Format, b.Released = *contents.Format, contents.Released
	b.Releases = make([][]byte, len(contents.Releases))
	for i, r := range contents.Releases {
		b.Releases[i] = r
	}
	return nil
}
