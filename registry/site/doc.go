// Package site writes what is released as files that any web server can hand to
// collectors: the paths and contents of the read routes of registry/httpapi.
//
//	v1/bundle.json                     everything a collector needs
//	v1/events.json                     what is released, with the path of each release
//	v1/events/{event}/{version}.json   a release; it never changes
//	v1/events/{event}/latest.json      the newest release of an event
//
// A file appears complete or not at all, and one that would not change is not touched. The
// bundle comes last, so that whatever it promises is there.
//
// Web servers undo the escapes of a URL before they look for a file, so the folder of an
// event has the event's plain name, with a folder for each slash. A name that some file
// system cannot hold, or cannot tell from another one, has the folder that registry/dir
// gives it; the index says where.
package site
