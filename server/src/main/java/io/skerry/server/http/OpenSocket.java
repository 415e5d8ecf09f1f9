package io.skerry.server.http;

import io.helidon.webserver.WebServerConfig;
import java.io.Closeable;
import java.net.ServerSocket;
import java.nio.channels.ServerSocketChannel;
import org.jspecify.annotations.Nullable;

/// How a server is configured, and the socket that it then listens on: it says whether the server still does. Helidon
/// closes the socket for good when it cannot accept one client, as when the process has no file descriptor left, and
/// goes on calling itself running.
final class OpenSocket extends WebServerConfig.BuilderBase<OpenSocket, WebServerConfig> {

    private volatile @Nullable Closeable socket;

    @Override
    public WebServerConfig buildPrototype() {
        preBuildPrototype();
        validatePrototype();
        return new Config(this);
    }

    /// What clients are accepted from; null before the server has started.
    @Nullable
    Closeable socket() {
        return socket;
    }

    /// Whether it was open, and is not any more.
    boolean isLost() {
        return switch (socket) {
            case ServerSocketChannel channel -> !channel.isOpen();
            case ServerSocket plain -> plain.isClosed();
            case null, default -> false;
        };
    }

    private static final class Config extends WebServerConfigImpl {

        private final OpenSocket builder;

        Config(OpenSocket builder) {
            super(builder);
            this.builder = builder;
        }

        @Override
        public void configureSocket(ServerSocketChannel opened) {
            super.configureSocket(opened);
            builder.socket = opened;
        }

        /// With TLS.
        @Override
        public void configureSocket(ServerSocket opened) {
            super.configureSocket(opened);
            builder.socket = opened;
        }
    }
}
