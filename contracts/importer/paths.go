package importer

import (
	"fmt"
	"strings"
)

// FilePaths proposes a file for each event, relative to the folder of contracts and
// with slashes. Names become paths that every file system takes; no two of them are
// equal, not even where case does not count.
func FilePaths(events []string) map[string]string {
	paths := make(map[string]string, len(events))
	taken := map[string]bool{}
	for _, event := range events {
		if paths[event] != "" {
			continue
		}
		stem := fileStem(event)
		path := stem + ".yaml"
		for i := 2; taken[strings.ToLower(path)]; i++ {
			path = fmt.Sprintf("%s-%d.yaml", stem, i)
		}
		taken[strings.ToLower(path)] = true
		paths[event] = path
	}
	return paths
}

// maxSegment bounds the length of a folder or file name.
const maxSegment = 100

func fileStem(event string) string {
	var segments []string
	for segment := range strings.SplitSeq(event, "/") {
		if s := fileSegment(segment); s != "" {
			segments = append(segments, s)
		}
	}
	if len(segments) == 0 {
		return "event"
	}
	for i, folder := range segments[:len(segments)-1] {
		segments[i] = strings.TrimSuffix(folder, ".yaml") // no folder is called like a file
	}
	return strings.Join(segments, "/")
}

// deviceNames are not names of files on Windows, with any extension.
var deviceNames = map[string]bool{"con": true, "prn": true, "aux": true, "nul": true, "conin$": true, "conout$": true}

func fileSegment(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case r == '_' || r == '.' || r == '-' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9':
			b.WriteRune(r)
		case !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	s := strings.Trim(b.String(), ".-")
	s = strings.Trim(s[:min(len(s), maxSegment)], ".-")
	first, _, _ := strings.Cut(strings.ToLower(s), ".")
	if deviceNames[first] || len(first) == 4 && (strings.HasPrefix(first, "com") || strings.HasPrefix(first, "lpt")) && first[3] >= '0' && first[3] <= '9' {
		return "_" + s
	}
	return s
}
