package client

import (
	"crypto/ed25519"
	"net/http"
	"time"

	"github.com/evctl/evctl/contracts/envelope"
	"github.com/evctl/evctl/contracts/payload"
)

// Policy says what happens to events while the registry is away: it cannot be reached,
// or what it sends cannot be taken over.
type Policy int

const (
	// LastKnownGood goes on with the contracts in use, and starts with those in the
	// cache. Without any Open fails.
	LastKnownGood Policy = iota
	// FailClosed starts with nothing that the registry does not vouch for, and rejects
	// every event when that was longer than MaxAge ago.
	FailClosed
	// FailOpen is LastKnownGood, but without any contracts Open succeeds and events pass
	// unchecked until there are some; see Unchecked.
	FailOpen
)

// Options says what to load and how. The zero value is fine for a registry that is
// trusted because of where it is.
type Options struct {
	// Envelope is where events have their name, version and properties; it is linked, such
	// as by WorkspaceEnvelope. nil: that of Preset.
	Envelope *envelope.Envelope
	// Preset names one of envelope.Presets; empty: flat.
	Preset string
	// Unknown says what becomes of events that do not name one of the contracts; they are
	// rejected unless it says otherwise.
	Unknown payload.Policy
	// CacheDir is where the last good bundle is kept, for starts without the registry. Only
	// the owner of the process should be able to write there. Empty: nothing is kept.
	CacheDir string
	// Away is what happens while the registry is away.
	Away Policy
	// MaxAge is how long FailClosed uses contracts that the registry has not confirmed
	// since, by the monotonic clock; 0: as long as the process runs. It should be several
	// times MaxWait and Poll.
	MaxAge time.Duration
	// PublicKeys are those of whom bundles are taken: one signature has to be of one of
	// them. None: signatures are not asked for. See registry.ParsePublicKeys.
	PublicKeys []ed25519.PublicKey
	// AllowEmpty takes over a bundle without releases where there were some, and
	// AllowOlder one whose newest release is older than that of the bundle in use. Both
	// are refused otherwise: what looks like that is an outage, a half-published site or
	// an edge of a CDN that lags behind.
	AllowEmpty, AllowOlder bool
	// HTTP sends the requests; nil: a client of the package's own. Its Timeout has to be
	// longer than MaxWait, or none.
	HTTP *http.Client
	// Timeout bounds each request without the time that the registry is asked to wait;
	// 0 is DefaultTimeout.
	Timeout time.Duration
	// MaxBytes bounds a bundle, unpacked; 0 is DefaultMaxBytes.
	MaxBytes int64
	// MaxWait is how long Watch asks the registry to hold a request; 0 is DefaultMaxWait.
	MaxWait time.Duration
	// Poll is how often Watch looks where nothing can be waited for: a static host or a
	// directory; 0 is DefaultPoll.
	Poll time.Duration
	// Hooks are told what happens.
	Hooks Hooks

	time clock
}

// Hooks are told what happens, by whoever makes it happen: they should return soon, and
// may be called by several goroutines at once. They may call the client. Those that are nil
// are left out.
type Hooks struct {
	// Loaded is told about contracts that were taken into use.
	Loaded func(Status)
	// Failed is told why contracts were not fetched, taken over or kept in the cache. What
	// was in use still is.
	Failed func(error)
	// Judged is told about each verdict, also by Valid.
	Judged func(payload.Verdict)
}

// Defaults of Options.
const (
	DefaultTimeout  = 10 * time.Second
	DefaultMaxBytes = 512 << 20
	DefaultMaxWait  = 45 * time.Second
	DefaultPoll     = 30 * time.Second
)
