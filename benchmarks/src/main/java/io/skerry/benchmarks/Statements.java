package io.skerry.benchmarks;

import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;

/// The requests that the measurements send, the same to every server.
final class Statements {

    /// Rows of the table that point reads choose from.
    static final int ROWS = 100_000;

    private static final String CLOSE = ",{\"type\":\"close\"}]}";

    private Statements() {}

    static String execute(String sql) {
        return "{\"requests\":[{\"type\":\"execute\",\"stmt\":{\"sql\":\"" + sql + "\"}}" + CLOSE;
    }

    static final String CREATE_READ_TABLE = "CREATE TABLE IF NOT EXISTS kv (k INTEGER PRIMARY KEY, v TEXT)";

    static final String FILL_READ_TABLE =
            "INSERT OR REPLACE INTO kv SELECT value, 'value of about ninety-five bytes, as a row of a"
                    + " usual table has, number ' || value || ' ................' FROM (WITH RECURSIVE c(value) AS (SELECT 1 UNION ALL SELECT"
                    + " value + 1 FROM c WHERE value < " + ROWS + ") SELECT value FROM c)";

    static String pointRead(ThreadLocalRandom random) {
        return "{\"requests\":[{\"type\":\"execute\",\"stmt\":{\"sql\":\"SELECT v FROM kv WHERE k = ?\",\"args\":[{\"type\":\"integer\","
                + "\"value\":\"" + (1 + random.nextInt(ROWS)) + "\"}]}}" + CLOSE;
    }

    static final String CREATE_INSERT_TABLE =
            "CREATE TABLE IF NOT EXISTS log (id INTEGER PRIMARY KEY, at INTEGER, line TEXT)";

    static String insert(ThreadLocalRandom random) {
        return insert("log (at, line)", random.nextInt(), text(random, 80));
    }

    /// @param into a table and its two columns, of a number and a text
    static String insert(String into, long number, String text) {
        return "{\"requests\":[{\"type\":\"execute\",\"stmt\":{\"sql\":\"INSERT INTO " + into
                + " VALUES (?, ?)\",\"args\":[{\"type\":\"integer\",\"value\":\"" + number
                + "\"},{\"type\":\"text\",\"value\":\"" + text + "\"}]}}" + CLOSE;
    }

    /// Half random, half constant, so that neither a compressor nor a delta has it easier than with real rows.
    static String text(ThreadLocalRandom random, int characters) {
        StringBuilder text = new StringBuilder(characters + 16);
        while (text.length() < characters / 2) {
            text.append(String.format(Locale.ROOT, "%016x", random.nextLong()));
        }
        return text.append(".".repeat(characters - Math.min(characters, text.length())))
                .toString();
    }
}
