package main

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/evctl/evctl/contracts/golden"
)

// documents are the pages whose sessions are carried out.
var documents = []string{"README.md", "cmd/evctl/README.md", "registry/client/README.md"}

// TestReadme_SessionsAreTrue carries out each document in a copy of the demo workspace of
// its own: diff blocks are applied with git, console blocks are run line by line, and
// what they print must be what the document shows.
func TestReadme_SessionsAreTrue(t *testing.T) {
	for _, name := range documents {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(repositoryRoot(t), filepath.FromSlash(name))
			text := readDocument(t, name)
			told := newSession(t).document(text)
			if diff := cmp.Diff(text, told); diff != "" {
				if golden.Updating() {
					if err := os.WriteFile(path, []byte(told), 0o644); err != nil {
						t.Fatal(err)
					}
					return
				}
				t.Errorf("%s differs from what the tool prints; EVCTL_UPDATE=1 rewrites it (-written +printed):\n%s", name, diff)
			}
		})
	}
}

// readDocument is the text of a document, with the line ends of the repository.
func readDocument(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(repositoryRoot(t), filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

var fence = regexp.MustCompile("(?ms)^```(\\w+)\\n(.*?)^```\\n")

// session is a shell in a workspace of its own.
type session struct {
	t         *testing.T
	dir       string
	env       []string
	addr      string // what 127.0.0.1:8080 of the README really is
	readmeURL string
}

// newSession copies the demo workspace. TestMain has put evctl where it is found.
func newSession(t *testing.T) *session {
	t.Helper()
	for _, tool := range []string{"evctl", "sh", "git", "curl"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Fatalf("%v; the README is run with it", err)
		}
	}
	s := &session{
		t: t, dir: filepath.Join(t.TempDir(), "shop"), addr: freeAddress(t), readmeURL: "127.0.0.1:8080",
		env: append(os.Environ(), "NO_COLOR=1", "EVCTL_TOKEN=", "SOURCE_DATE_EPOCH=", "NO_PROXY=127.0.0.1", "no_proxy=127.0.0.1",
			"GIT_AUTHOR_NAME=shop", "GIT_AUTHOR_EMAIL=shop@shop.example", "GIT_COMMITTER_NAME=shop", "GIT_COMMITTER_EMAIL=shop@shop.example"),
	}
	if err := os.CopyFS(s.dir, os.DirFS(filepath.Join(repositoryRoot(t), "testdata", "shop"))); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(s.dir, "gen")); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"init", "-q"}, {"add", "-A"}, {"commit", "-q", "-m", "shop"}} {
		s.git("", args...)
	}
	return s
}

// freeAddress asks the system for a port that nobody uses.
func freeAddress(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func (s *session) git(stdin string, args ...string) {
	s.t.Helper()
	cmd := exec.Command("git", append([]string{"-c", "core.autocrlf=false"}, args...)...)
	cmd.Dir, cmd.Env, cmd.Stdin = s.dir, s.env, strings.NewReader(stdin)
	if out, err := cmd.CombinedOutput(); err != nil {
		s.t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// document carries out the blocks of a document and returns it as it really reads.
func (s *session) document(text string) string {
	s.t.Helper()
	return fence.ReplaceAllStringFunc(text, func(block string) string {
		switch parts := fence.FindStringSubmatch(block); parts[1] {
		case "diff":
			s.apply(parts[2])
		case "console":
			return "```console\n" + s.console(parts[2]) + "```\n"
		}
		return block
	})
}

func (s *session) apply(patch string) { s.git(patch, "apply", "-") }

// console runs the lines of a block that start with "$ " and returns the block as it
// really reads.
func (s *session) console(block string) string {
	var told strings.Builder
	for _, line := range strings.Split(block, "\n") {
		command, ok := strings.CutPrefix(line, "$ ")
		if !ok {
			continue // output of the last run
		}
		fmt.Fprintln(&told, line)
		command = strings.ReplaceAll(command, s.readmeURL, s.addr)
		run := s.run
		if background, ok := strings.CutSuffix(command, " &"); ok {
			command, run = background, s.start
		}
		out := strings.ReplaceAll(run(command), s.addr, s.readmeURL)
		told.WriteString(out)
		if out != "" && !strings.HasSuffix(out, "\n") {
			told.WriteString("\n")
		}
	}
	return told.String()
}

// run returns what a command prints. Findings are a fair result, so the exit code
// only counts when the job could not be done.
func (s *session) run(command string) string {
	s.t.Helper()
	cmd := s.command(command)
	out, err := cmd.CombinedOutput()
	if code := cmd.ProcessState.ExitCode(); code > 1 {
		s.t.Errorf("$ %s: %v\n%s", command, err, out)
	}
	return string(bytes.ReplaceAll(out, []byte("\r\n"), []byte("\n")))
}

// start leaves a command running until the test ends and returns its first line.
func (s *session) start(command string) string {
	s.t.Helper()
	cmd := s.command("exec " + command)
	stderr, err := cmd.StderrPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		s.t.Fatalf("$ %s: %v", command, err)
	}
	s.t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	line, err := bufio.NewReader(stderr).ReadString('\n')
	if err != nil {
		s.t.Fatalf("$ %s: %v", command, err)
	}
	return line
}

func (s *session) command(line string) *exec.Cmd {
	cmd := exec.Command("sh", "-c", line)
	cmd.Dir, cmd.Env = s.dir, s.env
	return cmd
}
