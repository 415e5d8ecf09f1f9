package io.skerry.conformance;

import java.util.List;
import java.util.SplittableRandom;

/// What one writer of [CrashTest] does in one transaction: which change it is follows from the seed,
/// the writer and the number alone, so that whoever finds the number in a database knows what must
/// have happened there.
///
/// @param writer who does it: its rows and its table are its own
/// @param number counts the changes of this writer
/// @param size how many rows, or which
record Change(int writer, long number, Kind kind, Way way, int size) {

    /// Tables that every database has. In `done` a transaction writes its number, in the order of the
    /// commits.
    static final List<String> SCHEMA = List.of(
            "CREATE TABLE done (id INTEGER PRIMARY KEY, writer INTEGER, number INTEGER)",
            "CREATE TABLE item (id INTEGER PRIMARY KEY, writer INTEGER, number INTEGER, n INTEGER, v INTEGER, filler BLOB)",
            "CREATE INDEX by_writer ON item (writer, number, n)");

    /// No writer has rows of more changes than these.
    static final int KEPT = 10;

    static final int FILLER_BYTES = 2_000;

    private static final int SHARE = 7;

    enum Kind {
        /// A few rows.
        FEW,
        /// More than one entry of the log holds.
        MANY,
        UPDATE,
        DELETE,
        /// A table, with an index and another column, in place of the one before.
        TABLE,
        NO_TABLE
    }

    enum Way {
        /// In one request.
        AT_ONCE,
        /// In several, on one stream.
        STEP_BY_STEP,
        ROLLED_BACK
    }

    static Change of(long seed, int writer, long number) {
        var random = new SplittableRandom(seed * 1_000_003 + writer * 10_000_019L + number);
        Kind kind = switch (random.nextInt(16)) {
            case 0, 1 -> Kind.MANY;
            case 2, 3, 4 -> Kind.UPDATE;
            case 5, 6 -> Kind.DELETE;
            case 7 -> Kind.TABLE;
            case 8 -> Kind.NO_TABLE;
            default -> Kind.FEW;
        };
        Way way = switch (random.nextInt(8)) {
            case 0 -> Way.ROLLED_BACK;
            case 1, 2 -> Way.STEP_BY_STEP;
            default -> Way.AT_ONCE;
        };
        int size = switch (kind) {
            case FEW -> 1 + random.nextInt(5);
            case MANY -> 700 + random.nextInt(700);
            default -> random.nextInt(SHARE);
        };
        return new Change(writer, number, kind, way, size);
    }

    /// Between BEGIN and COMMIT.
    List<String> statements() {
        String done = "INSERT INTO done (writer, number) VALUES (" + writer + ", " + number + ")";
        String mine = " WHERE writer = " + writer;
        String share = mine + " AND (number + n) % " + SHARE + " = " + size;
        String table = "extra_" + writer;
        return switch (kind) {
            case FEW, MANY ->
                List.of(
                        done,
                        "INSERT INTO item (writer, number, n, v, filler) WITH RECURSIVE c(n) AS (SELECT 0 UNION ALL"
                                + " SELECT n + 1 FROM c WHERE n < " + (size - 1) + ") SELECT " + writer + ", " + number
                                + ", n, 0, randomblob(" + FILLER_BYTES + ") FROM c");
            case UPDATE ->
                List.of(
                        done,
                        "UPDATE item SET v = v + " + number + ", filler = randomblob(" + FILLER_BYTES + ")" + share);
            case DELETE ->
                List.of(
                        "DELETE FROM item" + share,
                        done,
                        "DELETE FROM item" + mine + " AND number < " + (number - KEPT));
            case TABLE ->
                List.of(
                        "DROP TABLE IF EXISTS " + table,
                        "CREATE TABLE " + table + " (x INTEGER)",
                        "CREATE INDEX of_" + table + " ON " + table + " (x)",
                        "INSERT INTO " + table + " VALUES (" + number + ")",
                        done,
                        "ALTER TABLE " + table + " ADD COLUMN y" + number + " INTEGER DEFAULT " + number);
            case NO_TABLE -> List.of(done, "DROP TABLE IF EXISTS " + table);
        };
    }

    /// Whether a row is among those that an update or a delete means.
    boolean concerns(long ofNumber, int n) {
        return (ofNumber + n) % SHARE == size;
    }
}
