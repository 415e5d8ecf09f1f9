// @libsql/client over HTTP, as an application uses it. SKERRY_URL names a database by the path form at its primary,
// SKERRY_TOKEN opens it. Each test makes tables of its own, so that the order does not matter.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { createClient } from "@libsql/client";

const url = process.env.SKERRY_URL;
const authToken = process.env.SKERRY_TOKEN;
if (!url) throw new Error("SKERRY_URL must name a database, for example http://localhost:8080/dev/shop");

let db;
before(() => (db = createClient({ url, authToken, intMode: "number" })));
after(() => db.close());

let serial = 0;
async function table(columns) {
  const name = `t_${process.pid}_${++serial}`;
  await db.execute(`CREATE TABLE ${name} (${columns})`);
  return name;
}
const rejectsWith = (promise, code) =>
  assert.rejects(promise, (e) => (assert.equal(e.code, code, e.message), true));

describe("values", () => {
  const roundTrip = async (value) => (await db.execute({ sql: "SELECT ? AS v", args: [value] })).rows[0].v;

  test("numbers keep every bit", async () => {
    for (const v of [0, -2023, 12.345, 1e18, -1e18, Number.MAX_VALUE, -Number.MAX_VALUE, Number.MIN_VALUE]) {
      assert.equal(await roundTrip(v), v);
    }
  });

  test("64-bit integers keep every digit", async () => {
    const big = createClient({ url, authToken, intMode: "bigint" });
    for (const v of [9223372036854775807n, -9223372036854775808n, 9007199254740993n]) {
      assert.equal((await big.execute({ sql: "SELECT ? AS v", args: [v] })).rows[0].v, v);
    }
    big.close();
  });

  test("texts keep controls, accents and emptiness", async () => {
    for (const v of ["", "a\n\r\t ", "žluťoučký kůň 🐎", "\"\\/\u0001", "x".repeat(100_000)]) {
      assert.equal(await roundTrip(v), v);
    }
  });

  test("blobs keep every byte", async () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, i) => i ^ 0xab);
    assert.deepEqual(new Uint8Array(await roundTrip(bytes)), bytes);
    assert.deepEqual(new Uint8Array(await roundTrip(bytes.subarray(3, 77))), bytes.subarray(3, 77));
  });

  test("null, booleans and dates arrive as SQLite stores them", async () => {
    assert.equal(await roundTrip(null), null);
    assert.equal(await roundTrip(true), 1);
    assert.equal(await roundTrip(new Date("2023-01-01T12:34:56Z")), 1672576496000);
  });
});

describe("statements", () => {
  test("columns have names and declared types", async () => {
    const t = await table('a TEXT, b INT, c "FURRY BUNNY", d');
    const rs = await db.execute(`SELECT a, b, c, d, 1 + 1 AS e FROM ${t}`);
    assert.deepEqual(rs.columns, ["a", "b", "c", "d", "e"]);
    assert.deepEqual(rs.columnTypes, ["TEXT", "INT", "FURRY BUNNY", "", ""]);
  });

  test("positional and named arguments, with every prefix", async () => {
    assert.deepEqual(Array.from((await db.execute({ sql: "SELECT ?2, ?3, ?1", args: ["one", "two", "three"] })).rows[0]), [
      "two", "three", "one",
    ]);
    for (const p of [":", "@", "$"]) {
      const sql = `SELECT ${p}b, ${p}a, ${p}b`;
      assert.deepEqual(Array.from((await db.execute({ sql, args: { a: "one", [`${p}b`]: "two" } })).rows[0]), ["two", "one", "two"]);
    }
  });

  test("counts changed rows and reports the last rowid", async () => {
    const t = await table("a INTEGER PRIMARY KEY, b");
    let rs = await db.execute(`INSERT INTO ${t} VALUES (1, 'x'), (9223372036854775807, 'y')`);
    assert.equal(rs.rowsAffected, 2);
    assert.equal(rs.lastInsertRowid, 9223372036854775807n);
    rs = await db.execute(`UPDATE ${t} SET b = 'z'`);
    assert.equal(rs.rowsAffected, 2);
    rs = await db.execute(`DELETE FROM ${t} WHERE a = 1`);
    assert.equal(rs.rowsAffected, 1);
  });

  test("RETURNING gives rows and counts", async () => {
    const t = await table("a INTEGER PRIMARY KEY, b");
    const rs = await db.execute(`INSERT INTO ${t} (b) VALUES ('x') RETURNING a, b`);
    assert.deepEqual(Array.from(rs.rows[0]), [1, "x"]);
    assert.equal(rs.rowsAffected, 1);
  });

  test("errors carry SQLite's base code", async () => {
    const t = await table("a INTEGER PRIMARY KEY, b UNIQUE");
    await db.execute(`INSERT INTO ${t} VALUES (1, 1)`);
    await rejectsWith(db.execute(`INSERT INTO ${t} VALUES (1, 2)`), "SQLITE_CONSTRAINT");
    await rejectsWith(db.execute(`INSERT INTO ${t} VALUES (2, 1)`), "SQLITE_CONSTRAINT");
    await assert.rejects(db.execute("SELECT foobar"), (e) => typeof e.code === "string");
    await assert.rejects(db.execute("SELECT * FROM nowhere"), /no such table: nowhere/);
  });

  test("files cannot be reached", async () => {
    for (const sql of ["ATTACH '/etc/passwd' AS x", "VACUUM INTO '/tmp/x.db'", "PRAGMA journal_mode=DELETE",
      "PRAGMA writable_schema=ON", "SELECT * FROM sqlite_dbpage", "SELECT load_extension('x')"]) {
      await assert.rejects(db.execute(sql), sql);
    }
  });
});

describe("batches", () => {
  test("a write batch is one transaction", async () => {
    const t = await table("a UNIQUE");
    await db.batch([{ sql: `INSERT INTO ${t} VALUES (?)`, args: [1] }, { sql: `INSERT INTO ${t} VALUES (?)`, args: [2] }], "write");
    await assert.rejects(db.batch([`INSERT INTO ${t} VALUES (3)`, `INSERT INTO ${t} VALUES (1)`, `INSERT INTO ${t} VALUES (4)`], "write"));
    assert.equal((await db.execute(`SELECT count(*) AS n FROM ${t}`)).rows[0].n, 2);
  });

  test("a read batch reads", async () => {
    const results = await db.batch(["SELECT 1 AS a", "SELECT 2 AS a"], "read");
    assert.deepEqual(results.map((r) => r.rows[0].a), [1, 2]);
  });

  test("a deferred batch mixes reading, schema and RETURNING", async () => {
    const t = `t_${process.pid}_${++serial}`;
    const results = await db.batch(
      ["SELECT 42", `CREATE TABLE ${t} (b)`, `INSERT INTO ${t} VALUES (1) RETURNING b`, `SELECT b FROM ${t}`], "deferred");
    assert.equal(results[2].rows[0].b, 1);
    assert.equal(results[3].rows[0].b, 1);
  });

  test("a hundred concurrent write batches all succeed", async () => {
    const t = await table("a INTEGER PRIMARY KEY, n INT");
    await db.execute(`INSERT INTO ${t} VALUES (1, 0)`);
    const seen = await Promise.all(Array.from({ length: 100 }, () =>
      db.batch([`UPDATE ${t} SET n = n + 1`, `SELECT n FROM ${t}`], "write").then((r) => r[1].rows[0].n)));
    assert.deepEqual(seen.sort((x, y) => x - y), Array.from({ length: 100 }, (_, i) => i + 1));
  });

  test("four thousand statements", async () => {
    const t = await table("a");
    await db.batch(Array.from({ length: 4000 }, (_, i) => ({ sql: `INSERT INTO ${t} VALUES (?)`, args: [i] })), "write");
    assert.equal((await db.execute(`SELECT count(*) AS n FROM ${t}`)).rows[0].n, 4000);
  });

  test("executeMultiple keeps what preceded the failing statement", async () => {
    const t = await table("a UNIQUE");
    await assert.rejects(db.executeMultiple(`INSERT INTO ${t} VALUES (1); INSERT INTO ${t} VALUES (1); INSERT INTO ${t} VALUES (2)`));
    assert.equal((await db.execute(`SELECT count(*) AS n FROM ${t}`)).rows[0].n, 1);
  });

  test("migrate switches foreign keys off around its batch", async () => {
    const parent = await table("id INTEGER PRIMARY KEY");
    const child = await table(`p REFERENCES ${parent}(id)`);
    await db.migrate([`INSERT INTO ${child} VALUES (7)`, `INSERT INTO ${parent} VALUES (7)`]);
    assert.equal((await db.execute(`SELECT count(*) AS n FROM ${child}`)).rows[0].n, 1);
  });
});

describe("transactions", () => {
  test("commit keeps, rollback and close discard", async () => {
    const t = await table("a");
    for (const [end, kept] of [["commit", 1], ["rollback", 1], ["close", 1]]) {
      const tx = await db.transaction("write");
      await tx.execute(`INSERT INTO ${t} VALUES ('${end}')`);
      await tx[end]();
      assert.equal((await db.execute(`SELECT count(*) AS n FROM ${t}`)).rows[0].n, kept, end);
    }
  });

  test("an error does not end the transaction", async () => {
    const t = await table("a UNIQUE");
    const tx = await db.transaction("write");
    await tx.execute(`INSERT INTO ${t} VALUES (1)`);
    await assert.rejects(tx.execute(`INSERT INTO ${t} VALUES (1)`));
    await tx.execute(`INSERT INTO ${t} VALUES (2)`);
    await tx.commit();
    assert.equal((await db.execute(`SELECT count(*) AS n FROM ${t}`)).rows[0].n, 2);
  });

  test("a reader keeps its snapshot while others commit", async () => {
    const t = await table("a");
    await db.execute(`INSERT INTO ${t} VALUES (1)`);
    const tx = await db.transaction("read");
    assert.equal((await tx.execute(`SELECT sum(a) AS s FROM ${t}`)).rows[0].s, 1);
    await db.execute(`INSERT INTO ${t} VALUES (10)`);
    assert.equal((await tx.execute(`SELECT sum(a) AS s FROM ${t}`)).rows[0].s, 1);
    tx.close();
    assert.equal((await db.execute(`SELECT sum(a) AS s FROM ${t}`)).rows[0].s, 11);
  });

  test("two writers take turns", async () => {
    const t = await table("n INT");
    await db.execute(`INSERT INTO ${t} VALUES (0)`);
    const increment = async () => {
      const tx = await db.transaction("write");
      const n = (await tx.execute(`SELECT n FROM ${t}`)).rows[0].n;
      await tx.execute({ sql: `UPDATE ${t} SET n = ?`, args: [n + 1] });
      await tx.commit();
    };
    await Promise.all(Array.from({ length: 10 }, increment));
    assert.equal((await db.execute(`SELECT n FROM ${t}`)).rows[0].n, 10);
  });
});
