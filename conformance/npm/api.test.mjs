// @tursodatabase/api, the TypeScript client of the Platform API. SKERRY_API is its base URL, ending in /v1/,
// SKERRY_TOKEN an administrator's token, SKERRY_ORGANIZATION the organization it may change. Every method but
// `locations.closest`, which asks a host that is built into it.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { createClient } from "@tursodatabase/api";

const { SKERRY_API: baseUrl, SKERRY_TOKEN: token, SKERRY_ORGANIZATION: org } = process.env;
if (!baseUrl) throw new Error("SKERRY_API must be a base URL, for example http://localhost:8080/v1/");

const turso = createClient({ org, token, baseUrl });
const group = `g${process.pid}`;
const database = `d${process.pid}`;

const refused = (promise, status, text) =>
  assert.rejects(promise, (e) => {
    assert.equal(e.name, "TursoClientError");
    assert.equal(e.status, status, e.message);
    assert.match(e.message, text);
    return true;
  });

const post = async (path, body) => {
  const headers = { authorization: `Bearer ${token}` };
  const answer = await fetch(new URL(path, baseUrl), { method: "POST", headers, body: JSON.stringify(body) });
  assert.equal(answer.status, 200, path);
  return answer.json();
};

before(async () => {
  const created = await turso.groups.create(group, "fra", { extensions: ["uuid"] });
  assert.deepEqual(created.locations, ["fra"]);
});
after(() => turso.groups.delete(group));

test("locations", async () => {
  const codes = (await turso.locations.list()).map((location) => location.code);
  for (const code of ["fra", "lhr", "bos"]) assert.ok(codes.includes(code), code);
});

test("groups and their locations", async () => {
  assert.equal((await turso.groups.get(group)).primary, "fra");
  assert.ok((await turso.groups.list()).some((one) => one.name === group));
  await refused(turso.groups.create(group, "fra"), 409, /already exists/);
  await refused(turso.groups.get("nope"), 404, /group not found/);
  assert.deepEqual((await turso.groups.addLocation(group, "lhr")).locations, ["fra", "lhr"]);
  await refused(turso.groups.addLocation(group, "amss"), 400, /invalid location: amss/);
  assert.deepEqual((await turso.groups.removeLocation(group, "lhr")).locations, ["fra"]);
  assert.equal((await turso.groups.createToken(group, { expiration: "1h" })).jwt.split(".").length, 3);
  await turso.groups.rotateTokens(group);
});

test("databases", async () => {
  const created = await turso.databases.create(database, { group, size_limit: "1gb" });
  assert.equal(created.name, database);
  await refused(turso.databases.create(database, { group }), 409, /already exists/);
  const got = await turso.databases.get(database);
  assert.equal(got.id, created.id);
  assert.equal(got.group, group);
  assert.deepEqual(got.regions, ["fra"]);
  assert.deepEqual((await turso.databases.list({ group })).map((one) => one.name), [database]);

  const [instance] = await turso.databases.listInstances(database);
  assert.equal(instance.type, "primary");
  assert.deepEqual(await turso.databases.getInstance(database, "fra"), instance);

  const jwt = (await turso.databases.createToken(database, { expiration: "7d", authorization: "read-only" })).jwt;
  assert.equal(jwt.split(".").length, 3);
  await refused(turso.databases.createToken(database, { expiration: "soon" }), 400, /Invalid expiration format/);
  await turso.databases.rotateTokens(database);
  await turso.databases.updateVersion(database);

  const usage = await turso.databases.usage(database, { from: new Date(Date.now() - 3_600_000), to: new Date() });
  assert.equal(usage.uuid, created.id);
  assert.equal(usage.instances[0].uuid, instance.uuid);
  assert.equal(typeof usage.usage.storage_bytes, "number");

  const copy = await turso.databases.create(`${database}-copy`, { group, seed: { type: "database", name: database } });
  assert.notEqual(copy.id, created.id);
  assert.deepEqual(await turso.databases.delete(`${database}-copy`), { database: `${database}-copy` });
  assert.deepEqual(await turso.databases.delete(database), { database });
  await refused(turso.databases.get(database), 404, /could not find database/);
});

test("tokens of the platform", async () => {
  const name = `t${process.pid}`;
  const minted = await turso.apiTokens.create(name);
  const other = createClient({ org, token: minted.token, baseUrl });
  assert.ok((await other.groups.list()).some((one) => one.name === group));
  assert.ok((await turso.apiTokens.list()).some((one) => one.id === minted.id));
  // One that never expires has no expiry that the client's own reading of it could call valid.
  assert.equal((await turso.apiTokens.validate(minted.token)).expiry, -1);
  assert.deepEqual(await turso.apiTokens.revoke(name), { token: name });
  await refused(other.groups.list(), 401, /./);
});

describe("organizations", () => {
  test("are listed and changed", async () => {
    assert.ok((await turso.organizations.list()).some((one) => one.slug === org));
    assert.equal((await turso.organizations.update({ overages: false })).overages, false);
    assert.deepEqual(await turso.organizations.invoices(), []);
  });

  test("have members and invitations", async () => {
    assert.ok((await turso.organizations.members()).some((one) => one.role === "owner"));
    await refused(turso.organizations.addMember("nobody-of-that-name"), 404, /could not find user/);
    await refused(turso.organizations.removeMember("nobody-of-that-name"), 404, /./);
    const invited = await turso.organizations.inviteUser("ana@example.com", "member");
    assert.equal(invited.email, "ana@example.com");
    assert.ok((await turso.organizations.listInvites()).some((one) => one.email === "ana@example.com"));
    await turso.organizations.deleteInvite("ana@example.com");
    assert.ok(!(await turso.organizations.listInvites()).some((one) => one.email === "ana@example.com"));
  });

  test("lose members, take them again, and are deleted by their owner only", async () => {
    const other = `o${process.pid}`;
    const user = `u${process.pid}`;
    // The client has no method that makes an organization, nor one for an account.
    await post("organizations", { name: other });
    const { invited } = await post(`../v2/organizations/${other}/invites`, { email: `${user}@example.com` });
    const account = await post("invites/signup", { token: invited.token, username: user });

    const { organizations } = createClient({ org: other, token, baseUrl });
    const members = async () => Object.fromEntries((await organizations.members()).map((one) => [one.username, one.role]));
    assert.equal((await members())[user], "member");
    assert.deepEqual(await organizations.removeMember(user), { member: user });
    assert.equal((await members())[user], undefined);
    assert.deepEqual(await organizations.addMember(user, "viewer"), { member: user, role: "viewer" });
    assert.equal((await members())[user], "viewer");

    const theirs = createClient({ org: other, token: account.token, baseUrl });
    await refused(theirs.organizations.delete(), 403, /viewer/);
    await organizations.delete();
    await refused(organizations.members(), 404, /organization not found/);
  });
});

test("a token that is none", async () => {
  const stranger = createClient({ org, token: "nonsense", baseUrl });
  await refused(stranger.groups.list(), 401, /token contains an invalid number of segments/);
});
