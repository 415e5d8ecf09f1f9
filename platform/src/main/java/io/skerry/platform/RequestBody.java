package io.skerry.platform;

import io.helidon.http.HttpException;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/// What a client sends with its request: whole and bounded, or as it comes. Every way in which that goes
/// wrong is an [ApiException] that the client can act upon.
final class RequestBody {

    /// So much more of a body that is too large is read, and forgotten: a client that still sends while its
    /// connection is closed never sees the answer.
    private static final long DISCARDED_BYTES_MAX = 8 << 20;

    private RequestBody() {}

    /// Empty if there is none.
    ///
    /// @throws ApiException 413 if it is longer than `max` bytes; 400 if it does not come to its end
    static byte[] whole(ServerRequest request, int max) {
        if (!request.content().hasEntity()) {
            return new byte[0];
        }
        if (request.headers().contentLength().orElse(0) > max + DISCARDED_BYTES_MAX) {
            throw tooLarge(max);
        }
        byte[] body;
        try (InputStream in = request.content().inputStream()) {
            body = in.readNBytes(max + 1);
            if (body.length > max) {
                discard(in, body);
            }
        } catch (IOException | RuntimeException e) {
            // A chunk without a length is reported by whatever exception Helidon's parser met.
            throw new ApiException(400, "invalid request body: it ended early, or is not framed as its headers say");
        }
        if (body.length > max) {
            throw tooLarge(max);
        }
        return body;
    }

    private static void discard(InputStream in, byte[] buffer) throws IOException {
        long left = DISCARDED_BYTES_MAX;
        int read = 0;
        while (left > 0 && read >= 0) {
            read = in.read(buffer, 0, (int) Math.min(left, buffer.length));
            left -= read;
        }
    }

    private static ApiException tooLarge(int max) {
        return new ApiException(413, "request body is larger than " + max + " bytes");
    }

    /// As it comes, of any length.
    ///
    /// @throws ApiException 429 if there is no room for one more
    static InputStream stream(ServerRequest request) {
        try {
            return request.content().hasEntity() ? request.content().inputStream() : InputStream.nullInputStream();
        } catch (HttpException e) {
            if (e.status().code() != Status.TOO_MANY_REQUESTS_429.code()) {
                throw e;
            }
            // The listener has few places for uploads in chunks.
            throw ApiException.tooMany(String.valueOf(e.getMessage()), Duration.ZERO);
        }
    }
}
