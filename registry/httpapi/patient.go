package httpapi

import (
	"io"
	"net/http"
	"time"
)

// bodyTimeouts is how many timeouts a whole body may take.
const bodyTimeouts = 20

// patientReader gives a client time for each part of a body, and more for the whole.
type patientReader struct {
	io.Reader
	connection *http.ResponseController
	timeout    time.Duration
	until      time.Time // for the whole
	renew      time.Time // when the client is to have a full timeout again
}

// Deadlines cost about as much as validating an event. They are moved when a part of the
// timeout has passed, not with every read and write.
const renewals = 8

func (p *patientReader) Read(b []byte) (int, error) {
	if now := time.Now(); now.After(p.renew) {
		deadline := now.Add(p.timeout)
		if deadline.After(p.until) {
			deadline = p.until
		}
		_ = p.connection.SetReadDeadline(deadline)
		p.renew = now.Add(p.timeout / renewals)
	}
	return p.Reader.Read(b)
}

// patientWriter gives a client time for each part of an answer, instead of for the
// whole, and knows which status was sent.
type patientWriter struct {
	http.ResponseWriter
	connection http.ResponseController
	timeout    time.Duration
	renew      time.Time // when the client is to have a full timeout again
	status     int
}

// part is how much of an answer has to be taken within one timeout.
const part = 256 << 10

// extend starts the time for the next part.
func (w *patientWriter) extend() {
	if now := time.Now(); now.After(w.renew) {
		// Not every ResponseWriter has deadlines; those of net/http do.
		_ = w.connection.SetWriteDeadline(now.Add(w.timeout))
		w.renew = now.Add(w.timeout / renewals)
	}
}

// holdFor puts off the start of the answer to a request without a body.
func (w *patientWriter) holdFor(wait time.Duration) {
	_ = w.connection.SetReadDeadline(time.Time{}) // there is nothing to read
	_ = w.connection.SetWriteDeadline(time.Now().Add(wait + w.timeout))
	w.renew = time.Time{}
}

func (w *patientWriter) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.extend()
	w.ResponseWriter.WriteHeader(status)
}

func (w *patientWriter) Write(b []byte) (written int, err error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	for {
		w.extend()
		n, err := w.ResponseWriter.Write(b[:min(len(b), part)])
		written += n
		if b = b[min(len(b), part):]; err != nil || len(b) == 0 {
			return written, err
		}
	}
}

// Unwrap lets http.ResponseController find the connection.
func (w *patientWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
