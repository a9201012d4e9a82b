package schema

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"reflect"
	"strings"

	"github.com/invopop/jsonschema"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/contracts/envelope"
	"github.com/evctl/evctl/contracts/formats"
	"github.com/evctl/evctl/contracts/waivers"
	"github.com/evctl/evctl/contracts/workspace"
)

// Word is a name that evctl.yaml may use, with what it means.
type Word struct{ Name, Description string }

// Vocabulary is what evctl.yaml can name and this package does not know: the targets
// of evctl generate with their options, and the rules of evctl lint.
type Vocabulary struct {
	Targets []Target
	Rules   []Rule
}

// Rule is a rule of evctl lint.
type Rule struct {
	Word
	// Gate rules are errors and nothing less.
	Gate bool
}

// Target is a target of evctl generate.
type Target struct {
	Word
	Options []Word
}

// ContractSchema is the JSON Schema of a contract file, indented. It accepts every
// file that contracts.Parse has no objections to, and refuses unknown keys, values
// of the wrong shape, and keywords that do not go with the type.
func ContractSchema() []byte {
	r := reflector()
	s := r.Reflect(&struct {
		Event      eventFile      `json:"event"`
		Definition definitionFile `json:"definition"`
		Fragment   fragmentFile   `json:"fragment"`
		Schema     schemaValue    `json:"schema"`
		// Only types with schemas of their own refer to these.
		Deprecation    deprecation    `json:"deprecation"`
		EnumValue      enumValue      `json:"enumValue"`
		AboutEnumValue aboutEnumValue `json:"aboutEnumValue"`
	}{})
	defs := s.Definitions
	for _, name := range []string{"event", "definition", "fragment", "schema"} {
		defs[name].PatternProperties = map[string]*jsonschema.Schema{"^x-": jsonschema.TrueSchema}
	}
	placement(defs["schema"])
	placement(defs["definition"])
	return indented(&jsonschema.Schema{
		Version:     jsonschema.Version,
		Title:       "evctl contract",
		Description: "A contract file: it declares one event, one shared definition or one fragment.",
		OneOf:       []*jsonschema.Schema{ref("event"), ref("definition"), ref("fragment")},
		Definitions: defs,
	})
}

// ConfigSchema is the JSON Schema of evctl.yaml, indented. Without words for targets
// or rules, any are accepted.
func ConfigSchema(v Vocabulary) []byte {
	s := reflector().Reflect(&workspace.Config{})
	s.Title = "evctl.yaml"
	s.Description = "Configuration at the root of a workspace of event contracts."
	s.Required = nil // everything has a default
	if len(v.Targets) > 0 {
		describeTargets(s.Definitions["Target"], v.Targets)
	}
	if len(v.Rules) > 0 {
		for _, name := range []string{"Lint", "Override"} {
			if rules, ok := s.Definitions[name].Properties.Get("rules"); ok {
				describeRules(rules, v.Rules)
			}
		}
	}
	return indented(s)
}

// WaiversSchema is the JSON Schema of waivers.yaml, indented.
func WaiversSchema() []byte {
	entry := reflector().Reflect(&waivers.Waiver{})
	entry.Version, entry.Definitions = "", nil
	return indented(&jsonschema.Schema{
		Version:     jsonschema.Version,
		Title:       "evctl waivers",
		Description: "The breaks of compatibility that somebody approved, beside evctl.yaml.",
		Type:        "array",
		Items:       entry,
	})
}

//go:embed comments.json
var commentsJSON []byte

// definitionNames are the names of our structs under $defs.
var definitionNames = map[string]string{
	"eventFile": "event", "definitionFile": "definition", "fragmentFile": "fragment", "schemaValue": "schema",
}

func reflector() *jsonschema.Reflector {
	comments := map[string]string{}
	if err := json.Unmarshal(commentsJSON, &comments); err != nil {
		comments = nil // the test that writes the file sees to it that this does not happen
	}
	return &jsonschema.Reflector{
		Anonymous: true, ExpandedStruct: true,
		Namer: func(t reflect.Type) string {
			if name, ok := definitionNames[t.Name()]; ok {
				return name
			}
			return t.Name()
		},
		LookupComment: func(t reflect.Type, field string) string { return comments[commentKey(t, field)] },
		Mapper:        special,
	}
}

// commentKey is how comments.json names the comment of a type or field.
func commentKey(t reflect.Type, field string) string {
	key := t.PkgPath()[strings.LastIndexByte(t.PkgPath(), '/')+1:] + "." + t.Name()
	if field != "" {
		key += "." + field
	}
	return key
}

func indented(s *jsonschema.Schema) []byte {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(s); err != nil {
		panic(err) // a schema of our own making, which every test encodes
	}
	return out.Bytes()
}

const (
	versionPattern    = `^(0|[1-9][0-9]{0,6})\.(0|[1-9][0-9]{0,6})\.(0|[1-9][0-9]{0,6})$`
	retentionPattern  = `^([1-9][0-9]{0,4}[dwmy]|forever)$`
	identifierPattern = `^[A-Za-z_][A-Za-z0-9_]*$`
	maxCount          = "2147483647"
)

// special maps the types that have JSON Schemas of their own.
func special(t reflect.Type) *jsonschema.Schema {
	if t == reflect.TypeFor[document.Node]() {
		return envelopeSection()
	}
	make, ok := specialTypes[t]
	if !ok {
		return nil
	}
	return make()
}

var specialTypes = map[reflect.Type]func() *jsonschema.Schema{
	reflect.TypeFor[text]():           scalarTypes,
	reflect.TypeFor[versionText]():    func() *jsonschema.Schema { return pattern(versionPattern) },
	reflect.TypeFor[retentionText]():  func() *jsonschema.Schema { return pattern(retentionPattern) },
	reflect.TypeFor[identifierText](): func() *jsonschema.Schema { s := scalarTypes(); s.Pattern = identifierPattern; return s },
	reflect.TypeFor[formatName]():     func() *jsonschema.Schema { return &jsonschema.Schema{Enum: anys(formats.Names())} },
	reflect.TypeFor[statusName]():     func() *jsonschema.Schema { return &jsonschema.Schema{Enum: anys(statuses)} },
	reflect.TypeFor[privacyClass]():   func() *jsonschema.Schema { return &jsonschema.Schema{Enum: anys(contracts.PIIClasses)} },
	reflect.TypeFor[typeNames]():      typeKeyword,
	reflect.TypeFor[count](): func() *jsonschema.Schema {
		return &jsonschema.Schema{Type: "integer", Minimum: "0", Maximum: maxCount}
	},
	reflect.TypeFor[number]():         func() *jsonschema.Schema { return &jsonschema.Schema{Type: "number"} },
	reflect.TypeFor[enumValues]():     enumKeyword,
	reflect.TypeFor[properties]():     func() *jsonschema.Schema { return anyOf(mapOf(ref("schema")), &jsonschema.Schema{Type: "null"}) },
	reflect.TypeFor[namedSchemas]():   namedSchemasKeyword,
	reflect.TypeFor[patternSchemas](): func() *jsonschema.Schema { return mapOf(ref("schema")) },
	reflect.TypeFor[variants]():       variantsKeyword,
	reflect.TypeFor[required](): func() *jsonschema.Schema {
		return anyOf(&jsonschema.Schema{Type: "boolean"}, listOf(scalarTypes()))
	},
	reflect.TypeFor[requireAny]():      requireAnyKeyword,
	reflect.TypeFor[deprecated]():      func() *jsonschema.Schema { return anyOf(&jsonschema.Schema{Type: "boolean"}, ref("deprecation")) },
	reflect.TypeFor[schemaOrBool]():    func() *jsonschema.Schema { return anyOf(&jsonschema.Schema{Type: "boolean"}, ref("schema")) },
	reflect.TypeFor[schemaOrPattern](): func() *jsonschema.Schema { return anyOf(scalarTypes(), ref("schema")) },
}

func pattern(p string) *jsonschema.Schema { return &jsonschema.Schema{Type: "string", Pattern: p} }

var statuses = []contracts.Status{contracts.Draft, contracts.Active, contracts.Deprecated, contracts.Retired}

func anys[T ~string](list []T) []any {
	out := make([]any, len(list))
	for i, s := range list {
		out[i] = string(s)
	}
	return out
}

func typeKeyword() *jsonschema.Schema {
	one := uint64(1)
	scalars := listOf(&jsonschema.Schema{Enum: anys(contracts.Scalars.Names())})
	scalars.MinItems, scalars.UniqueItems = &one, true
	anyType := listOf(&jsonschema.Schema{Enum: anys(contracts.TypeNames[:])})
	anyType.MinItems, anyType.MaxItems = &one, &one
	return anyOf(&jsonschema.Schema{Enum: anys(contracts.TypeNames[:])}, scalars, anyType)
}

func enumKeyword() *jsonschema.Schema {
	one := uint64(1)
	list := listOf(anyOf(types("string", "number", "boolean", "null"), ref("enumValue")))
	list.MinItems = &one
	mapping := mapOf(anyOf(types("string", "number", "boolean", "null"), ref("aboutEnumValue")))
	mapping.MinProperties = &one
	return anyOf(list, mapping)
}

func namedSchemasKeyword() *jsonschema.Schema {
	s := mapOf(ref("schema"))
	s.PropertyNames = &jsonschema.Schema{Pattern: identifierPattern}
	return s
}

func variantsKeyword() *jsonschema.Schema {
	one := uint64(1)
	s := mapOf(ref("schema"))
	s.MinProperties = &one
	s.PropertyNames = &jsonschema.Schema{MinLength: &one}
	return s
}

func requireAnyKeyword() *jsonschema.Schema {
	one := uint64(1)
	group := listOf(scalarTypes())
	group.MinItems = &one
	s := listOf(group)
	s.MinItems = &one
	return s
}

// envelopeSection is the name of a preset, or the long form.
func envelopeSection() *jsonschema.Schema {
	var names []*jsonschema.Schema
	for _, p := range envelope.Presets {
		names = append(names, &jsonschema.Schema{Const: p.Name, Description: p.Summary})
	}
	long := reflector().Reflect(&envelope.Config{})
	long.Version, long.Definitions = "", nil
	return anyOf(append(names, long, &jsonschema.Schema{Type: "null"})...)
}

// family is a group of keywords that constrain the same types.
type family struct {
	keywords []string
	types    contracts.Types
}

var families = []family{
	{[]string{"enum", "open"}, contracts.Scalars},
	{[]string{"format", "pattern", "minLength", "maxLength"}, contracts.String},
	{[]string{"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"}, contracts.Numeric},
	{[]string{"items", "minItems", "maxItems", "uniqueItems"}, contracts.Array},
	{[]string{"properties", "patternProperties", "additionalProperties", "requireAny"}, contracts.Object},
	{[]string{"minProperties", "maxProperties"}, contracts.Object | contracts.Map},
	{[]string{"keys", "values"}, contracts.Map},
}

func requiring(name string) *jsonschema.Schema { return &jsonschema.Schema{Required: []string{name}} }

// placement says what may stand together: exactly one of type, $ref and a union, and
// keywords beside a type that they constrain.
func placement(s *jsonschema.Schema) {
	s.OneOf = []*jsonschema.Schema{requiring("type"), requiring("$ref"), requiring("oneOf"), requiring("anyOf")}
	for _, f := range families {
		var present []*jsonschema.Schema
		for _, keyword := range f.keywords {
			present = append(present, requiring(keyword))
		}
		names := &jsonschema.Schema{Enum: anys(f.types.Names())}
		fitting := jsonschema.NewProperties()
		fitting.Set("type", anyOf(names, &jsonschema.Schema{Type: "array", Contains: names}))
		s.AllOf = append(s.AllOf, &jsonschema.Schema{
			If:   anyOf(present...),
			Then: &jsonschema.Schema{Required: []string{"type"}, Properties: fitting},
		})
	}
	union := anyOf(requiring("oneOf"), requiring("anyOf"))
	s.AllOf = append(s.AllOf, &jsonschema.Schema{If: requiring("discriminator"), Then: union},
		&jsonschema.Schema{If: requiring("open"), Then: requiring("enum")})
}

// describeTargets lets only known targets stand in evctl.yaml, with their options.
func describeTargets(s *jsonschema.Schema, targets []Target) {
	var names []*jsonschema.Schema
	for _, t := range targets {
		names = append(names, &jsonschema.Schema{Const: t.Name, Description: t.Description})
		options := jsonschema.NewProperties()
		for _, o := range t.Options {
			value := scalarTypes()
			value.Description = o.Description
			options.Set(o.Name, value)
		}
		this, then := jsonschema.NewProperties(), jsonschema.NewProperties()
		this.Set("target", &jsonschema.Schema{Const: t.Name})
		then.Set("options", &jsonschema.Schema{Properties: options, AdditionalProperties: jsonschema.FalseSchema})
		s.AllOf = append(s.AllOf, &jsonschema.Schema{
			If: &jsonschema.Schema{Properties: this}, Then: &jsonschema.Schema{Properties: then},
		})
	}
	target, _ := s.Properties.Get("target")
	target.Type, target.AnyOf = "", names
	if options, ok := s.Properties.Get("options"); ok {
		options.AdditionalProperties = scalarTypes()
	}
}

// describeRules lets only known rules stand where severities are set. Rules of the
// workspace's own are known to it alone, so that other names of their form pass.
func describeRules(s *jsonschema.Schema, rules []Rule) {
	s.Properties = jsonschema.NewProperties()
	for _, r := range rules {
		allowed := severities
		if r.Gate {
			allowed = severities[len(severities)-1:]
		}
		s.Properties.Set(r.Name, &jsonschema.Schema{Description: r.Description, Enum: anys(allowed)})
	}
	s.AdditionalProperties = &jsonschema.Schema{Enum: anys(severities)}
}

// severities from the least to error.
var severities = []string{"off", "info", "warning", "error"}
