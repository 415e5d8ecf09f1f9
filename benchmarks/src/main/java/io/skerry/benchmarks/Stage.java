package io.skerry.benchmarks;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Part of a request's way that processor time is counted for.
enum Stage {
    COPY_SENT("the copy, read and sent", "io.skerry.raft.SnapshotStream.write"),
    COPY_RECEIVED("the copy, received and written", "io.skerry.raft.SnapshotStream.read"),
    SOCKET_WRITE("answers into sockets", "io.helidon.common.socket.NioSocket.write"),
    SOCKET_READ("requests from sockets", "io.helidon.common.socket.NioSocket.get"),
    SQLITE("SQLite", "io.skerry.sqlite."),
    ENTRIES("log entries", "io.skerry.engine.entry.", "io.skerry.engine.storage."),
    STATEMENTS("sessions and writer", "io.skerry.engine."),
    ACCESS("token and catalog", "io.skerry.catalog.", "io.skerry.server.access."),
    HRANA("Hrana", "io.skerry.hrana."),
    HTTP("HTTP", "io.helidon.", "io.skerry.server.http."),
    TRANSPORT(
            "gRPC between nodes",
            "org.apache.ratis.thirdparty.",
            "org.apache.ratis.grpc.",
            "org.apache.ratis.server.leader."),
    LOG("Raft log", "org.apache.ratis.server.raftlog."),
    RAFT("Raft, the rest", "org.apache.ratis.", "io.skerry.raft."),
    THREADS(
            "hand-over between threads",
            "java.lang.VirtualThread",
            "sun.nio.ch.Poller",
            "sun.nio.ch.EPoll",
            "java.util.concurrent.ForkJoin",
            "jdk.internal.vm.Continuation"),
    OTHER("other Java code");

    private static final List<Stage> ALL = List.of(values());

    final String title;
    private final List<String> prefixes;

    Stage(String title, String... prefixes) {
        this.title = title;
        this.prefixes = List.of(prefixes);
    }

    /// Whether it has all that its frame calls, also what speaks for another stage.
    boolean hasWhatItCalls() {
        return this == COPY_SENT || this == COPY_RECEIVED;
    }

    /// The stage that a frame speaks for; null if it is a library's that any stage may call.
    ///
    /// @param method with the name of its class
    static @Nullable Stage of(String method) {
        for (Stage stage : ALL) {
            for (String prefix : stage.prefixes) {
                if (method.startsWith(prefix)) {
                    return stage;
                }
            }
        }
        return null;
    }
}
