package io.skerry.catalog.location;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LocationsTest {

    @Test
    void knowsTheFieldsLocations() {
        assertThat(Locations.describe(new LocationCode("gru")).description()).isEqualTo("São Paulo, Brazil");
        assertThat(Locations.describe(new LocationCode("cellar")).description()).isEqualTo("cellar");
    }

    @Test
    void theNearestComesFirst() {
        List<LocationCode> among = Stream.of("syd", "lhr", "fra", "ams", "bos")
                .map(LocationCode::new)
                .toList();
        assertThat(Locations.closest(new LocationCode("fra"), among, 3))
                .extracting(location -> location.code().value())
                .containsExactly("ams", "lhr", "bos");
        double distance =
                Locations.describe(new LocationCode("lhr")).distanceKm(Locations.describe(new LocationCode("syd")));
        assertThat(distance).isBetween(16_900.0, 17_100.0);
    }

    @Test
    void refusesWhatIsNoCode() {
        for (String text : List.of("", "LHR", "l_r", "-lhr", "lhr-", "../x", "a".repeat(33), "é")) {
            assertThat(LocationCode.parse(text)).isEmpty();
            assertThatThrownBy(() -> new LocationCode(text)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(LocationCode.parse("aws-eu-west-1")).isPresent();
    }
}
