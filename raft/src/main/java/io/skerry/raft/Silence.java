package io.skerry.raft;

import io.skerry.engine.GroupId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/// The members of one group that do not answer its leader. One thread looks at a time, any thread asks.
final class Silence {

    /// A node that is restarted is none yet: the clock of a node looks every two seconds.
    static final int SILENT_LOOKS = 5;

    private final GroupId group;
    private final Map<NodeId, Spell> spells = new ConcurrentHashMap<>();

    Silence(GroupId group) {
        this.group = group;
    }

    /// @param members as the leader sees them; of a node that is none, itself
    void look(List<MemberState> members) {
        spells.keySet().retainAll(members.stream().map(MemberState::node).collect(Collectors.toSet()));
        for (MemberState member : members) {
            // One that is joining is a change under way, which has its own time.
            if (member.role() != MemberState.Role.JOINING) {
                spells.computeIfAbsent(member.node(), node -> new Spell(SILENT_LOOKS, 1))
                        .look(
                                member.up() ? null : line(member.node()),
                                "group " + group + ": member " + member.node() + " answers again");
            }
        }
    }

    private String line(NodeId member) {
        return "group " + group + ": member " + member
                + " does not answer; the group goes on without it, and it follows"
                + " by itself when it is back. What stopped it stands in the log and the health of that node: restart"
                + " it, or take it out of the group and add it again";
    }

    List<String> lines() {
        return spells.values().stream()
                .map(Spell::line)
                .flatMap(Optional::stream)
                .toList();
    }
}
