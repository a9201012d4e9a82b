package formats

import "embed"

// Source is the code of the scanners, for generators that write it beside what they
// generate: the same checks everywhere. It uses the standard library only. The scanner of
// a format is called valid and the format's name, as in validDateTime. Files of tests, and
// formats.go, are not part of it.
//
//go:embed *.go
var Source embed.FS
