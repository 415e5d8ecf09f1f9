package io.skerry.server.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skerry.catalog.Catalog;
import io.skerry.catalog.Freshness;
import io.skerry.catalog.audit.Actor;
import io.skerry.catalog.database.DatabaseRoute;
import io.skerry.catalog.database.SizeLimit;
import io.skerry.catalog.group.Group;
import io.skerry.catalog.group.Groups;
import io.skerry.catalog.issuer.KeySets;
import io.skerry.catalog.issuer.KeySource;
import io.skerry.catalog.testing.LaggingDatabase;
import io.skerry.catalog.testing.TestCluster;
import io.skerry.catalog.token.DatabaseTokens;
import io.skerry.engine.query.SessionOptions;
import io.skerry.hrana.AccessException;
import io.skerry.hrana.DatabaseAccess.Address;
import io.skerry.hrana.DatabaseAccess.Target;
import io.skerry.raft.NodeId;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CatalogAccessTest {

    private static final Actor ANA = new Actor("ana", "api", "127.0.0.1", "req-1");
    private static final Address SHOP = new Address.Path("acme", "shop");

    private final TestCluster cluster = new TestCluster();
    private final DatabaseTokens tokens =
            new DatabaseTokens(cluster.catalog(), new KeySets(KeySource.NONE, Duration.ofMinutes(5)));
    private String authorization = "";

    @BeforeEach
    void createShop() {
        cluster.fleet().createDatabase(cluster.acme(), group(), "shop", SizeLimit.NONE, ANA);
        DatabaseRoute shop = cluster.catalog().byName("acme", "shop").orElseThrow();
        authorization = "Bearer " + tokens.mint(shop, SessionOptions.FULL, null, ANA);
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    private Group group() {
        return cluster.catalog()
                .read(sql -> Groups.byName(sql, cluster.acme(sql).id(), "default"))
                .orElseThrow();
    }

    private CatalogAccess accessAt(String node) {
        return access(node, cluster.catalog(), Freshness.HERE);
    }

    private CatalogAccess access(String node, Catalog catalog, Freshness.Leader leader) {
        return new CatalogAccess(
                catalog,
                new DatabaseTokens(catalog, new KeySets(KeySource.NONE, Duration.ofMinutes(5))),
                new StartingGroup(new NodeId(node), group().id()),
                new Freshness(catalog, leader, Duration.ofSeconds(20)));
    }

    @Test
    void whileItsGroupStartsAtANodeADatabaseIsAskedOfThePrimary() {
        Target target = accessAt("lhr-1").resolve(SHOP, authorization);

        assertThat(target.database()).isNull();
        assertThat(target.primary()).isEqualTo(URI.create("http://localhost:8080/dev/acme/shop"));
    }

    @Test
    void whileItsGroupStartsAtThePrimaryNobodyElseCanAnswer() {
        assertThatThrownBy(() -> accessAt("fra-1").resolve(SHOP, authorization))
                .isInstanceOfSatisfying(
                        AccessException.class,
                        refused -> assertThat(refused.status()).isEqualTo(503))
                .hasMessageContaining("not ready on this node yet");
    }

    @Test
    void whatWasMadeThroughAnotherNodeIsNeitherUnknownNorItsTokenInvalid() {
        try (LaggingDatabase copy = new LaggingDatabase(cluster.database())) {
            CatalogAccess access = access(
                    "lhr-1",
                    new Catalog(copy),
                    limit -> Optional.of(cluster.catalog().frame()));
            cluster.fleet().createDatabase(cluster.acme(), group(), "crm", SizeLimit.NONE, ANA);
            DatabaseRoute crm = cluster.catalog().byName("acme", "crm").orElseThrow();
            copy.awaitFrame(cluster.catalog().frame(), Duration.ofSeconds(20));
            String token = "Bearer " + tokens.mint(crm, SessionOptions.FULL, null, ANA);
            assertThat(access.resolve(new Address.Path("acme", "crm"), token).key())
                    .isEqualTo(crm.database().id().toString());

            cluster.fleet().createDatabase(cluster.acme(), group(), "blog", SizeLimit.NONE, ANA);
            DatabaseRoute blog = cluster.catalog().byName("acme", "blog").orElseThrow();
            String second = "Bearer " + tokens.mint(blog, SessionOptions.FULL, null, ANA);
            assertThat(access.resolve(new Address.HostLabel("blog-acme"), second)
                            .key())
                    .isEqualTo(blog.database().id().toString());
        }
    }
}
