package io.skerry.catalog.organization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skerry.catalog.Catalog;
import io.skerry.catalog.CatalogException;
import io.skerry.catalog.audit.Actor;
import io.skerry.catalog.group.Group;
import io.skerry.catalog.group.GroupEdits;
import io.skerry.catalog.invite.InviteChanges;
import io.skerry.catalog.issuer.Issuers;
import io.skerry.catalog.location.LocationCode;
import io.skerry.catalog.testing.TestCluster;
import java.time.Clock;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Changes that looked an organization up, and write when it has been deleted.
class DeletedOrganizationTest {

    private static final PeopleLimits LIMITS = PeopleLimits.DEFAULT;

    private final TestCluster cluster = new TestCluster();
    private final Catalog catalog = cluster.catalog();
    private final MemberChanges members = new MemberChanges(catalog, LIMITS);
    private final OrganizationChanges organizations = new OrganizationChanges(catalog, LIMITS);

    private Organization gone;

    @BeforeEach
    void delete() {
        User owner = catalog.read(sql -> Users.byUsername(sql, "acme").orElseThrow());
        gone = organizations.create(owner, "gone", false, Actor.SYSTEM);
        organizations.delete(gone, Actor.SYSTEM);
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void nothingIsPutIntoIt() {
        List<ThrowingCallable> changes = List.of(
                () -> cluster.fleet().createGroup(gone, "eu", new LocationCode("fra"), "", Actor.SYSTEM),
                () -> new GroupEdits(catalog).transfer(group(), gone, Actor.SYSTEM),
                () -> members.add(gone, "acme", Role.MEMBER, Actor.SYSTEM),
                () -> new InviteChanges(catalog, Clock.systemUTC(), members, LIMITS)
                        .inviteEmail(gone, "ana@example.com", Role.MEMBER, false, Actor.SYSTEM),
                () -> new Issuers(catalog).put(gone, "one", "https://example.com/jwks", Actor.SYSTEM),
                () -> organizations.setPlan(gone, "starter", "monthly", Actor.SYSTEM),
                () -> organizations.setOverages(gone, true, Actor.SYSTEM));

        for (ThrowingCallable change : changes) {
            assertThatThrownBy(change).isInstanceOf(CatalogException.class).hasMessage("organization not found");
        }
        assertThat(group().organization()).isEqualTo(cluster.acme().id());
        for (String table : List.of("groups", "memberships", "invites", "jwks")) {
            boolean orphans = catalog.read(
                    sql -> sql.first("SELECT 1 FROM " + table + " WHERE organization = ?", row -> true, gone.id())
                            .isPresent());
            assertThat(orphans).as(table).isFalse();
        }
        assertThat(cluster.node("fra").groups()).hasSize(1);
    }

    private Group group() {
        return cluster.group("default");
    }
}
