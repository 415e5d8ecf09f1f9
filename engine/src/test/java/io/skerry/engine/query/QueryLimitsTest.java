package io.skerry.engine.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skerry.engine.Code;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QueryLimitsTest {

    @TempDir
    Path directory;

    Node node;

    @BeforeEach
    void openDefault() {
        node = new Node(directory);
    }

    private Session open(QuerySettings settings) {
        node.close();
        node = new Node(directory, settings);
        return node.session();
    }

    @AfterEach
    void close() {
        node.close();
    }

    @Test
    void everyLimitIsPositive() {
        assertThatThrownBy(() -> QuerySettings.DEFAULT.change().waitingWrites(0).build())
                .hasMessage("setting waitingWrites is 0, it has to be positive");
        assertThatThrownBy(() -> QuerySettings.DEFAULT
                        .change()
                        .statementTime(Duration.ZERO)
                        .build())
                .hasMessageContaining("statementTime");
        assertThatThrownBy(() -> QuerySettings.DEFAULT
                        .change()
                        .readers(0)
                        .readerWait(Duration.ofSeconds(1))
                        .build())
                .hasMessageContaining("readers");
    }

    @Test
    void valuesAndTextsHaveTheirOwnLimits() {
        var session = open(QuerySettings.DEFAULT);
        assertThat(Node.run(session, "SELECT length(zeroblob(5242880 - 1000))").value())
                .isEqualTo(5_241_880L);
        assertThat(Node.run(session, "SELECT zeroblob(5242881)").only().error().sqliteCode())
                .isEqualTo(18);
        Node.run(session, "CREATE TABLE t (a TEXT)");
        var text = new StringBuilder("INSERT INTO t VALUES ('0')");
        while (text.length() < 16 << 20) {
            text.append(",('").append("0123456789abcdef".repeat(16)).append("')");
        }
        assertThat(Node.run(session, text.toString()).only().error).isNull();
    }

    @Test
    void aTextLongerThanTheLimitIsRefused() {
        var session = open(QuerySettings.DEFAULT.change().sqlBytes(1_000).build());
        assertThat(Node.run(session, "SELECT '" + "x".repeat(1_000) + "'")
                        .only()
                        .error()
                        .sqliteCode())
                .isEqualTo(18);
    }

    @Test
    void deepExpressionsFitTheStack() throws Exception {
        var session = open(QuerySettings.DEFAULT);
        Node.run(session, "CREATE TABLE t (a)");
        var deepest = Thread.ofVirtual().unstarted(() -> {
            Node.run(session, "SELECT 1 FROM t WHERE a=1" + " OR a=1".repeat(990));
            Node.run(session, "SELECT " + "(".repeat(900) + "1" + ")".repeat(900));
            Node.run(session, "SELECT " + "abs(".repeat(900) + "1" + ")".repeat(900));
            Node.run(session, "SELECT 1" + " UNION ALL SELECT 1".repeat(490));
            Node.run(session, "SELECT 'a' LIKE '" + "%a".repeat(2_400) + "'");
            Node.run(session, "SELECT '" + "a".repeat(5_000) + "' LIKE '" + "%a".repeat(2_400) + "b'");
            Node.run(session, "SELECT json('" + "[".repeat(900) + "]".repeat(900) + "')");
        });
        deepest.start();
        deepest.join();
        assertThat(Node.run(session, "SELECT 1").value()).isEqualTo(1L);
    }

    @Test
    void readersThatAreAllTakenAreNamedSo() {
        var session = open(QuerySettings.DEFAULT
                .change()
                .readers(2)
                .readerWait(Duration.ofMillis(20))
                .build());
        var other = node.session();
        Node.run(session, "BEGIN");
        Node.run(other, "BEGIN");
        assertThatThrownBy(() -> Node.run(node.session(), "SELECT 1"))
                .extracting("code")
                .isEqualTo(Code.OVERLOADED);
        Node.run(other, "COMMIT");
        assertThat(Node.run(node.session(), "SELECT 1").value()).isEqualTo(1L);
    }

    @Test
    void keptStatementsAreBounded() {
        var session = open(QuerySettings.DEFAULT);
        for (var i = 0; i < 1_000; i++) {
            assertThat(Node.run(session, "SELECT " + i).value()).isEqualTo((long) i);
        }
        var cached = new ArrayList<Integer>();
        node.database.reading(reader -> cached.add(reader.cachedStatements()));
        assertThat(cached).containsExactly(QuerySettings.DEFAULT.cachedStatements());
    }
}
