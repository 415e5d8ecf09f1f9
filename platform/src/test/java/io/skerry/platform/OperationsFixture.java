package io.skerry.platform;

import io.skerry.catalog.audit.AuditTrail;
import io.skerry.catalog.fleet.Requester;
import io.skerry.catalog.issuer.KeySets;
import io.skerry.catalog.issuer.KeySource;
import io.skerry.catalog.testing.TestCluster;
import io.skerry.catalog.token.DatabaseTokens;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// The table of operations, for tests that go through all of them.
final class OperationsFixture {

    private static final Pattern PARAMETER = Pattern.compile("\\{(\\w+)}");

    private OperationsFixture() {}

    static List<Operation> all() {
        try (TestCluster cluster = new TestCluster()) {
            return Operations.all(Handlers.of(
                    cluster.catalog(),
                    cluster.fleet(),
                    new DatabaseTokens(cluster.catalog(), new KeySets(KeySource.NONE, Duration.ofMinutes(5))),
                    cluster.uploads(),
                    AuditTrail.of(cluster.catalog()),
                    Requester.STAYS,
                    PlatformSettings.of(URI.create("http://localhost"), "")));
        }
    }

    /// A path that the operation has, inside the organization `acme`.
    ///
    /// @param names values of its parameters; one that is not named is itself
    static String path(Operation operation, String prefix, Map<String, String> names) {
        return PARAMETER
                .matcher(operation.path().replaceFirst("^P/", prefix + "/"))
                .replaceAll(found -> names.getOrDefault(found.group(1), found.group(1)));
    }
}
