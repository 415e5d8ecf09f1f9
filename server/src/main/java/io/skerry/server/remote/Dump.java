package io.skerry.server.remote;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;

/// All of a database as SQL text, as it comes: never all of it is in memory.
final class Dump {

    private static final Duration FIRST_BYTE = Duration.ofMinutes(2);
    private static final int BUFFER_BYTES = 64 * 1024;
    /// Without it, what came is not all there is.
    private static final byte[] LAST = "COMMIT;".getBytes(StandardCharsets.US_ASCII);

    private final DatabaseAddress database;

    Dump(DatabaseAddress database) {
        this.database = database;
    }

    /// @throws RemoteException if it is refused, or ends early, or `out` takes no more
    void to(PrintStream out) throws RemoteException {
        HttpResponse<InputStream> response = database.send(
                "GET",
                "dump",
                HttpRequest.BodyPublishers.noBody(),
                FIRST_BYTE,
                HttpResponse.BodyHandlers.ofInputStream());
        try (InputStream in = response.body()) {
            if (response.statusCode() != 200) {
                throw DatabaseAddress.refusal(
                        response.statusCode(), new String(in.readNBytes(BUFFER_BYTES), StandardCharsets.UTF_8));
            }
            copy(in, out);
        } catch (IOException e) {
            throw new RemoteException("the dump ended early and is not complete: " + e.getMessage());
        }
    }

    private static void copy(InputStream in, PrintStream out) throws IOException, RemoteException {
        byte[] tail = new byte[0];
        byte[] buffer = new byte[BUFFER_BYTES];
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
            out.write(buffer, 0, read);
            if (out.checkError()) {
                throw new RemoteException("the dump could not be written to the standard output");
            }
            byte[] both = Arrays.copyOf(tail, tail.length + read);
            System.arraycopy(buffer, 0, both, tail.length, read);
            tail = Arrays.copyOfRange(both, Math.max(0, both.length - LAST.length - 1), both.length);
        }
        if (!new String(tail, StandardCharsets.UTF_8).strip().endsWith(new String(LAST, StandardCharsets.UTF_8))) {
            throw new RemoteException("the dump ended early and is not complete");
        }
    }
}
