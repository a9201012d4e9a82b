// Measures generated checks beside Ajv's standalone code. Reads JSON lines {schemas: {event:
// schema}} and then {event, raw}; answers nanoseconds per event, the best of many runs.
//
// node bench.mjs FOLDER, where the compiled modules are.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import Ajv from "ajv/dist/2020.js";
import standalone from "ajv/dist/standalone/index.js";
import addFormats from "ajv-formats";

const { events } = await import(pathToFileURL(process.argv[2] + "/events.js"));
const [head, ...samples] = readFileSync(0, "utf8").trimEnd().split("\n").map((line) => JSON.parse(line));

const ajv = addFormats(new Ajv({ strict: false, logger: false, code: { source: true } }));
const require = createRequire(import.meta.url);
const theirs = {};
for (const [name, schema] of Object.entries(head.schemas)) {
  const module = { exports: {} };
  new Function("require", "module", "exports", standalone.default(ajv, ajv.compile(schema)))(require, module, module.exports);
  theirs[name] = module.exports;
}

const byEvent = Map.groupBy?.(samples, ({ event }) => event) ?? samples.reduce(
  (all, sample) => all.set(sample.event, [...(all.get(sample.event) ?? []), sample]),
  new Map(),
);

// best is the shortest time per payload, after warming up, in nanoseconds.
function best(valid, payloads) {
  let shortest = Infinity;
  for (let run = 0; run < 40; run++) {
    const begin = process.hrtime.bigint();
    for (let i = 0; i < 20; i++) for (const payload of payloads) valid(payload);
    shortest = Math.min(shortest, Number(process.hrtime.bigint() - begin) / 20 / payloads.length);
  }
  return shortest;
}

const result = {};
for (const [event, list] of byEvent) {
  const payloads = list.map(({ raw }) => JSON.parse(raw));
  const { check } = events[event];
  const ours = [];
  const ajvs = [];
  // By turns, so that both meet the same machine.
  for (let turn = 0; turn < 3; turn++) {
    ours.push(best(check, payloads));
    ajvs.push(best(theirs[event], payloads));
  }
  result[event] = { ours: Math.min(...ours), ajv: Math.min(...ajvs), bytes: list.reduce((n, { raw }) => n + raw.length, 0) / list.length };
}
console.log(JSON.stringify(result));
