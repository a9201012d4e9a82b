package gitfs

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strconv"
	"strings"
	"sync"
)

var (
	errFolder    = errors.New("is a folder")
	errNotFolder = errors.New("is not a folder")
	errClosed    = errors.New("commit is closed")
)

// maxBlob bounds the size of a file that is read; contracts are far smaller.
const maxBlob = 64 << 20

// Types of git objects.
const (
	blob = "blob"
	tree = "tree"
)

// contents reads objects through one git cat-file, which is started by the first
// read.
type contents struct {
	dir string

	mu     sync.Mutex
	cmd    *exec.Cmd
	stdin  io.WriteCloser
	stdout *bufio.Reader
	err    error // the program failed: nothing can be read any more
}

func (c *contents) read(hash, kind string) ([]byte, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err == nil && c.cmd == nil {
		c.err = c.start()
	}
	if c.err != nil {
		return nil, c.err
	}
	data, err := c.ask(hash, kind)
	if err != nil {
		c.err = fmt.Errorf("git cat-file: %w", err)
	}
	return data, c.err
}

func (c *contents) start() (err error) {
	c.cmd = exec.Command("git", "cat-file", "--batch")
	c.cmd.Dir, c.cmd.Env = c.dir, environment()
	if c.stdin, err = c.cmd.StdinPipe(); err != nil {
		return err
	}
	stdout, err := c.cmd.StdoutPipe()
	if err != nil {
		return err
	}
	c.stdout = bufio.NewReaderSize(stdout, 64<<10)
	return c.cmd.Start()
}

// ask sends one object name and reads "<hash> <type> <size>", the contents, and a
// line feed.
func (c *contents) ask(hash, kind string) ([]byte, error) {
	if _, err := io.WriteString(c.stdin, hash+"\n"); err != nil {
		return nil, err
	}
	head, err := c.stdout.ReadString('\n')
	if err != nil {
		return nil, err
	}
	fields := strings.Fields(head)
	if len(fields) != 3 || fields[1] != kind {
		return nil, fmt.Errorf("it said %q", strings.TrimSpace(head))
	}
	size, err := strconv.Atoi(fields[2])
	if err != nil || size > maxBlob {
		return nil, fmt.Errorf("object has %s bytes, expected at most %d", fields[2], maxBlob)
	}
	data := make([]byte, size+1)
	if _, err := io.ReadFull(c.stdout, data); err != nil {
		return nil, err
	}
	return data[:size], nil
}

func (c *contents) close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cmd == nil || c.cmd.Process == nil {
		c.err = errClosed
		return nil
	}
	if c.err == errClosed {
		return nil
	}
	c.err = errClosed
	_ = c.stdin.Close()
	_, _ = io.Copy(io.Discard, c.stdout)
	return c.cmd.Wait()
}
