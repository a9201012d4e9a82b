package subschema

import (
	"encoding/json"
	"strings"
)

// draft is a version of JSON Schema, by the year or number that its URL holds.
type draft int

const (
	draft4    draft = 4
	draft6    draft = 6
	draft7    draft = 7
	draft2019 draft = 2019
	draft2020 draft = 2020
)

// drafts are the meta-schemas that schemas name in $schema, without scheme and
// trailing #.
var drafts = map[string]draft{
	"json-schema.org/draft-04/schema":      draft4,
	"json-schema.org/draft-06/schema":      draft6,
	"json-schema.org/draft-07/schema":      draft7,
	"json-schema.org/draft/2019-09/schema": draft2019,
	"json-schema.org/draft/2020-12/schema": draft2020,
	"json-schema.org/schema":               draft2020,
	// The self-describing schemas of Snowplow add an identity to draft 4.
	"iglucentral.com/schemas/com.snowplowanalytics.self-desc/schema/jsonschema/1-0-0": draft4,
}

// draftURLs are the names under which validators know the drafts.
var draftURLs = map[draft]string{
	draft4:    "http://json-schema.org/draft-04/schema#",
	draft6:    "http://json-schema.org/draft-06/schema#",
	draft7:    "http://json-schema.org/draft-07/schema#",
	draft2019: "https://json-schema.org/draft/2019-09/schema",
	draft2020: "https://json-schema.org/draft/2020-12/schema",
}

func draftOf(url string) (draft, bool) {
	_, rest, ok := strings.Cut(strings.TrimSuffix(url, "#"), "://")
	d, known := drafts[rest]
	return d, ok && known
}

// shape is how the value of a keyword holds schemas.
type shape int

const (
	oneSchema shape = iota + 1
	listOfSchemas
	mapOfSchemas
	// oneOrList is items before 2020-12.
	oneOrList
	// mapOfSome is dependencies: some members are lists of names.
	mapOfSome
)

// applicator is a keyword that holds schemas, with the drafts that know it.
type applicator struct {
	keyword     string
	shape       shape
	since, till draft
}

var applicators = []applicator{
	{"additionalItems", oneSchema, draft4, draft2019},
	{"additionalProperties", oneSchema, draft4, draft2020},
	{"allOf", listOfSchemas, draft4, draft2020},
	{"anyOf", listOfSchemas, draft4, draft2020},
	{"contains", oneSchema, draft6, draft2020},
	{"contentSchema", oneSchema, draft2019, draft2020},
	{"definitions", mapOfSchemas, draft4, draft2020},
	{"$defs", mapOfSchemas, draft2019, draft2020},
	{"dependencies", mapOfSome, draft4, draft2020},
	{"dependentSchemas", mapOfSchemas, draft2019, draft2020},
	{"else", oneSchema, draft7, draft2020},
	{"if", oneSchema, draft7, draft2020},
	{"items", oneOrList, draft4, draft2020},
	{"not", oneSchema, draft4, draft2020},
	{"oneOf", listOfSchemas, draft4, draft2020},
	{"patternProperties", mapOfSchemas, draft4, draft2020},
	{"prefixItems", listOfSchemas, draft2020, draft2020},
	{"properties", mapOfSchemas, draft4, draft2020},
	{"propertyNames", oneSchema, draft6, draft2020},
	{"then", oneSchema, draft7, draft2020},
	{"unevaluatedItems", oneSchema, draft2019, draft2020},
	{"unevaluatedProperties", oneSchema, draft2019, draft2020},
}

func (a applicator) knownTo(d draft) bool { return a.since <= d && d <= a.till }

// schemas lists what the value of an applicator holds.
func (a applicator) schemas(v any) []any {
	var list []any
	switch v := v.(type) {
	case []any:
		if a.shape == listOfSchemas || a.shape == oneOrList {
			list = v
		}
	case map[string]any:
		if a.shape == oneSchema || a.shape == oneOrList {
			return []any{v}
		}
		for _, member := range v {
			if _, ok := member.(map[string]any); ok {
				list = append(list, member)
			}
		}
	}
	return list
}

// draftByForm is the newest draft that a document without $schema can be of: boolean
// bounds are of draft 4, and lists of items of 2019-09 at most.
func draftByForm(root any) draft {
	m, ok := root.(map[string]any)
	if !ok || m["$schema"] != nil {
		return draft2020
	}
	seen := map[string]bool{}
	formsOf(m, seen)
	switch {
	case seen["boolean bound"] && !seen["newer than draft 4"]:
		return draft4
	case seen["list of items"] && !seen["boolean bound"] && !seen["prefixItems"]:
		return draft2019
	}
	return draft2020
}

// afterDraft4 are keywords that draft 4 would pass over in silence.
var afterDraft4 = []string{"const", "contains", "propertyNames", "if", "then", "else", "$defs", "$id", "$anchor", "dependentRequired", "dependentSchemas", "unevaluatedItems", "unevaluatedProperties", "minContains", "maxContains"}

// formsOf notes what a schema and those inside of it tell about their draft.
func formsOf(m map[string]any, seen map[string]bool) {
	for _, keyword := range []string{"exclusiveMinimum", "exclusiveMaximum"} {
		switch m[keyword].(type) {
		case bool:
			seen["boolean bound"] = true
		case json.Number:
			seen["newer than draft 4"] = true
		}
	}
	for _, keyword := range afterDraft4 {
		if _, ok := m[keyword]; ok {
			seen["newer than draft 4"] = true
		}
	}
	if _, ok := m["items"].([]any); ok {
		seen["list of items"] = true
	}
	if _, ok := m["prefixItems"]; ok {
		seen["prefixItems"] = true
	}
	for _, a := range applicators {
		for _, sub := range a.schemas(m[a.keyword]) {
			if sub, ok := sub.(map[string]any); ok {
				formsOf(sub, seen)
			}
		}
	}
}
