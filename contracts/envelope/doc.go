// Package envelope finds the name, the version and the properties of an event in
// the JSON body that a producer sends.
//
// evctl.yaml says where they are, by the name of a preset or by JSON pointers:
//
//	envelope: segment
//
//	envelope:
//	  name: /type                 # text; a pattern may cut the name out of it
//	  version: /schema_version    # text or number
//	  properties: /data           # "" means the body itself
//	  definition: collector       # what the rest of the body must satisfy
//
// A preset and keys beside it go together; the keys win. Presets lists the presets.
//
// Where properties are the body itself, members that the envelope needs (those that
// name and version point to, those listed under members, and those the definition
// declares) are no business of the contract, unless it declares them too.
//
// A version may be shortened: 1 and 1.2 mean the newest version that starts so.
// SchemaVer's 1-2-0 is 1.2.0. An event without a version is not valid, unless the
// envelope says without_version: latest.
//
// The package reads bodies through contracts/rawjson. It does not validate them:
// contracts/payload does.
package envelope
