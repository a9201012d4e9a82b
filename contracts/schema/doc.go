// Package schema speaks JSON Schema, 2020-12.
//
// Project writes the payload of a contract as a JSON Schema that any validator can
// use; Compile runs such a schema with an independent validator, the reference for
// our own in contracts/payload. ContractSchema and ConfigSchema describe contract
// files and evctl.yaml themselves, for editors.
//
// The package fences invopop/jsonschema and santhosh-tekuri/jsonschema: their types
// show nowhere else. It does not read JSON Schema into contracts; that is
// contracts/importer.
package schema
