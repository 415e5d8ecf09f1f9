package io.skerry.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedMethod;
import jdk.jfr.consumer.RecordingFile;

/// Processor time of a recording by [Stage]. A sample belongs to the innermost frame that speaks for a stage,
/// or to the stage that [has what it calls][Stage#hasWhatItCalls].
final class StageShares {

    private static final double SHOWN_PERCENT_MIN = 1;

    private final Map<Stage, Duration> time = new EnumMap<>(Stage.class);

    private StageShares() {}

    static StageShares read(Path recording) throws IOException {
        StageShares shares = new StageShares();
        try (RecordingFile file = new RecordingFile(recording)) {
            while (file.hasMoreEvents()) {
                RecordedEvent event = file.readEvent();
                if (event.getEventType().getName().equals("jdk.CPUTimeSample")) {
                    shares.time.merge(stage(event), event.getDuration("samplingPeriod"), Duration::plus);
                }
            }
        }
        return shares;
    }

    private static Stage stage(RecordedEvent event) {
        if (event.getStackTrace() == null) {
            return Stage.OTHER;
        }
        Stage innermost = null;
        for (RecordedFrame frame : event.getStackTrace().getFrames()) {
            RecordedMethod method = frame.getMethod();
            Stage stage = Stage.of(method.getType().getName() + "." + method.getName());
            if (stage != null && stage.hasWhatItCalls()) {
                return stage;
            }
            innermost = innermost == null ? stage : innermost;
        }
        return innermost == null ? Stage.OTHER : innermost;
    }

    /// @param all the processor time of the process
    String describe(Duration all) {
        Duration sampled = time.values().stream().reduce(Duration.ZERO, Duration::plus);
        double unsampled = Math.max(0, percent(all.minus(sampled), all));
        Stream<String> stages = time.entrySet().stream()
                .sorted(Map.Entry.<Stage, Duration>comparingByValue(Comparator.reverseOrder()))
                .filter(entry -> percent(entry.getValue(), all) >= SHOWN_PERCENT_MIN)
                .map(entry -> share(entry.getKey().title, percent(entry.getValue(), all)));
        return Stream.concat(stages, Stream.of(share("the JVM itself", unsampled)))
                .collect(Collectors.joining(", "));
    }

    private static double percent(Duration part, Duration all) {
        return 100.0 * part.toNanos() / all.toNanos();
    }

    private static String share(String title, double percent) {
        return String.format(Locale.ROOT, "%s %.0f %%", title, percent);
    }
}
