package io.skerry.sqlite.ffi;

import static io.skerry.sqlite.ffi.Linkage.CRITICAL;
import static io.skerry.sqlite.ffi.Linkage.CRITICAL_HEAP;
import static io.skerry.sqlite.ffi.Linkage.PLAIN;
import static io.skerry.sqlite.ffi.Reach.LEAF;
import static io.skerry.sqlite.ffi.Reach.SLOW;
import static io.skerry.sqlite.ffi.Reach.UPCALLS;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;

/// Every C function that we call, and the only place that makes a handle for one.
///
/// Shapes are written as in class files: `I` int, `J` 64-bit integer or pointer, `D` double, `V` void, and
/// `A` for a pointer given as a memory segment. Invariant: only a [Reach#LEAF] may be critical.
enum Call {
    CONFIG_INT("sqlite3_config", "(II)I", SLOW, PLAIN, 1),
    CONFIG_PAGECACHE("sqlite3_config", "(IJII)I", SLOW, PLAIN, 1),
    INITIALIZE("sqlite3_initialize", "()I", SLOW, PLAIN),
    LIBVERSION("sqlite3_libversion", "()J", SLOW, PLAIN),
    COMPILEOPTION_USED("sqlite3_compileoption_used", "(J)I", SLOW, PLAIN),
    ERRSTR("sqlite3_errstr", "(I)J", SLOW, PLAIN),
    MALLOC("sqlite3_malloc64", "(J)J", SLOW, PLAIN),
    FREE("sqlite3_free", "(J)V", SLOW, PLAIN),
    MEMORY_USED("sqlite3_memory_used", "()J", SLOW, PLAIN),
    SOFT_HEAP_LIMIT("sqlite3_soft_heap_limit64", "(J)J", UPCALLS, PLAIN),
    HARD_HEAP_LIMIT("sqlite3_hard_heap_limit64", "(J)J", UPCALLS, PLAIN),
    VFS_FIND("sqlite3_vfs_find", "(J)J", SLOW, PLAIN),
    VFS_REGISTER("sqlite3_vfs_register", "(JI)I", SLOW, PLAIN),
    /// Not SQLite's: it is found in the C library, which SQLite's needs.
    GETRLIMIT("getrlimit", "(IJ)I", SLOW, PLAIN),

    OPEN("sqlite3_open_v2", "(JJIJ)I", UPCALLS, PLAIN),
    CLOSE("sqlite3_close", "(J)I", UPCALLS, PLAIN),
    EXTENDED_RESULT_CODES("sqlite3_extended_result_codes", "(JI)I", SLOW, PLAIN),
    INTERRUPT("sqlite3_interrupt", "(J)V", SLOW, PLAIN),
    LIMIT("sqlite3_limit", "(JII)I", SLOW, PLAIN),
    DB_CONFIG_FLAG("sqlite3_db_config", "(JIIJ)I", UPCALLS, PLAIN, 2),
    DB_CONFIG_LOOKASIDE("sqlite3_db_config", "(JIJII)I", UPCALLS, PLAIN, 2),
    DB_STATUS("sqlite3_db_status", "(JIJJI)I", UPCALLS, PLAIN),
    SNAPSHOT_GET("sqlite3_snapshot_get", "(JJJ)I", UPCALLS, PLAIN),
    SNAPSHOT_FREE("sqlite3_snapshot_free", "(J)V", SLOW, PLAIN),
    SET_AUTHORIZER("sqlite3_set_authorizer", "(JJJ)I", SLOW, PLAIN),
    PROGRESS_HANDLER("sqlite3_progress_handler", "(JIJJ)V", SLOW, PLAIN),
    WAL_CHECKPOINT("sqlite3_wal_checkpoint_v2", "(JJIJJ)I", UPCALLS, PLAIN),
    FILE_CONTROL("sqlite3_file_control", "(JJIJ)I", UPCALLS, PLAIN),
    ERRCODE("sqlite3_extended_errcode", "(J)I", LEAF, CRITICAL),
    ERRMSG("sqlite3_errmsg", "(J)J", LEAF, CRITICAL),
    ERROR_OFFSET("sqlite3_error_offset", "(J)I", LEAF, CRITICAL),
    CHANGES("sqlite3_changes64", "(J)J", LEAF, CRITICAL),
    TOTAL_CHANGES("sqlite3_total_changes64", "(J)J", LEAF, CRITICAL),
    LAST_INSERT_ROWID("sqlite3_last_insert_rowid", "(J)J", LEAF, CRITICAL),
    SET_LAST_INSERT_ROWID("sqlite3_set_last_insert_rowid", "(JJ)V", LEAF, CRITICAL),
    GET_AUTOCOMMIT("sqlite3_get_autocommit", "(J)I", LEAF, CRITICAL),

    PREPARE("sqlite3_prepare_v3", "(JJIIJJ)I", UPCALLS, PLAIN),
    STEP("sqlite3_step", "(J)I", UPCALLS, PLAIN),
    RESET("sqlite3_reset", "(J)I", UPCALLS, PLAIN),
    FINALIZE("sqlite3_finalize", "(J)I", UPCALLS, PLAIN),
    SQL("sqlite3_sql", "(J)J", SLOW, PLAIN),
    PARAMETER_COUNT("sqlite3_bind_parameter_count", "(J)I", SLOW, PLAIN),
    PARAMETER_NAME("sqlite3_bind_parameter_name", "(JI)J", SLOW, PLAIN),
    COLUMN_NAME("sqlite3_column_name", "(JI)J", SLOW, PLAIN),
    COLUMN_DECLTYPE("sqlite3_column_decltype", "(JI)J", SLOW, PLAIN),
    COLUMN_DATABASE_NAME("sqlite3_column_database_name", "(JI)J", SLOW, PLAIN),
    COLUMN_TABLE_NAME("sqlite3_column_table_name", "(JI)J", SLOW, PLAIN),
    COLUMN_ORIGIN_NAME("sqlite3_column_origin_name", "(JI)J", SLOW, PLAIN),
    STMT_READONLY("sqlite3_stmt_readonly", "(J)I", LEAF, CRITICAL),
    STMT_ISEXPLAIN("sqlite3_stmt_isexplain", "(J)I", LEAF, CRITICAL),
    STMT_STATUS("sqlite3_stmt_status", "(JII)I", LEAF, CRITICAL),

    BIND_NULL("sqlite3_bind_null", "(JI)I", LEAF, CRITICAL),
    BIND_LONG("sqlite3_bind_int64", "(JIJ)I", LEAF, CRITICAL),
    BIND_DOUBLE("sqlite3_bind_double", "(JID)I", LEAF, CRITICAL),
    BIND_TEXT_HEAP("sqlite3_bind_text", "(JIAIJ)I", LEAF, CRITICAL_HEAP),
    BIND_BLOB_HEAP("sqlite3_bind_blob", "(JIAIJ)I", LEAF, CRITICAL_HEAP),
    BIND_TEXT("sqlite3_bind_text", "(JIJIJ)I", SLOW, PLAIN),
    BIND_BLOB("sqlite3_bind_blob", "(JIJIJ)I", SLOW, PLAIN),
    BIND_ZEROBLOB("sqlite3_bind_zeroblob", "(JII)I", LEAF, CRITICAL),
    CLEAR_BINDINGS("sqlite3_clear_bindings", "(J)I", LEAF, CRITICAL),

    COLUMN_COUNT("sqlite3_column_count", "(J)I", LEAF, CRITICAL),
    COLUMN_TYPE("sqlite3_column_type", "(JI)I", LEAF, CRITICAL),
    COLUMN_LONG("sqlite3_column_int64", "(JI)J", LEAF, CRITICAL),
    COLUMN_DOUBLE("sqlite3_column_double", "(JI)D", LEAF, CRITICAL),
    COLUMN_BYTES("sqlite3_column_bytes", "(JI)I", LEAF, CRITICAL),
    COLUMN_BLOB("sqlite3_column_blob", "(JI)J", LEAF, CRITICAL),

    BACKUP_INIT("sqlite3_backup_init", "(JJJJ)J", UPCALLS, PLAIN),
    BACKUP_STEP("sqlite3_backup_step", "(JI)I", UPCALLS, PLAIN),
    BACKUP_FINISH("sqlite3_backup_finish", "(J)I", UPCALLS, PLAIN),
    BACKUP_REMAINING("sqlite3_backup_remaining", "(J)I", LEAF, PLAIN),
    BACKUP_PAGECOUNT("sqlite3_backup_pagecount", "(J)I", LEAF, PLAIN),

    /// The methods of a `sqlite3_file`: their addresses come with the file, so they have no symbol.
    FILE_READ("", "(JJIJ)I", SLOW, PLAIN),
    FILE_WRITE("", "(JJIJ)I", SLOW, PLAIN),
    FILE_TRUNCATE("", "(JJ)I", SLOW, PLAIN),
    FILE_SYNC("", "(JI)I", UPCALLS, PLAIN),
    FILE_SIZE("", "(JJ)I", SLOW, PLAIN),
    FILE_CLOSE("", "(J)I", UPCALLS, PLAIN),
    VFS_OPEN("", "(JJJIJ)I", UPCALLS, PLAIN);

    private static final int NOT_VARIADIC = -1;

    final String symbol;
    final String shape;
    final Reach reach;
    final Linkage linkage;
    private final int firstVariadic;

    Call(String symbol, String shape, Reach reach, Linkage linkage) {
        this(symbol, shape, reach, linkage, NOT_VARIADIC);
    }

    Call(String symbol, String shape, Reach reach, Linkage linkage, int firstVariadic) {
        requireSafe(symbol, reach, linkage);
        this.symbol = symbol;
        this.shape = shape;
        this.reach = reach;
        this.linkage = linkage;
        this.firstVariadic = firstVariadic;
    }

    /// The rule that keeps the JVM alive.
    static void requireSafe(String symbol, Reach reach, Linkage linkage) {
        if (linkage != PLAIN && reach != LEAF) {
            throw new IllegalArgumentException(symbol + " can reach Java or take long: it must not be critical");
        }
    }

    /// The handle of a function of the library.
    MethodHandle link() {
        return Linker.nativeLinker().downcallHandle(Library.symbol(symbol), descriptor(), options());
    }

    /// The handle of a method whose address is the first argument of each call.
    MethodHandle linkMethod() {
        if (!symbol.isEmpty()) {
            throw new IllegalStateException(symbol + " has an address of its own");
        }
        return Linker.nativeLinker().downcallHandle(descriptor(), options());
    }

    FunctionDescriptor descriptor() {
        return describe(shape);
    }

    static FunctionDescriptor describe(String shape) {
        int end = shape.indexOf(')');
        List<MemoryLayout> parameters = new ArrayList<>();
        for (char c : shape.substring(1, end).toCharArray()) {
            parameters.add(layout(c));
        }
        MemoryLayout[] all = parameters.toArray(MemoryLayout[]::new);
        char result = shape.charAt(end + 1);
        return result == 'V' ? FunctionDescriptor.ofVoid(all) : FunctionDescriptor.of(layout(result), all);
    }

    private static MemoryLayout layout(char c) {
        return switch (c) {
            case 'I' -> ValueLayout.JAVA_INT;
            case 'J' -> ValueLayout.JAVA_LONG;
            case 'D' -> ValueLayout.JAVA_DOUBLE;
            case 'A' -> ValueLayout.ADDRESS;
            default -> throw new IllegalArgumentException("no layout is called " + c);
        };
    }

    private Linker.Option[] options() {
        List<Linker.Option> options = new ArrayList<>();
        if (linkage != PLAIN) {
            options.add(Linker.Option.critical(linkage == CRITICAL_HEAP));
        }
        if (firstVariadic != NOT_VARIADIC) {
            options.add(Linker.Option.firstVariadicArg(firstVariadic));
        }
        return options.toArray(Linker.Option[]::new);
    }
}
