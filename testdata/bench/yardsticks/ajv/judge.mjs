// Ajv as a yardstick: answers the questions that external.go lists.
import { readFileSync, existsSync } from "node:fs";
import { createInterface } from "node:readline";
import Ajv2020 from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

const folder = process.argv[2];
const schemas = [];
for (let i = 0; existsSync(`${folder}/${i}.json`); i++) {
  // multipleOf 0.01 divides binary fractions; without a precision 19.99 would be no multiple.
  const ajv = new Ajv2020({ strict: false, multipleOfPrecision: 6, logger: false });
  addFormats(ajv);
  schemas.push(ajv.compile(JSON.parse(readFileSync(`${folder}/${i}.json`, "utf8"))));
}

let events = [];

function load(path) {
  const file = readFileSync(path);
  events = [];
  for (let at = 0; at < file.length; ) {
    const schema = schemas[file.readUInt32LE(at)];
    const length = file.readUInt32LE(at + 4);
    events.push({ schema, raw: file.subarray(at + 8, at + 8 + length) });
    at += 8 + length;
  }
}

function valid({ schema, raw }) {
  try {
    return schema(JSON.parse(raw.toString("utf8")));
  } catch {
    return false;
  }
}

function time() {
  const start = process.hrtime.bigint();
  let count = 0;
  for (const event of events) {
    if (valid(event)) count++;
  }
  const elapsed = process.hrtime.bigint() - start;
  return count < 0 ? 0n : elapsed;
}

function answer(question) {
  const [verb, path] = question.split(" ");
  switch (verb) {
    case "load":
      load(path);
      return "ok";
    case "verdicts":
      return events.map((event) => (valid(event) ? "1" : "0")).join("");
    case "time":
      return String(time());
  }
  throw new Error(`unknown question ${question}`);
}

const lines = createInterface({ input: process.stdin });
lines.on("line", (line) => process.stdout.write(answer(line) + "\n"));
process.stdout.write("ready\n");
