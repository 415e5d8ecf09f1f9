package io.skerry.hrana;

import java.time.Duration;

/// The limits of the data plane. Sizes are bytes; every limit is per node unless its name says otherwise.
public record HranaSettings(Requests requests, Results results, Streams streams, Forwarding forwarding, Dumps dumps) {

    /// That are being sent at once.
    public static final int DUMPS_MAX = 8;

    private static final int MIB = 1024 * 1024;

    public static HranaSettings defaults() {
        return new HranaSettings(
                new Requests(24 * MIB, 96L * MIB, 1024, 65_536, 65_536, 32, 262_144),
                new Results(10 * MIB, 32L * MIB),
                new Streams(65_536, 16_384, Duration.ofSeconds(10), Duration.ofSeconds(300), 65_536, 50, 5_000),
                new Forwarding(256, Duration.ofSeconds(2), Duration.ofSeconds(60), Duration.ofSeconds(5), 64 * MIB),
                new Dumps(DUMPS_MAX, 4, Duration.ofHours(6), 4096L * MIB));
    }

    public HranaSettings with(Requests changed) {
        return new HranaSettings(changed, results, streams, forwarding, dumps);
    }

    public HranaSettings with(Results changed) {
        return new HranaSettings(requests, changed, streams, forwarding, dumps);
    }

    public HranaSettings with(Streams changed) {
        return new HranaSettings(requests, results, changed, forwarding, dumps);
    }

    public HranaSettings with(Forwarding changed) {
        return new HranaSettings(requests, results, streams, changed, dumps);
    }

    public HranaSettings with(Dumps changed) {
        return new HranaSettings(requests, results, streams, forwarding, changed);
    }

    /// What a client may send.
    ///
    /// @param bodyBytesMax of one request; more is answered with 413
    /// @param bodyBytesInFlightMax of all large bodies (above 64 KiB) being handled; more is answered with 429
    /// @param inFlightMax pipelines being handled; more are answered with 429
    /// @param perPipelineMax requests in one pipeline
    /// @param stepsPerBatchMax steps of one batch
    /// @param conditionDepthMax nesting of one condition
    /// @param conditionsPerBatchMax conditions of one batch, nested ones included
    public record Requests(
            int bodyBytesMax,
            long bodyBytesInFlightMax,
            int inFlightMax,
            int perPipelineMax,
            int stepsPerBatchMax,
            int conditionDepthMax,
            int conditionsPerBatchMax) {
        public Requests {
            positive("bodyBytesMax", bodyBytesMax);
            positive("bodyBytesInFlightMax", bodyBytesInFlightMax);
            positive("inFlightMax", inFlightMax);
            positive("perPipelineMax", perPipelineMax);
            positive("stepsPerBatchMax", stepsPerBatchMax);
            positive("conditionDepthMax", conditionDepthMax);
            positive("conditionsPerBatchMax", conditionsPerBatchMax);
        }
    }

    /// What is sent back.
    ///
    /// @param bytesMax of one result (of an execute or a batch); more is RESPONSE_TOO_LARGE
    /// @param bytesInFlightMax of all responses being made, or not taken by their clients yet: a request that finds
    ///     no room is answered with 429 before anything of it runs, a statement that outgrows it with
    ///     RESPONSE_TOO_LARGE. Three quarters of it are for large ones, a half for those of one owner
    public record Results(int bytesMax, long bytesInFlightMax) {
        public Results {
            positive("bytesMax", bytesMax);
            positive("bytesInFlightMax", bytesInFlightMax);
        }
    }

    /// Streams that wait for their next request.
    ///
    /// @param max kept in all; a request that would need one more is answered with 429
    /// @param perDatabaseMax kept for one database; likewise
    /// @param idleMax time without a request after which a stream is closed and its transaction rolled back
    /// @param expiredMemory how long a closed stream's baton is answered with "expired" instead of "invalid"
    /// @param expiredMax expired streams remembered, the oldest are forgotten first
    /// @param textsMax texts stored with `store_sql` on one stream
    /// @param textBytesMax of one such text
    public record Streams(
            int max,
            int perDatabaseMax,
            Duration idleMax,
            Duration expiredMemory,
            int expiredMax,
            int textsMax,
            int textBytesMax) {
        public Streams {
            positive("max", max);
            positive("perDatabaseMax", perDatabaseMax);
            positive("idleMax", idleMax.toNanos());
            positive("expiredMemory", expiredMemory.toNanos());
            positive("expiredMax", expiredMax);
            positive("textsMax", textsMax);
            positive("textBytesMax", textBytesMax);
        }
    }

    /// Pipelines that another node must answer.
    ///
    /// @param inFlightMax requests under way to other nodes; more wait 5 s, then fail with PROXY_ERROR
    /// @param connectMax time to open a connection
    /// @param answerMax time from sending a pipeline to the end of its answer
    /// @param frameWaitMax how long a reply waits for the local copy to hold what was written elsewhere, and a
    ///     read for the frame that it asks for
    /// @param answerBytesMax of another node's answer
    public record Forwarding(
            int inFlightMax, Duration connectMax, Duration answerMax, Duration frameWaitMax, int answerBytesMax) {
        public Forwarding {
            positive("inFlightMax", inFlightMax);
            positive("connectMax", connectMax.toNanos());
            positive("answerMax", answerMax.toNanos());
            positive("frameWaitMax", frameWaitMax.toNanos());
            positive("answerBytesMax", answerBytesMax);
        }
    }

    /// Dumps that are being sent.
    ///
    /// @param max of all; one more is answered with 429
    /// @param perOwnerMax of the databases of one owner; likewise
    /// @param time of one; it ends early then
    /// @param keptBytes of logs that one keeps; likewise
    public record Dumps(int max, int perOwnerMax, Duration time, long keptBytes) {
        public Dumps {
            positive("max", max);
            positive("perOwnerMax", perOwnerMax);
            positive("time", time.toNanos());
            positive("keptBytes", keptBytes);
        }
    }

    private static void positive(String name, long value) {
        if (value <= 0) {
            throw new IllegalArgumentException(name + " is " + value + "; it must be positive");
        }
    }
}
