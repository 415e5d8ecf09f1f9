package io.skerry.server.remote;

import java.io.Console;
import java.io.PrintWriter;

/// How much of something is done, such as a file that is sent, in a line that is written again and
/// again; silent where nobody looks. Not thread-safe.
final class ProgressLine {

    private static final long STEP_NANOS = 200_000_000;

    private final PrintWriter out;
    private final long total;
    private final boolean shown;
    private long sent;
    private long shownAt;

    private ProgressLine(PrintWriter out, long total, boolean shown) {
        this.out = out;
        this.total = total;
        this.shown = shown;
    }

    /// @param total in bytes
    static ProgressLine of(PrintWriter out, long total) {
        Console console = System.console();
        return new ProgressLine(out, total, console != null && console.isTerminal());
    }

    /// One that somebody looks at, whatever `out` is.
    static ProgressLine shown(PrintWriter out) {
        return new ProgressLine(out, 0, true);
    }

    void add(long bytes) {
        sent += bytes;
        long now = System.nanoTime();
        if (shown && (now - shownAt > STEP_NANOS || sent >= total)) {
            shownAt = now;
            show("", sent, total);
        }
    }

    /// Shows now how far a piece of work is.
    void at(String what, long done, long all) {
        sent = done;
        if (shown) {
            show(what + "  ", done, all);
        }
    }

    /// Whether anybody looks.
    boolean isShown() {
        return shown;
    }

    private void show(String what, long done, long all) {
        out.print("\r" + what + done * 100 / Math.max(1, all) + " %  " + mebibytes(done) + " of " + mebibytes(all)
                + " MiB ");
        out.flush();
    }

    /// What is printed next begins a line of its own.
    void end() {
        if (shown && sent > 0) {
            out.println();
            sent = 0;
        }
    }

    private static String mebibytes(long bytes) {
        return "%.1f".formatted(bytes / 1048576.0);
    }
}
