package io.skerry.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skerry.catalog.audit.Actor;
import io.skerry.catalog.audit.Audit;
import io.skerry.catalog.database.DatabaseRoute;
import io.skerry.catalog.database.SizeLimit;
import io.skerry.catalog.group.Group;
import io.skerry.catalog.group.Groups;
import io.skerry.catalog.location.LocationCode;
import io.skerry.catalog.location.Node;
import io.skerry.catalog.organization.OrganizationChanges;
import io.skerry.catalog.organization.PeopleLimits;
import io.skerry.catalog.organization.User;
import io.skerry.catalog.organization.Users;
import io.skerry.catalog.testing.TestCluster;
import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CatalogTest {

    private static final Actor ANA = new Actor("ana", "api", "127.0.0.1", "req-1");
    private static final LocationCode LHR = new LocationCode("lhr");

    private final TestCluster cluster = new TestCluster();
    private final Catalog catalog = cluster.catalog();

    @BeforeEach
    void createDatabase() {
        create("shop");
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void findsADatabaseByLabelByNameAndById() {
        DatabaseRoute route = catalog.byLabel("shop-acme").orElseThrow();
        assertThat(route.database().name()).isEqualTo("shop");
        assertThat(route.group().name()).isEqualTo("default");
        assertThat(route.organization().slug()).isEqualTo("acme");
        assertThat(catalog.byName("acme", "shop")).contains(route);
        assertThat(catalog.byName(null, "shop")).contains(route);
        assertThat(catalog.byId(route.database().id())).contains(route);
        assertThat(catalog.group(route.group().id())).contains(route.group());
        assertThat(catalog.byLabel("shop")).isEmpty();
        assertThat(catalog.byName("other", "shop")).isEmpty();
    }

    @Test
    void findsAnInstanceOnlyWhereTheGroupIs() {
        assertThat(catalog.byLabel("lhr-shop-acme")).isEmpty();
        cluster.fleet().addLocation(group(), LHR, ANA);
        DatabaseRoute route = catalog.byLabel("lhr-shop-acme").orElseThrow();
        assertThat(route.instance()).isEqualTo(LHR);
        assertThat(route.database().name()).isEqualTo("shop");
        create("lhr-shop");
        assertThat(catalog.byLabel("lhr-shop-acme")
                        .map(found -> found.database().name()))
                .contains("lhr-shop");
    }

    @Test
    void answersFromMemoryUntilSomethingChanges() {
        catalog.byLabel("shop-acme");
        catalog.byLabel("nothing-acme");
        long reads = cluster.database().reads();
        for (int i = 0; i < 100; i++) {
            assertThat(catalog.byLabel("shop-acme")).isPresent();
            assertThat(catalog.byLabel("nothing-acme")).isEmpty();
        }
        assertThat(cluster.database().reads()).isEqualTo(reads);
        create("nothing");
        assertThat(catalog.byLabel("nothing-acme")).isPresent();
        cluster.fleet().deleteDatabase(catalog.byLabel("shop-acme").orElseThrow(), ANA);
        assertThat(catalog.byLabel("shop-acme")).isEmpty();
    }

    @Test
    void strangersNamesCostNoMemory() {
        FrameCache<Integer, Integer> cache = catalog.cache(10, Optional::of);
        for (int i = 0; i < 1000; i++) {
            assertThat(cache.get(i)).contains(i);
        }
        assertThat(cache.size()).isLessThanOrEqualTo(10);
    }

    @Test
    void everyChangeIsInTheAuditLogWithTheOneWhoMadeIt() {
        cluster.fleet().addLocation(group(), LHR, ANA);
        assertThat(newest(1))
                .singleElement()
                .satisfies(entry -> assertThat(List.of(
                                entry.actor(), entry.action(), entry.target(), entry.message(), entry.requestId()))
                        .containsExactly("ana", "instance-create", "default", "lhr", "req-1"));
    }

    @Test
    void aRefusedChangeLeavesNoTrace() {
        List<Audit.Entry> entries = newest(100);
        assertThatThrownBy(() -> create("shop"))
                .isInstanceOf(CatalogException.class)
                .hasMessage("database with name shop already exists");
        cluster.database().refuse(Code.NOT_LEADER);
        assertThatThrownBy(() -> create("crm")).isInstanceOf(DatabaseException.class);
        assertThat(newest(100)).isEqualTo(entries);
    }

    @Test
    void registeringANodeAgainWritesOnlyWhatIsNew() {
        Node node = catalog.nodes().getFirst();
        long frame = catalog.frame().value();
        catalog.register(node);
        assertThat(catalog.frame().value()).isEqualTo(frame);
        Node moved = new Node(node.id(), node.location(), URI.create("http://localhost:9999"), node.address());
        catalog.register(moved);
        assertThat(catalog.node(node.id())).contains(moved);
        assertThat(catalog.nodes()).hasSize(3);
        assertThat(catalog.nodes().getFirst()).isEqualTo(moved);
    }

    @Test
    void aFirstStartHappensOnce() {
        long frame = catalog.frame().value();
        assertThat(catalog.bootstrap("acme", cluster.token())).isFalse();
        assertThat(catalog.frame().value()).isEqualTo(frame);
    }

    @Test
    void aLabelOfAnotherOrganizationIsNotAvailable() {
        // "b-c" of "acme" and "b" of "c-acme" would have one host name.
        catalog.bootstrap("c-acme", "a.second.token");
        cluster.fleet().bootstrap("c-acme", "default", LHR);
        create("b-c");
        var other = catalog.read(sql -> io.skerry.catalog.organization.Organizations.bySlug(sql, "c-acme"))
                .orElseThrow();
        Group group =
                catalog.read(sql -> Groups.byName(sql, other.id(), "default")).orElseThrow();
        assertThatThrownBy(() -> cluster.fleet().createDatabase(other, group, "b", SizeLimit.NONE, ANA))
                .isInstanceOfSatisfying(
                        CatalogException.class,
                        e -> assertThat(e.reason()).isEqualTo(CatalogException.Reason.NAME_TAKEN));
    }

    @Test
    void aTeamsNameCannotBeTheAdministrators() {
        PeopleLimits limits = PeopleLimits.DEFAULT;
        User acme = catalog.read(sql -> Users.byUsername(sql, "acme")).orElseThrow();
        new OrganizationChanges(catalog, limits).create(acme, "team", false, Actor.SYSTEM);
        long frame = catalog.frame().value();
        assertThatThrownBy(() -> catalog.bootstrap("team", "a.new.token"))
                .isInstanceOf(CatalogException.class)
                .hasMessageContaining("belongs to a team");
        assertThat(catalog.frame().value()).isEqualTo(frame);
    }

    private List<Audit.Entry> newest(int limit) {
        return catalog.read(sql -> Audit.newest(sql, cluster.acme(sql).id(), limit));
    }

    private Group group() {
        return cluster.group("default");
    }

    private void create(String name) {
        cluster.fleet().createDatabase(cluster.acme(), group(), name, SizeLimit.NONE, ANA);
    }
}
