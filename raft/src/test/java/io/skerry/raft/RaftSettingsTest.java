package io.skerry.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.server.RaftServerConfigKeys.Log;
import org.apache.ratis.util.SizeInBytes;
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
                .isGreaterThanOrEqualTo(entry + SizeInBytes.ONE_MB.getSize());
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
        assertThat(RaftServerConfigKeys.ThreadPool.serverSize(ratis)).isPositive();
        assertThat(RaftServerConfigKeys.ThreadPool.clientSize(ratis)).isPositive();
        assertThat(RaftServerConfigKeys.ThreadPool.proxySize(ratis)).isPositive();
    }

    @Test
    void aCommitCostsOneFsync() {
        assertThat(Log.logMetadataEnabled(ratis)).isFalse();
    }

    @Test
    void theStorageIsWhereItWasTold() {
        assertThat(RaftServerConfigKeys.storageDir(ratis))
                .containsExactly(Path.of("/data/log").toFile());
        assertThat(GrpcConfigKeys.Server.port(ratis)).isEqualTo(7000);
        assertThat(GrpcConfigKeys.Server.host(ratis)).isEqualTo("127.0.0.1");
    }

    @Test
    void aTimeoutWithoutAnIntervalIsRefused() {
        Duration one = Duration.ofSeconds(1);
        Duration two = Duration.ofSeconds(2);
        assertThatThrownBy(() -> new Timeouts(two, one, one, two, one, one, true))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
