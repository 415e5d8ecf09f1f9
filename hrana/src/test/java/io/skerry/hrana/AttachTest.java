package io.skerry.hrana;

import static io.skerry.hrana.DataPlane.CLOSE;
import static io.skerry.hrana.DataPlane.baton;
import static io.skerry.hrana.DataPlane.execute;
import static io.skerry.hrana.DataPlane.on;
import static io.skerry.hrana.DataPlane.requests;
import static org.assertj.core.api.Assertions.assertThat;

import io.skerry.engine.Code;
import io.skerry.engine.Database;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.query.AttachGrants;
import io.skerry.engine.query.Attachables;
import io.skerry.engine.query.Permissions;
import io.skerry.engine.query.Restrictions;
import io.skerry.engine.query.Session;
import io.skerry.engine.query.SessionOptions;
import io.skerry.hrana.DatabaseAccess.Callers;
import io.skerry.hrana.DatabaseAccess.Target;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Attached databases as they are seen over the protocol, at a primary and at a node that passes writes on to it.
@Timeout(120)
class AttachTest {

    private static final DatabaseId OTHER = new DatabaseId(UUID.randomUUID());

    @TempDir
    Path directory;

    private RealGroup group;
    private DataPlane primary;
    private DataPlane replica;
    private volatile boolean allowed = true;
    private volatile boolean attachesAtPrimary = true;

    private final Attachables attachables = new Attachables() {
        @Override
        public DatabaseId find(String name, AttachGrants grants) {
            if (!grants.include(OTHER, 1)) {
                throw new DatabaseException(Code.ATTACH_FORBIDDEN, "Authorization forbidden: no " + name);
            }
            if (!allowed) {
                throw new DatabaseException(Code.ATTACH_FORBIDDEN, "Namespace `" + name + "` doesn't allow attach");
            }
            return OTHER;
        }

        @Override
        public void require(DatabaseId database, String name, AttachGrants grants) {
            if (!allowed) {
                throw new DatabaseException(Code.ATTACHMENT_ENDED, name + " is not attached any more");
            }
        }
    };

    private final Attachables absent = new Attachables() {
        @Override
        public DatabaseId find(String name, AttachGrants grants) {
            throw new DatabaseException(Code.UNAVAILABLE, name + " is being started");
        }

        @Override
        public void require(DatabaseId database, String name, AttachGrants grants) {}
    };

    @BeforeEach
    void start() {
        group = new RealGroup(directory);
        Database database = group.create();
        fill(database, "CREATE TABLE t(a)");
        fill(group.create(OTHER), "CREATE TABLE o(a); INSERT INTO o VALUES (41)");
        primary = new DataPlane((address, token) -> target(database, null, token));
        // The same files for both: what goes where is seen by the batons alone.
        replica = new DataPlane((address, token) -> target(database, primary.uri("/dev/shop"), token));
    }

    private static void fill(Database database, String script) {
        try (Session session = database.openSession(SessionOptions.FULL)) {
            session.sequence(script);
        }
    }

    private Target target(Database database, @Nullable URI uri, @Nullable String token) {
        AttachGrants grants = "may".equals(token) ? new AttachGrants(false, Map.of(OTHER, 0L)) : AttachGrants.NONE;
        return new Target(
                "shop",
                database,
                uri,
                new SessionOptions(false, Permissions.ALL, grants),
                Restrictions.NONE,
                Callers.ANYWHERE,
                false,
                uri != null || attachesAtPrimary ? attachables : absent,
                () -> Restrictions.NONE);
    }

    @AfterEach
    void stop() {
        replica.close();
        primary.close();
        group.close();
    }

    private static HttpResponse<String> post(DataPlane at, String token, String body) {
        return at.post("/dev/shop/v2/pipeline", body, "authorization", token);
    }

    private static HttpResponse<String> ok(DataPlane at, String body) {
        HttpResponse<String> answer = post(at, "may", body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.body()).doesNotContain("\"error\"");
        return answer;
    }

    @Test
    void anAttachmentIsOfTheStream() {
        for (DataPlane at : new DataPlane[] {primary, replica}) {
            HttpResponse<String> answer = ok(at, requests(execute("ATTACH other AS x"), execute("SELECT a FROM x.o")));
            assertThat(answer.body()).contains("\"41\"");
            answer = ok(at, on(baton(answer), execute("SELECT a + 1 FROM x.o")));
            assertThat(answer.body()).contains("\"42\"");
            ok(at, on(baton(answer), execute("DETACH x"), CLOSE));
            ok(at, requests(execute("ATTACH other AS x"), CLOSE));
            assertThat(post(at, "may", requests(execute("SELECT a FROM x.o"), CLOSE))
                            .body())
                    .contains("no such table");
        }
    }

    @Test
    void whatIsAttachedGoesAlongToTheNodeThatWrites() {
        HttpResponse<String> answer = ok(replica, requests(execute("ATTACH other AS \\\"x \\\"\\\"y\\\"")));
        answer = ok(replica, on(baton(answer), execute("INSERT INTO t SELECT a FROM \\\"x \\\"\\\"y\\\".o")));
        answer = ok(replica, on(baton(answer), execute("BEGIN")));
        answer = ok(replica, on(baton(answer), execute("INSERT INTO t SELECT a + 1 FROM \\\"x \\\"\\\"y\\\".o")));
        answer = ok(replica, on(baton(answer), execute("COMMIT")));
        answer = ok(replica, on(baton(answer), execute("SELECT sum(m.a) FROM t m, \\\"x \\\"\\\"y\\\".o")));
        assertThat(answer.body()).contains("\"83\"");
        // What is detached there is detached for the stream.
        answer = ok(replica, on(baton(answer), execute("DETACH \\\"x \\\"\\\"y\\\"")));
        assertThat(post(replica, "may", on(baton(answer), execute("SELECT a FROM \\\"x \\\"\\\"y\\\".o")))
                        .body())
                .contains("no such table");
    }

    @Test
    void nothingIsWrittenWhereItCannotBeAttached() {
        HttpResponse<String> answer = ok(replica, requests(execute("ATTACH other AS x")));
        attachesAtPrimary = false;
        answer = post(replica, "may", on(baton(answer), execute("INSERT INTO t VALUES (1)"), execute("SELECT 1")));
        assertThat(answer.body()).contains("is being started").doesNotContain("\"ok\"");
        answer = ok(replica, on(baton(answer), execute("SELECT a, (SELECT count(*) FROM t) FROM x.o")));
        assertThat(answer.body()).contains("\"41\"").contains("\"0\"");
        attachesAtPrimary = true;
        answer = ok(replica, on(baton(answer), execute("INSERT INTO t SELECT a FROM x.o")));
        assertThat(ok(replica, on(baton(answer), execute("SELECT a FROM t"), CLOSE))
                        .body())
                .contains("\"41\"");
    }

    @Test
    void whatIsAttachedInATransactionStaysWithTheStream() {
        HttpResponse<String> answer =
                ok(replica, requests(execute("BEGIN"), execute("ATTACH other AS x"), execute("COMMIT")));
        answer = ok(replica, on(baton(answer), execute("SELECT a FROM x.o")));
        assertThat(answer.body()).contains("\"41\"");
        ok(replica, on(baton(answer), execute("INSERT INTO t SELECT a FROM x.o"), CLOSE));
    }

    @Test
    void aTokenWithoutTheRightIsRefusedAsAWhole() {
        for (DataPlane at : new DataPlane[] {primary, replica}) {
            for (String request : new String[] {
                execute("ATTACH other AS x"),
                "{\"type\":\"sequence\",\"sql\":\"ATTACH other AS x\"}",
                "{\"type\":\"batch\",\"batch\":{\"steps\":[{\"stmt\":{\"sql\":\"ATTACH other AS x\"}}]}}"
            }) {
                HttpResponse<String> answer = post(at, "may not", requests(request, execute("SELECT 1")));
                assertThat(answer.statusCode()).isEqualTo(403);
                assertThat(answer.body()).isEqualTo("{\"error\":\"Authorization forbidden: no other\"}");
            }
        }
        allowed = false;
        HttpResponse<String> answer = post(primary, "may", requests(execute("ATTACH other AS x")));
        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(answer.body()).isEqualTo("{\"error\":\"Namespace `other` doesn't allow attach\"}");
    }

    @Test
    void whatIsForbiddenLaterEndsWithTheNextStatement() {
        HttpResponse<String> answer =
                ok(primary, requests(execute("ATTACH other AS x"), execute("BEGIN"), execute("SELECT a FROM x.o")));
        allowed = false;
        answer = post(primary, "may", on(baton(answer), execute("SELECT a FROM x.o")));
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).contains("other is not attached any more", "\"ATTACHMENT_ENDED\"");
        answer = post(primary, "may", on(baton(answer), execute("SELECT a FROM x.o"), execute("SELECT 1"), CLOSE));
        assertThat(answer.body()).contains("no such table", "\"value\":\"1\"");
    }

    @Test
    void whatIsAttachedIsNotWritten() {
        HttpResponse<String> answer =
                post(primary, "may", requests(execute("ATTACH other AS x"), execute("DELETE FROM x.o"), CLOSE));
        assertThat(answer.body()).contains("attempt to write a readonly database", "\"SQLITE_READONLY\"");
    }
}
