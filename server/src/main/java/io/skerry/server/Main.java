package io.skerry.server;

import io.skerry.server.command.SkerryCommand;

/// Entry of the process.
public final class Main {

    /// How many carriers virtual threads have; the JDK reads it when the first of them starts.
    private static final String CARRIERS = "jdk.virtualThreadScheduler.parallelism";

    /// A call into SQLite keeps the carrier below its thread: with one per processor, two statements of a few
    /// milliseconds would stop a small machine. Many more cost each request more hand-overs than its statement.
    private static final int CARRIERS_MIN = 4;

    private Main() {}

    public static void main(String[] args) {
        if (System.getProperty(CARRIERS) == null) {
            int carriers = Math.max(CARRIERS_MIN, Runtime.getRuntime().availableProcessors());
            System.setProperty(CARRIERS, Integer.toString(carriers));
        }
        int code = SkerryCommand.run(args);
        System.exit(code);
    }
}
