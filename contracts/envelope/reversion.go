package envelope

import (
	"slices"
	"strings"

	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/contracts/rawjson"
)

// Reversion says how a body has to be changed so that it names another version: the token
// to replace, and the JSON text to put in its place. What stands around the version stays,
// and so does SchemaVer's spelling with dashes. The token is -1 where the body does not
// name a version. The body must be one that Locate accepts.
func (e *Envelope) Reversion(d *rawjson.Document, version string) (token int, text []byte) {
	if at := d.Find(0, e.name); at >= 0 && e.namePattern != nil {
		name := d.TextString(at)
		if from, to, ok := group(e.namePattern.FindStringSubmatchIndex(name), e.namePattern.SubexpIndex("version")); ok {
			return at, splice(name, from, to, version)
		}
	}
	at := -1
	if e.version != nil {
		at = d.Find(0, e.version)
	}
	if at < 0 || d.Kind(at) == rawjson.Null {
		return -1, nil
	}
	old := string(d.Raw(at))
	if d.Kind(at) == rawjson.String {
		old = string(d.Text(at))
	}
	if e.versionPattern == nil {
		return at, splice(old, 0, len(old), version)
	}
	from, to, ok := group(e.versionPattern.FindStringSubmatchIndex(old), e.versionPattern.SubexpIndex("version"))
	if !ok {
		return -1, nil
	}
	return at, splice(old, from, to, version)
}

// group is where a group of a match stands, when it is not empty.
func group(match []int, i int) (from, to int, ok bool) {
	if match == nil || i < 0 || match[2*i] < 0 {
		return 0, 0, false
	}
	return match[2*i], match[2*i+1], match[2*i] < match[2*i+1]
}

// splice writes a text with another version between from and to, as JSON.
func splice(text string, from, to int, version string) []byte {
	if old := text[from:to]; strings.Contains(old, "-") && strings.Trim(old, "0123456789-") == "" {
		version = strings.ReplaceAll(version, ".", "-")
	}
	return document.AppendQuoted(nil, text[:from]+version+text[to:])
}

// Owns reports whether a member of the body belongs to the envelope: those that hold the
// name, the version, the source or the properties, and those listed under members.
func (e *Envelope) Owns(member string) bool {
	return slices.Contains(e.members, member) || !e.Flat() && e.properties[0] == member
}
