// Package registry keeps released versions of events and decides which new ones
// may join them.
//
// It owns what a release is (Record, with its file format and digest), how one
// comes about (Service.Push: the compatibility gate, the projection, the protobuf
// numbers), what a store must promise (Store), and the table of errors that the
// command line and the HTTP API share. Stores live below it, one technology in a
// package; so do the HTTP API, the store that speaks it (registry/remote), and what
// collectors embed (registry/client). It knows no workspace and no rules
// other than those of releasing: what breaks compatibility is the Gate's to say.
//
// # Release files
//
// A release is one JSON object. Its members come in this order:
//
//	digest           "sha256:" and 64 hexadecimal digits, over all that follows
//	event, version   what is released
//	contract_digest  contracts.DigestOf the contract: equal digests, equal meaning
//	released         when, RFC 3339 in UTC
//	contract         the contract, self-contained, in the contract language (as JSON)
//	schema           its projection to JSON Schema 2020-12
//	protobuf_digest  over event, version and protobuf: an object of these three members.
//	                 Releases of older versions of evctl have none
//	protobuf         the field numbers given out so far; see contracts/numbers
//	waivers          the approvals of the breaks that the release was allowed, if any
//
// The digest is taken over the object without its digest member and without the
// white space between tokens, so that neither line endings nor indentation matter
// and every other edit does. It is no signature: it tells accidents and edits in
// place, which reviews overlook, from what was released.
package registry
