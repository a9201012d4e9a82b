package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"syscall"
	"time"

	"github.com/evctl/evctl/testdata/bench/process"
)

// server is a process that answers requests, on the first core.
type server struct {
	name    string
	command *exec.Cmd
	addr    string
}

var listening = regexp.MustCompile(`on http://([0-9.]+:[0-9]+)`)

// startServer starts a command and waits until it says where it listens.
func startServer(ctx context.Context, dir string, command ...string) (*server, error) {
	if runtime.GOOS == "linux" {
		command = process.On(0, command...)
	}
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Dir = dir
	out, err := cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	said := ""
	for lines := bufio.NewScanner(out); lines.Scan(); {
		said += lines.Text() + "\n"
		if m := listening.FindStringSubmatch(lines.Text()); m != nil {
			go func() { _, _ = io.Copy(io.Discard, out) }() // ends with the process
			return &server{command: cmd, addr: m[1]}, nil
		}
	}
	return nil, fmt.Errorf("%v does not listen: %w\n%s", command, errors.Join(cmd.Wait()), said)
}

func (s *server) stop() error {
	if err := s.command.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	err := s.command.Wait()
	if failed, ok := errors.AsType[*exec.ExitError](err); ok && failed.ExitCode() < 0 {
		return nil // it was asked to
	}
	return err
}

// bareArgument makes the program a server that only reads.
const bareArgument = "bare"

// serveBare answers every request with the same short body after reading its own.
func serveBare(ctx context.Context) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"event":"page.viewed","version":"1.4.0","valid":true}`+"\n")
	})
	s := http.Server{Handler: handler, ReadHeaderTimeout: time.Minute}
	go func() {
		<-ctx.Done()
		_ = s.Close()
	}()
	fmt.Fprintf(os.Stderr, "reading on http://%s\n", listener.Addr())
	if err := s.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
