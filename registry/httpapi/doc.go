// Package httpapi serves a registry on HTTP: reads for collectors and for evctl,
// pushes through the gate, compatibility checks, and verdicts on events.
//
// The routes stand in one table, routes; /openapi.json is made of it. Conventions:
//
//   - Reads are plain GETs with strong ETags. Releases are immutable and say so to
//     caches; what changes is revalidated. An exported directory can answer them too.
//   - /v1/watch is /v1/bundle.json with a 304 that is put off: it answers when there is
//     another bundle, when the client's time is over, and when the server stops.
//   - The name of an event is one path segment, percent-encoded with its slashes.
//     A proxy in front must hand paths on as they came.
//   - Errors are {"error": {"code", "message", "hint", "findings"}} with the codes and
//     statuses of registry.ErrorTable; hint and findings only where there are some.
//   - Unknown query parameters are errors: a misspelled dry_run must not push.
//   - Events that name no contract are not valid, unless Options.Unknown lets them pass.
//     Those are valid, their verdicts have a flag, and /metrics counts them by rule.
//   - Bodies may be compressed (Content-Encoding: gzip, zstd). Their size is bounded,
//     unpacked too.
//
// A Server keeps what it serves in memory and swaps it as a whole when something
// was released. When the registry cannot be read, it goes on with what it had,
// says so in /readyz and in its log, and does not take pushes that depend on what
// it cannot read.
package httpapi
