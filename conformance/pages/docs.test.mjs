import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { api, launch, open, server } from "./browser.mjs";

let browser;

before(async () => (browser = await launch()));
after(() => browser?.close());

/** How many operations each group has, by the document. */
async function groups() {
  const { body: document } = await api("GET", "/openapi.json");
  const counts = new Map();
  for (const operation of Object.values(document.paths).flatMap((path) => Object.values(path))) {
    for (const tag of operation.tags) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  }
  return counts;
}

test("the page shows every operation, and asks nobody but the server", async () => {
  const counts = await groups();
  assert.ok(counts.size > 5);
  // Of a long page, only what is in sight is there.
  const { page, context, troubles } = await open(browser, { viewport: { width: 1280, height: 6000 } });
  await page.goto(`${server}/docs`);
  for (const [name, count] of counts) {
    const toggle = page.locator(`[data-tag="${name}"] button`);
    await toggle.click();
    await page.locator(".opblock").nth(count - 1).waitFor({ state: "attached" });
    assert.equal(await page.locator(".opblock").count(), count, name);
    await toggle.click();
    await page.locator(".opblock").first().waitFor({ state: "detached" });
  }
  assert.deepEqual(troubles, []);
  await context.close();
});

test("an operation is tried out", async () => {
  const { page, context, troubles } = await open(browser);
  await page.goto(`${server}/docs`);
  await page.locator('[data-tag="Locations"] button').click();
  const operation = page.locator(".opblock", { has: page.locator('[data-path="/v1/closest-region"]') });
  await operation.locator(".opblock-summary-control").click();
  await operation.getByRole("button", { name: "Try it out" }).click();
  await operation.getByRole("button", { name: "Execute" }).click();
  await operation.locator(".live-responses-table .response-col_status", { hasText: "200" }).waitFor();
  assert.deepEqual(troubles, []);
  await context.close();
});

test("without JavaScript the page leads to the document", async () => {
  const { page, context } = await open(browser, { javaScriptEnabled: false });
  await page.goto(`${server}/docs`);
  await page.getByRole("link", { name: "openapi.json" }).click();
  assert.match(page.url(), /\/openapi\.json$/);
  await context.close();
});
