package io.skerry.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.skerry.engine.GroupId;
import io.skerry.raft.MemberState.Role;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SilenceTest {

    private static final NodeId FRA = new NodeId("fra");
    private static final NodeId LHR = new NodeId("lhr");

    private final LogLines log = new LogLines(Spell.class);
    private final Silence silence = new Silence(new GroupId(UUID.fromString("11111111-2222-3333-4444-555555555555")));

    @AfterEach
    void close() {
        log.close();
    }

    private static MemberState member(NodeId node, Role role, boolean up) {
        return new MemberState(node, role, up, up, 0, 0, 0, 0);
    }

    private void look(int times, MemberState other) {
        for (int i = 0; i < times; i++) {
            silence.look(List.of(member(FRA, Role.LEADER, true), other));
        }
    }

    @Test
    void aMemberThatDoesNotAnswerIsToldAfterAWhileAndWhenItAnswersAgain() {
        look(Silence.SILENT_LOOKS - 1, member(LHR, Role.LISTENER, false));
        assertThat(silence.lines()).isEmpty();

        look(5, member(LHR, Role.LISTENER, false));
        assertThat(silence.lines())
                .singleElement()
                .asString()
                .contains("member lhr does not answer", "restart it", "add it again");

        look(5, member(LHR, Role.LISTENER, true));
        assertThat(silence.lines()).isEmpty();
        assertThat(log.all()).hasSize(2);
        assertThat(log.all().getFirst()).startsWith("WARN group 11111111").contains("member lhr does not answer");
        assertThat(log.all().getLast()).startsWith("INFO group 11111111").endsWith("member lhr answers again");
    }

    @Test
    void aMemberThatIsTakenOutIsForgotten() {
        look(Silence.SILENT_LOOKS, member(LHR, Role.LISTENER, false));

        silence.look(List.of(member(FRA, Role.LEADER, true)));

        assertThat(silence.lines()).isEmpty();
        look(Silence.SILENT_LOOKS - 1, member(LHR, Role.LISTENER, false));
        assertThat(silence.lines()).isEmpty();
    }

    @Test
    void whoIsJoiningIsNotMissed() {
        look(2 * Silence.SILENT_LOOKS, member(LHR, Role.JOINING, false));

        assertThat(silence.lines()).isEmpty();
        assertThat(log.all()).isEmpty();
    }
}
