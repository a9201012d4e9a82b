package httpapi

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/evctl/evctl/contracts/envelope"
	"github.com/evctl/evctl/contracts/payload"
	"github.com/evctl/evctl/registry"
)

// Options says how to serve.
type Options struct {
	// Envelope is where /v1/validate finds name, version and properties; it is linked.
	Envelope *envelope.Envelope
	// Unknown says what becomes of events that do not name one of the contracts; they are
	// rejected unless it says otherwise.
	Unknown payload.Policy
	// Token is what pushes must carry as a bearer token. Without one pushes are
	// refused, unless AllowPush says that everybody may.
	Token     string
	AllowPush bool
	// SignKeys sign the bundle; none: it is not signed.
	SignKeys []ed25519.PrivateKey
	// MaxWait bounds how long /v1/watch holds a request; 0 is DefaultMaxWait.
	MaxWait time.Duration
	// MaxBody bounds the bodies of requests in bytes, as sent and unpacked; 0 is DefaultMaxBody.
	MaxBody int64
	// Timeout bounds how long a client may take to send its headers and the beginning of a
	// body, and how long a body may stand still in either direction; 0 is DefaultTimeout.
	Timeout time.Duration
	// Log takes what operators should see; nil discards it.
	Log *slog.Logger
}

// Defaults of Options.
const (
	DefaultMaxBody = 16 << 20
	DefaultTimeout = 30 * time.Second
	// DefaultMaxWait is shorter than the minute after which proxies cut off what is idle.
	DefaultMaxWait = 50 * time.Second
)

const (
	maxHeader = 64 << 10
	// bodiesInMemory is how many bodies of the largest size may be in memory at once.
	bodiesInMemory = 16
	// maxWatchers is how many requests /v1/watch holds at once; more are answered like
	// reads of the bundle.
	maxWatchers = 50_000
)

// Server is the HTTP API of one registry.
type Server struct {
	service *registry.Service
	opt     Options
	table   []route
	handler http.Handler
	bodies  atomic.Int64 // bytes of bodies in memory

	watchers atomic.Int64  // requests that wait for news
	stopping chan struct{} // closed when the server stops: nobody waits any longer
	stop     func()

	description func() (*content, error)
	stats       stats

	reloading sync.Mutex
	view      atomic.Pointer[view]  // nil until the registry was read once
	problem   atomic.Pointer[error] // why the view is not current, or nil
}

// New makes a server and reads the registry. A registry that cannot be read is no
// error here: the server says so in /readyz and tries again with every Reload.
func New(ctx context.Context, service *registry.Service, opt Options) *Server {
	if opt.MaxBody <= 0 {
		opt.MaxBody = DefaultMaxBody
	}
	if opt.Timeout <= 0 {
		opt.Timeout = DefaultTimeout
	}
	if opt.MaxWait <= 0 {
		opt.MaxWait = DefaultMaxWait
	}
	if opt.Log == nil {
		opt.Log = slog.New(slog.DiscardHandler)
	}
	s := &Server{service: service, opt: opt, table: table(), stopping: make(chan struct{})}
	s.stop = sync.OnceFunc(func() { close(s.stopping) })
	s.description = describeOnce(s.table)
	s.handler = s.routes()
	_ = s.Reload(ctx, true) // remembered and logged there
	return s
}

// Handler answers requests, for a server that others run; Serve adds the shutdown, and
// limits the time for headers.
func (s *Server) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength != 0 {
			// Also for bodies that nobody reads: net/http reads them to their end.
			_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(s.opt.Timeout))
		}
		s.handler.ServeHTTP(w, r)
	})
}

// Reload takes over what changed in the registry. Releases whose files look as they
// did are not read again unless everything is asked for.
func (s *Server) Reload(ctx context.Context, everything bool) error {
	s.reloading.Lock()
	defer s.reloading.Unlock()
	old := s.view.Load()
	if everything {
		old = nil
	}
	next, err := readView(ctx, s.service.Store, s.opt, old)
	if err != nil {
		if ctx.Err() == nil {
			s.remember(err)
		}
		return err
	}
	if s.problem.Swap(nil) != nil {
		s.opt.Log.Info("registry can be read again")
	}
	if previous := s.view.Swap(next); previous != nil && previous != next {
		close(previous.replaced)
	}
	return nil
}

// remember logs a problem once and keeps it for /readyz.
func (s *Server) remember(err error) {
	if known := s.problem.Swap(&err); known == nil || (*known).Error() != err.Error() {
		s.opt.Log.Error("registry cannot be read", "error", err, "hint", registry.HintOf(err))
	}
}

// Watch reloads at an interval until ctx ends, for registries that others write to.
func (s *Server) Watch(ctx context.Context, interval time.Duration) {
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			_ = s.Reload(ctx, false) // remembered and logged there
		}
	}
}

// Serve answers on a listener until ctx ends. Then it stops accepting, lets
// requests that are under way finish within grace, and cuts off the rest.
func (s *Server) Serve(ctx context.Context, listener net.Listener, grace time.Duration) error {
	server := &http.Server{
		Handler:           s.handler,
		ReadHeaderTimeout: s.opt.Timeout,
		ReadTimeout:       s.opt.Timeout, // until a body that takes longer has it extended
		IdleTimeout:       4 * s.opt.Timeout,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          slog.NewLogLogger(s.opt.Log.Handler(), slog.LevelWarn),
	}
	server.RegisterOnShutdown(s.stop)
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	// The parent is done already: the shutdown has a clock of its own.
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	err := server.Shutdown(stop)
	if errors.Is(err, context.DeadlineExceeded) {
		s.opt.Log.Warn("requests were cut off", "grace", grace)
		err = server.Close()
	}
	<-failed
	return err
}
