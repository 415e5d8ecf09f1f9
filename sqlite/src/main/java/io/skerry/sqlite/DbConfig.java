package io.skerry.sqlite;

/// Switches of a connection, <https://www.sqlite.org/c3ref/c_dbconfig_defensive.html>.
public enum DbConfig {
    ENABLE_FKEY(1002),
    ENABLE_TRIGGER(1003),
    NO_CKPT_ON_CLOSE(1006),
    ENABLE_QPSG(1007),
    TRIGGER_EQP(1008),
    RESET_DATABASE(1009),
    DEFENSIVE(1010),
    WRITABLE_SCHEMA(1011),
    LEGACY_ALTER_TABLE(1012),
    DQS_DML(1013),
    DQS_DDL(1014),
    ENABLE_VIEW(1015),
    TRUSTED_SCHEMA(1017),
    REVERSE_SCANORDER(1019),
    ENABLE_ATTACH_CREATE(1020),
    ENABLE_ATTACH_WRITE(1021),
    ENABLE_COMMENTS(1022);

    private final int value;

    DbConfig(int value) {
        this.value = value;
    }

    int value() {
        return value;
    }
}
