package io.skerry.sqlite;

import io.skerry.sqlite.ffi.BackupCalls;
import io.skerry.sqlite.ffi.ConnectionCalls;

/// A copy of one database over another, page by page, within one transaction of each.
final class Backup {
    private static final int PAGES_PER_STEP = 1024;

    private Backup() {}

    /// Under the claims of both connections.
    static void copy(Connection from, Connection to) {
        long main = from.scratch.text("main");
        long backup = BackupCalls.init(to.handle(), main, from.handle(), main);
        if (backup == 0) {
            throw to.error(ConnectionCalls.extendedErrcode(to.handle()), 0);
        }
        int rc;
        do {
            rc = BackupCalls.step(backup, PAGES_PER_STEP);
        } while (rc == ResultCode.OK.value());
        BackupCalls.finish(backup);
        if (rc != ResultCode.DONE.value()) {
            throw to.error(rc, 0);
        }
    }
}
