// Drives the page of the browser test, and answers what the page says.
//
// node browser.mjs URL CHROMIUM, where the page is and what opens it.
import assert from "node:assert/strict";
import { chromium } from "playwright-core";

const [url, executablePath] = process.argv.slice(2);

// received waits until the collector has judged that many events.
async function received(count) {
  const response = await fetch(`${url}/received?count=${count}`);
  assert.equal(response.status, 200, await response.text());
}

// The collector fails as often as it is told.
const failing = (count) => fetch(`${url}/failing?count=${count}`, { method: "POST" });

const browser = await chromium.launch({
  executablePath,
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
});
try {
  const context = await browser.newContext();
  const page = await context.newPage();
  const problems = [];
  page.on("pageerror", (error) => problems.push(String(error)));
  const stored = () => page.evaluate(() => JSON.parse(localStorage.getItem("events:/v1/validate") ?? "[]").length);
  await page.goto(url);

  // A full batch is sent at once, what is wrong is not, and the rest when asked.
  await page.evaluate(() => signedIn(3));
  await received(2);
  await page.evaluate(() => wrong());
  await page.evaluate(() => flush());
  await received(3);
  const faults = await page.evaluate(() => faults);

  // What the collector refuses for now is kept, and sent again.
  await failing(1);
  await page.evaluate(() => signedIn(1));
  await page.evaluate(() => flush());
  await page.evaluate(() => flush());
  await received(4);

  // Leaving the page sends what waits.
  await page.evaluate(() => signedIn(1));
  await page.goto("about:blank");
  await received(5);

  // Offline, events outlive the page.
  await page.goto(url);
  await context.setOffline(true);
  await page.evaluate(() => signedIn(3));
  await page.evaluate(() => flush());
  await page.goto("about:blank");
  await context.setOffline(false);
  await page.goto(url);
  await received(8);
  assert.equal(await stored(), 0);

  assert.deepEqual(problems, []);
  console.log(JSON.stringify({ faults, userAgent: await page.evaluate(() => navigator.userAgent) }));
} finally {
  await browser.close();
}
