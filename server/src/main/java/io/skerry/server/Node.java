package io.skerry.server;

import io.skerry.server.config.NodeConfig;
import io.skerry.server.http.Listener;
import io.skerry.server.life.DirectoryLock;
import io.skerry.server.life.LifeCycle;
import java.net.URI;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One node: a location's files, its groups, and its ports. Several may live in one process and share nothing.
/// Thread-safe.
public final class Node implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Node.class);

    private final NodeConfig config;
    private final Listener listener;
    private final LifeCycle life;

    private Node(NodeConfig config, Listener listener, LifeCycle life) {
        this.config = config;
        this.listener = listener;
        this.life = life;
    }

    /// Starts a node and returns once it answers requests.
    ///
    /// @throws StartException if its directory or a port cannot be had, in words for a person
    public static Node start(NodeConfig config) throws Exception {
        LifeCycle life = new LifeCycle("node " + config.location());
        Listener[] listener = new Listener[1];
        life.start(parts -> {
            parts.add("directory", DirectoryLock.take(config.directory()));
            listener[0] = Listener.open(config.host(), config.port(), config.settings());
            parts.add("listener", listener[0]);
        });
        log.info("node {} answers at {}", config.location(), listener[0].uri());
        return new Node(config, listener[0], life);
    }

    public String location() {
        return config.location();
    }

    /// Base URL of its HTTP port, without trailing slash.
    public URI uri() {
        return listener.uri();
    }

    @Override
    public void close() {
        life.close();
    }
}
