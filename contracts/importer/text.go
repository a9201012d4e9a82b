package importer

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
)

// parseText reads a schema document, JSON or YAML. JSON has escapes that YAML lacks
// (surrogate pairs), so it gets a reader of its own. The error says where and why.
func parseText(f *diag.File) (*document.Node, error) {
	if len(f.Data) > document.MaxBytes {
		return nil, fmt.Errorf("file is larger than %d bytes", document.MaxBytes)
	}
	data := bytes.TrimPrefix(f.Data, []byte("\xef\xbb\xbf"))
	if trimmed := bytes.TrimSpace(data); len(trimmed) > 0 && (trimmed[0] == '{' || trimmed[0] == '[') && json.Valid(trimmed) {
		return parseJSON(data)
	}
	node, diags := document.Parse(f)
	if len(diags) > 0 {
		at := diags[0].Position()
		return nil, fmt.Errorf("%d:%d: %s", at.Line, at.Column, diags[0].Message)
	}
	if node == nil {
		return nil, errors.New("file is empty")
	}
	return node, nil
}

// jsonReader builds nodes from JSON tokens, with the limits of package document.
type jsonReader struct {
	decoder *json.Decoder
	nodes   int
}

func parseJSON(data []byte) (*document.Node, error) {
	if !utf8.Valid(data) {
		return nil, errors.New("file is not valid UTF-8")
	}
	r := jsonReader{decoder: json.NewDecoder(bytes.NewReader(data))}
	r.decoder.UseNumber()
	n, err := r.value(0)
	if err == nil && strings.ContainsRune(n.JSON(), utf8.RuneError) && !bytes.ContainsRune(data, utf8.RuneError) {
		return nil, errors.New("a text has half of a surrogate pair")
	}
	return n, err
}

func (r *jsonReader) value(depth int) (*document.Node, error) {
	r.nodes++
	switch {
	case depth > document.MaxDepth:
		return nil, fmt.Errorf("nesting is deeper than %d levels", document.MaxDepth)
	case r.nodes > document.MaxNodes:
		return nil, fmt.Errorf("document has more than %d nodes", document.MaxNodes)
	}
	token, err := r.decoder.Token()
	if err != nil {
		return nil, err
	}
	switch v := token.(type) {
	case json.Delim:
		if v == '{' {
			return r.mapping(depth)
		}
		return r.sequence(depth)
	case string:
		return &document.Node{Quoted: true, Text: v}, nil
	case json.Number:
		return &document.Node{Text: string(v)}, nil
	case bool:
		return &document.Node{Text: fmt.Sprint(v)}, nil
	}
	return &document.Node{Text: "null"}, nil
}

func (r *jsonReader) mapping(depth int) (*document.Node, error) {
	n := &document.Node{Kind: document.Mapping}
	seen := map[string]bool{}
	for r.decoder.More() {
		key, err := r.decoder.Token()
		if err != nil {
			return nil, err
		}
		name, _ := key.(string)
		if seen[name] {
			return nil, fmt.Errorf("key %s stands twice in one object", document.Quote(name))
		}
		seen[name] = true
		value, err := r.value(depth + 1)
		if err != nil {
			return nil, err
		}
		n.Entries = append(n.Entries, document.Entry{Key: name, KeyQuoted: true, Value: value})
	}
	_, err := r.decoder.Token()
	return n, err
}

func (r *jsonReader) sequence(depth int) (*document.Node, error) {
	n := &document.Node{Kind: document.Sequence}
	for r.decoder.More() {
		value, err := r.value(depth + 1)
		if err != nil {
			return nil, err
		}
		n.Items = append(n.Items, value)
	}
	_, err := r.decoder.Token()
	return n, err
}
