package io.skerry.catalog.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skerry.catalog.organization.OrganizationId;
import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.GroupId;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Groups 10 to 19 are those of organization 1, 20 to 29 those of organization 2, and so on.
class FillPlacesTest {

    private final FillPlaces places = new FillPlaces();
    private int done;

    @BeforeEach
    void tellOwners() {
        places.owners(group ->
                Optional.of(new OrganizationId(new UUID(0, group.value().getLeastSignificantBits() / 10))));
    }

    private void fill(int group, Runnable meanwhile) {
        places.fill(new GroupId(new UUID(0, group)), meanwhile);
        done++;
    }

    private void refuse(int group, String why) {
        assertThatThrownBy(() -> fill(group, () -> {}))
                .isInstanceOfSatisfying(
                        DatabaseException.class, e -> assertThat(e.code()).isEqualTo(Code.OVERLOADED))
                .hasMessageContaining(why);
    }

    @Test
    void oneOrganizationDoesNotHaveAll() {
        fill(
                10,
                () -> fill(11, () -> {
                    refuse(12, "fills 2 databases of this organization already");
                    fill(20, () -> fill(21, () -> refuse(30, "fills 4 databases already")));
                    fill(30, () -> {});
                }));
        assertThat(done).isEqualTo(5);
    }

    @Test
    void aPlaceIsFreeAgainHoweverItsUseEnded() {
        for (int i = 0; i < 5; i++) {
            assertThatThrownBy(() -> fill(10, () -> {
                        throw new IllegalStateException("a defect");
                    }))
                    .hasMessage("a defect");
        }
        fill(10, () -> {});
    }

    @Test
    void groupsThatAreNobodysCountByThemselves() {
        places.owners(group -> Optional.empty());
        fill(10, () -> fill(11, () -> fill(12, () -> {})));
        assertThat(done).isEqualTo(3);
    }
}
