package io.skerry.server.http;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataListener;
import io.helidon.common.buffers.DataReader;
import io.helidon.common.buffers.DataWriter;
import io.helidon.common.buffers.LazyString;
import io.helidon.common.socket.HelidonSocket;
import io.helidon.common.socket.PeerInfo;
import io.helidon.http.DirectHandler;
import io.helidon.http.RequestException;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.ListenerContext;
import io.helidon.webserver.ProxyProtocolData;
import io.helidon.webserver.Router;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.nio.charset.Charset;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;

/// HTTP whose bodies may be long while no chunk of one is: Helidon keeps a whole chunk in memory, and
/// knows no other limit for it than that of all of the body. And whose clients are looked for while
/// they wait. And whose methods are looked at: one that is none Helidon takes for a mistake of the server.
final class BoundedChunks implements ServerConnectionSelector {

    private final ServerConnectionSelector http;
    private final int bytesMax;
    private final Presence presence;

    /// @param bytesMax of a chunk; a connection that brings a larger one ends
    /// @param presence told of each connection
    BoundedChunks(ServerConnectionSelector http, int bytesMax, Presence presence) {
        this.http = http;
        this.bytesMax = bytesMax;
        this.presence = presence;
    }

    @Override
    public int bytesToIdentifyConnection() {
        return http.bytesToIdentifyConnection();
    }

    @Override
    public Support supports(BufferData data) {
        return http.supports(data);
    }

    @Override
    public Set<String> supportedApplicationProtocols() {
        return http.supportedApplicationProtocols();
    }

    @Override
    public ServerConnection connection(ConnectionContext context) {
        Lookout lookout = new Lookout(context.dataReader());
        presence.serve(lookout);
        return http.connection(new Context(context, new Reader(lookout, bytesMax)));
    }

    /// The context of a connection, but for its reader.
    private record Context(ConnectionContext of, DataReader dataReader) implements ConnectionContext {

        @Override
        public ListenerContext listenerContext() {
            return of.listenerContext();
        }

        @Override
        public ExecutorService executor() {
            return of.executor();
        }

        @Override
        public DataWriter dataWriter() {
            return of.dataWriter();
        }

        @Override
        public Router router() {
            return of.router();
        }

        @Override
        public Optional<ProxyProtocolData> proxyProtocolData() {
            return of.proxyProtocolData();
        }

        @Override
        public HelidonSocket serverSocket() {
            return of.serverSocket();
        }

        @Override
        public PeerInfo remotePeer() {
            return of.remotePeer();
        }

        @Override
        public PeerInfo localPeer() {
            return of.localPeer();
        }

        @Override
        public boolean isSecure() {
            return of.isSecure();
        }

        @Override
        public String socketId() {
            return of.socketId();
        }

        @Override
        public String childSocketId() {
            return of.childSocketId();
        }
    }

    /// Hands everything on: what was read stays in the one reader there was.
    private static final class Reader extends DataReader {

        /// What a method consists of beside letters and digits (RFC 9110, section 5.6.2).
        private static final String TOKEN_MARKS = "!#$%&'*+-.^_`|~";

        private final Lookout lookout;
        private final int bytesMax;
        /// Whether what is read next is the line that a request begins with.
        private boolean requestLine;

        // Of Helidon's constructors only the form may go: a version without any would not compile here.
        @SuppressWarnings("removal")
        Reader(Lookout lookout, int bytesMax) {
            super(() -> {
                throw new IllegalStateException("reads through another reader");
            });
            this.lookout = lookout;
            this.bytesMax = bytesMax;
        }

        private DataReader of() {
            try {
                return lookout.reader();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CloseConnectionException("the connection ends while it waits for its client", e);
            }
        }

        @Override
        public BufferData readBuffer(int length) {
            if (length > bytesMax) {
                throw new CloseConnectionException("a chunk of a body is larger than " + bytesMax + " bytes");
            }
            return of().readBuffer(length);
        }

        @Override
        public int available() {
            return of().available();
        }

        @Override
        public void pullData() {
            of().pullData();
        }

        @Override
        public void skip(int length) {
            of().skip(length);
        }

        @Override
        public void ensureAvailable() {
            of().ensureAvailable();
        }

        @Override
        public byte read() {
            return of().read();
        }

        @Override
        public byte lookup() {
            return of().lookup();
        }

        @Override
        public boolean startsWithNewLine() {
            return of().startsWithNewLine();
        }

        @Override
        public boolean startsWith(byte[] prefix) {
            return of().startsWith(prefix);
        }

        @Override
        public BufferData readBuffer() {
            return of().readBuffer();
        }

        @Override
        public BufferData getBuffer(int length) {
            return of().getBuffer(length);
        }

        @Override
        public LazyString readLazyString(Charset charset, int length) {
            return of().readLazyString(charset, length);
        }

        @Override
        public String readAsciiString(int length) {
            return of().readAsciiString(length);
        }

        @Override
        public byte[] readBytes(int length) {
            byte[] bytes = of().readBytes(length);
            if (requestLine) {
                requestLine = false;
                requireMethod(bytes);
            }
            return bytes;
        }

        private static void requireMethod(byte[] line) {
            for (int i = 0; i < line.length && line[i] != ' '; i++) {
                char c = (char) (line[i] & 0xff);
                boolean token = (c < 0x80 && Character.isLetterOrDigit(c)) || TOKEN_MARKS.indexOf(c) >= 0;
                if (!token) {
                    throw RequestException.builder()
                            .type(DirectHandler.EventType.BAD_REQUEST)
                            .message("the method of the request is none")
                            .build();
                }
            }
        }

        @Override
        public String readLine() {
            return of().readLine();
        }

        @Override
        public int findOrNewLine(byte wanted, int max) {
            return of().findOrNewLine(wanted, max);
        }

        @Override
        public String debugDataHex() {
            return of().debugDataHex();
        }

        @Override
        public int findNewLine(int max) {
            requestLine = max == Listener.REQUEST_LINE_BYTES_MAX; // of all that are asked for here, this one alone
            return of().findNewLine(max);
        }

        @Override
        public <T> void listener(DataListener<T> listener, T context) {
            of().listener(listener, context);
        }
    }
}
