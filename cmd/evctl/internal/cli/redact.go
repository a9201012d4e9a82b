package cli

import (
	"encoding/base64"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/evctl/evctl/contracts/payload"
)

func newRedact(app *App) *cobra.Command {
	f := rewriteFlags{format: "text"}
	cmd := &cobra.Command{
		Use:   "redact [FILE...|-]",
		Short: "Drop or hash personal data of events by privacy class",
		Long: `Removes values of events, or puts keyed hashes in their place, by the privacy class that
the contracts give them with pii. The versions of events stay; evctl upgrade redacts what
it upgrades.

A hash is hmac:ID:BASE64URL, the HMAC-SHA256 of the value under the key of --key-file:
one line, the ID of the key, a colon, and the key in base64. Make one with

  echo "2026-11:$(openssl rand -base64 32)" > redact.key

Equal values have equal hashes as long as the key is the same, so that they can still be
counted and joined. What is redacted need not satisfy its contract any more.

The class undeclared is for members that no contract describes. What stands around the
properties is redacted where the envelope of evctl.yaml names a definition.

Files, or stdin, are what evctl validate takes. Events go to stdout or --output, one per
line; what was done is said on stderr or, with --output, on stdout. Events that are not
valid are rejected, as nobody knows what is in them: they go to --rejects as they came,
and nowhere else. Exit code 1 means that there were some, 3 that there were no events.`,
		Example: `  evctl redact --drop sensitive --hash direct,pseudonymous --key-file redact.key captured.ndjson
  kcat -C -t events -e | evctl redact --drop direct,sensitive,undeclared - | gzip > archive.ndjson.gz`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error { return runRewrite(cmd.Context(), app, f, args) },
	}
	f.addFlags(cmd)
	return cmd
}

// hashKey reads the key to hash with. Its errors never show any of it.
func (app *App) hashKey(f rewriteFlags) (*payload.Key, error) {
	if f.keyFile == "" {
		return nil, nil
	}
	data, err := os.ReadFile(app.path(f.keyFile))
	if err != nil {
		return nil, fmt.Errorf("read key: %w", err)
	}
	id, text, ok := strings.Cut(strings.TrimSpace(string(data)), ":")
	secret, err := base64.StdEncoding.DecodeString(text)
	if !ok || err != nil {
		return nil, withHint(fmt.Errorf("read key: %s does not hold one line ID:BASE64", f.keyFile),
			`make one with echo "2026-11:$(openssl rand -base64 32)"`)
	}
	key, err := payload.NewKey(id, secret)
	if err != nil {
		return nil, fmt.Errorf("read key: %s: %w", f.keyFile, err)
	}
	return key, nil
}
