package httpapi

import (
	"encoding/json"
	"errors"
	"net/http"

	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/lint/report"
	"github.com/evctl/evctl/registry"
)

// errorDocument is the body of every answer that is no success.
type errorDocument struct {
	Error errorBody `json:"error"`
}

type errorBody struct {
	Code    registry.Code `json:"code"`
	Message string        `json:"message"`
	Hint    string        `json:"hint,omitempty"`
	// Findings are what is wrong with the contract that was sent.
	Findings []report.Finding `json:"findings,omitempty"`
}

// findingsError is an error with what is wrong with the contract that was sent.
type findingsError struct {
	cause    *registry.Error
	findings []diag.Diagnostic
}

func (e findingsError) Error() string { return e.cause.Error() }

func (e findingsError) Unwrap() error { return e.cause }

// writeJSON answers with a value.
func writeJSON(w http.ResponseWriter, status int, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(append(data, '\n')) // a client that went away is its own business
	return nil
}

// fail answers with an error. Causes of internal errors stay in the log.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, err error) {
	body := bodyOf(err)
	status := registry.KindOf(body.Code).Status
	if status >= http.StatusInternalServerError && status != http.StatusServiceUnavailable {
		s.opt.Log.Error("request failed", "method", r.Method, "path", r.URL.Path, "error", err)
	}
	switch body.Code {
	case registry.CodeUnauthorized:
		w.Header().Set("WWW-Authenticate", `Bearer realm="evctl"`)
	case registry.CodeNotReady:
		w.Header().Set("Retry-After", "5")
	}
	_ = writeJSON(w, status, errorDocument{body}) // its fields are texts
}

func bodyOf(err error) errorBody {
	var e *registry.Error
	if !errors.As(err, &e) {
		return errorBody{Code: registry.CodeInternal, Message: "the server failed; its log says why"}
	}
	body := errorBody{Code: e.Code, Message: err.Error(), Hint: e.Hint}
	if e.Code == registry.CodeInternal {
		body.Message = "the server failed; its log says why"
	}
	var f findingsError
	if errors.As(err, &f) {
		body.Findings = report.NewFindings(f.findings)
	}
	return body
}
