package lint

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/rogpeppe/go-internal/txtar"
)

//go:embed testdata/fixtures
var ownFixtures embed.FS

func fixtures() fs.FS {
	sub, err := fs.Sub(ownFixtures, "testdata/fixtures")
	if err != nil {
		return embed.FS{} // not reachable: the path is valid
	}
	return sub
}

// Example shows a rule. It is kept as a text archive with these parts:
//
//	old/…    what was released before, for rules that compare
//	bad/…    a workspace, or some of its files, with the finding; rules that compare
//	         may call it new/…
//	want     the text report on bad
//	good/…   the same without the finding
//	fixed/…  what evctl lint --fix makes of bad, for rules that fix
//
// Where evctl.yaml is not among the files of a workspace, an empty one is meant.
type Example struct {
	Note                  string // text before the first file, or ""
	Old, Bad, Good, Fixed []ExampleFile
	Want                  string
}

// ExampleFile is one file of an example; Path is relative to its workspace.
type ExampleFile struct {
	Path string `json:"path"`
	Text string `json:"text"`
}

// Example reads the example of a rule. It is nil for rules that have none, which
// are only those of an evctl.yaml.
func (c *Catalogue) Example(id string) (*Example, error) {
	fsys := c.fixtures[id]
	if fsys == nil {
		return nil, nil
	}
	data, err := fs.ReadFile(fsys, id+".txtar")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read example of %s: %w", id, err)
	}
	return ParseExample(data)
}

// ParseExample reads a text archive; see Example for its parts.
func ParseExample(data []byte) (*Example, error) {
	archive := txtar.Parse(data)
	e := &Example{Note: strings.TrimSpace(string(archive.Comment))}
	for _, f := range archive.Files {
		folder, path, inside := strings.Cut(f.Name, "/")
		file := ExampleFile{Path: path, Text: string(f.Data)}
		switch {
		case f.Name == "want":
			e.Want = string(f.Data)
		case inside && folder == "old":
			e.Old = append(e.Old, file)
		case inside && (folder == "bad" || folder == "new"):
			e.Bad = append(e.Bad, file)
		case inside && folder == "good":
			e.Good = append(e.Good, file)
		case inside && folder == "fixed":
			e.Fixed = append(e.Fixed, file)
		default:
			return nil, fmt.Errorf("example has a file %q, expected want or one in old, bad, good or fixed", f.Name)
		}
	}
	return e, nil
}
