package main

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
)

var errMalformed = errors.New("response cannot be read")

// statusOK begins the responses that count.
var statusOK = []byte("HTTP/1.1 200 ")

// complete reports whether b, the beginning of what a connection sent, is one whole
// response. It fails unless the response is a success.
func complete(b []byte) (bool, error) {
	if n := min(len(b), len(statusOK)); !bytes.Equal(b[:n], statusOK[:n]) {
		return false, fmt.Errorf("the server answers %q", b[:min(len(b), 300)])
	}
	end := bytes.Index(b, []byte("\r\n\r\n"))
	if end < 0 {
		return false, nil
	}
	head, body := b[:end+2], b[end+4:]
	if text, ok := header(head, "Content-Length"); ok {
		n, err := strconv.Atoi(text)
		return len(body) >= n, err
	}
	if text, _ := header(head, "Transfer-Encoding"); text != "chunked" {
		return false, errMalformed
	}
	return chunked(body)
}

// header finds a header as Go's servers spell it.
func header(head []byte, name string) (string, bool) {
	_, after, ok := bytes.Cut(head, []byte("\r\n"+name+": "))
	value, _, _ := bytes.Cut(after, []byte("\r\n"))
	return string(value), ok
}

// chunked reports whether a chunked body is there up to its end.
func chunked(b []byte) (bool, error) {
	for {
		line, rest, ok := bytes.Cut(b, []byte("\r\n"))
		if !ok {
			return false, nil
		}
		n, err := strconv.ParseUint(string(line), 16, 32)
		if err != nil {
			return false, errMalformed
		}
		if len(rest) < int(n)+2 {
			return false, nil
		}
		if n == 0 {
			return true, nil
		}
		b = rest[n+2:]
	}
}
