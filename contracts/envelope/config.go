package envelope

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/contracts/rawjson"
	"github.com/evctl/evctl/contracts/workspace"
)

// Config is the envelope section of evctl.yaml in its long form. The doc comments of
// its fields become the descriptions that editors show.
type Config struct {
	// Preset to start from: flat, segment, cloudevents or snowplow.
	Preset string `yaml:"preset" json:"preset,omitempty" jsonschema:"enum=flat,enum=segment,enum=cloudevents,enum=snowplow"`
	// JSON pointer to the name of the event.
	Name *string `yaml:"name" json:"name,omitempty"`
	// Regular expression (RE2) that cuts the name out of the text at name. The group
	// called name holds it; a group called version may hold the version.
	NamePattern string `yaml:"name_pattern" json:"name_pattern,omitempty"`
	// JSON pointer to the version of the contract: 1.2.0, or shortened to 1.2 or 1.
	Version *string `yaml:"version" json:"version,omitempty"`
	// Regular expression (RE2) that cuts the version out of the text at version. The
	// group called version holds it.
	VersionPattern string `yaml:"version_pattern" json:"version_pattern,omitempty"`
	// What an event without a version is: not valid (reject), or of the newest version
	// (latest). Default: reject.
	WithoutVersion string `yaml:"without_version" json:"without_version,omitempty" jsonschema:"enum=reject,enum=latest"`
	// JSON pointer to the properties. Empty: the body itself.
	Properties *string `yaml:"properties" json:"properties,omitempty"`
	// JSON pointer to who sent the event, such as the name of an app. evctl impact counts
	// by it.
	Source *string `yaml:"source" json:"source,omitempty"`
	// Further members of the body that belong to the envelope, where properties are
	// the body itself.
	Members []string `yaml:"members" json:"members,omitempty"`
	// Definition that the body must satisfy, apart from the properties.
	Definition string `yaml:"definition" json:"definition,omitempty"`
}

// Preset is an envelope that many senders use.
type Preset struct {
	Name    string
	Summary string
	config  Config
}

func pointer(text string) *string { return &text }

// versionText is MAJOR.MINOR.PATCH, also with dashes, or shortened.
const versionText = `[0-9]+(?:[.-][0-9]+){0,2}`

// Presets lists the presets; the first is used when evctl.yaml names none.
var Presets = []Preset{
	{"flat", "event and version stand beside the properties", Config{
		Name: pointer("/event"), Version: pointer("/version"), Properties: pointer(""),
	}},
	{"segment", "track calls: event, properties, and context.protocols.event_version where there is one", Config{
		Name: pointer("/event"), Version: pointer("/context/protocols/event_version"), Properties: pointer("/properties"),
		WithoutVersion: latest,
	}},
	{"cloudevents", "structured mode: type, data, and the version at the end of dataschema (…/1.2.0 or …/1.2.0.json)", Config{
		Name: pointer("/type"), Version: pointer("/dataschema"), Properties: pointer("/data"), Source: pointer("/source"),
		VersionPattern: `[/:@](?P<version>` + versionText + `)(?:\.json)?$`,
	}},
	{"snowplow", "self-describing JSON: data, and name and version in schema (iglu:vendor/name/jsonschema/1-2-0 is vendor/name 1.2.0)", Config{
		Name: pointer("/schema"), Properties: pointer("/data"),
		NamePattern: `^iglu:(?P<name>[^/]+/[^/]+)/jsonschema/(?P<version>` + versionText + `)$`,
	}},
}

// PresetNames lists the names of the presets.
func PresetNames() []string {
	names := make([]string, len(Presets))
	for i, p := range Presets {
		names[i] = p.Name
	}
	return names
}

const (
	reject = "reject"
	latest = "latest"
)

// Parse reads the envelope of evctl.yaml, the preset flat when it names none. The
// envelope is nil when there are problems. It is not linked yet; see Link.
func Parse(cfg *workspace.Config) (*Envelope, []diag.Diagnostic) {
	p := parser{file: cfg.File, node: cfg.Envelope}
	c := p.config()
	e := p.envelope(c)
	if len(p.diags) > 0 {
		return nil, p.diags
	}
	return e, nil
}

// Default is the envelope of the preset flat.
func Default() *Envelope {
	e, _ := Parse(&workspace.Config{})
	return e
}

type parser struct {
	file  *diag.File
	node  *document.Node // the section, nil when it is not written
	diags []diag.Diagnostic
}

// report places a problem at a key of the section, or at the section.
func (p *parser) report(key, message, hint string) {
	at := diag.Location{File: p.file}
	if p.node != nil {
		at.Span = p.node.Span
	}
	if n := p.node.Get(key); n != nil {
		at.Span = n.Span
	}
	p.diags = append(p.diags, diag.Diagnostic{
		Rule: "value-invalid", Severity: diag.Error, Location: at, Message: message, Hint: hint, Subject: "envelope",
	})
}

func (p *parser) config() Config {
	if p.node == nil || p.node.IsNull() {
		return Presets[0].config
	}
	if p.node.Kind == document.Scalar {
		return p.preset(p.node.Text)
	}
	if p.node.Kind != document.Mapping {
		p.report("", "envelope has "+p.node.Describe()+", expected the name of a preset or a mapping", "presets are "+strings.Join(PresetNames(), ", "))
		return Presets[0].config
	}
	var own Config
	p.diags = append(p.diags, document.Decode(p.file, p.node, &own, contracts.Nearest)...)
	if own.Preset == "" {
		return own
	}
	return merged(p.preset(own.Preset), own)
}

func (p *parser) preset(name string) Config {
	i := slices.IndexFunc(Presets, func(preset Preset) bool { return preset.Name == name })
	if i >= 0 {
		return Presets[i].config
	}
	hint := "presets are " + strings.Join(PresetNames(), ", ")
	if near := contracts.Nearest(name, PresetNames()); near != "" {
		hint = fmt.Sprintf("did you mean %q?", near)
	}
	p.report("preset", fmt.Sprintf("unknown envelope %s", document.Quote(name)), hint)
	return Presets[0].config
}

// merged is the preset with what is written beside it. A pointer that is written
// takes the preset's pattern with it, which was made for another text.
func merged(c, own Config) Config {
	if own.Name != nil {
		c.Name, c.NamePattern = own.Name, ""
	}
	if own.Version != nil {
		c.Version, c.VersionPattern = own.Version, ""
	}
	if own.Properties != nil {
		c.Properties = own.Properties
	}
	if own.Source != nil {
		c.Source = own.Source
	}
	override(&c.NamePattern, own.NamePattern)
	override(&c.VersionPattern, own.VersionPattern)
	override(&c.WithoutVersion, own.WithoutVersion)
	override(&c.Definition, own.Definition)
	c.Members = own.Members
	return c
}

func override(s *string, own string) {
	if own != "" {
		*s = own
	}
}

func (p *parser) envelope(c Config) *Envelope {
	e := &Envelope{
		DefinitionName: c.Definition,
		members:        slices.Clone(c.Members),
		at:             diag.Location{File: p.file},
	}
	if n := p.node.Get("definition"); n != nil {
		e.at.Span = n.Span
	}
	e.name = p.pointer("name", c.Name)
	e.version = p.pointer("version", c.Version)
	e.properties = p.pointer("properties", c.Properties)
	e.source = p.pointer("source", c.Source)
	e.namePattern = p.pattern("name_pattern", c.NamePattern, "name")
	e.versionPattern = p.pattern("version_pattern", c.VersionPattern, "version")
	p.checkTogether(c, e)
	switch c.WithoutVersion {
	case "", reject:
	case latest:
		e.Latest = true
	default:
		p.report("without_version", fmt.Sprintf("without_version is %s, expected reject or latest", document.Quote(c.WithoutVersion)), hintOfFallback(c.WithoutVersion))
	}
	for _, pointer := range [][]string{e.name, e.version, e.source} {
		if len(pointer) > 0 && !slices.Contains(e.members, pointer[0]) {
			e.members = append(e.members, pointer[0])
		}
	}
	return e
}

// hintOfFallback tells those who look for it here where a collector is told to let events
// pass: what to let pass is no part of what events look like.
func hintOfFallback(word string) string {
	if near := contracts.Nearest(word, []string{reject, latest}); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	if word == "pass" {
		return "evctl validate and evctl serve let such events pass with --missing-version pass"
	}
	return ""
}

func (p *parser) checkTogether(c Config, e *Envelope) {
	switch {
	case c.Name == nil:
		p.report("", "envelope does not say where the name is", "add name: with a JSON pointer, or preset:")
	case *c.Name == "":
		p.report("name", "name is empty, expected a JSON pointer such as /event", "")
	}
	if c.Properties == nil {
		p.report("", "envelope does not say where the properties are", `add properties: with a JSON pointer; "" means the whole body`)
	}
	named := e.namePattern != nil && e.namePattern.SubexpIndex("version") >= 0
	if c.Version == nil && !named && c.WithoutVersion != latest {
		p.report("", "envelope does not say where the version is",
			"add version: with a JSON pointer, a group called version in name_pattern, or without_version: latest")
	}
	if c.VersionPattern != "" && c.Version == nil {
		p.report("version_pattern", "version_pattern without version", "")
	}
	if len(c.Members) > 0 && c.Properties != nil && *c.Properties != "" {
		p.report("members", "members has no effect where the properties have a place of their own", "remove it")
	}
}

func (p *parser) pointer(key string, text *string) []string {
	if text == nil {
		return nil
	}
	tokens, ok := rawjson.ParsePointer(*text)
	if !ok {
		p.report(key, fmt.Sprintf("%s %s is not a JSON pointer", key, document.Quote(*text)), "write it as /event or /context/version")
	}
	return tokens
}

func (p *parser) pattern(key, text, group string) *regexp.Regexp {
	if text == "" {
		return nil
	}
	re, err := regexp.Compile(text)
	if err != nil {
		p.report(key, fmt.Sprintf("%s: %s", key, strings.TrimPrefix(err.Error(), "error parsing regexp: ")), "patterns use RE2 syntax")
		return nil
	}
	if re.SubexpIndex(group) < 0 {
		p.report(key, fmt.Sprintf("%s has no group called %s", key, group), fmt.Sprintf("write (?P<%s>…) around it", group))
	}
	return re
}
