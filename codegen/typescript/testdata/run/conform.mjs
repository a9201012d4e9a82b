// Reads JSON lines {schemas: {event: schema}} and then {event, raw}, and answers each of the
// latter with what the generated check says, what Ajv says, and what the text is once
// JavaScript has read it, as it writes it and by RFC 8785.
//
// node conform.mjs FOLDER, where the compiled modules are.
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import Ajv from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

const folder = pathToFileURL(process.argv[2] + "/");
const { events } = await import(new URL("events.js", folder));
const scanners = await import(new URL("formats.js", folder)).catch(() => ({})); // where there are some

const options = { strict: false, ownProperties: true, logger: false };
const theirs = addFormats(new Ajv(options));
const ours = new Ajv(options);
for (const [name, scanner] of Object.entries(scanners)) {
  const words = name.slice(2).replace(/[A-Z0-9]*[A-Z]/g, (c) => "-" + c.toLowerCase());
  ours.addFormat(words.slice(1), scanner);
}

// canonical is a value by RFC 8785: names in the order of their UTF-16, numbers and texts as
// JavaScript writes them.
function canonical(value) {
  if (Array.isArray(value)) {
    return "[" + value.map(canonical).join(",") + "]";
  }
  if (value === null || typeof value !== "object") {
    return JSON.stringify(value);
  }
  const members = Object.keys(value).sort().map((name) => JSON.stringify(name) + ":" + canonical(value[name]));
  return "{" + members.join(",") + "}";
}

const compiled = new Map();
const lines = createInterface({ input: process.stdin });
for await (const line of lines) {
  const { schemas, event, raw } = JSON.parse(line);
  if (schemas !== undefined) {
    for (const [name, schema] of Object.entries(schemas ?? {})) {
      compiled.set(name, [ours.compile(schema), theirs.compile(schema)]);
    }
    continue;
  }
  const value = JSON.parse(raw);
  const fault = events[event].check(value);
  const [exact, usual] = compiled.get(event) ?? [() => null, () => null];
  const answer = { fault: fault ?? "", exact: exact(value), usual: usual(value), read: JSON.stringify(value), canonical: canonical(value) };
  console.log(JSON.stringify(answer));
}
