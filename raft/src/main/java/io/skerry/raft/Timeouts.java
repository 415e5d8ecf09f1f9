package io.skerry.raft;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// The clocks of a node's groups. Ratis knows one set for a whole server.
///
/// @param electionMin a follower that hears nothing for a random time between min and max stands for election;
///     heartbeats go every half of min
/// @param firstElectionMin the same for the first election after a start
/// @param request how long an answer of another node is waited for
/// @param stepDown a leader whose process got no processor for so long gives its groups up, and one that lost its
///     quorum stands again only after it: Ratis has one setting for both
/// @param severalVoters whether a group may have more than one voter by these clocks; one that has more and may not is
///     stopped
public record Timeouts(
        Duration electionMin,
        Duration electionMax,
        Duration firstElectionMin,
        Duration firstElectionMax,
        Duration request,
        Duration stepDown,
        boolean severalVoters) {

    public Timeouts {
        if (electionMin.compareTo(electionMax) > 0 || firstElectionMin.compareTo(firstElectionMax) > 0) {
            throw new IllegalArgumentException("an election timeout's minimum is above its maximum");
        }
    }

    /// For groups with one voter: nobody else can be elected, so heartbeats only tell listeners that
    /// the leader is alive, and the voter elects itself at once when it starts. However long it was
    /// frozen, there is nobody to whom it could have lost its groups. Of several voters, one that lost
    /// its quorum once would not stand again for that long.
    public static Timeouts singleVoter() {
        return new Timeouts(
                Duration.ofSeconds(1),
                Duration.ofSeconds(2),
                Duration.ofMillis(5),
                Duration.ofMillis(10),
                // As Ratis has it, and above an election timeout: who has only just started answers late.
                Duration.ofSeconds(3),
                Duration.ofHours(1),
                false);
    }

    /// Why a group with so many voters cannot run by these clocks; null if it can.
    @Nullable
    String refusal(int voters) {
        return voters <= 1 || severalVoters
                ? null
                : "it has " + voters
                        + " voters, and the clocks of this node are made for groups with one: a leader that"
                        + " lost its quorum would not stand again for " + stepDown
                        + "; make it anew with one voter";
    }
}
