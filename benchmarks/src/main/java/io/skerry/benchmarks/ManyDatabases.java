package io.skerry.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/// The control plane with many databases in one organization: whether creating one takes as long at the end as at the
/// beginning, and how long a page of the list takes.
final class ManyDatabases implements Measurement {

    private static final int DATABASES = 10_000;
    /// Of creations, at the beginning and at the end.
    private static final int COMPARED = 1_000;
    private static final int PAGES = 500;
    private static final int WARM_UP_PAGES = 100;

    @Override
    public List<Row> run(Context context) throws IOException, InterruptedException {
        // One token makes them all, as fast as it can.
        try (ServerProcess server = ServerProcess.skerry(context.directory("many"), "api.requests-per-second=100000")) {
            ControlPlane control = new ControlPlane(server);
            List<Row> rows = new ArrayList<>(creations(control));
            Histogram pages = new Histogram(60_000_000L, 3);
            String cursor = "";
            for (int i = 0; i < WARM_UP_PAGES + PAGES; i++) {
                long start = System.nanoTime();
                String page = control.call("GET", "/v1/organizations/default/databases?limit=100&cursor=" + cursor, "");
                if (i >= WARM_UP_PAGES) {
                    pages.recordValue((System.nanoTime() - start) / 1000);
                }
                cursor = next(page);
            }
            rows.add(new Row(
                    String.format(Locale.ROOT, "a page of 100 of %,d databases", DATABASES),
                    "-",
                    millis(pages),
                    "p50 <= 10 ms"));
            return rows;
        }
    }

    private static List<Row> creations(ControlPlane control) throws IOException, InterruptedException {
        Histogram first = new Histogram(60_000_000L, 3);
        Histogram last = new Histogram(60_000_000L, 3);
        for (int i = 0; i < DATABASES; i++) {
            long start = System.nanoTime();
            control.create("d" + i);
            long micros = (System.nanoTime() - start) / 1000;
            if (i < COMPARED) {
                first.recordValue(micros);
            } else if (i >= DATABASES - COMPARED) {
                last.recordValue(micros);
            }
        }
        return List.of(
                new Row(
                        String.format(Locale.ROOT, "create a database, the first %,d", COMPARED),
                        "-",
                        millis(first),
                        "p50 <= 10 ms"),
                new Row(
                        String.format(Locale.ROOT, "the same, the last %,d of %,d", COMPARED, DATABASES),
                        "-",
                        millis(last),
                        "unchanged"));
    }

    private static String next(String page) {
        String before = "\"next\":\"";
        int at = page.indexOf(before);
        return at < 0 ? "" : page.substring(at + before.length(), page.indexOf('"', at + before.length()));
    }

    private static String millis(Histogram micros) {
        return String.format(
                Locale.ROOT,
                "p50 %.2f ms, p99 %.2f ms",
                micros.getValueAtPercentile(50) / 1000.0,
                micros.getValueAtPercentile(99) / 1000.0);
    }
}
