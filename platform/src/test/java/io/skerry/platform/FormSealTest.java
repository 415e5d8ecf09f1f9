package io.skerry.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FormSealTest {

    private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000);

    private final String browser = FormSeal.newBrowser();
    private final FormSeal seal = at("secret", Duration.ZERO);

    private static FormSeal at(String secret, Duration later) {
        return new FormSeal(secret, Clock.fixed(NOW.plus(later), ZoneOffset.UTC));
    }

    @Test
    void itFitsTheBrowserAndTheFormItWasMadeForAtAnyNodeForAWhile() {
        String value = seal.seal("login", browser);
        assertThat(at("secret", Duration.ofMinutes(29)).fits(value, "login", Optional.of(browser)))
                .isTrue();
        assertThat(seal.fits(value, "login", Optional.of(FormSeal.newBrowser())))
                .isFalse();
        assertThat(seal.fits(value, "login", Optional.empty())).isFalse();
        assertThat(seal.fits(value, "signup", Optional.of(browser))).isFalse();
        assertThat(at("secret", Duration.ofMinutes(30)).fits(value, "login", Optional.of(browser)))
                .isFalse();
        assertThat(at("other", Duration.ZERO).fits(value, "login", Optional.of(browser)))
                .isFalse();
    }

    @Test
    void itsEndCannotBeMovedAway() {
        String value = seal.seal("login", browser);
        String later = value.replaceFirst("^[0-9]+", "900000000000");
        assertThat(seal.fits(later, "login", Optional.of(browser))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "1.", "99999999999999999999.x", "x.y", "9"})
    void nonsenseFitsNothing(String value) {
        assertThat(seal.fits(value, "login", Optional.of(browser))).isFalse();
    }

    @Test
    void theCookieIsFoundAmongOthers() {
        String name = FormSeal.cookie(false);
        String header = "a=b; " + name + "=" + browser + "; c=d";
        assertThat(FormSeal.browser(Optional.of(header), name)).contains(browser);
        assertThat(FormSeal.browser(Optional.of(name + "=short"), name)).isEmpty();
        assertThat(FormSeal.browser(Optional.empty(), name)).isEmpty();
    }

    /// The browser keeps to itself one that came over TLS: it must have the name that makes it do so.
    @Test
    void theCookieOfTlsIsAnother() {
        String name = FormSeal.cookie(true);
        assertThat(name).startsWith("__Host-");
        assertThat(FormSeal.browser(Optional.of(FormSeal.cookie(false) + "=" + browser), name))
                .isEmpty();
        assertThat(FormSeal.browser(Optional.of(name + "=" + browser), name)).contains(browser);
    }
}
