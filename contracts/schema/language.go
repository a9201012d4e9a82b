package schema

import "github.com/invopop/jsonschema"

// This file describes contract files as Go structs, from which their JSON Schema is
// made. Nothing is decoded into them: contracts.Parse reads contracts, with
// positions. Tests keep the two from drifting apart.
//
// The doc comments are what editors show. Released binaries do not have the source,
// so the comments are collected into comments.json, which is embedded; a test fails
// when it is stale.

// eventFile is a contract of one event.
type eventFile struct {
	// Wire name of the event, such as order.completed.
	Event text `json:"event"`
	// MAJOR.MINOR.PATCH: major breaks readers, minor adds, patch documents.
	Version versionText `json:"version"`
	// Team of evctl.yaml that answers for the contract.
	Owner text `json:"owner,omitempty"`
	// Phase of the event's life. Default: active.
	Status statusName `json:"status,omitempty"`
	// How long events are kept: a number and d, w, m or y, such as 400d, or forever.
	Retention retentionText `json:"retention,omitempty"`
	// Words to find the contract by.
	Tags []text `json:"tags,omitempty"`
	// Fragments whose properties are mixed in.
	Include []text `json:"include,omitempty"`
	// Identifier in generated code, instead of one made of the wire name.
	Name identifierText `json:"name,omitempty"`
	// Schemas that this contract alone refers to, by name.
	Definitions namedSchemas `json:"definitions,omitempty"`
	payloadKeys
	aboutKeys
}

// fragmentFile is a set of properties that events include.
type fragmentFile struct {
	// Name of the fragment.
	Fragment identifierText `json:"fragment"`
	// Team of evctl.yaml that answers for the fragment.
	Owner text `json:"owner,omitempty"`
	// Words to find the fragment by.
	Tags []text `json:"tags,omitempty"`
	memberKeys
	requiredNames
	nameKeys
}

// definitionFile is a schema that contracts refer to.
type definitionFile struct {
	// Name of the definition.
	Define identifierText `json:"define"`
	// Team of evctl.yaml that answers for the definition.
	Owner text `json:"owner,omitempty"`
	// Words to find the definition by.
	Tags []text `json:"tags,omitempty"`
	valueKeys
	payloadKeys
	aboutKeys
	valueAboutKeys
}

// schemaValue says which values are accepted, and what they mean.
type schemaValue struct {
	valueKeys
	propertyKeys
	aboutKeys
	valueAboutKeys
}

// propertyKeys are the payload's, where required may also stand for the property
// that the schema belongs to.
type propertyKeys struct {
	objectKeys
	// On a property: whether it must be there. On an object: names of the properties
	// that must be there.
	Required required `json:"required,omitempty"`
	// Identifier of the property in generated code, instead of one made of its name.
	Name identifierText `json:"name,omitempty"`
}

// payloadKeys are those of an object that is no property.
type payloadKeys struct {
	objectKeys
	requiredNames
}

type requiredNames struct {
	// Names of the properties that must be there.
	Required []text `json:"required,omitempty"`
}

// objectKeys are those of an object. Of a fragment only the members are taken over.
type objectKeys struct {
	memberKeys
	// Members that are not declared: false (nothing else may be there), true, or the
	// schema they satisfy. Default: false.
	AdditionalProperties schemaOrBool `json:"additionalProperties,omitempty"`
	// Least number of members.
	MinProperties count `json:"minProperties,omitempty"`
	// Greatest number of members.
	MaxProperties count `json:"maxProperties,omitempty"`
}

type memberKeys struct {
	// Members of the object, by their wire names.
	Properties properties `json:"properties,omitempty"`
	// Members whose names match a regular expression (RE2).
	PatternProperties patternSchemas `json:"patternProperties,omitempty"`
	// Groups of properties of which at least one must be there as a whole.
	RequireAny requireAny `json:"requireAny,omitempty"`
}

type valueKeys struct {
	// Type of the value, or a list of scalar types.
	Type typeNames `json:"type,omitempty"`
	// Name of a definition.
	Ref text `json:"$ref,omitempty"`
	// Whether null is accepted too.
	Nullable bool `json:"nullable,omitempty"`
	// The values that are accepted: a list, or a mapping of values to descriptions.
	Enum enumValues `json:"enum,omitempty"`
	// Whether readers must tolerate values that the enum does not list.
	Open bool `json:"open,omitempty"`

	// Format of a string.
	Format formatName `json:"format,omitempty"`
	// Regular expression (RE2) that must match some part of the string.
	Pattern text `json:"pattern,omitempty"`
	// Least number of characters (Unicode code points).
	MinLength count `json:"minLength,omitempty"`
	// Greatest number of characters (Unicode code points).
	MaxLength count `json:"maxLength,omitempty"`

	// Least value.
	Minimum number `json:"minimum,omitempty"`
	// Greatest value.
	Maximum number `json:"maximum,omitempty"`
	// Value that must be exceeded.
	ExclusiveMinimum number `json:"exclusiveMinimum,omitempty"`
	// Value that must not be reached.
	ExclusiveMaximum number `json:"exclusiveMaximum,omitempty"`
	// Number of which the value is a whole multiple.
	MultipleOf number `json:"multipleOf,omitempty"`

	// What the items of the array are.
	Items *schemaValue `json:"items,omitempty"`
	// Least number of items.
	MinItems count `json:"minItems,omitempty"`
	// Greatest number of items.
	MaxItems count `json:"maxItems,omitempty"`
	// Whether no two items may be equal.
	UniqueItems bool `json:"uniqueItems,omitempty"`

	// What the keys of the map are: a regular expression (RE2), or a schema of a string.
	Keys schemaOrPattern `json:"keys,omitempty"`
	// What the values of the map are.
	Values *schemaValue `json:"values,omitempty"`

	// Named variants of which exactly one accepts the value.
	OneOf variants `json:"oneOf,omitempty"`
	// Named variants of which at least one accepts the value.
	AnyOf variants `json:"anyOf,omitempty"`
	// Property whose value is the name of the variant.
	Discriminator text `json:"discriminator,omitempty"`
}

// nameKeys say what something is, whatever it is.
type nameKeys struct {
	// Short name for people.
	Title text `json:"title,omitempty"`
	// What it means.
	Description text `json:"description,omitempty"`
	// Version of the event that introduced it.
	Since versionText `json:"since,omitempty"`
	// That it goes away: true, or since when, until when, and what replaces it.
	Deprecated deprecated `json:"deprecated,omitempty"`
}

type aboutKeys struct {
	nameKeys
	// Values that are valid.
	Examples []any `json:"examples,omitempty"`
	// Earlier name of the property.
	RenamedFrom text `json:"renamedFrom,omitempty"`
}

type valueAboutKeys struct {
	// Value that older payloads are upgraded with.
	Default any `json:"default,omitempty"`
	// Privacy class: what the value says about a person.
	PII privacyClass `json:"pii,omitempty"`
	// Unit of the value, such as EUR, ms or kg.
	Unit text `json:"unit,omitempty"`
}

// deprecation says that something goes away.
type deprecation struct {
	// Version in which it was announced.
	Since versionText `json:"since,omitempty"`
	// Date after which producers must not send it, such as 2027-01-31.
	Sunset text `json:"sunset,omitempty"`
	// What to use instead.
	ReplacedBy text `json:"replacedBy,omitempty"`
	// Why.
	Reason text `json:"reason,omitempty"`
}

// enumValue is a value of an enum with what is to be said about it.
type enumValue struct {
	// The value.
	Value any `json:"value"`
	// What it means.
	Description text `json:"description,omitempty"`
	// That it goes away.
	Deprecated deprecated `json:"deprecated,omitempty"`
}

// aboutEnumValue is what is to be said about a value of an enum.
type aboutEnumValue struct {
	// What it means.
	Description text `json:"description,omitempty"`
	// That it goes away.
	Deprecated deprecated `json:"deprecated,omitempty"`
}

// The types below have JSON Schemas of their own. YAML scalars without quotes are
// text where text is expected, so that numbers and booleans are text as well.
type (
	text            string
	versionText     string
	retentionText   string
	identifierText  string
	formatName      string
	statusName      string
	privacyClass    string
	typeNames       string
	count           int
	number          float64
	enumValues      struct{}
	properties      struct{}
	namedSchemas    struct{}
	patternSchemas  struct{}
	variants        struct{}
	required        struct{}
	requireAny      struct{}
	deprecated      struct{}
	schemaOrBool    struct{}
	schemaOrPattern struct{}
)

func ref(name string) *jsonschema.Schema { return &jsonschema.Schema{Ref: "#/$defs/" + name} }

func anyOf(list ...*jsonschema.Schema) *jsonschema.Schema { return &jsonschema.Schema{AnyOf: list} }

// types is a schema with several types, which the library has no field for.
func types(names ...string) *jsonschema.Schema {
	return &jsonschema.Schema{Extras: map[string]any{"type": names}}
}

func listOf(item *jsonschema.Schema) *jsonschema.Schema {
	return &jsonschema.Schema{Type: "array", Items: item}
}

func mapOf(value *jsonschema.Schema) *jsonschema.Schema {
	return &jsonschema.Schema{Type: "object", AdditionalProperties: value}
}

func scalarTypes() *jsonschema.Schema { return types("string", "number", "boolean") }
