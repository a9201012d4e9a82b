package workspace

import (
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
)

// ConfigName is the file at the root of a workspace.
const ConfigName = "evctl.yaml"

// LanguageVersion is the version of the contract language that this build reads.
const LanguageVersion = "v1"

// Config is evctl.yaml. The doc comments of its fields become the descriptions
// that editors show.
type Config struct {
	File *diag.File     `yaml:"-" json:"-"`
	Node *document.Node `yaml:"-" json:"-"`

	// Version of the contract language. The only one is v1.
	Language string `yaml:"language" json:"language" jsonschema:"enum=v1"`
	// Folders that hold contract files, relative to this file. Default: contracts.
	Contracts []string `yaml:"contracts" json:"contracts,omitempty"`
	// Where released versions are kept: a directory relative to this file, or the
	// URL of an evctl server. Default: releases.
	Registry string `yaml:"registry" json:"registry,omitempty"`
	// Where a collector finds name, version and properties of an event: flat,
	// segment, cloudevents, snowplow, or JSON pointers.
	Envelope *document.Node `yaml:"envelope" json:"envelope,omitempty"`
	// Teams that may own contracts, by their short names.
	Teams map[string]Team `yaml:"teams" json:"teams,omitempty"`
	// How events and properties are named.
	Naming Naming `yaml:"naming" json:"naming,omitempty"`
	// What a new version must keep of the released ones.
	Compatibility Compatibility `yaml:"compatibility" json:"compatibility,omitempty"`
	// Which rules are checked, and how severe they are.
	Lint Lint `yaml:"lint" json:"lint,omitempty"`
	// What evctl generate writes, and where.
	Generate []Target `yaml:"generate" json:"generate,omitempty"`
}

// Team is an owner of contracts.
type Team struct {
	// Full name of the team.
	Name string `yaml:"name" json:"name,omitempty"`
	// Where to reach it: an address, a channel, a page.
	Contact string `yaml:"contact" json:"contact,omitempty"`
}

// Naming holds the naming conventions of a workspace.
type Naming struct {
	// Shape of event names: words in braces with separators between them, such as
	// {object}.{action} or {domain}.{object}.{action}, or a regular expression
	// between slashes. Default: {object}.{action}.
	Event string `yaml:"event" json:"event,omitempty"`
	// Word lists for the braces of the event pattern. A word that has no list may
	// be any word.
	Words map[string][]string `yaml:"words" json:"words,omitempty"`
	// Tense of {action}: past, present or any. Default: past.
	Tense string `yaml:"tense" json:"tense,omitempty" jsonschema:"enum=past,enum=present,enum=any"`
	// Case of property names: snake_case, camelCase, PascalCase, kebab-case or any.
	// Default: snake_case.
	Property string `yaml:"property" json:"property,omitempty" jsonschema:"enum=snake_case,enum=camelCase,enum=PascalCase,enum=kebab-case,enum=any"`
	// Names that no property may have, beside those that are always reserved.
	Reserved []string `yaml:"reserved" json:"reserved,omitempty"`
	// Words too vague for a property name, beside the built-in ones.
	Ambiguous []string `yaml:"ambiguous" json:"ambiguous,omitempty"`
	// Abbreviations that are not allowed, with the word to write instead, beside
	// the built-in ones. An empty word allows a built-in abbreviation.
	Abbreviations map[string]string `yaml:"abbreviations" json:"abbreviations,omitempty"`
	// Initialisms that generated code writes in capitals, beside the built-in ones.
	Initialisms []string `yaml:"initialisms" json:"initialisms,omitempty"`
}

// Compatibility says what a new version must keep of the released ones.
type Compatibility struct {
	// Mode within a major version: BACKWARD, FORWARD, FULL, each also with
	// _TRANSITIVE, or NONE. Default: BACKWARD_TRANSITIVE.
	Mode string `yaml:"mode" json:"mode,omitempty" jsonschema:"enum=BACKWARD,enum=BACKWARD_TRANSITIVE,enum=FORWARD,enum=FORWARD_TRANSITIVE,enum=FULL,enum=FULL_TRANSITIVE,enum=NONE"`
	// Whether a typed optional property may be added to an object that accepted
	// anything under that name: lenient or strict. Default: lenient.
	OpenContent string `yaml:"open_content" json:"open_content,omitempty" jsonschema:"enum=lenient,enum=strict"`
	// Modes of single events, by name; * stands for any text.
	Events map[string]string `yaml:"events" json:"events,omitempty"`
}

// Lint configures the rules.
type Lint struct {
	// Set of rules: minimal, standard or strict. Default: standard.
	Profile string `yaml:"profile" json:"profile,omitempty" jsonschema:"enum=minimal,enum=standard,enum=strict"`
	// Severity of single rules: off, info, warning or error.
	Rules map[string]string `yaml:"rules" json:"rules,omitempty"`
	// Severities for some of the files; later entries win over earlier ones.
	Overrides []Override `yaml:"overrides" json:"overrides,omitempty"`
	// Rules of your own.
	Custom []CustomRule `yaml:"custom" json:"custom,omitempty"`
}

// Override changes severities for some files.
type Override struct {
	// Paths relative to the workspace; * matches within a folder, ** across folders.
	Paths []string `yaml:"paths" json:"paths"`
	// Severity of single rules there.
	Rules map[string]string `yaml:"rules" json:"rules"`
}

// CustomRule is a rule written as an expression.
type CustomRule struct {
	// ID of the rule, kebab-case.
	ID string `yaml:"id" json:"id"`
	// What is checked: every event, or every property.
	On string `yaml:"on" json:"on,omitempty" jsonschema:"enum=event,enum=property"`
	// Expression that is true for what is wrong (expr-lang).
	When string `yaml:"when" json:"when"`
	// What to say. {name} stands for the name of the event or property.
	Message string `yaml:"message" json:"message"`
	// What to do about it.
	Hint string `yaml:"hint" json:"hint,omitempty"`
	// Severity: info, warning or error. Default: error.
	Severity string `yaml:"severity" json:"severity,omitempty" jsonschema:"enum=info,enum=warning,enum=error"`
}

// Target is one output of evctl generate.
type Target struct {
	// Name of the target, as evctl generate --list shows it.
	Target string `yaml:"target" json:"target"`
	// Folder for the generated files, relative to this file.
	Out string `yaml:"out" json:"out"`
	// Options of the target.
	Options map[string]string `yaml:"options" json:"options,omitempty"`
	// Other names for single events, definitions, properties and values of enums in this
	// target. Names on the wire stay.
	Rename map[string]string `yaml:"rename" json:"rename,omitempty"`
	// Program of your own that makes the files, with its arguments. It runs in the
	// folder of this file, without a shell; target is then a name of your choice.
	Command []string `yaml:"command" json:"command,omitempty"`
	// How long the program may take, such as 30s. Default: 1m.
	Timeout string `yaml:"timeout" json:"timeout,omitempty"`
}

// At is the location of a value in evctl.yaml, found by its keys and, in lists, by
// indexes from 0; the nearest one that exists when the path is not written.
func (c *Config) At(path ...string) diag.Location {
	if c.Node == nil {
		return diag.Location{File: c.File}
	}
	n := c.Node
	for _, key := range path {
		next := n.Get(key)
		if i, err := strconv.Atoi(key); err == nil && n.Kind == document.Sequence && 0 <= i && i < len(n.Items) {
			next = n.Items[i]
		}
		if next == nil {
			break
		}
		n = next
	}
	return diag.Location{File: c.File, Span: n.Span}
}

// ParseConfig reads evctl.yaml strictly and fills in the defaults, also for what is
// wrong and reported. What belongs to a rule, a target or the envelope is checked
// by those who carry it out.
func ParseConfig(f *diag.File) (*Config, []diag.Diagnostic) {
	c := &Config{File: f}
	n, diags := document.Parse(f)
	if n == nil {
		c.defaults()
		return c, diags
	}
	diags = append(diags, document.Decode(f, n, c, contracts.Nearest)...)
	c.Node = n
	diags = append(diags, c.check()...)
	c.defaults()
	return c, diags
}

var (
	modes        = []string{"BACKWARD", "BACKWARD_TRANSITIVE", "FORWARD", "FORWARD_TRANSITIVE", "FULL", "FULL_TRANSITIVE", "NONE"}
	openContents = []string{"lenient", "strict"}
)

// check reports values that are not among those allowed, and takes them out.
func (c *Config) check() []diag.Diagnostic {
	k := configChecker{config: c}
	k.word(&c.Language, "language version", []string{LanguageVersion}, "language")
	k.word(&c.Compatibility.Mode, "compatibility mode", modes, "compatibility", "mode")
	k.word(&c.Compatibility.OpenContent, "open_content", openContents, "compatibility", "open_content")
	for _, pattern := range slices.Sorted(maps.Keys(c.Compatibility.Events)) {
		mode := c.Compatibility.Events[pattern]
		if k.word(&mode, "compatibility mode", modes, "compatibility", "events", pattern); mode == "" {
			delete(c.Compatibility.Events, pattern)
		}
	}
	k.folders()
	k.targets()
	return k.diags
}

type configChecker struct {
	config *Config
	diags  []diag.Diagnostic
}

func (k *configChecker) report(rule, message, hint string, path ...string) {
	k.diags = append(k.diags, diag.Diagnostic{
		Rule: rule, Severity: diag.Error, Location: k.config.At(path...), Subject: ConfigName + "#" + strings.Join(path, "."),
		Message: message, Hint: hint,
	})
}

// word wants one of the words, or nothing.
func (k *configChecker) word(value *string, what string, words []string, path ...string) {
	if *value == "" || slices.Contains(words, *value) {
		return
	}
	hint := ""
	if near := contracts.Nearest(*value, words); near != "" {
		hint = fmt.Sprintf("did you mean %q?", near)
	}
	if what == "language version" {
		hint = "a newer evctl may be needed"
	}
	k.report("value-invalid", fmt.Sprintf("unknown %s %s, expected %s", what, document.Quote(*value), strings.Join(words, ", ")), hint, path...)
	*value = ""
}

// folders wants folders within the workspace, written with slashes.
func (k *configChecker) folders() {
	var kept []string
	for i, folder := range k.config.Contracts {
		hint := ""
		switch cleaned := path.Clean(folder); {
		case folder == "":
			hint = "write . for the folder of " + ConfigName
		case strings.Contains(folder, `\`):
			hint = fmt.Sprintf("write it with slashes: %s", strings.ReplaceAll(folder, `\`, "/"))
		case fs.ValidPath(cleaned):
			kept = append(kept, folder)
			continue
		default:
			hint = fmt.Sprintf("put %s into the folder that holds all contracts", ConfigName)
		}
		k.report("value-invalid", fmt.Sprintf("folder %s is not within the workspace", document.Quote(folder)), hint, "contracts", strconv.Itoa(i))
	}
	k.config.Contracts = kept
}

// targets wants every entry of generate to say what and where.
func (k *configChecker) targets() {
	for i, t := range k.config.Generate {
		for _, pair := range [][2]string{{"target", t.Target}, {"out", t.Out}} {
			if pair[1] == "" {
				k.report("key-missing", "entry of generate has no "+pair[0], "write {target: go, out: gen/go}", "generate", strconv.Itoa(i))
			}
		}
	}
}

func (c *Config) defaults() {
	if len(c.Contracts) == 0 {
		c.Contracts = []string{"contracts"}
	}
	orDefault(&c.Language, LanguageVersion)
	orDefault(&c.Registry, "releases")
	orDefault(&c.Naming.Event, "{object}.{action}")
	orDefault(&c.Naming.Tense, "past")
	orDefault(&c.Naming.Property, "snake_case")
	orDefault(&c.Compatibility.Mode, "BACKWARD_TRANSITIVE")
	orDefault(&c.Compatibility.OpenContent, "lenient")
	orDefault(&c.Lint.Profile, "standard")
}

func orDefault(s *string, value string) {
	if *s == "" {
		*s = value
	}
}

// TeamNames lists the teams, sorted.
func (c *Config) TeamNames() []string {
	names := make([]string, 0, len(c.Teams))
	for name := range c.Teams {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
