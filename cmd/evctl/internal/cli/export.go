package cli

import (
	"cmp"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/registry"
	"github.com/evctl/evctl/registry/remote"
	"github.com/evctl/evctl/registry/site"
)

// exportFlags are the flags of evctl export.
type exportFlags struct {
	registry string
	signKey  string
	newKey   string
	compress bool
	format   string
}

func newExport(app *App) *cobra.Command {
	f := exportFlags{format: "text"}
	cmd := &cobra.Command{
		Use:   "export [DIRECTORY]",
		Short: "Write the registry as a static site for collectors",
		Long: `Writes what is released as files that any web server or CDN can hand to collectors:
v1/bundle.json, v1/events.json and v1/events/EVENT/VERSION.json, the paths and contents
that evctl serve answers with. Files appear complete or not at all, and those that would
not change are not touched. Nothing is removed.

With --sign-key the bundle is signed, so that collectors that know the public key take
nothing else, wherever it comes from. --new-key makes such a key.`,
		Example: `  evctl export site
  evctl export --new-key signing-key.pem
  evctl export site --sign-key signing-key.pem --compress`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return runExport(cmd.Context(), app, f, args) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.registry, "registry", "", "export the releases in this `directory or URL`, instead of the registry of evctl.yaml")
	flags.StringVar(&f.signKey, "sign-key", "", "sign the bundle with the ed25519 keys in this PEM `file`")
	flags.StringVar(&f.newKey, "new-key", "", "write a new key to this `file` and its public key beside it, and export nothing")
	flags.BoolVar(&f.compress, "compress", false, "write bundle.json.gz and bundle.json.zst too")
	flags.StringVar(&f.format, "format", f.format, "text or json")
	return cmd
}

func runExport(ctx context.Context, app *App, f exportFlags, args []string) error {
	if f.format != "text" && f.format != "json" {
		return usagef("--format is %q, expected text or json", f.format)
	}
	if f.newKey != "" {
		if len(args) > 0 || f.signKey != "" || f.registry != "" {
			return usagef("--new-key exports nothing: leave out the directory, --registry and --sign-key")
		}
		return writeNewKey(app, f)
	}
	if len(args) == 0 {
		return usagef("found no directory to write to, expected evctl export DIRECTORY")
	}
	keys, err := app.signKeys(f.signKey)
	if err != nil {
		return err
	}
	location, name, err := exportRegistry(app, f)
	if err != nil {
		return err
	}
	folder := app.path(args[0])
	if err := apart(folder, location); err != nil {
		return err
	}
	store, err := remote.Open(ctx, location, remote.Options{Display: name})
	if err != nil {
		return hintOfRegistry(err)
	}
	all, err := registry.PublishAll(ctx, store)
	if err != nil {
		return hintOfRegistry(err)
	}
	if len(all) == 0 {
		return withHint(fmt.Errorf("registry %s has no releases: nothing was exported", name), "evctl push releases contracts")
	}
	report, err := site.Write(ctx, folder, all, site.Options{SignKeys: keys, Compress: f.compress})
	if err != nil {
		return err
	}
	return writeExport(app, f, newExportDocument(filepath.ToSlash(args[0]), name, report, keys))
}

// exportRegistry is where the registry to export is, and its name for people.
func exportRegistry(app *App, f exportFlags) (location, name string, err error) {
	if f.registry != "" {
		return app.registryPath(f.registry), f.registry, nil
	}
	root, config, err := serveConfig(app, false)
	if err != nil {
		return "", "", err
	}
	if name = config.Registry; isURL(name) {
		return name, name, nil
	}
	return filepath.Join(root, filepath.FromSlash(name)), name, nil
}

// apart refuses a folder inside of the registry: the folders of a site would be taken for
// events.
func apart(folder, location string) error {
	if isURL(location) {
		return nil
	}
	inside, err := filepath.Abs(folder)
	if err != nil {
		return fmt.Errorf("find %s: %w", folder, err)
	}
	outside, err := filepath.Abs(location)
	if err != nil {
		return fmt.Errorf("find %s: %w", location, err)
	}
	if rel, err := filepath.Rel(outside, inside); err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
		return usagef("the directory is inside of the registry, expected one of its own")
	}
	return nil
}

// signKeys reads the private keys of a file; none without a file.
func (app *App) signKeys(file string) ([]ed25519.PrivateKey, error) {
	if file == "" {
		return nil, nil
	}
	data, err := os.ReadFile(app.path(file))
	if err != nil {
		return nil, fmt.Errorf("read key: %w", err)
	}
	keys, err := registry.ParsePrivateKeys(data)
	if err != nil {
		return nil, withHint(fmt.Errorf("read key %s: %w", file, err), "evctl export --new-key FILE makes one, openssl genpkey -algorithm ed25519 does too")
	}
	return keys, nil
}

// publicSuffix is what the file of a public key is called behind that of its private key.
const publicSuffix = ".pub"

// keyDocument is the output of evctl export --new-key --format json. Members are only ever
// added.
type keyDocument struct {
	Key     string `json:"key"`     // registry.KeyID of the public key
	Private string `json:"private"` // file
	Public  string `json:"public"`  // file
}

func writeNewKey(app *App, f exportFlags) error {
	private, public, err := registry.NewKey()
	if err != nil {
		return err
	}
	keys, err := registry.ParsePublicKeys(public)
	if err != nil {
		return err
	}
	for _, file := range []struct {
		name string
		text []byte
		mode fs.FileMode
	}{{f.newKey, private, 0o600}, {f.newKey + publicSuffix, public, 0o644}} {
		if err := writeKey(app.path(file.name), file.text, file.mode); err != nil {
			return withHint(fmt.Errorf("write key: %w", err), "a key is never overwritten: choose another file")
		}
	}
	document := keyDocument{registry.KeyID(keys[0]), f.newKey, f.newKey + publicSuffix}
	if f.format == "json" {
		return writeJSON(app.Stdout, document)
	}
	_, err = fmt.Fprintf(app.Stdout, "wrote key %s to %s, keep it secret\nwrote its public key to %s, for collectors\n", document.Key, document.Private, document.Public)
	return err
}

// writeKey writes a file that must not exist yet.
func writeKey(path string, text []byte, mode fs.FileMode) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	return errors.Join(err, file.Close())
}

// exportDocument is the output of evctl export --format json. Members are only ever added.
type exportDocument struct {
	Registry  string           `json:"registry"`
	Directory string           `json:"directory"`
	Digest    contracts.Digest `json:"digest"`              // of the bundle
	SignedBy  []string         `json:"signed_by,omitempty"` // keys
	Files     []site.File      `json:"files"`               // in the order in which they were written
}

func newExportDocument(folder, name string, r *site.Report, keys []ed25519.PrivateKey) exportDocument {
	d := exportDocument{Registry: name, Directory: folder, Digest: r.Digest, Files: r.Files}
	for _, key := range keys {
		public, _ := key.Public().(ed25519.PublicKey)
		d.SignedBy = append(d.SignedBy, registry.KeyID(public))
	}
	return d
}

func writeExport(app *App, f exportFlags, d exportDocument) error {
	if f.format == "json" {
		return writeJSON(app.Stdout, d)
	}
	counts := site.Report{Files: d.Files}
	signed := cmp.Or(strings.Join(d.SignedBy, ", "), "nobody")
	_, err := fmt.Fprintf(app.Stdout, "%s to %s, %d unchanged\nbundle %s, signed by %s\n",
		count(counts.Count(site.Written), "file")+" written", d.Directory, counts.Count(site.Unchanged), d.Digest, signed)
	return err
}
