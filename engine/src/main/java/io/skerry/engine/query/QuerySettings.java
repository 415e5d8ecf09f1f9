package io.skerry.engine.query;

import java.time.Duration;

/// The limits of running statements. Every queue, pool and wait of this package is bounded by one of these.
///
/// @param statementTime a statement that runs longer is interrupted and answers STATEMENT_TIMEOUT
/// @param transactionTime a transaction that holds the write slot longer loses it to one that waits
/// @param transactionAge a transaction that is open for longer is ended, wherever it runs and whoever
///     waits: what it sees keeps the WAL from being checkpointed
/// @param sqlBytes the longest text of one statement, in bytes of UTF-8
/// @param valueBytes the longest row, text or blob
/// @param waitingWrites jobs that may wait for the write slot of one database; one more answers
///     TRANSACTION_BUSY
/// @param groupedWrites at most so many programs share a commit
/// @param groupTime no further program joins a group that has been running this long
/// @param readers read connections of one database, those pinned by transactions included
/// @param idleReaders read connections of one database that stay open while nobody uses them
/// @param readerWait how long a read waits for a connection, or for its turn among the long ones, before it answers
///     OVERLOADED
/// @param longReads reads of one node that have kept a carrier for too long and run on platform threads
/// @param cachedStatements prepared statements kept per connection
/// @param cachedStatementBytes texts of prepared statements kept per connection, in chars
/// @param cachedTexts analysed texts kept per process
/// @param cacheKilobytes SQLite's page cache per connection
public record QuerySettings(
        Duration statementTime,
        Duration transactionTime,
        Duration transactionAge,
        int sqlBytes,
        int valueBytes,
        int waitingWrites,
        int groupedWrites,
        Duration groupTime,
        int readers,
        int idleReaders,
        Duration readerWait,
        int longReads,
        int cachedStatements,
        int cachedStatementBytes,
        int cachedTexts,
        int cacheKilobytes) {

    public static final QuerySettings DEFAULT = new QuerySettings(
            Duration.ofSeconds(30),
            Duration.ofSeconds(5),
            Duration.ofMinutes(5),
            64 << 20,
            5 << 20,
            1_024,
            256,
            Duration.ofMillis(10),
            64,
            4,
            Duration.ofSeconds(5),
            64,
            100,
            256 << 10,
            4_096,
            2_048);

    public QuerySettings {
        positive("statementTime", statementTime.toNanos());
        positive("transactionTime", transactionTime.toNanos());
        positive("transactionAge", transactionAge.toNanos());
        positive("sqlBytes", sqlBytes);
        positive("valueBytes", valueBytes);
        positive("waitingWrites", waitingWrites);
        positive("groupedWrites", groupedWrites);
        positive("groupTime", groupTime.toNanos());
        positive("readers", readers);
        positive("idleReaders", idleReaders);
        positive("readerWait", readerWait.toNanos());
        positive("longReads", longReads);
        positive("cachedStatements", cachedStatements);
        positive("cachedStatementBytes", cachedStatementBytes);
        positive("cachedTexts", cachedTexts);
        positive("cacheKilobytes", cacheKilobytes);
    }

    /// These settings, to be changed.
    public Builder change() {
        return new Builder(this);
    }

    private static void positive(String name, long value) {
        if (value <= 0) {
            throw new IllegalArgumentException("setting " + name + " is " + value + ", it has to be positive");
        }
    }

    /// Makes settings that differ from others in some values; checked in [#build]. One thread at a time.
    public static final class Builder {

        private final QuerySettings base;
        private Duration statementTime;
        private Duration transactionTime;
        private Duration transactionAge;
        private int sqlBytes;
        private int valueBytes;
        private int waitingWrites;
        private Duration groupTime;
        private int readers;
        private Duration readerWait;
        private int longReads;

        private Builder(QuerySettings base) {
            this.base = base;
            statementTime = base.statementTime;
            transactionTime = base.transactionTime;
            transactionAge = base.transactionAge;
            sqlBytes = base.sqlBytes;
            valueBytes = base.valueBytes;
            waitingWrites = base.waitingWrites;
            groupTime = base.groupTime;
            readers = base.readers;
            readerWait = base.readerWait;
            longReads = base.longReads;
        }

        public Builder statementTime(Duration time) {
            statementTime = time;
            return this;
        }

        public Builder transactionTime(Duration time) {
            transactionTime = time;
            return this;
        }

        public Builder transactionAge(Duration age) {
            transactionAge = age;
            return this;
        }

        public Builder sqlBytes(int bytes) {
            sqlBytes = bytes;
            return this;
        }

        public Builder valueBytes(int bytes) {
            valueBytes = bytes;
            return this;
        }

        public Builder waitingWrites(int jobs) {
            waitingWrites = jobs;
            return this;
        }

        public Builder groupTime(Duration time) {
            groupTime = time;
            return this;
        }

        /// Also the most that stay open while nobody uses them, where that was more.
        public Builder readers(int connections) {
            readers = connections;
            return this;
        }

        public Builder readerWait(Duration time) {
            readerWait = time;
            return this;
        }

        public Builder longReads(int reads) {
            longReads = reads;
            return this;
        }

        /// @throws IllegalArgumentException if a value is not positive
        public QuerySettings build() {
            return new QuerySettings(
                    statementTime,
                    transactionTime,
                    transactionAge,
                    sqlBytes,
                    valueBytes,
                    waitingWrites,
                    base.groupedWrites,
                    groupTime,
                    readers,
                    Math.min(base.idleReaders, readers),
                    readerWait,
                    longReads,
                    base.cachedStatements,
                    base.cachedStatementBytes,
                    base.cachedTexts,
                    base.cacheKilobytes);
        }
    }
}
