package report

import (
	"fmt"
	"io"
	"net/url"
	"strings"

	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/lint"
)

// SARIF 2.1.0: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
// Only the parts that evctl fills are declared.
type sarifLog struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool        sarifTool               `json:"tool"`
	ColumnKind  string                  `json:"columnKind"`
	URIBases    map[string]sarifURIBase `json:"originalUriBaseIds"`
	Invocations []sarifInvocation       `json:"invocations"`
	Results     []sarifResult           `json:"results"`
}

type sarifURIBase struct {
	Description sarifMessage `json:"description"`
}

type sarifInvocation struct {
	ExecutionSuccessful bool `json:"executionSuccessful"`
}

type sarifTool struct {
	Driver sarifDriver `json:"driver"`
}

type sarifDriver struct {
	Name           string      `json:"name"`
	Version        string      `json:"version,omitempty"`
	InformationURI string      `json:"informationUri"`
	Rules          []sarifRule `json:"rules"`
}

type sarifRule struct {
	ID               string             `json:"id"`
	ShortDescription sarifMessage       `json:"shortDescription"`
	FullDescription  *sarifMessage      `json:"fullDescription,omitempty"`
	Help             sarifMessage       `json:"help"`
	Default          sarifConfiguration `json:"defaultConfiguration"`
	Properties       sarifProperties    `json:"properties"`
}

type sarifConfiguration struct {
	Level string `json:"level"`
}

type sarifProperties struct {
	Tags []string `json:"tags"`
}

type sarifMessage struct {
	Text string `json:"text"`
}

type sarifResult struct {
	RuleID       string            `json:"ruleId"`
	RuleIndex    int               `json:"ruleIndex"`
	Level        string            `json:"level"`
	Message      sarifMessage      `json:"message"`
	Locations    []sarifLocation   `json:"locations,omitempty"`
	Related      []sarifLocation   `json:"relatedLocations,omitempty"`
	Fingerprints map[string]string `json:"partialFingerprints"`
	Fixes        []sarifFix        `json:"fixes,omitempty"`
}

type sarifLocation struct {
	ID       int           `json:"id,omitempty"`
	Physical sarifPhysical `json:"physicalLocation"`
	Message  *sarifMessage `json:"message,omitempty"`
}

type sarifPhysical struct {
	Artifact sarifArtifact `json:"artifactLocation"`
	Region   sarifRegion   `json:"region"`
}

type sarifArtifact struct {
	URI     string `json:"uri"`
	URIBase string `json:"uriBaseId,omitempty"`
}

type sarifRegion struct {
	StartLine   int `json:"startLine"`
	StartColumn int `json:"startColumn"`
	EndLine     int `json:"endLine"`
	EndColumn   int `json:"endColumn"`
}

type sarifFix struct {
	Description sarifMessage  `json:"description"`
	Changes     []sarifChange `json:"artifactChanges"`
}

type sarifChange struct {
	Artifact     sarifArtifact      `json:"artifactLocation"`
	Replacements []sarifReplacement `json:"replacements"`
}

type sarifReplacement struct {
	Deleted  sarifRegion  `json:"deletedRegion"`
	Inserted sarifMessage `json:"insertedContent"`
}

const (
	sarifSchema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
	sourceRoot  = "SRCROOT"
	projectURL  = "https://github.com/evctl/evctl"
)

var sarifLevels = map[diag.Severity]string{diag.Error: "error", diag.Warning: "warning", diag.Info: "note", diag.Off: "none"}

func writeSARIF(w io.Writer, r *Report) error {
	shown := r.shown()
	rules, index := sarifRules(r.Rules, shown)
	run := sarifRun{
		Tool:       sarifTool{sarifDriver{Name: "evctl", Version: r.Version, InformationURI: projectURL, Rules: rules}},
		ColumnKind: "unicodeCodePoints", Results: make([]sarifResult, len(shown)),
		URIBases:    map[string]sarifURIBase{sourceRoot: {sarifMessage{"the root of the repository"}}},
		Invocations: []sarifInvocation{{ExecutionSuccessful: true}},
	}
	numbers := occurrences(shown)
	for i := range shown {
		run.Results[i] = r.sarifResult(&shown[i], index[shown[i].Rule], numbers[i])
	}
	return encode(w, sarifLog{Schema: sarifSchema, Version: "2.1.0", Runs: []sarifRun{run}})
}

// sarifRules describes the rules that found something, in the order of the findings,
// and where each stands.
func sarifRules(catalogue *lint.Catalogue, list []diag.Diagnostic) (rules []sarifRule, index map[string]int) {
	rules, index = []sarifRule{}, map[string]int{}
	for i := range list {
		id := list[i].Rule
		if _, done := index[id]; done {
			continue
		}
		index[id] = len(rules)
		rule := &lint.Rule{ID: id, Summary: id, Severity: list[i].Severity}
		if catalogue != nil && catalogue.Rule(id) != nil {
			rule = catalogue.Rule(id)
		}
		rules = append(rules, sarifRuleOf(rule))
	}
	return rules, index
}

func sarifRuleOf(r *lint.Rule) sarifRule {
	out := sarifRule{
		ID: r.ID, ShortDescription: sarifMessage{r.Summary}, Help: sarifMessage{"evctl explain " + r.ID},
		Default: sarifConfiguration{sarifLevels[r.Severity]}, Properties: sarifProperties{[]string{}},
	}
	if r.Why != "" {
		out.FullDescription = &sarifMessage{r.Why}
	}
	if r.Group != "" {
		out.Properties.Tags = []string{string(r.Group)}
	}
	return out
}

func (r *Report) sarifResult(d *diag.Diagnostic, rule, number int) sarifResult {
	text := d.Message
	if d.Hint != "" {
		text += "\n" + d.Hint
	}
	out := sarifResult{
		RuleID: d.Rule, RuleIndex: rule, Level: sarifLevels[d.Severity], Message: sarifMessage{text},
		Fingerprints: map[string]string{"evctl/v1": fmt.Sprintf("%s:%d", d.Fingerprint(), number)},
	}
	if d.File != nil {
		out.Locations = []sarifLocation{{Physical: r.physical(d.Location)}}
	}
	for i, related := range d.Related {
		if related.File != nil {
			out.Related = append(out.Related, sarifLocation{ID: i + 1, Physical: r.physical(related.Location), Message: &sarifMessage{related.Message}})
		}
	}
	if d.Fix != nil {
		out.Fixes = []sarifFix{r.sarifFix(d.Fix)}
	}
	return out
}

func (r *Report) sarifFix(fix *diag.Fix) sarifFix {
	out := sarifFix{Description: sarifMessage{fix.Title}}
	for _, e := range fix.Edits {
		artifact := artifactOf(r.repositoryPath(e.Location))
		replacement := sarifReplacement{Deleted: region(e.Location), Inserted: sarifMessage{e.New}}
		if n := len(out.Changes); n > 0 && out.Changes[n-1].Artifact == artifact {
			out.Changes[n-1].Replacements = append(out.Changes[n-1].Replacements, replacement)
			continue
		}
		out.Changes = append(out.Changes, sarifChange{artifact, []sarifReplacement{replacement}})
	}
	return out
}

func (r *Report) physical(l diag.Location) sarifPhysical {
	return sarifPhysical{Artifact: artifactOf(r.repositoryPath(l)), Region: region(l)}
}

// artifactOf names a file as a URI relative to the repository; places behind a URL, such as
// those of a registry, are absolute.
func artifactOf(path string) sarifArtifact {
	if strings.Contains(path, "://") {
		return sarifArtifact{URI: path}
	}
	return sarifArtifact{URI: (&url.URL{Path: path}).String(), URIBase: sourceRoot}
}

func region(l diag.Location) sarifRegion {
	start, stop := l.Position(), end(l)
	return sarifRegion{StartLine: start.Line, StartColumn: start.Column, EndLine: stop.Line, EndColumn: stop.Column}
}
