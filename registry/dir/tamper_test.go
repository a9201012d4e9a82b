package dir_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/registry"
	"github.com/evctl/evctl/registry/dir"
	"github.com/evctl/evctl/registry/storetest"
)

// released makes a registry with one release and returns the path of its file.
func released(t *testing.T) (*dir.Store, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "releases")
	s, err := dir.Open(path, "releases")
	if err != nil {
		t.Fatal(err)
	}
	if err := storetest.Create(s, storetest.Record(t, "order.completed", "1.0.0", "a shopper paid\nand left")); err != nil {
		t.Fatal(err)
	}
	return s, filepath.Join(path, "order.completed", "1.0.0.json")
}

func readBoth(s *dir.Store) (head, get error) {
	v := contracts.Version{Major: 1}
	_, head = s.Head(context.Background(), "order.completed", v)
	_, get = s.Get(context.Background(), "order.completed", v)
	return head, get
}

var harmless = map[string]func([]byte) []byte{
	"line endings": func(b []byte) []byte { return bytes.ReplaceAll(b, []byte("\n"), []byte("\r\n")) },
	"tabs":         func(b []byte) []byte { return bytes.ReplaceAll(b, []byte("  "), []byte("\t")) },
	"one line": func(b []byte) []byte {
		var out bytes.Buffer
		_ = json.Compact(&out, b)
		return out.Bytes()
	},
	"a byte order mark": func(b []byte) []byte { return append([]byte("\xef\xbb\xbf"), b...) },
	"empty lines":       func(b []byte) []byte { return append([]byte("\n\n"), append(b, "\n\n"...)...) },
}

func TestStore_WhiteSpaceIsNoEdit(t *testing.T) {
	for what, edit := range harmless {
		t.Run(what, func(t *testing.T) {
			s, file := released(t)
			rewrite(t, file, edit)
			head, get := readBoth(s)
			if head != nil || get != nil {
				t.Fatalf("Head: %v, Get: %v, want no error", head, get)
			}
			r, err := s.Get(context.Background(), "order.completed", contracts.Version{Major: 1})
			if err != nil {
				t.Fatal(err)
			}
			c, err := r.Contract()
			if err != nil {
				t.Fatal(err)
			}
			if got := c.Head().Text(); got != `"order.completed"` {
				t.Errorf("the name stands at %q in the file", got)
			}
		})
	}
}

func rewrite(t *testing.T, file string, edit func([]byte) []byte) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, edit(data), 0o644); err != nil {
		t.Fatal(err)
	}
}

func replace(old, with string) func([]byte) []byte {
	return func(b []byte) []byte { return bytes.Replace(b, []byte(old), []byte(with), 1) }
}

var edits = map[string]struct {
	edit func([]byte) []byte
	want string
}{
	"description":    {replace("a shopper paid", "a shopper  paid"), "contents have digest"},
	"white space in": {replace(`paid\nand`, `paid\n and`), "contents have digest"},
	"contract":       {replace(`"required": true`, `"required": false`), "contents have digest"},
	"version":        {replace(`"version": "1.0.0"`, `"version": "1.0.1"`), "contents have digest"},
	"digest":         {replace(`"digest": "sha256:`, `"digest": "sha256:0`), "does not start with its digest"},
	"no digest":      {replace(`"digest"`, `"digests"`), "does not start with its digest"},
	"truncated":      {func(b []byte) []byte { return b[:len(b)/2] }, "contents have digest"},
	"empty":          {func([]byte) []byte { return nil }, "file is empty"},
	"zeros":          {func(b []byte) []byte { return make([]byte, len(b)) }, "does not start with its digest"},
	"more behind":    {func(b []byte) []byte { return append(b, "{}"...) }, "contents have digest"},
	"conflict": {func(b []byte) []byte {
		return append([]byte("<<<<<<< ours\n"), append(b, "=======\n>>>>>>> theirs\n"...)...)
	}, "file has merge conflict markers"},
}

func TestStore_EditsAreErrorsThatSayHowToRestore(t *testing.T) {
	for what, e := range edits {
		t.Run(what, func(t *testing.T) {
			s, file := released(t)
			rewrite(t, file, e.edit)
			head, get := readBoth(s)
			for _, err := range []error{head, get} {
				if err == nil {
					t.Fatal("edited file was read")
				}
				if registry.CodeOf(err) != registry.CodeReleaseEdited {
					t.Errorf("code is %s, want %s", registry.CodeOf(err), registry.CodeReleaseEdited)
				}
				want := "release file releases/order.completed/1.0.0.json is not what was released: " + e.want
				if !strings.HasPrefix(err.Error(), want) {
					t.Errorf("error is %q, want %q…", err, want)
				}
				restore := "git checkout -- releases/order.completed/1.0.0.json"
				if what == "conflict" {
					restore = "git checkout --ours" // git refuses the other while it merges
				}
				if !strings.Contains(registry.HintOf(err), restore) {
					t.Errorf("hint is %q, want %s", registry.HintOf(err), restore)
				}
			}
		})
	}
}

func TestStore_ACopiedReleaseIsAnEdit(t *testing.T) {
	s, file := released(t)
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(filepath.Dir(file), "1.1.0.json")
	if err := os.WriteFile(copied, data, 0o644); err != nil {
		t.Fatal(err)
	}
	_, err = s.Head(context.Background(), "order.completed", contracts.Version{Major: 1, Minor: 1})
	if err == nil || !strings.Contains(err.Error(), "file holds order.completed 1.0.0, expected order.completed 1.1.0") {
		t.Errorf("error is %v, want one that names both versions", err)
	}
}

func TestStore_StrayFiles(t *testing.T) {
	for _, c := range []struct {
		path string
		want string // in the error; "": no error
	}{
		{"README.md", ""},
		{".DS_Store", ""},
		{"order.completed/.DS_Store", ""},
		{"order.completed/notes.txt", ""},
		{"notes/readme.txt", ""},
		{"order.completed/1.0.json", "releases/order.completed/1.0.json: file name is not a version"},
		{"order.completed/01.0.0.json", "releases/order.completed/01.0.0.json: file name is not a version"},
		{"New Folder/1.0.0.json", `"New Folder" is not the folder of an event`},
	} {
		t.Run(c.path, func(t *testing.T) {
			s, file := released(t)
			stray := filepath.Join(filepath.Dir(filepath.Dir(file)), filepath.FromSlash(c.path))
			if err := os.MkdirAll(filepath.Dir(stray), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(stray, nil, 0o644); err != nil {
				t.Fatal(err)
			}
			subjects, err := s.List(context.Background())
			switch {
			case c.want == "" && (err != nil || len(subjects) != 1):
				t.Errorf("List = %v, %v, want one subject", subjects, err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Errorf("error is %v, want %q", err, c.want)
			}
		})
	}
}

func TestOpen_AFileIsNoRegistry(t *testing.T) {
	_, file := released(t)
	if _, err := dir.Open(file, ""); err == nil || !strings.Contains(err.Error(), "is a file, expected a directory") {
		t.Errorf("error is %v, want one that says it is a file", err)
	}
}

func TestStore_AFailedFirstPushLeavesNoFolder(t *testing.T) {
	path := filepath.Join(t.TempDir(), "releases")
	s, err := dir.Open(path, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := storetest.Create(s); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Errorf("stat says %v, want that the folder is not there", err)
	}
}
