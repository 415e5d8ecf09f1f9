package io.skerry.server.config;

import io.skerry.catalog.fleet.FleetLimits;
import io.skerry.catalog.fleet.FleetSizes;
import io.skerry.catalog.organization.PeopleLimits;
import io.skerry.catalog.upload.UploadLimits;
import io.skerry.catalog.usage.UsageRetention;
import io.skerry.engine.query.QuerySettings;
import io.skerry.engine.storage.StorageSettings;
import io.skerry.hrana.HranaSettings;
import io.skerry.platform.PlatformSettings;
import io.skerry.platform.RateLimits;
import io.skerry.raft.RaftSettings;
import java.net.URI;
import java.time.Duration;

/// The settings in the form that each module takes them. What has no name in [Settings] keeps the module's
/// default.
public final class Limits {

    private static final Duration RECEIVE_WAIT = Duration.ofSeconds(2);

    private Limits() {}

    public static HranaSettings hrana(Configuration settings) {
        return hrana(settings, DescriptorShare.AMPLE);
    }

    public static HranaSettings hrana(Configuration settings, DescriptorShare descriptors) {
        HranaSettings base = HranaSettings.defaults();
        HranaSettings.Requests requests = base.requests();
        HranaSettings.Streams streams = base.streams();
        HranaSettings.Forwarding forwarding = base.forwarding();
        return base.with(new HranaSettings.Requests(
                        Math.toIntExact(settings.get(Settings.BODY_BYTES)),
                        settings.get(Settings.BODIES_BYTES),
                        settings.get(Settings.PIPELINES),
                        requests.perPipelineMax(),
                        requests.stepsPerBatchMax(),
                        requests.conditionDepthMax(),
                        requests.conditionsPerBatchMax()))
                .with(new HranaSettings.Results(
                        Math.toIntExact(settings.get(Settings.RESULT_BYTES)), settings.get(Settings.RESULTS_BYTES)))
                .with(new HranaSettings.Streams(
                        settings.get(Settings.STREAMS),
                        settings.get(Settings.STREAMS_PER_DATABASE),
                        settings.get(Settings.STREAM_IDLE),
                        streams.expiredMemory(),
                        streams.expiredMax(),
                        streams.textsMax(),
                        streams.textBytesMax()))
                .with(new HranaSettings.Dumps(
                        base.dumps().max(),
                        settings.get(Settings.DUMPS_PER_ORGANIZATION),
                        settings.get(Settings.DUMP_TIME),
                        settings.get(Settings.COPY_KEPT_BYTES)))
                .with(new HranaSettings.Forwarding(
                        descriptors.handedOn(),
                        forwarding.connectMax(),
                        forwarding.answerMax(),
                        forwarding.frameWaitMax(),
                        forwarding.answerBytesMax()));
    }

    public static QuerySettings query(Configuration settings) {
        return QuerySettings.DEFAULT
                .change()
                .statementTime(settings.get(Settings.STATEMENT_TIME))
                .transactionTime(settings.get(Settings.TRANSACTION_TIME))
                .transactionAge(settings.get(Settings.TRANSACTION_AGE))
                .valueBytes(Math.toIntExact(settings.get(Settings.VALUE_BYTES)))
                .waitingWrites(settings.get(Settings.WAITING_WRITES))
                .readers(settings.get(Settings.READERS))
                .longReads(settings.get(Settings.LONG_READS))
                .build();
    }

    public static StorageSettings storage(Configuration settings) {
        return storage(settings, DescriptorShare.AMPLE);
    }

    public static StorageSettings storage(Configuration settings, DescriptorShare descriptors) {
        StorageSettings base = StorageSettings.DEFAULT;
        return new StorageSettings(
                settings.get(Settings.OPEN_DATABASES),
                settings.get(Settings.DATABASE_IDLE),
                base.openWait(),
                base.walBytes(),
                settings.get(Settings.TRANSACTION_BYTES),
                base.pageSize(),
                base.replaysOpen(),
                base.maintenanceThreads(),
                descriptors.databases());
    }

    public static RaftSettings raft(Configuration settings) {
        return RaftSettings.defaults()
                .change()
                .checkpointLogBytes(settings.get(Settings.CHECKPOINT_BYTES))
                .transactionBytesMax(settings.get(Settings.TRANSACTION_BYTES))
                .diskReserveBytes(settings.get(Settings.DISK_RESERVE_BYTES))
                .appendLimit(settings.get(Settings.APPEND_TIME))
                .snapshotBytesPerSecond(settings.get(Settings.SNAPSHOT_BYTES_PER_SECOND))
                .build();
    }

    public static FleetSizes fleet(Configuration settings) {
        return new FleetSizes(settings.get(Settings.GROUPS_PER_NODE), settings.get(Settings.DATABASES_PER_GROUP));
    }

    public static FleetLimits fleetSteps(Configuration settings) {
        return FleetLimits.DEFAULT
                .withCopy(settings.get(Settings.FILL_TIME))
                .withAddition(settings.get(Settings.JOIN_ANSWER));
    }

    public static UploadLimits uploads(Configuration settings, DescriptorShare descriptors) {
        return new UploadLimits(
                settings.get(Settings.UPLOAD_BYTES),
                settings.get(Settings.UPLOADS_BYTES),
                settings.get(Settings.UPLOADS_ORGANIZATION_BYTES),
                settings.get(Settings.UPLOAD_BYTES),
                Math.toIntExact(settings.get(Settings.VALUE_BYTES)),
                storage(settings).pageSize(),
                // Twice, so that writes go on beside an upload that took all it may.
                2 * settings.get(Settings.DISK_RESERVE_BYTES),
                settings.get(Settings.UPLOAD_TIME),
                settings.get(Settings.UPLOADS_PER_ORGANIZATION),
                descriptors.uploads(),
                RECEIVE_WAIT);
    }

    public static UsageRetention usage(Configuration settings) {
        return UsageRetention.of(
                settings.get(Settings.USAGE_HOURS),
                settings.get(Settings.USAGE_DAYS),
                settings.get(Settings.USAGE_QUERIES));
    }

    /// @param nodeMark by which the nodes of the cluster know what one hands on to another
    public static PlatformSettings platform(
            Configuration settings, URI publicUrl, String nodeMark, DescriptorShare descriptors) {
        return PlatformSettings.of(publicUrl, nodeMark)
                .withHandedOnMax(descriptors.handedOn())
                .with(settings.get(Settings.DATABASE_ADDRESS))
                .with(Math.toIntExact(settings.get(Settings.API_BODY_BYTES)), settings.get(Settings.WAIT_TIME))
                .with(new RateLimits(settings.get(Settings.API_REQUESTS), settings.get(Settings.API_WRONG_TOKENS)))
                .with(new PeopleLimits(
                        settings.get(Settings.TOKENS),
                        settings.get(Settings.ORGANIZATIONS),
                        settings.get(Settings.MEMBERS),
                        settings.get(Settings.INVITES)));
    }
}
