// Package dbt writes a dbt package: the tables that the target sql makes as a source, a
// staging model of each, and the tests that rows of valid events pass. It is used as it is,
// or from another project by packages.yml: {local: gen/dbt}. It needs dbt 1.10.5.
//
// Names, types and columns are those of codegen/warehouse, and so of the target sql with the
// same dialect, schema and other names. A model lists every column, so that columns which
// are added to a table do not change it. Descriptions, privacy classes, owners, versions,
// retention and deprecations of contracts are descriptions and meta, tags are tags, and the
// sunset of an event is the deprecation date of its model.
//
// # Tests
//
//	_event_id       not_null, unique: collectors drop repeats, or duplicates: drop does
//	required        not_null
//	closed enum     accepted_values
//	limits          within: minimum, maximum, above and below of numbers
//	minLength, maxLength  length, in characters
//
// Rows of all versions are in one table. A test is about the rows of those versions which
// promise what it asks for: a property that is required since 1.2.0 is not looked at in rows
// of 1.1.0. Versions are the released ones and the present one.
//
// Properties of objects that may be absent are not tested for NULL, and neither are items of
// lists, JSON, patterns and formats: that is for the registry to say, before rows are
// stored. There are no relationships and no freshness, which contracts do not know.
//
// # Text
//
// dbt takes strings of YAML for templates of Jinja. What would be one in a contract is
// written so that dbt shows it as it stands there.
package dbt
