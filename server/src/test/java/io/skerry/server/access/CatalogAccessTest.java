package io.skerry.server.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skerry.catalog.Catalog;
import io.skerry.catalog.Freshness;
import io.skerry.catalog.audit.Actor;
import io.skerry.catalog.database.AddressRules;
import io.skerry.catalog.database.DatabaseChange;
import io.skerry.catalog.database.DatabaseEdits;
import io.skerry.catalog.database.DatabaseRoute;
import io.skerry.catalog.database.SizeLimit;
import io.skerry.catalog.database.VpcRules;
import io.skerry.catalog.fleet.Seed;
import io.skerry.catalog.group.Group;
import io.skerry.catalog.issuer.KeySets;
import io.skerry.catalog.issuer.KeySource;
import io.skerry.catalog.location.LocationCode;
import io.skerry.catalog.testing.LaggingDatabase;
import io.skerry.catalog.testing.TestCluster;
import io.skerry.catalog.token.DatabaseTokens;
import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.query.AttachGrants;
import io.skerry.engine.query.Attachables;
import io.skerry.engine.query.Restrictions;
import io.skerry.engine.query.SessionOptions;
import io.skerry.hrana.AccessException;
import io.skerry.hrana.DatabaseAccess.Address;
import io.skerry.hrana.DatabaseAccess.Target;
import io.skerry.hrana.stream.Grant;
import io.skerry.raft.NodeId;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
        return cluster.group("default");
    }

    private CatalogAccess accessAt(String node) {
        return access(node, cluster.catalog(), Freshness.HERE);
    }

    private CatalogAccess access(String node, Catalog catalog, Freshness.Leader leader) {
        return access(new StartingGroup(new NodeId(node), group().id(), Optional.empty(), () -> {}), catalog, leader);
    }

    private static CatalogAccess access(StartingGroup node, Catalog catalog, Freshness.Leader leader) {
        return new CatalogAccess(
                catalog,
                new DatabaseTokens(catalog, new KeySets(KeySource.NONE, Duration.ofMinutes(5))),
                node,
                new Freshness(catalog, leader, Duration.ofSeconds(20)));
    }

    @Test
    void whileItsGroupStartsAtANodeADatabaseIsAskedOfThePrimary() {
        Target target = accessAt("lhr-1").resolve(SHOP, authorization);

        assertThat(target.database()).isNull();
        assertThat(target.primary()).isEqualTo(URI.create("http://localhost:8080/dev/acme/shop"));
    }

    @Test
    void whoLeadsTheGroupTakesItsWritesWhereverItIs() {
        StartingGroup node =
                new StartingGroup(new NodeId("lhr-1"), group().id(), Optional.of(new NodeId("bos-1")), () -> {});

        Target target = access(node, cluster.catalog(), Freshness.HERE).resolve(SHOP, authorization);

        assertThat(target.primary()).isEqualTo(URI.create("http://localhost:8082/dev/acme/shop"));
    }

    @Test
    void whereThePathLostTheDatabaseTheTokenNamesIt() {
        String shop = cluster.catalog()
                .byName("acme", "shop")
                .orElseThrow()
                .database()
                .id()
                .toString();
        for (Address address : List.of(new Address.OfToken(), new Address.Path(null, "acme"))) {
            assertThat(accessAt("lhr-1").resolve(address, authorization).key())
                    .as("%s", address)
                    .isEqualTo(shop);
        }
        assertUnknown(new Address.Path(null, "other"), authorization);
        String ofGroup = "Bearer " + tokens.mint(group(), SessionOptions.FULL, null, ANA);
        assertUnknown(new Address.OfToken(), ofGroup);
        assertUnknown(new Address.Path(null, "acme"), ofGroup);
    }

    private void assertUnknown(Address address, String with) {
        assertThatThrownBy(() -> accessAt("lhr-1").resolve(address, with))
                .isInstanceOfSatisfying(
                        AccessException.class,
                        refused -> assertThat(refused.status()).isEqualTo(404));
    }

    @Test
    void anArchivedGroupIsToldOfToThoseWhoMayKnowAndBeforeItIsClosed() {
        Grant before = accessAt("lhr-1").resolve(SHOP, authorization).grant();
        cluster.fleet().archiveGroup(group(), ANA);

        assertThatThrownBy(before::now)
                .isInstanceOfSatisfying(
                        AccessException.class,
                        refused -> assertThat(refused.code()).isEqualTo("GROUP_ARCHIVED"))
                .hasMessageContaining("group default is archived");

        assertThatThrownBy(() -> accessAt("fra-1").resolve(SHOP, authorization))
                .isInstanceOfSatisfying(AccessException.class, refused -> {
                    assertThat(refused.status()).isEqualTo(400);
                    assertThat(refused.code()).isEqualTo("GROUP_ARCHIVED");
                })
                .hasMessageContaining("group default is archived");
        assertThatThrownBy(() -> accessAt("fra-1").resolve(SHOP, authorization + "x"))
                .isInstanceOfSatisfying(
                        AccessException.class,
                        refused -> assertThat(refused.status()).isEqualTo(401));
    }

    @Test
    void whatMayBeAttachedFollowsTheRightsAndTheConfiguration() {
        cluster.fleet().createDatabase(cluster.acme(), group(), "crm", SizeLimit.NONE, ANA);
        DatabaseRoute crm = cluster.catalog().byName("acme", "crm").orElseThrow();
        DatabaseId id = crm.database().id();
        AttachGrants named = new AttachGrants(false, Map.of(id, 1L));
        AttachGrants stale = new AttachGrants(false, Map.of(id, 7L));
        assertRefused("crm", AttachGrants.NONE, "Attach permission to namespace crm");
        assertRefused("nope", AttachGrants.NONE, "Attach permission to namespace nope");
        assertRefused("nope", named, "Attach permission to namespace nope");
        assertRefused("crm", stale, "Attach permission to namespace crm");
        assertThatThrownBy(() -> attachables().find("nope", AttachGrants.ALL))
                .hasMessage("Namespace `nope` doesn't exist");
        assertRefused("crm", named, "Namespace `crm` doesn't allow attach");
        configure("crm", change(true, false, null, null));
        assertThat(attachables().find("crm", named)).isEqualTo(id);
        assertThat(attachables().find(id.toString(), AttachGrants.ALL)).isEqualTo(id);
        attachables().require(id, "crm", named);
        assertThatThrownBy(() -> attachables().require(id, "crm", stale)).hasMessageContaining("were rotated");
        configure("crm", change(true, true, null, null));
        assertRefused("crm", named, "its reads are blocked");
        assertThatThrownBy(() -> attachables().require(id, "crm", named))
                .hasMessageContaining("not attached any more")
                .hasMessageContaining("its reads are blocked");
        configure("crm", change(true, false, AddressRules.parse(List.of("10.0.0.0/8")), null));
        assertRefused("crm", named, "its allowed_ips and allowed_aws_vpc_ids are not those of `shop`");
        configure("shop", change(false, false, AddressRules.parse(List.of("10.0.0.0/8")), null));
        assertThat(attachables().find("crm", named)).isEqualTo(id);
        tokens.rotate(crm, ANA);
        assertRefused("crm", named, "Attach permission to namespace crm");
    }

    @Test
    void whatIsOfAnotherGroupOrWaitsForItsContentCannotBeAttached() {
        Group west = cluster.fleet().createGroup(cluster.acme(), "west", new LocationCode("lhr"), "", ANA);
        cluster.fleet().createDatabase(cluster.acme(), west, "far", SizeLimit.NONE, ANA);
        cluster.fleet().createDatabase(cluster.acme(), group(), "draft", SizeLimit.NONE, new Seed.Upload(), ANA);
        configure("far", change(true, false, null, null));
        configure("draft", change(true, false, null, null));
        DatabaseId far =
                cluster.catalog().byName("acme", "far").orElseThrow().database().id();
        for (String name : List.of("far", far.toString())) {
            assertThatThrownBy(() -> attachables().find(name, AttachGrants.ALL))
                    .isInstanceOfSatisfying(
                            DatabaseException.class, e -> assertThat(e.code()).isEqualTo(Code.NO_SUCH_DATABASE));
        }
        assertThatThrownBy(() -> attachables().require(far, "far", AttachGrants.ALL))
                .hasMessageContaining("not attached any more");
        assertRefused("draft", AttachGrants.ALL, "waits for its content");
    }

    @Test
    void whoMayNotComeInToADatabaseDoesNotComeInThroughAnother() {
        cluster.fleet().createDatabase(cluster.acme(), group(), "crm", SizeLimit.NONE, ANA);
        VpcRules endpoint = VpcRules.parse(List.of("vpce-1"));
        configure("crm", change(true, false, null, endpoint));
        assertRefused("crm", AttachGrants.ALL, "are not those of `shop`");
        configure("shop", change(false, false, null, endpoint));
        assertThat(attachables().find("crm", AttachGrants.ALL)).isNotNull();
        configure("shop", change(false, false, null, VpcRules.parse(List.of("vpce-2"))));
        assertRefused("crm", AttachGrants.ALL, "are not those of `shop`");
    }

    @Test
    void aGrantFollowsTheKeyOfItsTokenAndTheConfigurationAndEndsWithTheDatabase() {
        DatabaseRoute shop = cluster.catalog().byName("acme", "shop").orElseThrow();
        Grant ofDatabase = accessAt("lhr-1").resolve(SHOP, authorization).grant();
        String ofItsGroup = "Bearer " + tokens.mint(group(), SessionOptions.FULL, null, ANA);
        Grant ofGroup = accessAt("lhr-1").resolve(SHOP, ofItsGroup).grant();
        assertThat(ofDatabase.now()).isEqualTo(Restrictions.NONE);
        configure("shop", change(false, true, null, null));
        assertThat(ofDatabase.now()).extracting(Restrictions::blocksReads).isEqualTo(true);

        tokens.rotate(shop, ANA);

        assertThat(ofDatabase.now()).isNull();
        assertThat(ofGroup.now()).isNotNull();
        tokens.rotate(group(), ANA);
        assertThat(ofGroup.now()).isNull();
        Grant last = accessAt("lhr-1")
                .resolve(SHOP, "Bearer " + tokens.mint(group(), SessionOptions.FULL, null, ANA))
                .grant();
        assertThat(last.now()).isNotNull();
        cluster.fleet().deleteDatabase(shop, ANA);
        assertThat(last.now()).isNull();
    }

    /// What changes between the look at the database and the beginning of its stream is no news of before.
    @Test
    void aGrantKnowsOfAChangeWhileItIsGiven() {
        StartingGroup node = new StartingGroup(
                new NodeId("lhr-1"),
                group().id(),
                Optional.empty(),
                () -> configure("shop", change(false, true, null, null)));

        Target target = access(node, cluster.catalog(), Freshness.HERE).resolve(SHOP, authorization);

        assertThat(target.restrictions()).isEqualTo(Restrictions.NONE);
        assertThat(target.grant().now()).extracting(Restrictions::blocksReads).isEqualTo(true);
    }

    @Test
    void nobodyComesThroughAnEndpointThatNobodyCanName() {
        InetAddress here = InetAddress.getLoopbackAddress();
        assertThat(accessAt("lhr-1").resolve(SHOP, authorization).callers().allow(here))
                .isTrue();
        configure(
                "shop",
                change(false, false, AddressRules.parse(List.of("127.0.0.1")), VpcRules.parse(List.of("vpce-1"))));
        assertThat(accessAt("lhr-1").resolve(SHOP, authorization).callers().allow(here))
                .isFalse();
        configure("shop", change(false, false, null, VpcRules.NONE));
        assertThat(accessAt("lhr-1").resolve(SHOP, authorization).callers().allow(here))
                .isTrue();
    }

    private static DatabaseChange change(
            boolean attach, boolean blockReads, @Nullable AddressRules addresses, @Nullable VpcRules endpoints) {
        return new DatabaseChange(null, attach, blockReads, null, null, addresses, endpoints);
    }

    private void configure(String name, DatabaseChange change) {
        DatabaseRoute route = cluster.catalog().byName("acme", name).orElseThrow();
        new DatabaseEdits(cluster.catalog()).configure(route.database().id(), change, ANA);
    }

    private Attachables attachables() {
        return accessAt("lhr-1").resolve(SHOP, authorization).attachables();
    }

    private void assertRefused(String name, AttachGrants grants, String text) {
        assertThatThrownBy(() -> attachables().find(name, grants))
                .isInstanceOfSatisfying(
                        DatabaseException.class, e -> assertThat(e.code()).isEqualTo(Code.ATTACH_FORBIDDEN))
                .hasMessageContaining(text);
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

    @Test
    void aCatalogThatCannotBeReadIsNoFaultOfTheServer() {
        LaggingDatabase copy = new LaggingDatabase(cluster.database());
        CatalogAccess access = access("lhr-1", new Catalog(copy), Freshness.HERE);
        copy.close();

        assertThatThrownBy(() -> access.resolve(SHOP, authorization))
                .isInstanceOfSatisfying(
                        AccessException.class, e -> assertThat(e.status()).isEqualTo(503));
    }

    @ParameterizedTest
    @CsvSource({"OVERLOADED,429", "TRANSACTION_BUSY,429", "UNAVAILABLE,503"})
    void soIsNoLoadOfOthers(Code why, int status) {
        CatalogAccess access = access("lhr-1", new Catalog(cluster.database()), Freshness.HERE);
        cluster.database().refuseReads(why);

        assertThatThrownBy(() -> access.resolve(SHOP, authorization))
                .isInstanceOfSatisfying(
                        AccessException.class, e -> assertThat(e.status()).isEqualTo(status))
                .hasMessage("this node cannot look up databases at the moment; try again");
        cluster.database().refuseReads(null);
        assertThat(access.resolve(SHOP, authorization).primary()).isNotNull();
    }

    @Test
    void theLeaderIsAskedOnlyWhereANewerCopyCouldKnowMore() {
        AtomicInteger questions = new AtomicInteger();
        CatalogAccess access = access("lhr-1", cluster.catalog(), limit -> {
            questions.incrementAndGet();
            return Optional.empty();
        });
        Address nothing = new Address.Path("acme", "nothing");
        // Without a token nobody gets in, whether it is there or not.
        assertThatThrownBy(() -> access.resolve(nothing, null)).isInstanceOf(AccessException.class);
        assertThatThrownBy(() -> access.resolve(SHOP, null)).isInstanceOf(AccessException.class);
        assertThat(questions).hasValue(0);
        assertThatThrownBy(() -> access.resolve(nothing, authorization)).isInstanceOf(AccessException.class);
        assertThat(questions).hasValue(1);
        cluster.fleet().archiveGroup(group(), ANA);
        assertThatThrownBy(() -> access.resolve(SHOP, authorization)).isInstanceOf(AccessException.class);
        assertThat(questions).hasValue(1);
    }

    @Test
    void whatLastsOnADatabaseIsCountedForItsOrganization() {
        DatabaseRoute shop = cluster.catalog().byName("acme", "shop").orElseThrow();
        assertThat(accessAt("lhr-1").resolve(SHOP, authorization).owner())
                .isEqualTo(shop.organization().id());
    }
}
