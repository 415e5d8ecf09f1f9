package io.skerry.server.config;

import io.skerry.catalog.upload.Uploads;
import io.skerry.engine.entry.TransactionAssembly;
import io.skerry.hrana.HranaSettings;
import io.skerry.platform.DatabaseAddress;
import io.skerry.server.issuer.AddressPolicy;
import io.skerry.server.log.LogFormat;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// The catalogue of settings. docs/operations.md shows the same list; a test holds the two together. Limits
/// are of one node unless their text says otherwise.
public final class Settings {

    private static final long KIB = 1L << 10;
    private static final long MIB = 1L << 20;
    private static final long GIB = 1L << 30;
    private static final Duration MILLISECOND = Duration.ofMillis(1);
    /// Several are `Duration.ofHours(n)`: `multipliedBy` computes with `BigDecimal`, which each start would load for
    /// it.
    private static final Duration HOUR = Duration.ofHours(1);

    /// How much the process writes to its log (on standard error).
    public enum LogLevel {
        DEBUG,
        INFO,
        WARN,
        ERROR
    }

    public static final Setting<LogFormat> LOG_FORMAT = new Setting<>(
            "log.format",
            "text",
            "lines for people (`text`) or one JSON object a line (`json`)",
            Values.word(LogFormat.class));
    public static final Setting<LogLevel> LOG_LEVEL = new Setting<>(
            "log.level", "info", "the least important lines that are written", Values.word(LogLevel.class));

    public static final Setting<Integer> CONNECTIONS = new Setting<>(
            "http.connections",
            "2000",
            "open client connections; more wait in the operating system's queue",
            Values.count(1, 1_000_000));
    public static final Setting<Duration> CONNECTION_IDLE = new Setting<>(
            "http.idle-time",
            "5m",
            "a connection without a request for so long is closed",
            Values.duration(Duration.ofSeconds(1), HOUR));
    public static final Setting<Duration> REQUEST_TIME = new Setting<>(
            "http.request-time",
            "60s",
            "from the first line of a request to the end of its body; a client that takes longer loses its connection",
            Values.duration(Duration.ofSeconds(1), HOUR));
    public static final Setting<Duration> ANSWER_TIME = new Setting<>(
            "http.answer-time",
            "2m",
            "a client that takes longer to read an answer, or a MiB of a dump, loses its connection",
            Values.duration(Duration.ofSeconds(1), HOUR));
    public static final Setting<Long> BODY_BYTES = new Setting<>(
            "http.body-bytes",
            "24MiB",
            "one request to a database; a larger one is answered with 413",
            Values.bytes(KIB, GIB));
    public static final Setting<Long> BODIES_BYTES = new Setting<>(
            "http.bodies-bytes",
            "96MiB",
            "all large requests (over 64 KiB) being handled; more are answered with 429",
            Values.bytes(KIB, 64 * GIB));
    public static final Setting<Integer> PIPELINES = new Setting<>(
            "http.pipelines",
            "1024",
            "pipelines being handled; more are answered with 429",
            Values.count(1, 1_000_000));

    public static final Setting<Optional<Path>> TLS_CERTIFICATE = new Setting<>(
            "http.tls.certificate",
            "none",
            "PEM file of the certificate that clients are shown, and those between it and its authority; with it the"
                    + " port speaks TLS. Read again when it changes",
            Values.fileOr("none"));
    public static final Setting<Optional<Path>> TLS_KEY = new Setting<>(
            "http.tls.key",
            "none",
            "PEM file of its private key (PKCS #8, without a password). Read again when it changes",
            Values.fileOr("none"));
    public static final Setting<Optional<Path>> TLS_TRUST = new Setting<>(
            "http.tls.trust",
            "jvm",
            "PEM file of the certificates that nodes trust when they call each other over TLS, or those that the JVM"
                    + " trusts (`jvm`)",
            Values.fileOr("jvm"));
    public static final Setting<Duration> TLS_HANDSHAKE_TIME = new Setting<>(
            "http.tls.handshake-time",
            "10s",
            "a client that takes longer to open TLS loses its connection",
            Values.duration(Duration.ofMillis(100), HOUR));

    public static final Setting<Long> RESULT_BYTES = new Setting<>(
            "results.bytes",
            "10MiB",
            "one result; a statement with more answers RESPONSE_TOO_LARGE",
            Values.bytes(KIB, GIB));
    public static final Setting<Long> RESULTS_BYTES = new Setting<>(
            "results.total-bytes",
            "32MiB",
            "all results being made, or not taken by their clients yet; a request that finds no room is answered with 429",
            Values.bytes(KIB, 64 * GIB));

    public static final Setting<Integer> STREAMS = new Setting<>(
            "streams.max",
            "65536",
            "streams that wait for their next request; one more is answered with 429",
            Values.count(1, 10_000_000));
    public static final Setting<Integer> STREAMS_PER_DATABASE =
            new Setting<>("streams.per-database", "16384", "the same for one database", Values.count(1, 10_000_000));
    public static final Setting<Duration> STREAM_IDLE = new Setting<>(
            "streams.idle-time",
            "10s",
            "a stream without a request for so long is closed and its transaction rolled back",
            Values.duration(MILLISECOND, HOUR));

    public static final Setting<Duration> STATEMENT_TIME = new Setting<>(
            "sql.statement-time",
            "30s",
            "a statement that runs longer is interrupted (STATEMENT_TIMEOUT)",
            Values.duration(MILLISECOND, HOUR));
    public static final Setting<Duration> TRANSACTION_TIME = new Setting<>(
            "sql.transaction-time",
            "5s",
            "a transaction that holds the write lock longer loses it to one that waits (TRANSACTION_TIMEOUT)",
            Values.duration(MILLISECOND, HOUR));
    public static final Setting<Duration> TRANSACTION_AGE = new Setting<>(
            "sql.transaction-age",
            "5m",
            "a transaction that is open for longer is rolled back, also one that only reads (TRANSACTION_TIMEOUT):"
                    + " meanwhile all that is written to its group can stay in the logs",
            Values.duration(MILLISECOND, Duration.ofHours(24)));
    public static final Setting<Long> VALUE_BYTES =
            new Setting<>("sql.value-bytes", "5MiB", "the longest row, text or blob", Values.bytes(KIB, GIB));
    public static final Setting<Long> MEMORY_BYTES = new Setting<>(
            "sql.memory-bytes",
            "1GiB",
            "memory of SQLite in this process; a statement that needs more fails (SQLITE_NOMEM)",
            Values.bytes(MIB, 1024 * GIB));
    public static final Setting<Long> TEMPORARY_BYTES = new Setting<>(
            "sql.temporary-bytes",
            "2GiB",
            "temporary files of all statements in this process; one that needs more fails (SQLITE_FULL)",
            Values.bytes(MIB, 1024 * GIB));
    public static final Setting<Integer> WAITING_WRITES = new Setting<>(
            "sql.waiting-writes",
            "1024",
            "writes that wait for the write lock of one database; one more answers TRANSACTION_BUSY",
            Values.count(1, 1_000_000));
    public static final Setting<Integer> READERS =
            new Setting<>("sql.readers", "64", "read connections of one database", Values.count(1, 10_000));
    public static final Setting<Integer> LONG_READS = new Setting<>(
            "sql.long-reads",
            "64",
            "reads that run for longer than 20 ms, or give values of more than 2,000 bytes to what takes up to half a second to be interrupted (instr, replace, trim, unhex, LIKE, GLOB, two polygons, and what changes JSON or takes several paths of it), each on a thread of its own; one more waits 5 s, then answers OVERLOADED",
            Values.count(1, 10_000));
    public static final Setting<Integer> WRITER_THREADS = new Setting<>(
            "sql.writer-threads",
            "64",
            "threads that run writers: so many databases can commit at one time",
            Values.count(1, 10_000));

    public static final Setting<Integer> OPEN_DATABASES = new Setting<>(
            "databases.open",
            "2000",
            "databases that are open at once; the one unused longest is closed for another",
            Values.count(4, 1_000_000));
    public static final Setting<Duration> DATABASE_IDLE = new Setting<>(
            "databases.idle-time",
            "60s",
            "an open database that nobody used for so long is closed",
            Values.duration(MILLISECOND, HOUR));
    public static final Setting<Integer> DATABASES_PER_GROUP = new Setting<>(
            "databases.per-group",
            "100000",
            "databases of one group, in the cluster; one more is answered with 400",
            Values.count(1, 10_000_000));
    public static final Setting<Integer> GROUPS_PER_NODE = new Setting<>(
            "groups.per-node",
            "100",
            "groups at one location, archived ones not counted; one more, one more location, or one brought back, is answered with 400",
            Values.count(1, 100_000));
    /// Less than a node that handed the call on waits for its answer.
    public static final Setting<Duration> JOIN_ANSWER = new Setting<>(
            "groups.join-answer",
            "2s",
            "how long the call that adds a location waits for it to join the group, which it does when it has the databases; 0s: not at all",
            Values.duration(Duration.ZERO, Duration.ofMinutes(1)));
    public static final Setting<Duration> FILL_TIME = new Setting<>(
            "databases.fill-time",
            "10m",
            "what fills a new database (a dump, a file, another database) ends when it makes no progress for so long",
            Values.duration(Duration.ofSeconds(1), Duration.ofHours(24)));
    public static final Setting<Long> TRANSACTION_BYTES = new Setting<>(
            "databases.transaction-bytes",
            "64MiB",
            "the log entries of one transaction, and 64 bytes for each of its pages, of which it may write 16 times as much"
                    + " (TRANSACTION_TOO_LARGE); and of several at once, which every node of their groups holds on its heap",
            Values.bytes(MIB, TransactionAssembly.HELD_BYTES_MAX));

    public static final Setting<Long> CHECKPOINT_BYTES = new Setting<>(
            "raft.checkpoint-bytes",
            "64MiB",
            "after so much log of a group its databases are checkpointed and the log before is deleted",
            Values.bytes(MIB, 64 * GIB));
    public static final Setting<Long> DISK_RESERVE_BYTES = new Setting<>(
            "raft.disk-reserve-bytes",
            "64MiB",
            "writes are refused (SQLITE_FULL) while less is free on the disk of the logs, and uploads and long transactions leave twice as much free",
            Values.bytes(0, 1024 * 1024 * GIB));
    public static final Setting<Duration> APPEND_TIME = new Setting<>(
            "raft.append-time",
            "10s",
            "a commit that the log did not answer for so long ends with OUTCOME_UNKNOWN",
            Values.duration(Duration.ofMillis(100), HOUR));

    public static final Setting<Long> SNAPSHOT_BYTES_PER_SECOND = new Setting<>(
            "raft.snapshot-bytes-per-second",
            "100MiB",
            "how fast databases are copied to a new location at most",
            Values.bytes(MIB, 64 * GIB));

    public static final Setting<DatabaseAddress> DATABASE_ADDRESS = new Setting<>(
            "api.database-address",
            "path",
            "how answers name databases: HOST/db/LABEL (`path`), or LABEL.HOST (`host`), which needs DNS for all names"
                    + " below HOST",
            Values.word(DatabaseAddress.class));
    public static final Setting<Long> API_BODY_BYTES =
            new Setting<>("api.body-bytes", "1MiB", "one request to the Platform API", Values.bytes(KIB, GIB));
    public static final Setting<Duration> WAIT_TIME = new Setting<>(
            "api.wait-time",
            "5m",
            "how long a call that waits for a location holds",
            Values.duration(MILLISECOND, HOUR));
    public static final Setting<Integer> API_REQUESTS = new Setting<>(
            "api.requests-per-second",
            "2000",
            "requests to the Platform API with one token; more are answered with 429",
            Values.count(1, 1_000_000));
    public static final Setting<Integer> API_WRONG_TOKENS = new Setting<>(
            "api.wrong-tokens-per-minute",
            "30",
            "and wrong passwords, from one address; then passwords, and tokens that were not good here before, are"
                    + " answered with 429 for the minute",
            Values.count(1, 1_000_000));
    public static final Setting<Long> UPLOAD_BYTES = new Setting<>(
            "uploads.bytes",
            "32GiB",
            "one uploaded dump or database file, and the database that is made of a dump; a larger one is answered with"
                    + " 413 or 400",
            Values.bytes(KIB, 1024 * GIB));
    public static final Setting<Long> UPLOADS_BYTES = new Setting<>(
            "uploads.total-bytes",
            "128GiB",
            "all uploads that wait to be used; one more is answered with 429",
            Values.bytes(KIB, 16 * 1024 * GIB));
    public static final Setting<Long> UPLOADS_ORGANIZATION_BYTES = new Setting<>(
            "uploads.organization-bytes",
            "64GiB",
            "those of one organization; likewise. A share of `uploads.total-bytes`, and no less than `uploads.bytes`",
            Values.bytes(KIB, 16 * 1024 * GIB));
    public static final Setting<Integer> DUMPS_PER_ORGANIZATION = new Setting<>(
            "dumps.per-organization",
            "4",
            "dumps of the databases of one organization that are being sent, of " + HranaSettings.DUMPS_MAX
                    + " in all; one more is answered with 429",
            Values.count(1, HranaSettings.DUMPS_MAX));
    public static final Setting<Duration> DUMP_TIME = new Setting<>(
            "dumps.time",
            "6h",
            "a dump that takes longer to be sent ends early",
            Values.duration(Duration.ofSeconds(1), Duration.ofHours(24 * 7)));
    public static final Setting<Long> COPY_KEPT_BYTES = new Setting<>(
            "copies.kept-bytes",
            "4GiB",
            "a dump, or the copy of a database into a new one, ends early once so much of what is written to its group"
                    + " meanwhile has to stay in the logs for it",
            Values.bytes(MIB, 1024 * GIB));
    public static final Setting<Integer> UPLOADS_PER_ORGANIZATION = new Setting<>(
            "uploads.per-organization",
            "4",
            "uploads of one organization of which databases are made, or that are checked, at once, of "
                    + Uploads.USED_MAX + " in all; one more is answered with 429",
            Values.count(1, Uploads.USED_MAX));
    public static final Setting<Duration> UPLOAD_TIME = new Setting<>(
            "uploads.time",
            "1h",
            "an upload that nobody used, and that no chunk came for, for so long is deleted",
            Values.duration(Duration.ofSeconds(1), Duration.ofHours(24)));
    public static final Setting<Duration> DRAFT_TIME = new Setting<>(
            "uploads.draft-time",
            "24h",
            "a database that waited so long for the upload of its content is deleted (in the cluster)",
            Values.duration(Duration.ofSeconds(1), Duration.ofHours(24 * 365)));
    public static final Setting<Integer> TOKENS = new Setting<>(
            "people.tokens",
            "1000",
            "API tokens of one user, in the cluster; one more is answered with 400",
            Values.count(1, 1_000_000));
    public static final Setting<Integer> ORGANIZATIONS = new Setting<>(
            "people.organizations",
            "100",
            "organizations that one user owns, in the cluster; one more is answered with 400",
            Values.count(1, 1_000_000));
    public static final Setting<Integer> MEMBERS = new Setting<>(
            "people.members",
            "1000",
            "members of one organization; one more is answered with 400",
            Values.count(1, 1_000_000));
    public static final Setting<Integer> INVITES = new Setting<>(
            "people.invites",
            "1000",
            "invitations of one organization that wait for an answer; one more is answered with 400",
            Values.count(1, 1_000_000));

    public static final Setting<AddressPolicy> JWKS_ADDRESSES = new Setting<>(
            "jwks.addresses",
            "public",
            "key sets of issuers are fetched from public addresses only (`public`), or from private ones and this"
                    + " machine too (`any`)",
            Values.word(AddressPolicy.class));
    public static final Setting<Optional<Path>> JWKS_CERTIFICATES = new Setting<>(
            "jwks.certificates",
            "jvm",
            "file of PEM certificates that are trusted for that, or those that the JVM trusts (`jvm`)",
            Values.fileOr("jvm"));
    public static final Setting<Duration> JWKS_REFRESH = new Setting<>(
            "jwks.refresh-time",
            "5m",
            "a key set that is older is fetched again",
            Values.duration(Duration.ofSeconds(1), HOUR));

    public static final Setting<Duration> AUDIT_RETENTION = new Setting<>(
            "audit.retention",
            "8760h",
            "older entries of the audit log are removed as new ones come (in the cluster)",
            Values.duration(HOUR, Duration.ofHours(100_000)));

    public static final Setting<Duration> USAGE_REPORT_TIME = new Setting<>(
            "usage.report-time",
            "60s",
            "how often a node reports to the catalog what was read and written; kill -9 loses no more than that",
            Values.duration(Duration.ofMillis(100), HOUR));
    public static final Setting<Duration> USAGE_HOURS = new Setting<>(
            "usage.hours",
            "72h",
            "rows read and written are known by the hour for so long (in the cluster)",
            Values.duration(HOUR, Duration.ofHours(10_000)));
    public static final Setting<Duration> USAGE_DAYS = new Setting<>(
            "usage.days",
            "9600h",
            "and by the day (in the cluster)",
            Values.duration(Duration.ofHours(24), Duration.ofHours(100_000)));
    public static final Setting<Duration> USAGE_QUERIES = new Setting<>(
            "usage.queries",
            "168h",
            "the queries of a day that read and wrote most are known for so long (in the cluster)",
            Values.duration(Duration.ofHours(24), Duration.ofHours(100_000)));

    public static final Setting<Duration> STOP_TIME = new Setting<>(
            "stop-time",
            "1500ms",
            "from SIGTERM to the end of the process; what still runs then is cut off (nothing acknowledged is lost)",
            Values.duration(Duration.ofMillis(100), Duration.ofMinutes(1)));

    public static final List<Setting<?>> ALL = List.of(
            LOG_FORMAT,
            LOG_LEVEL,
            CONNECTIONS,
            CONNECTION_IDLE,
            REQUEST_TIME,
            ANSWER_TIME,
            BODY_BYTES,
            BODIES_BYTES,
            PIPELINES,
            TLS_CERTIFICATE,
            TLS_KEY,
            TLS_TRUST,
            TLS_HANDSHAKE_TIME,
            RESULT_BYTES,
            RESULTS_BYTES,
            STREAMS,
            STREAMS_PER_DATABASE,
            STREAM_IDLE,
            STATEMENT_TIME,
            TRANSACTION_TIME,
            TRANSACTION_AGE,
            VALUE_BYTES,
            MEMORY_BYTES,
            TEMPORARY_BYTES,
            WAITING_WRITES,
            READERS,
            LONG_READS,
            WRITER_THREADS,
            OPEN_DATABASES,
            DATABASE_IDLE,
            DATABASES_PER_GROUP,
            GROUPS_PER_NODE,
            JOIN_ANSWER,
            FILL_TIME,
            TRANSACTION_BYTES,
            CHECKPOINT_BYTES,
            DISK_RESERVE_BYTES,
            APPEND_TIME,
            SNAPSHOT_BYTES_PER_SECOND,
            DATABASE_ADDRESS,
            API_BODY_BYTES,
            WAIT_TIME,
            API_REQUESTS,
            API_WRONG_TOKENS,
            UPLOAD_BYTES,
            UPLOADS_BYTES,
            UPLOADS_ORGANIZATION_BYTES,
            UPLOADS_PER_ORGANIZATION,
            DUMPS_PER_ORGANIZATION,
            DUMP_TIME,
            COPY_KEPT_BYTES,
            UPLOAD_TIME,
            DRAFT_TIME,
            TOKENS,
            ORGANIZATIONS,
            MEMBERS,
            INVITES,
            JWKS_ADDRESSES,
            JWKS_CERTIFICATES,
            JWKS_REFRESH,
            AUDIT_RETENTION,
            USAGE_REPORT_TIME,
            USAGE_HOURS,
            USAGE_DAYS,
            USAGE_QUERIES,
            STOP_TIME);

    /// Shares that are refused where they are larger than the whole. One of streams is not: a lower `streams.max` alone
    /// is plainly meant.
    static final List<AtMost<?>> AT_MOST = List.of(
            new AtMost<>(BODY_BYTES, BODIES_BYTES),
            new AtMost<>(RESULT_BYTES, RESULTS_BYTES),
            new AtMost<>(UPLOAD_BYTES, UPLOADS_ORGANIZATION_BYTES),
            new AtMost<>(UPLOADS_ORGANIZATION_BYTES, UPLOADS_BYTES));

    private Settings() {}
}
