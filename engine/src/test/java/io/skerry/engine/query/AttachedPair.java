package io.skerry.engine.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.DatabaseId;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// A database whose sessions attach another one of its group.
abstract class AttachedPair {

    @TempDir
    Path directory;

    /// Whose sessions attach.
    Node node;
    /// Attached as `o`, with a table of the same name.
    Node other;
    /// What may be attached, by name.
    final Map<String, DatabaseId> names = new HashMap<>();
    /// Whether what is attached may be.
    volatile boolean allowed = true;

    private final Attachables attachables = new Attachables() {
        @Override
        public DatabaseId find(String name, AttachGrants grants) {
            var id = names.get(name);
            if (id == null) {
                throw new DatabaseException(Code.ATTACH_FORBIDDEN, "not you: " + name);
            }
            return id;
        }

        @Override
        public void require(DatabaseId database, String name, AttachGrants grants) {
            if (!allowed) {
                throw new DatabaseException(Code.ATTACHMENT_ENDED, name + " is not for you any more");
            }
        }
    };

    /// Of both.
    QuerySettings settings() {
        return QuerySettings.DEFAULT;
    }

    @BeforeEach
    void open() {
        node = new Node(directory, settings());
        other = new Node(directory, settings());
        named("other", other);
        Node.run(node.session(), "CREATE TABLE t(a INTEGER PRIMARY KEY, b)");
        Node.run(other.session(), "CREATE TABLE o(a INTEGER PRIMARY KEY, b)");
        Node.run(other.session(), "INSERT INTO o VALUES (1, 'one'), (2, 'two')");
        node.file.commits.set(0);
        other.file.commits.set(0);
    }

    void named(String name, Node database) {
        names.put(name, database.id());
        node.neighbours.put(database.id(), database);
    }

    @AfterEach
    void close() {
        node.close();
        other.close();
    }

    Session session() {
        return session(SessionOptions.FULL);
    }

    Session session(SessionOptions options) {
        var session = node.session(options);
        session.attachables(attachables);
        return session;
    }

    Session attached() {
        var session = session();
        ok(session, "ATTACH other AS o");
        return session;
    }

    static Results ok(Session session, String... sql) {
        var results = Node.all(session, sql);
        for (var step : results.steps) {
            assertThat(step.error).isNull();
        }
        return results;
    }

    static List<List<@Nullable Object>> rows(Session session, String sql) {
        var results = Node.run(session, sql);
        results.only().result();
        return results.only().rows;
    }

    /// Nothing of it is left where another session would find it, and nobody keeps its file.
    void nothingStaysAttached() {
        assertThat(other.leased).hasValue(0);
        assertThat(other.database.guests().none()).isTrue();
        var stranger = node.session();
        assertThat(Node.run(stranger, "SELECT * FROM o.o").only().error()).hasMessageContaining("no such table");
        assertThat(Node.run(stranger, "INSERT INTO t(b) SELECT b FROM o.o")
                        .only()
                        .error())
                .hasMessageContaining("no such table");
        assertThat(rows(stranger, "SELECT name FROM pragma_database_list")).isEqualTo(List.of(List.of("main")));
    }
}
