package io.skerry.raft;

import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.GroupId;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.GroupManagementRequest;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.server.RaftServer;

/// The groups that this node's Ratis server runs. Every order throws UNAVAILABLE if it failed, or took too long: it may
/// be carried out later then.
final class HostedGroups {

    private final NodeId self;
    private final RaftServer server;
    private final ClientId client = ClientId.randomId();
    private final AtomicLong calls = new AtomicLong();

    HostedGroups(NodeId self, RaftServer server) {
        this.self = self;
        this.server = server;
    }

    boolean has(GroupId group) {
        RaftGroupId id = Groups.raftId(group);
        for (RaftGroupId hosted : server.getGroupIds()) {
            if (hosted.equals(id)) {
                return true;
            }
        }
        return false;
    }

    /// @param format whether its storage is to be made; else it must be there
    void add(RaftGroup group, boolean format, String what, Deadline deadline) {
        manage(
                GroupManagementRequest.newAdd(client, server.getId(), calls.incrementAndGet(), group, format),
                what,
                deadline);
    }

    /// Starts a group from the storage that it has here.
    void start(GroupId group, String what, Deadline deadline) {
        add(RaftGroup.valueOf(Groups.raftId(group)), false, what, deadline);
    }

    /// Closes the group here and deletes its storage.
    void delete(GroupId group, String what, Deadline deadline) {
        remove(group, true, what, deadline);
    }

    /// Closes the group here; its storage stays.
    void stop(GroupId group, String what, Deadline deadline) {
        remove(group, false, what, deadline);
    }

    private void remove(GroupId group, boolean delete, String what, Deadline deadline) {
        manage(
                GroupManagementRequest.newRemove(
                        client, server.getId(), calls.incrementAndGet(), Groups.raftId(group), delete, false),
                what,
                deadline);
    }

    private void manage(GroupManagementRequest request, String what, Deadline deadline) {
        Throwable cause;
        try {
            CompletableFuture<RaftClientReply> answer = server.groupManagementAsync(request);
            RaftClientReply reply = answer.get(deadline.leftNanos(), TimeUnit.NANOSECONDS);
            if (reply.isSuccess()) {
                return;
            }
            cause = reply.getException();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            cause = e;
        } catch (TimeoutException e) {
            cause = e;
        } catch (ExecutionException e) {
            cause = Objects.requireNonNullElse(e.getCause(), e);
        }
        throw new DatabaseException(
                Code.UNAVAILABLE, "node " + self + " could not " + what + ": " + cause.getMessage(), cause);
    }
}
