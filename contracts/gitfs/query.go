package gitfs

import (
	"context"
	"os/exec"
	"strings"
)

// User is whom git names in commits that are made in a folder, such as
// "Ada <ada@shop.example>". It is empty where git does not know.
func User(ctx context.Context, dir string) string {
	r := repository{ctx, dir}
	name, _ := r.git("config", "user.name")
	mail, _ := r.git("config", "user.email")
	text := strings.TrimSpace(string(name))
	if address := strings.TrimSpace(string(mail)); address != "" {
		text += " <" + address + ">"
	}
	return strings.TrimSpace(text)
}

// LastWith finds the newest commit, from the one that is checked out backwards, in which
// a path below the folder dir exists. It is empty where no commit has it, and where
// there is no repository or no git to ask.
func LastWith(ctx context.Context, dir, path string) (commit string, err error) {
	if _, err := exec.LookPath("git"); err != nil {
		return "", nil
	}
	r := repository{ctx, dir}
	if r.check() != nil {
		return "", ctx.Err()
	}
	if _, err := r.git("rev-parse", "--verify", "--quiet", "HEAD:./"+path); err == nil {
		return "HEAD", nil
	}
	touched, err := r.git("log", "-1", "--format=%h", "HEAD", "--", path)
	if hash := strings.TrimSpace(string(touched)); err == nil && hash != "" {
		return hash + "~", nil // which has taken it away
	}
	return "", ctx.Err() // a repository without commits has none with it
}
