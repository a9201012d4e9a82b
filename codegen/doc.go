// Package codegen turns linked contracts into files of other languages.
//
// It owns three things. Model is what targets print: named types, fields, enum
// values and unions in which names, optionality, nullability and collisions are
// already decided. Target is a language; Targets live in sub-packages and are
// listed in codegen/targets. Plan puts files on disk so that only our own files are
// ever replaced or removed. Files go from a target to the plan one by one, as they are
// printed, so that no more of them is in memory than is being worked on.
//
// It knows contracts and nothing of lint or the registry: what the registry adds
// (ledgers of protobuf numbers) is handed in as opaque JSON.
package codegen
