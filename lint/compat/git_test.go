package compat_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/evctl/evctl/contracts/gitfs"
	"github.com/evctl/evctl/contracts/workspace"
	"github.com/evctl/evctl/lint/compat"
)

func git(t testing.TB, dir string, args ...string) {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=t", "GIT_AUTHOR_EMAIL=t@example.com", "GIT_COMMITTER_NAME=t", "GIT_COMMITTER_EMAIL=t@example.com")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// files are texts by path; an empty text means that there is no such file.
type files map[string]string

func (f files) write(t testing.TB, dir string) {
	t.Helper()
	for name, text := range f {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if text == "" {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

var shop = files{
	"evctl.yaml":                     "language: v1\ncontracts: [contracts, shared]\n",
	"contracts/order.completed.yaml": "event: order.completed\nversion: 1.0.0\ninclude: [context]\nproperties: {total: {$ref: money}}\n",
	"contracts/order.refunded.yaml":  "event: order.refunded\nversion: 1.0.0\nproperties: {total: {$ref: money}, reason: {type: string}}\n",
	"contracts/cart.emptied.yaml":    "event: cart.emptied\nversion: 1.0.0\ninclude: [context]\nproperties: {}\n",
	"contracts/drafted.yaml":         "event: cart.drafted\nversion: 1.0.0\nstatus: draft\nproperties: {a: {type: string}}\n",
	"shared/money.yaml":              "define: money\ntype: object\nproperties: {amount: {$ref: amount}}\n",
	"shared/amount.yaml":             "define: amount\ntype: integer\n",
	"shared/context.yaml":            "fragment: context\nproperties: {page: {type: string}}\n",
}

// TestFromGit_AgreesWithReadingEverything compares the baseline that reads what
// changed with one that reads the whole commit.
func TestFromGit_AgreesWithReadingEverything(t *testing.T) {
	for _, test := range []struct {
		name string
		edit files
		want []string // rules and paths of the findings
	}{
		{"nothing", files{}, nil},
		{"an event", files{"contracts/order.refunded.yaml": "event: order.refunded\nversion: 1.0.1\nproperties: {total: {$ref: money}}\n"},
			[]string{"property-removed contracts/order.refunded.yaml"}},
		{"a definition used through another", files{"shared/amount.yaml": "define: amount\ntype: string\n"},
			[]string{"type-changed shared/amount.yaml", "type-changed shared/amount.yaml"}},
		{"a fragment", files{"shared/context.yaml": "fragment: context\nproperties: {page: {type: string, required: true}}\n"},
			[]string{"required-added shared/context.yaml", "required-added shared/context.yaml"}},
		{"a definition in another file", files{"shared/amount.yaml": "", "shared/number.yaml": "define: amount\ntype: number\n"},
			[]string{"version-reused contracts/order.completed.yaml", "version-reused contracts/order.refunded.yaml"}},
		{"an event in another file", files{"contracts/cart.emptied.yaml": "", "contracts/cart/emptied.yaml": "event: cart.emptied\nversion: 1.0.0\ninclude: [context]\nproperties: {}\n"}, nil},
		{"an event that is gone", files{"contracts/cart.emptied.yaml": ""},
			[]string{"event-removed main:contracts/cart.emptied.yaml"}},
		{"a draft", files{"contracts/drafted.yaml": "event: cart.drafted\nversion: 1.0.0\nstatus: draft\nproperties: {b: {type: string}}\n"}, nil},
		{"a draft that is gone", files{"contracts/drafted.yaml": ""}, nil},
		{"a new event", files{"contracts/new.yaml": "event: cart.opened\nversion: 0.1.0\nproperties: {}\n"}, nil},
		{"line endings", files{"contracts/order.refunded.yaml": strings.ReplaceAll(shop["contracts/order.refunded.yaml"], "\n", "\r\n")}, nil},
		{"other folders", files{"evctl.yaml": "language: v1\ncontracts: [contracts, shared, more]\n", "more/x.yaml": "event: more.added\nversion: 1.0.0\nproperties: {}\n"}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			git(t, dir, "init", "--quiet", "--initial-branch=main")
			root := filepath.Join(dir, "team", "shop")
			shop.write(t, root)
			git(t, dir, "add", ".")
			git(t, dir, "commit", "--quiet", "--message=shop")
			test.edit.write(t, root)

			var got []string
			for _, base := range []compat.Baseline{fromGit(t, root), fromCommit(t, root)} {
				var list []string
				found, err := compat.Source(base)(context.Background(), openWorkspace(t, root))
				if err != nil {
					t.Fatal(err)
				}
				for _, d := range found {
					list = append(list, d.Rule+" "+d.File.Path)
				}
				slices.Sort(list)
				if d := cmp.Diff(test.want, list); d != "" {
					t.Errorf("findings (-want +got):\n%s", d)
				}
				got = append(got, fmt.Sprint(list))
			}
			if got[0] != got[1] {
				t.Errorf("reading what changed finds %s, reading everything %s", got[0], got[1])
			}
		})
	}
}

func openWorkspace(t testing.TB, root string, paths ...string) *workspace.Workspace {
	t.Helper()
	w, err := workspace.Open(context.Background(), root, paths...)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range w.Diagnostics {
		t.Fatalf("%s: %s", d.File.Path, d.Message)
	}
	return w
}

func fromGit(t testing.TB, root string) compat.Baseline {
	t.Helper()
	base, err := compat.FromGit(context.Background(), openWorkspace(t, root), "main")
	if err != nil {
		t.Fatal(err)
	}
	return base
}

func fromCommit(t testing.TB, root string) compat.Baseline {
	t.Helper()
	commit, err := gitfs.Open(context.Background(), root, "main")
	if err != nil {
		t.Fatal(err)
	}
	defer commit.Close()
	w, err := workspace.Load(context.Background(), commit)
	if err != nil {
		t.Fatal(err)
	}
	base, err := compat.FromWorkspace(w, "main:")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range w.Contracts {
		c.File.Path = strings.Replace(c.File.Path, "main:/", "main:", 1)
	}
	return base
}

func TestFromGit_OfOneFileComparesThatFile(t *testing.T) {
	dir := t.TempDir()
	git(t, dir, "init", "--quiet", "--initial-branch=main")
	shop.write(t, dir)
	git(t, dir, "add", ".")
	git(t, dir, "commit", "--quiet", "--message=shop")
	files{
		"contracts/order.refunded.yaml": "event: order.refunded\nversion: 1.0.1\nproperties: {total: {$ref: money}}\n",
		"contracts/cart.emptied.yaml":   "event: cart.emptied\nversion: 1.0.1\nproperties: {}\n",
	}.write(t, dir)
	w := openWorkspace(t, dir, "contracts/order.refunded.yaml")
	base, err := compat.FromGit(context.Background(), w, "main")
	if err != nil {
		t.Fatal(err)
	}
	found, err := compat.Source(base)(context.Background(), w)
	if err != nil || len(found) != 1 || found[0].Rule != "property-removed" {
		t.Errorf("findings are %v, %v, want the removed property only", found, err)
	}
}

// TestFromGit_FailsWhereItCannotCompare: that nothing was compared must not pass.
func TestFromGit_FailsWhereItCannotCompare(t *testing.T) {
	for _, test := range []struct {
		name     string
		old, new files
		want     string
	}{
		{"no workspace in the commit", files{"README": "x"}, shop, "has no evctl.yaml here"},
		{"a broken configuration", files{"evctl.yaml": "langage: v1\n"}, shop, "unknown key"},
		{"a file that is no YAML", files{"evctl.yaml": "language: v1\n", "contracts/a.yaml": "event: [\n"}, shop, "main cannot be compared with: "},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			git(t, dir, "init", "--quiet", "--initial-branch=main")
			test.old.write(t, dir)
			git(t, dir, "add", ".")
			git(t, dir, "commit", "--quiet", "--message=old")
			if test.old["contracts/a.yaml"] != "" {
				files{"contracts/a.yaml": ""}.write(t, dir)
			}
			test.new.write(t, dir)
			_, err := compat.FromGit(context.Background(), openWorkspace(t, dir), "main")
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error is %v, want one with %q", err, test.want)
			}
		})
	}
}

func TestSource_FailsWhenTheBaselineIsBroken(t *testing.T) {
	dir := t.TempDir()
	git(t, dir, "init", "--quiet", "--initial-branch=main")
	shop.write(t, dir)
	files{"contracts/order.refunded.yaml": "event: order.refunded\nversion: 1.0.0\nproperties: {total: {$ref: nothing}}\n"}.write(t, dir)
	git(t, dir, "add", ".")
	git(t, dir, "commit", "--quiet", "--message=broken")
	shop.write(t, dir)
	w := openWorkspace(t, dir)
	base, err := compat.FromGit(context.Background(), w, "main")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := compat.Source(base)(context.Background(), w); err == nil || !strings.Contains(err.Error(), "main:contracts/order.refunded.yaml has errors") {
		t.Errorf("error is %v, want one that names the broken file", err)
	}
}
