package io.skerry.sqlite.ffi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Holds the rule that keeps the JVM alive: no critical call can reach an upcall.
class CallTest {
    /// Functions whose whole implementation was read: they touch memory of the connection or the statement
    /// only.
    private static final Set<String> MAY_BE_CRITICAL = Set.of(
            "sqlite3_extended_errcode",
            "sqlite3_errmsg",
            "sqlite3_error_offset",
            "sqlite3_changes64",
            "sqlite3_total_changes64",
            "sqlite3_last_insert_rowid",
            "sqlite3_set_last_insert_rowid",
            "sqlite3_get_autocommit",
            "sqlite3_stmt_readonly",
            "sqlite3_stmt_isexplain",
            "sqlite3_stmt_status",
            "sqlite3_bind_null",
            "sqlite3_bind_int64",
            "sqlite3_bind_double",
            "sqlite3_bind_text",
            "sqlite3_bind_blob",
            "sqlite3_bind_zeroblob",
            "sqlite3_clear_bindings",
            "sqlite3_column_count",
            "sqlite3_column_type",
            "sqlite3_column_int64",
            "sqlite3_column_double",
            "sqlite3_column_bytes",
            "sqlite3_column_blob");

    @Test
    void onlyFunctionsOfTheListAreCritical() {
        Set<String> critical = Arrays.stream(Call.values())
                .filter(call -> call.linkage != Linkage.PLAIN)
                .map(call -> call.symbol)
                .collect(Collectors.toSet());
        assertThat(critical).isEqualTo(MAY_BE_CRITICAL);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sqlite3_step",
                "sqlite3_reset",
                "sqlite3_finalize",
                "sqlite3_prepare_v3",
                "sqlite3_open_v2",
                "sqlite3_close",
                "sqlite3_wal_checkpoint_v2",
                "sqlite3_db_config",
                "sqlite3_file_control",
                "sqlite3_backup_init",
                "sqlite3_backup_step",
                "sqlite3_backup_finish"
            })
    void whatCanCommitOrOpenFilesIsDeclaredToReachJava(String symbol) {
        assertThat(Arrays.stream(Call.values()).filter(call -> call.symbol.equals(symbol)))
                .isNotEmpty()
                .allMatch(call -> call.reach == Reach.UPCALLS && call.linkage == Linkage.PLAIN);
    }

    @ParameterizedTest
    @EnumSource(
            value = Linkage.class,
            names = {"CRITICAL", "CRITICAL_HEAP"})
    void theFactoryRefusesACriticalCallThatCanReachJavaOrTakeLong(Linkage critical) {
        assertThatThrownBy(() -> Call.requireSafe("sqlite3_step", Reach.UPCALLS, critical))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Call.requireSafe("read", Reach.SLOW, critical))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @EnumSource(Call.class)
    void everyFunctionIsInTheLibrary(Call call) {
        assertThat(call.symbol.isEmpty() ? call.linkMethod() : call.link()).isNotNull();
    }
}
