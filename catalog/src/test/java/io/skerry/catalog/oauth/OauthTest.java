package io.skerry.catalog.oauth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skerry.catalog.CatalogException;
import io.skerry.catalog.audit.Actor;
import io.skerry.catalog.audit.Audit;
import io.skerry.catalog.oauth.OauthException.Problem;
import io.skerry.catalog.organization.User;
import io.skerry.catalog.organization.Users;
import io.skerry.catalog.testing.TestCluster;
import io.skerry.catalog.token.PlatformTokens;
import io.skerry.catalog.token.TokenException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OauthTest {

    private static final String CALLBACK = "https://a.example/in";

    /// RFC 7636, appendix B.
    private static final String VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

    private static final String CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    private final TestCluster cluster = new TestCluster();
    private final SetClock clock = new SetClock();
    private final Oauth oauth = new Oauth(cluster.catalog(), clock);
    private final PlatformTokens tokens = new PlatformTokens(cluster.catalog(), clock);
    private final User user =
            cluster.catalog().read(sql -> Users.byUsername(sql, "acme")).orElseThrow();
    private final Oauth.Registered client = register("ledger");

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void aCodeIsExchangedForATokenThatWorksUntilItIsWithdrawn() {
        String token = exchange(code());
        assertThat(tokens.authenticate("Bearer " + token).user()).isEqualTo(user);
        assertThat(grants())
                .singleElement()
                .satisfies(grant -> assertThat(grant.tokens()).isEqualTo(1));
        oauth.withdraw(user, client.client().id(), Actor.SYSTEM);
        assertDead(token);
        assertThat(audit())
                .endsWith("oauth-client-create", "oauth-authorize", "user-token-create", "user-token-delete");
    }

    @Test
    void aCodeThatIsShownTwiceEndsItsToken() {
        String code = code();
        String token = exchange(code);
        clock.pass(Duration.ofHours(23));
        code(); // with which old codes are forgotten, but this one is not yet
        assertRefused(Problem.INVALID_GRANT, code, CALLBACK, VERIFIER);
        assertDead(token);
        assertThat(audit()).endsWith("user-token-delete");
        assertRefused(Problem.INVALID_GRANT, code, CALLBACK, VERIFIER);
    }

    @Test
    void aThiefWithAnotherClientOrWithoutTheSecretEndsNothing() {
        String code = code();
        Oauth.Registered other = register("thief");
        assertThatThrownBy(() -> exchange(other.client().id(), other.secret(), code, CALLBACK, VERIFIER))
                .isInstanceOfSatisfying(
                        OauthException.class, e -> assertThat(e.problem()).isEqualTo(Problem.INVALID_GRANT));
        assertThatThrownBy(() -> exchange(client.client().id(), other.secret(), code, CALLBACK, VERIFIER))
                .isInstanceOfSatisfying(
                        OauthException.class, e -> assertThat(e.problem()).isEqualTo(Problem.INVALID_CLIENT));
        String token = exchange(code);
        assertThatThrownBy(() -> exchange(other.client().id(), other.secret(), code, CALLBACK, VERIFIER))
                .isInstanceOf(OauthException.class);
        assertThat(tokens.authenticate("Bearer " + token).user()).isEqualTo(user);
    }

    @Test
    void aWrongVerifierOrAddressEndsTheCode() {
        for (String[] wrong : List.of(
                new String[] {CALLBACK, VERIFIER.replace('d', 'e')}, new String[] {CALLBACK + "?x=1", VERIFIER})) {
            String code = code();
            assertRefused(Problem.INVALID_GRANT, code, wrong[0], wrong[1]);
            assertRefused(Problem.INVALID_GRANT, code, CALLBACK, VERIFIER);
        }
        assertThat(grants()).isEmpty();
    }

    @Test
    void aCodeIsGoodForTwoMinutes() {
        String late = code();
        String early = code();
        clock.pass(Oauth.CODE_LIFETIME.minusMillis(1));
        exchange(early);
        clock.pass(Duration.ofMillis(1));
        assertRefused(Problem.INVALID_GRANT, late, CALLBACK, VERIFIER);
    }

    @Test
    void ofManyWhoShowACodeAtOnceOneGetsATokenAndNoneKeepsIt() throws Exception {
        String code = code();
        CountDownLatch go = new CountDownLatch(1);
        List<Future<String>> attempts = new ArrayList<>();
        int wins = 0;
        String token = "";
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 8; i++) {
                attempts.add(threads.submit(() -> {
                    go.await();
                    try {
                        return exchange(code);
                    } catch (OauthException e) {
                        return "";
                    }
                }));
            }
            go.countDown();
            for (Future<String> attempt : attempts) {
                String won = attempt.get(20, TimeUnit.SECONDS);
                wins += won.isEmpty() ? 0 : 1;
                token = won.isEmpty() ? token : won;
            }
        }
        assertThat(wins).isEqualTo(1);
        assertDead(token);
    }

    @Test
    void theEndOfAClientIsTheEndOfItsTokensAndCodes() {
        String token = exchange(code());
        String code = code();
        assertThatThrownBy(() -> oauth.unregister(stranger(), client.client().id(), Actor.SYSTEM))
                .isInstanceOf(CatalogException.class);
        oauth.unregister(user, client.client().id(), Actor.SYSTEM);
        assertDead(token);
        assertRefused(Problem.INVALID_CLIENT, code, CALLBACK, VERIFIER);
    }

    @Test
    void oldCodesAndTheOldestTokensGo() {
        String first = exchange(code());
        for (int i = 1; i < Oauth.TOKENS_MAX; i++) {
            clock.pass(Duration.ofSeconds(1));
            exchange(code());
        }
        assertThat(tokens.authenticate("Bearer " + first).user()).isEqualTo(user);
        clock.pass(Duration.ofSeconds(1));
        exchange(code());
        assertDead(first);
        assertThat(codes()).isEqualTo(Oauth.TOKENS_MAX + 1);
        clock.pass(Duration.ofDays(2));
        code();
        assertThat(codes()).isEqualTo(1);
        for (int i = 0; i < OauthCodes.PER_USER_MAX + 3; i++) {
            clock.pass(Duration.ofMillis(1));
            code();
        }
        assertThat(codes()).isEqualTo(OauthCodes.PER_USER_MAX);
    }

    @Test
    void aUserHasSoManyClientsAndNoTwoOfAName() {
        assertThatThrownBy(() -> register("ledger")).hasMessageContaining("already exists");
        for (int i = 1; i < 100; i++) {
            register("more-" + i);
        }
        assertThatThrownBy(() -> register("one-more")).hasMessageContaining("100 clients");
        assertThatThrownBy(() -> oauth.register(user, "half \ud800", List.of(CALLBACK), Actor.SYSTEM))
                .hasMessageContaining("invalid client name");
        assertThatThrownBy(() -> oauth.register(user, "none", List.of(), Actor.SYSTEM))
                .hasMessageContaining("redirect_uris");
    }

    @Test
    void nothingButHashesIsStored() {
        String code = code();
        String token = exchange(code);
        List<String> rows = cluster.catalog().read(sql -> sql.list("""
                SELECT quote(secret_hash) || id || name || redirect_uris FROM oauth_clients UNION ALL
                SELECT quote(code_hash) || challenge || coalesce(token, '') FROM oauth_codes UNION ALL
                SELECT quote(hash) || id || name FROM api_tokens UNION ALL SELECT target || message FROM audit
                """, row -> row.text(0)));
        String all = String.join("\n", rows);
        assertThat(all).doesNotContain(code, token, client.secret(), token.substring(token.lastIndexOf('.')));
        assertThat(client.toString()).doesNotContain(client.secret());
    }

    private Oauth.Registered register(String name) {
        return oauth.register(user, name, List.of(CALLBACK), Actor.SYSTEM);
    }

    private String code() {
        return oauth.authorize(user, client.client().id(), CALLBACK, CHALLENGE, Actor.SYSTEM);
    }

    private String exchange(String code) {
        return exchange(client.client().id(), client.secret(), code, CALLBACK, VERIFIER);
    }

    private String exchange(String id, String secret, String code, String redirectUri, String verifier) {
        return oauth.exchange(new Oauth.Exchange(id, secret, code, redirectUri, verifier), Actor.SYSTEM);
    }

    private void assertRefused(Problem problem, String code, String redirectUri, String verifier) {
        assertThatThrownBy(() -> exchange(client.client().id(), client.secret(), code, redirectUri, verifier))
                .isInstanceOfSatisfying(
                        OauthException.class, e -> assertThat(e.problem()).isEqualTo(problem));
    }

    private void assertDead(String token) {
        assertThatThrownBy(() -> tokens.authenticate("Bearer " + token)).isInstanceOf(TokenException.class);
    }

    private User stranger() {
        cluster.catalog().bootstrap("stranger", "strangers.own.token");
        return cluster.catalog().read(sql -> Users.byUsername(sql, "stranger")).orElseThrow();
    }

    private List<OauthClients.Grant> grants() {
        return cluster.catalog().read(sql -> OauthClients.grants(sql, user.id()));
    }

    private long codes() {
        return cluster.catalog()
                .read(sql -> sql.first("SELECT count(*) FROM oauth_codes", row -> row.integer(0)))
                .orElse(-1L);
    }

    private List<String> audit() {
        return cluster.catalog().read(sql -> Audit.after(sql, cluster.acme(sql).id(), 0, 1_000)).stream()
                .map(Audit.Entry::action)
                .toList();
    }

    private static final class SetClock extends Clock {

        private Instant now = Instant.parse("2026-01-01T00:00:00Z");

        void pass(Duration time) {
            now = now.plus(time);
        }

        @Override
        public ZoneId getZone() {
            return ZoneId.of("UTC");
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    }
}
