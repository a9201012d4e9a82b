package gitfs_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/evctl/evctl/contracts/gitfs"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// git runs the real program; without it these tests have nothing to say.
func git(t testing.TB, dir string, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=t", "GIT_AUTHOR_EMAIL=t@example.com", "GIT_COMMITTER_NAME=t", "GIT_COMMITTER_EMAIL=t@example.com")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

// repository commits files and returns the folder.
func repository(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	git(t, dir, "init", "--quiet", "--initial-branch=main")
	commit(t, dir, files)
	return dir
}

func commit(t testing.TB, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	git(t, dir, "add", "--all")
	git(t, dir, "commit", "--quiet", "--message=files")
}

func open(t testing.TB, dir, ref string) *gitfs.FS {
	t.Helper()
	f, err := gitfs.Open(context.Background(), dir, ref)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	return f
}

var files = map[string]string{
	"evctl.yaml":                    "language: v1\n",
	"contracts/a.yaml":              "event: a\r\nversion: 1.0.0\r\n",
	"contracts/deep/er/b b.yaml":    "",
	"contracts/ümläut \"q\".yaml":   "x: 日本語\n",
	"contracts/with\nnewline.yaml":  "y\n",
	"node_modules/left-pad/main.js": "z",
}

func TestFS_IsAnFS(t *testing.T) {
	f := open(t, repository(t, files), "main")
	var names []string
	for name := range files {
		names = append(names, name)
	}
	if err := fstest.TestFS(f, names...); err != nil {
		t.Error(err)
	}
}

func TestFS_HasTheBytesOfTheCommit(t *testing.T) {
	dir := repository(t, files)
	if err := os.WriteFile(filepath.Join(dir, "contracts", "a.yaml"), []byte("changed"), 0o644); err != nil {
		t.Fatal(err)
	}
	f := open(t, dir, "HEAD")
	for name, want := range files {
		got, err := fs.ReadFile(f, name)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, string(got)); d != "" {
			t.Errorf("%q (-want +got):\n%s", name, d)
		}
		if hash := git(t, dir, "rev-parse", "HEAD:"+name); hash != f.Hash(name) {
			t.Errorf("hash of %q is %s, want %s", name, f.Hash(name), hash)
		}
	}
}

func TestFS_IsReadByManyAtOnce(t *testing.T) {
	f := open(t, repository(t, files), "main")
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for name, want := range files {
				if got, err := f.ReadFile(name); err != nil || string(got) != want {
					t.Errorf("%q is %q, %v", name, got, err)
				}
			}
		})
	}
	group.Wait()
}

func TestFS_OfASubfolderBeginsThere(t *testing.T) {
	dir := repository(t, map[string]string{"outside.yaml": "x", "team/shop/evctl.yaml": "language: v1\n"})
	f := open(t, filepath.Join(dir, "team", "shop"), "main")
	entries, err := fs.ReadDir(f, ".")
	if err != nil || len(entries) != 1 || entries[0].Name() != "evctl.yaml" {
		t.Errorf("folder has %v, %v, want evctl.yaml", entries, err)
	}
}

func TestFS_LeavesOutLinks(t *testing.T) {
	dir := repository(t, map[string]string{"a.yaml": "x"})
	if err := os.Symlink("/etc/hostname", filepath.Join(dir, "link.yaml")); err != nil {
		t.Skipf("this system makes no symbolic links: %v", err)
	}
	git(t, dir, "add", "--all")
	git(t, dir, "commit", "--quiet", "--message=link")
	if _, err := open(t, dir, "main").Stat("link.yaml"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a link is %v, want that it does not exist", err)
	}
}

func TestFS_SaysWhenItIsClosed(t *testing.T) {
	f := open(t, repository(t, files), "main")
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := f.ReadFile("evctl.yaml"); err == nil {
		t.Error("a closed commit was read")
	}
}

func TestOpen_SaysWhatIsWrong(t *testing.T) {
	dir := repository(t, files)
	outside := t.TempDir()
	empty := filepath.Join(dir, "new")
	if err := os.Mkdir(empty, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, dir, ref string
		want           error
		text           string
	}{
		{"unknown ref", dir, "nope", gitfs.ErrUnknownRef, "git does not know it"},
		{"unknown hash", dir, strings.Repeat("0", 40), gitfs.ErrUnknownRef, "git does not know it"},
		{"a file is no commit", dir, "main:evctl.yaml", gitfs.ErrUnknownRef, "git does not know it"},
		{"an option", dir, "--output=x", nil, "is not a name of a commit"},
		{"empty", dir, "", nil, "is not a name of a commit"},
		{"line feed", dir, "main\nx", nil, "is not a name of a commit"},
		{"no repository", outside, "main", gitfs.ErrNoRepository, "not inside a git repository"},
		{"no such folder", empty, "main", gitfs.ErrNoFolder, "does not have the folder"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := gitfs.Open(context.Background(), test.dir, test.ref)
			if err == nil || !strings.Contains(err.Error(), test.text) || test.want != nil && !errors.Is(err, test.want) {
				t.Errorf("error is %v, want one that says %q", err, test.text)
			}
		})
	}
}

func TestOpen_SaysInOneLineWhatGitRefuses(t *testing.T) {
	dir := repository(t, files)
	bare := filepath.Join(t.TempDir(), "bare.git")
	git(t, dir, "clone", "--quiet", "--bare", dir, bare)
	t.Setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
	_, err := gitfs.Open(context.Background(), dir, "main")
	var hinted *gitfs.HintedError
	if !errors.Is(err, gitfs.ErrForeign) || !errors.As(err, &hinted) || strings.Contains(err.Error()+hinted.Hint, "\n") ||
		!strings.Contains(hinted.Hint, "git config --global --add safe.directory "+filepath.ToSlash(dir)) {
		t.Errorf("%v, hint %+v", err, hinted)
	}
	os.Unsetenv("GIT_TEST_ASSUME_DIFFERENT_OWNER")
	if _, err := gitfs.Open(context.Background(), bare, "main"); !errors.Is(err, gitfs.ErrNoWorkTree) || strings.Contains(err.Error(), "\n") {
		t.Errorf("%v, expected %v", err, gitfs.ErrNoWorkTree)
	}
}

func TestOpen_DoesNotRunWhatARefSays(t *testing.T) {
	dir := repository(t, files)
	for _, ref := range []string{"--upload-pack=touch hacked", "-c core.pager=x", "main; touch hacked", "$(touch hacked)", "main --output=hacked"} {
		if _, err := gitfs.Open(context.Background(), dir, ref); err == nil {
			t.Errorf("ref %q was taken", ref)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "hacked")); err == nil {
		t.Error("a ref was run")
	}
}

func TestOpen_ExplainsShallowClones(t *testing.T) {
	origin := repository(t, map[string]string{"evctl.yaml": "one"})
	git(t, origin, "checkout", "--quiet", "-b", "topic")
	commit(t, origin, map[string]string{"evctl.yaml": "two"})
	clone := filepath.Join(t.TempDir(), "clone")
	git(t, origin, "clone", "--quiet", "--depth=1", "--branch=topic", "file://"+filepath.ToSlash(origin), clone)

	_, err := gitfs.Open(context.Background(), clone, "origin/main")
	var hinted *gitfs.HintedError
	if !errors.As(err, &hinted) {
		t.Fatalf("error is %v, want one with a hint", err)
	}
	command, found := strings.CutPrefix(hinted.Hint[strings.Index(hinted.Hint, "run "):], "run git ")
	if !found || !strings.Contains(hinted.Hint, "shallow") {
		t.Fatalf("hint is %q", hinted.Hint)
	}
	git(t, clone, strings.Fields(command)...)
	f := open(t, clone, "origin/main")
	if data, err := f.ReadFile("evctl.yaml"); err != nil || !bytes.Equal(data, []byte("one")) {
		t.Errorf("after the command of the hint, the file is %q, %v", data, err)
	}
}

func TestOpen_NeedsTheProgram(t *testing.T) {
	dir := repository(t, files)
	t.Setenv("PATH", t.TempDir())
	if _, err := gitfs.Open(context.Background(), dir, "main"); !errors.Is(err, gitfs.ErrNoGit) {
		t.Errorf("error is %v, want that git is not installed", err)
	}
}

func TestOpen_IgnoresTheRepositoryOfAHook(t *testing.T) {
	dir := repository(t, map[string]string{"shop/evctl.yaml": "language: v1\n"})
	t.Setenv("GIT_DIR", ".git")
	t.Setenv("GIT_INDEX_FILE", ".git/index")
	f := open(t, filepath.Join(dir, "shop"), "main")
	if data, err := f.ReadFile("evctl.yaml"); err != nil || len(data) == 0 {
		t.Errorf("file is %q, %v", data, err)
	}
}

func TestOpen_EndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := gitfs.Open(ctx, repository(t, files), "main"); !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v, want that it was cancelled", err)
	}
}
