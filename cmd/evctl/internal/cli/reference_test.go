package cli

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/impact"
	"github.com/evctl/evctl/contracts/importer"
	"github.com/evctl/evctl/contracts/payload"
	"github.com/evctl/evctl/contracts/waivers"
	"github.com/evctl/evctl/lint"
	"github.com/evctl/evctl/lint/report"
	"github.com/evctl/evctl/registry"
)

// marshalled are the types behind the tables of fields of cmd/evctl/README.md, by the
// headings of the tables.
var marshalled = map[string]any{
	"evctl init --format json": initDocument{}, "WrittenFile": initFile{},
	"evctl lint --format json": report.Document{}, "LintSummary": report.Summary{}, "Finding": report.Finding{},
	"Place": report.Place{}, "Position": diag.Position{}, "Related": report.Related{}, "Fix": report.Fix{}, "Edit": report.Edit{},
	"evctl lint --waive --format json": waiveDocument{}, "WaivedBreak": waivedBreak{}, "Waiver": waivers.Waiver{},
	"evctl bump --format json": bumpDocument{}, "VersionBump": bumpEntry{},
	"Baseline file": lint.Baseline{}, "KnownFinding": lint.KnownFinding{},
	"evctl generate --format json": generateResult{}, "GeneratedFile": codegen.Change{}, "Collision": collisionEntry{},
	"Target": targetEntry{}, "Option": optionEntry{},
	"evctl diff --format json": diffDocument{}, "EventDiff": diffEvent{}, "Change": diffChange{}, "Effect": diag.Effect{}, "Witness": diag.Witness{},
	"evctl push --format json": pushDocument{},
	"PlacedVerdict":            eventVerdict{}, "VerdictGroup": verdictGroup{}, "Verdict": payload.Verdict{},
	"Violation": payload.Violation{}, "Attempt": payload.Attempt{},
	"evctl impact --format json": impact.Report{}, "ImpactSummary": impact.Summary{}, "ImpactCounts": impact.Counts{},
	"ImpactFinding": impact.Finding{}, "VersionCount": impact.VersionCount{}, "FindingChange": impact.FindingChange{},
	"Sample": impact.Sample{}, "ImpactGroup": impact.Group{}, "Undecided": impact.Undecided{},
	"evctl import --format json": importDocument{}, "ImportSummary": importSummary{}, "ImportedSchema": importedSchema{},
	"Refusal": importer.Refusal{}, "Remark": importer.Remark{}, "RefusalCount": importer.Reason{}, "Checked": importer.Checked{},
	"History": importHistory{}, "Renumbered": renumbered{},
	"evctl rules --format json": rulesDocument{}, "Rule": ruleEntry{},
	"evctl explain --format json": explanation{}, "ExampleFile": lint.ExampleFile{},
	"Index": registry.Index{}, "IndexEvent": registry.IndexEvent{}, "IndexVersion": registry.IndexVersion{},
}

// TestReference_HasTheTagsOfEveryType finds fields that no run of the commands happens to
// print: names and optionality of each table are those of the json tags.
func TestReference_HasTheTagsOfEveryType(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	tables := fieldTables(string(text))
	for heading, v := range marshalled {
		want := tagsOf(reflect.TypeOf(v))
		got := flatten(tables, heading)
		slices.Sort(want)
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("table below %s differs from %T (-want +got):\n%s", heading, v, diff)
		}
	}
}

// tagsOf are the names that a struct has in JSON, those of embedded structs too.
func tagsOf(typ reflect.Type) []string {
	var names []string
	for i := range typ.NumField() {
		f := typ.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous && name == "":
			names = append(names, tagsOf(f.Type)...)
		case !f.IsExported() || name == "-":
		case options == "omitempty":
			names = append(names, name+", optional")
		default:
			names = append(names, name)
		}
	}
	return names
}

var row = regexp.MustCompile("^\\| (?:`([^`]+)`|\\[(\\w+)\\]\\(#\\w+\\)) \\|([^|]*)\\|")

// fieldTables are the rows of the tables of fields, by heading.
func fieldTables(text string) map[string][][]string {
	tables := map[string][][]string{}
	heading, in := "", false
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		if strings.HasPrefix(line, "#") {
			heading = strings.Trim(line, "# ")
		}
		in = line == "| field | type | meaning |" || in && strings.HasPrefix(line, "|")
		if found := row.FindStringSubmatch(line); in && found != nil {
			tables[heading] = append(tables[heading], found)
		}
	}
	return tables
}

// flatten lists the fields of a table and of those that it takes in.
func flatten(tables map[string][][]string, heading string) []string {
	var names []string
	for _, found := range tables[heading] {
		switch name, of, kind := found[1], found[2], found[3]; {
		case of != "":
			names = append(names, flatten(tables, of)...)
		case strings.HasSuffix(strings.TrimSpace(kind), ", optional"):
			names = append(names, name+", optional")
		default:
			names = append(names, name)
		}
	}
	return names
}
