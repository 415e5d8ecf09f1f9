// The same database through a node of another location: its reads are local, its writes are forwarded, and what it has written
// it sees. SKERRY_URL is the primary's address of the database, SKERRY_REPLICA_URL the other node's.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { createClient } from "@libsql/client";

const authToken = process.env.SKERRY_TOKEN;
const primaryUrl = process.env.SKERRY_URL;
const replicaUrl = process.env.SKERRY_REPLICA_URL;
if (!primaryUrl || !replicaUrl) throw new Error("SKERRY_URL and SKERRY_REPLICA_URL must name one database at two nodes");

describe("a replica location", () => {
  let primary, replica;
  const t = `r_${process.pid}`;
  before(async () => {
    primary = createClient({ url: primaryUrl, authToken });
    replica = createClient({ url: replicaUrl, authToken });
    await primary.execute(`CREATE TABLE ${t} (a INTEGER PRIMARY KEY, b TEXT)`);
  });
  after(() => (primary.close(), replica.close()));

  const countAt = async (client) => (await client.execute(`SELECT count(*) AS n FROM ${t}`)).rows[0].n;

  test("sees each of its own writes at the next read", async () => {
    for (let i = 1; i <= 50; i++) {
      const rs = await replica.execute({ sql: `INSERT INTO ${t} (b) VALUES (?)`, args: [`row ${i}`] });
      assert.equal(rs.rowsAffected, 1);
      assert.equal(await countAt(replica), i);
    }
    assert.equal(await countAt(primary), 50);
  });

  test("runs batches and interactive transactions at the primary", async () => {
    const before = await countAt(replica);
    await replica.batch([`INSERT INTO ${t} (b) VALUES ('batch')`, `UPDATE ${t} SET b = b || '!' WHERE b = 'batch'`], "write");
    const tx = await replica.transaction("write");
    await tx.execute(`INSERT INTO ${t} (b) VALUES ('tx')`);
    assert.equal((await tx.execute(`SELECT count(*) AS n FROM ${t} WHERE b = 'tx'`)).rows[0].n, 1);
    await tx.commit();
    assert.equal(await countAt(replica), before + 2);
    assert.equal((await replica.execute(`SELECT count(*) AS n FROM ${t} WHERE b = 'batch!'`)).rows[0].n, 1);
  });

  test("reports an error of a forwarded statement as the primary does", async () => {
    await assert.rejects(replica.execute(`INSERT INTO ${t} VALUES (1, 'again')`), (e) => e.code === "SQLITE_CONSTRAINT");
  });

  test("has everything that the primary acknowledged, soon", async () => {
    await primary.batch(Array.from({ length: 1000 }, (_, i) => ({ sql: `INSERT INTO ${t} (b) VALUES (?)`, args: [`p${i}`] })), "write");
    const total = await countAt(primary);
    const deadline = Date.now() + 10_000;
    while ((await countAt(replica)) < total && Date.now() < deadline) await new Promise((r) => setTimeout(r, 5));
    assert.equal(await countAt(replica), total);
  });
});
