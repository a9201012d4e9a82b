package dir

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/registry"
)

const (
	tempPrefix = ".evctl-"
	extension  = ".json"
)

// Store is a registry in a directory. It holds no state of its own: what another
// process releases is seen by the next call.
type Store struct {
	path    string
	display string
}

var _ registry.Store = (*Store)(nil)

// Open uses the directory at path. A directory that does not exist is an empty
// registry, and the first release makes it. Files are reported under display,
// such as the path relative to the workspace; empty: under path.
func Open(path, display string) (*Store, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, fmt.Errorf("open registry: %w", err)
	case !info.IsDir():
		return nil, fmt.Errorf("open registry: %s is a file, expected a directory", path)
	}
	if display == "" {
		display = path
	}
	return &Store{path: path, display: filepath.ToSlash(display)}, nil
}

// Display is what the directory is reported under.
func (s *Store) Display() string { return s.display }

// List implements registry.Reader. It reads names only.
func (s *Store) List(ctx context.Context) ([]registry.Subject, error) {
	entries, err := os.ReadDir(s.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list registry: %w", err)
	}
	var subjects []registry.Subject
	for _, entry := range entries {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if strings.HasPrefix(entry.Name(), ".") || !entry.IsDir() {
			continue
		}
		event, err := Unescape(entry.Name())
		if err != nil {
			return nil, registry.Errorf(registry.CodeReleaseEdited, "list registry: %v", err).
				WithHint("folders in " + s.display + " are made by evctl push; move other folders out of it")
		}
		versions, err := s.Versions(ctx, event)
		if err != nil {
			return nil, err
		}
		if len(versions) > 0 {
			subjects = append(subjects, registry.Subject{Event: event, Versions: versions})
		}
	}
	slices.SortFunc(subjects, func(a, b registry.Subject) int { return strings.Compare(a.Event, b.Event) })
	return subjects, nil
}

// Versions implements registry.Reader.
func (s *Store) Versions(_ context.Context, event string) ([]contracts.Version, error) {
	folder, err := Escape(event)
	if err != nil {
		return nil, nil // such an event cannot have been released
	}
	entries, err := os.ReadDir(filepath.Join(s.path, folder))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list versions of %s: %w", event, err)
	}
	var versions []contracts.Version
	for _, entry := range entries {
		stem, ok := strings.CutSuffix(entry.Name(), extension)
		if !ok || strings.HasPrefix(stem, ".") {
			continue
		}
		v, err := contracts.ParseVersion(stem)
		if err != nil {
			return nil, registry.Errorf(registry.CodeReleaseEdited, "%s: file name is not a version", s.name(folder, entry.Name())).
				WithHint("files there are made by evctl push; move other files out of the folder")
		}
		versions = append(versions, v)
	}
	slices.SortFunc(versions, contracts.Version.Compare)
	return versions, nil
}

// Head implements registry.Reader.
func (s *Store) Head(_ context.Context, event string, version contracts.Version) (registry.Head, error) {
	data, name, err := s.read(event, version)
	if err != nil {
		return registry.Head{}, err
	}
	h, err := registry.Peek(data)
	if err == nil {
		err = matches(h, event, version)
	}
	if err != nil {
		return registry.Head{}, edited(name, err)
	}
	return h, nil
}

// Get implements registry.Reader.
func (s *Store) Get(_ context.Context, event string, version contracts.Version) (*registry.Record, error) {
	data, name, err := s.read(event, version)
	if err != nil {
		return nil, err
	}
	r, err := registry.Decode(diag.NewFile(name, data))
	if err == nil {
		err = matches(r.Head, event, version)
	}
	if err != nil {
		return nil, edited(name, err)
	}
	return r, nil
}

// Name is the path of a version's file as it is reported.
func (s *Store) Name(event string, version contracts.Version) (string, error) {
	folder, err := Escape(event)
	if err != nil {
		return "", registry.Errorf(registry.CodeRequestInvalid, "%v", err)
	}
	return s.name(folder, version.String()+extension), nil
}

func (s *Store) name(folder, file string) string { return s.display + "/" + folder + "/" + file }

func (s *Store) file(event string, version contracts.Version) (string, error) {
	folder, err := Escape(event)
	if err != nil {
		return "", registry.Errorf(registry.CodeRequestInvalid, "%v", err)
	}
	return filepath.Join(s.path, folder, version.String()+extension), nil
}

func (s *Store) read(event string, version contracts.Version) (data []byte, name string, err error) {
	unknown := registry.Errorf(registry.CodeVersionUnknown, "%s %s is not released", event, version)
	file, err := s.file(event, version)
	if err != nil {
		return nil, "", unknown
	}
	name, _ = s.Name(event, version)
	f, err := os.Open(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, "", unknown
	}
	if err != nil {
		return nil, "", fmt.Errorf("read release: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, "", fmt.Errorf("read release: %w", err)
	}
	if !info.Mode().IsRegular() || info.Size() > registry.MaxRecord {
		return nil, "", edited(name, fmt.Errorf("is not a file of at most %d bytes", registry.MaxRecord))
	}
	data = make([]byte, info.Size())
	if _, err := io.ReadFull(f, data); err != nil {
		return nil, "", fmt.Errorf("read release %s: %w", name, err)
	}
	return data, name, nil
}

func matches(h registry.Head, event string, version contracts.Version) error {
	if h.Event == event && h.Version == version {
		return nil
	}
	return fmt.Errorf("file holds %s %s, expected %s %s", h.Event, h.Version, event, version)
}

func edited(name string, err error) error {
	return &registry.Error{
		Code: registry.CodeReleaseEdited, Message: "release file " + name + " is not what was released", Err: err,
		Hint: "released versions are never edited; restore the file, such as with git checkout -- " + name + ", and release a new version",
	}
}
