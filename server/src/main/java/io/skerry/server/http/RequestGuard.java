package io.skerry.server.http;

import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.HttpException;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.Filter;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import io.skerry.platform.Shown;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Stands before every request of a client's connection: its body must come in time ([SlowClients]), and only so
/// many bodies come in chunks at once, because Helidon keeps a whole chunk in memory before anybody sees a byte
/// of it. A body that an operation takes as it comes may be larger, and has its time for each MiB. Such uploads have
/// few places, and their operation asks for the body only once it knows who sends it: a place is taken then, and
/// what is refused before that is not read. An answer that may be of any size has its time for each MiB too.
final class RequestGuard implements Filter {

    private static final Duration CHUNKED_WAIT = Duration.ofSeconds(2);
    private static final int FORGOTTEN_AT_ONCE = 16 * 1024;
    private static final long FORGOTTEN_MAX = 8 << 20;
    private static final HttpException TOO_MANY = new HttpException(
            "too many requests with bodies in chunks at once; try again, or send a Content-Length",
            Status.TOO_MANY_REQUESTS_429,
            false);

    /// Uploads in chunks at one time: they last, and must not keep others out.
    private static final int UPLOADS_CHUNKED_MAX = 2;

    private static final long UPLOAD_PROGRESS_BYTES = 1 << 20;

    private static final HttpException TOO_LARGE =
            new HttpException("the request body is too large", Status.REQUEST_ENTITY_TOO_LARGE_413, false);

    private final SlowClients clients;
    private final Semaphore chunked;
    private final Semaphore uploadsChunked = new Semaphore(UPLOADS_CHUNKED_MAX, true);
    private final long bodyMax;
    private final Lasting lasting;

    /// @param chunkedMax bodies in chunks that are read at one time; more wait for a moment and get 429
    /// @param bodyMax bytes of a body that is no upload
    RequestGuard(SlowClients clients, int chunkedMax, long bodyMax, Lasting lasting) {
        this.clients = clients;
        this.chunked = new Semaphore(chunkedMax, true);
        this.bodyMax = bodyMax;
        this.lasting = lasting;
    }

    @Override
    public void filter(FilterChain chain, RoutingRequest request, RoutingResponse response) {
        Watch watch = clients.watch();
        response.whenSent(watch::lift);
        long end = watch.lift();
        String method = request.prologue().method().text();
        String path = request.prologue().uriPath().rawPath();
        if (lasting.answers().test(method, path)) {
            response.streamFilter(clients::lasting);
        }
        // Not asked of the content: that is made when it is first asked for, with the stream filters that there are
        // then.
        boolean inChunks = request.headers().contains(HeaderNames.TRANSFER_ENCODING);
        long length = request.headers().contentLength().orElse(inChunks ? -1 : 0);
        if (length == 0) {
            chain.proceed();
            return;
        }
        boolean upload = lasting.uploads().test(method, path);
        if (!upload && length > bodyMax) {
            Listener.refused(request, response, TOO_LARGE);
            throw new CloseConnectionException("a body that is too large");
        }
        if (inChunks && !upload && !admit(chunked)) {
            Listener.refused(request, response, TOO_MANY);
            throw new CloseConnectionException("a body in chunks that found no room");
        }
        Semaphore later = inChunks && upload ? uploadsChunked : null;
        try (Body body = new Body(watch, end, length, upload, inChunks && !upload ? chunked : null, later)) {
            request.streamFilter(body::of);
            response.beforeSend(() -> {
                if (!body.isAdmitted()) {
                    response.header(HeaderValues.CONNECTION_CLOSE);
                }
            });
            if (request.headers().contains(HeaderNames.CONTENT_ENCODING)) {
                Listener.refused(request, response, coded(request));
            } else {
                chain.proceed();
            }
            if (!body.isAdmitted()) {
                throw new CloseConnectionException("an upload in chunks that was refused before it was read");
            }
            if (!body.ended) {
                // Helidon would read the rest whatever it costs, or take it for the next request if the answer said
                // that the connection ends.
                body.forget(request);
            }
        }
    }

    private static HttpException coded(RoutingRequest request) {
        String coding = request.headers().get(HeaderNames.CONTENT_ENCODING).values();
        return new HttpException(
                "a body in the coding " + Shown.of(coding) + " is not read; send it as it is, without Content-Encoding",
                Status.UNSUPPORTED_MEDIA_TYPE_415,
                true);
    }

    private static boolean admit(Semaphore permits) {
        try {
            return permits.tryAcquire(CHUNKED_WAIT.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CloseConnectionException("the node is stopping", e);
        }
    }

    /// The body of one request, as its handler reads it. Closed when nobody will read more of it.
    private final class Body implements AutoCloseable {

        private final Watch watch;
        private final boolean upload;
        private long end;
        private long received;
        private @Nullable Semaphore permit;
        private @Nullable Semaphore later;
        private @Nullable InputStream stream;
        private long left;
        private boolean ended;

        /// @param length -1 if not announced
        /// @param permit that it has
        /// @param later of which it takes one when its handler first asks for the body
        Body(
                Watch watch,
                long end,
                long length,
                boolean upload,
                @Nullable Semaphore permit,
                @Nullable Semaphore later) {
            this.watch = watch;
            this.end = end;
            this.upload = upload;
            this.left = length < 0 ? Long.MAX_VALUE : length;
            this.permit = permit;
            this.later = later;
        }

        /// Whether nothing keeps it from being read.
        boolean isAdmitted() {
            return later == null;
        }

        /// @throws HttpException 429 if there is no room for it
        InputStream of(InputStream in) {
            if (later != null) {
                if (!admit(later)) {
                    throw TOO_MANY;
                }
                permit = later;
                later = null;
            }
            InputStream counted = new InputStream() {
                @Override
                public int read() throws IOException {
                    byte[] one = new byte[1];
                    int n = read(one, 0, 1);
                    return n < 0 ? -1 : one[0] & 0xff;
                }

                @Override
                public int read(byte @Nullable [] target, int offset, int length) throws IOException {
                    return Body.this.read(in, target, offset, length);
                }
            };
            stream = counted;
            return counted;
        }

        /// Reads what its handler left, so that the answer is not lost with the connection; ends the connection
        /// if that is much, or is not what the headers said.
        void forget(RoutingRequest request) {
            byte[] buffer = new byte[FORGOTTEN_AT_ONCE];
            long forgotten = 0;
            try {
                InputStream rest = stream == null ? request.content().inputStream() : stream;
                while (!ended && forgotten < FORGOTTEN_MAX) {
                    forgotten += Math.max(0, rest.read(buffer));
                }
            } catch (IOException | RuntimeException e) {
                throw new CloseConnectionException("the rest of a body cannot be read", e);
            }
            if (!ended) {
                throw new CloseConnectionException("the rest of a body is too large to be read");
            }
        }

        private int read(InputStream in, byte @Nullable [] target, int offset, int length) throws IOException {
            if (ended) {
                return in.read(target, offset, length);
            }
            watch.until(end);
            int n = in.read(target, offset, length);
            watch.lift();
            left -= n;
            count(n);
            if (n < 0 || left == 0) {
                ended = true;
                close();
            }
            return n;
        }

        private void count(int n) {
            long before = received;
            received += Math.max(0, n);
            if (!upload && received > bodyMax) {
                throw TOO_LARGE;
            }
            if (upload && before / UPLOAD_PROGRESS_BYTES != received / UPLOAD_PROGRESS_BYTES) {
                end = clients.requestEnd();
            }
        }

        @Override
        public void close() {
            if (permit != null) {
                permit.release();
                permit = null;
            }
        }
    }
}
