package io.skerry.platform;

import static org.assertj.core.api.Assertions.assertThat;

import io.skerry.catalog.group.Groups;
import io.skerry.catalog.organization.OrganizationId;
import io.skerry.catalog.organization.Role;
import io.skerry.catalog.organization.User;
import io.skerry.catalog.organization.UserId;
import io.skerry.catalog.testing.TestCluster;
import io.skerry.catalog.token.ApiToken;
import io.skerry.catalog.token.ApiTokens;
import io.skerry.catalog.token.Scope;
import io.skerry.engine.GroupId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Every operation with every role and every kind of token, asked of a real server.
class RightsMatrixTest {

    /// What is there: an operation that should be refused must not even be tried on nothing.
    private static final Map<String, String> PRESENT = Map.of(
            "organization", "acme",
            "group", "default",
            "database", "shop",
            "location", "lhr",
            "instance", "fra",
            "username", "acme");

    /// What is not there: an operation that is allowed then changes nothing, and says so.
    private static final Map<String, String> ABSENT = Map.of("organization", "acme");

    private final TestCluster cluster = new TestCluster();
    private final ApiServer api = new ApiServer(cluster);

    @BeforeEach
    void createDatabase() {
        api.post("/v1/databases", "{\"name\":\"shop\"}");
    }

    @AfterEach
    void close() {
        api.close();
        cluster.close();
    }

    @ParameterizedTest
    @EnumSource(Role.class)
    void whatATokenMayDoIsWhatTheTableSays(Role role) {
        User user = member(role);
        for (ApiToken token : tokensOf(user)) {
            String secret = put(token);
            for (Operation operation : OperationsFixture.all()) {
                if (operation.ofOrganization()) {
                    check(operation, role, token, secret);
                }
            }
        }
    }

    @Test
    void aRestrictedTokenDoesNotReachTheAccount() {
        for (ApiToken token : tokensOf(member(Role.OWNER))) {
            String secret = put(token);
            for (Operation operation : OperationsFixture.all()) {
                if (operation.right() == Right.ACCOUNT || operation.right() == Right.PASSWORD) {
                    ApiServer.Reply reply = send(operation, OperationsFixture.path(operation, "/v1", ABSENT), secret);
                    boolean restricted = token.organization() != null;
                    assertThat(reply.status() == 403)
                            .as(operation.method() + " " + operation.path() + " with " + token)
                            .isEqualTo(restricted);
                }
            }
        }
    }

    @Test
    void theDocumentShowsTheTable() throws IOException {
        List<String> documented = Files.readAllLines(Path.of("..", "docs", "api.md")).stream()
                .filter(line -> line.matches("\\| `[A-Z_]+` \\|.*"))
                .toList();
        assertThat(documented)
                .containsExactlyElementsOf(Arrays.stream(Right.values())
                        .filter(Right::needsToken)
                        .map(RightsMatrixTest::row)
                        .toList());
    }

    private static String row(Right right) {
        String roles = Arrays.stream(Role.values())
                .filter(right::allows)
                .map(Role::text)
                .collect(Collectors.joining(", "));
        return "| `" + right + "` | " + roles + " | " + tokens(right) + " |";
    }

    private static String tokens(Right right) {
        ApiToken scopeless = token(UUID.randomUUID(), Set.of());
        if (right.allows(scopeless)) {
            return "any";
        }
        List<String> scopes = Arrays.stream(Scope.values())
                .filter(scope -> right.allows(token(UUID.randomUUID(), Set.of(scope))))
                .map(scope -> "`" + scope.text() + "`")
                .toList();
        if (!scopes.isEmpty()) {
            return "any; one of a group needs " + String.join(", ", scopes);
        }
        boolean unrestricted = right == Right.ACCOUNT || right == Right.PASSWORD;
        return unrestricted ? "unrestricted" : "not of a group";
    }

    private void check(Operation operation, Role role, ApiToken token, String secret) {
        boolean allowed = operation.right().allows(role) && operation.right().allows(token);
        String path = OperationsFixture.path(operation, "/v1/organizations/acme", allowed ? ABSENT : PRESENT);
        long frame = cluster.catalog().frame().value();
        ApiServer.Reply reply = send(operation, path, secret);
        String what = operation.method() + " " + path + " as " + role + " with " + TokenKind.of(token) + " "
                + token.scopes() + ": " + reply.text();
        if (allowed) {
            assertThat(reply.status()).as(what).isNotIn(401, 403, 405).isLessThan(500);
        } else {
            assertThat(reply.status()).as(what).isEqualTo(403);
            assertThat(cluster.catalog().frame().value()).as(what).isEqualTo(frame);
        }
    }

    private ApiServer.Reply send(Operation operation, String path, String secret) {
        return api.send(operation.method(), path, "{}", "Authorization", "Bearer " + secret);
    }

    /// One that may do all its user may, one for the organization, one for each scope and one without any.
    private List<ApiToken> tokensOf(User user) {
        GroupId group = cluster.catalog()
                .read(sql -> Groups.byName(sql, cluster.acme(sql).id(), "default"))
                .orElseThrow()
                .id();
        List<ApiToken> tokens = new ArrayList<>();
        for (ApiToken.Kind kind : EnumSet.of(ApiToken.Kind.API, ApiToken.Kind.SESSION)) {
            tokens.add(new ApiToken(id(), kind, user.id(), "full", null, null, Set.of(), null));
        }
        tokens.add(new ApiToken(
                id(), ApiToken.Kind.API, user.id(), "org", cluster.acme().id(), null, Set.of(), null));
        for (Scope scope : Scope.values()) {
            tokens.add(new ApiToken(
                    id(),
                    ApiToken.Kind.API,
                    user.id(),
                    scope.name(),
                    cluster.acme().id(),
                    group,
                    Set.of(scope),
                    null));
        }
        return tokens;
    }

    private static ApiToken token(UUID group, Set<Scope> scopes) {
        return new ApiToken(
                id(),
                ApiToken.Kind.API,
                new UserId(UUID.randomUUID()),
                "x",
                new OrganizationId(UUID.randomUUID()),
                new GroupId(group),
                scopes,
                null);
    }

    private User member(Role role) {
        String name = "the-" + role.text();
        People.member(cluster, name, role);
        return People.find(cluster, name);
    }

    private String put(ApiToken token) {
        String secret = ApiTokens.generate();
        cluster.catalog().write(sql -> {
            ApiTokens.put(sql, token, secret, Instant.now());
            return secret;
        });
        return secret;
    }

    private static String id() {
        return UUID.randomUUID().toString();
    }
}
