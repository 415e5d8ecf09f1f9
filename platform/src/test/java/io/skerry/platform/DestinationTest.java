package io.skerry.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DestinationTest {

    private static Destination parse(@Nullable String port, @Nullable String redirect, @Nullable String state) {
        return Destination.parse(
                name -> Optional.ofNullable(Map.of("port", text(port), "redirect", text(redirect), "state", text(state))
                                .get(name))
                        .filter(value -> !value.equals("absent")));
    }

    private static String text(@Nullable String value) {
        return value == null ? "absent" : value;
    }

    @Test
    void aCommandThatListensGetsTheToken() {
        Destination destination = parse("43210", "true", "aZ09._~-");
        assertThat(destination).isEqualTo(new Destination.Loopback(43_210, "aZ09._~-"));
        assertThat(new Destination.Loopback(43_210, "s").location("a.b.c"))
                .isEqualTo("http://localhost:43210/?jwt=a.b.c&state=s");
        assertThat(parse("1", null, null)).isEqualTo(new Destination.Loopback(1, ""));
        assertThat(parse("65535", "true", "")).isEqualTo(new Destination.Loopback(65_535, ""));
    }

    @Test
    void elseThePageShowsIt() {
        assertThat(parse(null, "false", null)).isEqualTo(new Destination.Page());
        assertThat(parse("80", "false", null)).isEqualTo(new Destination.Page());
        assertThat(parse(null, null, null)).isEqualTo(new Destination.Page());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"0", "65536", "70000", "99999", "-1", "+80", "080", "80@evil", "80.evil", "80/", "٣", "", " 80"})
    void aPortThatIsNoneIsRefused(String port) {
        assertThatThrownBy(() -> parse(port, "true", "s")).isInstanceOf(ApiException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a&jwt=b", "a b", "a\r\nSet-Cookie: x", "#", "%41", "é", "\""})
    void aStateThatIsNoneIsRefused(String state) {
        assertThatThrownBy(() -> parse("80", "true", state)).isInstanceOf(ApiException.class);
    }

    @Test
    void neitherIsOneThatIsTooLong() {
        assertThat(parse("80", "true", "x".repeat(200))).isInstanceOf(Destination.Loopback.class);
        assertThatThrownBy(() -> parse("80", "true", "x".repeat(201))).isInstanceOf(ApiException.class);
    }

    @Test
    void aRedirectElsewhereIsRefused() {
        assertThatThrownBy(() -> parse(null, "https://evil.example/", "s")).isInstanceOf(ApiException.class);
    }
}
