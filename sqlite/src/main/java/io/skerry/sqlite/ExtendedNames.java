package io.skerry.sqlite;

import org.jspecify.annotations.Nullable;

/// Names of the extended result codes, from <https://www.sqlite.org/rescode.html#extrc>.
final class ExtendedNames {
    private ExtendedNames() {}

    static @Nullable String of(int code) {
        return switch (code) {
            case 257 -> "SQLITE_ERROR_MISSING_COLLSEQ";
            case 513 -> "SQLITE_ERROR_RETRY";
            case 769 -> "SQLITE_ERROR_SNAPSHOT";
            case 1025 -> "SQLITE_ERROR_RESERVESIZE";
            case 1281 -> "SQLITE_ERROR_KEY";
            case 1537 -> "SQLITE_ERROR_UNABLE";
            case 516 -> "SQLITE_ABORT_ROLLBACK";
            case 261 -> "SQLITE_BUSY_RECOVERY";
            case 517 -> "SQLITE_BUSY_SNAPSHOT";
            case 773 -> "SQLITE_BUSY_TIMEOUT";
            case 262 -> "SQLITE_LOCKED_SHAREDCACHE";
            case 518 -> "SQLITE_LOCKED_VTAB";
            case 264 -> "SQLITE_READONLY_RECOVERY";
            case 520 -> "SQLITE_READONLY_CANTLOCK";
            case 776 -> "SQLITE_READONLY_ROLLBACK";
            case 1032 -> "SQLITE_READONLY_DBMOVED";
            case 1288 -> "SQLITE_READONLY_CANTINIT";
            case 1544 -> "SQLITE_READONLY_DIRECTORY";
            case 266 -> "SQLITE_IOERR_READ";
            case 522 -> "SQLITE_IOERR_SHORT_READ";
            case 778 -> "SQLITE_IOERR_WRITE";
            case 1034 -> "SQLITE_IOERR_FSYNC";
            case 1290 -> "SQLITE_IOERR_DIR_FSYNC";
            case 1546 -> "SQLITE_IOERR_TRUNCATE";
            case 1802 -> "SQLITE_IOERR_FSTAT";
            case 2058 -> "SQLITE_IOERR_UNLOCK";
            case 2314 -> "SQLITE_IOERR_RDLOCK";
            case 2570 -> "SQLITE_IOERR_DELETE";
            case 2826 -> "SQLITE_IOERR_BLOCKED";
            case 3082 -> "SQLITE_IOERR_NOMEM";
            case 3338 -> "SQLITE_IOERR_ACCESS";
            case 3594 -> "SQLITE_IOERR_CHECKRESERVEDLOCK";
            case 3850 -> "SQLITE_IOERR_LOCK";
            case 4106 -> "SQLITE_IOERR_CLOSE";
            case 4362 -> "SQLITE_IOERR_DIR_CLOSE";
            case 4618 -> "SQLITE_IOERR_SHMOPEN";
            case 4874 -> "SQLITE_IOERR_SHMSIZE";
            case 5130 -> "SQLITE_IOERR_SHMLOCK";
            case 5386 -> "SQLITE_IOERR_SHMMAP";
            case 5642 -> "SQLITE_IOERR_SEEK";
            case 5898 -> "SQLITE_IOERR_DELETE_NOENT";
            case 6154 -> "SQLITE_IOERR_MMAP";
            case 6410 -> "SQLITE_IOERR_GETTEMPPATH";
            case 6666 -> "SQLITE_IOERR_CONVPATH";
            case 6922 -> "SQLITE_IOERR_VNODE";
            case 7178 -> "SQLITE_IOERR_AUTH";
            case 7434 -> "SQLITE_IOERR_BEGIN_ATOMIC";
            case 7690 -> "SQLITE_IOERR_COMMIT_ATOMIC";
            case 7946 -> "SQLITE_IOERR_ROLLBACK_ATOMIC";
            case 8202 -> "SQLITE_IOERR_DATA";
            case 8458 -> "SQLITE_IOERR_CORRUPTFS";
            case 8714 -> "SQLITE_IOERR_IN_PAGE";
            case 8970 -> "SQLITE_IOERR_BADKEY";
            case 9226 -> "SQLITE_IOERR_CODEC";
            case 267 -> "SQLITE_CORRUPT_VTAB";
            case 523 -> "SQLITE_CORRUPT_SEQUENCE";
            case 779 -> "SQLITE_CORRUPT_INDEX";
            case 270 -> "SQLITE_CANTOPEN_NOTEMPDIR";
            case 526 -> "SQLITE_CANTOPEN_ISDIR";
            case 782 -> "SQLITE_CANTOPEN_FULLPATH";
            case 1038 -> "SQLITE_CANTOPEN_CONVPATH";
            case 1294 -> "SQLITE_CANTOPEN_DIRTYWAL";
            case 1550 -> "SQLITE_CANTOPEN_SYMLINK";
            case 275 -> "SQLITE_CONSTRAINT_CHECK";
            case 531 -> "SQLITE_CONSTRAINT_COMMITHOOK";
            case 787 -> "SQLITE_CONSTRAINT_FOREIGNKEY";
            case 1043 -> "SQLITE_CONSTRAINT_FUNCTION";
            case 1299 -> "SQLITE_CONSTRAINT_NOTNULL";
            case 1555 -> "SQLITE_CONSTRAINT_PRIMARYKEY";
            case 1811 -> "SQLITE_CONSTRAINT_TRIGGER";
            case 2067 -> "SQLITE_CONSTRAINT_UNIQUE";
            case 2323 -> "SQLITE_CONSTRAINT_VTAB";
            case 2579 -> "SQLITE_CONSTRAINT_ROWID";
            case 2835 -> "SQLITE_CONSTRAINT_PINNED";
            case 3091 -> "SQLITE_CONSTRAINT_DATATYPE";
            case 279 -> "SQLITE_AUTH_USER";
            case 283 -> "SQLITE_NOTICE_RECOVER_WAL";
            case 539 -> "SQLITE_NOTICE_RECOVER_ROLLBACK";
            case 795 -> "SQLITE_NOTICE_RBU";
            case 284 -> "SQLITE_WARNING_AUTOINDEX";
            default -> null;
        };
    }
}
