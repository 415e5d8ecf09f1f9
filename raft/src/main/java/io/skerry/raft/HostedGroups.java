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
import java.util.function.Consumer;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.GroupManagementRequest;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.server.RaftServer;
import org.jspecify.annotations.Nullable;

/// The groups that this node's Ratis server runs. Every order throws UNAVAILABLE if it failed, or took too long: it may
/// be carried out later then.
final class HostedGroups implements Restarts.Server {

    private static final long START_LOOK_NANOS = 1_000_000;

    private final NodeId self;
    private final RaftServer server;
    private final Removals removals;
    private final Consumer<GroupId> closed;
    private final Consumer<GroupId> stuck;
    private final ClientId client = ClientId.randomId();
    private final AtomicLong calls = new AtomicLong();

    /// @param closed told of each group that has closed, however late: sees to its files before the next order
    /// @param stuck told of a group that did not close in time
    HostedGroups(NodeId self, RaftServer server, Removals removals, Consumer<GroupId> closed, Consumer<GroupId> stuck) {
        this.self = self;
        this.server = server;
        this.removals = removals;
        this.closed = closed;
        this.stuck = stuck;
    }

    /// Whether the group is being closed or deleted here, also where nobody waits for that any more.
    @Override
    public boolean isLeaving(GroupId group) {
        return removals.has(group);
    }

    /// @throws DatabaseException UNAVAILABLE if it is
    void refuseLeaving(GroupId group) {
        removals.refuse(group);
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
        refuseLeaving(Groups.id(group.getGroupId()));
        var request = GroupManagementRequest.newAdd(client, server.getId(), calls.incrementAndGet(), group, format);
        carryOut(what, () -> {
            CompletableFuture<RaftClientReply> answer = server.groupManagementAsync(request);
            check(answer.get(deadline.leftNanos(), TimeUnit.NANOSECONDS));
        });
    }

    /// Starts a group from the storage that it has here.
    void start(GroupId group, String what, Deadline deadline) {
        add(RaftGroup.valueOf(Groups.raftId(group)), false, what, deadline);
    }

    @Override
    public void open(GroupId group, Deadline deadline) {
        start(group, "open group " + group + " again", deadline);
    }

    @Override
    public void close(GroupId group, Deadline deadline) {
        if (has(group)) {
            awaitStarted(group, deadline);
            stop(group, "close group " + group, deadline);
        }
    }

    /// Closes the group here. Ratis' own deletion is not used: it deletes file by file what the next start would take
    /// for damaged.
    void stop(GroupId group, String what, Deadline deadline) {
        var request = GroupManagementRequest.newRemove(
                client, server.getId(), calls.incrementAndGet(), Groups.raftId(group), false, false);
        stop(group, () -> check(server.groupManagementAsync(request).get()), what, deadline);
    }

    /// Closes a group that Ratis does not run, or not any more, as one that it runs.
    void stop(GroupId group, Removals.Removal closing, String what, Deadline deadline) {
        boolean timely = deadline.leftNanos() > 0;
        carryOut(what, () -> {
            try {
                removals.run(
                        group,
                        () -> {
                            closing.run();
                            closed.accept(group);
                        },
                        deadline);
            } catch (TimeoutException e) {
                if (timely) {
                    stuck.accept(group);
                }
                throw e;
            }
        });
    }

    private static void check(RaftClientReply reply) throws ExecutionException {
        if (!reply.isSuccess()) {
            throw new ExecutionException(reply.getException());
        }
    }

    private interface Order {
        void run() throws InterruptedException, ExecutionException, TimeoutException;
    }

    private void carryOut(String what, Order order) {
        Throwable cause;
        try {
            order.run();
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failed(what, "the node is stopping", e);
        } catch (TimeoutException e) {
            throw failed(what, "it did not end in time", e);
        } catch (ExecutionException e) {
            cause = Objects.requireNonNullElse(e.getCause(), e);
        }
        throw failed(what, cause.getMessage(), cause);
    }

    private DatabaseException failed(String what, @Nullable String why, Throwable cause) {
        return new DatabaseException(Code.UNAVAILABLE, "node " + self + " could not " + what + ": " + why, cause);
    }
}
