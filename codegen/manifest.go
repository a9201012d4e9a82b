package codegen

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/cespare/xxhash/v2"
)

// ManifestName is the file in every out folder that lists what evctl put there.
const ManifestName = ".evctl-manifest.json"

// manifest tells our files from others. Targets that share a folder have a list
// each.
type manifest struct {
	Comment string `json:"$comment"`
	Version int    `json:"version"` // of this format: 1
	// Workspace is the way from the out folder to the workspace it belongs to.
	Workspace string                       `json:"workspace"`
	Targets   map[string]map[string]string `json:"targets"` // target → path → digest of the content
}

const manifestVersion = 1

// ErrManifest is a manifest that does not tell which files are ours. When it is
// removed, files that carry Marker count as ours.
var ErrManifest = errors.New(ManifestName + " cannot be used")

func newManifest(workspace string) manifest {
	return manifest{Comment: Marker, Version: manifestVersion, Workspace: workspace, Targets: map[string]map[string]string{}}
}

// readManifest reads the list of a folder; a folder without one has an empty list.
// Two workspaces that wrote into one folder would remove each other's files.
func readManifest(root *os.Root, workspace string) (manifest, error) {
	data, err := root.ReadFile(ManifestName)
	if errors.Is(err, fs.ErrNotExist) {
		return newManifest(workspace), nil
	}
	if err != nil {
		return manifest{}, fmt.Errorf("read %s: %w", ManifestName, err)
	}
	m := newManifest("")
	if err := json.Unmarshal(data, &m); err != nil {
		return manifest{}, fmt.Errorf("%w: %w", ErrManifest, err)
	}
	if m.Version != manifestVersion {
		return manifest{}, fmt.Errorf("%w: version %d is not known, expected %d", ErrManifest, m.Version, manifestVersion)
	}
	if m.Workspace != "" && m.Workspace != workspace {
		return manifest{}, fmt.Errorf("%w: the folder belongs to the workspace %q from there, this one is %q", ErrManifest, m.Workspace, workspace)
	}
	m.Workspace = workspace
	if m.Targets == nil {
		m.Targets = map[string]map[string]string{}
	}
	return m, nil
}

// find returns the digest that the manifest has for a path.
func (m manifest) find(path string) (digest string, ok bool) {
	for _, files := range m.Targets {
		if digest, ok := files[path]; ok {
			return digest, true
		}
	}
	return "", false
}

func (m manifest) encode() []byte {
	m.Comment = Marker
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	_ = encoder.Encode(m) // strings and maps of strings always encode
	return b.Bytes()
}

// Algorithms of digests. They tell whether somebody edited a file, which needs no
// cryptography. SHA-256, which manifests of older versions of evctl have, takes long where
// the processor has no instructions for it.
const (
	xxh64Prefix  = "xxh64:"
	sha256Prefix = "sha256:"
)

// digestOf names a file's content, whatever its line endings: version control may
// have changed those.
func digestOf(content []byte) string {
	var sum [8]byte
	binary.BigEndian.PutUint64(sum[:], xxhash.Sum64(unixLines(content)))
	return xxh64Prefix + hex.EncodeToString(sum[:])
}

// hasDigest reports whether a content has the digest of a manifest.
func hasDigest(content []byte, digest string) bool {
	if old, ok := strings.CutPrefix(digest, sha256Prefix); ok {
		sum := sha256.Sum256(unixLines(content))
		return old == hex.EncodeToString(sum[:])
	}
	return digest == digestOf(content)
}

func unixLines(content []byte) []byte {
	if !bytes.Contains(content, []byte("\r\n")) {
		return content
	}
	return bytes.ReplaceAll(content, []byte("\r\n"), []byte("\n"))
}
