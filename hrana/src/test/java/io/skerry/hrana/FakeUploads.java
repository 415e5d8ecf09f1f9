package io.skerry.hrana;

import io.helidon.webserver.CloseConnectionException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Remembers what it was told, in words.
final class FakeUploads implements Uploads {

    final List<String> calls = Collections.synchronizedList(new ArrayList<>());
    volatile @Nullable URI holder;
    volatile @Nullable URI activator;
    volatile @Nullable AccessException refusal;

    /// Beginning of the calls that are refused.
    volatile String refusedAt = "";

    /// Whether the connection breaks before the last step is answered.
    volatile boolean loses;

    @Override
    public int chunkBytes() {
        return 8;
    }

    @Override
    public String start(String database, long bytes) {
        called("start " + database + " " + bytes);
        return "fra-1.id";
    }

    @Override
    public @Nullable URI holder(String database, String upload) {
        return holder;
    }

    @Override
    public void receive(String database, String upload, int chunk, InputStream body) throws IOException {
        called("chunk " + chunk + " of " + upload + " for " + database + ": " + text(body));
    }

    @Override
    public void receiveAll(String database, String upload, InputStream body) throws IOException {
        called("all of " + upload + " for " + database + ": " + text(body));
    }

    @Override
    public void discard(String upload) {
        calls.add("discard " + upload);
    }

    @Override
    public @Nullable URI activator(String database) {
        return activator;
    }

    @Override
    public void finish(String database, String upload, String client) {
        called("finish " + upload + " for " + database + " by " + client);
        if (loses) {
            throw new CloseConnectionException("as a process that dies");
        }
    }

    @Override
    public <T> T whileThere(Supplier<T> work) {
        return work.get();
    }

    private void called(String what) {
        calls.add(what);
        AccessException refused = refusal;
        if (refused != null && what.startsWith(refusedAt)) {
            throw refused;
        }
    }

    private static String text(InputStream body) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        body.transferTo(out);
        return out.toString(StandardCharsets.UTF_8);
    }
}
