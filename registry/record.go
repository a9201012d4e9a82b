package registry

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/contracts/waivers"
)

// MaxRecord bounds the size of a release file in bytes.
const MaxRecord = 16 << 20

// Head is what a release says about itself before its contents.
type Head struct {
	Digest         contracts.Digest
	Event          string
	Version        contracts.Version
	ContractDigest contracts.Digest
	Released       time.Time // UTC, whole seconds
}

// Record is one released version. It is immutable and safe for concurrent use.
type Record struct {
	Head
	// File is the release file as it is stored; positions of the contract point
	// into it.
	File *diag.File
	// Contents as compact JSON.
	ContractJSON, SchemaJSON, ProtobufJSON json.RawMessage
	// Waivers are the approvals of the breaks that the release was allowed; most have none.
	Waivers []waivers.Waiver

	at       span // of the contract in File
	parse    sync.Once
	contract *contracts.Contract
	err      error
}

// NewRecord makes the release of a linked contract. The path is only what the
// record's positions are reported under; schema and protobuf are JSON texts; waived are
// the waivers of the breaks in it.
func NewRecord(path string, c *contracts.Contract, released time.Time, schema, protobuf []byte, waived ...waivers.Waiver) (*Record, error) {
	body := []byte("{")
	for _, text := range []struct{ key, value string }{
		{"event", c.Name},
		{"version", c.Version.String()},
		{"contract_digest", string(contracts.DigestOf(c))},
		{"released", released.UTC().Truncate(time.Second).Format(time.RFC3339)},
	} {
		body = append(document.AppendQuoted(body, text.key), ':')
		body = append(document.AppendQuoted(body, text.value), ',')
	}
	own := ledgerDigest(c.Name, c.Version, compact(make([]byte, 0, len(protobuf)), protobuf))
	for i, member := range []struct {
		key   string
		value []byte
	}{{"contract", contracts.Marshal(c)}, {"schema", schema}, {ledgerDigestKey, document.AppendQuoted(nil, string(own))}, {"protobuf", protobuf}} {
		if i > 0 {
			body = append(body, ',')
		}
		body = append(document.AppendQuoted(body, member.key), ':')
		body = append(body, member.value...)
	}
	if len(waived) > 0 {
		list, err := marshal(waived)
		if err != nil {
			return nil, fmt.Errorf("release %s: %w", c.ID(), err)
		}
		body = append(append(body, `,"waivers":`...), list...)
	}
	body = compact(make([]byte, 0, len(body)+1), append(body, '}'))
	r, err := Decode(diag.NewFile(path, indented(sealed(body))))
	if err != nil {
		return nil, fmt.Errorf("release %s: %w", c.ID(), err)
	}
	return r, nil
}

// marshal writes JSON that leaves <, > and & alone.
func marshal(v any) ([]byte, error) {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return out.Bytes(), err
}

var bom = []byte("\xef\xbb\xbf")

const digestPrefix = `{"digest":"`

// digestSize is the length of a digest's text.
const digestSize = len("sha256:") + 2*sha256.Size

// sealed puts the digest of a compact object in front of its members.
func sealed(body []byte) []byte {
	sum := sha256.Sum256(body)
	out := make([]byte, 0, len(body)+len(digestPrefix)+digestSize+2)
	out = append(out, digestPrefix+"sha256:"+hex.EncodeToString(sum[:])+`",`...)
	return append(out, body[1:]...)
}

// indented is a release file as people review it.
func indented(text []byte) []byte {
	var out bytes.Buffer
	if err := json.Indent(&out, text, "", "  "); err != nil {
		return text // not JSON: Decode says so
	}
	out.WriteByte('\n')
	return out.Bytes()
}

// unseal checks the digest of a sealed object. It returns the digest and the
// compact members behind it, which are in the caller's buffer.
func unseal(buffer, data []byte) (contracts.Digest, []byte, error) {
	want, body, err := splitDigest(compact(buffer, bytes.TrimPrefix(data, bom)), data)
	if err != nil {
		return "", nil, err
	}
	return want, body, matchesDigest(data, body, want)
}

// splitDigest cuts the digest from a compact object, unchecked. The body starts with a
// bracket, like the object that was sealed.
func splitDigest(text, data []byte) (want contracts.Digest, body []byte, err error) {
	head := len(digestPrefix) + digestSize + len(`",`)
	if len(text) < head || !bytes.HasPrefix(text, []byte(digestPrefix)) || string(text[head-2:head]) != `",` {
		return "", nil, damaged(data, "does not start with its digest")
	}
	want = contracts.Digest(text[len(digestPrefix) : len(digestPrefix)+digestSize])
	body = text[head-1:]
	body[0] = '{'
	return want, body, nil
}

// matchesDigest checks the body of data.
func matchesDigest(data, body []byte, want contracts.Digest) error {
	sum := sha256.Sum256(body)
	if got := contracts.Digest("sha256:" + hex.EncodeToString(sum[:])); got != want {
		return damaged(data, fmt.Sprintf("contents have digest %s, expected %s", got, want))
	}
	return nil
}

func damaged(data []byte, message string) error {
	if len(data) == 0 {
		return Errorf(CodeReleaseEdited, "file is empty")
	}
	if bytes.Contains(data, []byte("\n<<<<<<< ")) || bytes.HasPrefix(data, []byte("<<<<<<< ")) {
		return Errorf(CodeReleaseEdited, "file has merge conflict markers").
			WithHint("two branches released this version: keep the file of the one that was merged first, such as with git checkout --ours or --theirs, and give the other one a new version with evctl bump")
	}
	return Errorf(CodeReleaseEdited, "%s", message)
}

// endOfString is the offset behind the string whose quote is at open.
func endOfString(text []byte, open int) int {
	for i := open + 1; ; {
		n := bytes.IndexByte(text[i:], '"')
		if n < 0 {
			return len(text)
		}
		i += n + 1
		slashes := 0
		for text[i-2-slashes] == '\\' {
			slashes++
		}
		if slashes%2 == 0 {
			return i
		}
	}
}

// Peek reads the head of a release file after checking its digest. It does not
// look into the contents, so it costs microseconds.
func Peek(data []byte) (Head, error) {
	buffer := buffers.Get().(*[]byte)
	defer buffers.Put(buffer)
	if cap(*buffer) < len(data) {
		*buffer = make([]byte, 0, len(data))
	}
	digest, body, err := unseal((*buffer)[:0], data)
	if err != nil {
		return Head{}, err
	}
	return readHead(digest, body)
}

// buffers are for text that is looked at and forgotten: a lint run peeks into
// thousands of files.
var buffers = sync.Pool{New: func() any { return new([]byte) }}

func readHead(digest contracts.Digest, body []byte) (Head, error) {
	h := Head{Digest: digest}
	rest := body[1:]
	var version, contract, released string
	for _, member := range []struct {
		key  string
		into *string
	}{{"event", &h.Event}, {"version", &version}, {"contract_digest", &contract}, {"released", &released}} {
		var ok bool
		if *member.into, rest, ok = cutText(rest, member.key); !ok {
			return Head{}, Errorf(CodeReleaseEdited, "member %q is missing or out of order", member.key)
		}
	}
	h.ContractDigest = contracts.Digest(contract)
	var err error
	if h.Version, err = contracts.ParseVersion(version); err != nil {
		return Head{}, Errorf(CodeReleaseEdited, "%v", err)
	}
	if h.Released, err = time.Parse(time.RFC3339, released); err != nil {
		return Head{}, Errorf(CodeReleaseEdited, "released has %q, expected a time", released)
	}
	return h, nil
}

// cutText reads `"key":"text",` from compact JSON.
func cutText(text []byte, key string) (value string, rest []byte, ok bool) {
	rest, ok = bytes.CutPrefix(text, []byte(`"`+key+`":"`))
	if !ok {
		return "", nil, false
	}
	open := len(text) - len(rest) - 1
	end := endOfString(text, open)
	if end >= len(text) || text[end] != ',' {
		return "", nil, false
	}
	quoted := text[open:end]
	if bytes.IndexByte(quoted, '\\') < 0 {
		value = string(quoted[1 : len(quoted)-1])
	} else if json.Unmarshal(quoted, &value) != nil {
		return "", nil, false
	}
	return value, text[end+1:], true
}

// Decode reads a release file and checks its digest. Its errors do not name the
// file; callers do.
func Decode(f *diag.File) (*Record, error) {
	if len(f.Data) > MaxRecord {
		return nil, Errorf(CodeReleaseEdited, "file has %d bytes, expected at most %d", len(f.Data), MaxRecord)
	}
	buffer := buffers.Get().(*[]byte) // no member keeps its bytes
	defer buffers.Put(buffer)
	*buffer = slices.Grow((*buffer)[:0], len(f.Data))
	source := bytes.TrimPrefix(f.Data, bom)
	text, members, ok := pack(*buffer, source)
	if !ok {
		return nil, unreadable(*buffer, f.Data)
	}
	digest, body, err := splitDigest(text, f.Data)
	if err == nil {
		err = matchesDigest(f.Data, body, digest)
	}
	if err != nil {
		return nil, err
	}
	head, err := readHead(digest, body)
	if err != nil {
		return nil, err
	}
	r := &Record{Head: head, File: f}
	if err := r.readContents(bytes.Clone(text), members, len(f.Data)-len(source)); err != nil {
		return nil, err
	}
	return r, nil
}

// unreadable says what is wrong with a file that is not JSON: mostly that somebody edited
// it, which its digest tells.
func unreadable(buffer, data []byte) error {
	_, body, err := unseal(buffer, data)
	if err != nil {
		return err
	}
	var nothing struct{}
	if err := json.Unmarshal(body, &nothing); err != nil {
		return Errorf(CodeReleaseEdited, "contents are not JSON: %v", err)
	}
	return Errorf(CodeReleaseEdited, "contents are not JSON: a string is not Unicode")
}

// readContents takes the members that a release holds from its text, which it keeps. The
// members' source starts at an offset of the file.
func (r *Record) readContents(text []byte, members []member, offset int) error {
	var contract, schema, protobuf, own, waived *member
	for _, one := range []struct {
		key  string
		into **member
	}{{"contract", &contract}, {"schema", &schema}, {"protobuf", &protobuf}, {ledgerDigestKey, &own}, {"waivers", &waived}} {
		var err error
		if *one.into, err = memberOf(members, one.key); err != nil {
			return err
		}
	}
	if contract == nil || schema == nil || protobuf == nil {
		return Errorf(CodeReleaseEdited, "expected the members contract, schema and protobuf")
	}
	r.ContractJSON, r.SchemaJSON, r.ProtobufJSON = contract.packed.of(text), schema.packed.of(text), protobuf.packed.of(text)
	r.at = span{contract.source.start + offset, contract.source.end + offset}
	if own != nil {
		if err := r.checkLedger(own.packed.of(text)); err != nil {
			return err
		}
	}
	if waived != nil {
		if err := json.Unmarshal(waived.packed.of(text), &r.Waivers); err != nil {
			return Errorf(CodeReleaseEdited, "waivers cannot be read: %v", err)
		}
	}
	return nil
}

// memberOf is the one member that has a key; nil when there is none.
func memberOf(members []member, key string) (*member, error) {
	var found *member
	for i := range members {
		if string(members[i].key) != key {
			continue
		}
		if found != nil {
			return nil, Errorf(CodeReleaseEdited, "member %q stands twice", key)
		}
		found = &members[i]
	}
	return found, nil
}

// MediaPush is the media type of a contract with the waivers that it needs.
const MediaPush = "application/vnd.evctl.push+json"

// PushBody is what a client sends to have the version released, and its media type.
func (r *Record) PushBody() (media string, body []byte, err error) {
	if len(r.Waivers) == 0 {
		return "application/json", r.ContractJSON, nil
	}
	body, err = marshal(struct {
		Contract json.RawMessage  `json:"contract"`
		Waivers  []waivers.Waiver `json:"waivers"`
	}{r.ContractJSON, r.Waivers})
	return MediaPush, body, err
}

// Granted lists the fingerprints of the breaks that the release was allowed.
func (r *Record) Granted() []string {
	list := make([]string, len(r.Waivers))
	for i := range r.Waivers {
		list[i] = r.Waivers[i].Fingerprint
	}
	return list
}

// JSON is the release file without white space: the form in which it travels.
func (r *Record) JSON() []byte { return Compact(r.File.Data) }

// Compact is a release file or bundle without the white space between its tokens.
func Compact(data []byte) []byte {
	return compact(make([]byte, 0, len(data)), bytes.TrimPrefix(data, bom))
}

// Contract parses and links the released contract. It is parsed once; its
// positions point into File.
func (r *Record) Contract() (*contracts.Contract, error) {
	r.parse.Do(func() { r.contract, r.err = parseContract(r.File, r.at) })
	return r.contract, r.err
}

func parseContract(f *diag.File, at span) (*contracts.Contract, error) {
	node, diags := document.Parse(diag.NewFile(f.Path, blankBefore(f.Data, at)))
	if node == nil || len(diags) > 0 {
		return nil, Errorf(CodeReleaseEdited, "contract cannot be read: %s", first(diags))
	}
	c, diags := contracts.FromNode(f, node)
	if c == nil || len(diags) > 0 {
		return nil, Errorf(CodeReleaseEdited, "contract cannot be read: %s", first(diags))
	}
	empty, _ := contracts.NewLibrary(nil)
	if diags := empty.Link(c); len(diags) > 0 {
		return nil, Errorf(CodeReleaseEdited, "contract cannot be read: %s", first(diags))
	}
	return c, nil
}

func first(diags []diag.Diagnostic) string {
	if len(diags) == 0 {
		return "it is missing"
	}
	p := diags[0].Position()
	return fmt.Sprintf("%d:%d: %s", p.Line, p.Column, diags[0].Message)
}

// blankBefore is the text up to the end of a value, with blanks and line ends alone before
// it, so that the value can be parsed alone with the offsets of the whole text.
func blankBefore(data []byte, at span) []byte {
	text := make([]byte, at.end)
	for i, c := range data[:at.start] {
		if c != '\n' {
			c = ' '
		}
		text[i] = c
	}
	copy(text[at.start:], data[at.start:at.end])
	return text
}
