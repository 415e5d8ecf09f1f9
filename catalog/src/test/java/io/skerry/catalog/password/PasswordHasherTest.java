package io.skerry.catalog.password;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skerry.catalog.CatalogException;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class PasswordHasherTest {

    private final PasswordHasher hasher = new PasswordHasher();

    @Test
    void aPasswordIsKnownByItsHash() {
        String hash = hasher.hash("correct horse");
        assertThat(hash).startsWith("$2b$").doesNotContain("horse");
        assertThat(hasher.hash("correct horse")).isNotEqualTo(hash);
        assertThat(hasher.matches("correct horse", hash)).isTrue();
        assertThat(hasher.matches("correct horsE", hash)).isFalse();
        assertThat(hasher.matches("", hash)).isFalse();
    }

    @Test
    void nothingMatchesWhereThereIsNoPassword() {
        assertThat(hasher.matches("the password of nobody", null)).isFalse();
        assertThat(hasher.matches("another password", null)).isFalse();
    }

    @Test
    void everyByteOfTheLongestCounts() {
        String longest = "é".repeat(PasswordHasher.BYTES_MAX / 2);
        String hash = hasher.hash(longest);
        assertThat(hasher.matches(longest, hash)).isTrue();
        assertThat(hasher.matches(longest.substring(1) + "è", hash)).isFalse();
        assertThat(hasher.matches(longest + "x", hash)).isFalse();
    }

    @Test
    void whoGetsNoTurnIsToldToTryAgain() {
        PasswordHasher busy = new PasswordHasher(0, Duration.ofMillis(1));
        for (ThrowingCallable asked : List.<ThrowingCallable>of(
                () -> busy.hash("correct horse"), () -> busy.matches("correct horse", null))) {
            assertThatThrownBy(asked)
                    .isInstanceOfSatisfying(
                            CatalogException.class, e -> assertThat(e.reason()).isEqualTo(CatalogException.Reason.BUSY))
                    .hasMessage("too many passwords are being compared: try again");
        }
    }

    @Test
    void whatIsTooShortOrTooLongIsRefused() {
        PasswordHasher.check("12345678");
        assertThatThrownBy(() -> hasher.hash("1234567"))
                .isInstanceOf(CatalogException.class)
                .hasMessage("the password is too short: it needs at least 8 characters");
        assertThatThrownBy(() -> hasher.hash("x".repeat(73)))
                .isInstanceOf(CatalogException.class)
                .hasMessageStartingWith("the password is too long: it may have 72 bytes");
    }
}
