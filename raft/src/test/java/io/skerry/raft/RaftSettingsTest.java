package io.skerry.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skerry.raft.rpc.PacedGrpc;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.RaftConfigKeys;
import org.apache.ratis.client.RaftClientConfigKeys;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.retry.RetryPolicy;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.server.RaftServerConfigKeys.Log;
import org.apache.ratis.util.ConcurrentUtils;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;
import org.junit.jupiter.api.Test;

class RaftSettingsTest {

    private final RaftSettings settings = RaftSettings.defaults();
    private final RaftProperties ratis = settings.server(Path.of("/data/log"), "127.0.0.1", 7000);

    @Test
    void nothingThatCanLoseAnAcknowledgedEntryIsOn() {
        assertThat(Log.appendEntriesComposeEnabled(ratis)).isFalse();
        assertThat(Log.asyncFlushEnabled(ratis)).isFalse();
        assertThat(Log.unsafeFlushEnabled(ratis)).isFalse();
        assertThat(Log.corruptionPolicy(ratis)).isEqualTo(Log.CorruptionPolicy.EXCEPTION);
        assertThat(RaftServerConfigKeys.LeaderElection.preVote(ratis)).isTrue();
    }

    @Test
    void aFrozenProcessGoesOn() {
        assertThat(RaftServerConfigKeys.closeThreshold(ratis).toLong(TimeUnit.DAYS))
                .isEqualTo(365);
        assertThat(RaftServerConfigKeys.LeaderElection.leaderStepDownWaitTime(ratis)
                        .toLong(TimeUnit.MINUTES))
                .isEqualTo(60);
    }

    @Test
    void aFullDiskDoesNotKeepTheServerFromStarting() {
        assertThat(RaftServerConfigKeys.storageFreeSpaceMin(ratis).getSize()).isZero();
    }

    @Test
    void membersFetchSnapshotsAndWeDecideWhen() {
        assertThat(Log.Appender.installSnapshotEnabled(ratis)).isFalse();
        assertThat(RaftServerConfigKeys.Snapshot.autoTriggerEnabled(ratis)).isFalse();
        assertThat(RaftServerConfigKeys.Snapshot.triggerWhenStopEnabled(ratis)).isFalse();
        assertThat(RaftServerConfigKeys.Snapshot.triggerWhenRemoveEnabled(ratis))
                .isFalse();
        assertThat(Log.purgeUptoSnapshotIndex(ratis)).isTrue();
        assertThat(Log.purgeGap(ratis)).isEqualTo(1);
    }

    @Test
    void limitsAgreeWithTheLargestEntry() {
        long entry = Log.Appender.bufferByteLimit(ratis).getSize();
        assertThat(entry).isGreaterThan(RaftSettings.ENTRY_BYTES_MAX + 200L);
        assertThat(Log.writeBufferSize(ratis).getSize()).isGreaterThanOrEqualTo(entry + 8);
        assertThat(Log.segmentSizeMax(ratis).getSize()).isGreaterThan(entry);
        assertThat(GrpcConfigKeys.messageSizeMax(ratis, ignored -> {}).getSize())
                .as("what Ratis demands, and no more than a node can hold of many")
                .isBetween(entry + SizeInBytes.ONE_MB.getSize(), 8L << 20);
    }

    @Test
    void ourLimitsAreMetBeforeThoseOfRatis() {
        assertThat(settings.entriesInFlightMax()).isLessThan(RaftServerConfigKeys.Write.elementLimit(ratis));
        assertThat(settings.bytesInFlightMax())
                .isLessThan(RaftServerConfigKeys.Write.byteLimit(ratis).getSize());
        assertThat(settings.entriesInFlightMax()).isLessThan(Log.queueElementLimit(ratis));
        assertThat(settings.bytesInFlightMax())
                .isLessThan(Log.queueByteLimit(ratis).getSize());
    }

    @Test
    void memoryAndThreadsOfAGroupAreBounded() {
        assertThat(RaftServerConfigKeys.RetryCache.expiryTime(ratis).toLong(TimeUnit.SECONDS))
                .isEqualTo(2);
        assertThat(Log.segmentCacheNumMax(ratis)).isEqualTo(2);
        assertThat(Log.segmentCacheSizeMax(ratis).getSize()).isLessThanOrEqualTo(16 << 20);
    }

    /// Which is why what says "cached" has one thread, whatever its size. Once it has more, bounds are to be set anew.
    @Test
    void aCachedPoolOfRatisHasOneThread() throws InterruptedException {
        var pool = (ThreadPoolExecutor) ConcurrentUtils.newThreadPoolWithMax(true, 4, "test");
        var go = new CountDownLatch(1);
        for (int i = 0; i < 8; i++) {
            pool.execute(() -> TestCluster.awaitLatch(go));
        }
        assertThat(pool.getPoolSize()).isEqualTo(1);
        go.countDown();
        pool.shutdown();
        assertThat(pool.awaitTermination(TestCluster.LIMIT.toSeconds(), TimeUnit.SECONDS))
                .isTrue();
    }

    @Test
    void threadsAreBoundedAndGroupsStartAndCloseSideBySide() {
        assertThat(RaftServerConfigKeys.ThreadPool.proxyCached(ratis)).isFalse();
        assertThat(RaftServerConfigKeys.ThreadPool.proxySize(ratis)).isEqualTo(16);
        assertThat(RaftServerConfigKeys.ThreadPool.serverCached(ratis)).isTrue();
        assertThat(RaftServerConfigKeys.ThreadPool.serverSize(ratis)).isEqualTo(1);
        assertThat(RaftServerConfigKeys.ThreadPool.clientCached(ratis)).isTrue();
        assertThat(RaftServerConfigKeys.ThreadPool.clientSize(ratis)).isEqualTo(1);
        assertThat(GrpcConfigKeys.Server.asyncRequestThreadPoolCached(ratis)).isTrue();
        assertThat(GrpcConfigKeys.Server.asyncRequestThreadPoolSize(ratis)).isEqualTo(1);
    }

    /// Whole segments are let go of: of one that is larger, a checkpoint would free nothing.
    @Test
    void aSegmentIsAPartOfWhatIsWrittenBetweenTwoCheckpoints() {
        assertThat(Log.segmentSizeMax(ratis).getSize()).isEqualTo(16 << 20);
        assertThat(settings.diskReserveBytes())
                .isEqualTo(4 * Log.segmentSizeMax(ratis).getSize());
        assertThat(segmentOf(16 << 20)).isEqualTo(4 << 20);
        assertThat(segmentOf(1 << 20)).as("room for the largest entry").isEqualTo(2 << 20);
        assertThat(segmentOf(64L << 30)).isEqualTo(16 << 20);
        assertThat(Log.preallocatedSize(ratis).getSize()).isEqualTo(1 << 20);
    }

    private static long segmentOf(long checkpointBytes) {
        RaftProperties other = RaftSettings.defaults()
                .change()
                .checkpointLogBytes(checkpointBytes)
                .build()
                .server(Path.of("/data/log"), "127.0.0.1", 7000);
        return Log.segmentSizeMax(other).getSize();
    }

    @Test
    void membersHaveOneConnectionAndEntriesTravelTogether() {
        assertThat(GrpcConfigKeys.Server.heartbeatChannel(ratis)).isFalse();
        assertThat(Log.Appender.waitTimeMin(ratis)).isEqualTo(TimeDuration.ONE_MILLISECOND);
    }

    @Test
    void aMemberThatIsAwayIsTriedOftenAtFirstAndThenEveryFiveSecondsForEver() {
        RetryPolicy policy = RetryPolicy.parse(Log.Appender.retryPolicy(ratis), "policy");
        assertThat(pauseMs(policy, 1)).isBetween(5L, 15L);
        assertThat(pauseMs(policy, 11)).isBetween(250L, 750L);
        // An hour and a half, and a year.
        for (int tries : new int[] {71, 1_071, 6_500_000}) {
            assertThat(pauseMs(policy, tries)).as("try %d", tries).isBetween(2_500L, 7_500L);
        }
    }

    private static long pauseMs(RetryPolicy policy, int tries) {
        return policy.handleAttemptFailure(() -> tries).getSleepTime().toLong(TimeUnit.MILLISECONDS);
    }

    /// docs/operations.md says so much of the time before the next change of locations.
    @Test
    void aMemberThatDoesNotComeIsGivenUpAfterTenSeconds() {
        assertThat(RaftServerConfigKeys.stagingTimeout(ratis).toLong(TimeUnit.SECONDS))
                .isEqualTo(10);
    }

    @Test
    void aCommitCostsOneFsync() {
        assertThat(Log.logMetadataEnabled(ratis)).isFalse();
        assertThat(RaftConfigKeys.Rpc.type(ratis, ignored -> {}))
                .as("which tells of commits by messages")
                .isInstanceOf(PacedGrpc.class);
    }

    @Test
    void theStorageIsWhereItWasTold() {
        assertThat(RaftServerConfigKeys.storageDir(ratis))
                .containsExactly(Path.of("/data/log").toFile());
        assertThat(GrpcConfigKeys.Server.port(ratis)).isEqualTo(7000);
        assertThat(GrpcConfigKeys.Server.host(ratis)).isEqualTo("127.0.0.1");
    }

    @Test
    void aSingleVoterElectsItselfAtOnceAndItsListenersHearOfItTwiceASecond() {
        assertThat(RaftServerConfigKeys.Rpc.firstElectionTimeoutMin(ratis)).isEqualTo(millis(5));
        assertThat(RaftServerConfigKeys.Rpc.firstElectionTimeoutMax(ratis)).isEqualTo(millis(10));
        assertThat(RaftServerConfigKeys.Rpc.timeoutMin(ratis)).isEqualTo(millis(1_000));
        assertThat(RaftServerConfigKeys.Rpc.timeoutMax(ratis)).isEqualTo(millis(2_000));
    }

    @Test
    void anotherNodesAnswerIsWaitedForLongerThanAnElectionAndNotAsLongAsACommit() {
        assertThat(RaftServerConfigKeys.Rpc.requestTimeout(ratis))
                .isEqualTo(millis(3_000))
                .isGreaterThan(RaftServerConfigKeys.Rpc.timeoutMax(ratis));
        assertThat(RaftClientConfigKeys.Rpc.requestTimeout(ratis)).isEqualTo(millis(3_000));
        assertThat(settings.appendLimit()).isGreaterThan(Duration.ofSeconds(3));
    }

    @Test
    void anOrderThatMayTakeLongIsWaitedForAloneForSoLong() {
        RaftProperties patient = RaftSettings.patient(ratis, Duration.ofSeconds(30));
        assertThat(RaftClientConfigKeys.Rpc.requestTimeout(patient)).isEqualTo(millis(30_000));
        assertThat(RaftClientConfigKeys.Rpc.requestTimeout(ratis))
                .as("of all others")
                .isEqualTo(millis(3_000));
        assertThat(GrpcConfigKeys.messageSizeMax(patient, ignored -> {}))
                .isEqualTo(GrpcConfigKeys.messageSizeMax(ratis, ignored -> {}));
        assertThat(RaftClientConfigKeys.Rpc.requestTimeout(RaftSettings.patient(ratis, Duration.ZERO)))
                .isEqualTo(millis(1));
    }

    private static TimeDuration millis(long millis) {
        return TimeDuration.valueOf(millis, TimeUnit.MILLISECONDS);
    }

    @Test
    void aTimeoutWithoutAnIntervalIsRefused() {
        Duration one = Duration.ofSeconds(1);
        Duration two = Duration.ofSeconds(2);
        assertThatThrownBy(() -> new Timeouts(two, one, one, two, one, one, true))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
