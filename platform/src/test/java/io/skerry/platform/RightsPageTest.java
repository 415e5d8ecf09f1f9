package io.skerry.platform;

import static org.assertj.core.api.Assertions.assertThat;

import io.skerry.catalog.organization.OrganizationId;
import io.skerry.catalog.organization.Role;
import io.skerry.catalog.organization.UserId;
import io.skerry.catalog.token.ApiToken;
import io.skerry.catalog.token.Scope;
import io.skerry.engine.GroupId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// The table of rights in docs/api.md is the one in the code.
class RightsPageTest {

    @Test
    void theDocumentShowsTheTable() throws IOException {
        List<String> documented = Files.readAllLines(Path.of("..", "docs", "api.md")).stream()
                .filter(line -> line.matches("\\| `[A-Z_]+` \\|.*"))
                .toList();
        assertThat(documented)
                .containsExactlyElementsOf(Arrays.stream(Right.values())
                        .filter(Right::needsToken)
                        .map(RightsPageTest::row)
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
        boolean unrestricted = right == Right.ACCOUNT || right == Right.PASSWORD || right == Right.OPERATOR;
        return unrestricted ? "unrestricted" : "not of a group";
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

    private static String id() {
        return UUID.randomUUID().toString();
    }
}
