package io.skerry.catalog.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.security.Jwks;
import io.skerry.catalog.audit.Actor;
import io.skerry.catalog.audit.Audit;
import io.skerry.catalog.database.DatabaseRoute;
import io.skerry.catalog.database.SizeLimit;
import io.skerry.catalog.group.Group;
import io.skerry.catalog.issuer.KeySets;
import io.skerry.catalog.issuer.KeySource;
import io.skerry.catalog.testing.TestCluster;
import io.skerry.engine.query.SessionOptions;
import java.nio.charset.StandardCharsets;
import java.security.PrivateKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.Date;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DatabaseTokensTest {

    private static final String INVALID = "Unauthorized: `The JWT is invalid`";
    private static final Actor ANA = new Actor("ana", "api", "127.0.0.1", "req-1");

    private final TestCluster cluster = new TestCluster();
    private Instant now = Instant.parse("2026-11-25T12:00:00Z");
    private final InstantSource source = () -> now;
    private final Clock clock = source.withZone(ZoneOffset.UTC);
    private final DatabaseTokens tokens =
            new DatabaseTokens(cluster.catalog(), new KeySets(KeySource.NONE, Duration.ofMinutes(5)), clock);

    @BeforeEach
    void createDatabases() {
        for (String name : new String[] {"shop", "crm"}) {
            cluster.fleet().createDatabase(cluster.acme(), group(), name, SizeLimit.NONE, ANA);
        }
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void saysWhatIsWrongWithTheHeader() {
        assertRefused(null, 401, "Unauthorized: `Expected authorization header but none given`");
        assertRefused("nonsense", 401, "Unauthorized: `Auth string does not conform to '<scheme> <token>' form`");
        assertRefused(
                "Basic abc",
                401,
                "Unauthorized: `The authentication scheme in the `Authorization` HTTP header is not supported`");
        assertRefused("Bearer a.b.c", 401, "Unauthorized: `The JWT is invalid`");
        assertRefused("Bearer nonsense", 401, "Unauthorized: `The JWT is invalid`");
    }

    @Test
    void theSchemeIsReadInAnyCase() {
        String token = tokens.mint(route("shop"), SessionOptions.FULL, null, ANA);
        assertThat(tokens.verify(route("shop"), "bearer " + token)).isEqualTo(SessionOptions.FULL);
        assertThat(tokens.verify(route("shop"), "BEARER " + token)).isEqualTo(SessionOptions.FULL);
    }

    @Test
    void aTokenExpiresAMinuteAfterItsTime() {
        String token = tokens.mint(route("shop"), SessionOptions.FULL, Duration.ofMinutes(5), ANA);
        String unseen = tokens.mint(route("shop"), SessionOptions.READ_ONLY, Duration.ofMinutes(5), ANA);
        assertThat(tokens.verify(route("shop"), "Bearer " + token)).isEqualTo(SessionOptions.FULL);
        now = now.plus(Duration.ofMinutes(5)).plusSeconds(59);
        assertThat(tokens.verify(route("shop"), "Bearer " + token)).isEqualTo(SessionOptions.FULL);
        now = now.plusSeconds(2);
        assertRefused("Bearer " + token, 401, "Unauthorized: `The JWT has expired`");
        assertRefused("Bearer " + unseen, 401, "Unauthorized: `The JWT has expired`");
    }

    @Test
    void aTokenThatCannotBeSignedIsNotInTheAuditLog() {
        // No date can be that late.
        Duration tooLong = Duration.ofSeconds(Long.MAX_VALUE / 2);
        long before = audited();
        assertThatThrownBy(() -> tokens.mint(route("shop"), SessionOptions.FULL, tooLong, ANA))
                .isInstanceOf(RuntimeException.class);
        assertThatThrownBy(() -> tokens.mint(group(), SessionOptions.FULL, tooLong, ANA))
                .isInstanceOf(RuntimeException.class);
        assertThat(audited()).isEqualTo(before);
    }

    private long audited() {
        return cluster.catalog().read(sql -> Audit.count(sql, cluster.acme(sql).id()));
    }

    @Test
    void aTokenSeenBeforeCostsNoRead() {
        String token = "Bearer " + tokens.mint(route("shop"), SessionOptions.FULL, null, ANA);
        DatabaseRoute route = route("shop");
        tokens.verify(route, token);
        long reads = cluster.database().reads();
        for (int i = 0; i < 100; i++) {
            tokens.verify(route, token);
        }
        assertThat(cluster.database().reads()).isEqualTo(reads);
    }

    @Test
    void aTokenOfAnotherDatabaseFindsNothing() {
        String token = tokens.mint(route("crm"), SessionOptions.FULL, null, ANA);
        assertRefused("Bearer " + token, 404, "Namespace `shop` doesn't exist");
    }

    @Test
    void aTokenOfADeletedDatabaseIsInvalidEvenForItsSuccessor() {
        String token = tokens.mint(route("shop"), SessionOptions.FULL, null, ANA);
        tokens.verify(route("shop"), "Bearer " + token);
        cluster.fleet().deleteDatabase(route("shop"), ANA);
        cluster.fleet().createDatabase(cluster.acme(), group(), "shop", SizeLimit.NONE, ANA);
        assertRefused("Bearer " + token, 401, "Unauthorized: `The JWT is invalid`");
    }

    @Test
    void onlyTheOwnersKeyOpens() {
        tokens.mint(route("shop"), SessionOptions.FULL, null, ANA);
        PrivateKey stranger = Jwks.CRV.Ed25519.keyPair().build().getPrivate();
        String forged = Jwts.builder()
                .claim("a", "rw")
                .claim("id", route("shop").database().id().toString())
                .claim("rid", 1)
                .signWith(stranger, Jwts.SIG.EdDSA)
                .compact();
        assertRefused("Bearer " + forged, 401, "Unauthorized: `The JWT is invalid`");
    }

    @Test
    void aTokenOfOneDatabaseCannotBeMadeToNameAnother() {
        tokens.mint(route("shop"), SessionOptions.FULL, null, ANA);
        tokens.mint(route("crm"), SessionOptions.FULL, null, ANA);
        PrivateKey crm = key(route("crm").database().id().value());
        String forged = sign(crm, "id", route("shop").database().id().toString(), 1);
        assertRefused("Bearer " + forged, 401, "Unauthorized: `The JWT is invalid`");
    }

    @Test
    void theKeyVersionMustBeTheKeys() {
        tokens.mint(route("shop"), SessionOptions.FULL, null, ANA);
        UUID id = route("shop").database().id().value();
        PrivateKey key = key(id);
        assertThat(tokens.verify(route("shop"), "Bearer " + sign(key, "id", id.toString(), 1)))
                .isEqualTo(SessionOptions.FULL);
        assertRefused("Bearer " + sign(key, "id", id.toString(), 2), 401, "Unauthorized: `The JWT is invalid`");
        assertRefused("Bearer " + sign(key, "gid", id.toString(), 1), 401, "Unauthorized: `The JWT is invalid`");
    }

    @Test
    void noOtherAlgorithmIsAccepted() {
        tokens.mint(route("shop"), SessionOptions.FULL, null, ANA);
        String id = route("shop").database().id().toString();
        String payload = encode("{\"id\":\"" + id + "\",\"a\":\"rw\",\"rid\":1}");
        assertRefused("Bearer " + encode("{\"alg\":\"none\"}") + "." + payload + ".", 401, INVALID);
        assertRefused("Bearer " + encode("{\"alg\":\"HS256\"}") + "." + payload + ".c2ln", 401, INVALID);
        String hmac = Jwts.builder()
                .claim("id", id)
                .claim("rid", 1)
                .signWith(Jwts.SIG.HS256.key().build(), Jwts.SIG.HS256)
                .compact();
        assertRefused("Bearer " + hmac, 401, INVALID);
    }

    @Test
    void aHostilePayloadIsOnlyInvalid() {
        for (String payload : new String[] {
            "", "null", "[]", "{", "{\"id\":7}", "{\"id\":\"../x\"}", "{\"gid\":null}", "{\"id\":{\"a\":[]}}", "{}"
        }) {
            assertRefused(
                    "Bearer " + encode("{\"alg\":\"EdDSA\"}") + "." + encode(payload) + "." + encode("sig"),
                    401,
                    INVALID);
        }
    }

    private PrivateKey key(UUID owner) {
        return cluster.catalog()
                .read(sql -> SigningKeys.findOrCreate(sql, owner, 1, 1, now))
                .privateKey();
    }

    private void assertRefused(@Nullable String authorization, int status, String text) {
        assertThatThrownBy(() -> tokens.verify(route("shop"), authorization))
                .hasMessage(text)
                .isInstanceOfSatisfying(
                        TokenException.class, e -> assertThat(e.status()).isEqualTo(status));
    }

    private String sign(PrivateKey key, String scope, String owner, long version) {
        return Jwts.builder()
                .claim("a", "rw")
                .claim(scope, owner)
                .claim("rid", version)
                .issuedAt(Date.from(now))
                .signWith(key, Jwts.SIG.EdDSA)
                .compact();
    }

    private static String encode(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private DatabaseRoute route(String name) {
        return cluster.catalog().byName("acme", name).orElseThrow();
    }

    private Group group() {
        return cluster.group("default");
    }
}
