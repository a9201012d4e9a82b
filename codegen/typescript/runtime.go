package typescript

import (
	"embed"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/naming"
)

// The modules that generated code calls, as they are written.
//
//go:embed runtime/*.ts
var sources embed.FS

// declaration is a part of a module that stands by itself.
type declaration struct {
	name, text string
}

// library is a module of the runtime.
type library struct {
	text         string
	declarations []declaration
	names        []string
}

var (
	helperLibrary = sync.OnceValue(func() *library { return parseLibrary(checksModule) })
	formatLibrary = sync.OnceValue(func() *library { return parseLibrary(formatsModule) })
)

var declared = regexp.MustCompile(`(?m)^(?:export )?(?:async )?(?:function|const|interface|type) (\w+)`)

// parseLibrary takes a module apart: declarations stand behind empty lines, and lines
// that are indented or end a block belong to the one before.
func parseLibrary(module string) *library {
	text, err := sources.ReadFile("runtime/" + module + ".ts")
	if err != nil {
		panic(err) // it is part of the program
	}
	l := &library{text: string(text)}
	for _, part := range strings.Split(strings.TrimPrefix(l.text, header), "\n\n") {
		m := declared.FindStringSubmatch(part)
		if m == nil {
			continue // a comment about those that follow
		}
		l.declarations = append(l.declarations, declaration{m[1], strings.TrimSpace(part)})
		l.names = append(l.names, m[1])
	}
	return l
}

var identifier = regexp.MustCompile(`\w+`)

// only is the module without what nobody needs.
func (l *library) only(wanted map[string]bool) string {
	needed := map[string]bool{}
	var need func(name string)
	need = func(name string) {
		i := slices.Index(l.names, name)
		if i < 0 || needed[name] {
			return
		}
		needed[name] = true
		for _, used := range identifier.FindAllString(l.declarations[i].text, -1) {
			need(used)
		}
	}
	for name := range wanted {
		need(name)
	}
	parts := []string{strings.TrimSpace(header)}
	for _, d := range l.declarations {
		if needed[d.name] {
			parts = append(parts, d.text)
		}
	}
	return strings.Join(parts, "\n\n") + "\n"
}

// formatFunction is the name of the function for a format.
func formatFunction(format string) string { return "is" + naming.Of(format).Pascal(nil) }

// runtime lists the modules that generated code calls.
func (g *generator) runtime() []codegen.File {
	used := g.formats()
	modules := map[string]string{checksModule: helperLibrary().text, trackerModule: ""}
	if len(used) > 0 {
		modules[formatsModule] = formatLibrary().only(used)
	}
	tracker, _ := sources.ReadFile("runtime/" + trackerModule + ".ts")
	modules[trackerModule] = string(tracker)
	var files []codegen.File
	for module, text := range modules {
		for _, other := range []string{checksModule, formatsModule} {
			text = strings.ReplaceAll(text, `from "./`+other+`.js"`, "from "+g.specifier(other))
		}
		files = append(files, codegen.File{Path: module + ".ts", Content: []byte(text)})
	}
	return files
}

// formats are the functions of the formats that any event uses.
func (g *generator) formats() map[string]bool {
	formats := map[string]bool{}
	for _, u := range g.units {
		for _, t := range u.Types {
			contracts.EachSchema(t.Schema, func(s *contracts.Schema) {
				if s.Format != "" {
					formats[s.Format] = true
				}
			})
		}
	}
	used := make(map[string]bool, len(formats))
	for format := range formats {
		used[formatFunction(format)] = true
	}
	return used
}
