package io.skerry.platform;

import io.skerry.catalog.testing.TestCluster;
import io.skerry.catalog.token.DatabaseTokens;
import java.net.URI;
import java.time.Duration;
import java.util.List;

/// The table of operations, for tests that go through all of them.
final class OperationsFixture {

    private OperationsFixture() {}

    static List<Operation> all() {
        try (TestCluster cluster = new TestCluster()) {
            Views views = new Views(cluster.fleet(), new HostNames(cluster.catalog(), URI.create("http://localhost")));
            return Operations.all(
                    new AccountOperations(cluster.catalog()),
                    new LocationOperations(cluster.catalog()),
                    new GroupOperations(cluster.catalog(), cluster.fleet(), views, Duration.ZERO),
                    new DatabaseOperations(cluster.catalog(), cluster.fleet(), views),
                    new TokenOperations(new DatabaseTokens(cluster.catalog()), cluster.fleet()));
        }
    }
}
