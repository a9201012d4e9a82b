package entry

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/codegen/targets"
	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/contracts/workspace"
)

// drawnName draws names that meet often: in other cases, with other separators, with words
// that targets put before and behind names, and with those that they keep for themselves.
func drawnName(t *rapid.T, label string) string {
	words := rapid.SliceOfN(rapid.SampledFrom(strings.Fields(`order orders item items value entry a ab b bc c new event parse check is
		version digest variant uuid optional tracker class type extra validate redacted decode index 1 2 n1 Order ORDER É 日 tag`)), 1, 3).Draw(t, label)
	return strings.Join(words, rapid.SampledFrom([]string{"", "_", ".", " ", "-"}).Draw(t, label+" separator"))
}

// drawnSchema draws a schema in flow style; definitions are those that it may refer to.
func drawnSchema(t *rapid.T, definitions []string, depth int) string {
	kinds := []string{"string", "string", "string", "enum", "enum", "uuid"}
	if len(definitions) > 0 {
		kinds = append(kinds, "ref", "ref")
	}
	if depth > 0 {
		kinds = append(kinds, "object", "object", "array", "map", "union")
	}
	switch rapid.SampledFrom(kinds).Draw(t, "kind") {
	case "enum":
		var values []string
		for _, v := range drawnNames(t, "value", 3) {
			values = append(values, document.Quote(v))
		}
		return "{type: string, enum: [" + strings.Join(values, ", ") + "]}"
	case "uuid":
		return "{type: string, format: uuid, nullable: true}"
	case "ref":
		return "{$ref: " + document.Quote(rapid.SampledFrom(definitions).Draw(t, "ref")) + "}"
	case "object":
		return fmt.Sprintf("{type: object, additionalProperties: %t, properties: {%s}}", rapid.Bool().Draw(t, "open"), drawnProperties(t, definitions, depth-1))
	case "array":
		return "{type: array, items: " + drawnSchema(t, definitions, depth-1) + "}"
	case "map":
		return "{type: map, values: " + drawnSchema(t, definitions, depth-1) + "}"
	case "union":
		var variants []string
		for _, name := range drawnNames(t, "variant", 2) {
			variants = append(variants, document.Quote(name)+": {type: object, properties: {"+drawnProperties(t, definitions, 0)+"}}")
		}
		return "{oneOf: {" + strings.Join(variants, ", ") + "}, discriminator: zz}"
	}
	return "{type: string}"
}

func drawnNames(t *rapid.T, label string, most int) []string {
	return rapid.SliceOfNDistinct(rapid.Custom(func(t *rapid.T) string { return drawnName(t, label) }), 1, most, rapid.ID).Draw(t, label+"s")
}

func drawnProperties(t *rapid.T, definitions []string, depth int) string {
	var list []string
	for _, name := range drawnNames(t, "property", 4) {
		list = append(list, document.Quote(name)+": "+drawnSchema(t, definitions, depth))
	}
	return strings.Join(list, ", ")
}

// drawnContracts draws definitions, a fragment, and events that use them.
func drawnContracts(t *rapid.T) fstest.MapFS {
	fsys := fstest.MapFS{}
	put := func(name, text string) {
		fsys[fmt.Sprintf("contracts/%d_%s.yaml", len(fsys), strings.Map(letter, name))] = &fstest.MapFile{Data: []byte(text)}
	}
	var definitions []string
	for _, name := range drawnNames(t, "definition", 3) {
		put(name, "define: "+document.Quote(name)+"\n"+strings.Trim(strings.ReplaceAll(block(drawnSchema(t, nil, 2)), "\n\n", "\n"), "\n")+"\n")
		definitions = append(definitions, name)
	}
	put("f", "fragment: web_item\nproperties: {"+drawnProperties(t, definitions, 1)+"}\n")
	for _, name := range drawnNames(t, "event", 4) {
		text := "event: " + document.Quote(name) + "\nversion: 1.0.0\n"
		if rapid.Bool().Draw(t, "include") {
			text += "include: [web_item]\n"
		}
		own := definitions
		if rapid.Bool().Draw(t, "local") {
			local := drawnName(t, "local")
			if !slices.Contains(own, local) {
				text += "definitions: {" + document.Quote(local) + ": " + drawnSchema(t, nil, 1) + "}\n"
				own = append(slices.Clone(own), local)
			}
		}
		put(name, text+"properties: {"+drawnProperties(t, own, 2)+"}\n")
	}
	return fsys
}

// block turns the outermost braces of a schema into lines.
func block(flow string) string {
	var b strings.Builder
	depth := 0
	quoted := false
	for i, r := range flow[1 : len(flow)-1] {
		switch {
		case r == '"' && flow[i] != '\\':
			quoted = !quoted
		case quoted:
		case r == '{' || r == '[':
			depth++
		case r == '}' || r == ']':
			depth--
		case r == ',' && depth == 0:
			b.WriteString("\n")
			continue
		}
		b.WriteRune(r)
	}
	lines := strings.Split(b.String(), "\n")
	for i := range lines {
		lines[i] = strings.TrimSpace(lines[i])
	}
	return strings.Join(lines, "\n")
}

func letter(r rune) rune {
	if 'a' <= r && r <= 'z' {
		return r
	}
	return 'x'
}

// config asks for all targets.
func config() string {
	text := "language: v1\ngenerate:\n"
	for _, t := range targets.All {
		text += fmt.Sprintf("  - {target: %s, out: %s}\n", t.Name(), t.Name())
	}
	return text + "  - {target: go, out: domains, options: {packages: domain}}\n  - {target: jsonschema, out: files, options: {definitions: files}}\n" +
		"  - {target: typescript, out: branded, options: {ids: branded}}\n"
}

// load reads contracts with a configuration; nil when they have errors.
func load(t *rapid.T, fsys fstest.MapFS, config string) *workspace.Workspace {
	fsys = maps.Clone(fsys)
	fsys[workspace.ConfigName] = &fstest.MapFile{Data: []byte(config)}
	w, err := workspace.Load(context.Background(), fsys)
	if err != nil {
		t.Fatal(err)
	}
	if len(w.Diagnostics) > 0 {
		return nil // such as two definitions of one name
	}
	return w
}

func lint(t *rapid.T, w *workspace.Workspace) []string {
	found, err := Lint(context.Background(), w)
	if err != nil {
		t.Fatal(err)
	}
	return subjects(found)
}

// subjects are the places of findings. Which of several names is the other one depends on
// what else is looked at.
func subjects(found []diag.Diagnostic) []string {
	var list []string
	for _, d := range found {
		list = append(list, d.Subject)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// lintWhole is Lint without the sieve.
func lintWhole(t *rapid.T, w *workspace.Workspace) []string {
	l := linter{workspace: w}
	for i := range w.Config.Generate {
		job, err := Job(context.Background(), w, i)
		if err != nil {
			t.Fatal(err)
		}
		l.entries = append(l.entries, entry{job: job, whole: true})
		l.lookAt(i)
	}
	return subjects(l.findings())
}

// TestLint_FindsDefinitionsThatStandAlone is about targets that do not name the definitions of an
// event after it.
func TestLint_FindsDefinitionsThatStandAlone(t *testing.T) {
	const money = "{type: object, properties: {amount: {type: integer}}}"
	for what, c := range map[string]struct {
		files fstest.MapFS
		want  []string
	}{
		"called as its event": {
			fstest.MapFS{"contracts/a.yaml": {Data: []byte("event: money\nversion: 1.0.0\ndefinitions: {money: " + money + "}\nproperties: {total: {$ref: money}}\n")}},
			[]string{"money#/definitions/money"},
		},
		"called as one that is shared": {
			fstest.MapFS{
				"contracts/a.yaml": {Data: []byte("event: paid\nversion: 1.0.0\ndefinitions: {shop_money: " + money + "}\nproperties: {total: {$ref: shop_money}, fee: {$ref: ShopMoney}}\n")},
				"contracts/b.yaml": {Data: []byte("define: ShopMoney\ntype: object\nproperties: {amount: {type: integer}}\n")},
			},
			[]string{"ShopMoney#"},
		},
	} {
		c.files[workspace.ConfigName] = &fstest.MapFile{Data: []byte("language: v1\ngenerate:\n  - {target: avro, out: gen}\n")}
		w, err := workspace.Load(t.Context(), c.files)
		if err != nil || len(w.Diagnostics) > 0 {
			t.Fatal(what, err, w.Diagnostics)
		}
		found, err := Lint(t.Context(), w)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.want, subjects(found)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}
}

func TestLint_FindsWhatGivingAllNamesFinds(t *testing.T) {
	clashing, clean := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		w := load(t, drawnContracts(t), config())
		if w == nil {
			return
		}
		want := lintWhole(t, w)
		if diff := cmp.Diff(want, lint(t, w)); diff != "" {
			t.Fatalf("(-want +got):\n%s\n%s", diff, texts(w))
		}
		if len(want) > 0 {
			clashing++
		} else {
			clean++
		}
	})
	if clashing == 0 || clean == 0 {
		t.Errorf("%d workspaces with clashes and %d without: one of them is not tried", clashing, clean)
	}
	t.Logf("%d with clashes, %d without", clashing, clean)
}

// TestLint_FindsWhatOtherNamesClashWith gives one thing another name, which something else may
// have already.
func TestLint_FindsWhatOtherNamesClashWith(t *testing.T) {
	clashing, clean := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		w := load(t, drawnContracts(t), config())
		if w == nil {
			return
		}
		i := rapid.IntRange(0, len(w.Config.Generate)-1).Draw(t, "entry")
		job, err := Job(context.Background(), w, i)
		if err != nil {
			t.Fatal(err)
		}
		var keys, names []string
		job.Names(codegen.NewModel(codegen.Source{Events: w.Events(), NamesOnly: true}), &codegen.Names{Visit: func(s *codegen.Scope, identifier string, of codegen.Origin) {
			if of.What() != "" && of.What() != "fragment" && !s.OfFiles() {
				keys, names = append(keys, of.Key()), append(names, identifier)
			}
		}})
		if len(keys) == 0 {
			return
		}
		key := rapid.SampledFrom(keys).Draw(t, "key")
		w.Config.Generate[i].Rename = map[string]string{key: rapid.SampledFrom(append(names, "Zq", "zq")).Draw(t, "name")}
		want := lintWhole(t, w)
		if diff := cmp.Diff(want, lint(t, w)); diff != "" {
			t.Fatalf("%s %v (-want +got):\n%s\n%s", w.Config.Generate[i].Target, w.Config.Generate[i].Rename, diff, texts(w))
		}
		if len(want) > 0 {
			clashing++
		} else {
			clean++
		}
	})
	if clashing == 0 || clean == 0 {
		t.Errorf("%d workspaces with findings and %d without: one of them is not tried", clashing, clean)
	}
}

func texts(w *workspace.Workspace) string {
	var b strings.Builder
	for _, c := range w.Contracts {
		b.WriteString(c.File.Path + "\n" + string(c.File.Data) + "\n")
	}
	return b.String()
}

// identifiers lists all that a job calls something, by what it is, and wants them to differ
// within each scope.
func identifiers(t *rapid.T, job codegen.Job, events []*contracts.Contract) map[string][]string {
	all := map[string][]string{}
	scopes := map[*codegen.Scope]map[string]codegen.Origin{}
	m := codegen.NewModel(codegen.Source{Events: events, NamesOnly: true})
	job.Names(m, &codegen.Names{Visit: func(s *codegen.Scope, identifier string, of codegen.Origin) {
		key := of.What() + " " + of.Key()
		if !slices.Contains(all[key], identifier) {
			all[key] = append(all[key], identifier)
			slices.Sort(all[key])
		}
		if s == nil {
			return
		}
		if scopes[s] == nil {
			scopes[s] = map[string]codegen.Origin{}
		}
		if other, taken := scopes[s][identifier]; taken {
			t.Fatalf("%s calls both %s and %s %s", job.Target.Name(), key, other.Key(), identifier)
		}
		scopes[s][identifier] = of
	}})
	return all
}

// TestLint_KeepsNamesWhereItIsSilent is what people rely on who use generated code: nothing
// has a number, and a name never changes because of another contract.
func TestLint_KeepsNamesWhereItIsSilent(t *testing.T) {
	kept := 0
	rapid.Check(t, func(t *rapid.T) {
		w := load(t, drawnContracts(t), config())
		if w == nil || len(lintWhole(t, w)) > 0 || sameNames(w) {
			return
		}
		events := w.Events()
		for i := range w.Config.Generate {
			job, err := Job(context.Background(), w, i)
			if err != nil {
				t.Fatal(err)
			}
			whole := identifiers(t, job, events)
			for drop := range events {
				for key, before := range identifiers(t, job, slices.Delete(slices.Clone(events), drop, drop+1)) {
					for _, identifier := range before {
						if !slices.Contains(whole[key], identifier) {
							t.Fatalf("%s calls %s %s, but %q because of %s\n%s", job.Target.Name(), key, identifier, whole[key], events[drop].Name, texts(w))
						}
					}
				}
			}
			kept++
		}
	})
	if kept == 0 {
		t.Error("no workspace is without clashes")
	}
	t.Logf("%d targets of workspaces without clashes", kept)
}

// sameNames reports whether other rules find that properties or events are called alike.
func sameNames(w *workspace.Workspace) bool {
	m := codegen.NewModel(codegen.Source{Events: w.Events(), NamesOnly: true})
	return slices.ContainsFunc(m.Collisions, func(c codegen.Collision) bool { return c.What == "event" || c.What == "property" })
}
