package io.skerry.platform;

import static org.assertj.core.api.Assertions.assertThat;

import io.skerry.catalog.CatalogException;
import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.raft.MembershipException;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Who is told that it is not possible now is told when to ask again (RFC 9110, section 10.2.3), unless it may have
/// happened: then he looks first.
class AnswerTest {

    private static final String HEADER = "Retry-After";

    /// What so many clients ask for at once is no failure of the server.
    private static final Set<Code> LOAD = Set.of(Code.OVERLOADED, Code.TRANSACTION_BUSY, Code.TRANSACTION_TIMEOUT);

    @ParameterizedTest
    @EnumSource(Code.class)
    void aFailureOfTheClusterSaysWhenToAskAgainUnlessItMayHaveHappened(Code code) {
        Answer answer = Answer.of(new DatabaseException(code, "planned"), "req-1");
        assertThat(answer.status()).isEqualTo(LOAD.contains(code) ? 429 : 503);
        if (code == Code.OUTCOME_UNKNOWN) {
            assertThat(answer.headers()).doesNotContainKey(HEADER);
        } else {
            assertThat(answer.headers()).containsEntry(HEADER, "1");
        }
    }

    @Test
    void soDoesAGroupThatChangesItsMembers() {
        Answer answer = Answer.of(new MembershipException("planned", null), "req-1");
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.headers()).containsEntry(HEADER, "1");
    }

    @ParameterizedTest
    @EnumSource(CatalogException.Reason.class)
    void ofWhatTheCatalogRefusesOnlyBeingBusyPasses(CatalogException.Reason reason) {
        Answer answer = Answer.of(new CatalogException(reason, "planned"), "req-1");
        assertThat(answer.headers().containsKey(HEADER))
                .isEqualTo(reason == CatalogException.Reason.BUSY)
                .isEqualTo(answer.status() == 429);
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 403, 404, 409, 413, 429, 500, 503, 504})
    void ofOtherRefusalsOnlyTheStatusThatMeansItSaysIt(int status) {
        Answer answer = Answer.of(new ApiException(status, "planned"), "req-1");
        assertThat(answer.headers().containsKey(HEADER)).isEqualTo(status == 429 || status == 503);
    }
}
