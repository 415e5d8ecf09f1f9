// A headless Chromium on the pages of a server, and what is watched for on each of them.
import { X509Certificate, createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import http from "node:http";
import { chromium } from "playwright-core";

export const server = process.env.SKERRY_URL;
export const password = process.env.SKERRY_PASSWORD;

/** Starts the browser; it takes the server's certificate by its key, all others as ever. */
export async function launch() {
  const args = ["--no-sandbox"];
  if (process.env.SKERRY_CERTIFICATE) {
    const key = new X509Certificate(readFileSync(process.env.SKERRY_CERTIFICATE)).publicKey;
    const hash = createHash("sha256").update(key.export({ type: "spki", format: "der" })).digest("base64");
    args.push(`--ignore-certificate-errors-spki-list=${hash}`);
  }
  return chromium.launch({ executablePath: process.env.CHROMIUM, args });
}

/**
 * A page in a browser profile of its own. `troubles` gathers what must not be: errors in the console, such as what the
 * Content-Security-Policy forbade, failures of scripts, and requests to others than the server and `others`.
 */
export async function open(browser, options = {}, others = []) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const troubles = [];
  const known = [server, ...others].map((url) => new URL(url).origin);
  page.on("console", (message) => {
    // That an answer has status 4xx is no trouble of the page: the tests look at the status themselves.
    const status = message.text().startsWith("Failed to load resource: the server responded with a status of 4");
    if ((message.type() === "error" || message.type() === "warning") && !status) troubles.push(message.text());
  });
  page.on("pageerror", (error) => troubles.push(String(error)));
  context.on("request", (request) => {
    const url = new URL(request.url());
    if (url.protocol !== "data:" && !known.includes(url.origin)) troubles.push(`a request to ${url.origin}`);
  });
  return { page, context, troubles };
}

/** A command that waits on this machine for the token of a sign-in. */
export async function command() {
  const calls = [];
  const listener = http.createServer((request, response) => {
    const url = new URL(request.url, "http://localhost");
    if (url.pathname === "/") calls.push(Object.fromEntries(url.searchParams));
    response.setHeader("content-type", "text/html").end("<title>done</title>done");
  });
  await new Promise((started) => listener.listen(0, "127.0.0.1", started));
  const port = listener.address().port;
  return {
    port,
    url: `http://localhost:${port}`,
    calls,
    close: () => (listener.closeAllConnections(), listener.close()),
  };
}

export async function api(method, path, token, body) {
  const response = await fetch(server + path, {
    method,
    headers: token ? { authorization: `Bearer ${token}` } : {},
    body: body && JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() };
}
