package io.skerry.catalog.issuer;

import static org.assertj.core.api.Assertions.assertThat;

import io.jsonwebtoken.Jwts;
import io.skerry.catalog.issuer.KeySets.Lookup;
import io.skerry.catalog.organization.OrganizationId;
import io.skerry.catalog.testing.TestIssuer;
import io.skerry.engine.testing.Await;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class KeySetsTest {

    private static final List<String> URL = List.of("https://clerk.example/keys");

    private static final OrganizationId ACME = new OrganizationId(new UUID(0, 1));
    private static final OrganizationId OTHER = new OrganizationId(new UUID(0, 2));

    private final TestIssuer issuer = new TestIssuer().publish("one", Jwts.SIG.EdDSA);
    private final AtomicLong nanos = new AtomicLong();
    private final KeySets sets = new KeySets(issuer, Duration.ofMinutes(5), nanos::get);

    @Test
    void aSetIsFetchedOnceAndAKeyThatIsNotInItAskedForAtABoundedRate() {
        assertThat(sets.find(ACME, URL, "one")).isInstanceOf(Lookup.Found.class);
        for (int i = 0; i < 50; i++) {
            assertThat(sets.find(ACME, URL, "nobody's " + i)).isEqualTo(new Lookup.Missing(null));
        }
        assertThat(issuer.fetches()).isEqualTo(1);
        issuer.publish("two", Jwts.SIG.EdDSA);
        pass(KeySets.PAUSE);
        assertThat(sets.find(ACME, URL, "two")).isInstanceOf(Lookup.Found.class);
        assertThat(issuer.fetches()).isEqualTo(2);
    }

    @Test
    void aKeyThatWasWithdrawnIsGoneWhenTheSetWasFetchedAgain() throws InterruptedException {
        sets.find(ACME, URL, "one");
        issuer.withdraw("one");
        pass(Duration.ofMinutes(4));
        assertThat(sets.find(ACME, URL, "one")).isInstanceOf(Lookup.Found.class);
        assertThat(issuer.fetches()).isEqualTo(1);
        pass(Duration.ofMinutes(2));
        // The one who asks does not wait for the set that is fetched now.
        Await.until("the set is fetched again", () -> !(sets.find(ACME, URL, "one") instanceof Lookup.Found));
        assertThat(issuer.fetches()).isEqualTo(2);
    }

    @Test
    void aSetThatCannotBeFetchedAgainIsGoodForAnHour() throws InterruptedException {
        sets.find(ACME, URL, "one");
        issuer.fail("HTTP status 500");
        pass(Duration.ofMinutes(59));
        assertThat(sets.find(ACME, URL, "one")).isInstanceOf(Lookup.Found.class);
        Await.until("the set is fetched again", () -> issuer.fetches() == 2);
        pass(Duration.ofMinutes(2));
        assertThat(sets.find(ACME, URL, "one")).isEqualTo(new Lookup.Missing("HTTP status 500"));
        issuer.fail("");
        while (sets.find(ACME, URL, "one") instanceof Lookup.Missing) {
            pass(KeySets.PAUSE);
        }
    }

    /// @param asked counts who waits for `answer`
    private byte[] answerAfter(CountDownLatch answer, AtomicInteger asked) throws IOException {
        asked.incrementAndGet();
        try {
            answer.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
        return issuer.document();
    }

    @Test
    void whoNeedTheSameSetWaitForTheSameFetch() throws InterruptedException {
        CountDownLatch answer = new CountDownLatch(1);
        AtomicInteger fetches = new AtomicInteger();
        KeySets slow = new KeySets(url -> answerAfter(answer, fetches), Duration.ofMinutes(5));
        List<Thread> waiting = new ArrayList<>();
        AtomicInteger found = new AtomicInteger();
        for (int i = 0; i < 20; i++) {
            waiting.add(Thread.ofPlatform().start(() -> {
                if (slow.find(ACME, URL, "one") instanceof Lookup.Found) {
                    found.incrementAndGet();
                }
            }));
        }
        for (Thread thread : waiting) {
            Await.until("the thread waits", () -> thread.getState() == Thread.State.TIMED_WAITING);
        }
        answer.countDown();
        for (Thread thread : waiting) {
            thread.join();
        }
        assertThat(found).hasValue(20);
        assertThat(fetches).hasValue(1);
    }

    @Test
    void aSourceThatNeverAnswersHoldsNobodyForLong() {
        CountDownLatch never = new CountDownLatch(1);
        KeySets silent = new KeySets(
                url -> {
                    try {
                        never.await();
                    } catch (InterruptedException e) {
                        throw new IOException(e);
                    }
                    return new byte[0];
                },
                Duration.ofMinutes(5));
        assertThat(silent.find(ACME, URL, "one")).isEqualTo(new Lookup.Missing("no answer yet"));
        never.countDown();
    }

    @Test
    void aKeyIsFoundInWhicheverSetHasItAlsoIfAnotherCannotBeHad() {
        KeySets both = new KeySets(
                url -> {
                    if (url.getHost().equals("down.example")) {
                        throw new IOException("HTTP status 503");
                    }
                    return issuer.document();
                },
                Duration.ofMinutes(5));
        List<String> urls = List.of("https://down.example/keys", URL.getFirst());
        assertThat(both.find(ACME, urls, "one"))
                .isInstanceOfSatisfying(
                        Lookup.Found.class, found -> assertThat(found.url()).isEqualTo(URL.getFirst()));
        assertThat(both.find(ACME, urls, "two")).isEqualTo(new Lookup.Missing("HTTP status 503"));
        assertThat(both.find(ACME, List.of(), "one")).isEqualTo(new Lookup.Missing(null));
    }

    @Test
    void issuersOfOneOrganizationThatDoNotAnswerKeepNoOtherWaiting() throws InterruptedException {
        CountDownLatch end = new CountDownLatch(1);
        AtomicInteger hanging = new AtomicInteger();
        KeySets some = new KeySets(
                url -> url.getHost().endsWith("slow.example") ? answerAfter(end, hanging) : issuer.document(),
                Duration.ofMinutes(5));
        List<Thread> waiting = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            List<String> one = List.of("https://" + i + ".slow.example/keys");
            waiting.add(Thread.ofPlatform().start(() -> some.find(ACME, one, "one")));
        }
        Await.until("all places are taken", () -> hanging.get() == KeySets.FETCHES_PER_OWNER_MAX);
        // All others were turned away: one that asks later would find a place.
        Await.until(
                "all others have their answer",
                () -> waiting.stream().filter(Thread::isAlive).count() == KeySets.FETCHES_PER_OWNER_MAX);
        assertThat(some.find(OTHER, URL, "one")).isInstanceOf(Lookup.Found.class);
        assertThat(some.find(ACME, List.of("https://clerk.example/others"), "one"))
                .isEqualTo(new Lookup.Missing("too many key sets are being fetched; try again"));
        end.countDown();
        for (Thread thread : waiting) {
            thread.join();
        }
        assertThat(hanging).hasValue(KeySets.FETCHES_PER_OWNER_MAX);
        assertThat(some.find(ACME, List.of("https://clerk.example/more"), "one"))
                .isInstanceOf(Lookup.Found.class);
    }

    /// Both name the same issuer, which does not answer; one of them has asked too many others
    /// meanwhile.
    @Test
    void whatOneOrganizationHasTooMuchOfIsNotToldToAnother() throws InterruptedException {
        CountDownLatch end = new CountDownLatch(1);
        AtomicInteger hanging = new AtomicInteger();
        KeySets some = new KeySets(url -> answerAfter(end, hanging), Duration.ofMinutes(5));
        List<Thread> waiting = new ArrayList<>();
        for (int i = 0; i < KeySets.FETCHES_PER_OWNER_MAX; i++) {
            List<String> one = List.of("https://" + i + ".slow.example/keys");
            waiting.add(Thread.ofPlatform().start(() -> some.find(ACME, one, "one")));
        }
        Await.until("all places are taken", () -> hanging.get() == KeySets.FETCHES_PER_OWNER_MAX);
        assertThat(some.find(ACME, URL, "one"))
                .isEqualTo(new Lookup.Missing("too many key sets are being fetched; try again"));
        assertThat(some.find(OTHER, URL, "one")).isEqualTo(new Lookup.Missing("no answer yet"));
        end.countDown();
        for (Thread thread : waiting) {
            thread.join();
        }
    }

    @Test
    void allIssuersOfAnOrganizationAreAskedThoughFewAtATime() {
        List<String> many = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            many.add("https://clerk.example/keys/" + i);
        }
        KeySets last = new KeySets(
                url -> url.getPath().endsWith("/19")
                        ? issuer.document()
                        : "{\"keys\":[]}".getBytes(StandardCharsets.UTF_8),
                Duration.ofMinutes(5));
        assertThat(last.find(ACME, many, "one")).isInstanceOf(Lookup.Found.class);
    }

    @Test
    void theSetThatNobodyAskedForTheLongestIsForgottenAndNoOther() {
        sets.find(ACME, List.of("https://clerk.example/eldest"), "one");
        for (int i = 1; i < 1_000; i++) {
            pass(Duration.ofNanos(1));
            sets.find(ACME, List.of("https://clerk.example/keys/" + i), "one");
        }
        pass(Duration.ofNanos(1));
        sets.find(ACME, List.of("https://clerk.example/one-more"), "one");
        assertThat(issuer.fetches()).isEqualTo(1_001);
        sets.find(ACME, List.of("https://clerk.example/keys/1"), "one");
        assertThat(issuer.fetches()).isEqualTo(1_001);
        sets.find(ACME, List.of("https://clerk.example/eldest"), "one");
        assertThat(issuer.fetches()).isEqualTo(1_002);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "not json",
                "[]",
                "{}",
                "{\"keys\":7}",
                "{\"keys\":[7]}",
                "{\"keys\":[]}",
                "{\"keys\":[{\"kty\":\"oct\",\"kid\":\"one\",\"k\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}]}",
                "{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"one\",\"n\":\"xyz\",\"e\":\"AQAB\"}]}",
                "{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"kid\":\"one\",\"use\":\"enc\","
                        + "\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}]}"
            })
    void whatIsNoKeyForTokensOpensNothing(String document) {
        KeySets odd = new KeySets(url -> document.getBytes(StandardCharsets.UTF_8), Duration.ofMinutes(5));
        assertThat(odd.find(ACME, URL, "one")).isInstanceOf(Lookup.Missing.class);
    }

    @Test
    void aKeyThatIsNotUnderstoodLeavesTheOthers() {
        String own = new String(issuer.document(), StandardCharsets.UTF_8);
        String document = own.replace("[", "[{\"kty\":\"new\",\"kid\":\"x\"},{\"kty\":\"RSA\",\"kid\":\"y\"},");
        KeySets mixed = new KeySets(url -> document.getBytes(StandardCharsets.UTF_8), Duration.ofMinutes(5));
        assertThat(mixed.find(ACME, URL, "one")).isInstanceOf(Lookup.Found.class);
        assertThat(mixed.find(ACME, URL, "y")).isEqualTo(new Lookup.Missing(null));
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }
}
