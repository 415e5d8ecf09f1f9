package io.skerry.catalog.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jsonwebtoken.JwtBuilder;
import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.security.SignatureAlgorithm;
import io.skerry.catalog.audit.Actor;
import io.skerry.catalog.database.DatabaseRoute;
import io.skerry.catalog.database.SizeLimit;
import io.skerry.catalog.issuer.Issuers;
import io.skerry.catalog.issuer.KeySets;
import io.skerry.catalog.testing.TestCluster;
import io.skerry.catalog.testing.TestIssuer;
import io.skerry.engine.query.AttachGrants;
import io.skerry.engine.query.Permissions;
import io.skerry.engine.query.SessionOptions;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExternalTokensTest {

    private static final String INVALID = "Unauthorized: `The JWT is invalid`";
    private static final Actor ANA = new Actor("ana", "api", "127.0.0.1", "req-1");
    private static final SignatureAlgorithm EDDSA = Jwts.SIG.EdDSA;

    private final TestCluster cluster = new TestCluster();
    private final Issuers issuers = new Issuers(cluster.catalog());
    private final TestIssuer clerk = new TestIssuer().publish("one", EDDSA);
    private Instant now = Instant.parse("2026-11-25T12:00:00Z");
    private final InstantSource source = () -> now;
    private final DatabaseTokens tokens = new DatabaseTokens(
            cluster.catalog(), new KeySets(clerk, Duration.ofMinutes(5)), source.withZone(ZoneOffset.UTC));

    @BeforeEach
    void nameTheIssuer() {
        var group = cluster.group("default");
        for (String name : new String[] {"shop", "crm"}) {
            cluster.fleet().createDatabase(cluster.acme(), group, name, SizeLimit.NONE, ANA);
        }
        issuers.put(cluster.acme(), "clerk", "https://clerk.example/keys", ANA);
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void everyAlgorithmOpensEveryDatabaseOfTheOrganization() {
        for (SignatureAlgorithm algorithm : List.of(EDDSA, Jwts.SIG.RS256, Jwts.SIG.ES256)) {
            String key = "of " + algorithm.getId();
            TestIssuer issuer = new TestIssuer().publish(key, algorithm);
            var own = new DatabaseTokens(cluster.catalog(), new KeySets(issuer, Duration.ofMinutes(5)));
            String token = "Bearer "
                    + issuer.token(key, algorithm)
                            .subject("user")
                            .audience()
                            .add("us")
                            .and()
                            .compact();
            assertThat(own.verify(route("shop"), token)).as(key).isEqualTo(SessionOptions.FULL);
            assertThat(own.verify(route("crm"), token)).as(key).isEqualTo(SessionOptions.FULL);
        }
    }

    @Test
    void aKeyMayCallItsAlgorithmByItsOtherName() {
        String document = new String(clerk.document(), StandardCharsets.UTF_8);
        for (String name : new String[] {"EdDSA", "Ed25519", "ES256"}) {
            byte[] named = document.replace("\"use\":", "\"alg\":\"" + name + "\",\"use\":")
                    .getBytes(StandardCharsets.UTF_8);
            var own = new DatabaseTokens(cluster.catalog(), new KeySets(url -> named, Duration.ofMinutes(5)));
            String token = "Bearer " + clerk.token("one", EDDSA).subject("user").compact();
            if (name.equals("ES256")) {
                assertThatThrownBy(() -> own.verify(route("shop"), token)).isInstanceOf(TokenException.class);
            } else {
                assertThat(own.verify(route("shop"), token)).as(name).isEqualTo(SessionOptions.FULL);
            }
        }
    }

    @Test
    void theClaimsOfATemplateNarrowIt() {
        String shop = route("shop").database().id().toString();
        String group = route("shop").group().id().value().toString();
        assertThat(verify("shop", clerk("id", shop).claim("a", "ro"))).isEqualTo(SessionOptions.READ_ONLY);
        assertRefused("crm", clerk("id", shop), 404, "Namespace `crm` doesn't exist");
        assertThat(verify("crm", clerk("gid", group))).isEqualTo(SessionOptions.FULL);
        assertRefused("shop", clerk("gid", UUID.randomUUID().toString()), 404, "Namespace `shop` doesn't exist");
        assertRefused(
                "shop",
                clerk("gid", UUID.randomUUID().toString()).claim("id", shop),
                404,
                "Namespace `shop` doesn't exist");
        var limited = verify("shop", clerk("fgp", List.of(Map.of("t", List.of("t"), "a", List.of("data_read")))));
        assertThat(PermissionClaim.write(limited.permissions()))
                .isEqualTo(List.of(Map.of("t", List.of("t"), "a", List.of("data_read"))));
        assertThat(limited.readOnly()).isFalse();
    }

    @Test
    void whatItNamesIsAllThatItOpens() {
        var shop = route("shop").database().id();
        var crm = route("crm").database().id();
        String group = route("shop").group().id().value().toString();
        var ns = Map.of("ns", List.of(shop.toString()));
        var tags = Map.of("tags", List.of(group));
        assertThat(verify("shop", clerk("p", Map.of("rw", ns)))).isEqualTo(SessionOptions.FULL);
        assertThat(verify("shop", clerk("p", Map.of("ddl", ns)))).isEqualTo(SessionOptions.FULL);
        assertThat(verify("shop", clerk("p", Map.of("ro", ns)))).isEqualTo(SessionOptions.READ_ONLY);
        assertThat(verify("shop", clerk("p", Map.of("rw", ns)).claim("a", "ro")))
                .isEqualTo(SessionOptions.READ_ONLY);
        assertRefused("crm", clerk("p", Map.of("rw", ns)), 404, "Namespace `crm` doesn't exist");
        assertRefused("crm", clerk("p", Map.of()), 404, "Namespace `crm` doesn't exist");
        assertRefused(
                "crm",
                clerk("p", Map.of("rw", tags)).claim("id", shop.toString()),
                404,
                "Namespace `crm` doesn't exist");
        assertThat(verify("crm", clerk("p", Map.of("rwa", tags))).attach()).isEqualTo(AttachGrants.ALL);
        var reads = verify("crm", clerk("p", Map.of("roa", tags)));
        assertThat(reads).isEqualTo(new SessionOptions(true, Permissions.ALL, AttachGrants.ALL));
        var both = verify("shop", clerk("p", Map.of("rw", ns, "roa", Map.of("ns", List.of(crm.toString())))));
        assertThat(both.readOnly()).isFalse();
        assertThat(both.attach()).isEqualTo(new AttachGrants(false, Map.of(crm, 0L)));
    }

    @Test
    void whoMayAttachIsSaidByTheClaimOfTheAccessToo() {
        String shop = route("shop").database().id().toString();
        assertThat(verify("shop", clerk("a", "rw")).attach().none()).isTrue();
        assertThat(verify("shop", clerk("a", "roa")))
                .isEqualTo(new SessionOptions(true, Permissions.ALL, AttachGrants.ALL));
        assertThat(verify("shop", clerk("a", "roa").claim("id", shop)).attach().none())
                .isTrue();
    }

    @Test
    void aClaimThatIsNotUnderstoodOpensNothing() {
        for (Object named : List.of(
                "x",
                List.of(),
                Map.of("rw", "x"),
                Map.of("rw", Map.of("ns", "x")),
                Map.of("rw", Map.of("ns", List.of(7))),
                Map.of("roa", Map.of("ns", List.of("crm"))))) {
            assertRefused("shop", clerk("p", named), 401, INVALID);
        }
        assertRefused("shop", clerk("a", "admin"), 401, INVALID);
        assertRefused("shop", clerk("id", 7), 401, INVALID);
        assertRefused("shop", clerk("gid", List.of("x")), 401, INVALID);
        assertRefused("shop", clerk("fgp", List.of(Map.of("a", List.of("data_insert")))), 401, INVALID);
        assertRefused("shop", clerk("fgp", "data_read"), 401, INVALID);
    }

    @Test
    void itsTimeIsLookedAtWithTheLeewayOfOurs() {
        JwtBuilder token =
                clerk("a", "rw").expiration(Date.from(now.plusSeconds(300))).notBefore(Date.from(now.plusSeconds(100)));
        String text = token.compact();
        assertRefused("shop", token, 401, "Unauthorized: `The JWT is immature (not valid yet)`");
        now = now.plusSeconds(41);
        assertThat(tokens.verify(route("shop"), "Bearer " + text)).isEqualTo(SessionOptions.FULL);
        now = now.plusSeconds(318);
        assertThat(tokens.verify(route("shop"), "Bearer " + text)).isEqualTo(SessionOptions.FULL);
        now = now.plusSeconds(2);
        assertRefused("shop", token, 401, "Unauthorized: `The JWT has expired`");
    }

    @Test
    void anIssuerThatIsForgottenOpensNothingAnyMore() {
        String token = "Bearer " + clerk("a", "rw").compact();
        tokens.verify(route("shop"), token);
        issuers.put(cluster.acme(), "clerk", "https://clerk.example/other", ANA);
        assertThat(tokens.verify(route("shop"), token)).isEqualTo(SessionOptions.FULL);
        issuers.delete(cluster.acme(), "clerk", ANA);
        assertThatThrownBy(() -> tokens.verify(route("shop"), token)).hasMessage(INVALID);
    }

    @Test
    void aKeySetThatCannotBeHadSaysSo() {
        clerk.fail("it answered with HTTP status 500");
        assertRefused(
                "shop",
                clerk("a", "rw"),
                401,
                "Unauthorized: `The keys of the JWT's issuer cannot be had: it answered with HTTP status 500`");
    }

    @Test
    void aTokenSeenBeforeCostsNoFetchAndNoReadOfTheCatalog() {
        String token = "Bearer " + clerk("a", "rw").compact();
        DatabaseRoute route = route("shop");
        tokens.verify(route, token);
        long reads = cluster.database().reads();
        for (int i = 0; i < 100; i++) {
            tokens.verify(route, token);
        }
        assertThat(cluster.database().reads()).isEqualTo(reads);
        assertThat(clerk.fetches()).isEqualTo(1);
    }

    @Test
    void onlyTheKeyThatItNamesAndOnlyForItsAlgorithmOpens() {
        TestIssuer stranger = new TestIssuer().publish("one", EDDSA).publish("two", EDDSA);
        assertRefused("shop", stranger.token("one", EDDSA).claim("a", "rw"), 401, INVALID);
        assertRefused("shop", stranger.token("two", EDDSA).claim("a", "rw"), 401, INVALID);
        byte[] open = clerk.pair("one").getPublic().getEncoded();
        JwtBuilder confused = Jwts.builder()
                .header()
                .keyId("one")
                .and()
                .claim("a", "rw")
                .signWith(new SecretKeySpec(open, "HmacSHA256"), Jwts.SIG.HS256);
        assertRefused("shop", confused, 401, INVALID);
        String unsigned = encode("{\"alg\":\"none\",\"kid\":\"one\"}") + "." + encode("{\"a\":\"rw\"}") + ".";
        assertThatThrownBy(() -> tokens.verify(route("shop"), "Bearer " + unsigned))
                .hasMessage(INVALID);
    }

    @Test
    void ourTokensStayOursWhateverTheIssuersSay() {
        String ours = tokens.mint(route("shop"), SessionOptions.READ_ONLY, null, ANA);
        assertThat(tokens.verify(route("shop"), "Bearer " + ours)).isEqualTo(SessionOptions.READ_ONLY);
        assertThat(clerk.fetches()).isZero();
        assertThat(tokens.database("Bearer " + clerk("a", "rw").compact())).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "null", "{\"kid\":7,\"alg\":\"EdDSA\"}", "{\"kid\":null}", "{\"kid\":\"\"}"})
    void aHostileHeaderIsOnlyInvalid(String header) {
        String token = encode(header) + "." + encode("{\"a\":\"rw\"}") + "." + encode("sig");
        assertThatThrownBy(() -> tokens.verify(route("shop"), "Bearer " + token))
                .hasMessage(INVALID);
    }

    private JwtBuilder clerk(String claim, Object value) {
        return clerk.token("one", EDDSA).claim(claim, value);
    }

    private SessionOptions verify(String database, JwtBuilder token) {
        return tokens.verify(route(database), "Bearer " + token.compact());
    }

    private void assertRefused(String database, JwtBuilder token, int status, String text) {
        assertThatThrownBy(() -> verify(database, token))
                .hasMessage(text)
                .isInstanceOfSatisfying(
                        TokenException.class, e -> assertThat(e.status()).isEqualTo(status));
    }

    private static String encode(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private DatabaseRoute route(String name) {
        return cluster.catalog().byName("acme", name).orElseThrow();
    }
}
