package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/envelope"
	"github.com/evctl/evctl/contracts/workspace"
	"github.com/evctl/evctl/registry"
	"github.com/evctl/evctl/registry/dir"
	"github.com/evctl/evctl/registry/httpapi"
)

// serveFlags are the flags of evctl serve.
type serveFlags struct {
	addr      string
	registry  string
	envelope  string
	tokenFile string
	signKey   string
	allowPush bool
	maxBody   string
	timeout   time.Duration
	grace     time.Duration
	poll      time.Duration
	unknown   policyFlags
}

func newServe(app *App) *cobra.Command {
	f := serveFlags{addr: "127.0.0.1:8080", maxBody: "16MiB", timeout: httpapi.DefaultTimeout, grace: 10 * time.Second, poll: 5 * time.Second}
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serve the registry on HTTP, and validate events sent to it",
		Long: `Serves the released versions: collectors fetch /v1/bundle.json and wait at /v1/watch
for other ones, producers send events
to /v1/validate, evctl push --registry URL releases through the same gate as into a
directory. /openapi.json describes the API, /readyz says whether what is served is
what is released.

Events that name no contract are rejected, unless --unknown-event, --unknown-version
or --missing-version say otherwise. What they let pass is flagged in its verdict, and
counted in /metrics.

Pushes need a token, from --token-file or ` + tokenVariable + `, unless --allow-push lets
everybody push on a loopback address. What others release into the directory is
noticed after --poll, and at once on SIGHUP. SIGTERM stops the server when the
requests under way are answered.`,
		Example: `  evctl serve
  evctl serve --addr :8080 --registry releases --token-file /run/secrets/evctl`,
		RunE: func(cmd *cobra.Command, _ []string) error { return runServe(cmd.Context(), app, f) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.addr, "addr", f.addr, "listen on this `host:port`; port 0 takes a free one")
	flags.StringVar(&f.registry, "registry", "", "serve this `directory`, instead of the registry of evctl.yaml")
	flags.StringVar(&f.envelope, "envelope", "", "preset to find events by, instead of the envelope of evctl.yaml: "+strings.Join(envelope.PresetNames(), ", "))
	f.unknown.add(flags)
	flags.StringVar(&f.tokenFile, "token-file", "", "`file` with the token that pushes must carry")
	flags.StringVar(&f.signKey, "sign-key", "", "sign the bundle with the ed25519 keys in this PEM `file`")
	flags.BoolVar(&f.allowPush, "allow-push", false, "take pushes without a token, on a loopback address")
	flags.StringVar(&f.maxBody, "max-body", f.maxBody, "largest body of a request, unpacked too, as `size`")
	flags.DurationVar(&f.timeout, "timeout", f.timeout, "how long a client may stand still")
	flags.DurationVar(&f.grace, "grace", f.grace, "how long requests may take to finish when the server stops")
	flags.DurationVar(&f.poll, "poll", f.poll, "how often to look for new releases")
	return cmd
}

func runServe(ctx context.Context, app *App, f serveFlags) error {
	opt, err := f.options(app)
	if err != nil {
		return err
	}
	root, config, err := serveConfig(app, f.registry != "")
	if err != nil {
		return err
	}
	env, err := serveEnvelope(ctx, root, config, f.envelope)
	if err != nil {
		return err
	}
	opt.Envelope = f.unknown.over(env)
	store, err := serveStore(app, f, root, config, opt)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", f.addr)
	if err != nil {
		return withHint(fmt.Errorf("listen on %s: %w", f.addr, listenError(err)), "choose another address with --addr; port 0 takes a free one")
	}
	opt.Log = slog.New(slog.NewTextHandler(app.Stderr, nil))
	defer runtime.KeepAlive(roomForGarbage(app))
	server := httpapi.New(ctx, registry.NewService(store, gate(config), app.Now), opt)
	fmt.Fprintf(app.Stderr, "serving %s on %s\n", store.Display(), listenURL(listener.Addr()))

	ctx, stop := context.WithCancel(ctx)
	defer stop()
	go server.Watch(ctx, f.poll)
	go reloadOnHangup(ctx, server)
	if err := server.Serve(ctx, listener, f.grace); err != nil {
		return err
	}
	fmt.Fprintln(app.Stderr, "stopped")
	return nil
}

// roomForGarbage makes the collector of garbage wait for some tens of megabytes of it. A
// registry is small, and what net/http leaves of a request is not: without room a server
// under load collects garbage dozens of times a second, in a tenth of its time. The room
// is never written to, so that it takes addresses and no memory. There is none where the
// environment sets limits of its own.
func roomForGarbage(app *App) []byte {
	if app.Getenv("GOGC") != "" || app.Getenv("GOMEMLIMIT") != "" {
		return nil
	}
	return make([]byte, 32<<20)
}

// options checks the flags.
func (f *serveFlags) options(app *App) (opt httpapi.Options, err error) {
	opt.Timeout = f.timeout
	for name, d := range map[string]time.Duration{"--timeout": f.timeout, "--grace": f.grace, "--poll": f.poll} {
		if d <= 0 {
			return opt, usagef("%s is %s, expected more than 0s", name, d)
		}
	}
	if opt.Unknown, err = f.unknown.policy(); err != nil {
		return opt, err
	}
	if opt.MaxBody, err = parseSize(f.maxBody); err != nil {
		return opt, usagef("--max-body: %w", err)
	}
	if opt.Token, err = app.token(f.tokenFile); err != nil {
		return opt, err
	}
	if opt.SignKeys, err = app.signKeys(f.signKey); err != nil {
		return opt, err
	}
	if opt.AllowPush = f.allowPush; opt.AllowPush && !loopback(f.addr) {
		return opt, usagef("--allow-push needs a loopback address such as 127.0.0.1:8080, --addr is %s", f.addr)
	}
	return opt, nil
}

// parseSize reads a number of bytes, such as 1048576, 64KiB or 16MiB.
func parseSize(text string) (int64, error) {
	number, unit := text, int64(1)
	for i, suffix := range []string{"KiB", "MiB", "GiB"} {
		if rest, ok := strings.CutSuffix(text, suffix); ok {
			number, unit = rest, 1<<(10*(i+1))
		}
	}
	n, err := strconv.ParseInt(strings.TrimSpace(number), 10, 64)
	const most = 1 << 30
	if err != nil || n < 1 || n > most/unit {
		return 0, fmt.Errorf("size %q, expected a number of bytes, KiB or MiB, from 1 to 1GiB", text)
	}
	return n * unit, nil
}

func loopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// listenError is the cause of an error of net.Listen, without the names of calls.
func listenError(err error) error {
	var address *net.AddrError
	var name *net.DNSError
	var call *os.SyscallError
	switch {
	case errors.As(err, &address):
		return errors.New(address.Err)
	case errors.As(err, &name):
		return errors.New(name.Err)
	case errors.As(err, &call):
		return call.Err
	}
	return err
}

// listenURL is an address as a client on this machine would write it.
func listenURL(addr net.Addr) string {
	host, port, err := net.SplitHostPort(addr.String())
	if err != nil {
		return addr.String()
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, port)
}

// serveConfig reads evctl.yaml. A registry can be served without one.
func serveConfig(app *App, optional bool) (root string, config *workspace.Config, err error) {
	root, err = workspace.FindRoot(app.Dir)
	if errors.Is(err, workspace.ErrNoConfig) {
		if !optional {
			return "", nil, withHint(err, "name the registry with --registry")
		}
		config, _ = workspace.ParseConfig(diag.NewFile(workspace.ConfigName, []byte("language: "+workspace.LanguageVersion+"\n")))
		return "", config, nil
	}
	if err != nil {
		return "", nil, err
	}
	data, err := os.ReadFile(filepath.Join(root, workspace.ConfigName))
	if err != nil {
		return "", nil, fmt.Errorf("read %s: %w", workspace.ConfigName, err)
	}
	config, diags := workspace.ParseConfig(diag.NewFile(workspace.ConfigName, data))
	if len(diags) > 0 {
		return "", nil, diagnosticsError(workspace.ConfigName+" has errors", diags)
	}
	return root, config, nil
}

// serveEnvelope needs the contracts only for an envelope with a definition.
func serveEnvelope(ctx context.Context, root string, config *workspace.Config, preset string) (*envelope.Envelope, error) {
	if preset != "" || root == "" {
		return envelopeOf(nil, preset)
	}
	env, diags := envelope.Parse(config)
	if len(diags) > 0 {
		return nil, diagnosticsError("envelope has errors", diags)
	}
	if env.DefinitionName == "" {
		return env, nil
	}
	w, err := workspace.Open(ctx, root)
	if err != nil {
		return nil, fmt.Errorf("look for the definition of the envelope: %w", err)
	}
	return envelopeOf(w, "")
}

// serveStore opens the directory to serve. It has to be there, unless pushes can make it.
func serveStore(app *App, f serveFlags, root string, config *workspace.Config, opt httpapi.Options) (*dir.Store, error) {
	name, path := f.registry, app.path(f.registry)
	if name == "" {
		name, path = config.Registry, filepath.Join(root, filepath.FromSlash(config.Registry))
	}
	if isURL(name) {
		return nil, withHint(fmt.Errorf("registry %s is not a directory", name), "serve a directory: --registry releases")
	}
	_, err := os.Stat(path)
	if takesPushes := opt.Token != "" || opt.AllowPush; errors.Is(err, fs.ErrNotExist) && !takesPushes {
		return nil, withHint(fmt.Errorf("registry %s does not exist", name), "evctl push releases contracts into it; a server that takes pushes makes it itself")
	}
	return dir.Open(path, name)
}

// reloadOnHangup reads everything again when an operator asks for it.
func reloadOnHangup(ctx context.Context, server *httpapi.Server) {
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	defer signal.Stop(hangup)
	for {
		select {
		case <-ctx.Done():
			return
		case <-hangup:
			_ = server.Reload(ctx, true) // the server logs it
		}
	}
}
