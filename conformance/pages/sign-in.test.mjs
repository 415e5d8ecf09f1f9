import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { fitsSmallScreens, hasContrast, hasNamesAndLandmarks, showsFocus } from "./accessibility.mjs";
import { api, command, launch, open, password, server } from "./browser.mjs";

const STATE = "Abc-123_x.y~z";
let browser;
let waiting;

before(async () => {
  browser = await launch();
  waiting = await command();
});
after(async () => {
  await browser?.close();
  waiting?.close();
});

const form = (port) => `${server}/?port=${port}&redirect=true&state=${STATE}&type=cli`;
const username = (page) => page.getByRole("textbox", { name: "User name" });
const secret = (page) => page.getByLabel("Password");

async function lastCall() {
  const call = waiting.calls.pop();
  assert.ok(call, "the command was called");
  return call;
}

for (const javaScriptEnabled of [true, false]) {
  test(`a wrong password, then the right one, ${javaScriptEnabled ? "with" : "without"} JavaScript`, async () => {
    const { page, context, troubles } = await open(browser, { javaScriptEnabled }, [waiting.url]);
    await page.goto(form(waiting.port));
    await username(page).fill("default");
    await secret(page).fill("not the password");
    const [refused] = await Promise.all([
      page.waitForResponse((response) => response.url().endsWith("/login")),
      page.getByRole("button", { name: "Sign in" }).click(),
    ]);
    assert.equal(refused.status(), 401);
    assert.match(await page.getByRole("alert").innerText(), /password/);
    assert.equal(await username(page).inputValue(), "default");
    assert.equal(await secret(page).inputValue(), "");
    assert.equal(waiting.calls.length, 0);

    await secret(page).fill(password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.waitForURL(waiting.url + "/**");
    const { jwt, state } = await lastCall();
    assert.equal(state, STATE);
    assert.equal((await api("GET", "/v1/current-user", jwt)).status, 200);

    // Nothing is left of it for the next one at this browser, but the cookie of the form.
    const cookies = await context.cookies(server);
    assert.equal(cookies.length, 1);
    const [cookie] = cookies;
    assert.ok(cookie.httpOnly);
    assert.equal(cookie.sameSite, "Strict");
    assert.equal(cookie.secure, server.startsWith("https:"));
    assert.deepEqual(troubles, []);
    await context.close();
  });
}

test("with the keyboard alone", async () => {
  const { page, context, troubles } = await open(browser, {}, [waiting.url]);
  await page.goto(form(waiting.port));
  assert.equal(await page.evaluate(() => document.activeElement.id), "username");
  await showsFocus(page);
  await page.keyboard.type("default");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.id), "password");
  await showsFocus(page);
  await page.keyboard.type(password);
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.localName), "button");
  await showsFocus(page);
  await page.keyboard.press("Enter");
  await page.waitForURL(waiting.url + "/**");
  assert.equal((await lastCall()).state, STATE);
  assert.deepEqual(troubles, []);
  await context.close();
});

test("without a command, the page shows the token once", async () => {
  const { page, context, troubles } = await open(browser);
  await page.goto(`${server}/?redirect=false`);
  await username(page).fill("default");
  await secret(page).fill(password);
  await secret(page).press("Enter");
  const text = await page.locator("pre").innerText();
  const token = /^turso config set token (ey\S+)$/.exec(text)[1];
  assert.equal((await api("GET", "/v1/current-user", token)).status, 200);
  await hasNamesAndLandmarks(page);
  await hasContrast(page);
  await fitsSmallScreens(page);

  // The session ends for everybody who has its token.
  assert.equal((await api("POST", "/v1/auth/invalidate", token)).status, 200);
  assert.equal((await api("GET", "/v1/current-user", token)).status, 401);
  assert.deepEqual(troubles, []);
  await context.close();
});

test("a token goes to no other address, whoever asks for it", async () => {
  const { page, context } = await open(browser);
  for (const port of ["80@evil.example", "8080.evil.example", "0", "65536", "-1", "80/../x", ""]) {
    const answer = await page.goto(`${server}/?port=${encodeURIComponent(port)}&redirect=true&state=x`);
    assert.equal(answer.status(), 400, port);
    assert.equal(await page.locator("form").count(), 0, port);
  }
  const answer = await page.goto(`${server}/?port=8080&redirect=${encodeURIComponent("https://evil.example")}&state="><b>`);
  assert.equal(answer.status(), 400);

  // A form that was changed on its way: the server looks again.
  await page.goto(form(waiting.port));
  await page.locator("input[name=port]").evaluate((field) => (field.value = "80@evil.example"));
  await username(page).fill("default");
  await secret(page).fill(password);
  const [refused] = await Promise.all([
    page.waitForResponse((response) => response.url().endsWith("/login")),
    page.getByRole("button", { name: "Sign in" }).click(),
  ]);
  assert.equal(refused.status(), 400);
  assert.equal(waiting.calls.length, 0);
  await context.close();
});

test("a form cannot be made to send the password elsewhere", async () => {
  const thief = await command();
  const { page, context, troubles } = await open(browser, {}, [thief.url]);
  await page.goto(form(waiting.port));
  await page.locator("form").evaluate((node, url) => {
    node.method = "get";
    node.action = url;
  }, `${thief.url}/`);
  await secret(page).fill(password);
  await username(page).fill("default");
  await page.locator("form").evaluate((node) => node.requestSubmit());
  await assertSoon(() => troubles.some((text) => text.includes("form-action")));
  assert.deepEqual(thief.calls, []);
  thief.close();
  await context.close();
});

test("the pages are not shown inside another", async () => {
  const { page, context, troubles } = await open(browser, {}, [waiting.url]);
  await page.goto(waiting.url);
  await page.evaluate((url) => {
    const frame = document.createElement("iframe");
    frame.src = url;
    document.body.append(frame);
  }, `${server}/`);
  await assertSoon(() => troubles.some((text) => /frame|X-Frame-Options/.test(text)));
  waiting.calls.length = 0;
  await context.close();
});

test("the forms are for everybody", async () => {
  const { page, context, troubles } = await open(browser);
  for (const path of [form(waiting.port), `${server}/signup`, `${server}/signup?invite=abc`, `${server}/?port=0`]) {
    await page.goto(path);
    await hasNamesAndLandmarks(page);
    await hasContrast(page);
    await fitsSmallScreens(page);
  }
  await page.goto(`${server}/signup?invite=abc`);
  assert.equal(
    await secret(page).evaluate((field) => document.getElementById(field.getAttribute("aria-describedby")).innerText),
    "At least 8 characters.",
  );
  assert.deepEqual(troubles, []);
  await context.close();
});

for (const javaScriptEnabled of [true, false]) {
  const name = javaScriptEnabled ? "ana" : "eve";
  test(`an account by the link of an invitation, ${javaScriptEnabled ? "with" : "without"} JavaScript`, async () => {
    const { body } = await api("POST", "/v2/organizations/default/invites", process.env.SKERRY_TOKEN, {
      email: `${name}@example.net`,
      role: "member",
    });
    const { page, context, troubles } = await open(browser, { javaScriptEnabled }, [waiting.url]);
    // Whoever has the secret only comes by the form for it.
    if (javaScriptEnabled) {
      await page.goto(`${server}/signup?invite=${body.invited.token}&port=${waiting.port}&redirect=true&state=${STATE}`);
    } else {
      await page.goto(`${server}/signup?port=${waiting.port}&redirect=true&state=${STATE}&type=cli`);
      await page.getByLabel("Secret of the invitation").fill(body.invited.token);
      await page.getByRole("button", { name: "Go on" }).click();
    }
    await username(page).fill("default");
    await secret(page).fill("long enough");
    await page.getByRole("button", { name: "Make the account" }).click();
    assert.match(await page.getByRole("alert").innerText(), /default/, "a name that is taken");
    await username(page).fill(name);
    await secret(page).fill("short");
    await page.getByRole("button", { name: "Make the account" }).click();
    assert.equal(await secret(page).evaluate((field) => field.validity.tooShort), true);

    await secret(page).fill("long enough");
    await secret(page).press("Enter");
    await page.waitForURL(waiting.url + "/**");
    const { jwt, state } = await lastCall();
    assert.equal(state, STATE);
    assert.equal((await api("GET", "/v1/current-user", jwt)).body.user.username, name);

    await page.goto(`${server}/signup?invite=${body.invited.token}`);
    await username(page).fill(`${name}2`);
    await secret(page).fill("long enough");
    await secret(page).press("Enter");
    assert.match(await page.getByRole("alert").innerText(), /not found/, "a secret is good once");
    assert.deepEqual(troubles, []);
    await context.close();
  });
}

async function assertSoon(condition) {
  const end = Date.now() + 10_000;
  while (!condition()) {
    assert.ok(Date.now() < end, String(condition));
    await new Promise((later) => setTimeout(later, 50));
  }
}
