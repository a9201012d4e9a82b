package codegen

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// fixed is a target that makes given files.
type fixed struct {
	name  string
	files []File
}

func (f fixed) Name() string                                  { return f.name }
func (fixed) Describe() string                                { return "files of a test" }
func (fixed) Options() []Option                               { return nil }
func (f fixed) Generate(_ *Model, _ Options, emit Emit) error { return EmitAll(emit, f.files...) }
func text(path, content string) File                          { return File{path, []byte("// " + Marker + "\n" + content)} }
func target(name string, files ...File) fixed                 { return fixed{name, files} }
func job(out string, t fixed) Job                             { return Job{Target: t, Out: out} }

// plan generates and compares with the disk.
func plan(t *testing.T, opt PlanOptions, jobs ...Job) *Plan {
	t.Helper()
	p, err := NewPlan(context.Background(), nil, jobs, opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

// staged plans with contents beside their places.
func staged(t *testing.T, opt PlanOptions, jobs ...Job) *Plan {
	t.Helper()
	opt.Stage = true
	return plan(t, opt, jobs...)
}

// run plans and writes, and tells what stood in the way.
func run(opt PlanOptions, jobs ...Job) error {
	opt.Stage = true
	p, err := NewPlan(context.Background(), nil, jobs, opt)
	if err != nil {
		return err
	}
	defer p.Close()
	return p.Apply(context.Background())
}

func apply(t *testing.T, opt PlanOptions, jobs ...Job) {
	t.Helper()
	if err := run(opt, jobs...); err != nil {
		t.Fatal(err)
	}
}

// statuses are the files of a plan that are not current.
func statuses(p *Plan) map[string]Status {
	m := map[string]Status{}
	for _, c := range p.Changes {
		if c.Status != Current {
			m[c.Path] = c.Status
		}
	}
	return m
}

func want(t *testing.T, p *Plan, expected map[string]Status) {
	t.Helper()
	if diff := cmp.Diff(expected, statuses(p)); diff != "" {
		t.Errorf("statuses (-want +got):\n%s", diff)
	}
}

// tree is every file below a folder with its content.
func tree(t *testing.T, root string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(root, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		rel, _ := filepath.Rel(root, path)
		files[filepath.ToSlash(rel)] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func put(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestPlan_WritesOnceAndLeavesCurrentFilesAlone(t *testing.T) {
	root := t.TempDir()
	opt := PlanOptions{Root: root}
	a := target("a", text("x.txt", "1"), text("deep/er/y.txt", "2"))
	want(t, plan(t, opt, job("out", a)), map[string]Status{"out/x.txt": Missing, "out/deep/er/y.txt": Missing})
	if len(tree(t, root)) != 0 {
		t.Error("planning wrote files")
	}
	apply(t, opt, job("out", a))
	before, err := os.Stat(filepath.Join(root, "out", "x.txt"))
	if err != nil {
		t.Fatal(err)
	}
	p := plan(t, opt, job("out", a))
	if !p.Clean() {
		t.Errorf("second plan is not clean: %v", statuses(p))
	}
	apply(t, opt, job("out", target("a", text("x.txt", "1"), text("deep/er/y.txt", "3"))))
	after, err := os.Stat(filepath.Join(root, "out", "x.txt"))
	if err != nil || !os.SameFile(before, after) || before.ModTime() != after.ModTime() {
		t.Error("a current file was written again", err)
	}
	if got := tree(t, root)["out/deep/er/y.txt"]; !strings.HasSuffix(got, "3") {
		t.Errorf("got %q", got)
	}
}

func TestPlan_RemovesWhatIsNoLongerGenerated(t *testing.T) {
	root := t.TempDir()
	opt := PlanOptions{Root: root}
	put(t, filepath.Join(root, "out", "deep", "own.txt"), "mine")
	apply(t, opt, job("out", target("a", text("x.txt", "1"), text("deep/y.txt", "2"), text("gone/z.txt", "3"))))
	next := job("out", target("a", text("x.txt", "1")))
	want(t, plan(t, opt, next), map[string]Status{"out/deep/y.txt": Leftover, "out/gone/z.txt": Leftover})
	apply(t, opt, next)
	files := tree(t, root)
	delete(files, "out/"+ManifestName)
	if diff := cmp.Diff(map[string]string{"out/x.txt": "// " + Marker + "\n1", "out/deep/own.txt": "mine"}, files); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	if _, err := os.Stat(filepath.Join(root, "out", "gone")); !os.IsNotExist(err) {
		t.Error("an empty folder was left")
	}
}

func TestPlan_NeverTouchesWhatIsNotOurs(t *testing.T) {
	a := job("out", target("a", text("x.txt", "1"), text("y.txt", "2")))
	for _, c := range []struct {
		name   string
		after  func(t *testing.T, out string) // what somebody did
		next   Job
		opt    PlanOptions
		status map[string]Status
	}{
		{"foreign file", func(t *testing.T, out string) {
			put(t, filepath.Join(out, "z.txt"), "mine")
		}, job("out", target("a", text("x.txt", "1"), text("y.txt", "2"), text("z.txt", "3"))), PlanOptions{}, map[string]Status{"out/z.txt": Foreign}},
		{"edited file", func(t *testing.T, out string) {
			put(t, filepath.Join(out, "x.txt"), "// "+Marker+"\nedited")
		}, a, PlanOptions{}, map[string]Status{"out/x.txt": Edited}},
		{"edited file that is no longer generated", func(t *testing.T, out string) {
			put(t, filepath.Join(out, "x.txt"), "// "+Marker+"\nedited")
		}, job("out", target("a", text("y.txt", "2"))), PlanOptions{}, map[string]Status{"out/x.txt": Edited}},
		{"adopted file without its mark", func(t *testing.T, out string) {
			put(t, filepath.Join(out, "x.txt"), "mine now")
		}, a, PlanOptions{Overwrite: true}, map[string]Status{"out/x.txt": Edited}},
		{"folder", func(t *testing.T, out string) {
			if err := os.Remove(filepath.Join(out, "x.txt")); err != nil {
				t.Fatal(err)
			}
			put(t, filepath.Join(out, "x.txt", "inside"), "mine")
		}, a, PlanOptions{}, map[string]Status{"out/x.txt": Foreign}},
		{"symbolic link", func(t *testing.T, out string) {
			if err := os.Remove(filepath.Join(out, "x.txt")); err != nil {
				t.Fatal(err)
			}
			put(t, filepath.Join(out, "..", "elsewhere"), "mine")
			if err := os.Symlink(filepath.Join("..", "elsewhere"), filepath.Join(out, "x.txt")); err != nil {
				if runtime.GOOS == "windows" {
					t.Skip("symbolic links need a privilege here:", err)
				}
				t.Fatal(err)
			}
		}, a, PlanOptions{}, map[string]Status{"out/x.txt": Foreign}},
	} {
		t.Run(c.name, func(t *testing.T) {
			root := t.TempDir()
			apply(t, PlanOptions{Root: root}, a)
			c.after(t, filepath.Join(root, "out"))
			before := tree(t, root)
			c.opt.Root = root
			p := staged(t, c.opt, c.next)
			want(t, p, c.status)
			if err := p.Apply(context.Background()); err == nil {
				t.Error("the plan was carried out")
			}
			p.Close()
			if diff := cmp.Diff(before, tree(t, root)); diff != "" {
				t.Errorf("files changed (-want +got):\n%s", diff)
			}
		})
	}
}

func TestPlan_OverwriteReplacesEditedFilesThatCarryTheMark(t *testing.T) {
	root := t.TempDir()
	a := job("out", target("a", text("x.txt", "1"), text("y.txt", "1")))
	apply(t, PlanOptions{Root: root}, a)
	put(t, filepath.Join(root, "out", "x.txt"), "// "+Marker+"\nedited")
	put(t, filepath.Join(root, "out", "y.txt"), "// "+Marker+"\nedited")
	next := job("out", target("a", text("x.txt", "1")))
	opt := PlanOptions{Root: root, Overwrite: true}
	want(t, plan(t, opt, next), map[string]Status{"out/x.txt": Stale, "out/y.txt": Leftover})
	apply(t, opt, next)
	if !plan(t, opt, next).Clean() {
		t.Error("not clean afterwards")
	}
}

func TestPlan_LineEndingsOfVersionControlAreNoChange(t *testing.T) {
	root := t.TempDir()
	opt := PlanOptions{Root: root}
	apply(t, opt, job("out", target("a", text("x.txt", "1\n2\n"), text("y.txt", "1\n"))))
	for name, content := range tree(t, root) {
		put(t, filepath.Join(root, name), strings.ReplaceAll(content, "\n", "\r\n"))
	}
	if p := plan(t, opt, job("out", target("a", text("x.txt", "1\n2\n"), text("y.txt", "1\n")))); !p.Clean() {
		t.Errorf("not clean: %v", statuses(p))
	}
	want(t, plan(t, opt, job("out", target("a", text("x.txt", "1\n3\n")))), map[string]Status{"out/x.txt": Stale, "out/y.txt": Leftover})
}

func TestPlan_AdoptsMarkedFilesWhenTheManifestIsLost(t *testing.T) {
	root := t.TempDir()
	opt := PlanOptions{Root: root}
	apply(t, opt, job("out", target("a", text("x.txt", "1"))))
	if err := os.Remove(filepath.Join(root, "out", ManifestName)); err != nil {
		t.Fatal(err)
	}
	next := job("out", target("a", text("x.txt", "2")))
	want(t, plan(t, opt, next), map[string]Status{"out/x.txt": Stale})
	apply(t, opt, next)
}

func TestPlan_TargetsMayShareAFolder(t *testing.T) {
	root := t.TempDir()
	opt := PlanOptions{Root: root}
	a, b := job("out", target("a", text("a.txt", "1"))), job("out", target("b", text("b.txt", "1")))
	apply(t, opt, a, b)

	// One of them alone leaves the other's files as they are.
	partial := PlanOptions{Root: root, Partial: true}
	a2 := job("out", target("a", text("a2.txt", "1")))
	want(t, plan(t, partial, a2), map[string]Status{"out/a.txt": Leftover, "out/a2.txt": Missing})
	apply(t, partial, a2)
	if !plan(t, opt, a2, b).Clean() {
		t.Error("not clean after a partial run")
	}

	// A target that is no longer asked for is cleaned up, and files may change hands.
	apply(t, opt, job("out", target("c", text("b.txt", "2"), text("a2.txt", "2"))))
	files := tree(t, root)
	delete(files, "out/"+ManifestName)
	if len(files) != 2 || !plan(t, opt, job("out", target("c", text("b.txt", "2"), text("a2.txt", "2")))).Clean() {
		t.Errorf("files are %v", files)
	}
}

func TestGenerate_RefusesFilesThatWouldDoHarm(t *testing.T) {
	for _, c := range []struct {
		wrong string
		jobs  []Job
	}{
		{"not allowed", []Job{job("out", target("a", text("../x.txt", "1")))}},
		{"not allowed", []Job{job("out", target("a", text("/x.txt", "1")))}},
		{"not allowed", []Job{job("out", target("a", text(`a\x.txt`, "1")))}},
		{"not allowed", []Job{job("out", target("a", text("c:x.txt", "1")))}},
		{"not allowed", []Job{job("out", target("a", text("a//x.txt", "1")))}},
		{"not allowed", []Job{job("out", target("a", text("", "1")))}},
		{"keeps for itself", []Job{job("out", target("a", text("deep/"+ManifestName, "1")))}},
		{"without the marker", []Job{job("out", target("a", File{"x.txt", []byte("1")}))}},
		{"a writes out/X.txt and a writes out/x.txt, which some file systems take for one file", []Job{job("out", target("a", text("x.txt", "1"), text("X.txt", "1")))}},
		{"a writes out/x.txt twice", []Job{job("out", target("a", text("x.txt", "1"), text("x.txt", "2")))}},
		{"a and b both write", []Job{job("out", target("a", text("x.txt", "1"))), job("out", target("b", text("x.txt", "2")))}},
		{"a and b both write", []Job{job("out", target("a", text("deep/x.txt", "1"))), job("out/deep", target("b", text("x.txt", "2")))}},
		{"as a file", []Job{job("out", target("a", text("x", "1"), text("x/y", "1")))}},
	} {
		_, err := NewPlan(context.Background(), nil, c.jobs, PlanOptions{Root: t.TempDir()})
		if err == nil || !strings.Contains(err.Error(), c.wrong) {
			t.Errorf("expected %q, got %v", c.wrong, err)
		}
	}
	twice := []Job{job("out", target("a", text("x", "1"))), job("out", target("a", text("y", "1")))}
	if _, err := NewPlan(context.Background(), nil, twice, PlanOptions{Root: t.TempDir()}); err == nil || !strings.Contains(err.Error(), "twice") {
		t.Errorf("expected the same target twice in one folder to be refused, got %v", err)
	}
}

func TestPlan_RefusesAManifestItCannotRead(t *testing.T) {
	for _, content := range []string{"", "{", "<<<<<<< HEAD\n{}", `{"version":2}`, `{"version":1,"targets":{"a":{"../../evil":"sha256:0"}}}`, `{"version":1,"targets":{"a":{"":"x"}}}`} {
		root := t.TempDir()
		put(t, filepath.Join(root, "out", ManifestName), content)
		jobs := []Job{job("out", target("a", text("x.txt", "1")))}
		if _, err := NewPlan(context.Background(), nil, jobs, PlanOptions{Root: root}); err == nil {
			t.Errorf("%q was accepted", content)
		}
	}
}

func TestPlan_TwoWorkspacesDoNotShareAFolder(t *testing.T) {
	root := t.TempDir()
	apply(t, PlanOptions{Root: filepath.Join(root, "a")}, job("../out", target("a", text("x.txt", "1"))))
	_, err := NewPlan(context.Background(), nil, []Job{job("../out", target("b", text("y.txt", "1")))}, PlanOptions{Root: filepath.Join(root, "b")})
	if err == nil || !strings.Contains(err.Error(), "belongs to the workspace \"../a\" from there, this one is \"../b\"") {
		t.Errorf("got %v", err)
	}
}

func TestApply_LeavesEverythingAsItWasWhenItCannotWrite(t *testing.T) {
	root := t.TempDir()
	opt := PlanOptions{Root: root}
	apply(t, opt, job("out", target("a", text("x.txt", "1"))))
	put(t, filepath.Join(root, "out", "deep"), "a file where a folder is needed")
	before := tree(t, root)
	jobs := []Job{job("out", target("a", text("x.txt", "2"), text("deep/y.txt", "1")))}
	if err := run(opt, jobs...); err == nil {
		t.Error("expected an error")
	}
	if diff := cmp.Diff(before, tree(t, root)); diff != "" {
		t.Errorf("files changed (-want +got):\n%s", diff)
	}
}

func TestApply_RemovesWhatAKilledRunLeft(t *testing.T) {
	root := t.TempDir()
	dead := exec.Command(os.Args[0], "-test.run=^$")
	if err := dead.Run(); err != nil {
		t.Fatal(err)
	}
	left := fmt.Sprintf("out/deep/.evctl-%d-7.tmp", dead.Process.Pid)
	kept := []string{fmt.Sprintf("out/deep/.evctl-%d-7.tmp", os.Getpid()), "out/deep/.evctl-x.tmp", left + ".txt"}
	for _, name := range append(kept, left) {
		put(t, filepath.Join(root, filepath.FromSlash(name)), "half")
	}
	apply(t, PlanOptions{Root: root}, job("out", target("a", text("deep/x.txt", "1"))))
	files := tree(t, root)
	if _, stays := files[left]; stays {
		t.Errorf("%s was left", left)
	}
	for _, name := range kept {
		if files[name] != "half" {
			t.Errorf("%s is gone", name)
		}
	}
}

func TestApply_StopsWhenItIsCancelled(t *testing.T) {
	root := t.TempDir()
	p := staged(t, PlanOptions{Root: root}, job("out", target("a", text("x.txt", "1"))))
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := p.Apply(ctx); err == nil {
		t.Error("expected an error")
	}
	p.Close()
	if files := tree(t, root); len(files) != 0 {
		t.Errorf("files were left: %v", files)
	}
}

func TestCheckOptions(t *testing.T) {
	o := optioned{}
	for _, c := range []struct {
		given map[string]string
		want  string
	}{
		{map[string]string{"colour": "red"}, ""},
		{nil, ""},
		{map[string]string{"color": "red"}, `target optioned has no option "color", did you mean "colour"?`},
		{map[string]string{"size": "1"}, `target optioned has no option "size", expected colour, package`},
		{map[string]string{"colour": "green"}, `option colour of target optioned is "green", expected red or blue`},
	} {
		options, err := CheckOptions(o, c.given)
		if got := errorText(err); got != c.want {
			t.Errorf("%v: got %q, want %q", c.given, got, c.want)
		}
		if err == nil && (options["colour"] == "" || options["package"] != "p") {
			t.Errorf("%v: options are %v", c.given, options)
		}
	}
	if _, err := CheckOptions(target("none"), map[string]string{"a": "b"}); errorText(err) != `target none has no options, found "a"` {
		t.Errorf("got %v", err)
	}
}

type optioned struct{ fixed }

func (optioned) Name() string { return "optioned" }
func (optioned) Options() []Option {
	return []Option{{Name: "colour", Default: "blue", Values: []string{"red", "blue"}}, {Name: "package", Default: "p"}}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestApply_PutsNewFoldersIntoTheirPlaceAsAWhole(t *testing.T) {
	root := t.TempDir()
	dead := exec.Command(os.Args[0], "-test.run=^$")
	if err := dead.Run(); err != nil {
		t.Fatal(err)
	}
	left := fmt.Sprintf("gen/.evctl-%d-0.tmp/x.txt", dead.Process.Pid)
	kept := fmt.Sprintf("gen/.evctl-%d-0.tmp/x.txt", os.Getpid())
	for _, name := range []string{left, kept} {
		put(t, filepath.Join(root, filepath.FromSlash(name)), "half")
	}
	jobs := []Job{
		job("gen/a", target("a", text("x.txt", "1"))), job("gen/b", target("b", text("deep/x.txt", "2"))),
		job("around", target("c", text("x.txt", "3"))), job("around/inside", target("d", text("x.txt", "4"))),
	}
	apply(t, PlanOptions{Root: root}, jobs...)
	files := tree(t, root)
	for _, name := range []string{"gen/a/x.txt", "gen/b/deep/x.txt", "around/x.txt", "around/inside/x.txt", kept} {
		if files[name] == "" {
			t.Errorf("%s is missing", name)
		}
	}
	if _, stays := files[left]; stays || len(files) != 4+4+1 { // with a manifest for each folder
		t.Errorf("files are %v", slices.Sorted(maps.Keys(files)))
	}
}

func TestApply_LetsTwoProcessesMakeTheSameFolder(t *testing.T) {
	root := t.TempDir()
	j := job("out", target("a", text("x.txt", "1")))
	opt := PlanOptions{Root: root}
	first, second := staged(t, opt, j), staged(t, opt, j)
	other := staged(t, opt, job("out", target("a", text("x.txt", "2"))))
	if err := errors.Join(first.Apply(t.Context()), second.Apply(t.Context())); err != nil {
		t.Error(err)
	}
	if err := other.Apply(t.Context()); err == nil {
		t.Error("other files were put into the same place")
	}
}

func TestPlan_FollowsLinksBetweenFoldersOfOneOutFolderOnly(t *testing.T) {
	root := t.TempDir()
	opt := PlanOptions{Root: root}
	for _, dir := range []string{"out/a", "out/real", "elsewhere"} {
		if err := os.MkdirAll(filepath.Join(root, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	link := func(name, target string) {
		if err := os.Symlink(target, filepath.Join(root, "out", name)); err != nil {
			if runtime.GOOS == "windows" {
				t.Skip("symbolic links need a privilege here:", err)
			}
			t.Fatal(err)
		}
	}
	link("a/link", "../real")
	inside := job("out", target("a", text("a/link/x.txt", "1"), text("a/y.txt", "1")))
	apply(t, opt, inside)
	if got, err := os.ReadFile(filepath.Join(root, "out", "real", "x.txt")); !bytes.HasSuffix(got, []byte("1")) || !plan(t, opt, inside).Clean() {
		t.Errorf("the linked folder holds %q, %v", got, err)
	}
	link("b", "../elsewhere")
	err := run(opt, job("out", target("a", text("b/x.txt", "1"))))
	if files, _ := os.ReadDir(filepath.Join(root, "elsewhere")); err == nil || len(files) > 0 {
		t.Errorf("the run ended with %v, and wrote %v elsewhere", err, files)
	}
}

// reusing prints all its files into the same memory.
type reusing struct{ fixed }

func (r reusing) Generate(_ *Model, _ Options, emit Emit) error {
	var memory []byte
	for _, f := range r.files {
		memory = append(memory[:0], f.Content...)
		if err := emit(File{f.Path, memory}); err != nil {
			return err
		}
	}
	clear(memory)
	return nil
}

func TestPlan_LetsTargetsPrintIntoTheSameMemory(t *testing.T) {
	root := t.TempDir()
	files := []File{text("a.txt", "1"), text("deep/b.txt", "22"), text("c.txt", "")}
	j := Job{Target: reusing{target("a", files...)}, Out: "out"}
	if err := run(PlanOptions{Root: root}, j); err != nil {
		t.Fatal(err)
	}
	if got, err := j.Files(nil); err != nil || len(got) != len(files) {
		t.Errorf("files are %v, %v", got, err)
	} else {
		for i, f := range []File{files[0], files[2], files[1]} {
			if !bytes.Equal(got[i].Content, f.Content) || tree(t, root)["out/"+f.Path] != string(f.Content) {
				t.Errorf("%s is %q, and on disk %q", f.Path, got[i].Content, tree(t, root)["out/"+f.Path])
			}
		}
	}
}

func TestPlan_LeavesNothingOfWhatItRefuses(t *testing.T) {
	root := t.TempDir()
	opt := PlanOptions{Root: root}
	apply(t, opt, job("old", target("a", text("x.txt", "1"))))
	put(t, filepath.Join(root, "old", "y.txt"), "somebody's")
	before := tree(t, root)
	for _, jobs := range [][]Job{
		{job("old", target("a", text("x.txt", "2"), text("deep/er/z.txt", "2"), text("y.txt", "2"))), job("new/er", target("b", text("x.txt", "2")))},
		{job("new/er", target("b", text("x.txt", "2"))), job("new/er/inside", target("c", text("x.txt", "2"), File{"y.txt", []byte("unmarked")}))},
		{job("new/er", target("b", text("x.txt", "2"), text("X.txt", "2")))},
	} {
		if err := run(opt, jobs...); err == nil {
			t.Error("the plan was carried out")
		}
		if diff := cmp.Diff(before, tree(t, root)); diff != "" {
			t.Errorf("files changed (-want +got):\n%s", diff)
		}
		for _, dir := range []string{"new", "old/deep"} {
			if _, err := os.Lstat(filepath.Join(root, filepath.FromSlash(dir))); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("%s was left: %v", dir, err)
			}
		}
	}
}

func TestPlan_KnowsItsFilesByManifestsOfOlderVersions(t *testing.T) {
	root := t.TempDir()
	opt := PlanOptions{Root: root}
	files := []File{text("x.txt", "1"), text("y.txt", "1")}
	apply(t, opt, job("out", target("a", files...)))
	name := filepath.Join(root, "out", ManifestName)
	present, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	old := string(present)
	for _, f := range files {
		old = strings.Replace(old, digestOf(f.Content), fmt.Sprintf("sha256:%x", sha256.Sum256(f.Content)), 1)
	}
	put(t, name, old)
	put(t, filepath.Join(root, "out", "y.txt"), "// "+Marker+"\n1, and more of somebody")
	next := job("out", target("a", text("x.txt", "2"), text("y.txt", "2")))
	want(t, plan(t, opt, next), map[string]Status{"out/x.txt": Stale, "out/y.txt": Edited})

	put(t, filepath.Join(root, "out", "y.txt"), string(files[1].Content))
	apply(t, opt, job("out", target("a", files...)))
	if got := tree(t, root)["out/"+ManifestName]; got != string(present) {
		t.Errorf("the manifest is %s, expected %s", got, present)
	}
}
