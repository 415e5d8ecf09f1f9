package io.skerry.platform;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.skerry.catalog.fleet.FleetSizes;
import io.skerry.catalog.testing.TestCluster;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;

/// Whatever text somebody gives as a name, in a body or in a path.
class NameProperties {

    private static final int TRIES = 300;

    /// The rule of the API's reference.
    private static final String RULE = "[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?";

    /// How many of the names are good is chance: there is room for all of them.
    private static final TestCluster CLUSTER = new TestCluster(new FleetSizes(TRIES + 1, TRIES));
    private static final ApiServer API = new ApiServer(CLUSTER);
    private static final Set<String> TAKEN = new HashSet<>(Set.of("default"));
    private static final Set<String> DATABASES = new HashSet<>();
    /// With `-acme` behind it the name must be a label of a host name: 63 characters (RFC 1035).
    private static final int DATABASE_LENGTH_MAX = 63 - "-acme".length();

    @AfterContainer
    static void close() {
        API.close();
        CLUSTER.close();
    }

    @Property(tries = TRIES)
    void aNameIsTakenIfItKeepsTheRuleAndIsFree(@ForAll("names") String name) {
        String body = JsonNodeFactory.instance.objectNode().put("name", name).toString();
        ApiServer.Reply reply = API.post("/v1/groups", body);
        if (!name.matches(RULE)) {
            assertThat(reply.status()).as(name).isEqualTo(400);
            assertThat(reply.error()).startsWith("invalid group name: name ");
        } else if (TAKEN.add(name)) {
            assertThat(reply.json().at("/group/name").asText()).isEqualTo(name);
        } else {
            assertThat(reply.status()).as(name).isEqualTo(409);
        }
    }

    @Property(tries = TRIES)
    void aDatabaseHasANameThatAHostNameHolds(@ForAll("names") String name) {
        String body = JsonNodeFactory.instance
                .objectNode()
                .put("name", name)
                .put("group", "default")
                .toString();
        ApiServer.Reply reply = API.post("/v1/databases", body);
        if (!name.matches(RULE) || name.length() > DATABASE_LENGTH_MAX) {
            assertThat(reply.status()).as(name).isEqualTo(400);
            assertThat(reply.error()).startsWith("invalid database name: name ");
        } else if (DATABASES.add(name)) {
            assertThat(reply.json().at("/database/Name").asText()).isEqualTo(name);
        } else {
            assertThat(reply.status()).as(name).isEqualTo(409);
        }
    }

    @Property(tries = TRIES)
    void aNameInAPathIsThatOfAGroupOrOfNone(@ForAll("names") String name) {
        String encoded = URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
        ApiServer.Reply reply = API.get("/v1/groups/" + encoded + "/configuration");
        assertThat(reply.status()).as(name).isEqualTo(TAKEN.contains(name) ? 200 : 404);
    }

    /// Most are near the rule, on either side of it.
    @Provide
    Arbitrary<String> names() {
        Arbitrary<String> near = Arbitraries.strings().withChars("az09-").ofMaxLength(66);
        Arbitrary<String> nearTheLimit =
                Arbitraries.strings().withChars("az09").ofMinLength(56).ofMaxLength(66);
        Arbitrary<String> any =
                Arbitraries.strings().withCharRange('\u0000', '\uD7FF').ofMaxLength(70);
        Arbitrary<String> hostile = Arbitraries.of(
                "..",
                ".",
                "../default",
                "default/",
                "DEFAULT",
                "def\u0000ault",
                "a'b",
                "a\"b",
                "%2e%2e",
                "a b",
                "\u00e9");
        return Arbitraries.frequencyOf(
                Tuple.of(5, near), Tuple.of(2, nearTheLimit), Tuple.of(2, any), Tuple.of(1, hostile));
    }
}
