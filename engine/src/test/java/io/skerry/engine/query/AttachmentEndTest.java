package io.skerry.engine.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.DatabaseId;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What ends an attachment, and what it takes along.
@Timeout(120)
class AttachmentEndTest extends AttachedPair {

    @ParameterizedTest
    @ValueSource(strings = {"SELECT 1", "BEGIN", "BEGIN IMMEDIATE"})
    void whatMayNotBeAttachedAnyMoreEnds(String begin) {
        var session = attached();
        ok(session, begin, "SELECT * FROM o.o");
        allowed = false;
        assertThatThrownBy(() -> Node.run(session, "SELECT 1"))
                .hasMessage("other is not for you any more")
                .extracting("code")
                .isEqualTo(Code.ATTACHMENT_ENDED);
        assertThat(session.autocommit()).isTrue();
        assertThat(session.attached()).isEmpty();
        assertThat(Node.run(session, "SELECT * FROM o.o").only().error()).hasMessageContaining("no such table");
        nothingStaysAttached();
    }

    @ParameterizedTest
    @ValueSource(strings = {"BEGIN", "BEGIN IMMEDIATE"})
    void aDatabaseThatIsClosedEndsTheTransactionsThatReadIt(String begin) {
        var session = attached();
        ok(session, begin, "SELECT * FROM o.o");
        other.database.close();
        assertThat(other.leased).hasValue(0);
        assertThatThrownBy(() -> Node.run(session, "SELECT 1"))
                .hasMessageContaining("being closed")
                .extracting("code")
                .isEqualTo(Code.UNAVAILABLE);
        assertThat(session.autocommit()).isTrue();
        // As long as it is closed. It may be opened again: the session has it still.
        assertThatThrownBy(() -> Node.run(session, "SELECT * FROM o.o")).hasMessageContaining("being closed");
        ok(session, "DETACH o");
        ok(session, "INSERT INTO t(b) VALUES (1)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"SELECT 1", "BEGIN", "BEGIN IMMEDIATE"})
    void aDatabaseThatIsClosedEndsTheStatementThatReadsIt(String begin) throws Exception {
        var session = attached();
        ok(session, begin);
        var endless = "SELECT count(*) FROM o.o x, (" + Node.ENDLESS + ")";
        try (var calls = new Calls()) {
            var reading = calls.start(() -> Node.run(session, endless));
            Writes.until(
                    () -> node.database.readers().running() == 1 || (!session.autocommit() && begin.endsWith("E")));
            other.database.close();
            assertThat(other.database.guests().none()).isTrue();
            if (begin.startsWith("SELECT")) {
                assertThat(reading.get(30, TimeUnit.SECONDS).only().error()).hasMessageContaining("being closed");
            } else {
                assertThatThrownBy(() -> reading.get(30, TimeUnit.SECONDS)).hasMessageContaining("being closed");
            }
        }
        assertThat(other.leased).hasValue(0);
    }

    @Test
    void aDatabaseThatIsGoneIsNotAttachedAnyMore() {
        var session = session();
        var gone = new Leases() {
            boolean exists = true;

            @Override
            public DatabaseId id() {
                return new DatabaseId(new UUID(1, 1));
            }

            @Override
            public Lease acquire() {
                if (!exists) {
                    throw new DatabaseException(Code.NO_SUCH_DATABASE, "it was deleted");
                }
                return other.acquire();
            }
        };
        names.put("gone", gone.id());
        node.neighbours.put(gone.id(), gone);
        ok(session, "ATTACH gone AS g", "SELECT * FROM g.o");
        gone.exists = false;
        assertThatThrownBy(() -> Node.run(session, "SELECT 1"))
                .hasMessageContaining("gone is not attached any more: it was deleted")
                .extracting("code")
                .isEqualTo(Code.ATTACHMENT_ENDED);
        ok(session, "SELECT 1");
        assertThat(session.attached()).isEmpty();
    }

    @Test
    void aClosedSessionLeavesNothing() {
        for (var begin : List.of("SELECT 1", "BEGIN", "BEGIN IMMEDIATE")) {
            var session = attached();
            ok(session, begin, "SELECT * FROM o.o");
            session.close();
        }
        nothingStaysAttached();
    }
}
