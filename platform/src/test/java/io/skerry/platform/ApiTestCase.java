package io.skerry.platform;

import io.skerry.catalog.testing.TestCluster;
import org.junit.jupiter.api.AfterEach;

/// A test of operations: a cluster in memory, and a server over it, of its own for each.
abstract class ApiTestCase {

    final TestCluster cluster = new TestCluster();
    final ApiServer api = new ApiServer(cluster);

    @AfterEach
    void closeServer() {
        api.close();
        cluster.close();
    }
}
