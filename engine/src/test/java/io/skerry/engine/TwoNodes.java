package io.skerry.engine;

import io.skerry.engine.query.QuerySettings;
import io.skerry.engine.query.Session;
import io.skerry.engine.query.SessionOptions;
import io.skerry.engine.storage.FakeLog;
import io.skerry.engine.storage.StorageSettings;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// What tests have that need a group at its leader and at a replica, with real files, over a log in memory.
abstract class TwoNodes {

    static final GroupId GROUP = new GroupId(new UUID(0, 9));

    final FakeLog log = new FakeLog();

    @TempDir
    Path directory;

    Engine leaderEngine;
    Engine replicaEngine;
    GroupStore leader;
    GroupStore replica;
    FakeLog.Member leaderMember;
    FakeLog.Member replicaMember;

    /// Of both nodes.
    StorageSettings settings() {
        return StorageSettings.DEFAULT;
    }

    /// Of both nodes.
    QuerySettings queries() {
        return QuerySettings.DEFAULT;
    }

    @BeforeEach
    final void open() {
        leaderEngine = new Engine(settings(), queries(), 4);
        replicaEngine = new Engine(settings(), queries(), 4);
        leader = leaderEngine.open(GROUP, directory.resolve("leader"));
        replica = replicaEngine.open(GROUP, directory.resolve("replica"));
        leaderMember = log.join(leader, true);
        replicaMember = log.join(replica, false);
    }

    @AfterEach
    final void close() {
        leaderMember.stop();
        replicaMember.stop();
        leader.close();
        replica.close();
        leaderEngine.close();
        replicaEngine.close();
    }

    static void run(Database on, String script) {
        try (Session session = on.openSession(SessionOptions.FULL)) {
            session.sequence(script);
        }
    }
}
