package main

import (
	"errors"
	"fmt"
	"net/netip"
	"syscall"
	"time"
)

// A generator that shares a scheduler with its timers and connections adds latencies
// of its own. This one is a loop over epoll on one thread that never sleeps: it has a
// core to itself.

// send sends the load and waits for the last answer.
func (l *load) send() (*outcome, error) {
	p := poller{load: l, out: &outcome{}}
	if err := p.open(); err != nil {
		return nil, errors.Join(err, p.close())
	}
	err := p.run()
	return p.out, errors.Join(err, p.close())
}

type poller struct {
	*load
	out   *outcome
	epoll int
	all   []*connection
	free  []*connection
	next  int // request
	start time.Time
}

// connection is one that is kept alive. It has at most one request under way.
type connection struct {
	fd  int
	out []byte // not sent yet
	in  []byte
	due time.Time // of the request that is under way
}

func (p *poller) open() (err error) {
	if p.epoll, err = syscall.EpollCreate1(syscall.EPOLL_CLOEXEC); err != nil {
		return err
	}
	for range p.conns {
		c, err := dial(p.addr)
		if err != nil {
			return fmt.Errorf("connect to %s: %w", p.addr, err)
		}
		p.all = append(p.all, c)
		event := syscall.EpollEvent{Events: syscall.EPOLLIN | syscall.EPOLLOUT | edge, Fd: int32(len(p.all) - 1)}
		if err := syscall.EpollCtl(p.epoll, syscall.EPOLL_CTL_ADD, c.fd, &event); err != nil {
			return err
		}
	}
	p.free = append(p.free, p.all...)
	return nil
}

// edge asks to be told of changes only.
const edge = 1 << 31

func dial(addr string) (*connection, error) {
	to, err := netip.ParseAddrPort(addr)
	if err != nil || !to.Addr().Is4() {
		return nil, errors.New("expected an IPv4 address")
	}
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	c := &connection{fd: fd, in: make([]byte, 0, 64<<10)}
	if err := syscall.Connect(fd, &syscall.SockaddrInet4{Port: int(to.Port()), Addr: to.Addr().As4()}); err != nil {
		return nil, errors.Join(err, syscall.Close(fd))
	}
	if err := syscall.SetsockoptInt(fd, syscall.IPPROTO_TCP, syscall.TCP_NODELAY, 1); err != nil {
		return nil, errors.Join(err, syscall.Close(fd))
	}
	return c, syscall.SetNonblock(fd, true)
}

func (p *poller) close() error {
	errs := []error{syscall.Close(p.epoll)}
	for _, c := range p.all {
		errs = append(errs, syscall.Close(c.fd))
	}
	return errors.Join(errs...)
}

// patience is how long an answer may take before the benchmark gives up.
const patience = 30 * time.Second

func (p *poller) run() error {
	p.start = time.Now()
	events := make([]syscall.EpollEvent, 256)
	progress := p.start
	for {
		now := time.Now()
		over := now.Sub(p.start) >= p.lasts
		if over && len(p.free) == len(p.all) {
			p.out.elapsed = now.Sub(p.start)
			return nil
		}
		if !over {
			if err := p.launch(now); err != nil {
				return err
			}
		}
		n, err := syscall.EpollWait(p.epoll, events, 0)
		if err != nil && !errors.Is(err, syscall.EINTR) {
			return err
		}
		for _, e := range events[:max(n, 0)] {
			if err := p.progress(p.all[e.Fd]); err != nil {
				return err
			}
			progress = now
		}
		if now.Sub(progress) > patience {
			return errors.New("the server answers no more")
		}
	}
}

// launch sends what is due on the connections that are free.
func (p *poller) launch(now time.Time) error {
	for len(p.free) > 0 {
		due := now
		if p.rate > 0 {
			due = p.start.Add(time.Duration(float64(p.next) / p.rate * float64(time.Second)))
			if due.After(now) {
				return nil
			}
		}
		c := p.free[len(p.free)-1]
		p.free = p.free[:len(p.free)-1]
		c.out, c.in, c.due = p.requests[p.next%len(p.requests)], c.in[:0], due
		p.next++
		if err := c.flush(); err != nil {
			return err
		}
	}
	return nil
}

func (c *connection) flush() error {
	for len(c.out) > 0 {
		n, err := syscall.Write(c.fd, c.out)
		if errors.Is(err, syscall.EAGAIN) {
			return nil
		}
		if err != nil {
			return err
		}
		c.out = c.out[n:]
	}
	return nil
}

// progress sends and receives what a connection can take and has.
func (p *poller) progress(c *connection) error {
	if err := c.flush(); err != nil {
		return err
	}
	for {
		if len(c.in) == cap(c.in) {
			c.in = append(c.in, make([]byte, len(c.in))...)[:len(c.in)]
		}
		n, err := syscall.Read(c.fd, c.in[len(c.in):cap(c.in)])
		if errors.Is(err, syscall.EAGAIN) {
			return nil
		}
		if err != nil {
			return err
		}
		if n == 0 {
			return errors.New("the server closed a connection")
		}
		c.in = c.in[:len(c.in)+n]
		done, err := complete(c.in)
		if err != nil {
			return err
		}
		if done {
			p.out.answered++
			p.out.latencies = append(p.out.latencies, time.Since(c.due))
			p.free = append(p.free, c)
			return nil
		}
	}
}
