package waivers

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
)

// FileName is the list of waivers, beside evctl.yaml.
const FileName = "waivers.yaml"

// RuleInvalid is the rule of entries that lack something or say something impossible.
// What is wrong with the file as a document has the rules of the language.
const RuleInvalid = "waiver-invalid"

// File is a waivers.yaml.
type File struct {
	File *diag.File
	Node *document.Node // nil for a file without entries
	// Waivers are the entries in the order of the file, malformed ones among them.
	Waivers []Waiver
}

// Load reads the waivers at the root of a workspace. The file is nil when there is
// none.
func Load(fsys fs.FS) (*File, []diag.Diagnostic, error) {
	if _, err := fs.Lstat(fsys, FileName); errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil
	}
	info, err := fs.Stat(fsys, FileName)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil, fmt.Errorf("read %s: the link leads nowhere: %w", FileName, fs.ErrNotExist)
	case err != nil:
		return nil, nil, fmt.Errorf("read waivers: %w", err)
	case !info.Mode().IsRegular():
		return nil, nil, fmt.Errorf("read %s: it is not a regular file", FileName)
	case info.Size() > document.MaxBytes:
		return nil, nil, fmt.Errorf("read %s: it has more than %d bytes", FileName, document.MaxBytes)
	}
	data, err := fs.ReadFile(fsys, FileName)
	if err != nil {
		return nil, nil, fmt.Errorf("read waivers: %w", err)
	}
	f, diags := Parse(diag.NewFile(FileName, data))
	return f, diags, nil
}

// Parse reads a list of waivers strictly. Where there are diagnostics about the form of the
// file, entries may be missing.
func Parse(file *diag.File) (*File, []diag.Diagnostic) {
	f := &File{File: file}
	if blank(file.Data) {
		return f, nil
	}
	n, diags := document.Parse(file)
	if n == nil {
		return f, diags
	}
	f.Node = n
	diags = append(diags, document.Decode(file, n, &f.Waivers, contracts.Nearest)...)
	for i := range diags {
		if diags[i].Subject == "" {
			diags[i].Subject = FileName
		}
	}
	if n.Kind != document.Sequence {
		return f, diags
	}
	for i := range f.Waivers {
		for _, p := range f.Waivers[i].problems() {
			diags = append(diags, diag.Diagnostic{
				Rule: RuleInvalid, Severity: diag.Error, Location: f.At(i, p.key), Subject: f.Subject(i) + "/" + p.key,
				Message: p.message, Hint: p.hint,
			})
		}
	}
	return f, diags
}

// blank reports whether a file holds comments only.
func blank(data []byte) bool {
	for line := range strings.Lines(strings.TrimPrefix(string(data), "\ufeff")) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' && line != "---" {
			return false
		}
	}
	return true
}

// At is where a key of the i-th entry has its value, or the entry where the key is
// not written.
func (f *File) At(i int, key string) diag.Location {
	item := f.Node.Items[i]
	if n := item.Get(key); n != nil && !n.IsNull() {
		return diag.Location{File: f.File, Span: n.Span}
	}
	at := diag.Location{File: f.File, Span: item.Span}
	if item.Kind == document.Mapping && len(item.Entries) > 0 {
		at.Span = item.Entries[0].KeySpan
	}
	return at
}

// Subject names the i-th entry in fingerprints.
func (f *File) Subject(i int) string { return FileName + "#" + f.Waivers[i].Fingerprint }
