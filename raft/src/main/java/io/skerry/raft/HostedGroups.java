package io.skerry.raft;

import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.GroupId;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.GroupManagementRequest;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.server.RaftServer;

/// The groups that this node's Ratis server runs. Every order throws UNAVAILABLE if it failed, or took too long: it may
/// be carried out later then.
final class HostedGroups {

    private static final long START_LOOK_NANOS = 1_000_000;

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

    /// Waits until the group is started, or is not here any more. Ratis obeys an order to remove a group in
    /// the middle of its start by forgetting it: it runs on, with its files, and no later order finds it.
    void awaitStarted(GroupId group, Deadline deadline) {
        while (isStarting(group)) {
            if (deadline.leftNanos() == 0 || Thread.currentThread().isInterrupted()) {
                throw new DatabaseException(
                        Code.UNAVAILABLE, "group " + group + " is being started on node " + self + ": try again");
            }
            LockSupport.parkNanos(this, START_LOOK_NANOS);
        }
    }

    private boolean isStarting(GroupId group) {
        if (!has(group)) {
            return false;
        }
        try {
            // Its state of life does not tell: that of a member-to-be is "starting" until its leader has come.
            server.getDivision(Groups.raftId(group)).getInfo().getLastAppliedIndex();
            return false;
        } catch (IllegalStateException e) {
            return true; // what applies entries is not there yet
        } catch (IOException e) {
            return false; // it is gone by now
        }
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
