package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func TestComplete_KnowsTheEndOfAResponse(t *testing.T) {
	const head = "HTTP/1.1 200 OK\r\nDate: x\r\n"
	for _, whole := range []string{
		head + "Content-Length: 5\r\n\r\nhello",
		head + "Content-Length: 0\r\n\r\n",
		head + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nb\r\n, it's me\r\n\r\n0\r\n\r\n",
	} {
		for i := range whole {
			if done, err := complete([]byte(whole[:i])); done || err != nil {
				t.Errorf("%q: %v, %v; expected that more is to come", whole[:i], done, err)
			}
		}
		if done, err := complete([]byte(whole)); !done || err != nil {
			t.Errorf("%q: %v, %v; expected that it is whole", whole, done, err)
		}
	}
	for _, wrong := range []string{"HTTP/1.1 500 Internal Server Error\r\n", "HTTP/1.1 404 ", head + "\r\n", head + "Transfer-Encoding: chunked\r\n\r\nzz\r\n"} {
		if _, err := complete([]byte(wrong)); err == nil {
			t.Errorf("%q is taken for a success", wrong)
		}
	}
}

// TestSend_CountsWhatTheServerAnswers sends to a server that answers in one piece or
// in many, and takes longer for some.
func TestSend_CountsWhatTheServerAnswers(t *testing.T) {
	var served atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if served.Add(1)%2 == 0 {
			_, _ = w.Write([]byte(strings.Repeat("x", 100_000)))
		}
	}))
	defer server.Close()
	l := load{
		addr: server.Listener.Addr().String(), conns: 1, lasts: 50 * time.Millisecond,
		requests: [][]byte{[]byte("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}")},
	}
	for _, rate := range []float64{0, 200} {
		served.Store(0)
		l.rate = rate
		out, err := l.send()
		if err != nil {
			t.Fatal(err)
		}
		n := int(served.Load())
		if n == 0 || out.answered != n || len(out.latencies) != n || rate > 0 && n > 11 {
			t.Errorf("rate %v: %d answers and %d latencies, the server served %d", rate, out.answered, len(out.latencies), n)
		}
	}
}
