package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/evctl/evctl/contracts/format"
	"github.com/evctl/evctl/contracts/importer"
	"github.com/evctl/evctl/contracts/workspace"
)

// importFlags are the flags of evctl import.
type importFlags struct {
	from, out, owner, format string
	registry                 string
	formats                  string
	samples                  int
	allVersions, assume      bool
	dryRun, force            bool
}

func newImport(app *App) *cobra.Command {
	f := importFlags{from: importer.Sources[0].Name, format: "text", formats: "assert", samples: 200}
	var sources strings.Builder
	for _, s := range importer.Sources {
		fmt.Fprintf(&sources, "  %-11s %s\n", s.Name, s.Summary)
	}
	cmd := &cobra.Command{
		Use:   "import PATH...",
		Short: "Turn JSON Schemas into contracts",
		Long: `Reads JSON Schemas (drafts 4 to 2020-12) and writes contracts that say exactly the same,
or says what cannot be said, and where. Each import is checked: the original and the
contract must give one verdict on generated and mutated payloads.

The latest version of each event becomes a contract file. With --all-versions, the whole
history is released into the registry first, oldest version first; a version that breaks
what came before, or adds to it, without saying so in its number gets the number that
does, and keeps its own as x-imported-version.

Exit code 1 means that some schemas were refused; the others are imported.

Layouts (--from):
` + sources.String(),
		Example: `  evctl import schemas/
  evctl import --from iglu iglu-central/schemas --out contracts/snowplow
  evctl import --from wikimedia jsonschema --all-versions --registry releases`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return runImport(cmd.Context(), app, f, args) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.from, "from", f.from, "`layout` of the schemas, see above")
	flags.StringVar(&f.out, "out", "", "`folder` for the contract files, instead of the first one of evctl.yaml, or contracts")
	flags.StringVar(&f.owner, "owner", "", "`team` that owns the imported events")
	flags.IntVar(&f.samples, "samples", f.samples, "compare original and contract on at most `N` payloads for each schema")
	flags.StringVar(&f.formats, "formats", f.formats, "assert the formats of texts, or annotate: keep them as x-format")
	flags.BoolVar(&f.assume, "assume-object", false, "read a root without a type as an object")
	flags.BoolVar(&f.allVersions, "all-versions", false, "release the older versions too")
	flags.StringVar(&f.registry, "registry", "", "`directory or URL` for --all-versions, instead of the registry of evctl.yaml")
	flags.BoolVar(&f.dryRun, "dry-run", false, "report, and write nothing")
	flags.BoolVar(&f.force, "force", false, "overwrite contract files that exist")
	flags.StringVar(&f.format, "format", f.format, "text or json")
	return cmd
}

// maxPayloads bounds the payloads of a schema: they are made before they are compared.
const maxPayloads = 10_000

func (f importFlags) check() (importer.Source, error) {
	source, ok := importer.Lookup(f.from)
	switch {
	case !ok:
		var names []string
		for _, s := range importer.Sources {
			names = append(names, s.Name)
		}
		return source, usagef("--from is %q, expected one of %s", f.from, strings.Join(names, ", "))
	case f.format != "text" && f.format != "json":
		return source, usagef("--format is %q, expected text or json", f.format)
	case f.formats != "assert" && f.formats != "annotate":
		return source, usagef("--formats is %q, expected assert or annotate", f.formats)
	case f.samples < 0 || f.samples > maxPayloads:
		return source, usagef("--samples is %d, expected 0 to %d", f.samples, maxPayloads)
	case f.registry != "" && !f.allVersions:
		return source, usagef("--registry is for --all-versions")
	}
	return source, nil
}

// importDocument is the output of evctl import --format json. Members are only ever
// added.
type importDocument struct {
	From   string `json:"from"`
	DryRun bool   `json:"dry_run"`
	// Reasons groups what was refused, most frequent first.
	Reasons []importer.Reason `json:"reasons"`
	// Schemas, ordered by event and version.
	Schemas []*importedSchema `json:"schemas"`
	// History is there with --all-versions.
	History *importHistory `json:"history,omitempty"`
	Summary importSummary  `json:"summary"`
}

// importSummary counts schemas and payloads.
type importSummary struct {
	// Found counts the schemas, of which Imported became contracts and Refused did not.
	Found    int `json:"found"`
	Imported int `json:"imported"`
	Refused  int `json:"refused"`
	// Skipped counts schemas that describe no event, and Older the older versions of
	// events; neither were looked at.
	Skipped int `json:"skipped"`
	Older   int `json:"older"`
	// Checked counts the payloads on which originals and contracts were compared.
	Checked importer.Checked `json:"checked"`
}

// importedSchema is what became of one schema.
type importedSchema struct {
	Path    string `json:"path"`
	Event   string `json:"event,omitempty"`
	Version string `json:"version,omitempty"`
	// Status is imported, refused or skipped.
	Status string `json:"status"`
	// Message says why a skipped schema describes no event.
	Message string `json:"message,omitempty"`
	// ContractPath is the contract file, for the latest version of an event.
	ContractPath string             `json:"contract_path,omitempty"`
	Refusals     []importer.Refusal `json:"refusals"`
	Remarks      []importer.Remark  `json:"remarks"`
	Checked      importer.Checked   `json:"checked"`

	result *importer.Import
	text   []byte
}

func runImport(ctx context.Context, app *App, f importFlags, paths []string) error {
	source, err := f.check()
	if err != nil {
		return err
	}
	doc := &importDocument{From: f.from, DryRun: f.dryRun, Schemas: []*importedSchema{}, Reasons: []importer.Reason{}}
	for _, group := range groupPaths(paths) {
		if err := doc.read(ctx, app, f, source, group); err != nil {
			return err
		}
	}
	if doc.Summary.Found == 0 {
		return withHint(fmt.Errorf("no schemas in %s", strings.Join(paths, ", ")), "layouts are listed by evctl import --help; choose one with --from")
	}
	doc.refuseTwins()
	if err := doc.apply(ctx, app, &f); err != nil {
		return err
	}
	doc.count()
	if f.format == "json" {
		err = writeJSON(app.Stdout, doc)
	} else {
		err = doc.text(app.Stdout, f)
	}
	if err == nil && (doc.Summary.Refused > 0 || doc.History != nil && doc.History.Refused > 0) {
		return errFindings
	}
	return err
}

// apply releases the history and writes the contract files, after it has made sure that
// nothing is in the way of either. When the registry refuses a version, neither happens.
func (d *importDocument) apply(ctx context.Context, app *App, f *importFlags) error {
	root, config, err := serveConfig(app, true)
	if err != nil {
		return err
	}
	if f.out == "" {
		f.out = importFolder(app, root, config)
	}
	var plan *historyPlan
	if f.allVersions {
		if plan, err = d.plan(ctx, app, *f, root, config); err != nil {
			return err
		}
	}
	d.name(*f)
	todo, err := d.changed(app, *f)
	if err != nil {
		return err
	}
	if plan != nil {
		if err := d.History.push(ctx, plan, *f); err != nil || d.History.Refused > 0 {
			return err
		}
	}
	if f.dryRun {
		return nil
	}
	for _, s := range todo {
		if err := replaceFile(app.path(s.ContractPath), s.text); err != nil {
			return fmt.Errorf("write contract: %w", err)
		}
	}
	return nil
}

// importFolder is where contract files go when nobody says: the first folder of the
// workspace, seen from where the command runs.
func importFolder(app *App, root string, config *workspace.Config) string {
	if root == "" || len(config.Contracts) == 0 {
		return "contracts"
	}
	folder := filepath.Join(root, filepath.FromSlash(config.Contracts[0]))
	if from, err := filepath.Abs(app.Dir); err == nil {
		if relative, err := filepath.Rel(from, folder); err == nil {
			return relative
		}
	}
	return folder
}

// importGroup is a folder to search, or some files of one folder.
type importGroup struct {
	folder string
	files  []string
}

// groupPaths puts files of one folder together, so that they can refer to each other.
func groupPaths(paths []string) []importGroup {
	var groups []importGroup
	for _, p := range paths {
		folder, file := filepath.Split(filepath.Clean(p))
		if i := slices.IndexFunc(groups, func(g importGroup) bool { return g.folder == folder }); i >= 0 {
			groups[i].files = append(groups[i].files, file)
			continue
		}
		groups = append(groups, importGroup{folder, []string{file}})
	}
	return groups
}

// read imports what a group of arguments names.
func (d *importDocument) read(ctx context.Context, app *App, f importFlags, source importer.Source, g importGroup) error {
	var files []string
	for _, name := range g.files {
		path := filepath.Join(g.folder, name)
		info, err := os.Stat(app.path(path))
		switch {
		case err != nil:
			return fmt.Errorf("import: %w", err)
		case !info.IsDir():
			files = append(files, name)
			continue
		}
		if err := d.search(ctx, f, source, os.DirFS(app.path(path)), path); err != nil {
			return err
		}
	}
	if len(files) == 0 {
		return nil
	}
	return d.search(ctx, f, source, os.DirFS(app.path(g.folder)), g.folder, files...)
}

// search imports the schemas of a folder, or of some of its files, side by side.
func (d *importDocument) search(ctx context.Context, f importFlags, source importer.Source, fsys fs.FS, folder string, files ...string) error {
	found, err := source.Find(fsys, files...)
	if err != nil {
		return fmt.Errorf("import %s: %w", folder, err)
	}
	candidates := found.Candidates
	d.Summary.Found += len(candidates)
	if !f.allVersions {
		candidates = importer.Latest(candidates)
		d.Summary.Older += len(found.Candidates) - len(candidates)
	}
	results := make([]*importedSchema, len(candidates))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, c := range candidates {
		group.Go(func() error {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			opt := importer.Options{Owner: f.owner, AssumeObject: f.assume, FormatsAnnotate: f.formats == "annotate", Samples: f.samples}
			results[i] = newImportedSchema(folder, found.Import(c, opt))
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	d.Schemas = append(d.Schemas, results...)
	return nil
}

func newImportedSchema(folder string, r *importer.Import) *importedSchema {
	s := &importedSchema{
		Path: filepath.ToSlash(filepath.Join(folder, r.Path)), Event: r.Event, Status: "imported",
		Refusals: []importer.Refusal{}, Remarks: []importer.Remark{}, Checked: r.Checked, result: r,
	}
	if r.Event != "" {
		s.Version = r.Version.String()
	}
	s.Refusals = append(s.Refusals, r.Refusals...)
	s.Remarks = append(s.Remarks, r.Remarks...)
	switch {
	case r.Skipped != "":
		s.Status, s.Message = "skipped", r.Skipped
	case r.Contract == nil:
		s.Status = "refused"
	}
	return s
}

// refuse gives a schema up after it was read.
func (s *importedSchema) refuse(r importer.Refusal) {
	s.Status = "refused"
	s.Refusals = append(s.Refusals, r)
	s.result.Refusals, s.result.Contract = append(s.result.Refusals, r), nil
}

// refuseTwins finds events that come from several arguments.
func (d *importDocument) refuseTwins() {
	slices.SortStableFunc(d.Schemas, func(a, b *importedSchema) int {
		if a.Event != b.Event {
			return strings.Compare(a.Event, b.Event)
		}
		return a.result.Version.Compare(b.result.Version)
	})
	for i := 1; i < len(d.Schemas); i++ {
		a, b := d.Schemas[i-1], d.Schemas[i]
		if a.Status == "imported" && b.Status == "imported" && a.Event == b.Event && a.Version == b.Version {
			b.refuse(importer.Refusal{Reason: fmt.Sprintf("%s %s is described by %s already", b.Event, b.Version, a.Path)})
		}
	}
}

// latest are the imports that become contract files: the highest version of each event
// that was imported.
func (d *importDocument) latest() []*importedSchema {
	var list []*importedSchema
	for _, s := range d.Schemas {
		switch {
		case s.Status != "imported":
		case len(list) > 0 && list[len(list)-1].Event == s.Event:
			list[len(list)-1] = s
		default:
			list = append(list, s)
		}
	}
	return list
}

// name chooses the files.
func (d *importDocument) name(f importFlags) {
	var events []string
	for _, s := range d.latest() {
		events = append(events, s.Event)
	}
	paths := importer.FilePaths(events)
	for _, s := range d.latest() {
		s.ContractPath = filepath.ToSlash(filepath.Join(f.out, filepath.FromSlash(paths[s.Event])))
		s.text = format.Write(s.result.Contract)
	}
}

// changed are the contract files to be written. One that holds something else is in the
// way.
func (d *importDocument) changed(app *App, f importFlags) ([]*importedSchema, error) {
	var todo []*importedSchema
	for _, s := range d.latest() {
		old, err := os.ReadFile(app.path(s.ContractPath))
		switch {
		case err == nil && bytes.Equal(old, s.text):
			continue
		case err == nil && !f.force:
			return nil, withHint(fmt.Errorf("%s exists already and differs from what %s says", s.ContractPath, s.Path), "choose another folder with --out, or overwrite it with --force")
		case err != nil && !errors.Is(err, fs.ErrNotExist):
			return nil, fmt.Errorf("write contract: %w", err)
		}
		todo = append(todo, s)
	}
	return todo, nil
}

// replaceFile writes a file as a whole: readers see the old content or the new one.
func replaceFile(path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	temporary, err := os.CreateTemp(filepath.Dir(path), ".evctl-*")
	if err != nil {
		return err
	}
	defer os.Remove(temporary.Name())
	_, err = temporary.Write(data)
	if err := errors.Join(err, temporary.Chmod(0o644), temporary.Close()); err != nil {
		return err
	}
	return os.Rename(temporary.Name(), path)
}

func (d *importDocument) count() {
	var results []*importer.Import
	for _, s := range d.Schemas {
		switch s.Status {
		case "skipped":
			d.Summary.Skipped++
			continue
		case "refused":
			d.Summary.Refused++
		default:
			d.Summary.Imported++
		}
		results = append(results, s.result)
		d.Summary.Checked.Payloads += s.Checked.Payloads
		d.Summary.Checked.Accepted += s.Checked.Accepted
	}
	d.Reasons = append(d.Reasons, importer.Reasons(results)...)
}

// text prints what was refused and why, remarks that several schemas share once, and
// the counts.
func (d *importDocument) text(w io.Writer, f importFlags) error {
	var b strings.Builder
	n := d.Summary
	for _, s := range d.Schemas {
		for _, r := range s.Refusals {
			b.WriteString(refusalText(s, r))
		}
	}
	remarksText(&b, d.Schemas)
	if d.History != nil {
		d.History.text(&b, f.dryRun)
	}
	fmt.Fprintf(&b, "%s found: %d imported, %d refused", count(n.Found, "schema"), n.Imported, n.Refused)
	if n.Skipped > 0 {
		fmt.Fprintf(&b, ", %d no events", n.Skipped)
	}
	if n.Older > 0 {
		fmt.Fprintf(&b, ", %s left out", count(n.Older, "older version"))
	}
	b.WriteString("\n")
	if n.Checked.Payloads > 0 {
		fmt.Fprintf(&b, "%s compared, %d of them valid: original and contract agree\n", count(n.Checked.Payloads, "payload"), n.Checked.Accepted)
	}
	switch files := len(d.latest()); {
	case d.History != nil && d.History.Refused > 0:
		b.WriteString("nothing was written, because the registry refused versions\n")
	case files > 0 && f.dryRun:
		fmt.Fprintf(&b, "%s would be written to %s\n", count(files, "contract file"), f.out)
	case files > 0:
		fmt.Fprintf(&b, "%s in %s\n", count(files, "contract file"), f.out)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func refusalText(s *importedSchema, r importer.Refusal) string {
	text := s.Path
	if r.Pointer != "" {
		text += "#" + strings.TrimPrefix(r.Pointer, "#")
	}
	text = printable(text) + ": " + printable(r.Reason)
	if r.Keyword != "" {
		text += " [" + printable(r.Keyword) + "]"
	}
	if r.Hint != "" {
		text += "\n  hint: " + r.Hint
	}
	return text + "\n"
}

// remarksText lists remarks by their message, with the number of places and the first.
func remarksText(b *strings.Builder, schemas []*importedSchema) {
	type group struct {
		first string
		count int
	}
	groups := map[string]*group{}
	var order []string
	for _, s := range schemas {
		for _, r := range s.Remarks {
			g := groups[r.Message]
			if g == nil {
				g = &group{first: s.Path + "#" + r.Pointer}
				groups[r.Message] = g
				order = append(order, r.Message)
			}
			g.count++
		}
	}
	for _, message := range order {
		g := groups[message]
		fmt.Fprintf(b, "note: %s (%s", printable(message), printable(g.first))
		if g.count > 1 {
			fmt.Fprintf(b, " and %d more", g.count-1)
		}
		b.WriteString(")\n")
	}
}
