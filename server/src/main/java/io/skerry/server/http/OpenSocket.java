package io.skerry.server.http;

import io.helidon.webserver.WebServerConfig;
import java.nio.channels.ServerSocketChannel;
import org.jspecify.annotations.Nullable;

/// How a server is configured, and the socket that it then listens on: it says whether the server still does. Helidon
/// closes the socket for good when it cannot accept one client, as when the process has no file descriptor left, and
/// goes on calling itself running.
final class OpenSocket extends WebServerConfig.BuilderBase<OpenSocket, WebServerConfig> {

    private volatile @Nullable ServerSocketChannel channel;

    @Override
    public WebServerConfig buildPrototype() {
        preBuildPrototype();
        validatePrototype();
        return new Config(this);
    }

    /// The socket; null before the server has started.
    @Nullable
    ServerSocketChannel channel() {
        return channel;
    }

    private static final class Config extends WebServerConfigImpl {

        private final OpenSocket socket;

        Config(OpenSocket socket) {
            super(socket);
            this.socket = socket;
        }

        @Override
        public void configureSocket(ServerSocketChannel opened) {
            super.configureSocket(opened);
            socket.channel = opened;
        }
    }
}
