package gitfs

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
)

// Errors that callers tell apart. Their texts say what to do.
var (
	ErrNoGit        = errors.New("the git program is not installed")
	ErrNoRepository = errors.New("not inside a git repository")
	ErrNoWorkTree   = errors.New("the repository is bare: it holds history and no files")
	ErrForeign      = errors.New("the repository belongs to another user, and git refuses to read it")
	ErrUnknownRef   = errors.New("git does not know it")
	ErrNoFolder     = errors.New("the commit does not have the folder")
)

// HintedError is an error with advice for people.
type HintedError struct {
	Err  error
	Hint string
}

func (e *HintedError) Error() string { return e.Err.Error() }
func (e *HintedError) Unwrap() error { return e.Err }

// Open shows the folder dir, which is inside the work tree of a repository, as it
// is in the commit that ref names. The caller closes it. Symbolic links and
// submodules are left out.
func Open(ctx context.Context, dir, ref string) (*FS, error) {
	if ref == "" || strings.HasPrefix(ref, "-") || strings.ContainsAny(ref, "\x00\n") {
		return nil, fmt.Errorf("git ref %q is not a name of a commit", ref)
	}
	if _, err := exec.LookPath("git"); err != nil {
		return nil, &HintedError{ErrNoGit, "install git, or compare with a directory"}
	}
	r := repository{ctx, dir}
	if err := r.check(); err != nil {
		return nil, fmt.Errorf("open commit %s: %w", ref, err)
	}
	commit, err := r.git("rev-parse", "--verify", "--quiet", "--end-of-options", ref+"^{commit}")
	if err != nil {
		return nil, r.unknown(ref)
	}
	folder, err := r.git("rev-parse", "--verify", "--quiet", strings.TrimSpace(string(commit))+":./")
	if err != nil {
		return nil, fmt.Errorf("open commit %s: %w %s", ref, ErrNoFolder, dir)
	}
	f := &FS{commit: strings.TrimSpace(string(commit))}
	f.root = &node{fs: f, name: ".", dir: true, hash: strings.TrimSpace(string(folder))}
	f.contents = &contents{dir: dir}
	return f, nil
}

// Commit is the full hash of the commit.
func (f *FS) Commit() string { return f.commit }

type repository struct {
	ctx context.Context
	dir string
}

// check finds out whether the folder belongs to a repository that git reads.
func (r repository) check() error {
	inside, err := r.git("rev-parse", "--is-inside-work-tree")
	if err == nil && strings.TrimSpace(string(inside)) == "true" {
		return nil
	}
	switch {
	case r.ctx.Err() != nil:
		return r.ctx.Err()
	case err == nil:
		return &HintedError{ErrNoWorkTree, "run evctl in a clone that has the files checked out"}
	case strings.Contains(err.Error(), "dubious ownership"):
		return &HintedError{ErrForeign, "if you trust it, run " + safeDirectory(err.Error())}
	case strings.Contains(err.Error(), "not a git repository"):
		return &HintedError{fmt.Errorf("%s is %w", r.dir, ErrNoRepository), "run evctl in a clone of the repository; to compare with a folder, check its spelling"}
	}
	return err
}

// safeDirectory is the command that git advises when the repository belongs to somebody
// else.
func safeDirectory(message string) string {
	const command = "git config --global --add safe.directory "
	_, folder, _ := strings.Cut(message, command)
	folder, _, _ = strings.Cut(folder, "\n")
	if folder == "" {
		folder = "FOLDER"
	}
	return command + folder
}

// environment is the process's own without the variables by which hooks tell git
// where the repository is: they are relative to another folder.
func environment() []string {
	env := slices.DeleteFunc(os.Environ(), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		return slices.Contains([]string{"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "LC_ALL"}, name)
	})
	return append(env, "LC_ALL=C", "GIT_OPTIONAL_LOCKS=0")
}

func (r repository) git(args ...string) ([]byte, error) {
	cmd := exec.CommandContext(r.ctx, "git", args...)
	cmd.Dir, cmd.Env = r.dir, environment()
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		if r.ctx.Err() != nil {
			return nil, r.ctx.Err()
		}
		if text := strings.TrimSpace(stderr.String()); text != "" {
			return nil, errors.New(text)
		}
		return nil, fmt.Errorf("git %s: %w", args[0], err)
	}
	return out, nil
}

// unknown says what to do about a ref that cannot be found.
func (r repository) unknown(ref string) error {
	if err := r.ctx.Err(); err != nil {
		return err
	}
	err := fmt.Errorf("open commit %s: %w", ref, ErrUnknownRef)
	shallow, _ := r.git("rev-parse", "--is-shallow-repository")
	remote, branch, found := strings.Cut(ref, "/")
	if remotes, e := r.git("remote"); e != nil || !slices.Contains(strings.Fields(string(remotes)), remote) || !found {
		remote, branch = "origin", ref
	}
	if strings.TrimSpace(string(shallow)) == "true" {
		return &HintedError{err, "the clone is shallow; run " + fetchCommand(remote, branch, branch != ref)}
	}
	return &HintedError{err, fmt.Sprintf("check the name, or run git fetch %s", remote)}
}

var versionTag = regexp.MustCompile(`^v?[0-9]+\.`)

// fetchCommand brings a commit into a shallow clone, so that it is known under the name
// that was asked for: tracking is set for names such as origin/main. Commits that are
// counted from another one need the history between the two.
func fetchCommand(remote, name string, tracking bool) string {
	switch {
	case strings.ContainsAny(name, "~^:@"), name == "HEAD":
		return "git fetch --unshallow " + remote
	case isHash(name):
		return fmt.Sprintf("git fetch --depth=1 %s %s", remote, name)
	case strings.HasPrefix(name, "refs/"):
		return fmt.Sprintf("git fetch --depth=1 %s +%s:%s", remote, name, name)
	case tracking:
		return fmt.Sprintf("git fetch --depth=1 %s +refs/heads/%s:refs/remotes/%s/%s", remote, name, remote, name)
	case versionTag.MatchString(name):
		return fmt.Sprintf("git fetch --depth=1 %s tag %s", remote, name)
	}
	return fmt.Sprintf("git fetch --depth=1 %s %s:%s", remote, name, name)
}

func isHash(text string) bool {
	return len(text) >= 7 && strings.Trim(text, "0123456789abcdef") == ""
}
