package io.skerry.catalog.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skerry.catalog.CatalogException;
import java.net.InetAddress;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressRulesTest {

    @ParameterizedTest
    @CsvSource({
        "10.1.2.3,        10.1.2.3,          true",
        "10.1.2.3,        10.1.2.4,          false",
        "10.1.2.0/24,     10.1.2.255,        true",
        "10.1.2.0/24,     10.1.3.0,          false",
        "10.1.2.77/24,    10.1.2.1,          true",
        "10.0.0.0/7,      11.255.0.1,        true",
        "0.0.0.0/0,       203.0.113.9,       true",
        "0.0.0.0/0,       2001:db8::1,       false",
        "::/0,            10.1.2.3,          false",
        "::1,             0:0:0:0:0:0:0:1,   true",
        "2001:db8::/33,   2001:db8:7fff::,   true",
        "2001:db8::/33,   2001:db8:8000::,   false",
        "::ffff:10.1.2.3, 10.1.2.3,          true",
        "10.1.2.3,        ::ffff:10.1.2.3,   true",
    })
    void anAddressIsAllowedByItsNetwork(String rule, String address, boolean allowed) {
        assertThat(AddressRules.parse(List.of(rule)).allows(InetAddress.ofLiteral(address)))
                .isEqualTo(allowed);
    }

    @Test
    void withoutRulesEverybodyIsAllowedAndWithSeveralAnyOfThemDoes() {
        InetAddress address = InetAddress.ofLiteral("192.0.2.1");
        assertThat(AddressRules.NONE.allows(address)).isTrue();
        assertThat(AddressRules.parse(List.of("10.0.0.0/8", "192.0.2.0/24")).allows(address))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "localhost",
                "10.1",
                "10.1.2.3/33",
                "10.1.2.3/",
                "10.1.2.3/-1",
                "::/129",
                "10.1.2.256",
                "1",
                "fe80::1%eth0",
                "10.1.2.3 ",
                "[::1]",
                "example.com/24",
                "\"",
                "::1::",
                "0x7f.0.0.1"
            })
    void whatIsNoAddressIsRefused(String text) {
        assertThatThrownBy(() -> AddressRules.parse(List.of(text)))
                .isInstanceOf(CatalogException.class)
                .hasMessageStartingWith("invalid allowed_ips: \"" + text);
    }

    @Test
    void theirNumberIsBounded() {
        assertThat(AddressRules.parse(Collections.nCopies(256, "::1")).networks())
                .hasSize(256);
        assertThatThrownBy(() -> AddressRules.parse(Collections.nCopies(257, "::1")))
                .hasMessage("invalid allowed_ips: more than 256 entries");
    }
}
