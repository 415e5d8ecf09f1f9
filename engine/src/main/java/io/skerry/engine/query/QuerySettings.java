package io.skerry.engine.query;

import java.time.Duration;

/// The limits of running statements. Every queue, pool and wait of this package is bounded by one of these.
///
/// @param statementTime a statement that runs longer is interrupted and answers STATEMENT_TIMEOUT
/// @param transactionTime a transaction that holds the write slot longer loses it to one that waits
/// @param sqlBytes the longest text of one statement, in bytes of UTF-8
/// @param valueBytes the longest row, text or blob
/// @param waitingWrites jobs that may wait for the write slot of one database; one more answers
///     TRANSACTION_BUSY
/// @param groupedWrites at most so many programs share a commit
/// @param groupTime no further program joins a group that has been running this long
/// @param readers read connections of one database, those pinned by transactions included
/// @param idleReaders read connections of one database that stay open while nobody uses them
/// @param readerWait how long a read waits for a connection before it answers OVERLOADED
/// @param cachedStatements prepared statements kept per connection
/// @param cachedStatementBytes texts of prepared statements kept per connection, in chars
/// @param cachedTexts analysed texts kept per process
/// @param cacheKilobytes SQLite's page cache per connection
public record QuerySettings(
        Duration statementTime,
        Duration transactionTime,
        int sqlBytes,
        int valueBytes,
        int waitingWrites,
        int groupedWrites,
        Duration groupTime,
        int readers,
        int idleReaders,
        Duration readerWait,
        int cachedStatements,
        int cachedStatementBytes,
        int cachedTexts,
        int cacheKilobytes) {

    public static final QuerySettings DEFAULT = new QuerySettings(
            Duration.ofSeconds(30),
            Duration.ofSeconds(5),
            64 << 20,
            5 << 20,
            1_024,
            256,
            Duration.ofMillis(10),
            64,
            4,
            Duration.ofSeconds(5),
            100,
            256 << 10,
            4_096,
            2_048);

    public QuerySettings {
        positive("statementTime", statementTime.toNanos());
        positive("transactionTime", transactionTime.toNanos());
        positive("sqlBytes", sqlBytes);
        positive("valueBytes", valueBytes);
        positive("waitingWrites", waitingWrites);
        positive("groupedWrites", groupedWrites);
        positive("groupTime", groupTime.toNanos());
        positive("readers", readers);
        positive("idleReaders", idleReaders);
        positive("readerWait", readerWait.toNanos());
        positive("cachedStatements", cachedStatements);
        positive("cachedStatementBytes", cachedStatementBytes);
        positive("cachedTexts", cachedTexts);
        positive("cacheKilobytes", cacheKilobytes);
    }

    public QuerySettings withStatementTime(Duration time) {
        return new QuerySettings(
                time,
                transactionTime,
                sqlBytes,
                valueBytes,
                waitingWrites,
                groupedWrites,
                groupTime,
                readers,
                idleReaders,
                readerWait,
                cachedStatements,
                cachedStatementBytes,
                cachedTexts,
                cacheKilobytes);
    }

    public QuerySettings withTransactionTime(Duration time) {
        return new QuerySettings(
                statementTime,
                time,
                sqlBytes,
                valueBytes,
                waitingWrites,
                groupedWrites,
                groupTime,
                readers,
                idleReaders,
                readerWait,
                cachedStatements,
                cachedStatementBytes,
                cachedTexts,
                cacheKilobytes);
    }

    public QuerySettings withGroupTime(Duration time) {
        return new QuerySettings(
                statementTime,
                transactionTime,
                sqlBytes,
                valueBytes,
                waitingWrites,
                groupedWrites,
                time,
                readers,
                idleReaders,
                readerWait,
                cachedStatements,
                cachedStatementBytes,
                cachedTexts,
                cacheKilobytes);
    }

    public QuerySettings withSqlBytes(int bytes) {
        return new QuerySettings(
                statementTime,
                transactionTime,
                bytes,
                valueBytes,
                waitingWrites,
                groupedWrites,
                groupTime,
                readers,
                idleReaders,
                readerWait,
                cachedStatements,
                cachedStatementBytes,
                cachedTexts,
                cacheKilobytes);
    }

    public QuerySettings withValueBytes(int bytes) {
        return new QuerySettings(
                statementTime,
                transactionTime,
                sqlBytes,
                bytes,
                waitingWrites,
                groupedWrites,
                groupTime,
                readers,
                idleReaders,
                readerWait,
                cachedStatements,
                cachedStatementBytes,
                cachedTexts,
                cacheKilobytes);
    }

    public QuerySettings withWaitingWrites(int jobs) {
        return new QuerySettings(
                statementTime,
                transactionTime,
                sqlBytes,
                valueBytes,
                jobs,
                groupedWrites,
                groupTime,
                readers,
                idleReaders,
                readerWait,
                cachedStatements,
                cachedStatementBytes,
                cachedTexts,
                cacheKilobytes);
    }

    public QuerySettings withReaders(int connections, Duration wait) {
        return new QuerySettings(
                statementTime,
                transactionTime,
                sqlBytes,
                valueBytes,
                waitingWrites,
                groupedWrites,
                groupTime,
                connections,
                idleReaders,
                wait,
                cachedStatements,
                cachedStatementBytes,
                cachedTexts,
                cacheKilobytes);
    }

    private static void positive(String name, long value) {
        if (value <= 0) {
            throw new IllegalArgumentException("setting " + name + " is " + value + ", it has to be positive");
        }
    }
}
