package io.skerry.platform;

import static org.assertj.core.api.Assertions.assertThat;

import io.skerry.catalog.testing.TestCluster;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RateLimitTest {

    private final TestCluster cluster = new TestCluster();
    private final AtomicLong nanos = new AtomicLong();

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void aTokenHasSoManyRequestsASecond() {
        TokenRates rates = new TokenRates(4, nanos::get);
        for (int i = 0; i < 4; i++) {
            assertThat(rates.take("a")).isEmpty();
        }
        assertThat(rates.take("a")).contains(Duration.ofMillis(250));
        assertThat(rates.take("b")).isEmpty();
        nanos.addAndGet(Duration.ofMillis(250).toNanos());
        assertThat(rates.take("a")).isEmpty();
        assertThat(rates.take("a")).isPresent();
        nanos.addAndGet(Duration.ofDays(1).toNanos());
        for (int i = 0; i < 4; i++) {
            assertThat(rates.take("a")).isEmpty();
        }
        assertThat(rates.take("a")).isPresent();
    }

    @Test
    void anAddressHasSoManyWrongTokensAMinute() {
        Guesses guesses = new Guesses(2, nanos::get);
        guesses.wrong("192.0.2.1");
        assertThat(guesses.blocked("192.0.2.1")).isEmpty();
        guesses.wrong("192.0.2.1");
        nanos.addAndGet(Duration.ofSeconds(20).toNanos());
        assertThat(guesses.blocked("192.0.2.1")).contains(Duration.ofSeconds(40));
        assertThat(guesses.blocked("192.0.2.2")).isEmpty();
        nanos.addAndGet(Duration.ofSeconds(40).toNanos());
        assertThat(guesses.blocked("192.0.2.1")).isEmpty();
        guesses.wrong("192.0.2.1");
        assertThat(guesses.blocked("192.0.2.1")).isEmpty();
    }

    @Test
    void anIpv6NetworkIsOneAddress() {
        Guesses guesses = new Guesses(1, nanos::get);
        guesses.wrong("2001:db8::1");
        assertThat(guesses.blocked("2001:db8:0:0:ffff::2")).isPresent();
        assertThat(guesses.blocked("2001:db8:0:1::1")).isEmpty();
    }

    @Test
    void whatStrangersInventIsForgotten() {
        Recent<Integer, Boolean> recent = new Recent<>(3);
        for (int i = 0; i < 100; i++) {
            recent.put(i, true);
            recent.get(97);
        }
        assertThat(recent.keySet()).containsExactly(98, 99, 97);
    }

    @Test
    void tooManyRequestsAreAnsweredWithWhenToComeBack() {
        try (ApiServer api = ApiServer.with(cluster, new RateLimits(1, 1_000))) {
            ApiServer.Reply reply = api.get("/v1/groups");
            for (int i = 0; i < 1_000 && reply.status() == 200; i++) {
                reply = api.get("/v1/groups");
            }
            assertThat(reply.status()).isEqualTo(429);
            assertThat(reply.error()).isEqualTo("too many requests with this token");
            assertThat(reply.response().headers().firstValue("retry-after")).contains("1");
        }
    }

    @Test
    void whoGuessesIsRefusedAndWhoWasKnownBeforeIsNot() {
        try (ApiServer api = ApiServer.with(cluster, new RateLimits(1_000, 3))) {
            String later =
                    api.post("/v1/auth/api-tokens/later").json().path("token").asText();
            for (int i = 0; i < 3; i++) {
                assertThat(with(api, "wrong." + i + ".token").status()).isEqualTo(401);
            }
            ApiServer.Reply refused = with(api, later);
            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.response()
                            .headers()
                            .firstValueAsLong("retry-after")
                            .orElse(0))
                    .isBetween(1L, 60L);
            assertThat(api.get("/v1/groups").status()).isEqualTo(200);
        }
    }

    @Test
    void aTokenThatWasRevokedIsNotKnownAnyMore() {
        try (ApiServer api = ApiServer.with(cluster, new RateLimits(1_000, 3))) {
            String token =
                    api.post("/v1/auth/api-tokens/ci").json().path("token").asText();
            assertThat(with(api, token).status()).isEqualTo(200);
            api.delete("/v1/auth/api-tokens/ci");
            for (int i = 0; i < 3; i++) {
                assertThat(with(api, token).status()).isEqualTo(401);
            }
            assertThat(with(api, token).status()).isEqualTo(429);
        }
    }

    @Test
    void aNodeThatHandsChangesOnCountsTheWrongTokensToo() {
        try (ApiServer leader = new ApiServer(cluster);
                ApiServer follower = ApiServer.following(cluster, leader.url(), new RateLimits(1_000, 3))) {
            for (int i = 0; i < 3; i++) {
                assertThat(follower.send("POST", "/v1/groups", null, "Authorization", "Bearer wrong." + i + ".token")
                                .status())
                        .isEqualTo(401);
            }
            assertThat(follower.send("POST", "/v1/groups", null, "Authorization", "Bearer wrong.3.token")
                            .status())
                    .isEqualTo(429);
        }
    }

    @Test
    void aTokenThatOnlyChangesThingsIsKnownWhereTheyAreHandedOn() {
        try (ApiServer leader = new ApiServer(cluster);
                ApiServer follower = ApiServer.following(cluster, leader.url(), new RateLimits(1_000, 3))) {
            assertThat(follower.post("/v1/databases", "{\"name\":\"one\"}").status())
                    .isEqualTo(200);
            for (int i = 0; i < 4; i++) {
                with(follower, "wrong." + i + ".token");
            }
            assertThat(with(follower, "wrong.4.token").status()).isEqualTo(429);
            assertThat(follower.post("/v1/databases", "{\"name\":\"two\"}").status())
                    .isEqualTo(200);
        }
    }

    private static ApiServer.Reply with(ApiServer api, String token) {
        return api.send("GET", "/v1/groups", null, "Authorization", "Bearer " + token);
    }
}
