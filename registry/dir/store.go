package dir

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/numbers"
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
		if _, err := os.Lstat(path); err == nil {
			return nil, fmt.Errorf("open registry: %s is a link to a directory that does not exist", path)
		}
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
	entries, err := readDir(s.path)
	if err != nil {
		return nil, fmt.Errorf("list registry: %w", err)
	}
	subjects := make([]registry.Subject, len(entries))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, entry := range entries {
		if strings.HasPrefix(entry.Name(), ".") || !entry.IsDir() {
			continue
		}
		group.Go(func() (err error) {
			if err = ctx.Err(); err == nil {
				subjects[i], err = s.subject(entry.Name())
			}
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	subjects = slices.DeleteFunc(subjects, func(s registry.Subject) bool { return len(s.Versions) == 0 })
	slices.SortFunc(subjects, func(a, b registry.Subject) int { return strings.Compare(a.Event, b.Event) })
	return subjects, nil
}

func (s *Store) subject(folder string) (registry.Subject, error) {
	event, err := Unescape(folder)
	if err != nil {
		return registry.Subject{}, registry.Errorf(registry.CodeReleaseEdited, "list registry: %v", err).
			WithHint("folders in " + s.display + " are made by evctl push; move other folders out of it")
	}
	versions, err := s.versions(folder)
	return registry.Subject{Event: event, Versions: versions}, err
}

// Versions implements registry.Reader.
func (s *Store) Versions(_ context.Context, event string) ([]contracts.Version, error) {
	folder, err := Escape(event)
	if err != nil {
		return nil, nil // such an event cannot have been released
	}
	return s.versions(folder)
}

func (s *Store) versions(folder string) ([]contracts.Version, error) {
	entries, err := readDir(filepath.Join(s.path, folder))
	if err != nil {
		return nil, fmt.Errorf("list versions: %w", err)
	}
	versions := make([]contracts.Version, 0, len(entries))
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

// readDir lists a folder in no order; one that does not exist is empty.
func readDir(path string) ([]fs.DirEntry, error) {
	d, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer d.Close()
	return d.ReadDir(-1)
}

// Head implements registry.Reader.
func (s *Store) Head(_ context.Context, event string, version contracts.Version) (registry.Head, error) {
	buffer := buffers.Get().(*[]byte)
	defer buffers.Put(buffer)
	data, name, err := s.read(event, version, (*buffer)[:0], registry.MaxRecord)
	if err != nil {
		return registry.Head{}, err
	}
	*buffer = data
	h, err := registry.Peek(data)
	if err == nil {
		err = matches(h, event, version)
	}
	if err != nil {
		return registry.Head{}, edited(name, err)
	}
	return h, nil
}

// buffers are for files that are looked at and forgotten.
var buffers = sync.Pool{New: func() any { return new([]byte) }}

// Get implements registry.Reader.
func (s *Store) Get(_ context.Context, event string, version contracts.Version) (*registry.Record, error) {
	data, name, err := s.read(event, version, nil, registry.MaxRecord)
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

// tailSize is how much of a release file Ledger reads at first. The numbers of most
// events take a tenth of it.
const tailSize = 8 << 10

// Ledger implements registry.Reader. It reads the end of the file, as far as that proves
// the numbers, and otherwise all of it.
func (s *Store) Ledger(ctx context.Context, event string, version contracts.Version) (numbers.Ledger, error) {
	buffer := buffers.Get().(*[]byte)
	defer buffers.Put(buffer)
	tail, _, err := s.read(event, version, (*buffer)[:0], tailSize)
	if err != nil {
		return numbers.Ledger{}, err
	}
	*buffer = tail
	if l, ok := registry.PeekLedger(tail, event, version); ok {
		return l, nil
	}
	r, err := s.Get(ctx, event, version)
	if err != nil {
		return numbers.Ledger{}, err
	}
	return r.Ledger()
}

// Stamp changes when the file of a version does. It looks at size and time of the
// file only, so it costs next to nothing and proves nothing.
func (s *Store) Stamp(event string, version contracts.Version) (string, error) {
	file, err := s.file(event, version)
	if err != nil {
		return "", err
	}
	info, err := os.Stat(file)
	if err != nil {
		return "", fmt.Errorf("look at release: %w", err)
	}
	return fmt.Sprintf("%d %d", info.Size(), info.ModTime().UnixNano()), nil
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

// read reads the file of a version into a buffer, or as much of its end as limit says.
func (s *Store) read(event string, version contracts.Version, buffer []byte, limit int64) (data []byte, name string, err error) {
	folder, err := Escape(event)
	if err != nil {
		return nil, "", unknownVersion(event, version) // it cannot have been released
	}
	file := version.String() + extension
	f, err := os.OpenFile(filepath.Join(s.path, folder, file), os.O_RDONLY|openWithoutWaiting, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, "", unknownVersion(event, version)
	}
	if err != nil {
		return nil, "", fmt.Errorf("read release: %w", err)
	}
	defer f.Close()
	name = s.name(folder, file)
	info, err := f.Stat()
	if err != nil {
		return nil, "", fmt.Errorf("read release: %w", err)
	}
	if !info.Mode().IsRegular() || info.Size() > registry.MaxRecord {
		return nil, "", edited(name, fmt.Errorf("is not a file of at most %d bytes", registry.MaxRecord))
	}
	size := min(info.Size(), limit)
	data = slices.Grow(buffer, int(size))[:size]
	if _, err := f.ReadAt(data, info.Size()-size); err != nil {
		return nil, "", fmt.Errorf("read release %s: %w", name, err)
	}
	return data, name, nil
}

func unknownVersion(event string, version contracts.Version) error {
	return registry.Errorf(registry.CodeVersionUnknown, "%s %s is not released", event, version)
}

func matches(h registry.Head, event string, version contracts.Version) error {
	if h.Event == event && h.Version == version {
		return nil
	}
	return fmt.Errorf("file holds %s %s, expected %s %s", h.Event, h.Version, event, version)
}

func edited(name string, err error) error {
	restore := "released versions are never edited; restore the file, such as with git checkout -- " + name + ", and release a new version"
	return &registry.Error{
		Code: registry.CodeReleaseEdited, Message: "release file " + name + " is not what was released", Err: err,
		Hint: cmp.Or(registry.HintOf(err), restore),
	}
}
