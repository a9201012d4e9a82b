// Answers how many bytes generated modules have, bundled, minified and packed with gzip.
//
// node size.mjs FOLDER EXPORT..., where the modules are and the events that they export.
import { gzipSync } from "node:zlib";
import { buildSync } from "esbuild";

const [folder, ...events] = process.argv.slice(2);

// packed is the size of a program that uses some exports of some modules.
function packed(uses) {
  const lines = Object.entries(uses).map(
    ([module, names], i) =>
      names === "*"
        ? `import * as all${i} from "./${module}.ts"; globalThis.used${i} = all${i};`
        : `import { ${names.join(", ")} } from "./${module}.ts"; globalThis.used${i} = [${names.join(", ")}];`,
  );
  const { outputFiles } = buildSync({
    stdin: { contents: lines.join("\n"), resolveDir: folder, loader: "ts" },
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    write: false,
  });
  return gzipSync(outputFiles[0].contents, { level: 9 }).length;
}

const all = packed({ index: events });
console.log(
  JSON.stringify({
    runtime: packed({ checks: "*", tracker: "*" }),
    tracker: packed({ tracker: ["createTracker", "collector"] }),
    formats: packed({ formats: "*" }),
    all,
    types: packed({ index: [] }),
    events: Object.fromEntries(
      events.map((event) => [event, all - packed({ index: events.filter((other) => other !== event) })]),
    ),
    alone: Object.fromEntries(events.map((event) => [event, packed({ index: [event] })])),
  }),
);
