package io.skerry.catalog.oauth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skerry.catalog.CatalogException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedirectUriTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://a.example/in",
                "https://a.example:8443/in?x=1",
                "http://127.0.0.1/in",
                "http://127.0.0.1:49152/in",
                "http://[::1]/in",
                "http://localhost:3000/in"
            })
    void codesMayGoToHttpsAndToTheOwnMachine(String text) {
        assertThat(RedirectUri.parse(text).matches(text)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "in",
                "/in",
                "https:",
                "https:///in",
                "http://a.example/in",
                "http://127.0.0.1.a.example/in",
                "http://127.0.0.1@a.example/in",
                "http://localhost.a.example/",
                "https://user@a.example/in",
                "https://a.example/in#fragment",
                "https://a.example/in#",
                "https://a.example:99999/in",
                "https://a.example/in\r\nSet-Cookie: a=b",
                "https://a.example/in here",
                "https://a.example/ü",
                "https://a.example/\"in",
                "javascript:alert(1)",
                "myapp://in",
                "ftp://a.example/in"
            })
    void codesGoNowhereElse(String text) {
        assertThatThrownBy(() -> RedirectUri.parse(text))
                .isInstanceOf(CatalogException.class)
                .hasMessageStartingWith("invalid redirect_uri");
    }

    @Test
    void oneThatIsTooLongIsRefused() {
        assertThatThrownBy(() -> RedirectUri.parse("https://a.example/" + "a".repeat(2_000)))
                .isInstanceOf(CatalogException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "https://a.example/in, https://a.example/in/, false",
        "https://a.example/in, https://a.example/IN, false",
        "https://a.example/in, https://A.example/in, false",
        "https://a.example/in, https://a.example:443/in, false",
        "https://a.example/in, https://a.example/in?x=1, false",
        "https://a.example/in, http://a.example/in, false",
        "https://a.example/in, https://a.example/x/../in, false",
        "http://127.0.0.1/in, http://127.0.0.1:49152/in, true",
        "http://127.0.0.1:1/in?a=b, http://127.0.0.1:2/in?a=b, true",
        "http://127.0.0.1/in, http://127.0.0.1:49152/out, false",
        "http://127.0.0.1/in, http://127.0.0.1:49152/in?a=b, false",
        "http://127.0.0.1/in, http://localhost:49152/in, false",
        "http://127.0.0.1/in, https://127.0.0.1:49152/in, false",
        "http://127.0.0.1/in, http://127.0.0.1:49152@a.example/in, false",
        "http://127.0.0.1/in, http://a.example:49152/in, false",
        "http://[::1]/in, http://[::1]:9/in, true"
    })
    void anAddressIsTheSameToTheLastCharacterButForThePortOnTheOwnMachine(String known, String asked, boolean same) {
        assertThat(RedirectUri.parse(known).matches(asked)).isEqualTo(same);
    }
}
