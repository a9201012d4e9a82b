package importer

// Refusal is something in a schema that the contract language cannot say.
type Refusal struct {
	// Pointer is the place in the schema (RFC 6901); schemas of other files are
	// written as path#pointer.
	Pointer string `json:"pointer"`
	// Keyword is the one that cannot be said; empty for the file as a whole.
	Keyword string `json:"keyword,omitempty"`
	Reason  string `json:"message"`
	// Hint is a way out, or empty.
	Hint string `json:"hint,omitempty"`
}

// Remark is something in a schema that has no effect on verdicts and is said
// otherwise, or not at all, in the contract.
type Remark struct {
	Pointer string `json:"pointer"`
	Keyword string `json:"keyword"`
	Message string `json:"message"`
}
