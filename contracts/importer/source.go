package importer

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/document"
)

// Source is a layout in which schemas are kept. Adding one is a file with its function
// and a line in Sources.
type Source struct {
	Name    string
	Summary string
	// wanted says whether a file may be a schema of this layout.
	wanted func(path string) bool
	// candidate finds the event and version that a document describes.
	candidate func(r *Resource) Candidate
	// parts says that a document is no event when others refer to it.
	parts bool
}

// Sources lists the layouts.
var Sources = []Source{
	{"jsonschema", "JSON Schema files, JSON or YAML; each is an event named by its path, unless others refer to it", isSchemaFile, fromFile, true},
	{"iglu", "a folder of an Iglu repository: vendor/name/jsonschema/1-0-0", isIglu, fromIglu, false},
	{"wikimedia", "a folder of Wikimedia event streams: stream/1.0.0.yaml", isWikimedia, fromWikimedia, false},
}

// Lookup finds a source by name.
func Lookup(name string) (Source, bool) {
	for _, s := range Sources {
		if s.Name == name {
			return s, true
		}
	}
	return Source{}, false
}

// Found is what a search brought up: the candidates, ordered by event and version,
// and all documents that they may refer to.
type Found struct {
	Candidates []Candidate
	catalogue  *catalogue
}

// Find looks for schemas in a folder. only, when not empty, names the files that are
// candidates; the others can still be referred to. Files that cannot be read as schemas
// are candidates with a refusal. The error is about the folder itself.
func (s Source) Find(fsys fs.FS, only ...string) (*Found, error) {
	found := &Found{}
	var resources []*Resource
	err := fs.WalkDir(fsys, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && skipped(name):
			return fs.SkipDir
		case entry.IsDir() || !s.wanted(name) && !slices.Contains(only, name):
			return nil
		}
		chosen := len(only) == 0 || slices.Contains(only, name)
		data, err := readFile(fsys, name)
		if err != nil {
			return fmt.Errorf("read %s: %w", name, err)
		}
		r, err := resourceOf(name, data)
		if err != nil {
			if chosen {
				found.Candidates = append(found.Candidates, refusedFile(name, err.Error(), ""))
			}
			return nil
		}
		resources = append(resources, r)
		if chosen {
			found.Candidates = append(found.Candidates, s.of(r))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	found.catalogue = newCatalogue(resources)
	if s.parts {
		found.skipParts()
	}
	slices.SortStableFunc(found.Candidates, func(a, b Candidate) int {
		return cmp.Or(strings.Compare(a.Event, b.Event), a.Version.Compare(b.Version), strings.Compare(a.Path, b.Path))
	})
	refuseTwins(found.Candidates)
	return found, nil
}

// readFile reads a file, but no more of it than shows that it is too large. What is no
// file at all, such as a pipe or a device, could have no end.
func readFile(fsys fs.FS, name string) ([]byte, error) {
	info, err := fs.Stat(fsys, name)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, errors.New("it is not a regular file")
	case info.Size() <= document.MaxBytes:
		return fs.ReadFile(fsys, name)
	}
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, document.MaxBytes+1))
}

// skipParts finds documents that others refer to: they describe parts of events.
func (f *Found) skipParts() {
	by := map[*Resource]*Resource{}
	for _, r := range f.catalogue.resources {
		for _, to := range f.catalogue.references(f.catalogue.root(r), 0) {
			if to != r && by[to] == nil {
				by[to] = r
			}
		}
	}
	for i := range f.Candidates {
		if c := &f.Candidates[i]; c.resource != nil && by[c.resource] != nil && len(f.Candidates) > 1 {
			c.Skipped = "a part of others: " + by[c.resource].Path + " refers to it"
		}
	}
}

// of is the candidate that a document is in this layout.
func (s Source) of(r *Resource) Candidate {
	c := s.candidate(r)
	c.Path, c.resource = r.Path, r
	if strings.TrimSpace(c.Event) == "" && c.refusal == nil && c.Skipped == "" {
		c.refusal = &Refusal{Reason: "the schema does not say the event's name"}
	}
	return c
}

func skipped(name string) bool {
	base := path.Base(name)
	return base == "node_modules" || base == "vendor" || strings.HasPrefix(base, ".") && base != "."
}

// refuseTwins refuses a second schema for one version of one event.
func refuseTwins(list []Candidate) {
	for i := 1; i < len(list); i++ {
		a, b := &list[i-1], &list[i]
		if a.refusal == nil && b.refusal == nil && a.Skipped+b.Skipped == "" && a.Event == b.Event && a.Version == b.Version {
			b.refusal = &Refusal{Reason: fmt.Sprintf("%s %s is described by %s already", b.Event, b.Version, a.Path)}
		}
	}
}

// Latest are the candidates with the highest version of each event, and those that
// were given up without one.
func Latest(list []Candidate) []Candidate {
	var latest []Candidate
	for i, c := range list {
		if c.Event == "" || i+1 == len(list) || list[i+1].Event != c.Event {
			latest = append(latest, c)
		}
	}
	return latest
}

func isSchemaFile(name string) bool {
	return slices.Contains([]string{".json", ".yaml", ".yml"}, path.Ext(name))
}

// fromFile names the event after the file's path: orders/created.schema.json describes
// orders.created. A version in x-version or version counts, and is 1.0.0 otherwise.
func fromFile(r *Resource) Candidate {
	name := strings.TrimSuffix(r.Path, path.Ext(r.Path))
	name = strings.TrimSuffix(strings.TrimSuffix(name, ".schema"), ".jsonschema")
	c := Candidate{Event: strings.ReplaceAll(name, "/", "."), Version: contracts.Version{Major: 1}}
	for _, key := range []string{"x-version", "version"} {
		if n := r.Root.Get(key); n != nil {
			if v, err := contracts.ParseVersion(n.Text); err == nil {
				c.Version = v
			}
		}
	}
	return c
}

var igluPath = regexp.MustCompile(`(?:^|/)([^/]+)/([^/]+)/jsonschema/([0-9]+-[0-9]+-[0-9]+)(?:\.json)?$`)

func isIglu(name string) bool { return igluPath.MatchString(name) }

// fromIglu reads self, the identity of a self-describing schema. Iglu's three numbers
// are MODEL-REVISION-ADDITION: a break, a change that may break old data, an addition.
func fromIglu(r *Resource) Candidate {
	self := r.Root.Get("self")
	text := func(key string) string {
		if n := self.Get(key); n != nil && n.Kind == document.Scalar {
			return n.Text
		}
		return ""
	}
	c := Candidate{Event: text("vendor") + "/" + text("name")}
	version, err := contracts.ParseVersion(strings.ReplaceAll(text("version"), "-", "."))
	c.Version = version
	m := igluPath.FindStringSubmatch(r.Path)
	switch {
	case self == nil:
		c.Event = ""
		c.refusal = &Refusal{Keyword: "self", Reason: "the schema does not describe itself", Hint: "import it with --from jsonschema"}
	case err != nil || text("vendor") == "" || text("name") == "":
		c.refusal = &Refusal{Pointer: "/self", Keyword: "self", Reason: "self needs vendor, name and a version such as 1-0-0"}
	case m != nil && (m[1] != text("vendor") || m[2] != text("name") || m[3] != text("version")):
		self := c.Event
		c.Event = m[1] + "/" + m[2]
		c.Version, _ = contracts.ParseVersion(strings.ReplaceAll(m[3], "-", "."))
		c.refusal = &Refusal{Pointer: "/self", Keyword: "self", Reason: fmt.Sprintf("self says %s %s, the path says %s %s", self, text("version"), c.Event, m[3])}
	}
	return c
}

var wikimediaPath = regexp.MustCompile(`(?:^|/)([0-9]+\.[0-9]+\.[0-9]+)\.(?:yaml|json)$`)

func isWikimedia(name string) bool {
	// Materialised JSON files stand beside YAML ones with the same content.
	return wikimediaPath.MatchString(name) && path.Ext(name) == ".yaml"
}

// fromWikimedia takes the name from the title, which is the path of the stream, and
// the version from the file. Fragments are part of the events that use them already.
func fromWikimedia(r *Resource) Candidate {
	c := Candidate{}
	if title := r.Root.Get("title"); title != nil {
		c.Event = title.Text
	}
	m := wikimediaPath.FindStringSubmatch(r.Path)
	if m == nil {
		c.refusal = &Refusal{Reason: "the file is not called after its version, such as 1.0.0.yaml", Hint: "import it with --from jsonschema"}
		return c
	}
	version, err := contracts.ParseVersion(m[1])
	c.Version = version
	id := r.Root.Get("$id")
	switch {
	case err != nil:
		c.refusal = &Refusal{Reason: err.Error()}
	case strings.HasPrefix(c.Event, "fragment/"):
		c.Skipped = "a fragment: events that use it hold its properties"
	case id != nil && id.Text != "/"+c.Event+"/"+m[1]:
		c.remarks = append(c.remarks, Remark{"/$id", "$id", fmt.Sprintf("$id %s does not agree with title %s and version %s, which count", quote(id.Text), quote(c.Event), m[1])})
	}
	return c
}
