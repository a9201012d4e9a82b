package registry

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/evctl/evctl/contracts"
)

// Index lists what is released, without contents. It is what /v1/events.json
// answers; members are only ever added.
type Index struct {
	Events []IndexEvent `json:"events"` // ordered by name
}

// IndexEvent is an event of an Index.
type IndexEvent struct {
	Event  string            `json:"event"`
	Latest contracts.Version `json:"latest"`
	// Status and Owner are those of the latest version.
	Status   contracts.Status `json:"status"`
	Owner    string           `json:"owner,omitempty"`
	Versions []IndexVersion   `json:"versions"` // oldest first
}

// IndexVersion is a released version of an Index.
type IndexVersion struct {
	Version        contracts.Version `json:"version"`
	Digest         contracts.Digest  `json:"digest"`
	ContractDigest contracts.Digest  `json:"contract_digest"`
	Released       time.Time         `json:"released"`
	// Path of the release, relative to the index: "events/order.completed/1.0.0.json".
	Path string `json:"path"`
}

// ReleasePath is where an API serves a release, below /v1/: the name of the event
// percent-encoded as one segment, slashes and dot segments too.
func ReleasePath(event string, version contracts.Version) string {
	return "events/" + EscapeEvent(event) + "/" + version.String() + ".json"
}

// EscapeEvent writes a name as one segment of a URL path.
func EscapeEvent(event string) string {
	if strings.Trim(event, ".") == "" {
		return strings.ReplaceAll(event, ".", "%2E")
	}
	return url.PathEscape(event)
}

// A bundle is one JSON object with everything that a collector needs:
//
//	digest    over what follows, by the rule of release files
//	releases  all live releases, whole, ordered by event and version
//
// Live are all versions of an event, until its latest one is retired.

// EncodeBundle makes a bundle of compact releases.
func EncodeBundle(releases [][]byte) []byte {
	size := len(`{"releases":[]}`)
	for _, r := range releases {
		size += len(r) + 1
	}
	body := append(make([]byte, 0, size), `{"releases":[`...)
	for i, r := range releases {
		if i > 0 {
			body = append(body, ',')
		}
		body = append(body, r...)
	}
	return sealed(append(body, "]}"...))
}

// DecodeBundle checks the digest of a bundle and of every release in it. The
// releases are compact; Peek and Decode read them.
func DecodeBundle(data []byte) (contracts.Digest, [][]byte, error) {
	digest, body, err := unseal(data)
	if err != nil {
		return "", nil, fmt.Errorf("bundle: %w", err)
	}
	var contents struct{ Releases []json.RawMessage }
	if err := json.Unmarshal(body, &contents); err != nil {
		return "", nil, Errorf(CodeReleaseEdited, "bundle is not JSON: %v", err)
	}
	if contents.Releases == nil {
		return "", nil, Errorf(CodeReleaseEdited, "bundle has no releases member")
	}
	releases := make([][]byte, len(contents.Releases))
	for i, r := range contents.Releases {
		releases[i] = r
	}
	return digest, releases, nil
}

// DigestOf is the digest that a release or bundle begins with, unchecked.
func DigestOf(compact []byte) contracts.Digest {
	if head := len(digestPrefix) + digestSize; len(compact) > head && string(compact[:len(digestPrefix)]) == digestPrefix {
		return contracts.Digest(compact[len(digestPrefix):head])
	}
	return ""
}
