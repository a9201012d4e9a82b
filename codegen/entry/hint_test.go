package entry

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/workspace"
)

// renameHint finds the entry that a finding proposes.
var renameHint = regexp.MustCompile(`write rename: \{(.*): …\} into`)

// TestLint_ProposesAnEntryThatSettlesTheClash carries out what the hint says, where the name
// of a contract does not say which contract it is, or is something else in YAML.
func TestLint_ProposesAnEntryThatSettlesTheClash(t *testing.T) {
	const event = "version: 1.0.0\nproperties:\n"
	for name, contracts := range map[string][]string{
		"definition and event": {"event: order\n" + event + "  x: {$ref: order}\n", "define: order\ntype: object\nproperties: {a: {type: string}}\n"},
		"fragment and event": {
			"event: order\ninclude: [order]\n" + event + "  x: {type: string}\n",
			"fragment: order\nproperties: {y: {type: object, properties: {z: {type: string}}}, validate: {type: string}}\n",
		},
		"property":          {"event: order\n" + event + "  validate: {type: string}\n", "define: order\ntype: string\n"},
		"letters of YAML":   {"event: \"@a.b\"\n" + event + "  validate: {type: string}\n"},
		"control character": {"event: a.b\n" + event + "  s: {type: string, enum: [\"A\", \"\\u2028a\"]}\n"},
		"number":            {"event: \"12\"\n" + event + "  x: {$ref: n12}\n", "define: n12\ntype: object\nproperties: {a: {type: string}}\n"},
		"comma":             {"event: a.b\n" + event + "  s: {type: string, enum: [\"a,b\", \"a;b\", \"a, b\"]}\n"},
	} {
		t.Run(name, func(t *testing.T) {
			fsys := fstest.MapFS{}
			for i, text := range contracts {
				fsys["contracts/"+string(rune('a'+i))+".yaml"] = &fstest.MapFile{Data: []byte(text)}
			}
			const config = "language: v1\ngenerate:\n  - {target: go, out: gen, rename: {%s}}\n"
			found := clashes(t, fsys, fmt.Sprintf(config, ""))
			if len(found) == 0 {
				t.Fatal("there is no clash")
			}
			var entries []string
			for i, d := range found {
				hint := renameHint.FindStringSubmatch(d.Hint)
				if hint == nil {
					t.Fatalf("hint is %q", d.Hint)
				}
				value := fmt.Sprintf("Another%d", i)
				if strings.HasPrefix(d.Message, "fragment") {
					value = strings.ToLower(value) // it names a file
				}
				entries = append(entries, hint[1]+": "+value)
			}
			for _, d := range clashes(t, fsys, fmt.Sprintf(config, strings.Join(entries, ", "))) {
				t.Errorf("with %v: %s", entries, d.Message)
			}
		})
	}
}

// clashes are the findings of a workspace with a configuration.
func clashes(t *testing.T, fsys fstest.MapFS, config string) []diag.Diagnostic {
	t.Helper()
	fsys[workspace.ConfigName] = &fstest.MapFile{Data: []byte(config)}
	w, err := workspace.Load(context.Background(), fsys)
	if err != nil {
		t.Fatal(err)
	}
	if len(w.Diagnostics) > 0 {
		t.Fatalf("%s: %s", config, w.Diagnostics[0].Message)
	}
	found, err := Lint(context.Background(), w)
	if err != nil {
		t.Fatal(err)
	}
	return found
}
