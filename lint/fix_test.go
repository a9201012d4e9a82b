package lint

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/evctl/evctl/contracts/diag"
)

// edit replaces the first occurrence of old in a file.
func edit(f *diag.File, old, text string) diag.Edit {
	i := strings.Index(string(f.Data), old)
	return diag.Edit{Location: diag.Location{File: f, Span: diag.Span{Start: int32(i), End: int32(i + len(old))}}, New: text}
}

func fixing(title string, edits ...diag.Edit) diag.Diagnostic {
	return diag.Diagnostic{Rule: "r", Severity: diag.Error, Location: edits[0].Location, Fix: &diag.Fix{Title: title, Edits: edits}}
}

// texts is what fixes make of files, by path.
func texts(f *Fixes) map[string]string {
	out := map[string]string{}
	for _, file := range f.Files {
		out[file.File.Path] = string(file.Text)
	}
	return out
}

func TestFix_KeepsEverythingElseByteForByte(t *testing.T) {
	f := diag.NewFile("a.yaml", []byte("\ufeff# c\r\nevent: a.b # d\r\nversion: 1.0.0\r\nowner:   x\r\n"))
	fixes := Fix([]diag.Diagnostic{fixing("one", edit(f, "a.b", "a.c")), fixing("two", edit(f, "x", "y"))})
	want := map[string]string{"a.yaml": "\ufeff# c\r\nevent: a.c # d\r\nversion: 1.0.0\r\nowner:   y\r\n"}
	if diff := cmp.Diff(want, texts(fixes)); diff != "" {
		t.Errorf("text differs (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"one", "two"}, fixes.Files[0].Titles); diff != "" {
		t.Errorf("titles differ (-want +got):\n%s", diff)
	}
}

func TestFix_OverlappingFixesTakeTurns(t *testing.T) {
	f := diag.NewFile("a.yaml", []byte("event: a.b\nversion: 1.0.0\nowner: xyz\n"))
	fixes := Fix([]diag.Diagnostic{fixing("whole", edit(f, "xyz", "abc")), fixing("part", edit(f, "y", "Y")), fixing("same", edit(f, "xyz", "abc"))})
	if got := texts(fixes)["a.yaml"]; !strings.Contains(got, "owner: abc\n") || fixes.Left != 1 {
		t.Errorf("text is %q, %d are left", got, fixes.Left)
	}
}

func TestFix_IsAllOrNothingOverFiles(t *testing.T) {
	a := diag.NewFile("a.yaml", []byte("event: a.b\nversion: 1.0.0\nowner: x\n"))
	b := diag.NewFile("b.yaml", []byte("event: c.d\nversion: 1.0.0\nowner: x\n"))
	fixes := Fix([]diag.Diagnostic{
		fixing("breaks b", edit(a, "x", "y"), edit(b, "event: c.d", "event: [")),
		fixing("fine", edit(a, "1.0.0", "1.0.1")),
	})
	want := map[string]string{"a.yaml": "event: a.b\nversion: 1.0.1\nowner: x\n"}
	if diff := cmp.Diff(want, texts(fixes)); diff != "" {
		t.Errorf("texts differ (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"a.yaml", "b.yaml"}, fixes.Refused); diff != "" {
		t.Errorf("refused files differ (-want +got):\n%s", diff)
	}
}

func TestFix_TwoThatChooseOneNameTakeTurns(t *testing.T) {
	f := diag.NewFile("a.yaml", []byte("event: a.b\nversion: 1.0.0\nproperties:\n  x-y: {type: string}\n  x/y: {type: string}\n  Z: {type: string}\n"))
	fixes := Fix([]diag.Diagnostic{fixing("one", edit(f, "x-y", "x_y")), fixing("two", edit(f, "x/y", "x_y")), fixing("three", edit(f, "Z", "z"))})
	want := map[string]string{"a.yaml": "event: a.b\nversion: 1.0.0\nproperties:\n  x_y: {type: string}\n  x/y: {type: string}\n  z: {type: string}\n"}
	if diff := cmp.Diff(want, texts(fixes)); diff != "" {
		t.Errorf("texts differ (-want +got):\n%s", diff)
	}
	if fixes.Left != 1 || len(fixes.Refused) > 0 {
		t.Errorf("%d are left and %q refused", fixes.Left, fixes.Refused)
	}
}

func TestFix_NewErrorsOfTheLanguageAreRefused(t *testing.T) {
	f := diag.NewFile("a.yaml", []byte("event: a.b\nversion: 1.0.0\nowner: x\n"))
	if fixes := Fix([]diag.Diagnostic{fixing("", edit(f, "owner", "ownr"))}); len(fixes.Files) > 0 || len(fixes.Refused) != 1 {
		t.Errorf("a fix that misspells a key is carried out: %q", texts(fixes))
	}
	// What was wrong before may stay wrong.
	broken := diag.NewFile("b.yaml", []byte("event: a.b\nversion: 1.0.0\nownr: x\n"))
	if fixes := Fix([]diag.Diagnostic{fixing("", edit(broken, "1.0.0", "1.0.1"))}); len(fixes.Files) != 1 {
		t.Error("a fix in a file that had an error before is refused")
	}
}

func TestFixes_WriteReplacesFilesInPlace(t *testing.T) {
	root := t.TempDir()
	real := filepath.Join(root, "real.yaml")
	text := []byte("event: a.b\nversion: 1.0.0\nowner: x\n")
	if err := os.WriteFile(real, text, 0o600); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(root, "link.yaml")
	if err := os.Symlink("real.yaml", link); err != nil && runtime.GOOS != "windows" {
		t.Fatal(err)
	} else if err != nil {
		link = real
	}
	f := diag.NewFile(filepath.Base(link), text)
	fixes := Fix([]diag.Diagnostic{fixing("", edit(f, "x", "y"))})
	if err := fixes.Write(root); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(real)
	if err != nil || !strings.Contains(string(got), "owner: y") {
		t.Errorf("file is %q, %v", got, err)
	}
	info, err := os.Stat(real)
	if err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("permissions are %v, %v", info.Mode(), err)
	}
	entries, err := os.ReadDir(root)
	if err != nil || len(entries) > 2 {
		t.Errorf("%d files are left, %v", len(entries), err)
	}

	// The file is not what was checked any more.
	if err := fixes.Write(root); err == nil || !strings.Contains(err.Error(), "changed while it was checked") {
		t.Errorf("error is %v", err)
	}
}

func TestCreateFile_OfManyAtOnceOneWins(t *testing.T) {
	name := filepath.Join(t.TempDir(), "waivers.yaml")
	errs := make([]error, 8)
	var group sync.WaitGroup
	for i := range errs {
		group.Go(func() { errs[i] = CreateFile(name, []byte(strconv.Itoa(i))) })
	}
	group.Wait()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for i, err := range errs {
		if won := string(text) == strconv.Itoa(i); won != (err == nil) || !won && !errors.Is(err, fs.ErrExist) {
			t.Errorf("writer %d of a file with %q got error %v", i, text, err)
		}
	}
	if left, err := os.ReadDir(filepath.Dir(name)); err != nil || len(left) != 1 {
		t.Errorf("folder has %v (%v), want one file", left, err)
	}
}

func TestCreateFile_SaysWhichFolderTakesNoFiles(t *testing.T) {
	root := t.TempDir()
	err := CreateFile(filepath.Join(root, "gone", "waivers.yaml"), nil)
	want := "make a file in " + filepath.Join(root, "gone") + ": "
	if err == nil || !strings.HasPrefix(err.Error(), want) || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error is %v, want %s…", err, want)
	}
}
