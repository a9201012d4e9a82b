package site

import (
	"net/url"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/evctl/evctl/registry"
	"github.com/evctl/evctl/registry/dir"
)

// foldersOf gives each event its folder below events/, with slashes.
func foldersOf(all []registry.Published) (map[string]string, error) {
	folded := map[string]int{}
	events := map[string]bool{}
	for _, p := range all {
		if !events[p.Event] {
			events[p.Event] = true
			folded[strings.ToLower(p.Event)]++
		}
	}
	folders := make(map[string]string, len(events))
	for event := range events {
		folders[event] = event
		lower := strings.ToLower(event)
		if plain(event) && (folded[lower] == 1 || event == lower) {
			continue
		}
		folder, err := dir.Escape(event)
		if err != nil {
			return nil, err
		}
		folders[event] = folder
	}
	return folders, nil
}

// longestName is how many bytes a part of a plain name has at most; file systems take 255.
const longestName = 200

// plain reports whether a name can be a path on any file system and in any URL.
func plain(name string) bool {
	if !utf8.ValidString(name) {
		return false
	}
	for part := range strings.SplitSeq(name, "/") {
		switch {
		case part == "", len(part) > longestName, part[0] == '.', strings.HasSuffix(part, "."), strings.HasSuffix(part, ".json"),
			strings.TrimSpace(part) != part, strings.ContainsFunc(part, unfit), reserved(part):
			return false
		}
	}
	return true
}

// unfit are characters that some file system or URL gives a meaning.
func unfit(r rune) bool { return !unicode.IsPrint(r) || strings.ContainsRune(`\:*?"<>|%#`, r) }

// reserved reports whether Windows takes a name for a device. What registry/dir escapes in
// a name of lower-case letters is that.
func reserved(part string) bool {
	stem, _, _ := strings.Cut(strings.ToLower(part), ".")
	escaped, err := dir.Escape(stem)
	return err != nil || strings.Trim(stem, "abcdefghijklmnopqrstuvwxyz0123456789") == "" && escaped != stem
}

// urlOf is a path as it is written in a URL.
func urlOf(file string) string {
	parts := strings.Split(file, "/")
	for i, part := range parts {
		parts[i] = url.PathEscape(part)
	}
	return path.Join(parts...)
}
