package registry

import (
	"errors"
	"fmt"
)

// Code names a kind of error, stable for programs.
type Code string

// The codes of the registry. ErrorTable says what they mean.
const (
	CodeRequestInvalid    Code = "request-invalid"
	CodeContractInvalid   Code = "contract-invalid"
	CodeEventDraft        Code = "event-draft"
	CodeEventUnknown      Code = "event-unknown"
	CodeVersionUnknown    Code = "version-unknown"
	CodeVersionConflict   Code = "version-conflict"
	CodeVersionTooLow     Code = "version-too-low"
	CodeIncompatible      Code = "incompatible"
	CodeReleaseEdited     Code = "release-edited"
	CodeUnauthorized      Code = "unauthorized"
	CodePushForbidden     Code = "push-forbidden"
	CodePathUnknown       Code = "path-unknown"
	CodeMethodNotAllowed  Code = "method-not-allowed"
	CodeBodyTooLarge      Code = "body-too-large"
	CodeMediaTypeUnknown  Code = "media-type-unknown"
	CodeEncodingUnknown   Code = "encoding-unknown"
	CodeNotReady          Code = "not-ready"
	CodeInternal          Code = "internal"
	CodeRegistryUnreached Code = "registry-unreached"
	CodeBundleRefused     Code = "bundle-refused"
)

// ErrorKind describes one code.
type ErrorKind struct {
	Code    Code
	Status  int // of HTTP responses; 0: never sent
	Summary string
}

// ErrorTable lists every code, in the order of the documentation.
var ErrorTable = []ErrorKind{
	{CodeRequestInvalid, 400, "the request cannot be understood"},
	{CodeContractInvalid, 422, "the contract has errors of the language"},
	{CodeEventDraft, 422, "the event is a draft, and drafts are not released"},
	{CodeEventUnknown, 404, "no version of the event is released"},
	{CodeVersionUnknown, 404, "that version of the event is not released"},
	{CodeVersionConflict, 409, "the version is released with other content"},
	{CodeVersionTooLow, 409, "a higher version is released already"},
	{CodeIncompatible, 409, "the new version breaks what is released without a major bump"},
	{CodeReleaseEdited, 500, "a release file is not what was released"},
	{CodeUnauthorized, 401, "the token is missing or wrong"},
	{CodePushForbidden, 403, "this server does not take pushes"},
	{CodePathUnknown, 404, "the API has no such path"},
	{CodeMethodNotAllowed, 405, "the path takes other methods"},
	{CodeBodyTooLarge, 413, "the body is larger than this server takes"},
	{CodeMediaTypeUnknown, 415, "the body's Content-Type is not one of those the path takes"},
	{CodeEncodingUnknown, 415, "the body's Content-Encoding is not one of those the server knows"},
	{CodeNotReady, 503, "the server has no registry to serve from"},
	{CodeInternal, 500, "the server failed; its log says why"},
	{CodeRegistryUnreached, 0, "the registry cannot be reached, or does not answer as one"},
	{CodeBundleRefused, 0, "a bundle is not one to take over: of another format, not signed, older than the one in use, or empty where that one is not"},
}

// KindOf looks a code up; unknown codes are internal errors.
func KindOf(code Code) ErrorKind {
	for _, k := range ErrorTable {
		if k.Code == code {
			return k
		}
	}
	return ErrorKind{CodeInternal, 500, ""}
}

// Error is an error of the registry: a code for programs, a message and advice
// for people.
type Error struct {
	Code    Code
	Message string
	Hint    string
	Err     error // the cause, or nil
}

func (e *Error) Error() string {
	if e.Err != nil {
		return e.Message + ": " + e.Err.Error()
	}
	return e.Message
}

func (e *Error) Unwrap() error { return e.Err }

// Is makes errors.Is match by code: errors.Is(err, &Error{Code: CodeEventUnknown}).
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Message == "" && t.Code == e.Code
}

// Errorf makes an error with a code.
func Errorf(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// WithHint adds advice.
func (e *Error) WithHint(hint string) *Error {
	e.Hint = hint
	return e
}

// CodeOf is the code of an error, or CodeInternal.
func CodeOf(err error) Code {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return CodeInternal
}

// HintOf is the advice of an error, or "".
func HintOf(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Hint
	}
	return ""
}
