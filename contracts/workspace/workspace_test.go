package workspace_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/contracts/workspace"
)

// files makes a file system of pairs of path and text. A path that ends in / is an
// empty folder.
func files(pairs ...string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for i := 0; i < len(pairs); i += 2 {
		if dir, ok := strings.CutSuffix(pairs[i], "/"); ok {
			fsys[dir] = &fstest.MapFile{Mode: fs.ModeDir | 0o755}
			continue
		}
		fsys[pairs[i]] = &fstest.MapFile{Data: []byte(pairs[i+1]), Mode: 0o644}
	}
	return fsys
}

const (
	config = "language: v1\n"
	event  = "event: e\nversion: 1.0.0\n"
)

func load(t *testing.T, fsys fs.FS, paths ...string) *workspace.Workspace {
	t.Helper()
	w, err := workspace.Load(context.Background(), fsys, paths...)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func paths(w *workspace.Workspace) []string {
	var list []string
	for _, c := range w.Contracts {
		list = append(list, c.File.Path)
	}
	return list
}

func problems(diags []diag.Diagnostic) []string {
	diag.Sort(diags)
	var lines []string
	for _, d := range diags {
		p := d.Position()
		line := fmt.Sprintf("%s:%d:%d: %s [%s]", d.File.Path, p.Line, p.Column, d.Message, d.Rule)
		if d.Hint != "" {
			line += " " + d.Hint
		}
		lines = append(lines, line)
	}
	return lines
}

func wantPaths(t *testing.T, w *workspace.Workspace, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, paths(w)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

func wantProblems(t *testing.T, diags []diag.Diagnostic, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, problems(diags)); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

func TestLoad_FindsContractFilesOnly(t *testing.T) {
	w := load(t, files(
		"evctl.yaml", config,
		"contracts/b.yaml", "event: b\nversion: 1.0.0\n",
		"contracts/a.yml", "event: a\nversion: 1.0.0\n",
		"contracts/Shouting.YAML", "event: c\nversion: 1.0.0\n",
		"contracts/with space/größe.yaml", "event: d\nversion: 1.0.0\n",
		"contracts/folder.yaml/inside.yaml", "event: f\nversion: 1.0.0\n",
		"contracts/evctl.yaml", "not: a contract",
		"contracts/notes.md", "#", "contracts/data.json", "{}", "contracts/.hidden.yaml", ":",
		"contracts/.git/config.yaml", ":", "contracts/node_modules/x/y.yaml", ":",
		"elsewhere/x.yaml", ":",
	))
	wantPaths(t, w, "contracts/Shouting.YAML", "contracts/a.yml", "contracts/b.yaml", "contracts/folder.yaml/inside.yaml", "contracts/with space/größe.yaml")
	wantProblems(t, w.Diagnostics)
	if w.Partial || w.Event("d") == nil || w.Event("e") != nil {
		t.Errorf("partial is %v, events are %v", w.Partial, w.Events())
	}
}

func TestLoad_TheRootMayHoldTheContracts(t *testing.T) {
	w := load(t, files("evctl.yaml", "contracts: [., sub, ./sub/../sub/]\n", "a.yaml", event, "sub/b.yaml", "event: b\nversion: 1.0.0\n", "node_modules/p/x.yaml", ":"))
	wantPaths(t, w, "a.yaml", "sub/b.yaml")
	wantProblems(t, w.Diagnostics)
}

func TestLoad_FailsWhenThereIsNothingToCheck(t *testing.T) {
	for name, test := range map[string]struct {
		fsys  fs.FS
		paths []string
		want  error
		text  string
	}{
		"no configuration": {files("contracts/a.yaml", event), nil, workspace.ErrNoConfig, "no evctl.yaml at the root of the workspace"},
		"no folder":        {files("evctl.yaml", config), nil, workspace.ErrNoContracts, "no contracts: contracts does not exist; make it, or name other folders under contracts: of evctl.yaml"},
		"empty folder":     {files("evctl.yaml", config, "contracts/", ""), nil, workspace.ErrNoContracts, "no contracts in contracts; write one, or name other folders under contracts: of evctl.yaml"},
		"one folder of two": {files("evctl.yaml", "contracts: [contracts, more]\n", "contracts/a.yaml", event), nil, workspace.ErrNoContracts,
			"no contracts: more does not exist; make it, or name other folders under contracts: of evctl.yaml"},
		"no such file":           {files("evctl.yaml", config, "contracts/a.yaml", event), []string{"contracts/b.yaml"}, workspace.ErrNoContracts, "no contracts: contracts/b.yaml does not exist"},
		"empty part":             {files("evctl.yaml", config, "contracts/a.yaml", event, "contracts/sub/x.md", ""), []string{"contracts/sub"}, workspace.ErrNoContracts, "no contracts in contracts/sub"},
		"broken link":            {os.DirFS(linked(t, "missing.yaml")), nil, fs.ErrNotExist, "read contracts/link.yaml: the link leads nowhere: file does not exist"},
		"link to self":           {os.DirFS(linked(t, "link.yaml")), nil, nil, ""},
		"named pipe":             {files("evctl.yaml", config), []string{"../outside.yaml"}, nil, "../outside.yaml is outside of the workspace"},
		"not a regular":          {fstest.MapFS{"evctl.yaml": {Data: []byte(config)}, "contracts/pipe.yaml": {Mode: fs.ModeNamedPipe}}, nil, nil, "read contracts/pipe.yaml: it is not a regular file"},
		"evctl.yaml is a pipe":   {fstest.MapFS{"evctl.yaml": {Mode: fs.ModeNamedPipe}}, nil, nil, "read evctl.yaml: it is not a regular file"},
		"evctl.yaml is a folder": {files("evctl.yaml/a", "x"), nil, nil, "read evctl.yaml: it is not a regular file"},
		"name is not UTF-8":      {files("evctl.yaml", config, "contracts/\xff.yaml", event), nil, nil, `read "contracts/\xff.yaml": its name is not UTF-8; rename it`},
	} {
		t.Run(name, func(t *testing.T) {
			w, err := workspace.Load(context.Background(), test.fsys, test.paths...)
			switch {
			case err == nil:
				t.Fatalf("loaded %q", paths(w))
			case test.want != nil && !errors.Is(err, test.want):
				t.Errorf("error is %v, want %v", err, test.want)
			case test.text != "" && err.Error() != test.text:
				t.Errorf("error is %q, want %q", err, test.text)
			}
		})
	}
}

// linked makes a workspace with a symbolic link among its contracts.
func linked(t *testing.T, target string) string {
	dir := t.TempDir()
	write(t, dir, "evctl.yaml", config)
	write(t, dir, "contracts/a.yaml", event)
	if err := os.Symlink(target, filepath.Join(dir, "contracts", "link.yaml")); err != nil {
		if runtime.GOOS == "windows" {
			t.Skipf("symbolic links need a privilege on Windows: %v", err)
		}
		t.Fatal(err)
	}
	return dir
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	path := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestLoad_LinksToFilesAreReadAndLinksToFoldersAreNotFollowed(t *testing.T) {
	dir := linked(t, "../real.txt")
	write(t, dir, "real.txt", "event: linked\nversion: 1.0.0\n")
	if err := os.Symlink("..", filepath.Join(dir, "contracts", "loop")); err != nil {
		t.Fatal(err)
	}
	w := load(t, os.DirFS(dir))
	wantPaths(t, w, "contracts/a.yaml", "contracts/link.yaml")
}

func TestLoad_AFileThatCannotBeReadFails(t *testing.T) {
	if os.Getuid() == 0 {
		// The superuser may read everything; the same path is covered by a file system that refuses.
		_, err := workspace.Load(context.Background(), refusing{files("evctl.yaml", config, "contracts/a.yaml", event, "contracts/secret.yaml", event)})
		if !errors.Is(err, fs.ErrPermission) {
			t.Errorf("error is %v, want one about permission", err)
		}
		return
	}
	dir := t.TempDir()
	write(t, dir, "evctl.yaml", config)
	write(t, dir, "contracts/secret.yaml", event)
	if err := os.Chmod(filepath.Join(dir, "contracts/secret.yaml"), 0); err != nil {
		t.Fatal(err)
	}
	if _, err := workspace.Load(context.Background(), os.DirFS(dir)); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("error is %v, want one about permission", err)
	}
}

// refusing does not open files called secret.yaml.
type refusing struct{ fstest.MapFS }

func (r refusing) Open(name string) (fs.File, error) {
	if strings.HasSuffix(name, "secret.yaml") {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return r.MapFS.Open(name)
}

func (r refusing) ReadFile(name string) ([]byte, error) {
	if strings.HasSuffix(name, "secret.yaml") {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return r.MapFS.ReadFile(name)
}

func TestLoad_ReportsFilesThatAreTooLarge(t *testing.T) {
	w := load(t, files("evctl.yaml", config, "contracts/big.yaml", "a: "+strings.Repeat("x", 10<<20), "contracts/ok.yaml", event))
	wantPaths(t, w, "contracts/ok.yaml")
	wantProblems(t, w.Diagnostics, "contracts/big.yaml:1:1: file has more than 4194304 bytes [yaml-limit] a contract describes one event; move data out of the contract file")
}

func TestLoad_StopsWhenTheContextEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := workspace.Load(ctx, files("evctl.yaml", config, "contracts/a.yaml", event)); !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v, want %v", err, context.Canceled)
	}
}

func TestLoad_OneBrokenFileDoesNotHideTheOthers(t *testing.T) {
	w := load(t, files("evctl.yaml", "langage: v1\n",
		"contracts/a.yaml", "event: a: b\n", "contracts/b.yaml", "event: b\nversion: x\n", "contracts/c.yaml", event, "contracts/d.yaml", event, "contracts/e.yaml", "event:\nversion: 1.0.0\n", "contracts/f.yaml", "event:\nversion: 1.0.0\n"))
	wantProblems(t, w.Diagnostics,
		`contracts/a.yaml:1:9: mapping values are not allowed in this context [yaml-syntax] put the text in quotes when it contains ": "`,
		`contracts/b.yaml:2:10: version "x" is not MAJOR.MINOR.PATCH [value-invalid] write three numbers, such as 1.2.0`,
		`contracts/d.yaml:1:8: event "e" is declared twice [name-duplicate] rename one of the two`,
		`contracts/e.yaml:1:7: event has null, expected text [value-type]`,
		`contracts/f.yaml:1:7: event has null, expected text [value-type]`,
		`evctl.yaml:1:1: unknown key "langage" [key-unknown] did you mean "language"?`,
	)
	if c := w.Event("e"); c == nil || c.File.Path != "contracts/c.yaml" {
		t.Errorf("event e is %v, want the first of two", c)
	}
}

func TestLoad_SomeFilesBringWhatTheyReferTo(t *testing.T) {
	fsys := files("evctl.yaml", "contracts: [contracts, shared]\n",
		"contracts/order.yaml", "event: order\nversion: 1.0.0\ninclude: [context]\nproperties: {total: {$ref: money}}\n",
		"contracts/other.yaml", "event: other\nversion: 1.0.0\nproperties: {x: {$ref: unused}}\n",
		"contracts/typo.yaml", "event: typo\nversion: 1.0.0\nproperties: {x: {$ref: mony}}\n",
		"contracts/local.yaml", "event: local\nversion: 1.0.0\nproperties: {x: {$ref: money}}\ndefinitions: {money: {type: number}}\n",
		"contracts/broken_use.yaml", "event: broken_use\nversion: 1.0.0\nproperties: {x: {$ref: bad}}\n",
		"shared/money.yaml", "define: money\ntype: object\nproperties: {amount: {$ref: amount}}\n",
		"shared/misnamed.yaml", "# a comment first\ndefine: amount\ntype: number\n",
		"shared/context.yaml", "fragment: context\nproperties: {url: {type: string}}\n",
		"shared/unused.yaml", "define: unused\ntype: number\n",
		"shared/bad.yaml", "define: bad: worse\n",
	)
	for name, test := range map[string]struct {
		paths, want, problems []string
	}{
		"by name, then by content": {[]string{"contracts/order.yaml"}, []string{"contracts/order.yaml", "shared/context.yaml", "shared/misnamed.yaml", "shared/money.yaml", "shared/unused.yaml"},
			[]string{`shared/bad.yaml:1:12: mapping values are not allowed in this context [yaml-syntax] put the text in quotes when it contains ": "`}},
		"only what is needed": {[]string{"contracts/other.yaml"}, []string{"contracts/other.yaml", "shared/unused.yaml"}, nil},
		"unresolved": {[]string{"contracts/typo.yaml"}, []string{"contracts/typo.yaml", "shared/context.yaml", "shared/misnamed.yaml", "shared/money.yaml", "shared/unused.yaml"},
			[]string{`contracts/typo.yaml:3:24: no definition is named "mony" [ref-unresolved] did you mean "money"?`,
				`shared/bad.yaml:1:12: mapping values are not allowed in this context [yaml-syntax] put the text in quotes when it contains ": "`}},
		"declared by itself": {[]string{"contracts/local.yaml"}, []string{"contracts/local.yaml"}, nil},
		"a folder":           {[]string{"shared/"}, []string{"shared/context.yaml", "shared/misnamed.yaml", "shared/money.yaml", "shared/unused.yaml"}, []string{`shared/bad.yaml:1:12: mapping values are not allowed in this context [yaml-syntax] put the text in quotes when it contains ": "`}},
		"broken definition": {[]string{"contracts/broken_use.yaml"}, []string{"contracts/broken_use.yaml", "shared/context.yaml", "shared/misnamed.yaml", "shared/money.yaml", "shared/unused.yaml"},
			[]string{`contracts/broken_use.yaml:3:24: no definition is named "bad" [ref-unresolved] definitions are declared in files that start with define:, or under definitions: of the event`,
				`shared/bad.yaml:1:12: mapping values are not allowed in this context [yaml-syntax] put the text in quotes when it contains ": "`}},
	} {
		t.Run(name, func(t *testing.T) {
			w := load(t, fsys, test.paths...)
			wantPaths(t, w, test.want...)
			wantProblems(t, w.Diagnostics, test.problems...)
			if !w.Partial {
				t.Error("a part is taken for the whole")
			}
		})
	}
	whole := load(t, fsys, "contracts/order.yaml", workspace.ConfigName)
	if whole.Partial || len(whole.Contracts) != 9 {
		t.Errorf("evctl.yaml does not stand for everything: %q", paths(whole))
	}
}

func TestLoad_APartHasTheMeaningOfTheWhole(t *testing.T) {
	const n = 200
	pairs := []string{"evctl.yaml", config}
	for i := range n {
		pairs = append(pairs, fmt.Sprintf("contracts/e%d.yaml", i), fmt.Sprintf("event: e%d\nversion: 1.0.0\nproperties: {a: {$ref: d%d}, b: {$ref: d%d}}\n", i, i%20, i%7))
	}
	for i := range 20 {
		pairs = append(pairs, fmt.Sprintf("contracts/d%d.yaml", i), fmt.Sprintf("define: d%d\ntype: array\nitems: {$ref: d%d}\n", i, i+1))
	}
	pairs = append(pairs, "contracts/last.yaml", "define: d20\ntype: string\n")
	fsys := files(pairs...)
	whole := load(t, fsys)
	wantProblems(t, whole.Diagnostics)
	part := load(t, fsys, "contracts/e113.yaml")
	wantProblems(t, part.Diagnostics)
	names := func(w *workspace.Workspace) (list []string) {
		for _, d := range w.Event("e113").Definitions {
			list = append(list, d.Name)
		}
		return list
	}
	if diff := cmp.Diff(names(whole), names(part)); diff != "" || len(names(part)) != 20 {
		t.Errorf("definitions (-whole +part):\n%s", diff)
	}
}

func TestOpen_FindsTheRootAbove(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "evctl.yaml", config)
	write(t, dir, "contracts/a.yaml", event)
	write(t, dir, "contracts/sub folder/b.yaml", "event: b\nversion: 1.0.0\n")
	sub := filepath.Join(dir, "contracts", "sub folder")
	w, err := workspace.Open(context.Background(), sub)
	if err != nil {
		t.Fatal(err)
	}
	wantPaths(t, w, "contracts/a.yaml", "contracts/sub folder/b.yaml")
	for _, path := range []string{"b.yaml", ".", "../sub folder/b.yaml", filepath.Join(sub, "b.yaml")} {
		w, err := workspace.Open(context.Background(), sub, path)
		if err != nil {
			t.Fatal(err)
		}
		wantPaths(t, w, "contracts/sub folder/b.yaml")
	}
	outside := filepath.Join(dir, "..", "x.yaml")
	if _, err := workspace.Open(context.Background(), sub, outside); err == nil || !strings.Contains(err.Error(), "outside of the workspace") {
		t.Errorf("a path outside of the workspace gives %v", err)
	}
	if _, err := workspace.Open(context.Background(), t.TempDir()); !errors.Is(err, workspace.ErrNoConfig) {
		t.Errorf("a folder without evctl.yaml gives %v", err)
	}
}

func TestParseConfig_IsStrictWithPositions(t *testing.T) {
	const text = `language: v2
contract: [contracts]
contracts: [contracts, ../other, /abs, 'win\dows', ~, ""]
registry: [releases]
teams: [checkout]
naming:
  evnt: "{object}"
  words: {action: done}
  abbreviations: {qty: [quantity]}
compatibility:
  mode: BACKWARDS
  open_content: Strict
  events: {order.*: FULL, cart.*: forward, x: SIDEWAYS}
lint:
  rules: {event-name: [off]}
  custom:
    - {id: my-rule, whn: "true"}
    - off
generate:
  - {target: go}
  - {out: gen/ts, target: typescript, options: {a: {b: c}}}
generate: []
`
	c, diags := workspace.ParseConfig(diag.NewFile("evctl.yaml", []byte(text)))
	wantProblems(t, diags,
		`evctl.yaml:1:11: unknown language version "v2", expected v1 [value-invalid] a newer evctl may be needed`,
		`evctl.yaml:2:1: unknown key "contract" [key-unknown] did you mean "contracts"?`,
		`evctl.yaml:3:24: folder "../other" is not within the workspace [value-invalid] put evctl.yaml into the folder that holds all contracts`,
		`evctl.yaml:3:34: folder "/abs" is not within the workspace [value-invalid] put evctl.yaml into the folder that holds all contracts`,
		`evctl.yaml:3:40: folder "win\\dows" is not within the workspace [value-invalid] write it with slashes: win/dows`,
		`evctl.yaml:3:52: folder "" is not within the workspace [value-invalid] write . for the folder of evctl.yaml`,
		`evctl.yaml:3:52: contracts has null in its list [value-type] remove it`,
		`evctl.yaml:3:55: folder "" is not within the workspace [value-invalid] write . for the folder of evctl.yaml`,
		`evctl.yaml:4:11: registry has a list, expected text [value-type]`,
		`evctl.yaml:5:8: teams has a list, expected a mapping [value-type]`,
		`evctl.yaml:7:3: unknown key "evnt" [key-unknown] did you mean "event"?`,
		`evctl.yaml:8:19: action has string "done", expected a list [value-type]`,
		`evctl.yaml:9:24: qty has a list, expected text [value-type]`,
		`evctl.yaml:11:9: unknown compatibility mode "BACKWARDS", expected BACKWARD, BACKWARD_TRANSITIVE, FORWARD, FORWARD_TRANSITIVE, FULL, FULL_TRANSITIVE, NONE [value-invalid] did you mean "BACKWARD"?`,
		`evctl.yaml:12:17: unknown open_content "Strict", expected lenient, strict [value-invalid] did you mean "strict"?`,
		`evctl.yaml:13:35: unknown compatibility mode "forward", expected BACKWARD, BACKWARD_TRANSITIVE, FORWARD, FORWARD_TRANSITIVE, FULL, FULL_TRANSITIVE, NONE [value-invalid] did you mean "FORWARD"?`,
		`evctl.yaml:13:47: unknown compatibility mode "SIDEWAYS", expected BACKWARD, BACKWARD_TRANSITIVE, FORWARD, FORWARD_TRANSITIVE, FULL, FULL_TRANSITIVE, NONE [value-invalid]`,
		`evctl.yaml:15:23: event-name has a list, expected text [value-type]`,
		`evctl.yaml:17:21: unknown key "whn" [key-unknown] did you mean "when"?`,
		`evctl.yaml:18:7: custom has string "off", expected a mapping [value-type]`,
		`evctl.yaml:20:5: entry of generate has no out [key-missing] write {target: go, out: gen/go}`,
		`evctl.yaml:21:52: a has a mapping, expected text [value-type]`,
		`evctl.yaml:22:1: key "generate" is written twice in this mapping [key-duplicate] remove one of the two`,
	)
	if diff := cmp.Diff([]string{"contracts"}, c.Contracts); diff != "" {
		t.Errorf("folders (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(workspace.Compatibility{Mode: "BACKWARD_TRANSITIVE", OpenContent: "lenient", Events: map[string]string{"order.*": "FULL"}}, c.Compatibility); diff != "" {
		t.Errorf("compatibility (-want +got):\n%s", diff)
	}
	if got := c.At("generate", "1", "target").Text(); got != "typescript" {
		t.Errorf("the place of a target covers %q", got)
	}
	if got := c.At("naming", "nothing", "here").Text(); !strings.HasPrefix(got, "evnt:") {
		t.Errorf("the place of what is not written covers %q", got)
	}
}

func TestParseConfig_FillsInDefaults(t *testing.T) {
	for _, text := range []string{config, "# nothing\n{}\n", "teams: {}\nnaming:\nlint: ~\n"} {
		c, diags := workspace.ParseConfig(diag.NewFile("evctl.yaml", []byte(text)))
		wantProblems(t, diags)
		got := []string{c.Language, strings.Join(c.Contracts, " "), c.Registry, c.Naming.Event, c.Naming.Tense, c.Naming.Property, c.Compatibility.Mode, c.Compatibility.OpenContent, c.Lint.Profile}
		if diff := cmp.Diff([]string{"v1", "contracts", "releases", "{object}.{action}", "past", "snake_case", "BACKWARD_TRANSITIVE", "lenient", "standard"}, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}

func TestParseConfig_OfHostileTextGivesDefaults(t *testing.T) {
	for _, text := range []string{"", "\x00", "- a", "a: &a [*a]", strings.Repeat("[", 100_000), "language: v1\n---\nlanguage: v1\n", strings.Repeat("x", document.MaxBytes+1), "? [a]\n: b"} {
		c, diags := workspace.ParseConfig(diag.NewFile("evctl.yaml", []byte(text)))
		if len(diags) == 0 || c == nil || c.Registry != "releases" {
			t.Errorf("%.20q gives %v and %q", text, c, problems(diags))
		}
	}
}

func TestLoad_ConfigurationWithoutFoldersIsReportedNotFailed(t *testing.T) {
	w := load(t, files("evctl.yaml", "contracts: [../up]\n"))
	if len(w.Contracts) != 0 || len(w.Diagnostics) != 1 {
		t.Errorf("got %q with %q", paths(w), problems(w.Diagnostics))
	}
}

func TestFiles_AreThoseThatLoadReads(t *testing.T) {
	fsys := files("evctl.yaml", config, "contracts/a.yaml", event, "contracts/x/b.yml", "event: b\nversion: 1.0.0\n", "contracts/c.txt", "")
	w := load(t, fsys)
	got, err := workspace.Files(fsys, w.Config)
	if err != nil || !slices.Equal(got, paths(w)) {
		t.Errorf("got %q, %v, want %q", got, err, paths(w))
	}
}
