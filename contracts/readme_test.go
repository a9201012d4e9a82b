package contracts_test

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/envelope"
	"github.com/evctl/evctl/contracts/formats"
	"github.com/evctl/evctl/contracts/golden"
	"github.com/evctl/evctl/contracts/payload"
	"github.com/evctl/evctl/contracts/workspace"
)

// block is a fenced block of the reference.
type block struct {
	kind string // "yaml contract", "yaml invalid properties", "json valid", "text", …
	line int    // of the fence
	text string
}

func blocksOf(t *testing.T, readme string) []block {
	var blocks []block
	var open *block
	for i, line := range strings.SplitAfter(readme, "\n") {
		info, fence := strings.CutPrefix(line, "```")
		switch {
		case fence && open == nil:
			open = &block{kind: strings.TrimSpace(info), line: i + 1}
		case fence:
			blocks = append(blocks, *open)
			open = nil
		case open != nil:
			open.text += line
		}
	}
	if open != nil {
		t.Fatalf("README.md:%d: the block is not closed", open.line)
	}
	return blocks
}

// Properties of an example are read as those of an event. Positions are those of
// the example.
const (
	eventHead   = "event: example\nversion: 1.0.0\nproperties:\n"
	headLines   = 3
	headColumns = 2
)

func (b block) file() *diag.File {
	if !strings.HasSuffix(b.kind, "properties") {
		return diag.NewFile("README.md", []byte(b.text))
	}
	return diag.NewFile("README.md", []byte(eventHead+indented(b.text)))
}

func indented(text string) string {
	var lines strings.Builder
	for line := range strings.Lines(text) {
		lines.WriteString("  " + line)
	}
	return lines.String()
}

// said prints problems as the reference does.
func (b block) said(diags []diag.Diagnostic) string {
	var text strings.Builder
	diag.Sort(diags)
	for _, d := range diags {
		p := d.Position()
		if strings.HasSuffix(b.kind, "properties") {
			p.Line, p.Column = p.Line-headLines, p.Column-headColumns
		}
		fmt.Fprintf(&text, "%d:%d: %s [%s]\n", p.Line, p.Column, d.Message, d.Rule)
		if d.Hint != "" {
			fmt.Fprintf(&text, "  hint: %s\n", d.Hint)
		}
	}
	return text.String()
}

// reader runs the blocks of the reference one after the other.
type reader struct {
	t      *testing.T
	shared []*contracts.Contract // definitions and fragments of all valid contracts
	latest *contracts.Contract   // what payloads are validated with
	said   string                // what the text block that comes next has to be
	says   map[int]string        // by line, what text blocks have to be
	runs   map[string]int
}

func (r *reader) load(b block) (*contracts.Contract, []diag.Diagnostic) {
	c, diags := contracts.Parse(b.file())
	if c == nil {
		return nil, diags
	}
	library, more := contracts.NewLibrary(r.shared)
	if len(more) > 0 {
		r.t.Fatalf("README.md:%d: shared contracts have problems:\n%s", b.line, render(more))
	}
	if c.Kind == contracts.Event {
		diags = append(diags, library.Link(c)...)
	}
	return c, diags
}

func (r *reader) run(b block) {
	r.runs[b.kind]++
	if r.said != "" && b.kind != "text" {
		r.t.Errorf("README.md:%d: a text block has to follow what is wrong:\n%s", b.line, r.said)
		r.said = ""
	}
	switch b.kind {
	case "yaml contract", "yaml properties":
		c, diags := r.load(b)
		if len(diags) > 0 {
			r.t.Errorf("README.md:%d: the example has problems:\n%s", b.line, b.said(diags))
			return
		}
		r.latest = c
		r.examples(b, c)
	case "yaml invalid contract", "yaml invalid properties":
		_, diags := r.load(b)
		r.said = b.said(diags)
	case "yaml config":
		_, diags := readConfig(b)
		if len(diags) > 0 {
			r.t.Errorf("README.md:%d: the example has problems:\n%s", b.line, b.said(diags))
		}
	case "yaml invalid config":
		_, diags := readConfig(b)
		r.said = b.said(diags)
	case "json valid", "json invalid":
		r.payloads(b)
	case "text":
		r.says[b.line] = r.said
		r.said = ""
	default:
		r.t.Errorf("README.md:%d: nothing runs a block of kind %q", b.line, b.kind)
	}
}

// rewritten is the reference with text blocks that say what evctl says.
func (r *reader) rewritten(readme string) []byte {
	var out []byte
	skipping := false
	for i, line := range strings.SplitAfter(readme, "\n") {
		if skipping = skipping && !strings.HasPrefix(line, "```"); skipping {
			continue
		}
		out = append(out, line...)
		if said, ok := r.says[i+1]; ok {
			out = append(out, said...)
			skipping = true
		}
	}
	return out
}

func readConfig(b block) (*workspace.Config, []diag.Diagnostic) {
	cfg, diags := workspace.ParseConfig(b.file())
	_, more := envelope.Parse(cfg)
	return cfg, append(diags, more...)
}

func (r *reader) payloads(b block) {
	v, err := payload.Compile(r.latest)
	if err != nil {
		r.t.Fatalf("README.md:%d: %v", b.line, err)
	}
	for line := range strings.Lines(b.text) {
		violations := v.Validate([]byte(strings.TrimSpace(line)))
		if valid := len(violations) == 0; valid != (b.kind == "json valid") {
			r.t.Errorf("README.md:%d: %s is valid: %v", b.line, line, valid)
		}
		for _, violation := range violations {
			r.said += violation.String() + "\n"
		}
	}
}

// examples validates the examples that a contract holds.
func (r *reader) examples(b block, c *contracts.Contract) {
	if c.Kind != contracts.Event {
		return
	}
	contracts.Walk(c.Payload, "", func(pointer string, s *contracts.Schema) bool {
		v, err := payload.CompileSchema(s)
		if err != nil {
			r.t.Fatal(err)
		}
		values := s.Examples
		if s.Default != nil {
			values = append(slices.Clip(values), *s.Default)
		}
		for _, value := range values {
			for _, violation := range v.Validate([]byte(value.JSON)) {
				r.t.Errorf("README.md:%d: example at %s: %s", b.line, pointer, violation)
			}
		}
		return true
	})
}

// tables are the parts of the reference that are written from the code's own tables.
func tables() map[string]string {
	var checks, presets, known strings.Builder
	for _, c := range contracts.Checks {
		fmt.Fprintf(&checks, "| `%s` | %s |\n", c.ID, c.Summary)
	}
	for _, p := range envelope.Presets {
		fmt.Fprintf(&presets, "| `%s` | %s |\n", p.Name, p.Summary)
	}
	for _, f := range formats.Table {
		fmt.Fprintf(&known, "| `%s` | %s: `%s` |\n", f.Name, f.Summary, f.Example)
	}
	return map[string]string{"checks": checks.String(), "presets": presets.String(), "formats": known.String()}
}

var generated = regexp.MustCompile(`(?s)<!-- (\w+) -->\n(.*?)<!-- end -->\n`)

func TestReference_IsWhatTheCodeDoes(t *testing.T) {
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	tables := tables()
	written := generated.ReplaceAllFunc(text, func(part []byte) []byte {
		name := string(generated.FindSubmatch(part)[1])
		table, ok := tables[name]
		if !ok {
			t.Fatalf("README.md: no table is called %q", name)
		}
		delete(tables, name)
		return fmt.Appendf(nil, "<!-- %s -->\n%s<!-- end -->\n", name, table)
	})
	for name := range tables {
		t.Errorf("README.md has no table of %s", name)
	}
	r := reader{t: t, says: map[int]string{}, runs: map[string]int{}}
	blocks := blocksOf(t, string(written))
	for _, b := range blocks {
		if c, _ := contracts.Parse(b.file()); b.kind == "yaml contract" && c != nil && c.Kind != contracts.Event {
			r.shared = append(r.shared, c)
		}
	}
	for _, b := range blocks {
		r.run(b)
	}
	golden.Check(t, "README.md", r.rewritten(string(written)))
	for _, kind := range []string{"yaml contract", "yaml properties", "yaml invalid contract", "yaml invalid properties", "yaml config", "yaml invalid config", "json valid", "json invalid", "text"} {
		if r.runs[kind] == 0 {
			t.Errorf("the reference has no block of kind %q", kind)
		}
	}
}

// The table of keywords is written by hand; it names every keyword of the parser
// once, with the types it constrains, and the limits are those of the code.
func TestReference_ListsEveryKeyword(t *testing.T) {
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(text), "## All keywords\n")
	section, _, _ = strings.Cut(section, "\n## ")
	got := map[string]string{}
	for line := range strings.Lines(section) {
		cells := strings.Split(line, "|")
		if len(cells) < 3 || !strings.Contains(cells[1], "`") {
			continue
		}
		for _, quoted := range strings.Split(cells[1], ",") {
			name := strings.Trim(strings.TrimSpace(quoted), "`")
			if _, twice := got[name]; twice {
				t.Errorf("keyword %s is listed twice", name)
			}
			got[name] = strings.TrimSpace(cells[2])
		}
	}
	want := map[string]string{}
	for name, types := range contracts.SchemaKeywords() {
		want[name] = strings.Join(types.Names(), ", ")
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("keywords (-parser +reference):\n%s", diff)
	}
	_, files, _ := strings.Cut(string(text), "### Events\n")
	files, _, _ = strings.Cut(files, "\n### ")
	for _, name := range contracts.ContractKeywords() {
		if name != string(contracts.Definition) && name != string(contracts.Fragment) && !strings.Contains(files, "`"+name+"`") {
			t.Errorf("the table of events does not list %s", name)
		}
	}
}

func TestReference_PromisesTheLimitsOfTheCode(t *testing.T) {
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(text), "## Limits\n")
	section, _, _ = strings.Cut(section, "\n## ")
	var got []string
	for line := range strings.Lines(section) {
		if cells := strings.Split(line, "|"); len(cells) > 3 && strings.ContainsAny(cells[2], "0123456789") {
			got = append(got, strings.ReplaceAll(strings.TrimSpace(cells[2]), ",", ""))
		}
	}
	var want []string
	for _, limit := range contracts.Limits {
		want = append(want, fmt.Sprint(limit))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("limits (-code +reference):\n%s", diff)
	}
}
