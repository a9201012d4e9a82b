package lint

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/waivers"
	"github.com/evctl/evctl/contracts/workspace"
)

// FixedFile is a file with its repairs carried out.
type FixedFile struct {
	File *diag.File // as it was
	Text []byte     // as it should be
	// Titles says what was done, in the order of the file, one for each fix.
	Titles []string
}

// Fixes is what the fixes of a run amount to.
type Fixes struct {
	Files []FixedFile // ordered by path
	// Refused lists the files of fixes that would make one unreadable and were left out.
	Refused []string
	// Left counts fixes that do not go together with others; the next run offers them
	// again.
	Left int
}

// Fix carries out the fixes of diagnostics in memory. A fix that touches several
// files is carried out in all of them or in none.
func Fix(list []diag.Diagnostic) *Fixes {
	f := &Fixes{}
	accepted := f.accept(list)
	if broken := f.apply(accepted); len(broken) > 0 {
		f.apply(f.withoutBreaking(accepted, broken))
	}
	return f
}

// accept picks fixes whose edits do not overlap, first come, first served.
func (f *Fixes) accept(list []diag.Diagnostic) []*diag.Fix {
	taken := map[*diag.File]*editSet{}
	var accepted []*diag.Fix
	for i := range list {
		x := list[i].Fix
		if x == nil {
			continue
		}
		if slices.ContainsFunc(x.Edits, func(e diag.Edit) bool { return taken[e.File].overlaps(e) }) {
			f.Left++
			continue
		}
		for _, e := range x.Edits {
			if taken[e.File] == nil {
				taken[e.File] = &editSet{}
			}
			taken[e.File].add(e)
		}
		accepted = append(accepted, x)
	}
	return accepted
}

// editSet is edits of one file that do not overlap, sorted by their start.
type editSet struct{ edits []diag.Edit }

// find is the index of the first edit that starts at or behind an offset.
func (s *editSet) find(at int32) int {
	i, _ := slices.BinarySearchFunc(s.edits, at, func(e diag.Edit, at int32) int { return cmp.Compare(e.Span.Start, at) })
	return i
}

// overlaps reports whether an edit touches the bytes of another one. The same edit
// twice is no conflict.
func (s *editSet) overlaps(e diag.Edit) bool {
	if s == nil {
		return false
	}
	i := s.find(e.Span.Start)
	if i > 0 && s.edits[i-1].Span.End > e.Span.Start {
		return true
	}
	if i == len(s.edits) || s.edits[i] == e {
		return false
	}
	next := s.edits[i].Span
	return next.Start == e.Span.Start || next.Start < e.Span.End
}

func (s *editSet) add(e diag.Edit) {
	i := s.find(e.Span.Start)
	if i == len(s.edits) || s.edits[i] != e {
		s.edits = slices.Insert(s.edits, i, e)
	}
}

// maxTrials bounds how many fixes of broken files are tried one by one.
const maxTrials = 200

// withoutBreaking leaves out the fixes that make files unreadable. Those that do so only
// together with another one, such as two that choose the same name, are left for the
// next run; those that do so alone are refused with their files.
func (f *Fixes) withoutBreaking(fixes []*diag.Fix, broken []*diag.File) []*diag.Fix {
	touches := func(x *diag.Fix) bool {
		return slices.ContainsFunc(x.Edits, func(e diag.Edit) bool { return slices.Contains(broken, e.File) })
	}
	good := slices.DeleteFunc(slices.Clone(fixes), touches)
	trials := 0
	for _, x := range fixes {
		if !touches(x) {
			continue
		}
		trials++
		switch {
		case trials > maxTrials:
			f.Left++
		case len(f.apply(append(slices.Clip(good), x))) == 0:
			good = append(good, x)
		case len(f.apply([]*diag.Fix{x})) == 0:
			f.Left++
		default:
			f.refuse(x)
		}
	}
	slices.Sort(f.Refused)
	f.Refused = slices.Compact(f.Refused)
	return good
}

func (f *Fixes) refuse(x *diag.Fix) {
	for _, e := range x.Edits {
		f.Refused = append(f.Refused, e.File.Path)
	}
}

// apply makes the new texts, and returns the files that could not be read back.
func (f *Fixes) apply(fixes []*diag.Fix) (broken []*diag.File) {
	f.Files = nil
	edits := map[*diag.File][]diag.Edit{}
	titles := map[*diag.File][]string{}
	for _, x := range fixes {
		for i, e := range x.Edits {
			edits[e.File] = append(edits[e.File], e)
			first := slices.IndexFunc(x.Edits, func(o diag.Edit) bool { return o.File == e.File })
			if i == first {
				titles[e.File] = append(titles[e.File], x.Title)
			}
		}
	}
	for file, list := range edits {
		text, left := diag.Apply(file, list)
		if left > 0 || !readable(file, text) {
			broken = append(broken, file)
			continue
		}
		if !bytes.Equal(text, file.Data) {
			f.Files = append(f.Files, FixedFile{File: file, Text: text, Titles: titles[file]})
		}
	}
	slices.SortFunc(f.Files, func(a, b FixedFile) int { return strings.Compare(a.File.Path, b.File.Path) })
	slices.SortFunc(broken, func(a, b *diag.File) int { return strings.Compare(a.Path, b.Path) })
	return broken
}

// readable reports whether a repaired file has no more errors of the language than
// it had before.
func readable(before *diag.File, text []byte) bool {
	after := diag.NewFile(before.Path, text)
	if path.Base(before.Path) == workspace.ConfigName {
		_, old := workspace.ParseConfig(before)
		c, now := workspace.ParseConfig(after)
		return c.Node != nil && len(now) <= len(old)
	}
	if before.Path == waivers.FileName {
		_, old := waivers.Parse(before)
		_, now := waivers.Parse(after)
		return len(now) <= len(old)
	}
	_, old := contracts.Parse(before)
	c, now := contracts.Parse(after)
	return c != nil && len(now) <= len(old)
}

// Write replaces the files below root, each in one step: a file is either as it was
// or repaired. A file that changed since it was read is not touched, and an error.
func (f *Fixes) Write(root string) error {
	for _, fixed := range f.Files {
		if err := fixed.write(filepath.Join(root, filepath.FromSlash(fixed.File.Path))); err != nil {
			return fmt.Errorf("write %s: %w", fixed.File.Path, err)
		}
	}
	return nil
}

func (f *FixedFile) write(name string) error {
	// A link is followed, so that the file it names is replaced and not the link.
	name, err := filepath.EvalSymlinks(name)
	if err != nil {
		return err
	}
	return putInPlace(name, f.Text, func(temporary string) error {
		// Looked at last, so that nothing that others write meanwhile is lost.
		now, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		if !bytes.Equal(now, f.File.Data) {
			return fmt.Errorf("file changed while it was checked; run the command again")
		}
		return os.Rename(temporary, name)
	})
}

// CreateFile makes a file in one step. It fails with fs.ErrExist where there is one of that
// name, be it a link that leads nowhere.
func CreateFile(name string, text []byte) error {
	return putInPlace(name, text, func(temporary string) error {
		err := os.Link(temporary, name)
		if err == nil || errors.Is(err, fs.ErrExist) {
			return err
		}
		// A file system without links.
		if _, err := os.Lstat(name); !errors.Is(err, fs.ErrNotExist) {
			return fs.ErrExist
		}
		return os.Rename(temporary, name)
	})
}

// WriteFile replaces a file in one step: it is written beside the old one, with its
// permissions, and put in its place.
func WriteFile(name string, text []byte) error {
	return putInPlace(name, text, func(temporary string) error { return os.Rename(temporary, name) })
}

// putInPlace writes a text beside the file of that name, and has it moved there.
func putInPlace(name string, text []byte, move func(temporary string) error) error {
	mode := os.FileMode(0o644)
	if info, err := os.Stat(name); err == nil {
		mode = info.Mode().Perm()
	}
	temporary, err := os.CreateTemp(filepath.Dir(name), ".evctl-*")
	if at := (*fs.PathError)(nil); errors.As(err, &at) {
		return fmt.Errorf("make a file in %s: %w", filepath.Dir(name), at.Err)
	}
	if err != nil {
		return err
	}
	defer os.Remove(temporary.Name())
	_, err = temporary.Write(text)
	if err == nil {
		err = temporary.Chmod(mode)
	}
	if err == nil {
		err = temporary.Sync()
	}
	if closeErr := temporary.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return err
	}
	return move(temporary.Name())
}
