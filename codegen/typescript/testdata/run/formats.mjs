// Reads a list of {format, text} and answers whether each text has its format.
//
// node formats.mjs FOLDER, where the compiled modules are.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const scanners = await import(pathToFileURL(process.argv[2] + "/formats.js"));
const functionOf = (format) =>
  scanners["is" + format.replace(/(?:^|-)(.)/g, (_, first) => first.toUpperCase())];
const texts = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify(texts.map(({ format, text }) => functionOf(format)(text))));
