package io.skerry.catalog.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skerry.catalog.CatalogException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SizeLimitTest {

    @ParameterizedTest
    @CsvSource({
        "10000, 10000",
        "7b, 7",
        "1kb, 1024",
        "256mb, 268435456",
        "1gb, 1073741824",
        "1GB, 1073741824",
        "2t, 2199023255552"
    })
    void sizesAreInPowersOf1024(String text, long bytes) {
        assertThat(SizeLimit.parse(text)).isEqualTo(new SizeLimit(text, bytes));
    }

    @Test
    void nothingAndZeroAreNoLimit() {
        for (String text : new String[] {"", "0", "0mb"}) {
            assertThat(SizeLimit.parse(text).bytes()).as(text).isEqualTo(SizeLimit.UNLIMITED);
        }
    }

    @Test
    void whatWasTakenForNoLimitStaysOne() {
        assertThat(SizeLimit.stored("999999999999999tb").bytes()).isEqualTo(SizeLimit.UNLIMITED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "big",
                "-1",
                "1.5gb",
                "1 gb",
                "gb",
                "1xb",
                "1bb",
                "9999999999999999",
                "999999999999999tb",
                "8388608tb",
                "1gb\n"
            })
    void whatIsNoSizeIsRefused(String text) {
        assertThatThrownBy(() -> SizeLimit.parse(text))
                .isInstanceOf(CatalogException.class)
                .hasMessageStartingWith("invalid size_limit: ");
    }
}
