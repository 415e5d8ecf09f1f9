package io.skerry.catalog.token;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;

class ApiTokenFormTest {

    private static byte[] decode(String part) {
        return Base64.getUrlDecoder().decode(part);
    }

    @Test
    void aTokenHasTheFormOfASignedJwtThatNamesItsId() {
        ApiTokens.Fresh token = ApiTokens.fresh();
        String[] parts = token.text().split("\\.");
        assertThat(parts).hasSize(3);
        assertThat(new String(decode(parts[0]), StandardCharsets.UTF_8))
                .isEqualTo("{\"typ\":\"JWT\",\"alg\":\"EdDSA\"}");
        assertThat(new String(decode(parts[1]), StandardCharsets.UTF_8)).isEqualTo("{\"jti\":\"" + token.id() + "\"}");
        assertThat(decode(parts[2])).hasSize(64);
    }

    @Test
    void noTwoTokensShareAnIdOrASignature() {
        ApiTokens.Fresh one = ApiTokens.fresh();
        ApiTokens.Fresh other = ApiTokens.fresh();
        assertThat(one.id()).isNotEqualTo(other.id());
        assertThat(one.text().split("\\.")[2]).isNotEqualTo(other.text().split("\\.")[2]);
    }
}
