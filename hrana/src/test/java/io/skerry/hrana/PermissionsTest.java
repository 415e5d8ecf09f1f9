package io.skerry.hrana;

import static io.skerry.hrana.DataPlane.CLOSE;
import static io.skerry.hrana.DataPlane.baton;
import static io.skerry.hrana.DataPlane.execute;
import static io.skerry.hrana.DataPlane.on;
import static io.skerry.hrana.DataPlane.requests;
import static org.assertj.core.api.Assertions.assertThat;

import io.skerry.engine.Database;
import io.skerry.engine.query.Permission;
import io.skerry.engine.query.Permissions;
import io.skerry.engine.query.Restrictions;
import io.skerry.engine.query.SessionOptions;
import io.skerry.hrana.DatabaseAccess.Callers;
import io.skerry.hrana.DatabaseAccess.Target;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A token's permissions, as they are seen over the protocol.
@Timeout(120)
class PermissionsTest {

    private static final String DENIED = "\"code\":\"SQL_PERMISSION_DENIED\"";

    @TempDir
    Path directory;

    private RealGroup group;
    private DataPlane plane;

    @BeforeEach
    void start() {
        group = new RealGroup(directory);
        Database database = group.create();
        plane = new DataPlane((address, token) -> new Target(
                "shop", database, null, rights(String.valueOf(token)), Restrictions.NONE, Callers.ANYWHERE, false));
        post("all", requests(execute("CREATE TABLE t (a)"), execute("CREATE TABLE u (a)"), CLOSE));
    }

    @AfterEach
    void stop() {
        plane.close();
        group.close();
    }

    private static SessionOptions rights(String token) {
        return switch (token) {
            case "read" -> of("t", Permission.DATA_READ);
            case "same" -> of("T", Permission.DATA_READ);
            case "add" -> of("t", Permission.DATA_ADD);
            case "everything read" ->
                new SessionOptions(
                        false, Permissions.of(List.of(new Permissions.Grant(null, Set.of(Permission.DATA_READ)))));
            default -> SessionOptions.FULL;
        };
    }

    private static SessionOptions of(String table, Permission permission) {
        return new SessionOptions(
                false, Permissions.of(List.of(new Permissions.Grant(List.of(table), Set.of(permission)))));
    }

    private HttpResponse<String> post(String token, String body) {
        return plane.post("/dev/shop/v2/pipeline", body, "authorization", token);
    }

    @Test
    void aDeniedStatementIsAnErrorInItsPlaceAndTheStreamGoesOn() {
        var answer = post(
                "read",
                requests(
                        execute("SELECT a FROM t"),
                        execute("SELECT a FROM u"),
                        "{\"type\":\"describe\",\"sql\":\"SELECT a FROM u\"}",
                        "{\"type\":\"sequence\",\"sql\":\"DELETE FROM t\"}",
                        "{\"type\":\"batch\",\"batch\":{\"steps\":[{\"stmt\":{\"sql\":\"DROP TABLE t\"}}]}}"));
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body().split(java.util.regex.Pattern.quote(DENIED), -1))
                .hasSize(5);
        assertThat(answer.body()).contains("permission denied: the token lacks data_read on table u");
        var next = post("read", on(baton(answer), execute("SELECT count(*) FROM t"), CLOSE));
        assertThat(next.body()).contains("\"value\":\"0\"").doesNotContain(DENIED);
    }

    @Test
    void aStreamIsForTheRightsItWasOpenedWith() {
        var opened = post("read", requests(execute("BEGIN"), execute("SELECT a FROM t")));
        var same = post("same", on(baton(opened), execute("SELECT a FROM t")));
        assertThat(same.statusCode()).isEqualTo(200);
        assertThat(post("add", on(baton(same), execute("INSERT INTO t VALUES (1)")))
                        .statusCode())
                .isEqualTo(403);
        var wide = post("all", requests(execute("BEGIN IMMEDIATE")));
        assertThat(post("read", on(baton(wide), execute("SELECT 1"))).statusCode())
                .isEqualTo(403);
        assertThat(post("all", requests(execute("INSERT INTO t VALUES (1)"), CLOSE))
                        .body())
                .doesNotContain("error");
    }

    @Test
    void aDumpIsForWhoMayReadEverything() {
        assertThat(dump("read").statusCode()).isEqualTo(403);
        assertThat(dump("read").body()).contains("data_read on all tables");
        assertThat(dump("everything read").body()).contains("CREATE TABLE IF NOT EXISTS u");
    }

    private HttpResponse<String> dump(String token) {
        return plane.send(
                HttpRequest.newBuilder(plane.uri("/db/shop-acme/dump")).header("Authorization", token));
    }
}
