package dir

import (
	"fmt"
	"net/url"
	"strings"
)

// maxName is below the limit of every common file system for one path element.
const maxName = 240

const upperHex = "0123456789ABCDEF"

// Escape is the folder name of an event. It fails for names that are empty or
// too long for a file system.
func Escape(event string) (string, error) {
	if event == "" {
		return "", fmt.Errorf("event name is empty")
	}
	reserved := reservedPrefix(event)
	var b strings.Builder
	for i := 0; i < len(event); i++ {
		c := event[i]
		switch {
		case i == 0 && reserved, c == '.' && (i == 0 || i == len(event)-1), !plain(c):
			b.WriteByte('%')
			b.WriteByte(upperHex[c>>4])
			b.WriteByte(upperHex[c&15])
		default:
			b.WriteByte(c)
		}
	}
	if b.Len() > maxName {
		return "", fmt.Errorf("event name of %d bytes is too long for a folder, which has at most %d", b.Len(), maxName)
	}
	return b.String(), nil
}

// Unescape is the event of a folder name. It fails for names that Escape does
// not make.
func Unescape(folder string) (string, error) {
	event, err := url.PathUnescape(folder)
	if err == nil {
		var again string
		if again, err = Escape(event); err == nil && again == folder {
			return event, nil
		}
	}
	return "", fmt.Errorf("%q is not the folder of an event", folder)
}

func plain(c byte) bool {
	return 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '.' || c == '_' || c == '-'
}

// reservedPrefix reports whether Windows takes the name for a device: con,
// nul.anything, com1.
func reservedPrefix(event string) bool {
	stem, _, _ := strings.Cut(event, ".")
	switch stem {
	case "con", "prn", "aux", "nul":
		return true
	}
	return len(stem) == 4 && (stem[:3] == "com" || stem[:3] == "lpt") && '0' <= stem[3] && stem[3] <= '9'
}
