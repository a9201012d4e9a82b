// Runs the tracker against a server.
//
// node tracker.mjs FOLDER, where the compiled modules are.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { pathToFileURL } from "node:url";

const folder = pathToFileURL(process.argv[2] + "/");
const { accountSignedInEvent: signedIn } = await import(new URL("index.js", folder));
const { cloudEvents, collector, createTracker, flat, rudderstack, segment, snowplow } = await import(new URL("tracker.js", folder));

const valid = { account_id: "2b6f0cc9-3a71-4a43-a6a7-2c8f5f0d9a01", sign_in_method: "passkey" };

// The server answers with what stands in answers, then with usual, and keeps what it took.
let answers = [];
let usual = { status: 200 };
let taken = [];
let requests = [];
const server = createServer(async (request, response) => {
  let text = "";
  for await (const part of request.setEncoding("utf8")) text += part;
  const answer = answers.shift() ?? usual;
  requests.push({ answer, headers: request.headers, events: JSON.parse(text) });
  if (answer.status === 0) {
    response.socket.destroy();
    return;
  }
  if (answer.status === 200) taken.push(...JSON.parse(text));
  response.writeHead(answer.status, answer.headers).end();
  if (taken.length > 0) server.emit("taken");
});
server.listen(0, "127.0.0.1");
await once(server, "listening");
const url = `http://127.0.0.1:${server.address().port}/events`;
const fresh = (...next) => {
  answers = next;
  taken = [];
  requests = [];
};
const numbers = () => taken.map((event) => event.n);
const numbered = (n) => ({ id: "", name: "n", version: "1.0.0", digest: "", time: "", properties: { n } });

{
  // A payload that is not valid is not sent, unless the caller wants it; a sink that
  // throws keeps no other from its events.
  const seen = [];
  const faults = [];
  const console_error = console.error;
  const errors = [];
  console.error = (...all) => errors.push(all.join(" "));
  const sinks = [
    () => {
      throw new Error("broken sink");
    },
    (event) => seen.push(event),
  ];
  const track = createTracker({ sinks });
  assert.equal(track(signedIn, valid), true);
  assert.equal(track(signedIn, { ...valid, ip_address: "300.1.1.1" }), false);
  assert.deepEqual(errors, ["Error: broken sink", "account.signed_in 1.0.0 is not sent: /ip_address: format"]);
  console.error = console_error;
  assert.equal(seen.length, 1);
  assert.match(seen[0].id, /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  assert.equal(new Date(seen[0].time).toISOString(), seen[0].time);
  assert.deepEqual(seen[0].properties, valid);
  const lenient = createTracker({
    sinks: [(event) => seen.push(event)],
    onInvalid: (fault, event) => {
      faults.push([fault, event.name]);
      return true;
    },
    newId: () => "1",
  });
  assert.equal(lenient(signedIn, {}), true);
  assert.deepEqual(faults, [["/account_id: required", "account.signed_in"]]);
  assert.equal(seen[1].id, "1");
}

{
  // Identifiers are random where there is no randomUUID.
  const { randomUUID } = globalThis.crypto;
  Object.defineProperty(globalThis.crypto, "randomUUID", { value: undefined, configurable: true });
  const seen = new Set();
  const track = createTracker({ sinks: [(event) => seen.add(event.id)] });
  for (let i = 0; i < 1000; i++) track(signedIn, valid);
  assert.equal(seen.size, 1000);
  for (const id of seen) assert.match(id, /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  Object.defineProperty(globalThis.crypto, "randomUUID", { value: randomUUID, configurable: true });
}

{
  // Full batches go at once, in order, the rest when it is asked for.
  fresh();
  const sink = collector({ url, batch: 3, wait: 1e6, headers: { authorization: "secret" } });
  for (let n = 0; n < 8; n++) sink(numbered(n));
  await sink.flush();
  assert.deepEqual(numbers(), [0, 1, 2, 3, 4, 5, 6, 7]);
  assert.deepEqual(requests.map((request) => request.events.length), [3, 3, 2]);
  assert.equal(requests[0].headers["content-type"], "application/json");
  assert.equal(requests[0].headers.authorization, "secret");
  assert.deepEqual(taken[0], { n: 0, event: "n", version: "1.0.0" });
}

{
  // Without a full batch, events go when they have waited.
  fresh();
  const sink = collector({ url, wait: 1 });
  sink(numbered(1));
  await once(server, "taken");
  await sink.flush();
  assert.deepEqual(numbers(), [1]);
}

// What fails for now is kept, in order, and nothing comes twice.
for (const status of [0, 408, 429, 500, 503]) {
  fresh();
  usual = { status }; // some runtimes try a broken connection again
  const sink = collector({ url, batch: 2, wait: 1e6 });
  sink(numbered(1));
  await sink.flush();
  sink(numbered(2));
  sink(numbered(3));
  await sink.flush();
  assert.deepEqual(numbers(), [], `status ${status}`);
  usual = { status: 200 };
  await sink.flush();
  assert.deepEqual(numbers(), [1, 2, 3], `status ${status}`);
}

{
  // It is sent again without being asked.
  fresh({ status: 503 });
  const sink = collector({ url, batch: 1, wait: 1e6 });
  sink(numbered(1));
  await once(server, "taken");
  assert.deepEqual(numbers(), [1]);
  assert.equal(requests.length, 2);
}

{
  // What will never be taken is dropped, and no more than the limit is kept.
  const dropped = [];
  fresh({ status: 400 }, { status: 503 });
  const sink = collector({ url, batch: 2, wait: 1e6, limit: 3, onDrop: (...what) => dropped.push(what) });
  sink(numbered(1));
  await sink.flush();
  assert.deepEqual(dropped, [[1, "status 400"]]);
  sink(numbered(2));
  await sink.flush();
  for (let n = 3; n < 7; n++) sink(numbered(n));
  await sink.flush();
  assert.deepEqual(numbers(), [4, 5, 6]);
  assert.deepEqual(dropped.slice(1), [[1, "limit"], [1, "limit"]]);
}

{
  // Storage that is denied, full or holds something else does no harm.
  const denied = () => {
    throw new Error("denied");
  };
  for (const storage of [
    { getItem: denied, setItem: denied, removeItem: denied },
    { getItem: () => "{", setItem: denied, removeItem() {} },
    { getItem: () => "{}", setItem: denied, removeItem() {} },
    null,
  ]) {
    fresh();
    const sink = collector({ url, storage });
    sink(numbered(1));
    await sink.flush();
    assert.deepEqual(numbers(), [1]);
  }
  // What is stored comes first.
  fresh();
  const stored = new Map([["events:" + url, JSON.stringify([JSON.stringify({ n: 0 })])]]);
  const sink = collector({
    url,
    storage: {
      getItem: (key) => stored.get(key) ?? null,
      setItem: (key, value) => stored.set(key, value),
      removeItem: (key) => stored.delete(key),
    },
  });
  sink(numbered(1));
  await sink.flush();
  assert.deepEqual(numbers(), [0, 1]);
  assert.equal(stored.size, 0);
}

{
  // What the SDKs are called with.
  const calls = [];
  const analytics = { track: (...all) => calls.push(all) };
  const track = createTracker({
    sinks: [segment(analytics), rudderstack(analytics), snowplow((event) => calls.push(event), "com.example")],
  });
  track(signedIn, valid);
  assert.deepEqual(calls, [
    ["account.signed_in", valid, { context: { protocols: { event_version: "1.0.0" } } }],
    ["account.signed_in", valid, { protocols: { event_version: "1.0.0" } }],
    { event: { schema: "iglu:com.example/account.signed_in/jsonschema/1-0-0", data: valid } },
  ]);
  const event = { ...numbered(1), id: "1", name: "größe/gewählt", time: "2026-01-01T00:00:00.000Z" };
  assert.deepEqual(flat(event), { n: 1, event: "größe/gewählt", version: "1.0.0" });
  assert.deepEqual(cloudEvents("/shop")(event), {
    specversion: "1.0",
    id: "1",
    time: "2026-01-01T00:00:00.000Z",
    source: "/shop",
    type: "größe/gewählt",
    dataschema: "urn:event:gr%C3%B6%C3%9Fe%2Fgew%C3%A4hlt:1.0.0",
    data: { n: 1 },
  });
}

server.close();
server.closeAllConnections();
