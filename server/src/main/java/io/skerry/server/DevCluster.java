package io.skerry.server;

import io.skerry.server.config.ConfigException;
import io.skerry.server.config.Configuration;
import io.skerry.server.config.NodeConfig;
import io.skerry.server.life.AdministratorToken;
import io.skerry.server.life.DirectoryLock;
import io.skerry.server.life.LifeCycle;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The nodes of `skerry dev`: one per location, in one process, on consecutive ports, each with its own directory.
public final class DevCluster implements AutoCloseable {

    /// @param directory holds a directory per location, and the administrator's token
    /// @param port of the first location; 0 for any free ports
    /// @param token null for the one kept in the directory, or a fresh one
    public record Plan(
            Path directory,
            List<String> locations,
            int port,
            String organization,
            @Nullable String token,
            Configuration settings) {

        public Plan {
            locations = List.copyOf(locations);
            if (locations.isEmpty()) {
                throw new ConfigException("--locations must name at least one location, such as fra");
            }
            if (new HashSet<>(locations).size() < locations.size()) {
                throw new ConfigException("--locations " + String.join(",", locations) + " names a location twice");
            }
        }
    }

    private final Plan plan;
    private final String token;
    private final List<Node> nodes;
    private final LifeCycle life;

    private DevCluster(Plan plan, String token, List<Node> nodes, LifeCycle life) {
        this.plan = plan;
        this.token = token;
        this.nodes = List.copyOf(nodes);
        this.life = life;
    }

    public static DevCluster start(Plan plan) throws Exception {
        LifeCycle life = new LifeCycle("nodes");
        List<Node> nodes = new ArrayList<>();
        String[] token = {""};
        life.start(parts -> {
            parts.add("data directory", DirectoryLock.take(plan.directory()));
            token[0] = AdministratorToken.in(plan.directory(), plan.token());
            for (String location : plan.locations()) {
                int port = plan.port() == 0 ? 0 : plan.port() + nodes.size();
                Node node = Node.start(new NodeConfig(
                        location, plan.directory().resolve(location), "127.0.0.1", port, plan.settings()));
                parts.add("node " + location, node);
                nodes.add(node);
            }
        });
        return new DevCluster(plan, token[0], nodes, life);
    }

    public List<Node> nodes() {
        return nodes;
    }

    public String organization() {
        return plan.organization();
    }

    /// The administrator's token. A secret: for the person at the terminal, never for a log.
    public String token() {
        return token;
    }

    @Override
    public void close() {
        life.close();
    }
}
