package lint

import (
	"path"
	"strings"
)

// glob is a compiled path pattern: * and ? match within a folder, ** matches any
// number of folders, and a pattern that matches a folder matches all that is in it.
type glob []string

// parseGlob splits a pattern and checks it; the error is path.ErrBadPattern.
func parseGlob(pattern string) (glob, error) {
	g := glob(strings.Split(strings.Trim(path.Clean("/"+pattern), "/"), "/"))
	for _, segment := range g {
		if _, err := path.Match(segment, ""); err != nil {
			return nil, err
		}
	}
	return g, nil
}

// match costs at most the product of the two lengths in segments.
func (g glob) match(name string) bool {
	segments := strings.Split(name, "/")
	// reached[i] tells whether the first i segments of the pattern can match what
	// was read of the name so far.
	reached := make([]bool, len(g)+1)
	reached[0] = true
	g.skipDoubleStars(reached)
	for _, segment := range segments {
		next := make([]bool, len(g)+1)
		for i, here := range reached[:len(g)] {
			if !here {
				continue
			}
			if g[i] == "**" {
				next[i] = true
			} else if ok, _ := path.Match(g[i], segment); ok {
				next[i+1] = true
			}
		}
		g.skipDoubleStars(next)
		if next[len(g)] {
			return true // the pattern ends here: a folder, or the file itself
		}
		reached = next
	}
	return false
}

// skipDoubleStars lets every ** match nothing.
func (g glob) skipDoubleStars(reached []bool) {
	for i, segment := range g {
		if reached[i] && segment == "**" && i+1 < len(reached) {
			reached[i+1] = true
		}
	}
}

// underAny reports whether a file is one of the paths or lies in one of them.
func underAny(file string, paths []string) bool {
	for _, p := range paths {
		p = path.Clean(p)
		if p == "." || p == file || strings.HasPrefix(file, p+"/") {
			return true
		}
	}
	return false
}
