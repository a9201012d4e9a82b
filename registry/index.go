package registry

import (
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

// DigestOf is the digest that a release or bundle begins with, unchecked.
func DigestOf(compact []byte) contracts.Digest {
	if head := len(digestPrefix) + digestSize; len(compact) > head && string(compact[:len(digestPrefix)]) == digestPrefix {
		return contracts.Digest(compact[len(digestPrefix):head])
	}
	return ""
}
